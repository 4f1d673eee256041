/**
 * Clusters of many nodes: what nodes have and what is taken of it lies side by side, a row for each node, so that a pod is
 * held against hundreds of nodes without looking at one of them. Says of every node what the plug-ins say, by their own
 * arithmetic; only the way to the numbers differs. Derived from the cache and never part of a state.
 */
import { matchesRequired } from '#engine/api/node-selector';
import type { SchedulerCache } from './cache';
import { noteVerdicts, notePromise, recall } from './kinds';
import type { ManyNodes } from './many';
import type { NodeInfo } from './node-info';
import {
  FLAGS,
  HARD_TAINTS,
  NOTHING,
  type NodeRows,
  type Others,
  UNSCHEDULABLE,
  WIDTH,
  balanceSaid,
  countFitting,
  lackingAt,
  lackingOf,
  leastSaid,
  newNodeRows,
  saidBefore,
  scoreBalance,
  scoreLeast,
  writeRow,
} from './node-rows';
import type { ActiveFilters, Cycle } from './plugin';
import type { PodInfo } from './pod-info';
import { NO_MATCH } from './plugins/node-affinity';
import { type Wanted, lackingStatuses } from './plugins/node-resources-fit';
import { latePlugins } from './plugins/late-plugins';
import { type Filtering, TOO_SKEWED } from './plugins/spread-filter';
import { leastOfBoth } from './plugins/least-allocated';
import { slotsOf } from './slots';
import type { Status } from './status';
import { type Domains, NOWHERE, domainsBy } from './topology-counts';
import { Verdicts } from './verdicts';

const ALWAYS = 4;
/** Filters that have nothing to say of nodes without the flag. */
const CONCERNED: Readonly<Record<string, number>> = { TaintToleration: HARD_TAINTS, NodeUnschedulable: UNSCHEDULABLE };

interface Rows {
  readonly nodes: NodeRows;
  /** How often node affinities were asked for: what is asked for twice is worked out for all nodes. */
  readonly affinities: Map<string, number>;
  readonly promises: Promises;
}

/** Pods that are promised room, by slot of the node. */
interface Promises {
  /** Whose they are; null: nobody's yet. */
  of: Cycle['nominees'] | null;
  bySlot: (readonly PodInfo[] | undefined)[];
  /** Names of nodes whose promises have changed. */
  readonly changed: Set<string>;
}

const MOST_AFFINITIES = 64;
const known = new WeakMap<SchedulerCache, Rows>();
const promisesTo = new WeakMap<Cycle['nominees'], Promises>();
/** Slots of the nodes that the last attempt found, in order, and what is remembered of them for its pod. */
const found = {
  cycle: null as Cycle | null,
  slots: new Int32Array(0),
  rows: null as NodeRows | null,
  /** Null: not of all of them. */
  said: null as Int32Array | null,
};
const nameOf = (place: number): string => found.rows!.names[found.slots[place]!]!;

function rowsOf(cache: SchedulerCache): Rows {
  let rows = known.get(cache);
  if (rows === undefined) {
    rows = {
      nodes: newNodeRows(),
      affinities: new Map(),
      promises: { of: null, bySlot: [], changed: new Set() },
    };
    known.set(cache, rows);
    for (const node of cache.nodes.values()) writeRow(rows.nodes, node);
  }
  return rows;
}

/** Pods that are promised room, as they are by now. */
function promisesOf({ cache, nominees }: Cycle, { promises }: Rows): Promises['bySlot'] {
  if (promises.of !== nominees) {
    promises.of = nominees;
    promises.bySlot = [];
    promisesTo.set(nominees, promises);
    for (const name of nominees.keys()) promises.changed.add(name);
  }
  for (const name of promises.changed) {
    const slot = cache.nodes.get(name)?.slot;
    if (slot === undefined) continue;
    while (promises.bySlot.length <= slot) promises.bySlot.push(undefined);
    promises.bySlot[slot] = nominees.get(name);
  }
  promises.changed.clear();
  return promises.bySlot;
}

const statusOf = (lacking: number): Status | null => (lacking === 0 ? null : lackingStatuses[lacking]!);

/** What NodeResourcesFit says, by rows; null: it takes more to tell. */
function roomIn(rows: Float64Array, { amounts, scalars }: Wanted): Question['tell'] {
  if (amounts.ephemeralStorage > 0 || scalars.length > 0) return null;
  const { milliCpu, memory } = amounts;
  return (slot, others = NOTHING) => statusOf(lackingAt(rows, slot * WIDTH, milliCpu, memory, others));
}

