/**
 * Amounts of resources in plain numbers, and what a pod asks for.
 *
 * @source kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests), pkg/scheduler/util/pod_resources.go
 */
import { type Quantity, milliValue, quantityValue } from './quantity';
import type { Container, ContainerStatus, Pod } from './types';

/** Restarts for as long as the pod lives: an init container with restartPolicy Always. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Thousandths of a core, bytes, bytes, pieces. */
export interface Amounts {
  readonly milliCpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** Extended resources and huge pages by name; null when there are none. */
  readonly scalars: ReadonlyMap<string, number> | null;
}

/** Amounts that are still being summed up. */
export interface MutableAmounts {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  scalars: Map<string, number> | null;
}

/** The parts of a pod that count. */
type Counted = Pick<Pod, 'spec' | 'status'>;

type ResourceList = Readonly<Record<string, Quantity>> | undefined;

/** What a container that names no CPU, or no memory, counts as when nodes are scored. @source pkg/scheduler/util/pod_resources.go */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

export const noAmounts = (): MutableAmounts => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: null });

/** Whether the scheduler counts a resource of this name: extended (with a domain), huge pages, attachable volumes. */
const isScalar = (name: string): boolean =>
  name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');

/** Amount of one resource in the scheduler's unit. */
const amountOf = (name: string, quantity: Quantity): number =>
  name === 'cpu' ? milliValue(quantity) : quantityValue(quantity);

/** The amount of a resource by its API name; `pods` and unknown names are 0. */
export function namedAmount(amounts: Amounts, name: string): number {
  switch (name) {
    case 'cpu':
      return amounts.milliCpu;
    case 'memory':
      return amounts.memory;
    case 'ephemeral-storage':
      return amounts.ephemeralStorage;
    default:
      return amounts.scalars?.get(name) ?? 0;
  }
}

function setAmount(into: MutableAmounts, name: string, amount: number): void {
  if (name === 'cpu') into.milliCpu = amount;
  else if (name === 'memory') into.memory = amount;
  else if (name === 'ephemeral-storage') into.ephemeralStorage = amount;
  else if (isScalar(name)) (into.scalars ??= new Map()).set(name, amount);
}

/** A resource list in plain numbers. `pods` and names that nobody counts are left out. */
export function amountsOf(list: ResourceList): MutableAmounts {
  const amounts = noAmounts();
  if (list !== undefined) {
    for (const name in list) {
      const quantity = list[name];
      if (quantity !== undefined) setAmount(amounts, name, amountOf(name, quantity));
    }
  }
  return amounts;
}

/** Adds `times` × `amounts`; `times` is 1 or −1. */
export function addAmounts(into: MutableAmounts, amounts: Amounts, times: 1 | -1 = 1): void {
  into.milliCpu += times * amounts.milliCpu;
  into.memory += times * amounts.memory;
  into.ephemeralStorage += times * amounts.ephemeralStorage;
  if (amounts.scalars !== null) {
    into.scalars ??= new Map();
    for (const [name, amount] of amounts.scalars)
      into.scalars.set(name, (into.scalars.get(name) ?? 0) + times * amount);
  }
}

export function isSameAmounts(a: Amounts, b: Amounts): boolean {
  if (a === b) return true;
  if (a.milliCpu !== b.milliCpu || a.memory !== b.memory || a.ephemeralStorage !== b.ephemeralStorage) return false;
  if ((a.scalars?.size ?? 0) !== (b.scalars?.size ?? 0)) return false;
  for (const [name, amount] of a.scalars ?? []) if (b.scalars?.get(name) !== amount) return false;
  return true;
}

function raise(into: MutableAmounts, amounts: Amounts): void {
  into.milliCpu = Math.max(into.milliCpu, amounts.milliCpu);
  into.memory = Math.max(into.memory, amounts.memory);
  into.ephemeralStorage = Math.max(into.ephemeralStorage, amounts.ephemeralStorage);
  if (amounts.scalars !== null) {
    into.scalars ??= new Map();
    for (const [name, amount] of amounts.scalars) into.scalars.set(name, Math.max(into.scalars.get(name) ?? 0, amount));
  }
}

