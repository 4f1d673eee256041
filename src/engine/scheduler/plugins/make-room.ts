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
  readonly statuses: readonly Status[];
}

/** Tries nodes from a random one on, until there are enough candidates. */
function findCandidates(cycle: Cycle, failure: FilterFailure, random: Random): Found {
  const potential = failure.nodes.filter((node) => failure.statusOf(node).code === 'Unschedulable');
  const candidates: Candidate[] = [];
  const statuses: Status[] = [];
  if (potential.length === 0) return { candidates, statuses };
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = cycle.profile.args.DefaultPreemption;
  const share = Math.trunc((potential.length * minCandidateNodesPercentage) / 100);
  const wanted = Math.min(Math.max(share, minCandidateNodesAbsolute), potential.length);
  const offset = random.below(potential.length);
  const known = rememberedFor(cycle, failure);
  let isAnyHarmless = false;
  let isEnough = false;
  for (let i = 0; i < potential.length && !isEnough; i++) {
    const node = potential[(offset + i) % potential.length]!;
    const found = known === null ? selectVictims(cycle, failure, node) : rememberedVictims(known, cycle, failure, node);
    if ('code' in found) statuses.push(found);
    else {
      candidates.push(found);
      isAnyHarmless ||= found.violations === 0;
    }
    isEnough = candidates.length >= wanted && isAnyHarmless;
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

/** What a pod of one kind found out about nodes that have not changed since: derived, and never part of a state. */
type Remembered = WeakMap<NodeInfo, { readonly promised: readonly PodInfo[]; readonly found: Candidate | Status }>;

const NO_PODS: readonly PodInfo[] = [];

/** Filters that say the same of a node for every pod of a kind, whatever happens on other nodes. */
const BY_NODE_ALONE = new Set(['NodeUnschedulable', 'TaintToleration', 'NodeAffinity', 'NodeResourcesFit']);
const MOST_KINDS = 64;
const remembered = new WeakMap<Cycle['cache'], Map<string, Remembered>>();

/** A node's amounts, pods or taints have changed: who must go from it is to be found out anew. */
export function forgetVictims(cache: Cycle['cache'], node: NodeInfo): void {
  for (const byNode of remembered.get(cache)?.values() ?? []) byNode.delete(node);
}

/** What pods of this one's kind have found out; null: it depends on more than a node. */
function rememberedFor({ cache, view, pod, profile }: Cycle, { filters }: FilterFailure): Remembered | null {
  if (!filters.every(({ name }) => BY_NODE_ALONE.has(name)) || pod.requests.scalars !== null) return null;
  if (view.list('PodDisruptionBudget').length > 0) return null;
  const { milliCpu, memory, ephemeralStorage } = pod.requests;
  const { tolerations, nodeSelector, affinity } = pod.pod.spec;
  const key = JSON.stringify([
    [profile.schedulerName, pod.priority, milliCpu, memory, ephemeralStorage, filters.map(({ name }) => name)],
    [tolerations, nodeSelector, affinity?.nodeAffinity],
  ]);
  let kinds = remembered.get(cache);
  if (kinds === undefined) remembered.set(cache, (kinds = new Map()));
  let byNode = kinds.get(key);
  if (byNode === undefined) {
    if (kinds.size >= MOST_KINDS) kinds.clear();
    kinds.set(key, (byNode = new WeakMap()));
  }
  return byNode;
}

function rememberedVictims(
  known: Remembered,
  cycle: Cycle,
  failure: FilterFailure,
  node: NodeInfo,
): Candidate | Status {
  // Pods that are promised the node count as if they were on it, but for the pod itself.
  const promised = cycle.nominees.get(node.name) ?? NO_PODS;
  const { uid } = cycle.pod;
  if (promised.some((other) => other.uid === uid)) return selectVictims(cycle, failure, node);
  const last = known.get(node);
  if (last?.promised === promised) return last.found;
  const found = selectVictims(cycle, failure, node);
  known.set(node, { promised, found });
  return found;
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
  let [best = null] = candidates;
  if (best === null || candidates.length === 1) return best;
  let least = costsOf(best);
  for (const candidate of candidates) {
    const costs = costsOf(candidate);
    const differing = costs.findIndex((cost, i) => cost !== least[i]);
    if (differing < 0 || costs[differing]! > least[differing]!) continue;
    best = candidate;
    least = costs;
  }
  return best;
}

const costsByCandidate = new WeakMap<Candidate, readonly number[]>();

function costsOf(candidate: Candidate): readonly number[] {
  let costs = costsByCandidate.get(candidate);
  if (costs === undefined) {
    costs = COSTS.map((cost) => cost(candidate));
    costsByCandidate.set(candidate, costs);
  }
  return costs;
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
function inner(failure: FilterFailure, statuses: readonly Status[]): string {
  return fitErrorMessage({
    nodes: failure.nodes.length,
    statuses,
    absent: NOT_HELPFUL,
    preFilterMessage: '',
    postFilterMessage: '',
  });
}
