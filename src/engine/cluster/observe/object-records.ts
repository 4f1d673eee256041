/** API objects as the small records that observers get. Pure; a record is made once per version of its object. */
import { conditionOf, controllerOf, isPodReady, podCondition } from '#engine/api/meta';
import { podSummary } from '#engine/api/pod-status';
import { milliValue, quantityValue } from '#engine/api/quantity';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Deployment, Event, KubeObject, Node, Pod, ReplicaSet, Service } from '#engine/api/types';
import type {
  EventRecord,
  NodeRecord,
  ObjectRecord,
  OtherRecord,
  PodRecord,
  ServiceRecord,
  WorkloadRecord,
} from '../records';

/** What a record needs to know beyond its own object. */
export interface Surroundings {
  /** The object that controls this uid's object, e.g. the Deployment of a ReplicaSet. */
  controllerOfUid(uid: string): { readonly kind: string; readonly name: string } | null;
  heartbeatOf(node: string): number | null;
  requestsOn(node: string): NodeRecord['requested'];
  endpointsOf(namespace: string, service: string): { readonly ready: number; readonly all: number };
}

/** What is asked for on a node without pods. */
export const NO_REQUESTS: NodeRecord['requested'] = Object.freeze({ milliCpu: 0, memory: 0, pods: 0 });
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

const time = (text: string | undefined | null): number | null =>
  text === undefined || text === null ? null : parseTimestamp(text);

function base(object: KubeObject): Omit<OtherRecord, 'kind'> {
  const { uid, namespace, name, creationTimestamp, deletionTimestamp, labels } = object.metadata;
  const owner = controllerOf(object);
  return {
    uid,
    namespace: namespace ?? '',
    name,
    createdAt: parseTimestamp(creationTimestamp),
    deletionAt: time(deletionTimestamp),
    labels: labels ?? NO_LABELS,
    owner: owner === undefined ? null : { kind: owner.kind, name: owner.name, uid: owner.uid },
  };
}

/** The record of any object; null for kinds that no observer is shown. */
export function recordOf(object: KubeObject, around: Surroundings): ObjectRecord | null {
  switch (object.kind) {
    case 'Pod':
      return podRecord(object as Pod, around);
    case 'Node':
      return {
        ...once(object as Node, nodeRecord),
        requested: around.requestsOn(object.metadata.name),
        lastHeartbeat: around.heartbeatOf(object.metadata.name),
      };
    case 'Deployment':
    case 'ReplicaSet':
      return workloadRecord(object as Deployment | ReplicaSet);
    case 'Service':
      return serviceRecord(object as Service, around);
    case 'Event':
      return once(object as Event, eventRecord);
    case 'Namespace':
    case 'EndpointSlice':
    case 'ConfigMap':
    case 'Secret':
    case 'ServiceAccount':
    case 'Lease':
    case 'PriorityClass':
      return { ...base(object), kind: object.kind };
    default:
      return null;
  }
}

const made = new WeakMap<KubeObject, ObjectRecord>();

/**
 * What depends on nothing but an object is made once. A cluster has thousands of Events, most of which are still there when
 * somebody looks from another moment; and the heartbeats of a node come more often than a change of it.
 */
function once<T extends KubeObject, Made extends ObjectRecord>(object: T, make: (object: T) => Made): Made {
  let record = made.get(object);
  if (record === undefined) made.set(object, (record = make(object)));
  return record as Made;
}

function podRecord(pod: Pod, around: Surroundings): PodRecord {
  const common = base(pod);
  const { status, ready, total, restarts } = podSummary(pod);
  const waiting = (pod.status.containerStatuses ?? []).find(({ state }) => state?.waiting?.message !== undefined);
  const scheduled = podCondition(pod, 'PodScheduled');
  const unscheduled = scheduled?.status === 'False' ? scheduled.message : undefined;
  return {
    ...common,
    kind: 'Pod',
    node: pod.spec.nodeName ?? null,
    status,
    phase: pod.status.phase ?? 'Pending',
    ready: isPodReady(pod),
    readyContainers: ready,
    containers: total,
    restarts,
    ip: pod.status.podIP ?? null,
    images: pod.spec.containers.map((container) => container.image ?? ''),
    app: appOf(common, around),
    message: unscheduled ?? waiting?.state?.waiting?.message ?? pod.status.message ?? null,
  };
}

