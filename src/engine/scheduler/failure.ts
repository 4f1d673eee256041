/**
 * After a failed attempt: the pod goes back into the queue, and API users are told why.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (handleSchedulingFailure, updatePod)
 */
import { timestamp } from '#engine/api/timestamp';
import type { Pod, PodCondition } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { request } from '#engine/client/client';
import { recordEvent } from '#engine/client/events';
import { objectPath } from '#engine/client/paths';
import type { Context, Message } from '#engine/kernel/process';
import { isAssigned } from './event-handlers';
import { truncatedNote } from './fit-error';
import { podInfo } from './pod-info';
import { podReference } from './pod-reference';
import { type QueuedPod, denominate, finishPod, nominate, returnPod } from './queue';
import { type SchedulerState, momentOf, recorderFor } from './state';

export interface Failure {
  readonly message: string;
  readonly reason: 'Unschedulable' | 'SchedulerError';
  /** The node to be nominated; empty: the nomination is taken back; null: as it was. */
  readonly nominatedNode: string | null;
}

export interface PatchedMessage extends Message {
  readonly type: 'scheduler/patched';
}

const PATCHED: PatchedMessage = { type: 'scheduler/patched' };

export function handleFailure(state: SchedulerState, ctx: Context, queued: QueuedPod, failure: Failure): void {
  const { queue, client } = state;
  const { metadata } = queued.info.pod;
  const pod = cacheOf(client, 'Pod').get(metadata.namespace ?? '', metadata.name);
  // It may be gone by now, be another pod of its name, or have been bound by somebody else.
  if (pod === undefined || pod.metadata.uid !== metadata.uid || isAssigned(pod)) {
    finishPod(queue, queued.info.uid);
    denominate(queue, queued.info.uid);
    if (pod?.metadata.uid === metadata.uid) recordFailure(state, ctx, pod, failure);
    return;
  }
  queued.info = podInfo(pod);
  returnPod(queue, queued, momentOf(state, ctx));
  if (failure.nominatedNode !== null) nominate(queue, queued.info, failure.nominatedNode);
  recordFailure(state, ctx, pod, failure);
  writeCondition(state, ctx, pod, failure);
}

function recordFailure(state: SchedulerState, ctx: Context, pod: Pod, { message }: Failure): void {
  recordEvent(state.client, recorderFor(state, pod), ctx, {
    regarding: podReference(pod),
    type: 'Warning',
    reason: 'FailedScheduling',
    message: truncatedNote(message),
  });
}

/** Says so in the pod's status, unless it is said there already. */
function writeCondition(state: SchedulerState, ctx: Context, pod: Pod, failure: Failure): void {
  const nominated = pod.status.nominatedNodeName ?? '';
  const isNominationNew = failure.nominatedNode !== null && failure.nominatedNode !== nominated;
  const old = pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
  const condition = unscheduledCondition(pod, old, failure, timestamp(ctx.now));
  if (!isNominationNew && old !== undefined && isSameCondition(old, condition)) return;
  patchStatus(state, ctx, pod, {
    conditions: [condition],
    ...(isNominationNew && { nominatedNodeName: failure.nominatedNode === '' ? null : failure.nominatedNode }),
  });
}

/** Patches a pod's status; nobody waits for the answer. */
export function patchStatus(
  state: SchedulerState,
  ctx: Context,
  { metadata }: Pod,
  status: unknown,
  tag: Message = PATCHED,
): void {
  request(
    state.client,
    ctx,
    {
      method: 'PATCH',
      path: objectPath('Pod', metadata.namespace ?? '', metadata.name, 'status'),
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { uid: metadata.uid }, status },
    },
    tag,
  );
}

function unscheduledCondition(pod: Pod, old: PodCondition | undefined, failure: Failure, now: string): PodCondition {
  const { generation } = pod.metadata;
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: failure.reason,
    message: failure.message,
    lastTransitionTime: old?.status === 'False' ? (old.lastTransitionTime ?? now) : now,
    ...(generation !== undefined && { observedGeneration: generation }),
  };
}

const isSameCondition = (a: PodCondition, b: PodCondition): boolean =>
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.observedGeneration === b.observedGeneration;
