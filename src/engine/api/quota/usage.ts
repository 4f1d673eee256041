/**
 * What objects use of the quotas of their namespace: which resources a quota may name for a kind, what an object counts for,
 * and which objects the scopes of a quota leave out.
 *
 * @source kubernetes pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go, staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go
 * @simplified a pod counts by its spec alone, without what a resize in flight still holds
 */
import { byteOrder, sortedKeys } from '../json';
import { isSidecar } from '../pod-resources';
import { qosClass } from '../qos-class';
import { compareQuantities, type Quantity, sumOfQuantities } from '../quantity';
import { parseTimestamp } from '../timestamp';
import type { Container, KubeObject, PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../types';

export type ResourceList = Readonly<Record<string, Quantity>>;
type QuotaSpec = NonNullable<ResourceQuota['spec']>;
type Requirement = NonNullable<NonNullable<QuotaSpec['scopeSelector']>['matchExpressions']>[number];

/** Microseconds in a second, as `parseTimestamp` counts. */
const SECOND = 1_000_000;
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const POD_RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'count/pods',
  ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
const SERVICE_RESOURCES = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'];
const CLAIM_RESOURCES = ['persistentvolumeclaims', 'requests.storage'];
/** Kinds that are counted by their plain names, too. */
const PLAIN_COUNTS: ReadonlySet<string> = new Set([
  'configmaps',
  'resourcequotas',
  'replicationcontrollers',
  'secrets',
]);

/** A name with a domain of its own, which quotas count by requests only. */
const isExtended = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/');

const countName = (id: string): string => `count/${id}`;

/** Whether a quota that names `name` counts objects of a resource, e.g. of `pods` or `deployments.apps`. */
function counts(id: string, name: string): boolean {
  switch (id) {
    case 'pods':
      return (
        POD_RESOURCES.has(name) ||
        name.startsWith('hugepages-') ||
        name.startsWith('requests.hugepages-') ||
        (name.startsWith('requests.') && isExtended(name))
      );
    case 'services':
      return SERVICE_RESOURCES.includes(name);
    case 'persistentvolumeclaims':
      return (
        name === countName(id) ||
        CLAIM_RESOURCES.some((resource) => name === resource || name.endsWith(CLASS_SUFFIX + resource))
      );
    default:
      return name === countName(id) || (name === id && PLAIN_COUNTS.has(id));
  }
}

/** Those of some names that count objects of a resource. */
export const countedOf = (id: string, names: readonly string[]): string[] => names.filter((name) => counts(id, name));

/** `a` and `b` together; only what `names` has, where they are given. */
export function sumOf(a: ResourceList, b: ResourceList): ResourceList {
  const sum: Record<string, Quantity> = { ...a };
  for (const name in b) sum[name] = sumOfQuantities(sum[name] ?? '0', b[name] ?? '0');
  return sum;
}

/** What `next` has more than `old`, nowhere less than nothing. */
export function increaseOf(next: ResourceList, old: ResourceList): ResourceList {
  const more: Record<string, Quantity> = {};
  for (const name in next) {
    const difference = sumOfQuantities(next[name] ?? '0', old[name] ?? '0', -1);
    more[name] = compareQuantities(difference, '0') < 0 ? '0' : difference;
  }
  return more;
}

/** The part of a list that has these names, in their order. */
export const maskOf = (list: ResourceList, names: readonly string[]): ResourceList =>
  Object.fromEntries(names.flatMap((name) => (list[name] === undefined ? [] : [[name, list[name]]])));

export const withoutZeros = (list: ResourceList): ResourceList =>
  maskOf(
    list,
    Object.keys(list).filter((name) => compareQuantities(list[name], '0') !== 0),
  );

function greatestOf(a: ResourceList, b: ResourceList): ResourceList {
  const most: Record<string, Quantity> = { ...a };
  for (const name in b) if (compareQuantities(most[name], b[name]) < 0) most[name] = b[name] ?? '0';
  return most;
}

type Side = 'requests' | 'limits';
const listOf = (container: Container, side: Side): ResourceList => container.resources?.[side] ?? {};

/** @source kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests, PodLimits) */
function podAmounts({ spec }: Pod, side: Side): ResourceList {
  let sum: ResourceList = {};
  for (const container of spec.containers) sum = sumOf(sum, listOf(container, side));
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of spec.initContainers ?? []) {
    const own = listOf(container, side);
    if (isSidecar(container)) {
      sum = sumOf(sum, own);
      sidecars = sumOf(sidecars, own);
      starting = greatestOf(starting, sidecars);
    } else starting = greatestOf(starting, sumOf(sidecars, own));
  }
  const total = greatestOf(sum, starting);
  const overhead: ResourceList = spec.overhead ?? {};
  if (side === 'requests') return sumOf(total, overhead);
  return sumOf(total, maskOf(overhead, Object.keys(total)));
}

/** Amounts under the names that quotas give them. */
function quotaNames(requests: ResourceList, limits: ResourceList): ResourceList {
  const named: Record<string, Quantity> = { pods: '1' };
  for (const name of COMPUTE) {
    const [request, limit] = [requests[name], limits[name]];
    if (request !== undefined) named[name] = named[`requests.${name}`] = request;
    if (limit !== undefined) named[`limits.${name}`] = limit;
  }
  for (const name of sortedKeys(requests)) {
    const request = requests[name] ?? '0';
    if (name.startsWith('hugepages-')) named[name] = named[`requests.${name}`] = request;
    else if (isExtended(name)) named[`requests.${name}`] = request;
  }
  return named;
}

/** Whether a pod still uses something: not when it has ended, or should have been gone. */
function isAlive({ metadata, status }: Pod, now: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return now <= parseTimestamp(deletionTimestamp) + deletionGracePeriodSeconds * SECOND;
}

