/**
 * A node as the scheduler counts with it: what it has, and what the pods on it (bound or assumed) have taken. Kept up
 * to date one pod at a time, never recounted.
 *
 * @source kubernetes pkg/scheduler/framework/types.go (NodeInfo, HostPortInfo)
 */
import { type MutableAmounts, addAmounts, amountsOf, noAmounts } from '#engine/api/pod-resources';
import type { Node, Taint } from '#engine/api/types';
import { quantityValue } from '#engine/api/quantity';
import { ANY_IP, type HostPort, type PodInfo } from './pod-info';

/** Always made by `newNodeInfo`, so that all have the same shape. */
export interface NodeInfo {
  readonly name: string;
  /** Its number in the cache; no other node ever has it. */
  readonly slot: number;
  /** null: pods are bound to a node of this name that the scheduler does not (or no longer) know. */
  node: Node | null;
  pods: PodInfo[];
  allocatable: MutableAmounts;
  /** How many pods it may run. */
  allowedPods: number;
  requested: MutableAmounts;
  /** Requests with the defaults of scoring. */
  scoringMilliCpu: number;
  scoringMemory: number;
  /** Claimed host addresses by `PROTOCOL/port`; null: none. */
  hostPorts: Map<string, string[]> | null;
  unschedulable: boolean;
  /** Taints that keep pods away: NoSchedule and NoExecute. */
  hardTaints: readonly Taint[];
  /** PreferNoSchedule. */
  softTaints: readonly Taint[];
  /** Names of the images it holds. */
  images: ReadonlySet<string>;
}

const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const NO_IMAGES: ReadonlySet<string> = Object.freeze(new Set<string>());
const imageSets = new WeakMap<object, ReadonlySet<string>>();

export function newNodeInfo(name: string, slot: number): NodeInfo {
  return {
    name,
    slot,
    node: null,
    pods: [],
    allocatable: noAmounts(),
    allowedPods: 0,
    requested: noAmounts(),
    scoringMilliCpu: 0,
    scoringMemory: 0,
    hostPorts: null,
    unschedulable: false,
    hardTaints: NO_TAINTS,
    softTaints: NO_TAINTS,
    images: NO_IMAGES,
  };
}

/** Takes over what the API says of the node. */
export function setNode(info: NodeInfo, node: Node): void {
  const allocatable = node.status.allocatable ?? {};
  const taints = node.spec.taints ?? NO_TAINTS;
  info.node = node;
  info.allocatable = amountsOf(allocatable);
  info.allowedPods = quantityValue(allocatable['pods']);
  info.unschedulable = node.spec.unschedulable === true;
  info.hardTaints = taintsOf(taints, isHard);
  info.softTaints = taintsOf(taints, isSoft);
  info.images = imageNamesOf(node);
}

/** The node is gone; its pods are still counted until they are. */
export function unsetNode(info: NodeInfo): void {
  info.node = null;
  info.allocatable = noAmounts();
  info.allowedPods = 0;
  info.unschedulable = false;
  info.hardTaints = NO_TAINTS;
  info.softTaints = NO_TAINTS;
  info.images = NO_IMAGES;
}

/** A node without its pods, as hints look at it. */
export function emptyNodeInfo(node: Node): NodeInfo {
  const info = newNodeInfo(node.metadata.name, -1);
  setNode(info, node);
  return info;
}

/** A copy that may be changed without changing the original, for trying what would be if. */
export function copyNodeInfo(info: NodeInfo): NodeInfo {
  return {
    ...info,
    pods: [...info.pods],
    requested: { ...info.requested, scalars: info.requested.scalars && new Map(info.requested.scalars) },
    hostPorts: info.hostPorts && new Map([...info.hostPorts].map(([port, ips]) => [port, [...ips]])),
  };
}

export function addPodTo(info: NodeInfo, pod: PodInfo): void {
  info.pods.push(pod);
  addAmounts(info.requested, pod.requests);
  info.scoringMilliCpu += pod.scoringMilliCpu;
  info.scoringMemory += pod.scoringMemory;
  for (const port of pod.hostPorts) claimPort(info, port);
}

/** Takes the pod of this uid away. @returns whether it was there */
export function removePodFrom(info: NodeInfo, uid: string): boolean {
  const at = info.pods.findIndex((pod) => pod.uid === uid);
  const pod = info.pods[at];
  if (pod === undefined) return false;
  const last = info.pods.pop();
  if (last !== undefined && last !== pod) info.pods[at] = last;
  addAmounts(info.requested, pod.requests, -1);
  info.scoringMilliCpu -= pod.scoringMilliCpu;
  info.scoringMemory -= pod.scoringMemory;
  for (const port of pod.hostPorts) releasePort(info, port);
  return true;
}

/** Whether a port of the node is taken: by the same address, or one of the two claims all addresses. */
export function hasPortConflict(
  taken: ReadonlyMap<string, readonly string[]> | null,
  wanted: readonly HostPort[],
): boolean {
  if (taken === null) return false;
  for (const { ip, port } of wanted) {
    const ips = taken.get(port);
    if (ips === undefined || ips.length === 0) continue;
    if (ip === ANY_IP || ips.includes(ip) || ips.includes(ANY_IP)) return true;
  }
  return false;
}

/** Names that the node gives for the images it holds. */
export function imageNamesOf(node: Node): ReadonlySet<string> {
  const images = node.status.images;
  if (images === undefined || images.length === 0) return NO_IMAGES;
  const known = imageSets.get(images);
  if (known !== undefined) return known;
  const names: ReadonlySet<string> = Object.freeze(new Set(images.flatMap((image) => image.names ?? [])));
  imageSets.set(images, names);
  return names;
}

const isHard = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
const isSoft = (taint: Taint): boolean => taint.effect === 'PreferNoSchedule';

function taintsOf(taints: readonly Taint[], wanted: (taint: Taint) => boolean): readonly Taint[] {
  return taints.some(wanted) ? Object.freeze(taints.filter(wanted)) : NO_TAINTS;
}

function claimPort(info: NodeInfo, { ip, port }: HostPort): void {
  info.hostPorts ??= new Map();
  const ips = info.hostPorts.get(port);
  if (ips === undefined) info.hostPorts.set(port, [ip]);
  else ips.push(ip);
}

function releasePort(info: NodeInfo, { ip, port }: HostPort): void {
  const ips = info.hostPorts?.get(port);
  if (ips === undefined) return;
  const at = ips.indexOf(ip);
  if (at >= 0) ips.splice(at, 1);
  if (ips.length === 0) info.hostPorts?.delete(port);
}
