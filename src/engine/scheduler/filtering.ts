/**
 * Finding the nodes that a pod fits on: PreFilter once, Filter node by node until there are enough.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (findNodesThatFitPod), framework/runtime/framework.go (RunPreFilterPlugins)
 */
import { byteOrder } from '#engine/api/json';
import { knownNode, nodeOrder } from './cache';
import type { Framework } from './framework';
import { type Counts, manyNodes } from './many';
import { type NodeInfo, addPodTo, copyNodeInfo } from './node-info';
import { type ActiveFilters, type Cycle, SKIP } from './plugin';
import type { PodInfo } from './pod-info';
import { type Status, messageOf, unresolvable } from './status';
import type { Verdicts } from './verdicts';

const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;
const DEFAULT_PERCENTAGE = 50;
const NODES_PER_PERCENT = 125;

/** Where the next attempt begins to look, so that all nodes get their turn. */
export interface Rotation {
  nextStartNodeIndex: number;
}

/** What was found. The arrays are reused: valid until the next attempt. */
export interface Filtered {
  /** All nodes, in the order in which they stand. */
  readonly nodes: readonly NodeInfo[];
  readonly active: ActiveFilters;
  readonly feasible: readonly NodeInfo[];
  readonly feasibleCount: number;
  /** The name of a feasible node by its place. */
  readonly nameOf: (place: number) => string;
  /** Nodes that were turned down one by one, and why. */
  readonly rejected: readonly NodeInfo[];
  readonly statuses: readonly Status[];
  readonly rejectedCount: number;
  /** The same of all nodes, when it was known before; null: it was not. */
  readonly verdicts: Verdicts | null;
  /** The status of all nodes that were not looked at. */
  readonly absent: Status | null;
  /** Not null: PreFilter turned the pod down altogether. */
  readonly preFilter: Status | null;
  /** Index of the node that was looked at first. */
  readonly startIndex: number;
  /** How many feasible nodes would have been enough. */
  readonly wanted: number;
  /** Whether only the nominated node was looked at. */
  readonly nominatedOnly: boolean;
}

const feasible: NodeInfo[] = [];
const rejected: NodeInfo[] = [];
const statuses: Status[] = [];
const nameOf = (place: number): string => feasible[place]!.name;

/**
 * How many feasible nodes are enough.
 *
 * @param percentage - of all nodes; 0: adaptive, 50 % less 1 % for each 125 nodes, at least 5 %
 * @source pkg/scheduler/schedule_one.go (numFeasibleNodesToFind)
 */
export function numFeasibleNodesToFind(nodes: number, percentage: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const adaptive = Math.max(MIN_PERCENTAGE, DEFAULT_PERCENTAGE - Math.trunc(nodes / NODES_PER_PERCENT));
  const share = percentage === 0 ? adaptive : percentage;
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((nodes * share) / 100));
}

/** The nodes that the pod fits on, or why it fits on none. Moves the rotation on. */
export function findNodesThatFit(framework: Framework, cycle: Cycle, rotation: Rotation): Filtered {
  const nodes = nodeOrder(cycle.cache);
  const active: ActiveFilters = { plugins: [], checks: [], states: [] };
  const preFiltered = runPreFilters(framework, cycle, active);
  const startIndex = rotation.nextStartNodeIndex;
  const found = (counts: Counts, wanted: number, absent: Status | null, nominatedOnly = false): Filtered => ({
    nodes,
    active,
    feasible,
    feasibleCount: counts.feasible,
    nameOf: counts.nameOf ?? nameOf,
    rejected: counts.verdicts?.rejected ?? rejected,
    statuses: counts.verdicts?.statuses ?? statuses,
    rejectedCount: counts.rejected,
    verdicts: counts.verdicts,
    absent,
    preFilter: preFiltered.status,
    startIndex,
    wanted,
    nominatedOnly,
  });
  if (preFiltered.status !== null) return found({ feasible: 0, rejected: 0, verdicts: null }, 0, preFiltered.status);

  const nominated = knownNode(cycle.cache, cycle.pod.pod.status.nominatedNodeName ?? '');
  if (nominated !== null) {
    const counts = filterNodes(cycle, active, [nominated], 0, 1);
    if (counts.feasible > 0) return found(counts, 1, null, true);
  }

  const { nodeNames } = preFiltered;
  const candidates = nodeNames === null ? nodes : namedNodes(cycle.cache, nodes, nodeNames);
  const wanted = numFeasibleNodesToFind(candidates.length, cycle.profile.percentageOfNodesToScore);
  const counts = filterNodes(cycle, active, candidates, startIndex, wanted);
  if (nodes.length > 0) {
    rotation.nextStartNodeIndex = (startIndex + counts.feasible + counts.rejected) % nodes.length;
  }
  return found(counts, wanted, nodeNames === null ? null : unsatisfied(preFiltered.restricting));
}

/** One name is looked up, so that daemons of large clusters are not looked for among all nodes. */
function namedNodes(
  cache: Cycle['cache'],
  nodes: readonly NodeInfo[],
  names: ReadonlySet<string>,
): readonly NodeInfo[] {
  if (names.size > 1) return nodes.filter(({ name }) => names.has(name));
  return [...names].flatMap((name) => knownNode(cache, name) ?? []);
}

/** Runs the filters on a node as it would be, e.g. without some of its pods; null: the pod fits. */
export function tryOn(cycle: Cycle, active: ActiveFilters, original: NodeInfo | null, trial: NodeInfo): Status | null {
  // Most filters do not look at other pods.
  if (original === null || active.plugins.every((plugin) => plugin.removePod === undefined)) {
    return filterOne(cycle, active, trial);
  }
  const gone = original.pods.filter((pod) => !trial.pods.includes(pod));
  return filterOne(cycle, { ...active, states: withoutPods(cycle, active, gone, trial) }, trial);
}

