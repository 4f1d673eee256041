/**
 * A binary heap as an array of entries that know their place, so that any of them can be taken out or moved.
 */

export interface HeapEntry {
  /** Index in the heap it is in; −1 outside. Kept by the heap. */
  place: number;
}

/** Whether `a` stands before `b`; a strict order. */
export type Before<Entry> = (a: Entry, b: Entry) => boolean;

export function pushTo<Entry extends HeapEntry>(heap: Entry[], entry: Entry, before: Before<Entry>): void {
  heap.push(entry);
  rise(heap, heap.length - 1, before);
}

/** Takes the first entry out. */
export function popFrom<Entry extends HeapEntry>(heap: Entry[], before: Before<Entry>): Entry | null {
  const first = heap[0];
  if (first === undefined) return null;
  removeFrom(heap, first, before);
  return first;
}

/** Takes an entry out, wherever it stands. */
export function removeFrom<Entry extends HeapEntry>(heap: Entry[], entry: Entry, before: Before<Entry>): void {
  const { place } = entry;
  const last = heap.pop();
  entry.place = -1;
  if (last === undefined || last === entry) return;
  heap[place] = last;
  last.place = place;
  restore(heap, last, before);
}

/** Moves an entry to where it belongs after its order has changed. */
export function restore<Entry extends HeapEntry>(heap: Entry[], entry: Entry, before: Before<Entry>): void {
  sink(heap, rise(heap, entry.place, before), before);
}

function rise<Entry extends HeapEntry>(heap: Entry[], from: number, before: Before<Entry>): number {
  const entry = heap[from]!;
  let place = from;
  while (place > 0) {
    const parentPlace = (place - 1) >> 1;
    const parent = heap[parentPlace]!;
    if (!before(entry, parent)) break;
    heap[place] = parent;
    parent.place = place;
    place = parentPlace;
  }
  heap[place] = entry;
  entry.place = place;
  return place;
}

function sink<Entry extends HeapEntry>(heap: Entry[], from: number, before: Before<Entry>): void {
  const entry = heap[from]!;
  let place = from;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    const next = heap[child]!;
    if (!before(next, entry)) break;
    heap[place] = next;
    next.place = place;
    place = child;
  }
  heap[place] = entry;
  entry.place = place;
}
