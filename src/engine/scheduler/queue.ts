/**
 * The pods that wait to be scheduled: `active` to be tried next, the two back-off queues until their time has come,
 * `unschedulable` until something happens that may help them. Times are the scheduler's monotonic clock in µs.
 *
 * @source kubernetes pkg/scheduler/backend/queue/{scheduling_queue,active_queue,backoff_queue}.go
 */
import type { EventId } from '#engine/kernel/process';
import { MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import { INITIAL_BACKOFF, MAX_BACKOFF, alignToWindow, backoffDuration } from './backoff';
import { type ClusterEvent, UNSCHEDULABLE_TIMEOUT, podChanges } from './events';
import { type Framework, MOST_PLUGINS, frameworkFor } from './framework';
import { popFrom, pushTo, removeFrom, restore } from './heap';
import { manyNodes } from './many';
import type { PodInfo } from './pod-info';
import { countHeldBack, holdsBack, interestedPlugins, isWorthRequeuing } from './queueing-hints';
import type { EventObjects, PluginSet } from './registered-event';

export const BACKOFF_FLUSH_EVERY: Micros = SECOND;
export const UNSCHEDULABLE_FLUSH_EVERY: Micros = 30 * SECOND;
export const MAX_IN_UNSCHEDULABLE: Micros = 5 * MINUTE;

export type Whereabouts = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'inFlight' | 'none';

/** A pod with its history in the queue. Mutable; belongs to the queue. */
export interface QueuedPod {
  info: PodInfo;
  where: Whereabouts;
  place: number;
  /** When it was last put back after an attempt, or added. */
  timestamp: Micros;
  /** Orders equal timestamps: the first come stands first. */
  sequence: number;
  attempts: number;
  unschedulableCount: number;
  consecutiveErrors: number;
  /** Plug-ins that turned it down in its last attempt. */
  rejectedBy: PluginSet;
  /** Those of them that wait for something outside (Pending). */
  pendingOn: PluginSet;
  /** The plug-in whose PreEnqueue holds it back; empty: it is not gated. */
  gatedBy: string;
  /** Cut to its window; null: not reckoned yet, or no back-off. */
  backoffUntil: Micros | null;
  firstAttemptAt: Micros | null;
  /** The event that made it worth trying (again). */
  cause: EventId;
}

/** What happened while pods were being tried, for those that come back. */
interface InFlightEvent {
  readonly number: number;
  readonly event: ClusterEvent;
  readonly objects: EventObjects;
}

export interface SchedulingQueue {
  /** All pods that wait, by uid. Those being tried are in `inFlight` only. */
  readonly pods: Map<string, QueuedPod>;
  readonly active: QueuedPod[];
  readonly backoff: QueuedPod[];
  readonly errorBackoff: QueuedPod[];
  readonly unschedulable: Map<string, QueuedPod>;
  /** How many of them each bit of their `rejectedBy` holds back, so that an event that helps none of them costs nothing. */
  readonly heldBack: number[];
  /** Pods being tried by uid, with the number of the first event that they have not seen. */
  readonly inFlight: Map<string, number>;
  inFlightEvents: InFlightEvent[];
  nextEvent: number;
  nextSequence: number;
  readonly backoffs: Backoffs;
  /** Pods that preemption has reserved room for: node name by pod uid, and pods by node. */
  readonly nominated: Map<string, string>;
  readonly nominees: Map<string, readonly PodInfo[]>;
}

/** How long pods wait after failed attempts: the first time, and at most. */
export interface Backoffs {
  readonly initial: Micros;
  readonly max: Micros;
}

const DEFAULT_BACKOFFS: Backoffs = Object.freeze({ initial: INITIAL_BACKOFF, max: MAX_BACKOFF });

/** What queue operations need to know of the moment. */
export interface Moment {
  /** Monotonic µs. */
  readonly now: Micros;
  /** The event being handled. */
  readonly event: EventId;
  /** Of all profiles. */
  readonly frameworks: readonly Framework[];
  /** Uids of pods whose victims are being told to go. */
  readonly preempting: ReadonlyMap<string, unknown>;
}

export const newQueue = (backoffs = DEFAULT_BACKOFFS): SchedulingQueue => ({
  pods: new Map(),
  active: [],
  backoff: [],
  errorBackoff: [],
  unschedulable: new Map(),
  heldBack: Array.from({ length: MOST_PLUGINS }, () => 0),
  inFlight: new Map(),
  inFlightEvents: [],
  nextEvent: 0,
  nextSequence: 0,
  backoffs,
  nominated: new Map(),
  nominees: new Map(),
});

const byActiveOrder = (a: QueuedPod, b: QueuedPod): boolean =>
  a.info.priority !== b.info.priority
    ? a.info.priority > b.info.priority
    : a.timestamp !== b.timestamp
      ? a.timestamp < b.timestamp
      : a.sequence < b.sequence;

const byExpiry = (a: QueuedPod, b: QueuedPod): boolean => {
  const left = a.backoffUntil ?? 0;
  const right = b.backoffUntil ?? 0;
  return left !== right ? left < right : byActiveOrder(a, b);
};

/** When the back-off of a pod ends; 0 when there is none. */
function backoffUntil({ backoffs: { initial, max } }: SchedulingQueue, pod: QueuedPod): Micros {
  const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount;
  if (count === 0) return 0;
  pod.backoffUntil ??= alignToWindow(pod.timestamp + backoffDuration(count, initial, max));
  return pod.backoffUntil;
}

/** Whether a pod must wait still; in the window of its expiry it does. */
function isBackingOff(queue: SchedulingQueue, pod: QueuedPod, now: Micros): boolean {
  const until = backoffUntil(queue, pod);
  return until !== 0 && until >= alignToWindow(now);
}

/** A pod without node has come. */
export function addPod(queue: SchedulingQueue, info: PodInfo, moment: Moment): void {
  const known = queue.pods.get(info.uid);
  if (known !== undefined) return updatePod(queue, known.info, info, moment);
  if (queue.inFlight.has(info.uid)) return;
  const pod = newQueuedPod(queue, info, moment);
  queue.pods.set(info.uid, pod);
  nominateByStatus(queue, info);
  moveTo(queue, pod, 'active', moment);
}

/** A waiting pod has changed: it is tried again if the change may help it. */
export function updatePod(queue: SchedulingQueue, old: PodInfo, info: PodInfo, moment: Moment): void {
  const pod = queue.pods.get(info.uid);
  if (pod === undefined) {
    const events = queue.inFlight.has(info.uid) ? podChanges(old.pod, info.pod) : [];
    for (const event of events) remember(queue, event, { old: old.pod, now: info.pod });
    if (!queue.inFlight.has(info.uid)) addPod(queue, info, moment);
    return;
  }
  const before = pod.info;
  pod.info = info;
  if (queue.nominated.has(info.uid)) nominate(queue, info, queue.nominated.get(info.uid) ?? '');
  if (pod.where !== 'unschedulable') {
    const heap = heapOf(queue, pod.where);
    if (heap !== null) restore(heap, pod, orderOf(pod.where));
    return;
  }
  for (const event of podChanges(before.pod, info.pod)) {
    if (requeueIfWorth(queue, pod, event, { old: before.pod, now: info.pod }, moment)) return;
  }
}

/** The pod is gone, or bound. */
export function deletePod(queue: SchedulingQueue, uid: string): void {
  const pod = queue.pods.get(uid);
  denominate(queue, uid);
  if (pod === undefined) return;
  takeOut(queue, pod);
  queue.pods.delete(uid);
}

/**
 * The pod to be tried next, in flight from now on; null when there is none. When nothing is active, the pod that is
 * first in line of the back-off queue need not wait for its time (SchedulerPopFromBackoffQ).
 */
export function popPod(queue: SchedulingQueue, now: Micros): QueuedPod | null {
  const pod = popFrom(queue.active, byActiveOrder) ?? popFrom(queue.backoff, byExpiry);
  if (pod === null) return null;
  pod.where = 'inFlight';
  pod.attempts += 1;
  pod.firstAttemptAt ??= now;
  pod.backoffUntil = null;
  pod.rejectedBy = 0;
  pod.pendingOn = 0;
  queue.pods.delete(pod.info.uid);
  queue.inFlight.set(pod.info.uid, queue.nextEvent);
  return pod;
}

/** Whether there is a pod to try now. */
export const hasPodToTry = (queue: SchedulingQueue): boolean => queue.active.length > 0 || queue.backoff.length > 0;

/** The attempt is over for good, or cannot be turned down any more: its events need not be remembered. */
export function finishPod(queue: SchedulingQueue, uid: string): void {
  if (!queue.inFlight.delete(uid)) return;
  if (queue.inFlight.size === 0) {
    queue.inFlightEvents = [];
    return;
  }
  let oldest = queue.nextEvent;
  for (const number of queue.inFlight.values()) oldest = Math.min(oldest, number);
  if (queue.inFlightEvents[0] !== undefined && queue.inFlightEvents[0].number < oldest) {
    queue.inFlightEvents = queue.inFlightEvents.filter(({ number }) => number >= oldest);
  }
}

/**
 * An attempt has failed. A pod that plug-ins turned down waits for an event (one that came meanwhile counts); one whose
 * attempt broke waits for its back-off.
 */
export function returnPod(queue: SchedulingQueue, pod: QueuedPod, moment: Moment): void {
  const { uid } = pod.info;
  const since = queue.inFlight.get(uid);
  pod.timestamp = moment.now;
  pod.sequence = queue.nextSequence++;
  pod.backoffUntil = null;
  pod.cause = moment.event;
  queue.pods.set(uid, pod);
  if (pod.rejectedBy === 0) {
    pod.consecutiveErrors += 1;
    finishPod(queue, uid);
    moveTo(queue, pod, 'errorBackoff', moment);
    return;
  }
  pod.consecutiveErrors = 0;
  pod.unschedulableCount += 1;
  const missed = since === undefined ? [] : queue.inFlightEvents.filter(({ number }) => number >= since);
  finishPod(queue, uid);
  moveTo(queue, pod, 'unschedulable', moment);
  for (const { event, objects } of missed) if (requeueIfWorth(queue, pod, event, objects, moment)) return;
}

/** Something has happened: pods that it may help are tried again. @returns how many were moved */
export function moveAll(queue: SchedulingQueue, event: ClusterEvent, objects: EventObjects, moment: Moment): number {
  if (queue.inFlight.size > 0) remember(queue, event, objects);
  if (queue.unschedulable.size === 0) return 0;
  const interested = new Map(moment.frameworks.map((framework) => [framework, interestedPlugins(framework, event)]));
  let helping = 0;
  for (const plugins of interested.values()) helping |= plugins;
  if (!holdsBack(queue.heldBack, helping)) return 0;
  let moved = 0;
  for (const pod of [...queue.unschedulable.values()]) {
    const plugins = interested.get(frameworkFor(moment.frameworks, pod.info.pod)) ?? 0;
    if ((pod.rejectedBy & plugins) !== 0 && requeueIfWorth(queue, pod, event, objects, moment)) moved += 1;
  }
  return moved;
}

/** A pod is to be tried at once, whatever held it back. */
export function activatePod(queue: SchedulingQueue, uid: string, moment: Moment): void {
  const pod = queue.pods.get(uid);
  if (pod !== undefined && pod.where !== 'active') moveTo(queue, pod, 'active', moment);
}

/** A plug-in no longer holds a pod back: it waits for events again like any other that was turned down. */
export function ungatePod(queue: SchedulingQueue, uid: string, plugin: string): void {
  const pod = queue.pods.get(uid);
  if (pod?.gatedBy === plugin) pod.gatedBy = '';
}

/** Every second: pods whose back-off is over become active. @returns how many */
export function flushBackoff(queue: SchedulingQueue, moment: Moment): number {
  let flushed = 0;
  for (const heap of [queue.backoff, queue.errorBackoff]) {
    for (let first = heap[0]; first !== undefined && !isBackingOff(queue, first, moment.now); first = heap[0]) {
      moveTo(queue, first, 'active', moment);
      flushed += 1;
    }
  }
  return flushed;
}

/** Every 30 s: pods that have waited five minutes for an event are tried without one. Gated ones are not. @returns how many */
export function flushUnschedulable(queue: SchedulingQueue, moment: Moment): number {
  let flushed = 0;
  for (const pod of [...queue.unschedulable.values()]) {
    if (pod.gatedBy !== '' || moment.now - pod.timestamp <= MAX_IN_UNSCHEDULABLE) continue;
    if (requeueIfWorth(queue, pod, UNSCHEDULABLE_TIMEOUT, {}, moment)) flushed += 1;
  }
  return flushed;
}

/** Reserves room on a node for a pod (`nodeName` empty: no longer). @source pkg/scheduler/backend/queue/nominator.go */
export function nominate(queue: SchedulingQueue, info: PodInfo, nodeName: string): void {
  denominate(queue, info.uid);
  if (nodeName === '') return;
  queue.nominated.set(info.uid, nodeName);
  setNominees(queue, nodeName, [...(queue.nominees.get(nodeName) ?? []), info]);
}

/** Lists are replaced as a whole. */
function setNominees({ nominees }: SchedulingQueue, nodeName: string, pods: readonly PodInfo[]): void {
  if (pods.length === 0) nominees.delete(nodeName);
  else nominees.set(nodeName, pods);
  manyNodes.code?.promised(nominees, nodeName);
}

function nominateByStatus(queue: SchedulingQueue, info: PodInfo): void {
  const nodeName = info.pod.status.nominatedNodeName ?? '';
  if (nodeName !== '') nominate(queue, info, nodeName);
}

export function denominate(queue: SchedulingQueue, uid: string): void {
  const nodeName = queue.nominated.get(uid);
  if (nodeName === undefined) return;
  queue.nominated.delete(uid);
  const rest = (queue.nominees.get(nodeName) ?? []).filter((info) => info.uid !== uid);
  setNominees(queue, nodeName, rest);
}

function newQueuedPod(queue: SchedulingQueue, info: PodInfo, moment: Moment): QueuedPod {
  return {
    info,
    where: 'none',
    place: -1,
    timestamp: moment.now,
    sequence: queue.nextSequence++,
    attempts: 0,
    unschedulableCount: 0,
    consecutiveErrors: 0,
    rejectedBy: 0,
    pendingOn: 0,
    gatedBy: '',
    backoffUntil: null,
    firstAttemptAt: null,
    cause: moment.event,
  };
}

function remember(queue: SchedulingQueue, event: ClusterEvent, objects: EventObjects): void {
  queue.inFlightEvents.push(Object.freeze({ number: queue.nextEvent++, event, objects }));
}

function requeueIfWorth(
  queue: SchedulingQueue,
  pod: QueuedPod,
  event: ClusterEvent,
  objects: EventObjects,
  moment: Moment,
): boolean {
  const worth = isWorthRequeuing(frameworkFor(moment.frameworks, pod.info.pod), pod, event, objects);
  if (worth === 'skip') return false;
  pod.cause = moment.event;
  const isFree = worth === 'immediately' || !isBackingOff(queue, pod, moment.now);
  moveTo(queue, pod, isFree ? 'active' : 'backoff', moment);
  return pod.where !== 'unschedulable';
}

/** Puts a pod where it belongs; on its way to being tried every PreEnqueue plug-in may hold it back. */
function moveTo(
  queue: SchedulingQueue,
  pod: QueuedPod,
  where: 'active' | 'backoff' | 'errorBackoff' | 'unschedulable',
  moment: Moment,
): void {
  takeOut(queue, pod);
  pod.gatedBy = '';
  if (where !== 'unschedulable') {
    const framework = frameworkFor(moment.frameworks, pod.info.pod);
    const gate = framework.preEnqueue(pod.info, moment.preempting);
    if (gate !== null) {
      pod.gatedBy = gate.plugin;
      pod.rejectedBy |= framework.bitOf(gate.plugin);
    }
  }
  pod.where = pod.gatedBy === '' ? where : 'unschedulable';
  if (pod.where === 'backoff' || pod.where === 'errorBackoff') backoffUntil(queue, pod);
  const heap = heapOf(queue, pod.where);
  if (heap === null) {
    queue.unschedulable.set(pod.info.uid, pod);
    countHeldBack(queue.heldBack, pod.rejectedBy, 1);
  } else pushTo(heap, pod, orderOf(pod.where));
}

function takeOut(queue: SchedulingQueue, pod: QueuedPod): void {
  if (pod.where === 'unschedulable') {
    queue.unschedulable.delete(pod.info.uid);
    countHeldBack(queue.heldBack, pod.rejectedBy, -1);
  }
  const heap = heapOf(queue, pod.where);
  if (heap !== null) removeFrom(heap, pod, orderOf(pod.where));
  pod.where = 'none';
}

function heapOf(queue: SchedulingQueue, where: Whereabouts): QueuedPod[] | null {
  return where === 'active' || where === 'backoff' || where === 'errorBackoff' ? queue[where] : null;
}

const orderOf = (where: Whereabouts): typeof byActiveOrder => (where === 'active' ? byActiveOrder : byExpiry);
