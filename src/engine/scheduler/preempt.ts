/**
 * Making room: victims are marked and deleted, one pod is held back until all others are on their way, so that the end
 * of the last one wakes the pod that waits for the room.
 *
 * @source kubernetes pkg/scheduler/framework/preemption/preemption.go (prepareCandidateAsync)
 */
import { timestamp } from '#engine/api/timestamp';
import { request } from '#engine/client/client';
import { recordEvent } from '#engine/client/events';
import { objectPath } from '#engine/client/paths';
import type { Context, Message } from '#engine/kernel/process';
import { patchStatus } from './failure';
import type { PodInfo } from './pod-info';
import { podReference } from './pod-reference';
import { activatePod, denominate, ungatePod } from './queue';
import { type Preemption, type SchedulerState, cycleOf, momentOf, recorderFor } from './state';

export interface PreemptedMessage extends Message {
  readonly type: 'scheduler/preempted';
  readonly preemptor: string;
  readonly victim: string;
  readonly step: 'marked' | 'deleted';
}

/** Begins to remove the victims from a node for a pod that waits for it. */
export function preempt(
  state: SchedulerState,
  ctx: Context,
  preemptor: PodInfo,
  node: string,
  victims: readonly PodInfo[],
): void {
  const last = victims.at(-1);
  if (last === undefined) return;
  clearLowerNominations(state, ctx, preemptor, node);
  const others = victims.slice(0, -1);
  const preemption = { preemptor, node, last, pending: new Set(others.map(({ uid }) => uid)) };
  state.preemptions.set(preemptor.uid, preemption);
  for (const victim of others) mark(state, ctx, preemption, victim);
  if (others.length === 0) finishWithLast(state, ctx, preemption);
}

/** The answer to a call about a victim. A failed call lets the preemptor try anew. */
export function preemptionAnswered(
  state: SchedulerState,
  ctx: Context,
  message: PreemptedMessage,
  answer: { readonly ok: boolean; readonly code: number },
  victim: PodInfo | null,
): void {
  const preemption = state.preemptions.get(message.preemptor) ?? null;
  const isGone = answer.code === 404;
  if (!answer.ok && !isGone) {
    state.preemptions.delete(message.preemptor);
    activatePod(state.queue, message.preemptor, momentOf(state, ctx));
    return;
  }
  if (message.step === 'marked' && !isGone && victim !== null) {
    remove(state, ctx, message.preemptor, victim);
    return;
  }
  if (preemption === null || !preemption.pending.delete(message.victim) || preemption.pending.size > 0) return;
  finishWithLast(state, ctx, preemption);
}

function finishWithLast(state: SchedulerState, ctx: Context, preemption: Preemption): void {
  state.preemptions.delete(preemption.preemptor.uid);
  ungatePod(state.queue, preemption.preemptor.uid, 'DefaultPreemption');
  mark(state, ctx, preemption, preemption.last);
}

function mark(state: SchedulerState, ctx: Context, { preemptor, node }: Preemption, victim: PodInfo): void {
  const { schedulerName } = cycleOf(state, preemptor).profile;
  recordEvent(state.client, recorderFor(state, preemptor.pod), ctx, {
    regarding: podReference(victim.pod),
    type: 'Normal',
    reason: 'Preempted',
    message: `Preempted by pod ${preemptor.uid} on node ${node}`,
  });
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: timestamp(ctx.now),
  };
  patchStatus(state, ctx, victim.pod, { conditions: [condition] }, tagOf(preemptor.uid, victim, 'marked'));
}

function remove(state: SchedulerState, ctx: Context, preemptor: string, victim: PodInfo): void {
  const { namespace = '', name, uid } = victim.pod.metadata;
  const path = objectPath('Pod', namespace, name);
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  request(state.client, ctx, { method: 'DELETE', path, body }, tagOf(preemptor, victim, 'deleted'));
}

function tagOf(preemptor: string, victim: PodInfo, step: PreemptedMessage['step']): PreemptedMessage {
  return { type: 'scheduler/preempted', preemptor, victim: victim.uid, step };
}

/** Less important pods that had been promised the node may have to look elsewhere. */
function clearLowerNominations(state: SchedulerState, ctx: Context, preemptor: PodInfo, node: string): void {
  for (const nominee of state.queue.nominees.get(node) ?? []) {
    if (nominee.priority >= preemptor.priority) continue;
    denominate(state.queue, nominee.uid);
    patchStatus(state, ctx, nominee.pod, { nominatedNodeName: null });
  }
}
