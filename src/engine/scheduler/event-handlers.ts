/**
 * From what the API server says to cache and queue.
 *
 * @source kubernetes pkg/scheduler/eventhandlers.go
 */
import type { Change } from '#engine/client/plan';
import type { Context } from '#engine/kernel/process';
import type { Kinds, Pod } from '#engine/api/types';
import { forgetPod, isAssumed, putNode, putPod, removeNode, removePod } from './cache';
import {
  ASSIGNED_POD_ADD,
  ASSIGNED_POD_DELETE,
  NODE_ADD,
  NODE_DELETE,
  type StorageKind,
  nodeChanges,
  podChanges,
  storageChange,
} from './events';
import { podInfo } from './pod-info';
import { addPod, deletePod, finishPod, moveAll, updatePod } from './queue';
import { type SchedulerState, momentOf } from './state';

/** Takes a change of a pod or a node into account. */
export function handleChange(state: SchedulerState, change: Change, ctx: Context): void {
  if (change.kind === 'Node') handleNode(state, change as Change<'Node'>, ctx);
  else if (change.kind === 'Pod') handlePod(state, change as Change<'Pod'>, ctx);
  else if (isOfStorage(change)) handleStorage(state, change, ctx);
}

/** Kinds that volumes depend on. */
export const STORAGE_KINDS: readonly StorageKind[] = [
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'VolumeAttachment',
];

const isOfStorage = (change: Change): change is Change<StorageKind> =>
  (STORAGE_KINDS as readonly string[]).includes(change.kind);

function handleStorage(state: SchedulerState, change: Change<StorageKind>, ctx: Context): void {
  const { type, object, old } = change;
  const objects = type === 'deleted' ? { old: object } : old === undefined ? { now: object } : { old, now: object };
  moveAll(state.queue, storageChange(change.kind, type), objects, momentOf(state, ctx));
}

function handleNode(state: SchedulerState, change: Change<'Node'>, ctx: Context): void {
  const { cache, queue } = state;
  const moment = momentOf(state, ctx);
  const { object, old } = change;
  if (change.type === 'deleted') {
    removeNode(cache, object.metadata.name);
    moveAll(queue, NODE_DELETE, { old: object }, moment);
    return;
  }
  putNode(cache, object);
  if (old === undefined) {
    moveAll(queue, NODE_ADD, { now: object }, moment);
    return;
  }
  // What has not changed helps nobody, and heartbeats change nothing.
  for (const event of nodeChanges(old, object)) moveAll(queue, event, { old, now: object }, moment);
}

function handlePod(state: SchedulerState, change: Change<'Pod'>, ctx: Context): void {
  const { object, old } = change;
  if (change.type === 'deleted') podGone(state, object, ctx);
  else if (isAssigned(object)) podAssigned(state, object, old, ctx);
  else if (isResponsibleFor(state, object)) podWaiting(state, object, old, ctx);
}

export const isAssigned = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== '';

const isResponsibleFor = ({ recorders }: SchedulerState, pod: Pod): boolean =>
  recorders.has(pod.spec.schedulerName ?? 'default-scheduler');

function podWaiting(state: SchedulerState, pod: Pod, old: Pod | undefined, ctx: Context): void {
  // Its binding is under way: the news is of our own making, or comes too late to matter.
  if (isAssumed(state.cache, pod.metadata.uid)) return;
  const moment = momentOf(state, ctx);
  if (old === undefined) addPod(state.queue, podInfo(pod), moment);
  else updatePod(state.queue, podInfo(old), podInfo(pod), moment);
}

function podAssigned(state: SchedulerState, pod: Pod, old: Kinds['Pod'] | undefined, ctx: Context): void {
  const { cache, queue } = state;
  const moment = momentOf(state, ctx);
  putPod(cache, podInfo(pod));
  if (old === undefined || !isAssigned(old)) {
    deletePod(queue, pod.metadata.uid);
    moveAll(queue, ASSIGNED_POD_ADD, { now: pod }, moment);
    return;
  }
  for (const event of podChanges(old, pod)) moveAll(queue, event, { old, now: pod }, moment);
}

function podGone(state: SchedulerState, pod: Pod, ctx: Context): void {
  const { cache, queue } = state;
  const { uid } = pod.metadata;
  const hadRoomReserved = queue.nominated.has(uid);
  deletePod(queue, uid);
  finishPod(queue, uid);
  // What was seen last may be older than what was: the pod may have been bound, or be about to be.
  const held = forgetPod(cache, uid) || removePod(cache, uid) !== null;
  if (held || hadRoomReserved) moveAll(queue, ASSIGNED_POD_DELETE, { old: pod }, momentOf(state, ctx));
}
