/**
 * What happens in a cluster, as far as it may help a pod that could not be scheduled.
 *
 * @source kubernetes pkg/scheduler/framework/events.go, staging/src/k8s.io/kube-scheduler/framework/types.go (ClusterEvent)
 */
import { type Amounts, isSameAmounts } from '#engine/api/pod-resources';
import { semanticEqual } from '#engine/api/json';
import type { Node, Pod, Toleration } from '#engine/api/types';
import { emptyNodeInfo } from './node-info';
import { requestsOf } from './pod-info';

/** What kinds of change there are: bits of a mask. */
export const ADD = 1;
export const DELETE = 1 << 1;
export const UPDATE_NODE_ALLOCATABLE = 1 << 2;
export const UPDATE_NODE_LABEL = 1 << 3;
export const UPDATE_NODE_TAINT = 1 << 4;
export const UPDATE_NODE_CONDITION = 1 << 5;
export const UPDATE_NODE_ANNOTATION = 1 << 6;
export const UPDATE_POD_LABEL = 1 << 7;
export const UPDATE_POD_SCALE_DOWN = 1 << 8;
export const UPDATE_POD_TOLERATION = 1 << 9;
export const UPDATE_POD_GATES_ELIMINATED = 1 << 10;
/** Of kinds whose changes are not told apart. */
export const UPDATE = 1 << 11;

/** `AssignedPod`: on a node. `UnscheduledPod`: still to be scheduled. */
export type EventResource = 'Node' | 'AssignedPod' | 'UnscheduledPod' | StorageKind | '*';
export type StorageKind =
  | 'PersistentVolumeClaim'
  | 'PersistentVolume'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment';

export interface ClusterEvent {
  readonly resource: EventResource;
  /** One bit when it happens, several where a plug-in registers for it. */
  readonly actions: number;
  /** e.g. `NodeAdd`; what upstream's metrics and logs call it. */
  readonly label: string;
}

const event = (resource: EventResource, actions: number, label: string): ClusterEvent =>
  Object.freeze({ resource, actions, label });

export const NODE_ADD = event('Node', ADD, 'NodeAdd');
export const NODE_DELETE = event('Node', DELETE, 'NodeDelete');
export const ASSIGNED_POD_ADD = event('AssignedPod', ADD, 'AssignedPodAdd');
export const ASSIGNED_POD_DELETE = event('AssignedPod', DELETE, 'AssignedPodDelete');
export const UNSCHEDULABLE_TIMEOUT = event('*', -1, 'UnschedulableTimeout');

/** A change of an object that volumes depend on. */
export const storageChange = (kind: StorageKind, type: 'added' | 'updated' | 'deleted'): ClusterEvent =>
  type === 'added'
    ? event(kind, ADD, `${kind}Add`)
    : type === 'updated'
      ? event(kind, UPDATE, `${kind}Update`)
      : event(kind, DELETE, `${kind}Delete`);

const NODE_UPDATES = {
  allocatable: event('Node', UPDATE_NODE_ALLOCATABLE, 'NodeUpdateNodeAllocatable'),
  label: event('Node', UPDATE_NODE_LABEL, 'NodeUpdateNodeLabel'),
  taint: event('Node', UPDATE_NODE_TAINT, 'NodeUpdateNodeTaint'),
  condition: event('Node', UPDATE_NODE_CONDITION, 'NodeUpdateNodeCondition'),
  annotation: event('Node', UPDATE_NODE_ANNOTATION, 'NodeUpdateNodeAnnotation'),
};

/** What changed of a node that may matter to pods. `unschedulable` taken back counts as a change of taints. */
export function nodeChanges(old: Node, now: Node): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (!semanticEqual(old.status.allocatable, now.status.allocatable)) events.push(NODE_UPDATES.allocatable);
  if (!semanticEqual(old.metadata.labels, now.metadata.labels)) events.push(NODE_UPDATES.label);
  const isUncordoned = old.spec.unschedulable === true && now.spec.unschedulable !== true;
  if (isUncordoned || !semanticEqual(old.spec.taints, now.spec.taints)) events.push(NODE_UPDATES.taint);
  if (!semanticEqual(conditionsOf(old), conditionsOf(now))) events.push(NODE_UPDATES.condition);
  if (!semanticEqual(old.metadata.annotations, now.metadata.annotations)) events.push(NODE_UPDATES.annotation);
  return events;
}

const conditionsOf = (node: Node): Record<string, string> =>
  Object.fromEntries((node.status.conditions ?? []).map(({ type, status }) => [type, status]));

/** What changed of a pod that may matter to itself (unscheduled) or to others (assigned). */
export function podChanges(old: Pod, now: Pod): readonly ClusterEvent[] {
  const resource = (now.spec.nodeName ?? '') === '' ? 'UnscheduledPod' : 'AssignedPod';
  const events: ClusterEvent[] = [];
  if (!semanticEqual(old.metadata.labels, now.metadata.labels)) {
    events.push(event(resource, UPDATE_POD_LABEL, `${resource}UpdatePodLabel`));
  }
  if (isScaledDown(requestsOf(old), requestsOf(now))) {
    events.push(event(resource, UPDATE_POD_SCALE_DOWN, `${resource}UpdatePodScaleDown`));
  }
  if ((old.spec.schedulingGates?.length ?? 0) > 0 && (now.spec.schedulingGates?.length ?? 0) === 0) {
    events.push(event(resource, UPDATE_POD_GATES_ELIMINATED, `${resource}UpdatePodSchedulingGatesEliminated`));
  }
  const tolerations = (pod: Pod): readonly Toleration[] => pod.spec.tolerations ?? [];
  if (tolerations(old).length !== tolerations(now).length) {
    events.push(event(resource, UPDATE_POD_TOLERATION, `${resource}UpdatePodToleration`));
  }
  return events;
}

/** Whether what a plug-in registered for covers what happened. */
export const covers = (registered: ClusterEvent, happened: ClusterEvent): boolean =>
  happened.resource === '*' ||
  registered.resource === '*' ||
  (registered.resource === happened.resource && (registered.actions & happened.actions) !== 0);

/** Whether a node got more of anything that a pod asks for. @source plugins/noderesources/fit.go (haveAnyRequestedResourcesIncreased) */
export function hasMoreOf(wanted: Amounts, old: Node, now: Node): boolean {
  const before = emptyNodeInfo(old);
  const after = emptyNodeInfo(now);
  if (after.allowedPods > before.allowedPods) return true;
  if (wanted.milliCpu > 0 && after.allocatable.milliCpu > before.allocatable.milliCpu) return true;
  if (wanted.memory > 0 && after.allocatable.memory > before.allocatable.memory) return true;
  if (wanted.ephemeralStorage > 0 && after.allocatable.ephemeralStorage > before.allocatable.ephemeralStorage)
    return true;
  for (const name of wanted.scalars?.keys() ?? []) {
    if ((after.allocatable.scalars?.get(name) ?? 0) > (before.allocatable.scalars?.get(name) ?? 0)) return true;
  }
  return false;
}

function isScaledDown(old: Amounts, now: Amounts): boolean {
  if (isSameAmounts(old, now)) return false;
  if (now.milliCpu < old.milliCpu || now.memory < old.memory || now.ephemeralStorage < old.ephemeralStorage)
    return true;
  for (const [name, amount] of old.scalars ?? []) if ((now.scalars?.get(name) ?? 0) < amount) return true;
  return false;
}
