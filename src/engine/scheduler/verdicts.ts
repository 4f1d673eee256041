/** What was said of each node when none took a pod. Mended node by node as nodes change, so that it need not be asked for again. */
import { tallyOf } from './fit-error';
import type { NodeInfo } from './node-info';
import type { Status } from './status';

const placesByOrder = new WeakMap<readonly NodeInfo[], Int32Array>();

/** Where nodes stand, by slot. */
function placesOf(nodes: readonly NodeInfo[]): Int32Array {
  let places = placesByOrder.get(nodes);
  if (places === undefined) {
    places = new Int32Array(nodes.reduce((most, { slot }) => Math.max(most, slot), 0) + 1).fill(-1);
    for (const [at, { slot }] of nodes.entries()) places[slot] = at;
    placesByOrder.set(nodes, places);
  }
  return places;
}

export class Verdicts {
  /** All nodes, in the order in which they stand. */
  readonly nodes: readonly NodeInfo[];
  /** The same in the order in which they are looked at, and what is said of them. */
  rejected: readonly NodeInfo[];
  statuses: Status[];
  /** How many nodes have which status. */
  readonly tally: Map<Status, number>;
  readonly #places: Int32Array;
  /** Index of the node that is looked at first. */
  #start: number;
  #potential: readonly NodeInfo[] | null = null;

  /** The lists are copied; `rejected` are all nodes from that at `start` on. */
  constructor(nodes: readonly NodeInfo[], start: number, rejected: readonly NodeInfo[], statuses: readonly Status[]) {
    this.nodes = nodes;
    this.rejected = rejected.slice(0, nodes.length);
    this.statuses = statuses.slice(0, nodes.length);
    this.tally = tallyOf(this.statuses);
    this.#places = placesOf(nodes);
    this.#start = start;
  }

  /** −1: it is none of these nodes. */
  placeOf({ slot }: NodeInfo): number {
    return this.#places[slot] ?? -1;
  }

  statusOf(node: NodeInfo): Status {
    return this.statuses[this.#turned(this.placeOf(node))]!;
  }

  /** Nodes that might take the pod if others left them, in the order in which nodes stand. */
  get potential(): readonly NodeInfo[] {
    return (this.#potential ??= this.nodes.filter((node) => isPotential(this.statusOf(node))));
  }

  /** Another node is looked at first. */
  turnTo(start: number): void {
    if (start === this.#start) return;
    const by = this.#turned(start);
    this.rejected = [...this.rejected.slice(by), ...this.rejected.slice(0, by)];
    this.statuses = [...this.statuses.slice(by), ...this.statuses.slice(0, by)];
    this.#start = start;
  }

  amend(node: NodeInfo, status: Status): void {
    const at = this.#turned(this.placeOf(node));
    const old = this.statuses[at]!;
    if (old === status) return;
    this.statuses[at] = status;
    const left = this.tally.get(old)! - 1;
    if (left > 0) this.tally.set(old, left);
    else this.tally.delete(old);
    this.tally.set(status, (this.tally.get(status) ?? 0) + 1);
    if (isPotential(old) !== isPotential(status)) this.#potential = null;
  }

  #turned(place: number): number {
    return place >= this.#start ? place - this.#start : place - this.#start + this.nodes.length;
  }
}

const isPotential = ({ code }: Status): boolean => code === 'Unschedulable';
