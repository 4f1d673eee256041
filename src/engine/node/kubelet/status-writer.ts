/**
 * Pod statuses on their way to the API: one write at a time for each pod, of what differs from the last; and at the
 * very end the deletion of the object.
 *
 * @source kubernetes pkg/kubelet/status/status_manager.go
 */
import { deepEqual } from '#engine/api/json';
import type { Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { objectPath } from '#engine/client/paths';
import { request, type Delivery } from '#engine/client/client';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { isOwn } from './pod-conditions';
import { podStatus } from './pod-status';
import { statusPatch } from './status-patch';
import type { KubeletState, PodWorker } from './state';

const RETRY_AFTER = 10 * SECOND;
/** @source kubernetes pkg/kubelet/status/status_manager.go (syncPeriod) */
const SYNC_PERIOD = 10 * SECOND;

/** Computes the status anew and sees to it that the API learns of it. */
export function updateStatus(state: KubeletState, worker: PodWorker, ctx: Context): void {
  if (worker.gone) return;
  const status = podStatus(worker, state.args.node.internalIP, ctx.now);
  if (!deepEqual(status, worker.status)) worker.status = Object.freeze(status); // shared by checkpoints
  writeStatus(state, worker, ctx);
}

export function writeStatus(state: KubeletState, worker: PodWorker, ctx: Context): void {
  if (worker.gone || worker.writing || worker.retry !== null) return;
  if (worker.mirror === null) return;
  const { metadata } = worker.pod;
  const patch = statusPatch(worker.written, worker.status);
  if (patch === null) return deleteWhenDone(state, worker, ctx);
  worker.writing = true;
  worker.written = worker.status;
  request(
    state.client,
    ctx,
    {
      method: 'PATCH',
      path: objectPath('Pod', metadata.namespace ?? '', metadata.name, 'status'),
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { uid: worker.mirror ?? worker.uid }, status: patch },
    },
    { type: 'kubelet/status-written', uid: worker.uid } as { type: string },
  );
}

export function statusWritten(
  state: KubeletState,
  worker: PodWorker,
  answer: Extract<Delivery, { type: 'answer' }>,
  ctx: Context,
): void {
  worker.writing = false;
  if (answer.ok) return writeStatus(state, worker, ctx);
  if (answer.code === 404) return;
  worker.written = statusInApi(state, worker);
  retry(worker, ctx);
}

/**
 * The API says something else of this pod than was written last, as when the node lifecycle controller has made it not Ready:
 * the next sync of all statuses puts it right.
 */
export function noticeOverwriting(worker: PodWorker, status: Pod['status'], ctx: Context): void {
  if (worker.reconcile !== null || !isOverwritten(worker, status)) return;
  const delay = SYNC_PERIOD - (ctx.monotonic % SYNC_PERIOD);
  worker.reconcile = ctx.after(delay, { type: 'kubelet/reconcile-status', uid: worker.uid } as { type: string });
}

/** Writes the own status again where somebody else has written over it. */
export function reconcileStatus(state: KubeletState, worker: PodWorker, ctx: Context): void {
  worker.reconcile = null;
  const status = statusInApi(state, worker);
  if (worker.gone || worker.writing || worker.retry !== null || !isOverwritten(worker, status)) return;
  worker.written = status;
  updateStatus(state, worker, ctx);
}

/** What the API says now: of a static pod its mirror. */
function statusInApi(state: KubeletState, { pod, mirror }: PodWorker): Pod['status'] {
  if (mirror === undefined) return pod.status;
  return cacheOf(state.client, 'Pod').get(pod.metadata.namespace ?? '', pod.metadata.name)?.status ?? pod.status;
}

/** Whether the API's version differs in what is the kubelet's to say. */
function isOverwritten({ written }: PodWorker, status: Pod['status']): boolean {
  if (status === written) return false;
  if (status.phase !== written.phase || status.podIP !== written.podIP) return true;
  if (!deepEqual(status.containerStatuses, written.containerStatuses)) return true;
  for (const own of written.conditions ?? [])
    if (isOwn(own) && status.conditions?.find(({ type }) => type === own.type)?.status !== own.status) return true;
  return false;
}

/** A pod that is being deleted goes when nothing of it runs and its last status is written. */
function deleteWhenDone(state: KubeletState, worker: PodWorker, ctx: Context): void {
  const { metadata } = worker.pod;
  if (worker.deleting || worker.state !== 'terminated' || metadata.deletionTimestamp === undefined) return;
  worker.deleting = true;
  request(
    state.client,
    ctx,
    {
      method: 'DELETE',
      path: objectPath('Pod', metadata.namespace ?? '', metadata.name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } },
    },
    { type: 'kubelet/pod-deleted', uid: worker.uid } as { type: string },
  );
}

export function podDeleted(worker: PodWorker, answer: Extract<Delivery, { type: 'answer' }>, ctx: Context): void {
  if (answer.ok || answer.code === 404 || answer.code === 409) return;
  worker.deleting = false;
  retry(worker, ctx);
}

function retry(worker: PodWorker, ctx: Context): void {
  worker.retry ??= ctx.after(RETRY_AFTER, { type: 'kubelet/write-status', uid: worker.uid } as { type: string });
}