/** The topmost owner that is known: what colours a pod. */
function appOf(pod: Omit<OtherRecord, 'kind'>, around: Surroundings): string {
  if (pod.owner === null) return `Pod/${pod.namespace}/${pod.name}`;
  const above = around.controllerOfUid(pod.owner.uid);
  const { kind, name } = above ?? pod.owner;
  return `${kind}/${pod.namespace}/${name}`;
}

type ConditionLike = { type: string; status: string; reason?: string; message?: string };

const conditionRecords = (conditions: readonly ConditionLike[] | undefined): NodeRecord['conditions'] =>
  (conditions ?? []).map(({ type, status, reason = '', message = '' }) => ({ type, status, reason, message }));

/** As it is with nothing around it. */
function nodeRecord(node: Node): NodeRecord {
  const { spec, status, metadata } = node;
  const allocatable = status.allocatable ?? {};
  const ready = conditionOf(status.conditions, 'Ready')?.status;
  return {
    ...base(node),
    kind: 'Node',
    ready: ready === 'True' || ready === 'False' || ready === 'Unknown' ? ready : 'Absent',
    unschedulable: spec.unschedulable === true,
    taints: (spec.taints ?? []).map(({ key, effect, timeAdded }) => ({ key, effect, since: time(timeAdded) })),
    allocatable: {
      milliCpu: milliValue(allocatable['cpu']),
      memory: quantityValue(allocatable['memory']),
      pods: quantityValue(allocatable['pods']),
    },
    requested: NO_REQUESTS,
    podCIDR: spec.podCIDR ?? null,
    internalIP: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? null,
    roles: Object.keys(metadata.labels ?? {})
      .filter((label) => label.startsWith(ROLE_LABEL))
      .map((label) => label.slice(ROLE_LABEL.length)),
    lastHeartbeat: null,
    conditions: conditionRecords(status.conditions),
  };
}

const ROLE_LABEL = 'node-role.kubernetes.io/';

function workloadRecord(object: Deployment | ReplicaSet): WorkloadRecord {
  const { spec, status } = object;
  const replicas = status?.replicas ?? 0;
  return {
    ...base(object),
    kind: object.kind,
    desired: spec.replicas,
    current: replicas,
    updated: 'updatedReplicas' in (status ?? {}) ? ((object as Deployment).status.updatedReplicas ?? 0) : replicas,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    images: (spec.template.spec?.containers ?? []).map((container) => container.image ?? ''),
    revision: object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? null,
    conditions: conditionRecords(status?.conditions),
  };
}

function serviceRecord(service: Service, around: Surroundings): ServiceRecord {
  const { spec } = service;
  const { ready, all } = around.endpointsOf(service.metadata.namespace ?? '', service.metadata.name);
  return {
    ...base(service),
    kind: 'Service',
    type: spec.type ?? 'ClusterIP',
    clusterIP: spec.clusterIP ?? null,
    ports: (spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
      nodePort === undefined ? `${port}/${protocol}` : `${port}:${nodePort}/${protocol}`,
    ),
    readyEndpoints: ready,
    endpoints: all,
  };
}

function eventRecord(event: Event): EventRecord {
  const { uid, namespace: own, name: called, createdAt, deletionAt, labels, owner } = base(event);
  const first = time(event.firstTimestamp) ?? time(event.eventTime) ?? createdAt;
  const last = time(event.series?.lastObservedTime) ?? time(event.lastTimestamp) ?? first;
  const { kind = '', namespace = '', name = '' } = event.involvedObject;
  // Name by name: what is spread and added to has a hidden class of its own in V8 before 12, and there are thousands.
  return {
    uid,
    namespace: own,
    name: called,
    createdAt,
    deletionAt,
    labels,
    owner,
    kind: 'Event',
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    regarding: { kind, namespace: kind === 'Node' ? '' : namespace, name },
    component: event.source?.component ?? event.reportingComponent ?? '',
    count: event.series?.count ?? event.count ?? 1,
    firstSeen: first,
    lastSeen: last,
  };
}
