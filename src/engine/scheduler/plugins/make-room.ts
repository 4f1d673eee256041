/**
 * When a pod fits nowhere: would it fit if less important pods went? Which of them must go, and where?
 *
 * @source kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go
 */
import type { Random } from '#engine/kernel/random';
import { fitErrorMessage } from '../fit-error';
import { type NodeInfo, addPodTo, copyNodeInfo, removePodFrom } from '../node-info';
import type { Cycle, FilterFailure, PostFilterResult } from '../plugin';
import { type PodInfo, byImportance, podStartTime } from '../pod-info';
import { type Status, unresolvable } from '../status';

const NAME = 'DefaultPreemption';
const NO_VICTIMS = unresolvable(NAME, 'No preemption victims found for incoming pod');
const NOT_HELPFUL = unresolvable(NAME, 'Preemption is not helpful for scheduling');
/** Makes every priority positive before they are summed. */
const PRIORITY_OFFSET = 2 ** 31;

/** A node, and who would have to leave it. */
export interface Candidate {
  readonly node: string;
  /** Most important first; never empty. */
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

/** @returns where the pod would fit without whom, or why nowhere */
export function makeRoom(cycle: Cycle, failure: FilterFailure, random: Random): PostFilterResult {
  const refusal = ineligibility(cycle, failure);
  if (refusal !== null) return { message: `preemption: ${refusal}`, nominatedNode: null, victims: [] };

  const { candidates, statuses } = findCandidates(cycle, failure, random);
  const best = selectCandidate(candidates);
  if (best === null) return { message: `preemption: ${inner(failure, statuses)}`, nominatedNode: '', victims: [] };
  return { message: '', nominatedNode: best.node, victims: best.victims };
}

/** Why a pod may not preempt; null: it may. */
function ineligibility({ cache, pod }: Cycle, failure: FilterFailure): string | null {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = cache.nodes.get(pod.pod.status.nominatedNodeName ?? '');
  if (nominated === undefined || nominated.node === null) return null;
  if (failure.statusOf(nominated).code === 'UnschedulableAndUnresolvable') return null;
  const isTerminating = nominated.pods.some((other) => other.priority < pod.priority && isBeingPreempted(other));
  return isTerminating ? 'not eligible due to a terminating pod on the nominated node.' : null;
}

const isBeingPreempted = ({ pod }: PodInfo): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  (pod.status.conditions ?? []).some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  );

interface Found {
  readonly candidates: readonly Candidate[];
  readonly statuses: ReadonlyMap<string, Status>;
}

/** Tries nodes from a random one on, until there are enough candidates. */
function findCandidates(cycle: Cycle, failure: FilterFailure, random: Random): Found {
  const potential = failure.nodes.filter((node) => failure.statusOf(node).code === 'Unschedulable');
  const candidates: Candidate[] = [];
  const statuses = new Map<string, Status>();
  if (potential.length === 0) return { candidates, statuses };
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = cycle.profile.args.DefaultPreemption;
  const share = Math.trunc((potential.length * minCandidateNodesPercentage) / 100);
  const wanted = Math.min(Math.max(share, minCandidateNodesAbsolute), potential.length);
  const offset = random.below(potential.length);
  for (let i = 0; i < potential.length && candidates.length < wanted; i++) {
    const node = potential[(offset + i) % potential.length]!;
    const found = selectVictims(cycle.pod, failure, node);
    if ('code' in found) statuses.set(node.name, found);
    else candidates.push(found);
  }
  return { candidates, statuses };
}

/** The least that must go from a node: all less important pods are taken away, then as many put back as still fit. */
function selectVictims(pod: PodInfo, failure: FilterFailure, node: NodeInfo): Candidate | Status {
  const lower = node.pods.filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return NO_VICTIMS;
  const trial = copyNodeInfo(node);
  for (const other of lower) removePodFrom(trial, other.uid);
  const status = failure.tryOn(trial);
  if (status !== null) return status;

  const victims: PodInfo[] = [];
  for (const other of lower.toSorted(byImportance)) {
    addPodTo(trial, other);
    if (failure.tryOn(trial) === null) continue;
    removePodFrom(trial, other.uid);
    victims.push(other);
  }
  return victims.length === 0 ? NO_VICTIMS : { node: node.name, victims, violations: 0 };
}

/**
 * The candidate that hurts least: fewest violated budgets; then the lowest of the highest victims' priorities, the
 * lowest sum of priorities, the fewest victims, the latest start of the earliest of its most important victims; then the first.
 */
export function selectCandidate(candidates: readonly Candidate[]): Candidate | null {
  let left = candidates;
  for (const cost of COSTS) {
    if (left.length <= 1) break;
    const least = left.reduce((most, candidate) => Math.min(most, cost(candidate)), Infinity);
    left = left.filter((candidate) => cost(candidate) === least);
  }
  return left[0] ?? null;
}

const COSTS: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? -Infinity,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStart(victims),
];

function earliestStart(victims: readonly PodInfo[]): number {
  const highest = victims.reduce((most, { priority }) => Math.max(most, priority), -Infinity);
  return victims
    .filter(({ priority }) => priority === highest)
    .reduce((earliest, { pod }) => Math.min(earliest, podStartTime(pod)), Infinity);
}

/** What preemption says of all nodes when it helps on none. */
function inner(failure: FilterFailure, statuses: ReadonlyMap<string, Status>): string {
  return fitErrorMessage({
    nodes: failure.nodes.length,
    statuses: statuses.values(),
    absent: NOT_HELPFUL,
    preFilterMessage: '',
    postFilterMessage: '',
  });
}
