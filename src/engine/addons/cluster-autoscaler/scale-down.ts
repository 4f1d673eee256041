/**
 * Which nodes nobody needs: little of them is asked for, and all their pods would fit elsewhere and may be moved.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/core/scaledown/{eligibility,planner,unneeded}, simulator/drainability/rules
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { Node, Pod, PodDisruptionBudget } from '#engine/api/types';
import { copyOf, isOver, place, type Room } from './simulation';

export const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';
export const DELETION_CANDIDATE = 'DeletionCandidateOfClusterAutoscaler';
const DISABLED = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const LOCAL_VOLUMES = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
const MIRROR = 'kubernetes.io/config.mirror';

export const hasTaint = ({ spec }: Node, key: string): boolean =>
  spec.taints?.some((taint) => taint.key === key) === true;

/** The greater of what is asked for of CPU and of memory, as a part of the whole. */
export function utilization({ allocatable, used }: Room): {
  readonly cpu: number;
  readonly memory: number;
  readonly most: number;
} {
  const cpu = used.milliCpu / Math.max(1, allocatable.milliCpu);
  const memory = used.memory / Math.max(1, allocatable.memory);
  return { cpu, memory, most: Math.max(cpu, memory) };
}

/** Whether a node may be given up at all. */
export const mayGo = (node: Node): boolean =>
  node.metadata.annotations?.[DISABLED] !== 'true' && !hasTaint(node, TO_BE_DELETED);

const ownerKind = ({ metadata }: Pod): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)?.kind;

/** Pods that go with the node: of DaemonSets, static ones, and those that are over. */
export const staysBehind = (pod: Pod): boolean =>
  isOver(pod) || pod.metadata.annotations?.[MIRROR] !== undefined || ownerKind(pod) === 'DaemonSet';

const guards = ({ metadata, spec }: PodDisruptionBudget, pod: Pod): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  spec?.selector !== undefined &&
  matchesSelector(spec.selector, pod.metadata.labels);

/** Why a pod keeps its node; null: it may be moved. */
function holds(pod: Pod, budgets: readonly PodDisruptionBudget[], left: Map<string, number>): string | null {
  const { namespace = '', name, annotations = {} } = pod.metadata;
  const text = `${namespace}/${name}`;
  const guarding = budgets.filter((budget) => guards(budget, pod));
  for (const { metadata, status } of guarding) {
    const allowed = left.get(metadata.uid) ?? status?.disruptionsAllowed ?? 0;
    if (allowed < 1) return `not enough pod disruption budget to move ${text}`;
    left.set(metadata.uid, allowed - 1);
  }
  if (annotations[SAFE_TO_EVICT] === 'true') return null;
  if (annotations[SAFE_TO_EVICT] === 'false') return `pod annotated as not safe to evict present: ${name}`;
  if (ownerKind(pod) === undefined) return `${text} is not replicated`;
  if (namespace === 'kube-system' && guarding.length === 0)
    return `non-daemonset, non-mirrored, non-pdb-assigned kube-system pod present: ${name}`;
  const isMovable = (annotations[LOCAL_VOLUMES] ?? '').split(',');
  const isLocal = pod.spec.volumes?.some(
    (volume) =>
      ((volume.emptyDir !== undefined && volume.emptyDir.medium !== 'Memory') || volume.hostPath !== undefined) &&
      !isMovable.includes(volume.name),
  );
  return isLocal === true ? `pod with local storage present: ${name}` : null;
}

export interface Removal {
  readonly node: Node;
  /** That are to be moved. */
  readonly pods: readonly Pod[];
  readonly utilization: ReturnType<typeof utilization>;
}

export interface Unneeded {
  readonly removals: readonly Removal[];
  /** Nodes that were looked at in vain, and why. */
  readonly kept: ReadonlyMap<string, string>;
}

/**
 * Takes the candidates one after the other away in thought, each with the pods of those before it moved.
 *
 * @param rooms - of all nodes that take pods
 * @param room - how many of a candidate's group may go, by name of the group
 */
export function findUnneeded(
  candidates: readonly { readonly room: Room; readonly pods: readonly Pod[]; readonly group: string }[],
  rooms: readonly Room[],
  budgets: readonly PodDisruptionBudget[],
  threshold: number,
  spare: ReadonlyMap<string, number>,
): Unneeded {
  const removals: Removal[] = [];
  const kept = new Map<string, string>();
  const allowed = new Map<string, number>();
  const toSpare = new Map(spare);
  /** Pods that were moved in thought, by where they are. */
  const arrived = new Map<string, readonly Pod[]>();
  let left = rooms.map(copyOf);
  for (const { room, pods, group } of candidates) {
    const { node } = room;
    const { name } = node.metadata;
    const used = utilization(room);
    if (used.most >= threshold) continue;
    const mayShrink = toSpare.get(group) ?? 0;
    if (mayShrink < 1) {
      kept.set(name, 'node group min size reached');
      continue;
    }
    const moving = [...pods.filter((pod) => !staysBehind(pod)), ...(arrived.get(name) ?? [])];
    const budgetsLeft = new Map(allowed);
    const held = moving.map((pod) => holds(pod, budgets, budgetsLeft)).find((reason) => reason !== null);
    if (held !== undefined) {
      kept.set(name, held);
      continue;
    }
    const elsewhere = left.filter((other) => other.node.metadata.name !== name).map(copyOf);
    const moves = moving.map((pod) => ({ pod, to: place(elsewhere, pod) }));
    const stuck = moves.find(({ to }) => to === undefined);
    if (stuck !== undefined) {
      kept.set(name, `can reschedule only ${moves.indexOf(stuck)} out of ${moving.length} pods`);
      continue;
    }
    left = elsewhere;
    for (const { pod, to } of moves) {
      const there = to!.node.metadata.name;
      arrived.set(there, [...(arrived.get(there) ?? []), pod]);
    }
    for (const [uid, count] of budgetsLeft) allowed.set(uid, count);
    toSpare.set(group, mayShrink - 1);
    removals.push({ node, pods: moving, utilization: used });
  }
  return { removals, kept };
}
