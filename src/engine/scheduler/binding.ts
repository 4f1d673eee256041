/**
 * The binding cycle: what has been decided is written to the API server, while the scheduler goes on as if it were done.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (assume, bindingCycle, handleBindingCycleError)
 */
import type { Status as ApiStatus } from '#engine/api/types';
import { request } from '#engine/client/client';
import { recordEvent } from '#engine/client/events';
import type { Context, Message } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { assumePod, finishBinding, forgetPod } from './cache';
import { ASSIGNED_POD_DELETE } from './events';
import { handleFailure, patchStatus } from './failure';
import { type Framework, frameworkOf } from './framework';
import type { NodeInfo } from './node-info';
import { podReference } from './pod-reference';
import type { Cycle } from './plugin';
import { type QueuedPod, denominate, finishPod, moveAll } from './queue';
import { type Binding, type SchedulerState, cycleOf, momentOf, recorderFor } from './state';
import { type Status, messageOf } from './status';

export interface BoundMessage extends Message {
  readonly type: 'scheduler/bound';
  readonly uid: string;
}

export interface WaitedMessage extends Message {
  readonly type: 'scheduler/waited';
  readonly uid: string;
}

const waited = (uid: string): WaitedMessage => ({ type: 'scheduler/waited', uid });

/** How often a wait looks whether it is over. */
const LOOK_EVERY = SECOND;

export interface Answered {
  readonly ok: boolean;
  readonly body: unknown;
}

/** Counts the pod on its node from now on, and begins to make it true. */
export function bindPod(state: SchedulerState, ctx: Context, queued: QueuedPod, node: NodeInfo, cycle: Cycle): void {
  const { uid } = queued.info;
  const framework = frameworkOf(cycle.profile);
  denominate(state.queue, uid);
  const pod = assumePod(state.cache, queued.info, node.name);
  const refusal = firstRefusal(framework, cycle, node);
  if (refusal !== null) {
    queued.rejectedBy |= framework.bitOf(refusal.plugin);
    giveUp(
      state,
      ctx,
      { queued, pod, node: node.name, steps: [], next: 0, deadline: null },
      messageOf(refusal),
      'Unschedulable',
    );
    return;
  }
  // From here on nothing can make the pod unschedulable any more.
  finishPod(state.queue, uid);
  const steps = stepsOf(cycle, queued, node.name);
  const binding: Binding = { queued, pod, node: node.name, steps, next: 0, deadline: null };
  state.bindings.set(uid, binding);
  // Others may know where the pod is going while it waits (NominatedNodeNameForExpectation).
  if (steps[0]?.extensionPoint === 'PreBind') patchStatus(state, ctx, pod.pod, { nominatedNodeName: node.name });
  sendNext(state, ctx, binding);
}

/** The answer to a write of a binding cycle. */
export function bindingAnswered(state: SchedulerState, ctx: Context, { uid }: BoundMessage, answer: Answered): void {
  const binding = state.bindings.get(uid);
  if (binding === undefined) return;
  if (answer.ok) goOn(state, ctx, binding);
  else fail(state, ctx, binding, (answer.body as ApiStatus).message ?? '');
}

/** A second of waiting is over. */
export function waitedForBinding(state: SchedulerState, ctx: Context, { uid }: WaitedMessage): void {
  const binding = state.bindings.get(uid);
  const step = binding?.steps[binding.next];
  if (binding === undefined || step === undefined || step.request !== null) return;
  const cycle = cycleOf(state, binding.queued.info);
  const plugin = frameworkOf(cycle.profile).preBinds.find(({ name }) => name === step.plugin);
  const isPrepared = plugin?.isPrepared?.(cycle, binding.node) ?? true;
  if (typeof isPrepared === 'string') fail(state, ctx, binding, isPrepared);
  else if (isPrepared) goOn(state, ctx, binding);
  else if (ctx.monotonic < binding.deadline!) ctx.after(LOOK_EVERY, waited(uid));
  else fail(state, ctx, binding, 'binding volumes: context deadline exceeded');
}

