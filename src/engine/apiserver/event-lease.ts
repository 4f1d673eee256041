/**
 * Events live an hour: they are put under an etcd lease, which those of a minute share.
 *
 * @source kubernetes apiserver/pkg/storage/etcd3/lease_manager.go
 */
import type { EtcdAnswer } from '#engine/etcd/wire';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { sendLeaseGrant } from './etcd-connection';
import type { ApiServerState, Operation, PlannedWrite } from './state';

/** Seconds. */
const EVENT_TTL = 3600;
/** Seconds that a lease lives longer than its first Event, so that others can share it. */
const REUSE = 60;
/** Events under one lease. */
const MAX_ATTACHED = 1000;

/** Whether the current lease serves one more Event. If not, one is asked for and the write goes on once it is there. */
export function attachLease(state: ApiServerState, ctx: Context, operation: Operation, write: PlannedWrite): boolean {
  const lease = state.eventLease;
  if (lease.id !== 0 && lease.attached < MAX_ATTACHED && ctx.monotonic + EVENT_TTL * SECOND <= lease.expires) {
    lease.attached++;
    return true;
  }
  lease.waiting.push({ operation, write });
  if (lease.granting) return false;
  lease.granting = true;
  state.pending.set(sendLeaseGrant(state.etcd, ctx, EVENT_TTL + REUSE), { type: 'event-lease' });
  return false;
}

export type AwaitingLease = ApiServerState['eventLease']['waiting'];

/** The lease is granted, or is not (then the error says why). Answers the writes that waited for it. */
export function takeLease(
  state: ApiServerState,
  ctx: Context,
  answer: EtcdAnswer,
): { readonly waiting: AwaitingLease; readonly error: string | null } {
  const lease = state.eventLease;
  lease.granting = false;
  const waiting = lease.waiting.splice(0);
  if (answer.type !== 'etcd/lease-answer') {
    return { waiting, error: answer.type === 'etcd/error' ? answer.error : 'etcdserver: request timed out' };
  }
  lease.id = answer.lease;
  lease.expires = ctx.monotonic + answer.ttl * SECOND;
  lease.attached = waiting.length;
  return { waiting, error: null };
}
