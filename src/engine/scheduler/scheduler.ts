/**
 * kube-scheduler: finds a node for every pod that has none. It sees the cluster only through its watches of pods and
 * nodes (`event-handlers.ts` → `cache.ts`, `queue.ts`), takes one pod at a time (`schedule-one.ts`: pure), and writes what
 * it has decided (`binding.ts`) or why it could not (`failure.ts`). Plug-ins are in `plugins/`, their order and weights in
 * `profile.ts`. It does not run pods, and does not move them once they are bound.
 *
 * @source kubernetes pkg/scheduler/scheduler.go, cmd/kube-scheduler
 */
import { certified } from '#engine/apiserver/wire';
import { type Delivery, newClient, receive, reflect, startClient } from '#engine/client/client';
import { newRecorder, recordEvent } from '#engine/client/events';
import { isLeading, receiveElection, startElection } from '#engine/client/leader-election';
import { type Context, type Message, defineProcess } from '#engine/kernel/process';
import { appendTo, newRing } from '#engine/kernel/ring';
import { type AttemptRecord, recordOf, sentenceOf } from './attempts';
import { type BoundMessage, type WaitedMessage, bindPod, bindingAnswered, waitedForBinding } from './binding';
import { isAssumed, newCache } from './cache';
import { STORAGE_KINDS, handleChange } from './event-handlers';
import { handleFailure } from './failure';
import { frameworkOf } from './framework';
import { lateScheduler } from './late';
import { podReference } from './pod-reference';
import type { PreemptedMessage } from './preempt';
import { DEFAULT_PROFILES } from './profile';
import {
  BACKOFF_FLUSH_EVERY,
  type QueuedPod,
  UNSCHEDULABLE_FLUSH_EVERY,
  finishPod,
  flushBackoff,
  flushUnschedulable,
  hasPodToTry,
  newQueue,
  popPod,
} from './queue';
import { cycleDuration, scheduleOne } from './schedule-one';
import { type SchedulerArgs, type SchedulerState, cycleOf, momentOf, recorderFor } from './state';

export type { SchedulerArgs, SchedulerState } from './state';

const REMEMBERED_ATTEMPTS = 200;

/** What plug-ins look at besides pods, nodes and storage. */
const KNOWN_BESIDES = [
  'Namespace',
  'Service',
  'ReplicationController',
  'ReplicaSet',
  'StatefulSet',
  'PodDisruptionBudget',
] as const;

type OwnMessage =
  | { readonly type: 'scheduler/cycle' }
  | { readonly type: 'scheduler/flush-backoff' }
  | { readonly type: 'scheduler/flush-unschedulable' }
  | WaitedMessage;

type AnswerTag = BoundMessage | PreemptedMessage | { readonly type: 'scheduler/patched' };

