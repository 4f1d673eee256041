/** When leases end: the leader's business, by its own clock. @source etcd server/lease/lessor.go (Promote, Demote, revokeExpiredLeases) */
import type { Context, ProcessId } from '#engine/kernel/process';
import { payloadOf } from './command';
import { NO_LEADER } from './errors';
import { forwardToLeader } from './forwarding';
import { expiredLeases, nextExpiry, renewAllLeases, renewLease } from './lease';
import { propose } from './raft/raft';
import { ELECTION_TICKS, type EtcdState, fail, headerOf, leadsFully, REQUEST_TIMEOUT, TICK, tickOf } from './state';
import type { EtcdAnswer, LeaseKeepAliveRequest } from './wire';

/** A new leader knows nothing of the old one's clock: every lease gets its full time, and an election's length on top. */
export function promoteLessor(state: EtcdState, ctx: Context): void {
  renewAllLeases(state.lessor, ctx.monotonic + ELECTION_TICKS * TICK);
  ctx.cancel(state.leaseTimer);
  state.leaseTimer = null;
  armLeaseTimer(state, ctx);
}

/** Keeps a timer at the end of the earliest lease. */
export function armLeaseTimer(state: EtcdState, ctx: Context): void {
  if (state.raft.role !== 'leader' || state.lessor.leases.size === 0 || state.leaseTimer !== null) return;
  const at = nextExpiry(state.lessor);
  if (at !== null) state.leaseTimer = ctx.after(Math.max(0, at - ctx.monotonic), tickOf('etcd/expire-leases'));
}

/** Proposes the end of the leases whose time is over. Tried again when that is not applied in time. */
export function expireLeases(state: EtcdState, ctx: Context): void {
  state.leaseTimer = null;
  if (!leadsFully(state)) return;
  for (const lease of expiredLeases(state.lessor, ctx.monotonic)) {
    lease.expiry = ctx.monotonic + REQUEST_TIMEOUT;
    state.counters.proposals++;
    propose(state.raft, [payloadOf({ type: 'etcd/lease-revoke', id: 0, lease: lease.id }, '', ctx.event)]);
  }
  armLeaseTimer(state, ctx);
}

/** Only the leader knows when a lease ends: the others ask it. */
export function keepAlive(state: EtcdState, ctx: Context, client: ProcessId, request: LeaseKeepAliveRequest): void {
  if (!leadsFully(state)) {
    if (!forwardToLeader(state, ctx, client, request)) fail(state, ctx, client, request.id, NO_LEADER);
    return;
  }
  const lease = renewLease(state.lessor, request.lease, ctx.monotonic);
  const ttl = lease === null ? 0 : lease.ttl;
  const answer: EtcdAnswer = {
    type: 'etcd/lease-answer',
    id: request.id,
    header: headerOf(state),
    lease: request.lease,
    ttl,
  };
  ctx.send(client, answer);
}
