/** A list that keeps its last entries: the past as far as it is remembered. Numbered from the start of the run. */

export interface Ring<Entry> {
  readonly limit: number;
  /** Number of the first entry that is still there. */
  first: number;
  entries: Entry[];
}

export const newRing = <Entry>(limit: number): Ring<Entry> => ({ limit, first: 0, entries: [] });

/** Of its limit, one part in so many is kept beyond it. */
const SLACK = 4;

/** Adds an entry, frozen from now on. The oldest are let go in bulk, so that adding stays cheap. */
export function appendTo<Entry extends object>(ring: Ring<Entry>, entry: Entry): void {
  ring.entries.push(Object.freeze(entry));
  if (ring.entries.length >= ring.limit + Math.ceil(ring.limit / SLACK)) {
    const surplus = ring.entries.length - ring.limit;
    ring.entries = ring.entries.slice(surplus);
    ring.first += surplus;
  }
}

/** Number that the next entry will have. */
export const nextNumber = (ring: Ring<unknown>): number => ring.first + ring.entries.length;

/** Entries from number `from` on, as far as they are still there. */
export const entriesFrom = <Entry>(ring: Ring<Entry>, from: number): readonly Entry[] =>
  from >= nextNumber(ring) ? [] : ring.entries.slice(Math.max(0, from - ring.first));
