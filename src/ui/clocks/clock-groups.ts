/** The clocks that run, as few rows: those that end together are one. Pure. */
import type { CountdownRecord } from '#engine/cluster/records';
import { SECOND, type Micros } from '#engine/kernel/time';
import { isCreation } from '../chips/countdown';

export interface ClockGroup {
  readonly first: CountdownRecord;
  /** How many end with it, itself left out. */
  readonly others: number;
}

/** Clocks of one kind that end within so much of each other are one row: a machine's pods are evicted together. */
const TOGETHER = 2 * SECOND;

/** A clock younger than this is mostly one that nobody will have to wait for, as a pod that ends at once: rows do not come and go for it. */
const YOUNG = 2 * SECOND;

/** The soonest first. Pulls are seen where they are. */
export function clockGroups(countdowns: Iterable<readonly CountdownRecord[]>, now: Micros): readonly ClockGroup[] {
  const all: CountdownRecord[] = [];
  for (const group of countdowns)
    for (const clock of group) if (!isCreation(clock) && now - clock.startedAt >= YOUNG) all.push(clock);
  all.sort((a, b) => a.endsAt - b.endsAt || (a.id < b.id ? -1 : 1));
  const open = new Map<CountdownRecord['what'], { first: CountdownRecord; others: number }>();
  const groups: { readonly first: CountdownRecord; others: number }[] = [];
  for (const clock of all) {
    const known = open.get(clock.what);
    if (known !== undefined && clock.endsAt - known.first.endsAt <= TOGETHER && isOfOneKind(clock, known.first)) {
      known.others += 1;
      continue;
    }
    const group = { first: clock, others: 0 };
    open.set(clock.what, group);
    groups.push(group);
  }
  return groups;
}

const isOfOneKind = (a: CountdownRecord, b: CountdownRecord): boolean => a.subject.kind === b.subject.kind;
