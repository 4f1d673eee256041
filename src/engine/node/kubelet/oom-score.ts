/** Which containers the kernel kills first when a machine has no memory left. */
import { isSidecar, specRequests } from '#engine/api/pod-resources';
import { qosClass } from '#engine/api/qos-class';
import { quantityValue } from '#engine/api/quantity';
import type { Container, Pod } from '#engine/api/types';

const GUARANTEED = -997;
const BEST_EFFORT = 1_000;

/**
 * The adjustment of a container's score.
 *
 * @param capacity - of the node, bytes of memory
 * @returns −997 (late) to 1000 (first)
 * @source kubernetes pkg/kubelet/qos/policy.go (GetContainerOOMScoreAdjust)
 */
export function oomScoreAdj(pod: Pod, container: Container, capacity: number): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return GUARANTEED;
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return GUARANTEED;
  if (qos === 'BestEffort') return BEST_EFFORT;
  const own = remainder(requestOf(pod, container), capacity);
  const { containers, initContainers = [] } = pod.spec;
  // A sidecar goes no sooner than what it stands beside.
  const adjustment =
    isSidecar(container) && initContainers.includes(container)
      ? Math.min(own, remainder(Math.min(...containers.map((each) => requestOf(pod, each))), capacity))
      : own;
  return Math.min(BEST_EFFORT - 1, Math.max(BEST_EFFORT + GUARANTEED, adjustment));
}

const remainder = (request: number, capacity: number): number => 1_000 - Math.floor((1_000 * request) / capacity);

/** Its own request, and its share of what the pod asks for beyond its containers' requests. */
function requestOf({ spec }: Pod, { resources }: Container): number {
  const own = quantityValue(resources?.requests?.['memory']);
  const whole = spec.resources?.requests?.['memory'];
  if (whole === undefined) return own;
  const { containers, initContainers = [], resources: _, ...rest } = spec;
  const asked = specRequests({ ...rest, containers, initContainers }).memory;
  const share =
    Math.max(0, quantityValue(whole) - asked) / (containers.length + initContainers.filter(isSidecar).length);
  return own + Math.floor(share);
}