/** What a container asks for; with a resize in flight the most of what is wanted, allocated and in force. */
function containerRequest(container: Container, pod: Counted, scoring: boolean): MutableAmounts {
  const wanted = container.resources?.requests;
  const amounts = amountsOf(wanted);
  const status = statusOf(pod, container.name);
  if (status !== undefined && isGranted(status)) {
    const granted = amountsOf(status.allocatedResources);
    raise(granted, amountsOf(status.resources?.requests));
    if (isResizeInfeasible(pod)) return withDefaults(granted, wanted, scoring);
    raise(amounts, granted);
  }
  return withDefaults(amounts, wanted, scoring);
}

function withDefaults(amounts: MutableAmounts, wanted: ResourceList, scoring: boolean): MutableAmounts {
  if (scoring && wanted?.['cpu'] === undefined) amounts.milliCpu = DEFAULT_MILLI_CPU;
  if (scoring && wanted?.['memory'] === undefined) amounts.memory = DEFAULT_MEMORY;
  return amounts;
}

function statusOf(pod: Counted, container: string): ContainerStatus | undefined {
  return (
    pod.status.containerStatuses?.find((status) => status.name === container) ??
    pod.status.initContainerStatuses?.find((status) => status.name === container)
  );
}

const isResizeInfeasible = (pod: Counted): boolean =>
  pod.status.conditions?.some(
    (condition) => condition.type === 'PodResizePending' && condition.reason === 'Infeasible',
  ) ?? false;

/** By the spec, which outlives status writes; by the pod where its status counts. */
const known = new WeakMap<object, Amounts>();

/** What a pod asks for, as filters, kubelets and observers count it. */
export const podRequests = (pod: Pod): Amounts => requestsBy(isResizing(pod) ? pod : pod.spec, pod);

const NO_STATUS: Pod['status'] = Object.freeze({});

/** What a spec asks for, whatever a status tells. */
export const specRequests = (spec: Pod['spec']): Amounts =>
  known.get(spec) ?? requestsBy(spec, { spec, status: NO_STATUS });

function requestsBy(key: object, pod: Counted): Amounts {
  let amounts = known.get(key);
  if (amounts === undefined) known.set(key, (amounts = requestsOf(pod, false)));
  return amounts;
}

/** What a pod asks for when nodes are scored: containers that name no CPU or memory count with 100 m and 200 MiB. */
export const scoringRequests = (pod: Pod): Amounts => requestsOf(pod, true);

/** Whether the kubelet tells what it has granted a container, which counts while that differs from what is wanted. */
const isGranted = ({ allocatedResources, resources }: ContainerStatus): boolean =>
  allocatedResources !== undefined || resources?.requests !== undefined;

/**
 * Whether what the kubelet tells that it has granted has to be counted beside what is wanted. Not while it is the very
 * same: a kubelet passes on the spec's own resources until they change.
 */
export const isResizing = ({ spec, status }: Pod): boolean =>
  isOtherwiseGranted(status.containerStatuses, spec.containers) ||
  isOtherwiseGranted(status.initContainerStatuses, spec.initContainers);

function isOtherwiseGranted(
  statuses: readonly ContainerStatus[] | undefined,
  containers: readonly Container[] | undefined,
): boolean {
  if (statuses === undefined) return false;
  for (let index = 0; index < statuses.length; index++) {
    const status = statuses[index]!;
    if (!isGranted(status)) continue;
    const wanted = containers?.[index];
    if (wanted?.name !== status.name || wanted.resources !== status.resources) return true;
    if (wanted.resources?.requests !== status.allocatedResources) return true;
  }
  return false;
}

/**
 * The most of what containers and sidecars need together and what init containers need one after the other, replaced by
 * what the pod itself names, plus overhead.
 */
function requestsOf(pod: Counted, scoring: boolean): Amounts {
  const { spec } = pod;
  const total = noAmounts();
  for (const container of spec.containers) addAmounts(total, containerRequest(container, pod, scoring));

  if (spec.initContainers !== undefined) {
    const most = noAmounts();
    const sidecars = noAmounts();
    for (const container of spec.initContainers) {
      const request = containerRequest(container, pod, scoring);
      if (isSidecar(container)) {
        addAmounts(total, request);
        addAmounts(sidecars, request);
        raise(most, sidecars);
      } else {
        addAmounts(request, sidecars);
        raise(most, request);
      }
    }
    raise(total, most);
  }

  const own = spec.resources?.requests;
  if (own !== undefined) {
    for (const name in own) {
      const quantity = own[name];
      if (quantity !== undefined && (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'))) {
        setAmount(total, name, amountOf(name, quantity));
      }
    }
  }
  if (spec.overhead !== undefined) addAmounts(total, amountsOf(spec.overhead));
  return total;
}
