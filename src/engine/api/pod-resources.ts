/**
 * What a pod asks of a node, and its quality-of-service class.
 * @source kubernetes component-helpers/resource/helpers.go (PodRequests), pkg/apis/core/v1/helper/qos/qos.go
 */
import { milliValue, quantityValue, type Quantity } from './quantity';
import type { Container, Pod, PodSpec } from './types';

export interface ResourceAmounts {
  /** Thousandths of a CPU. */
  readonly milliCpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes. */
  readonly ephemeralStorage: number;
  /** Extended resources, huge pages and whatever else is named, in whole units. */
  readonly scalars: Readonly<Record<string, number>>;
}

export type ResourceList = Readonly<Record<string, Quantity>>;

const NO_SCALARS: Readonly<Record<string, number>> = Object.freeze({});
export const NO_RESOURCES: ResourceAmounts = Object.freeze({
  milliCpu: 0,
  memory: 0,
  ephemeralStorage: 0,
  scalars: NO_SCALARS,
});

/** A resource list (requests, limits, capacity, allocatable) in numbers. */
export function resourceAmounts(list: ResourceList | undefined): ResourceAmounts {
  if (list === undefined) return NO_RESOURCES;
  let scalars: Record<string, number> | undefined;
  for (const name in list) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') continue;
    scalars ??= {};
    scalars[name] = quantityValue(list[name]);
  }
  return {
    milliCpu: milliValue(list['cpu']),
    memory: quantityValue(list['memory']),
    ephemeralStorage: quantityValue(list['ephemeral-storage']),
    scalars: scalars ?? NO_SCALARS,
  };
}

function combine(a: ResourceAmounts, b: ResourceAmounts, how: (x: number, y: number) => number): ResourceAmounts {
  if (b === NO_RESOURCES) return a;
  return {
    milliCpu: how(a.milliCpu, b.milliCpu),
    memory: how(a.memory, b.memory),
    ephemeralStorage: how(a.ephemeralStorage, b.ephemeralStorage),
    scalars: combineScalars(a.scalars, b.scalars, how),
  };
}

function combineScalars(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
  how: (x: number, y: number) => number,
): Readonly<Record<string, number>> {
  if (b === NO_SCALARS) return a;
  const result: Record<string, number> = { ...a };
  for (const name in b) result[name] = how(result[name] ?? 0, b[name] ?? 0);
  return result;
}

const add = (x: number, y: number): number => x + y;

export const addAmounts = (a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts => combine(a, b, add);
export const maxAmounts = (a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts => combine(a, b, Math.max);

/** Restarts for as long as the pod lives: an init container with restartPolicy Always. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

const requestsOfSpec = new WeakMap<PodSpec, ResourceAmounts>();
const limitsOfSpec = new WeakMap<PodSpec, ResourceAmounts>();

/** What the scheduler must find free: containers and sidecars together, or the largest init step, plus overhead. */
export function podRequests(pod: { readonly spec: PodSpec }): ResourceAmounts {
  const known = requestsOfSpec.get(pod.spec);
  if (known !== undefined) return known;
  const amounts = effectiveAmounts(pod.spec, 'requests');
  requestsOfSpec.set(pod.spec, amounts);
  return amounts;
}

/** Like `podRequests`, of limits. */
export function podLimits(pod: { readonly spec: PodSpec }): ResourceAmounts {
  const known = limitsOfSpec.get(pod.spec);
  if (known !== undefined) return known;
  const amounts = effectiveAmounts(pod.spec, 'limits');
  limitsOfSpec.set(pod.spec, amounts);
  return amounts;
}

function effectiveAmounts(spec: PodSpec, side: 'requests' | 'limits'): ResourceAmounts {
  let total = NO_RESOURCES;
  for (const container of spec.containers) total = addAmounts(total, resourceAmounts(container.resources?.[side]));
  let sidecars = NO_RESOURCES;
  let largestInitStep = NO_RESOURCES;
  for (const container of spec.initContainers ?? []) {
    const own = resourceAmounts(container.resources?.[side]);
    if (isSidecar(container)) {
      total = addAmounts(total, own);
      sidecars = addAmounts(sidecars, own);
      largestInitStep = maxAmounts(largestInitStep, sidecars);
    } else {
      largestInitStep = maxAmounts(largestInitStep, addAmounts(sidecars, own));
    }
  }
  total = maxAmounts(total, largestInitStep);
  total = withPodLevel(total, spec.resources?.[side]);
  return spec.overhead === undefined || (side === 'limits' && total === NO_RESOURCES)
    ? total
    : addAmounts(total, resourceAmounts(spec.overhead));
}

/** Pod-level cpu, memory and huge pages stand instead of the containers' sum. */
function withPodLevel(total: ResourceAmounts, list: ResourceList | undefined): ResourceAmounts {
  if (list === undefined) return total;
  const pod = resourceAmounts(list);
  return {
    milliCpu: list['cpu'] === undefined ? total.milliCpu : pod.milliCpu,
    memory: list['memory'] === undefined ? total.memory : pod.memory,
    ephemeralStorage: total.ephemeralStorage,
    scalars: { ...total.scalars, ...pod.scalars },
  };
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'] as const;

/** The class as it follows from the spec: cpu and memory only, zero quantities ignored. */
export function computeQosClass(spec: PodSpec): QosClass {
  const lists = hasPodLevelCompute(spec)
    ? [spec.resources]
    : [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.resources);
  const requests = { cpu: 0, memory: 0 };
  const limits = { cpu: 0, memory: 0 };
  let guaranteed = true;
  for (const resources of lists) {
    for (const name of COMPUTE) {
      const limit = milliValue(resources?.limits?.[name]);
      requests[name] += milliValue(resources?.requests?.[name]);
      limits[name] += limit;
      if (limit === 0) guaranteed = false;
    }
  }
  if (requests.cpu + requests.memory + limits.cpu + limits.memory === 0) return 'BestEffort';
  return guaranteed && COMPUTE.every((name) => requests[name] === limits[name]) ? 'Guaranteed' : 'Burstable';
}

const hasPodLevelCompute = (spec: PodSpec): boolean =>
  COMPUTE.some((name) => spec.resources?.requests?.[name] !== undefined || spec.resources?.limits?.[name] !== undefined);

/** The class of a pod: as its status says, else as it follows from its spec. */
export const qosClass = (pod: Pod): QosClass => pod.status?.qosClass ?? computeQosClass(pod.spec);
