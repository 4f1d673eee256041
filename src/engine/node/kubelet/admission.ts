/**
 * What a kubelet checks before it takes a pod on: resources, pods, host ports, node selector and affinity, NoExecute
 * taints.
 *
 * @source kubernetes pkg/kubelet/lifecycle/predicate.go
 */
import { matchesRequired } from '#engine/api/node-selector';
import { specRequests } from '#engine/api/pod-resources';
import { tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Node, Pod } from '#engine/api/types';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

export interface Allocatable {
  readonly milliCpu: number;
  readonly memory: number;
  readonly pods: number;
}

/** What the pods that a node has taken on use of it. */
export interface Taken {
  /** How many they are. */
  readonly count: number;
  /** Asked for only where ports are in question. */
  pods(): readonly Pod[];
  readonly milliCpu: number;
  readonly memory: number;
}

/** Why this node refuses the pod beside those it has; `null`: it takes it. */
export function admissionVerdict(
  pod: Pod,
  taken: Taken,
  allocatable: Allocatable,
  node: Node | undefined,
): Rejection | null {
  const { count, milliCpu: cpu, memory } = taken;
  if (count + 1 > allocatable.pods) return outOf('pods', 1, count, allocatable.pods);
  const wanted = specRequests(pod.spec);
  if (wanted.milliCpu > 0 && cpu + wanted.milliCpu > allocatable.milliCpu)
    return outOf('cpu', wanted.milliCpu, cpu, allocatable.milliCpu);
  if (wanted.memory > 0 && memory + wanted.memory > allocatable.memory)
    return outOf('memory', wanted.memory, memory, allocatable.memory);
  if (node !== undefined && !matchesRequired(pod, node)) {
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    };
  }
  if (hasPortConflict(pod, taken)) {
    return {
      reason: 'NodePorts',
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    };
  }
  if (node !== undefined && !toleratesNoExecute(pod, node)) {
    return { reason: 'TaintToleration', message: 'Predicate TaintToleration failed' };
  }
  return null;
}

const outOf = (resource: string, requested: number, used: number, capacity: number): Rejection => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

interface HostPort {
  readonly port: number;
  readonly protocol: string;
  readonly ip: string;
}

function hostPorts(pod: Pod): readonly HostPort[] {
  const claimed: HostPort[] = [];
  for (const { ports } of pod.spec.containers)
    for (const { hostPort = 0, protocol = 'TCP', hostIP = '0.0.0.0' } of ports ?? [])
      if (hostPort > 0) claimed.push({ port: hostPort, protocol, ip: hostIP });
  return claimed;
}

function hasPortConflict(pod: Pod, taken: Taken): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const others = taken.pods();
  return others.some((other) =>
    hostPorts(other).some((taken) =>
      wanted.some(
        (one) =>
          one.port === taken.port &&
          one.protocol === taken.protocol &&
          (one.ip === taken.ip || one.ip === '0.0.0.0' || taken.ip === '0.0.0.0'),
      ),
    ),
  );
}

function toleratesNoExecute(pod: Pod, node: Node): boolean {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  return untoleratedTaint(taints, tolerationsOf(pod)) === null;
}