export const kubeScheduler = defineProcess<SchedulerState, SchedulerArgs>({
  kind: 'kube-scheduler',

  start(ctx, args) {
    const state = newState(args);
    reflect(state.client, 'Node');
    reflect(state.client, 'Pod', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
    for (const kind of [...KNOWN_BESIDES, ...STORAGE_KINDS]) reflect(state.client, kind);
    startClient(state.client, ctx);
    ctx.log('I server.go] "Starting Kubernetes Scheduler" version="v1.35.5"');
    ctx.log('I secure_serving.go:211] Serving securely on 127.0.0.1:10259');
    if (args.leaderElect !== false) {
      const lease = args.lease ?? { namespace: 'kube-system', name: 'kube-scheduler' };
      state.election = startElection(state.client, ctx, lease);
    }
    return state;
  },

  handle(state, message, ctx) {
    const deliveries = receive(state.client, message, ctx);
    if (deliveries === null) handleOwn(state, message, ctx);
    else for (const delivery of deliveries) handleDelivery(state, delivery, ctx);
    keepTimers(state, ctx);
  },
});

/** How many pods wait where, and which (`namespace/name`, in the order in which they stand). */
export function schedulerQueues({ queue, bindings, counts }: SchedulerState): {
  readonly counts: Readonly<
    Record<'active' | 'backoff' | 'unschedulable' | 'gated' | 'binding' | 'scheduled' | 'failedAttempts', number>
  >;
  readonly active: readonly string[];
  readonly backoff: readonly string[];
  readonly unschedulable: readonly string[];
  readonly binding: readonly string[];
} {
  const names = (pods: Iterable<QueuedPod>): string[] => [...pods].map(({ info }) => info.key);
  let gated = 0;
  for (const { gatedBy } of queue.unschedulable.values()) if (gatedBy !== '') gated += 1;
  return {
    counts: {
      active: queue.active.length,
      backoff: queue.backoff.length + queue.errorBackoff.length,
      unschedulable: queue.unschedulable.size,
      gated,
      binding: bindings.size,
      scheduled: counts.scheduled,
      failedAttempts: counts.unschedulable + counts.errors,
    },
    active: names(queue.active),
    backoff: names([...queue.backoff, ...queue.errorBackoff]),
    unschedulable: names(queue.unschedulable.values()),
    binding: [...bindings.values()].map(({ pod }) => pod.key),
  };
}

/** A scheduler before it has heard of anything. */
export function newState({
  server,
  qps = 50,
  burst = 100,
  profiles = DEFAULT_PROFILES,
  backoffs,
  credentials = certified('system:kube-scheduler'),
  endpoint,
}: SchedulerArgs): SchedulerState {
  return {
    profiles,
    client: newClient({
      servers: server,
      userAgent: 'kube-scheduler',
      credentials,
      ...(endpoint !== undefined && { endpoint }),
      qps,
      burst,
    }),
    recorders: new Map(profiles.map(({ schedulerName }) => [schedulerName, newRecorder(schedulerName, '')])),
    election: null,
    synced: false,
    cache: newCache(),
    queue: newQueue(backoffs),
    rotation: { nextStartNodeIndex: 0 },
    bindings: new Map(),
    preemptions: new Map(),
    attempts: newRing(REMEMBERED_ATTEMPTS),
    busyUntil: 0,
    cycleTimer: null,
    backoffTimer: null,
    unschedulableTimer: null,
    counts: { scheduled: 0, unschedulable: 0, errors: 0 },
  };
}

function handleDelivery(state: SchedulerState, delivery: Delivery, ctx: Context): void {
  switch (delivery.type) {
    case 'change':
      ctx.because(delivery.change.cause ?? ctx.event);
      handleChange(state, delivery.change, ctx);
      return;
    case 'synced':
      state.synced = [...state.client.stores.values()].every(({ synced }) => synced);
      return;
    case 'answer':
      if (!handleElection(state, delivery, ctx)) handleAnswer(state, delivery, ctx);
      return;
    case 'streamed':
  }
}

function handleAnswer(state: SchedulerState, answer: Extract<Delivery, { type: 'answer' }>, ctx: Context): void {
  // All requests are our own, and so are their tags.
  const tag = answer.tag as AnswerTag;
  switch (tag.type) {
    case 'scheduler/bound':
      bindingAnswered(state, ctx, tag, answer);
      return;
    case 'scheduler/preempted':
      lateScheduler.code.preemptionAnswered(state, ctx, tag, answer, state.cache.pods.get(tag.victim)?.info ?? null);
      return;
    case 'scheduler/patched':
      if (!answer.ok) ctx.log(`E schedule_one.go] "Failed to patch pod status" code=${answer.code}`);
  }
}

function handleOwn(state: SchedulerState, message: Message, ctx: Context): void {
  if (handleElection(state, message, ctx)) return;
  const own = message as OwnMessage;
  switch (own.type) {
    case 'scheduler/waited':
      waitedForBinding(state, ctx, own);
      return;
    case 'scheduler/cycle':
      state.cycleTimer = null;
      schedulingCycle(state, ctx);
      return;
    case 'scheduler/flush-backoff':
      state.backoffTimer = null;
      flushBackoff(state.queue, momentOf(state, ctx));
      return;
    case 'scheduler/flush-unschedulable':
      state.unschedulableTimer = null;
      flushUnschedulable(state.queue, momentOf(state, ctx));
  }
}

/**
 * A scheduler that has lost its Lease ends, and is started anew.
 *
 * @returns whether the message was the election's
 */
function handleElection(state: SchedulerState, received: Message | Delivery, ctx: Context): boolean {
  if (state.election === null) return false;
  const type = received.type === 'answer' && 'tag' in received ? received.tag.type : received.type;
  if (!type.startsWith('election/')) return false;
  const transition = receiveElection(state.election, state.client, [...state.recorders.values()][0]!, received, ctx);
  if (transition === 'lost') {
    ctx.log('E server.go] "Leaderelection lost"');
    ctx.exit(1);
  }
  return true;
}

/** One pod is taken from the queue and tried. */
function schedulingCycle(state: SchedulerState, ctx: Context): void {
  if (!isAtWork(state)) return;
  const queued = popPod(state.queue, ctx.monotonic);
  if (queued === null) return;
  ctx.because(queued.cause);
  if (isNotToBeScheduled(state, queued, ctx)) return;

  const cycle = cycleOf(state, queued.info);
  const framework = frameworkOf(cycle.profile);
  const decision = scheduleOne(framework, cycle, state.rotation, () => ctx.random('preemption'));
  state.busyUntil = ctx.monotonic + cycleDuration(decision);
  remember(state, ctx, recordOf(decision, queued.info, queued.attempts, ctx.cause, ctx.monotonic));

  if (decision.outcome === 'fits') {
    bindPod(state, ctx, queued, decision.node, cycle);
    return;
  }
  state.counts.unschedulable += 1;
  queued.rejectedBy = decision.rejectedBy;
  queued.pendingOn = decision.pendingOn;
  const { message, nominatedNode, victims } = decision;
  if (nominatedNode !== null && victims.length > 0)
    lateScheduler.code.preempt(state, ctx, queued.info, nominatedNode, victims);
  handleFailure(state, ctx, queued, { message, reason: 'Unschedulable', nominatedNode });
}

/** A pod that is being deleted, or is on its way to a node already. */
function isNotToBeScheduled(state: SchedulerState, { info }: QueuedPod, ctx: Context): boolean {
  const isDeleting = info.pod.metadata.deletionTimestamp !== undefined;
  if (!isDeleting && !isAssumed(state.cache, info.uid)) return false;
  finishPod(state.queue, info.uid);
  if (isDeleting) {
    recordEvent(state.client, recorderFor(state, info.pod), ctx, {
      regarding: podReference(info.pod),
      type: 'Warning',
      reason: 'FailedScheduling',
      message: `skip schedule deleting pod: ${info.key}`,
    });
  }
  return true;
}

function remember(state: SchedulerState, ctx: Context, record: AttemptRecord): void {
  appendTo(state.attempts, record);
  const { namespace, name, uid } = record.pod;
  ctx.explain({
    what: 'schedule',
    text: sentenceOf(record),
    subject: { kind: 'Pod', namespace, name, uid },
    data: record,
  });
}

const isAtWork = (state: SchedulerState): boolean =>
  state.synced && (state.election === null || isLeading(state.election));

/** Timers run only while there is something for them to do. */
function keepTimers(state: SchedulerState, ctx: Context): void {
  const { queue } = state;
  if (state.cycleTimer === null && hasPodToTry(queue) && isAtWork(state)) {
    state.cycleTimer = ctx.after(Math.max(0, state.busyUntil - ctx.monotonic), { type: 'scheduler/cycle' });
  }
  if (state.backoffTimer === null && queue.backoff.length + queue.errorBackoff.length > 0) {
    state.backoffTimer = ctx.after(untilNext(ctx.monotonic, BACKOFF_FLUSH_EVERY), { type: 'scheduler/flush-backoff' });
  }
  if (state.unschedulableTimer === null && queue.unschedulable.size > 0) {
    const delay = untilNext(ctx.monotonic, UNSCHEDULABLE_FLUSH_EVERY);
    state.unschedulableTimer = ctx.after(delay, { type: 'scheduler/flush-unschedulable' });
  }
}

const untilNext = (now: number, every: number): number => every - (now % every);
