/** A pod's quality-of-service class. @source kubernetes pkg/apis/core/v1/helper/qos/qos.go */
import { milliValue } from './quantity';
import type { Pod, PodSpec } from './types';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'] as const;

/** The class as it follows from the spec: cpu and memory only, zero quantities ignored. */
export function computeQosClass(spec: PodSpec): QosClass {
  let known = classes.get(spec);
  if (known === undefined) classes.set(spec, (known = compute(spec)));
  return known;
}

const classes = new WeakMap<PodSpec, QosClass>();

function compute(spec: PodSpec): QosClass {
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
  COMPUTE.some(
    (name) => spec.resources?.requests?.[name] !== undefined || spec.resources?.limits?.[name] !== undefined,
  );

/** The class of a pod: as its status says, else as it follows from its spec. */
export const qosClass = (pod: Pod): QosClass => pod.status?.qosClass ?? computeQosClass(pod.spec);
