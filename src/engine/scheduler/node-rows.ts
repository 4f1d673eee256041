/**
 * What nodes have and what is taken of it side by side, a row for each node, and what is read off a row for a pod. What was
 * said to pods of the same size is remembered for each node until that changes: most pods come in many of one size, and few
 * nodes change between two of them.
 */
import type { KnownScores } from './many';
import type { NodeInfo } from './node-info';
import { MAX_NODE_SCORE } from './plugin';
import type { PodInfo } from './pod-info';
import { CPU as LACKS_CPU, MEMORY as LACKS_MEMORY, TOO_MANY_PODS, UNRESOLVABLE } from './plugins/node-resources-fit';

/** A row is a line of a processor's cache. */
export const WIDTH = 8;
const CPU = 0;
const MEMORY = 1;
const REQUESTED_CPU = 2;
const REQUESTED_MEMORY = 3;
const SCORING_CPU = 4;
const SCORING_MEMORY = 5;
/** How many more pods it may run. */
const ROOM = 6;
export const FLAGS = 7;

export const HARD_TAINTS = 1;
export const UNSCHEDULABLE = 2;

export interface NodeRows {
  /** By slot of the node. */
  numbers: Float64Array;
  readonly names: string[];
  /** The last sizes that were asked for. */
  readonly sizes: SizeMemo[];
  /** Of `sizes` the one that goes next. */
  oldest: number;
}

/** What was said to pods of one size. */
interface SizeMemo {
  readonly milliCpu: number;
  readonly memory: number;
  readonly scoringMilliCpu: number;
  readonly scoringMemory: number;
  /** By slot; null: the size was asked for once only. */
  said: Int32Array | null;
}

/** What is said of one node: what it lacks, its score by what is free, and by how even that is; or one of these. */
const UNKNOWN = -1;
/** Taints or the like have to be looked at. */
const FLAGGED = -2;
const LACKING = 0xff;
const LEAST_SHIFT = 8;
const BALANCE_SHIFT = 16;
const SCORE = 0xff;

const MOST_SIZES = 8;

/** What others are promised on a node. */
export interface Others {
  pods: number;
  milliCpu: number;
  memory: number;
}

export const NOTHING: Readonly<Others> = Object.freeze({ pods: 0, milliCpu: 0, memory: 0 });

export const newNodeRows = (): NodeRows => ({ numbers: new Float64Array(0), names: [], sizes: [], oldest: 0 });

/** Takes over what a node has and what is taken of it. */
export function writeRow(rows: NodeRows, node: NodeInfo): void {
  const { slot, allocatable, requested } = node;
  const at = slot * WIDTH;
  if (at >= rows.numbers.length) {
    const longer = new Float64Array(2 * at + 64 * WIDTH);
    longer.set(rows.numbers);
    rows.numbers = longer;
  }
  const { numbers, names, sizes } = rows;
  while (names.length < slot) names.push('');
  names[slot] = node.name;
  numbers[at + CPU] = allocatable.milliCpu;
  numbers[at + MEMORY] = allocatable.memory;
  numbers[at + REQUESTED_CPU] = requested.milliCpu;
  numbers[at + REQUESTED_MEMORY] = requested.memory;
  numbers[at + SCORING_CPU] = node.scoringMilliCpu;
  numbers[at + SCORING_MEMORY] = node.scoringMemory;
  numbers[at + ROOM] = node.allowedPods - node.pods.length;
  numbers[at + FLAGS] = (node.hardTaints.length > 0 ? HARD_TAINTS : 0) | (node.unschedulable ? UNSCHEDULABLE : 0);
  for (let i = 0; i < sizes.length; i++) {
    const { said } = sizes[i]!;
    if (said !== null && slot < said.length) said[slot] = UNKNOWN;
  }
}

/** What the node at `at` lacks for so much, when others are promised so much of it; 0: nothing. */
export function lackingAt(numbers: Float64Array, at: number, milliCpu: number, memory: number, others: Others): number {
  let lacking = numbers[at + ROOM]! > others.pods ? 0 : TOO_MANY_PODS;
  if (milliCpu > 0 && milliCpu > numbers[at + CPU]! - numbers[at + REQUESTED_CPU]! - others.milliCpu) {
    lacking |= milliCpu > numbers[at + CPU]! ? LACKS_CPU | UNRESOLVABLE : LACKS_CPU;
  }
  if (memory > 0 && memory > numbers[at + MEMORY]! - numbers[at + REQUESTED_MEMORY]! - others.memory) {
    lacking |= memory > numbers[at + MEMORY]! ? LACKS_MEMORY | UNRESOLVABLE : LACKS_MEMORY;
  }
  return lacking;
}

/** As `leastOfBoth`. */
function leastAt(numbers: Float64Array, at: number, scoringMilliCpu: number, scoringMemory: number): number {
  const milliCpu = numbers[at + CPU]!;
  const memory = numbers[at + MEMORY]!;
  let sum = 0;
  let weights = 0;
  if (milliCpu !== 0) {
    const free = milliCpu - numbers[at + SCORING_CPU]! - scoringMilliCpu;
    if (free > 0) sum = Math.floor((free * MAX_NODE_SCORE) / milliCpu);
    weights = 1;
  }
  if (memory !== 0) {
    const free = memory - numbers[at + SCORING_MEMORY]! - scoringMemory;
    if (free > 0) sum += Math.floor((free * MAX_NODE_SCORE) / memory);
    weights += 1;
  }
  return weights === 2 ? sum >> 1 : sum;
}

