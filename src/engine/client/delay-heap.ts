/** Keys with the moment each is due, the earliest first, equal moments in order of arrival. A binary heap of plain data. */
import type { Micros } from '#engine/kernel/time';

export interface Delayed {
  readonly at: Micros;
  readonly order: number;
  readonly key: string;
}

export interface DelayHeap {
  readonly heap: Delayed[];
  nextOrder: number;
}

export function newDelayHeap(): DelayHeap {
  return { heap: [], nextOrder: 0 };
}

export function pushDelayed(delays: DelayHeap, key: string, at: Micros): void {
  const { heap } = delays;
  const entry: Delayed = { at, order: delays.nextOrder++, key };
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const up = (index - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = up;
  }
  heap[index] = entry;
}

/** The earliest entry; undefined when there is none. */
export function firstDelayed(delays: DelayHeap): Delayed | undefined {
  return delays.heap[0];
}

/** Takes the earliest entry out. */
export function popDelayed(delays: DelayHeap): Delayed | undefined {
  const { heap } = delays;
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let down = 2 * index + 1;
    const left = heap[down];
    if (left === undefined) break;
    const right = heap[down + 1];
    let child = left;
    if (right !== undefined && isBefore(right, left)) {
      child = right;
      down += 1;
    }
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = down;
  }
  heap[index] = last;
  return first;
}

const isBefore = (a: Delayed, b: Delayed): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
