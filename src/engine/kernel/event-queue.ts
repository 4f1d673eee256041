/**
 * The queue of events, in order of (at, seq): first in, first out among equal times. A 4-ary heap whose keys lie
 * in typed arrays, so that sifting touches no objects.
 */
import type { Micros } from './time';

const ARITY = 4;
const INITIAL_CAPACITY = 1024;

export interface QueueEntry<Item> {
  readonly at: Micros;
  readonly seq: number;
  readonly item: Item;
}

export class EventQueue<Item> {
  #times = new Float64Array(INITIAL_CAPACITY);
  #seqs = new Float64Array(INITIAL_CAPACITY);
  #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the first event is due; Infinity when there is none. */
  get nextAt(): Micros {
    return this.#items.length === 0 ? Infinity : this.#times[0]!;
  }

  push(at: Micros, seq: number, item: Item): void {
    let hole = this.#items.length;
    if (hole === this.#times.length) this.#grow();
    this.#items.push(item);
    const times = this.#times;
    const seqs = this.#seqs;
    const items = this.#items;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentAt = times[parent]!;
      if (parentAt < at || (parentAt === at && seqs[parent]! < seq)) break;
      times[hole] = parentAt;
      seqs[hole] = seqs[parent]!;
      items[hole] = items[parent]!;
      hole = parent;
    }
    times[hole] = at;
    seqs[hole] = seq;
    items[hole] = item;
  }

  /** Takes the first event out. The caller knows that there is one, and when it is due, by `nextAt`. */
  pop(): Item {
    const items = this.#items;
    const first = items[0]!;
    const last = items.pop()!;
    if (items.length > 0) this.#sink(0, this.#times[items.length]!, this.#seqs[items.length]!, last);
    return first;
  }

  /** Every event that `keep` accepts, in order; the queue stays as it is. */
  entries(keep: (item: Item) => boolean): QueueEntry<Item>[] {
    const entries: QueueEntry<Item>[] = [];
    this.#items.forEach((item, index) => {
      if (keep(item)) entries.push({ at: this.#times[index]!, seq: this.#seqs[index]!, item });
    });
    return entries.sort((a, b) => a.at - b.at || a.seq - b.seq);
  }

  /** Puts these entries in the place of all others. */
  reset(entries: readonly QueueEntry<Item>[]): void {
    this.#items = [];
    for (const { at, seq, item } of entries) this.push(at, seq, item);
  }

  #sink(start: number, at: Micros, seq: number, item: Item): void {
    const times = this.#times;
    const seqs = this.#seqs;
    const items = this.#items;
    const size = items.length;
    let hole = start;
    for (;;) {
      const firstChild = hole * ARITY + 1;
      if (firstChild >= size) break;
      const end = Math.min(firstChild + ARITY, size);
      let least = firstChild;
      for (let child = firstChild + 1; child < end; child++) {
        const difference = times[child]! - times[least]!;
        if (difference < 0 || (difference === 0 && seqs[child]! < seqs[least]!)) least = child;
      }
      const leastAt = times[least]!;
      if (leastAt > at || (leastAt === at && seqs[least]! > seq)) break;
      times[hole] = leastAt;
      seqs[hole] = seqs[least]!;
      items[hole] = items[least]!;
      hole = least;
    }
    times[hole] = at;
    seqs[hole] = seq;
    items[hole] = item;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const seqs = new Float64Array(this.#seqs.length * 2);
    times.set(this.#times);
    seqs.set(this.#seqs);
    this.#times = times;
    this.#seqs = seqs;
  }
}