function fail(state: SchedulerState, ctx: Context, binding: Binding, cause: string): void {
  const step = binding.steps[binding.next];
  state.bindings.delete(binding.pod.uid);
  const message = `running ${step?.extensionPoint ?? 'Bind'} plugin "${step?.plugin ?? ''}": ${cause}`;
  ctx.log(`E schedule_one.go] "Error scheduling pod; retrying" err="${message}" pod="${binding.pod.key}"`);
  giveUp(state, ctx, binding, message, 'SchedulerError');
}

function goOn(state: SchedulerState, ctx: Context, binding: Binding): void {
  const { uid } = binding.pod;
  binding.next += 1;
  binding.deadline = null;
  if (binding.next < binding.steps.length) {
    sendNext(state, ctx, binding);
    return;
  }
  state.bindings.delete(uid);
  finishBinding(state.cache, uid, null);
  state.counts.scheduled += 1;
  const cycle = cycleOf(state, binding.pod);
  for (const plugin of frameworkOf(cycle.profile).postBinds) plugin.postBind?.(cycle, binding.node);
  recordEvent(state.client, recorderFor(state, binding.pod.pod), ctx, {
    regarding: podReference(binding.pod.pod),
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${binding.pod.key} to ${binding.node}`,
  });
}

/** Of the plug-ins that reserve what the pod needs, then of those that may forbid it still. */
function firstRefusal({ reserves, permits }: Framework, cycle: Cycle, node: NodeInfo): Status | null {
  for (const plugin of reserves) {
    const refusal = plugin.reserve?.(cycle, node) ?? null;
    if (refusal !== null) return refusal;
  }
  for (const plugin of permits) {
    const refusal = plugin.permit?.(cycle, node) ?? null;
    if (refusal !== null) return refusal;
  }
  return null;
}

function stepsOf(cycle: Cycle, queued: QueuedPod, node: string): Binding['steps'] {
  const steps: Binding['steps'][number][] = [];
  const { preBinds, binds } = frameworkOf(cycle.profile);
  for (const plugin of preBinds) {
    const step = { plugin: plugin.name, extensionPoint: 'PreBind' } as const;
    for (const request of plugin.preBind?.(cycle, node) ?? []) steps.push({ ...step, request, patience: 0 });
    const patience = plugin.preparationTime?.(cycle) ?? null;
    if (patience !== null) steps.push({ ...step, request: null, patience });
  }
  for (const plugin of binds) {
    const request = plugin.bind?.(queued.info, node) ?? null;
    if (request === null) continue;
    steps.push({ plugin: plugin.name, extensionPoint: 'Bind', request, patience: 0 });
    break;
  }
  return steps;
}

function sendNext(state: SchedulerState, ctx: Context, binding: Binding): void {
  const step = binding.steps[binding.next];
  if (step === undefined) return;
  const { uid } = binding.pod;
  if (step.request === null) {
    binding.deadline = ctx.monotonic + step.patience;
    ctx.after(LOOK_EVERY, waited(uid));
    return;
  }
  const tag: BoundMessage = { type: 'scheduler/bound', uid };
  request(state.client, ctx, step.request, tag);
}

/** The pod is on no node after all, and whoever waits for its room may have it. */
function giveUp(
  state: SchedulerState,
  ctx: Context,
  { queued, pod, node }: Binding,
  message: string,
  reason: 'Unschedulable' | 'SchedulerError',
): void {
  const cycle = cycleOf(state, queued.info);
  for (const plugin of frameworkOf(cycle.profile).reserves.toReversed()) plugin.unreserve?.(cycle, node);
  if (forgetPod(state.cache, pod.uid)) {
    const gone = { ...pod.pod, spec: { ...pod.pod.spec, nodeName: node } };
    moveAll(state.queue, ASSIGNED_POD_DELETE, { old: gone }, momentOf(state, ctx));
  }
  if (reason === 'SchedulerError') {
    state.counts.errors += 1;
    queued.rejectedBy = 0;
  }
  handleFailure(state, ctx, queued, { message, reason, nominatedNode: '' });
}
