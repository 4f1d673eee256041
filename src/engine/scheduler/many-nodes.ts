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
import { type ActiveFilters, type Cycle, MAX_NODE_SCORE } from './plugin';
import type { PodInfo } from './pod-info';
import { NO_MATCH } from './plugins/node-affinity';
import {
  CPU as LACKS_CPU,
  MEMORY as LACKS_MEMORY,
  TOO_MANY_PODS,
  UNRESOLVABLE,
  type Wanted,
  lackingStatuses,
} from './plugins/node-resources-fit';
import { latePlugins } from './plugins/late-plugins';
import { type Filtering, TOO_SKEWED } from './plugins/spread-filter';
import { leastOfBoth } from './plugins/least-allocated';
import { slotsOf } from './slots';
import type { Status } from './status';
import { type Domains, NOWHERE, domainsBy } from './topology-counts';
import { Verdicts } from './verdicts';

/** A row is a line of a processor's cache. */
const WIDTH = 8;
const CPU = 0;
const MEMORY = 1;
const REQUESTED_CPU = 2;
const REQUESTED_MEMORY = 3;
const SCORING_CPU = 4;
const SCORING_MEMORY = 5;
/** How many more pods it may run. */
const ROOM = 6;
const FLAGS = 7;

const HARD_TAINTS = 1;
const UNSCHEDULABLE = 2;
const ALWAYS = 4;
/** Filters that have nothing to say of nodes without the flag. */
const CONCERNED: Readonly<Record<string, number>> = { TaintToleration: HARD_TAINTS, NodeUnschedulable: UNSCHEDULABLE };