function filterNodes(
  cycle: Cycle,
  active: ActiveFilters,
  nodes: readonly NodeInfo[],
  startIndex: number,
  wanted: number,
): Counts {
  const total = nodes.length;
  if (total >= manyNodes.from && manyNodes.code !== null) {
    return manyNodes.code.filter(cycle, active, nodes, startIndex, wanted, { feasible, rejected, statuses }, (node) =>
      filterOne(cycle, active, node),
    );
  }
  let feasibleCount = 0;
  let rejectedCount = 0;
  const isRoomPromised = cycle.nominees.size > 0;
  let index = total === 0 ? 0 : startIndex % total;
  for (let looked = 0; looked < total && feasibleCount < wanted; looked++) {
    const node = nodes[index]!;
    index += 1;
    if (index === total) index = 0;
    const status = isRoomPromised ? filterOne(cycle, active, node) : runFilters(active, cycle.pod, node);
    if (status === null) {
      feasible[feasibleCount++] = node;
    } else {
      rejected[rejectedCount] = node;
      statuses[rejectedCount++] = status;
    }
  }
  return { feasible: feasibleCount, rejected: rejectedCount, verdicts: null };
}

/** With pods that are nominated to the node and no less important: the pod must fit with them, and without. */
function filterOne(cycle: Cycle, active: ActiveFilters, node: NodeInfo): Status | null {
  if (cycle.nominees.size > 0) {
    const { pod } = cycle;
    const nominees = cycle.nominees
      .get(node.name)
      ?.filter(({ uid, priority }) => uid !== pod.uid && priority >= pod.priority && !holds(node, uid));
    if (nominees !== undefined && nominees.length > 0) {
      const status = runFilters(withNominees(cycle, active, nominees, node), pod, crowded(node, nominees));
      if (status !== null) return status;
    }
  }
  return runFilters(active, cycle.pod, node);
}

function runFilters(active: ActiveFilters, pod: PodInfo, node: NodeInfo): Status | null {
  const { checks, states } = active;
  for (let i = 0; i < checks.length; i++) {
    const status = checks[i]!(states[i], pod, node);
    if (status !== null) return status;
  }
  return null;
}

const holds = (node: NodeInfo, uid: string): boolean => node.pods.some((pod) => pod.uid === uid);

function crowded(node: NodeInfo, nominees: readonly PodInfo[]): NodeInfo {
  const trial = copyNodeInfo(node);
  for (const nominee of nominees) addPodTo(trial, nominee);
  return trial;
}

function withNominees(
  cycle: Cycle,
  active: ActiveFilters,
  nominees: readonly PodInfo[],
  node: NodeInfo,
): ActiveFilters {
  const { plugins, states } = active;
  const added = plugins.map((plugin, i) =>
    nominees.reduce((state, nominee) => plugin.addPod?.(state, cycle, nominee, node) ?? state, states[i]),
  );
  return { ...active, states: added };
}

function withoutPods(
  cycle: Cycle,
  { plugins, states }: ActiveFilters,
  gone: readonly PodInfo[],
  node: NodeInfo,
): unknown[] {
  return plugins.map((plugin, i) =>
    gone.reduce((state, pod) => plugin.removePod?.(state, cycle, pod, node) ?? state, states[i]),
  );
}

interface PreFiltered {
  readonly status: Status | null;
  readonly nodeNames: ReadonlySet<string> | null;
  /** Plug-ins that restricted the nodes, by name. */
  readonly restricting: readonly string[];
}

/** Collects the filters to run. A rejection that preemption may cure lets the others have their say. */
function runPreFilters(framework: Framework, cycle: Cycle, active: ActiveFilters): PreFiltered {
  let curable: Status | null = null;
  let nodeNames: ReadonlySet<string> | null = null;
  const restricting: string[] = [];
  for (const plugin of framework.filters) {
    const result = plugin.preFilter?.(cycle);
    if (result === SKIP) continue;
    if (result !== undefined && result.status !== null) {
      if (result.status.code !== 'Unschedulable') return { status: result.status, nodeNames: null, restricting };
      curable ??= result.status;
      continue;
    }
    if (plugin.filter !== undefined) {
      active.plugins.push(plugin);
      active.checks.push(plugin.filter);
      active.states.push(result?.state ?? null);
    }
    const names = result?.nodeNames ?? null;
    if (names === null) continue;
    restricting.push(plugin.name);
    nodeNames = intersection(nodeNames, names);
    if (nodeNames.size === 0) return { status: nothingLeft(restricting), nodeNames, restricting };
  }
  return { status: curable, nodeNames, restricting };
}

function intersection(known: ReadonlySet<string> | null, names: ReadonlySet<string>): ReadonlySet<string> {
  return known === null ? names : new Set([...known].filter((name) => names.has(name)));
}

function nothingLeft(restricting: readonly string[]): Status {
  const [only = '', ...others] = restricting.toSorted(byteOrder);
  const reason =
    others.length === 0
      ? `node(s) didn't satisfy plugin ${only}`
      : `node(s) didn't satisfy plugin(s) [${[only, ...others].join(' ')}] simultaneously`;
  return unresolvable(only, reason);
}

function unsatisfied(restricting: readonly string[]): Status {
  const sorted = restricting.toSorted(byteOrder);
  return unresolvable(sorted[0] ?? '', `node(s) didn't satisfy plugin(s) [${sorted.join(' ')}]`);
}

/** What PreFilter says of the pod; empty when it said yes. */
export const preFilterMessage = ({ preFilter }: Filtered): string => (preFilter === null ? '' : messageOf(preFilter));
