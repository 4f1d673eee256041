/**
 * When a pod fits nowhere: would it fit if less important pods went? Which of them must go, and where?
 *
 * @source kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { PodDisruptionBudget } from '#engine/api/types';
import type { View } from '#engine/client/plan';
import type { Random } from '#engine/kernel/random';
import { fitErrorMessage, tallyOf } from '../fit-error';
import { kindOf } from '../kinds';
import { type NodeInfo, addPodTo, copyNodeInfo, removePodFrom } from '../node-info';
import type { Cycle, FilterFailure, PostFilterResult } from '../plugin';
import { type PodInfo, byImportance } from '../pod-info';
import { type Candidate, Room } from '../room';
import { type Status, unresolvable } from '../status';

const NAME = 'DefaultPreemption';
const NO_VICTIMS = unresolvable(NAME, 'No preemption victims found for incoming pod');
const NOT_HELPFUL = unresolvable(NAME, 'Preemption is not helpful for scheduling');
/** @returns where the pod would fit without whom, or why nowhere */
export function makeRoom(cycle: Cycle, failure: FilterFailure, random: Random): PostFilterResult {
  const refusal = ineligibility(cycle, failure);
  if (refusal !== null) return { message: `preemption: ${refusal}`, nominatedNode: null, victims: [] };

  const found = leastHarm(cycle, failure, random);
  if ('node' in found) return { message: '', nominatedNode: found.node, victims: found.victims };
  return { message: `preemption: ${inner(failure, found)}`, nominatedNode: '', victims: [] };
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

/** Tries nodes from a random one on, until there are enough candidates. @returns why there is none, if so */
function leastHarm(cycle: Cycle, failure: FilterFailure, random: Random): Candidate | readonly Status[] {
  const potential =
    failure.verdicts?.potential ?? failure.nodes.filter((node) => failure.statusOf(node).code === 'Unschedulable');
  if (potential.length === 0) return [];
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = cycle.profile.args.DefaultPreemption;
  const share = Math.trunc((potential.length * minCandidateNodesPercentage) / 100);
  const wanted = Math.min(Math.max(share, minCandidateNodesAbsolute), potential.length);
  const room = roomFor(cycle, failure);
  // What is promised to the pod itself is free for nobody else of its kind.
  const own = cycle.cache.nodes.get(cycle.promisedNode);
  if (own !== undefined) room.forget(own);
  const look = (node: NodeInfo): Candidate | Status => selectVictims(cycle, failure, node);
  const found = room.leastHarm(potential, random.below(potential.length), wanted, look);
  if (own !== undefined) room.forget(own);
  return found;
}

/** With what pods of this one's kind have found out, if that holds for it. */
function roomFor(cycle: Cycle, failure: FilterFailure): Room {
  const slots = cycle.cache.nextSlot;
  const kind = kindOf(cycle, failure.filters);
  if (kind === null) return new Room(slots);
  const budgets = cycle.view.list('PodDisruptionBudget');
  const areSame = budgets.length === kind.budgets.length && budgets.every((budget, i) => budget === kind.budgets[i]);
  if (kind.room === null || kind.room.slots < slots || !areSame) {
    kind.room = new Room(slots + (slots >> 2));
    kind.budgets = budgets;
  }
  return kind.room;
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

/** What preemption says of all nodes when it helps on none. */
function inner(failure: FilterFailure, statuses: readonly Status[]): string {
  return fitErrorMessage({
    nodes: failure.nodes.length,
    tally: tallyOf(statuses),
    absent: NOT_HELPFUL,
    preFilterMessage: '',
    postFilterMessage: '',
  });
}