/** What spread constraints say of nodes in their domains. */
function evenIn({ hard, changes }: Filtering): Question['tell'] {
  if (changes.length > 0) return null;
  const limits = hard.map(({ constraint, tally, self, least }) => {
    const most = constraint.maxSkew + least - self;
    return { domains: tally.domains.of, pods: tally.pods, most };
  });
  return (slot) => {
    for (let i = 0; i < limits.length; i++) {
      const { domains, pods, most } = limits[i]!;
      const domain = domains[slot]!;
      if (domain === NOWHERE) return undefined;
      if ((domain < pods.length ? pods[domain]! : 0) > most) return TOO_SKEWED;
    }
    return null;
  };
}

/** Nodes that a pod's node affinity means, as far as it has been asked for before. */
function chosenBy({ cache, profile, pod: { pod } }: Cycle, { affinities }: Rows): Domains | null {
  const { nodeSelector, affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (profile.args.NodeAffinity.addedAffinity !== undefined) return null;
  const key = `affinity\n${JSON.stringify([nodeSelector, required])}`;
  const times = affinities.get(key) ?? 0;
  if (affinities.size >= MOST_AFFINITIES) affinities.clear();
  affinities.set(key, times + 1);
  if (times === 0) return null;
  return domainsBy(cache, { key, topologyKey: '', includes: (node) => matchesRequired(pod, node) });
}

const reckoned: Others = { ...NOTHING };

/** Of pods that are no less important than this one; valid until it is asked for again. */
function othersAmong(promised: readonly PodInfo[], pod: PodInfo): Others {
  const others = reckoned;
  others.pods = 0;
  others.milliCpu = 0;
  others.memory = 0;
  for (const { uid, priority, requests } of promised) {
    if (uid === pod.uid || priority < pod.priority) continue;
    others.pods += 1;
    others.milliCpu += requests.milliCpu;
    others.memory += requests.memory;
  }
  return others;
}

/** What a filter is asked, and of which nodes. */
interface Question {
  readonly name: string;
  readonly says: ActiveFilters['checks'][number];
  readonly state: unknown;
  readonly flags: number;
  /** The same answer without a look at the node; undefined: the node must be looked at. Null: there is none. */
  readonly tell: ((slot: number, others?: Others) => Status | null | undefined) | null;
}

function questionsOf(cycle: Cycle, { plugins, checks, states }: ActiveFilters, rows: Rows): readonly Question[] {
  return plugins.map(({ name }, i) => {
    // Plug-ins that come late are asked themselves, not by way of those that stand for them.
    const says =
      name === 'PodTopologySpread' || name === 'InterPodAffinity' ? latePlugins.code[name].filter! : checks[i]!;
    const question = { name, says, state: states[i], flags: CONCERNED[name] ?? ALWAYS, tell: null };
    if (name === 'NodeResourcesFit') return { ...question, tell: roomIn(rows.nodes.numbers, states[i] as Wanted) };
    if (name === 'PodTopologySpread') return { ...question, tell: evenIn(states[i] as Filtering) };
    if (name !== 'NodeAffinity') return question;
    const chosen = chosenBy(cycle, rows);
    return chosen === null
      ? question
      : { ...question, tell: (slot) => (chosen.of[slot] === NOWHERE ? NO_MATCH : null) };
  });
}

/** A node's amounts, pods or taints have changed. */
export function nodeChanged(cache: SchedulerCache, node: NodeInfo): void {
  const rows = known.get(cache);
  if (rows === undefined) return;
  writeRow(rows.nodes, node);
  if (rows.promises.of?.has(node.name) === true) rows.promises.changed.add(node.name);
}

export const sideBySide: ManyNodes = {
  filter(cycle, active, nodes, startIndex, wanted, { feasible, rejected, statuses }, withNominees) {
    const { cache, pod } = cycle;
    const rows = rowsOf(cache);
    const questions = questionsOf(cycle, active, rows);
    const slots = slotsOf(nodes);
    if (found.slots.length < nodes.length) found.slots = new Int32Array(2 * nodes.length);
    const promised = promisesOf(cycle, rows);
    const isAnyPromised = cycle.nominees.size > 0;
    let areFlagsAsked = false;
    let isRoomAsked = false;
    let isMoreAsked = false;
    let areRowsEnough = true;
    for (const { name, flags, tell } of questions) {
      if (flags !== ALWAYS) areFlagsAsked = true;
      else if (name === 'NodeResourcesFit' && tell !== null) isRoomAsked = true;
      else {
        isMoreAsked = true;
        // Pods that are promised a node change what is said of room, and nothing that goes by flags or labels of nodes.
        if (name !== 'NodeAffinity') areRowsEnough = false;
      }
    }
    const total = nodes.length;
    const { numbers } = rows.nodes;
    const foundSlots = found.slots;
    const judge = (at: number, slot: number): Status | null => {
      const here = isAnyPromised ? promised[slot] : undefined;
      if (here !== undefined && !areRowsEnough) return withNominees(nodes[at]!);
      const flags = areFlagsAsked ? numbers[slot * WIDTH + FLAGS]! | ALWAYS : ALWAYS;
      return ask(questions, pod, nodes, at, slot, flags, here);
    };
    const isOfAll = nodes === cache.order;
    const verdicts = isOfAll ? recall(cycle, active, startIndex, (node, at) => judge(at, node.slot)) : null;
    if (verdicts !== null) return { feasible: 0, rejected: total, verdicts };

    const tell = questions.length === 1 && !isAnyPromised ? questions[0]!.tell : null;
    // Most pods ask for room alone, and most nodes have no flags.
    const { milliCpu, memory } = pod.requests;
    const isRoomAll = isRoomAsked && !isMoreAsked && !isAnyPromised;
    const said = isRoomAll ? saidBefore(rows.nodes, pod) : null;
    found.cycle = cycle;
    found.rows = rows.nodes;
    found.said = said;
    let feasibleCount = 0;
    let rejectedCount = 0;
    let looked = 0;
    let index = startIndex % total;
    while (looked < total && feasibleCount < wanted) {
      if (said !== null) {
        const most = Math.min(total - looked, wanted - feasibleCount);
        const fitting = countFitting(rows.nodes, said, pod, slots, index, most);
        take(nodes, slots, index, fitting, feasible, foundSlots, feasibleCount);
        index = (index + fitting) % total;
        feasibleCount += fitting;
        looked += fitting;
        if (fitting === most) continue;
      }
      const at = index;
      const slot = slots[at]!;
      index = at + 1 === total ? 0 : at + 1;
      looked += 1;
      let status: Status | null | undefined;
      if (said !== null) {
        const lacking = lackingOf(said, rows.nodes, slot, pod);
        if (lacking >= 0) status = statusOf(lacking);
      } else if (isRoomAll && numbers[slot * WIDTH + FLAGS] === 0) {
        status = statusOf(lackingAt(numbers, slot * WIDTH, milliCpu, memory, NOTHING));
      } else if (tell !== null) status = tell(slot);
      if (status === undefined) {
        status = judge(at, slot);
        found.said = null;
      }
      if (status === null) {
        foundSlots[feasibleCount] = slot;
        feasible[feasibleCount++] = nodes[at]!;
      } else {
        rejected[rejectedCount] = nodes[at]!;
        statuses[rejectedCount++] = status;
      }
    }
    const isNoneFound = isOfAll && rejectedCount === total;
    return {
      feasible: feasibleCount,
      rejected: rejectedCount,
      verdicts: isNoneFound
        ? noteVerdicts(cycle, active, () => new Verdicts(nodes, startIndex % total, rejected, statuses))
        : null,
      nameOf,
    };
  },

  promised(nominees, nodeName) {
    promisesTo.get(nominees)?.changed.add(nodeName);
    notePromise(nominees, nodeName);
  },

  known(name, state, cycle) {
    const { said, slots } = found;
    if (found.cycle !== cycle || said === null) return null;
    return isLeast(name, state) ? leastSaid(said, slots) : isBalance(name, state) ? balanceSaid(said, slots) : null;
  },

  score(name, state, cycle, count, scores) {
    if (found.cycle !== cycle) return false;
    const { numbers } = rowsOf(cycle.cache).nodes;
    if (isLeast(name, state)) scoreLeast(numbers, cycle.pod, found.slots, count, scores);
    else if (isBalance(name, state)) scoreBalance(numbers, cycle.pod, found.slots, count, scores);
    else return false;
    return true;
  },
};

/** Takes over so many nodes from `index` on, and their slots. */
function take(
  nodes: readonly NodeInfo[],
  slots: Int32Array,
  index: number,
  count: number,
  taken: NodeInfo[],
  takenSlots: Int32Array,
  from: number,
): void {
  const total = nodes.length;
  for (let i = from, at = index; i < from + count; i++) {
    takenSlots[i] = slots[at]!;
    taken[i] = nodes[at]!;
    at = at + 1 === total ? 0 : at + 1;
  }
}

function ask(
  questions: readonly Question[],
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  at: number,
  slot: number,
  flags: number,
  promised: readonly PodInfo[] | undefined,
): Status | null {
  const others = promised === undefined ? NOTHING : othersAmong(promised, pod);
  for (let i = 0; i < questions.length; i++) {
    const { says, state, flags: concerned, tell } = questions[i]!;
    if ((flags & concerned) === 0) continue;
    let status = tell === null ? undefined : tell(slot, others);
    if (status === undefined) status = says(state, pod, nodes[at]!);
    if (status !== null) return status;
  }
  return null;
}

const isLeast = (plugin: string, state: unknown): boolean => plugin === 'NodeResourcesFit' && state === leastOfBoth;

/** Of its default resources. */
const isBalance = (plugin: string, state: unknown): boolean => {
  if (plugin !== 'NodeResourcesBalancedAllocation') return false;
  const resources = state as readonly { readonly name: string }[];
  return resources.length === 2 && resources[0]!.name === 'cpu' && resources[1]!.name === 'memory';
};
