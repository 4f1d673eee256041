/**
 * Where room can be made, and at what cost. What has been found out of nodes is kept by slot, with costs side by side, so
 * that hundreds of candidates are compared without looking at one.
 *
 * @source kubernetes pkg/scheduler/framework/preemption/preemption.go (SelectCandidate, pickOneNodeForPreemption)
 */
import type { NodeInfo } from './node-info';
import { type PodInfo, podStartTime } from './pod-info';
import { slotsOf } from './slots';
import type { Status } from './status';

/** A node, and who would have to leave it. */
export interface Candidate {
  readonly node: string;
  /** Most important first; never empty. */
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

const UNKNOWN = 0;
const USELESS = 1;
const HARMFUL = 2;
/** A candidate that breaks no budget. */
const HARMLESS = 3;

/** Makes every priority positive before they are summed. */
const PRIORITY_OFFSET = 2 ** 31;
/** The first figure that differs decides between two candidates: the less, the better. */
const COSTS: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]!.priority,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStart(victims),
];
const WIDTH = COSTS.length;

/** The earliest start of the most important of pods that stand most important first. */
function earliestStart(pods: readonly PodInfo[]): number {
  const most = pods[0]!.priority;
  return pods.reduce(
    (earliest, { priority, pod }) => (priority === most ? Math.min(earliest, podStartTime(pod)) : earliest),
    Infinity,
  );
}

export class Room {
  #states: Uint8Array;
  #costs: Float64Array;
  #found: (Candidate | Status | null)[];

  /** @param slots - more than that of any node */
  constructor(slots: number) {
    this.#states = new Uint8Array(slots);
    this.#costs = new Float64Array(slots * WIDTH);
    this.#found = Array.from({ length: slots }, () => null);
  }

  get slots(): number {
    return this.#states.length;
  }

  /** The node has changed. */
  forget({ slot }: NodeInfo): void {
    if (slot >= this.slots) return;
    this.#states[slot] = UNKNOWN;
    this.#found[slot] = null;
  }

  /**
   * The candidate that hurts least among nodes from that at `offset` on, until there are as many as wanted and one of them
   * breaks no budget; of equals the first.
   *
   * @param look - tells of a node that nothing is known of: who must leave it, or why that is no help
   * @returns why there is none, node by node, if so
   */
  leastHarm(
    nodes: readonly NodeInfo[],
    offset: number,
    wanted: number,
    look: (node: NodeInfo) => Candidate | Status,
  ): Candidate | readonly Status[] {
    const slots = slotsOf(nodes);
    const states = this.#states;
    let best = -1;
    let candidates = 0;
    let isAnyHarmless = false;
    for (let i = 0, at = offset; i < slots.length; i++, at++) {
      if (at === slots.length) at = 0;
      const slot = slots[at]!;
      if (states[slot] === UNKNOWN) this.#note(slot, look(nodes[at]!));
      if (states[slot] === USELESS) continue;
      if (states[slot] === HARMLESS) isAnyHarmless = true;
      if (best < 0 || this.#hurtsLess(slot, best)) best = slot;
      candidates += 1;
      if (candidates >= wanted && isAnyHarmless) break;
    }
    return best < 0 ? nodes.map(({ slot }) => this.#found[slot] as Status) : (this.#found[best] as Candidate);
  }

  #note(slot: number, found: Candidate | Status): void {
    this.#found[slot] = found;
    this.#states[slot] = 'code' in found ? USELESS : found.violations === 0 ? HARMLESS : HARMFUL;
    if ('code' in found) return;
    for (let i = 0; i < WIDTH; i++) this.#costs[slot * WIDTH + i] = COSTS[i]!(found);
  }

  #hurtsLess(slot: number, other: number): boolean {
    const costs = this.#costs;
    for (let a = slot * WIDTH, b = other * WIDTH, end = a + WIDTH; a < end; a++, b++) {
      if (costs[a] !== costs[b]) return costs[a]! < costs[b]!;
    }
    return false;
  }
}
