/**
 * A pod as the scheduler counts with it: derived once from the immutable object, shared by queue and cache.
 *
 * @source kubernetes pkg/scheduler/framework/types.go (PodInfo), pkg/scheduler/util/utils.go (GetHostPorts)
 */
import { type Amounts, isResizing, isSidecar, podRequests, scoringRequests } from '#engine/api/pod-resources';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Container, Pod } from '#engine/api/types';

export interface HostPort {
  /** `0.0.0.0` for all. */
  readonly ip: string;
  /** e.g. `TCP/8080`. */
  readonly port: string;
}

/** Immutable. */
export interface PodInfo {
  readonly pod: Pod;
  readonly uid: string;
  /** `namespace/name`. */
  readonly key: string;
  /** Empty while it is bound to no node. */
  readonly nodeName: string;
  readonly priority: number;
  readonly requests: Amounts;
  /** Requests with the defaults of scoring. */
  readonly scoringMilliCpu: number;
  readonly scoringMemory: number;
  readonly hostPorts: readonly HostPort[];
}

interface Derived {
  readonly requests: Amounts;
  readonly scoringMilliCpu: number;
  readonly scoringMemory: number;
  readonly hostPorts: readonly HostPort[];
}

const NO_PORTS: readonly HostPort[] = Object.freeze([]);
/** By the list of containers, which outlives binding and status writes; only for pods where nothing else matters. */
const byContainers = new WeakMap<object, Derived>();

/** What a pod asks for, without defaults. */
export const requestsOf = (pod: Pod): Amounts => derivedOf(pod).requests;

/** What the scheduler knows of a pod. */
export function podInfo(pod: Pod): PodInfo {
  const { requests, scoringMilliCpu, scoringMemory, hostPorts } = derivedOf(pod);
  return Object.freeze({
    pod,
    uid: pod.metadata.uid,
    key: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`,
    nodeName: pod.spec.nodeName ?? '',
    priority: pod.spec.priority ?? 0,
    requests,
    scoringMilliCpu,
    scoringMemory,
    hostPorts,
  });
}

/** The pod as if it were bound to a node already. */
export function assumedOn(info: PodInfo, nodeName: string): PodInfo {
  return Object.freeze({
    pod: info.pod,
    uid: info.uid,
    key: info.key,
    nodeName,
    priority: info.priority,
    requests: info.requests,
    scoringMilliCpu: info.scoringMilliCpu,
    scoringMemory: info.scoringMemory,
    hostPorts: info.hostPorts,
  });
}

/** When a pod was started: its status, else its creation. µs. @source pkg/scheduler/util/utils.go (GetPodStartTime) */
export const podStartTime = (pod: Pod): number => parseTimestamp(startOf(pod));

const startOf = ({ status, metadata }: Pod): string => status.startTime ?? metadata.creationTimestamp;

/** Higher priority, then earlier start. @source pkg/scheduler/util/utils.go (MoreImportantPod) */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  // Many have come in the same second.
  return startOf(a.pod) === startOf(b.pod) ? 0 : podStartTime(a.pod) - podStartTime(b.pod);
}

function derivedOf(pod: Pod): Derived {
  const { spec } = pod;
  const isPlain =
    spec.initContainers === undefined &&
    spec.resources === undefined &&
    spec.overhead === undefined &&
    !isResizing(pod);
  if (!isPlain) return derive(pod);
  let derived = byContainers.get(spec.containers);
  if (derived === undefined) byContainers.set(spec.containers, (derived = derive(pod)));
  return derived;
}

function derive(pod: Pod): Derived {
  const scoring = scoringRequests(pod);
  return {
    requests: podRequests(pod),
    scoringMilliCpu: scoring.milliCpu,
    scoringMemory: scoring.memory,
    hostPorts: hostPortsOf(pod),
  };
}

/** Ports of the node that containers and sidecars claim. */
function hostPortsOf(pod: Pod): readonly HostPort[] {
  const ports: HostPort[] = [];
  for (const container of pod.spec.containers) addPorts(ports, container);
  for (const container of pod.spec.initContainers ?? []) if (isSidecar(container)) addPorts(ports, container);
  return ports.length === 0 ? NO_PORTS : Object.freeze(ports);
}

function addPorts(ports: HostPort[], container: Container): void {
  for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
    if (hostPort !== undefined && hostPort > 0) {
      ports.push({
        ip: hostIP === undefined || hostIP === '' ? ANY_IP : hostIP,
        port: `${protocol ?? 'TCP'}/${hostPort}`,
      });
    }
  }
}

export const ANY_IP = '0.0.0.0';