function serviceUsage({ spec }: Service): ResourceList {
  const ports = spec?.ports ?? [];
  const balanced = spec?.type === 'LoadBalancer';
  const chosen = balanced && spec.allocateLoadBalancerNodePorts === false;
  const nodePorts = chosen
    ? ports.filter(({ nodePort = 0 }) => nodePort !== 0).length
    : balanced || spec?.type === 'NodePort'
      ? ports.length
      : 0;
  return {
    'count/services': '1',
    services: '1',
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': balanced ? '1' : '0',
  };
}

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): ResourceList {
  const name = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  const wanted = spec?.resources?.requests?.['storage'];
  const allocated = status?.allocatedResources?.['storage'];
  const storage =
    wanted !== undefined && allocated !== undefined && compareQuantities(allocated, wanted) > 0 ? allocated : wanted;
  const own: ResourceList = {
    persistentvolumeclaims: '1',
    ...(storage === undefined ? null : { 'requests.storage': storage }),
  };
  const usage: Record<string, Quantity> = { 'count/persistentvolumeclaims': '1', ...own };
  if (name !== '') for (const resource in own) usage[name + CLASS_SUFFIX + resource] = own[resource] ?? '0';
  return usage;
}

/**
 * What an object counts for.
 *
 * @param now - µs, as `parseTimestamp` counts
 */
export function usageOf(id: string, object: KubeObject, now: number): ResourceList {
  switch (id) {
    case 'pods': {
      const pod = object as Pod;
      const count = { 'count/pods': '1' };
      if (!isAlive(pod, now)) return count;
      return { ...count, ...quotaNames(podAmounts(pod, 'requests'), podAmounts(pod, 'limits')) };
    }
    case 'services':
      return serviceUsage(object as Service);
    case 'persistentvolumeclaims':
      return claimUsage(object as PersistentVolumeClaim);
    default:
      return { [countName(id)]: '1', ...(PLAIN_COUNTS.has(id) ? { [id]: '1' } : null) };
  }
}

/** The first four are what every container must say where a quota limits it. */
const MUST_SAY: ReadonlySet<string> = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
);

/** What the containers of a pod leave unsaid of `names`, as text; null: nothing. */
export function unsaidBy({ spec }: Pod, names: readonly string[]): string | null {
  const missing = new Map<string, Set<string>>();
  for (const { name: container, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const said = quotaNames(resources?.requests ?? {}, resources?.limits ?? {});
    for (const name of names) {
      if (!MUST_SAY.has(name) || said[name] !== undefined) continue;
      const known = missing.get(name);
      if (known === undefined) missing.set(name, new Set([container]));
      else known.add(container);
    }
  }
  if (missing.size === 0) return null;
  const parts = [...missing]
    .toSorted(([a], [b]) => byteOrder(a, b))
    .map(([name, containers]) => `${name} for: ${[...containers].toSorted(byteOrder).join(',')}`);
  return `must specify ${parts.join('; ')}`;
}

const crosses = (terms: readonly { readonly namespaces?: unknown; readonly namespaceSelector?: unknown }[]): boolean =>
  terms.some(
    ({ namespaces, namespaceSelector }) =>
      ((namespaces as readonly string[] | undefined) ?? []).length > 0 || namespaceSelector !== undefined,
  );

function crossesNamespaces({ spec: { affinity } }: Pod): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((side) =>
    crosses([
      ...(side?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ]),
  );
}

/** Whether one of `names` (none: there is none) is what a requirement asks for. */
function isChosen({ operator, values = [] }: Requirement, names: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return names.length > 0;
    case 'DoesNotExist':
      return names.length === 0;
    case 'In':
      return names.some((name) => values.includes(name));
    case 'NotIn':
      return names.length === 0 || names.some((name) => !values.includes(name));
  }
}

function fits(id: string, object: KubeObject, requirement: Requirement): boolean {
  if (id === 'persistentvolumeclaims' && requirement.scopeName === 'VolumeAttributesClass') {
    const { spec, status } = object as PersistentVolumeClaim;
    const names = [
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ];
    return isChosen(
      requirement,
      names.flatMap((name) => name || []),
    );
  }
  if (id !== 'pods') return false;
  const pod = object as Pod;
  const ends = (pod.spec.activeDeadlineSeconds ?? -1) >= 0;
  switch (requirement.scopeName) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return qosClass(pod) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod) !== 'BestEffort';
    case 'PriorityClass':
      return isChosen(requirement, pod.spec.priorityClassName ? [pod.spec.priorityClassName] : []);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

/** Whether an object is within the scopes of a quota. */
export const isInScope = (id: string, object: KubeObject, { spec }: ResourceQuota): boolean =>
  [
    ...(spec?.scopes ?? []).map((scopeName): Requirement => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ].every((requirement) => fits(id, object, requirement));

/** The objects of a resource in a quota's namespace. */
export interface Counted {
  readonly id: string;
  readonly list: () => readonly KubeObject[];
}

/** What is used of a quota, counted anew. What nothing counts keeps its last value, if it has one. */
export function countQuota(quota: ResourceQuota, resources: readonly Counted[], now: number): ResourceList {
  const hard = sortedKeys(quota.spec?.hard ?? {});
  const used: Record<string, Quantity> = { ...quota.status?.used };
  for (const { id, list } of resources) {
    const names = countedOf(id, hard);
    if (names.length === 0) continue;
    let sum: ResourceList = {};
    for (const object of list()) if (isInScope(id, object, quota)) sum = sumOf(sum, usageOf(id, object, now));
    for (const name of names) used[name] = sum[name] ?? '0';
  }
  return maskOf(used, hard);
}