interface Rows {
  /** By slot of the node. */
  numbers: Float64Array;
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
/** Slots of the nodes that the last attempt found, in order. */
let found = { cycle: null as Cycle | null, slots: new Int32Array(0) };

function rowsOf(cache: SchedulerCache): Rows {
  let rows = known.get(cache);
  if (rows === undefined) {
    rows = {
      numbers: new Float64Array(0),
      affinities: new Map(),
      promises: { of: null, bySlot: [], changed: new Set() },
    };
    known.set(cache, rows);
    for (const node of cache.nodes.values()) write(rows, node);
  }
  return rows;
}

function write(rows: Rows, node: NodeInfo): void {
  const at = node.slot * WIDTH;
  if (at >= rows.numbers.length) {
    const longer = new Float64Array(2 * at + 64 * WIDTH);
    longer.set(rows.numbers);
    rows.numbers = longer;
  }
  const { numbers } = rows;
  const { allocatable, requested } = node;
  numbers[at + CPU] = allocatable.milliCpu;
  numbers[at + MEMORY] = allocatable.memory;
  numbers[at + REQUESTED_CPU] = requested.milliCpu;
  numbers[at + REQUESTED_MEMORY] = requested.memory;
  numbers[at + SCORING_CPU] = node.scoringMilliCpu;
  numbers[at + SCORING_MEMORY] = node.scoringMemory;
  numbers[at + ROOM] = node.allowedPods - node.pods.length;
  numbers[at + FLAGS] = (node.hardTaints.length > 0 ? HARD_TAINTS : 0) | (node.unschedulable ? UNSCHEDULABLE : 0);
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

/** What NodeResourcesFit says by the row at `at`, when others are promised so much of it. */
function lackingAt(rows: Float64Array, at: number, milliCpu: number, memory: number, others: Others): Status | null {
  let lacking = rows[at + ROOM]! > others.pods ? 0 : TOO_MANY_PODS;
  if (milliCpu > 0 && milliCpu > rows[at + CPU]! - rows[at + REQUESTED_CPU]! - others.milliCpu) {
    lacking |= milliCpu > rows[at + CPU]! ? LACKS_CPU | UNRESOLVABLE : LACKS_CPU;
  }
  if (memory > 0 && memory > rows[at + MEMORY]! - rows[at + REQUESTED_MEMORY]! - others.memory) {
    lacking |= memory > rows[at + MEMORY]! ? LACKS_MEMORY | UNRESOLVABLE : LACKS_MEMORY;
  }
  return lacking === 0 ? null : lackingStatuses[lacking]!;
}

/** The same as a question; null: it takes more than rows to tell. */
function roomIn(rows: Float64Array, { amounts, scalars }: Wanted): Question['tell'] {
  if (amounts.ephemeralStorage > 0 || scalars.length > 0) return null;
  const { milliCpu, memory } = amounts;
  return (slot, others = NOTHING) => lackingAt(rows, slot * WIDTH, milliCpu, memory, others);
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

/** What others are promised on a node. */
interface Others {
  pods: number;
  milliCpu: number;
  memory: number;
}

const NOTHING: Readonly<Others> = Object.freeze({ pods: 0, milliCpu: 0, memory: 0 });

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
    if (name === 'NodeResourcesFit') return { ...question, tell: roomIn(rows.numbers, states[i] as Wanted) };
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
  write(rows, node);
  if (rows.promises.of?.has(node.name) === true) rows.promises.changed.add(node.name);
}

export const sideBySide: ManyNodes = {
  filter(cycle, active, nodes, startIndex, wanted, { feasible, rejected, statuses }, withNominees) {
    const { cache, pod } = cycle;
    const rows = rowsOf(cache);
    const questions = questionsOf(cycle, active, rows);
    const slots = slotsOf(nodes);
    if (found.slots.length < nodes.length) found.slots = new Int32Array(2 * nodes.length);
    found = { cycle, slots: found.slots };
    const promised = promisesOf(cycle, rows);
    const isAnyPromised = cycle.nominees.size > 0;
    // Pods that are promised a node change what is said of room, and nothing that goes by flags or labels of nodes.
    const areRowsEnough = questions.every(
      ({ name, flags, tell: known }) =>
        flags !== ALWAYS || name === 'NodeAffinity' || (name === 'NodeResourcesFit' && known !== null),
    );
    const areFlagsAsked = questions.some(({ flags }) => flags !== ALWAYS);
    const total = nodes.length;
    const { numbers } = rows;
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
    const isRoomAll =
      !isAnyPromised &&
      questions.some(({ name, tell: known }) => name === 'NodeResourcesFit' && known !== null) &&
      questions.every(({ name, flags }) => flags !== ALWAYS || name === 'NodeResourcesFit');
    let feasibleCount = 0;
    let rejectedCount = 0;
    let index = startIndex % total;
    for (let looked = 0; looked < total && feasibleCount < wanted; looked++) {
      const at = index;
      const slot = slots[at]!;
      index = at + 1 === total ? 0 : at + 1;
      let status: Status | null | undefined;
      if (isRoomAll && numbers[slot * WIDTH + FLAGS] === 0) {
        status = lackingAt(numbers, slot * WIDTH, milliCpu, memory, NOTHING);
      } else if (tell !== null) status = tell(slot);
      if (status === undefined) status = judge(at, slot);
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
    };
  },

  promised(nominees, nodeName) {
    promisesTo.get(nominees)?.changed.add(nodeName);
    notePromise(nominees, nodeName);
  },

  score(name, state, cycle, count, scores) {
    if (found.cycle !== cycle) return false;
    const { numbers } = rowsOf(cycle.cache);
    if (name === 'NodeResourcesFit' && state === leastOfBoth) scoreLeast(cycle.pod, numbers, count, scores);
    else if (name === 'NodeResourcesBalancedAllocation' && isOfBoth(state)) {
      scoreBalance(cycle.pod, numbers, count, scores);
    } else return false;
    return true;
  },
};

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

const isOfBoth = (state: unknown): boolean => {
  const resources = state as readonly { readonly name: string }[];
  return resources.length === 2 && resources[0]!.name === 'cpu' && resources[1]!.name === 'memory';
};

/** As `leastOfBoth`. */
function scoreLeast(pod: PodInfo, rows: Float64Array, count: number, scores: Float64Array): void {
  const { scoringMilliCpu, scoringMemory } = pod;
  const { slots } = found;
  for (let i = 0; i < count; i++) {
    const at = slots[i]! * WIDTH;
    const milliCpu = rows[at + CPU]!;
    const memory = rows[at + MEMORY]!;
    let sum = 0;
    let weights = 0;
    if (milliCpu !== 0) {
      const free = milliCpu - rows[at + SCORING_CPU]! - scoringMilliCpu;
      if (free > 0) sum = Math.floor((free * MAX_NODE_SCORE) / milliCpu);
      weights = 1;
    }
    if (memory !== 0) {
      const free = memory - rows[at + SCORING_MEMORY]! - scoringMemory;
      if (free > 0) sum += Math.floor((free * MAX_NODE_SCORE) / memory);
      weights += 1;
    }
    scores[i] = weights === 2 ? sum >> 1 : sum;
  }
}

/** As NodeResourcesBalancedAllocation of its default resources. */
function scoreBalance({ requests }: PodInfo, rows: Float64Array, count: number, scores: Float64Array): void {
  const { slots } = found;
  for (let i = 0; i < count; i++) {
    const at = slots[i]! * WIDTH;
    if (rows[at + CPU] === 0 || rows[at + MEMORY] === 0) {
      scores[i] = MAX_NODE_SCORE;
      continue;
    }
    const cpu = (rows[at + REQUESTED_CPU]! + requests.milliCpu) / rows[at + CPU]!;
    const memory = (rows[at + REQUESTED_MEMORY]! + requests.memory) / rows[at + MEMORY]!;
    const deviation = ((cpu > 1 ? 1 : cpu) - (memory > 1 ? 1 : memory)) / 2;
    scores[i] = Math.floor((1 - (deviation < 0 ? -deviation : deviation)) * MAX_NODE_SCORE);
  }
}
