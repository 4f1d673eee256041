/**
 * When a pod fits nowhere: would it fit if less important pods went? Which of them must go, and where?
 *
 * @source kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { PodDisruptionBudget } from '#engine/api/types';
import type { View } from '#engine/client/plan';
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
  let isEnough = false;
  for (let i = 0; i < potential.length && !isEnough; i++) {
    const node = potential[(offset + i) % potential.length]!;
    const found = selectVictims(cycle, failure, node);
    if ('code' in found) statuses.set(node.name, found);
    else candidates.push(found);
    isEnough = candidates.length >= wanted && candidates.some(({ violations }) => violations === 0);
  }
  // Those that hurt no budget stand first: they win a tie.
  const harmless = candidates.filter(({ violations }) => violations === 0);
  return { candidates: [...harmless, ...candidates.filter(({ violations }) => violations > 0)], statuses };
}

/**
 * The least that must go from a node: all less important pods are taken away, then as many put back as still fit, first
 * those that a disruption budget protects.
 */
function selectVictims({ pod, view }: Cycle, failure: FilterFailure, node: NodeInfo): Candidate | Status {
  const lower = node.pods.filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return NO_VICTIMS;
  const trial = copyNodeInfo(node);
  for (const other of lower) removePodFrom(trial, other.uid);
  const status = failure.tryOn(trial);
  if (status !== null) return status;

  const victims: PodInfo[] = [];
  const { violating, others } = splitByBudgets(lower.toSorted(byImportance), view);
  const reprieve = (other: PodInfo): void => {
    addPodTo(trial, other);
    if (failure.tryOn(trial) === null) return;
    removePodFrom(trial, other.uid);
    victims.push(other);
  };
  for (const other of violating) reprieve(other);
  const violations = victims.length;
  for (const other of others) reprieve(other);
  return victims.length === 0 ? NO_VICTIMS : { node: node.name, victims: victims.toSorted(byImportance), violations };
}

/**
 * Which pods cannot go, one after the other, without breaking a disruption budget. Pods that a budget counts as gone
 * already cost nothing; a budget whose selector is empty or missing protects nobody.
 *
 * @source default_preemption.go (filterPodsWithPDBViolation)
 */
export function splitByBudgets(
  pods: readonly PodInfo[],
  view: View,
): { readonly violating: readonly PodInfo[]; readonly others: readonly PodInfo[] } {
  const budgets = view.list('PodDisruptionBudget').filter(isProtecting);
  if (budgets.length === 0) return { violating: [], others: pods };
  const left = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    let isViolating = false;
    for (const [i, budget] of budgets.entries()) {
      if (!protects(budget, info)) continue;
      left[i]! -= 1;
      if (left[i]! < 0) isViolating = true;
    }
    (isViolating ? violating : others).push(info);
  }
  return { violating, others };
}

const isProtecting = ({ spec }: PodDisruptionBudget): boolean => {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  return Object.keys(matchLabels).length + matchExpressions.length > 0;
};

function protects({ metadata, spec, status }: PodDisruptionBudget, { pod }: PodInfo): boolean {
  const { namespace, name, labels = {} } = pod.metadata;
  if (metadata.namespace !== namespace || Object.keys(labels).length === 0) return false;
  return matchesSelector(spec?.selector, labels) && status?.disruptedPods?.[name] === undefined;
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
