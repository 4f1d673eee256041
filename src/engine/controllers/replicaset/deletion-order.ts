/**
 * Which pods a scale-down takes first.
 *
 * @source kubernetes pkg/controller/controller_utils.go (ActivePodsWithRanks), pkg/controller/replicaset/replica_set.go
 */
import type { Pod } from '#engine/api/types';
import { byteOrder } from '#engine/api/json';
import { isPodActive } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Micros } from '#engine/kernel/time';
import { ageBucket } from './log2-bucket';

const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const DECIMAL_INT = /^(?:0|-?[1-9][0-9]{0,9})$/;
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What the order looks at, read once per pod. */
interface Candidate {
  readonly pod: Pod;
  readonly rank: number;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  /** When it became Ready, µs; `null` when unknown. */
  readonly readySince: Micros | null;
  readonly cost: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly created: Micros | null;
}

/**
 * The pods to delete, first the one that is missed least.
 *
 * @param pods - the active pods of a ReplicaSet
 * @param related - pods of all ReplicaSets of the same owner, whose active ones per node are a pod's rank
 * @param count - how many to delete; when that is all of them they are not sorted
 */
export function podsToDelete(
  pods: readonly Pod[],
  related: readonly Pod[],
  count: number,
  now: Micros,
): readonly Pod[] {
  if (count >= pods.length) return pods;
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    if (isPodActive(pod)) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  return rankedForDeletion(
    pods,
    pods.map((pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0),
    now,
  ).slice(0, count);
}

/** Pods in order of deletion. `ranks[i]` belongs to `pods[i]`: how crowded its node is with pods of its kind. */
export function rankedForDeletion(pods: readonly Pod[], ranks: readonly number[], now: Micros): readonly Pod[] {
  const candidates = pods.map((pod, index) => candidateOf(pod, ranks[index] ?? 0));
  candidates.sort((a, b) => compareForDeletion(a, b, now));
  return candidates.map((candidate) => candidate.pod);
}

function candidateOf(pod: Pod, rank: number): Candidate {
  const condition = pod.status.conditions?.find((each) => each.type === 'Ready');
  const [restarts, sidecarRestarts] = mostRestarts(pod);
  return {
    pod,
    rank,
    assigned: (pod.spec.nodeName ?? '') !== '',
    phase: PHASE_ORDER[pod.status.phase ?? ''] ?? 0,
    ready: condition?.status === 'True',
    readySince: timeOf(condition?.lastTransitionTime),
    cost: deletionCost(pod),
    restarts,
    sidecarRestarts,
    created: timeOf(pod.metadata.creationTimestamp),
  };
}

function compareForDeletion(a: Candidate, b: Candidate, now: Micros): number {
  if (a.assigned !== b.assigned) return a.assigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.rank !== b.rank) return b.rank - a.rank;
  if (a.ready && a.readySince !== b.readySince) return compareAges(a, b, a.readySince, b.readySince, now);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.created !== b.created) return compareAges(a, b, a.created, b.created, now);
  return 0;
}

/** The unknown time first, then the younger; ages of the same power of two count as equal and the uid decides. */
function compareAges(a: Candidate, b: Candidate, since: Micros | null, otherSince: Micros | null, now: Micros): number {
  if (since === null || otherSince === null) return since === null ? -1 : 1;
  return ageBucket(now - since) - ageBucket(now - otherSince) || byteOrder(a.pod.metadata.uid, b.pod.metadata.uid);
}

/** Missing or malformed costs count as 0; so do those that do not fit 32 bits. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST];
  if (text === undefined || !DECIMAL_INT.test(text)) return 0;
  const cost = Number(text);
  return cost === (cost | 0) ? cost : 0;
}

/** The greatest restart count among the ordinary containers and among the sidecars. */
function mostRestarts(pod: Pod): readonly [number, number] {
  let ordinary = 0;
  let sidecars = 0;
  for (const status of pod.status.containerStatuses ?? []) ordinary = Math.max(ordinary, status.restartCount);
  for (const status of pod.status.initContainerStatuses ?? []) {
    const container = pod.spec.initContainers?.find((each) => each.name === status.name);
    if (container?.restartPolicy === 'Always') sidecars = Math.max(sidecars, status.restartCount);
  }
  return [ordinary, sidecars];
}

function timeOf(text: string | null | undefined): Micros | null {
  return text === undefined || text === null || text === '' ? null : parseTimestamp(text);
}