/** As NodeResourcesBalancedAllocation of its default resources. */
function balanceAt(numbers: Float64Array, at: number, wantedCpu: number, wantedMemory: number): number {
  if (numbers[at + CPU] === 0 || numbers[at + MEMORY] === 0) return MAX_NODE_SCORE;
  const cpu = (numbers[at + REQUESTED_CPU]! + wantedCpu) / numbers[at + CPU]!;
  const memory = (numbers[at + REQUESTED_MEMORY]! + wantedMemory) / numbers[at + MEMORY]!;
  const deviation = ((cpu > 1 ? 1 : cpu) - (memory > 1 ? 1 : memory)) / 2;
  return Math.floor((1 - (deviation < 0 ? -deviation : deviation)) * MAX_NODE_SCORE);
}

/** What was said to pods of this one's size, of all slots; null: none was asked for before. */
export function saidBefore(rows: NodeRows, pod: PodInfo): Int32Array | null {
  const { sizes, numbers } = rows;
  const { requests, scoringMilliCpu, scoringMemory } = pod;
  const { milliCpu, memory } = requests;
  const slots = numbers.length / WIDTH;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    if (
      size.milliCpu === milliCpu &&
      size.memory === memory &&
      size.scoringMilliCpu === scoringMilliCpu &&
      size.scoringMemory === scoringMemory
    ) {
      if (size.said?.length !== slots) size.said = new Int32Array(slots).fill(UNKNOWN);
      return size.said;
    }
  }
  sizes[rows.oldest] = { milliCpu, memory, scoringMilliCpu, scoringMemory, said: null };
  rows.oldest = (rows.oldest + 1) % MOST_SIZES;
  return null;
}

/** What the node lacks for the pod, from memory or worked out; negative: its flags have to be looked at. */
export function lackingOf(said: Int32Array, { numbers }: NodeRows, slot: number, pod: PodInfo): number {
  const known = said[slot]!;
  if (known !== UNKNOWN) return known < 0 ? known : known & LACKING;
  const at = slot * WIDTH;
  if (numbers[at + FLAGS] !== 0) return (said[slot] = FLAGGED);
  const { milliCpu, memory } = pod.requests;
  const lacking = lackingAt(numbers, at, milliCpu, memory, NOTHING);
  const least = leastAt(numbers, at, pod.scoringMilliCpu, pod.scoringMemory);
  said[slot] = lacking | (least << LEAST_SHIFT) | (balanceAt(numbers, at, milliCpu, memory) << BALANCE_SHIFT);
  return lacking;
}

/** How many nodes lack nothing, from the one at `index` on to the first that may lack something; at most so many. */
export function countFitting(
  rows: NodeRows,
  said: Int32Array,
  pod: PodInfo,
  slots: Int32Array,
  index: number,
  most: number,
): number {
  const total = slots.length;
  let count = 0;
  for (let at = index; count < most; count++) {
    const slot = slots[at]!;
    const known = said[slot]!;
    if (known < 0 ? lackingOf(said, rows, slot, pod) !== 0 : (known & LACKING) !== 0) break;
    at = at + 1 === total ? 0 : at + 1;
  }
  return count;
}

/** Scores of the nodes in these slots by what is free of CPU and memory. */
export function scoreLeast(
  numbers: Float64Array,
  { scoringMilliCpu, scoringMemory }: PodInfo,
  slots: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  for (let i = 0; i < count; i++) scores[i] = leastAt(numbers, slots[i]! * WIDTH, scoringMilliCpu, scoringMemory);
}

/** Scores of the nodes in these slots by how evenly CPU and memory are taken. */
export function scoreBalance(
  numbers: Float64Array,
  { requests: { milliCpu, memory } }: PodInfo,
  slots: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  for (let i = 0; i < count; i++) scores[i] = balanceAt(numbers, slots[i]! * WIDTH, milliCpu, memory);
}

/** The same as said before, where something was said of each of these slots. */
export const leastSaid = (said: Int32Array, slots: Int32Array): KnownScores => scoresSaid(said, slots, LEAST_SHIFT);
export const balanceSaid = (said: Int32Array, slots: Int32Array): KnownScores => scoresSaid(said, slots, BALANCE_SHIFT);

const scoresSaid = (said: Int32Array, slots: Int32Array, shift: number): KnownScores => ({
  at: (index) => (said[slots[index]!]! >> shift) & SCORE,
  addTo: (totals, count, weight, base) => addSaid(said, slots, shift, totals, count, weight, base),
});

/** What the loops read are parameters, not what a closure holds: they go over hundreds of nodes for each pod. */
function addSaid(
  said: Int32Array,
  slots: Int32Array,
  shift: number,
  totals: Float64Array,
  count: number,
  weight: number,
  base: number | null,
): void {
  if (base === null) for (let i = 0; i < count; i++) totals[i]! += weight * ((said[slots[i]!]! >> shift) & SCORE);
  else for (let i = 0; i < count; i++) totals[i] = base + weight * ((said[slots[i]!]! >> shift) & SCORE);
}
