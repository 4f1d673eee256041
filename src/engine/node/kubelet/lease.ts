/**
 * The node's heartbeat: a Lease renewed every 10 s.
 *
 * @source kubernetes component-helpers/apimachinery/lease/controller.go; pkg/kubelet/kubelet.go (duration 40 s, fraction 0.25)
 */
import { microTimestamp } from '#engine/api/timestamp';
import type { Lease } from '#engine/api/types';
import { request, type Delivery } from '#engine/client/client';
import { collectionPath, objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import type { KubeletState } from './state';

const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;
const RENEW_EVERY: Micros = 10 * SECOND;
/** Renewals are spread by up to this part of the interval. */
const JITTER = 0.04;
const FIRST_RETRY: Micros = 200 * MILLISECOND;
const LONGEST_RETRY: Micros = 7 * SECOND;
/** Failed updates in one round before it waits for the next. */
const TRIES = 5;

type Answer = Extract<Delivery, { type: 'answer' }>;

/** A beat is due. */
export function leaseDue(state: KubeletState, ctx: Context): void {
  if (state.node.phase !== 'registered') {
    ctx.after(FIRST_RETRY, { type: 'kubelet/lease' });
    return;
  }
  if (state.lease === null) read(state, ctx);
  else write(state, ctx);
}

function read(state: KubeletState, ctx: Context): void {
  const path = objectPath('Lease', NAMESPACE, state.args.node.name);
  request(
    state.client,
    ctx,
    { method: 'GET', path, bucket: 'lease', timeout: RENEW_EVERY },
    { type: 'kubelet/lease-read' },
  );
}

export function leaseRead(state: KubeletState, answer: Answer, ctx: Context): void {
  if (answer.ok) {
    state.lease = answer.body as Lease;
    return write(state, ctx);
  }
  if (answer.code === 404) return create(state, ctx);
  retry(state, ctx);
}

function create(state: KubeletState, ctx: Context): void {
  const { name } = state.args.node;
  const body = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: state.node.uid }],
    },
    spec: { holderIdentity: name, leaseDurationSeconds: DURATION_SECONDS, renewTime: microTimestamp(ctx.now) },
  };
  request(
    state.client,
    ctx,
    { method: 'POST', path: collectionPath('Lease', NAMESPACE), body, bucket: 'lease', timeout: RENEW_EVERY },
    { type: 'kubelet/lease-written' },
  );
}

function write(state: KubeletState, ctx: Context): void {
  const { lease } = state;
  if (lease === null) return;
  const { name } = state.args.node;
  const body = {
    ...lease,
    metadata: { ...lease.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: state.node.uid }] },
    spec: {
      ...lease.spec,
      holderIdentity: name,
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: microTimestamp(ctx.now),
    },
  };
  request(
    state.client,
    ctx,
    { method: 'PUT', path: objectPath('Lease', NAMESPACE, name), body, bucket: 'lease', timeout: RENEW_EVERY },
    { type: 'kubelet/lease-written' },
  );
}

export function leaseWritten(state: KubeletState, answer: Answer, ctx: Context): void {
  if (answer.ok) {
    state.lease = answer.body as Lease;
    state.leaseFailures = 0;
    ctx.after(RENEW_EVERY + Math.floor(ctx.random('lease').fraction() * JITTER * RENEW_EVERY), {
      type: 'kubelet/lease',
    });
    return;
  }
  ctx.log(`Failed to update lease: code ${answer.code}`);
  if (answer.code === 409 || answer.code === 404) {
    state.lease = null;
    if (state.leaseFailures < TRIES) {
      state.leaseFailures += 1;
      return read(state, ctx);
    }
  }
  retry(state, ctx);
}

function retry(state: KubeletState, ctx: Context): void {
  const wait = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(state.leaseFailures, 10));
  state.leaseFailures += 1;
  ctx.after(wait, { type: 'kubelet/lease' });
}
