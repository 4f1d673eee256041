/**
 * What would fit where: the part of the scheduler that the autoscaler plays through.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/simulator/{clustersnapshot,predicatechecker}, estimator/binpacking_estimator.go
 * @simplified resources, numbers of pods, taints, selectors and node affinity; neither pods' relations to each other nor volumes
 */
import { byteOrder } from '#engine/api/json';
import { matchesRequired } from '#engine/api/node-selector';
import {
  type Amounts,
  addAmounts,
  amountsOf,
  type MutableAmounts,
  noAmounts,
  podRequests,
} from '#engine/api/pod-resources';
import { tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Node, Pod } from '#engine/api/types';
import { GROUP_LABEL, type NodeGroup } from './cloud';

/** A node with what is left of it. */
export interface Room {
  readonly node: Node;
  readonly allocatable: Amounts;
  readonly pods: number;
  readonly used: MutableAmounts;
  usedPods: number;
}

export function roomOf(node: Node, pods: readonly Pod[]): Room {
  const { allocatable } = node.status;
  const room: Room = {
    node,
    allocatable: amountsOf(allocatable),
    pods: Number(allocatable?.['pods'] ?? 0),
    used: noAmounts(),
    usedPods: 0,
  };
  for (const pod of pods) take(room, pod);
  return room;
}

export const isOver = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';

function take(room: Room, pod: Pod): void {
  if (isOver(pod)) return;
  addAmounts(room.used, podRequests(pod));
  room.usedPods += 1;
}

/** Why a pod cannot run there, in the scheduler's words; null: it can. */
export function whyNot({ node, allocatable, pods, used, usedPods }: Room, pod: Pod): string | null {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  if (untoleratedTaint(taints, tolerationsOf(pod)) !== null) return 'node(s) had untolerated taint(s)';
  if (node.spec.unschedulable === true) return 'node(s) were unschedulable';
  if (!matchesRequired(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (usedPods >= pods) return 'Too many pods';
  const wanted = podRequests(pod);
  if (wanted.milliCpu > allocatable.milliCpu - used.milliCpu) return 'Insufficient cpu';
  if (wanted.memory > allocatable.memory - used.memory) return 'Insufficient memory';
  if (wanted.ephemeralStorage > allocatable.ephemeralStorage - used.ephemeralStorage)
    return 'Insufficient ephemeral-storage';
  for (const [name, amount] of wanted.scalars ?? [])
    if (amount > (allocatable.scalars?.get(name) ?? 0) - (used.scalars?.get(name) ?? 0)) return `Insufficient ${name}`;
  return null;
}

/** Puts a pod into the first of these that has room for it. @returns that; undefined: none has */
export function place(rooms: readonly Room[], pod: Pod): Room | undefined {
  const room = rooms.find((each) => whyNot(each, pod) === null);
  if (room !== undefined) take(room, pod);
  return room;
}

export const copyOf = (room: Room): Room => ({
  ...room,
  used: { ...room.used, scalars: room.used.scalars === null ? null : new Map(room.used.scalars) },
});

/** What a kubelet keeps back of the memory. @source kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go (memory.available) */
const KEPT_BACK = 100 * 1024 ** 2;

/** A node as the group's next machine would be, with a pod of each DaemonSet that would run there. */
export function templateOf(group: NodeGroup, daemons: readonly Pod[]): Room {
  const allocatable = {
    cpu: `${group.milliCpu}m`,
    memory: String(Math.max(0, group.memory - KEPT_BACK)),
    'ephemeral-storage': String(90 * 1024 ** 3),
    pods: String(group.pods),
  };
  const name = `template-node-for-${group.name}`;
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      resourceVersion: '',
      creationTimestamp: '',
      labels: {
        [GROUP_LABEL]: group.name,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': group.zone,
      },
    },
    spec: {},
    status: { allocatable, capacity: allocatable },
  };
  const room = roomOf(node, []);
  for (const pod of daemons) if (whyNot(room, pod) === null) take(room, pod);
  return room;
}

/** Biggest first. @source estimator/decreasing_pod_orderer.go */
export function biggestFirst(pods: readonly Pod[], { allocatable }: Room): readonly Pod[] {
  const score = (pod: Pod): number => {
    const { milliCpu, memory } = podRequests(pod);
    return milliCpu / Math.max(1, allocatable.milliCpu) + memory / Math.max(1, allocatable.memory);
  };
  return pods.toSorted((a, b) => score(b) - score(a) || byteOrder(a.metadata.uid, b.metadata.uid));
}
