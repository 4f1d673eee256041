/** A queue of plain data: first in, first out, in constant time however long it is. */
export interface Fifo<T> {
  readonly items: T[];
  /** Index of the first item; those before it have left. */
  head: number;
}

const COMPACT_FROM = 1024;

export function newFifo<T>(): Fifo<T> {
  return { items: [], head: 0 };
}

export function lengthOf(queue: Fifo<unknown>): number {
  return queue.items.length - queue.head;
}

export function enqueue<T>(queue: Fifo<T>, item: T): void {
  queue.items.push(item);
}

/** Takes the first item; undefined when there is none. */
export function dequeue<T>(queue: Fifo<T>): T | undefined {
  if (queue.head >= queue.items.length) return undefined;
  const item = queue.items[queue.head++];
  if (queue.head === queue.items.length) clearFifo(queue);
  else if (queue.head >= COMPACT_FROM && 2 * queue.head >= queue.items.length) {
    queue.items.splice(0, queue.head);
    queue.head = 0;
  }
  return item;
}

/** The first item, which stays. */
export function firstOf<T>(queue: Fifo<T>): T | undefined {
  return queue.items[queue.head];
}

export function clearFifo(queue: Fifo<unknown>): void {
  queue.items.length = 0;
  queue.head = 0;
}
