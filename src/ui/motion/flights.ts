/** Which pods moved in a frame, and along which stops: what their chips fly along when they appear. Pure. */
import type { Frame } from '#engine/cluster/door';
import { shardedGet } from '../state/sharded-map';
import type { Mirror } from '../state/mirror';

/** A place on the stage that a pod comes from. */
export type Stop = 'api-server' | 'controllers' | 'scheduler';

export interface Flight {
  readonly uid: string;
  /** Where it comes from, in order; it ends where its chip now is. */
  readonly stops: readonly Stop[];
  /** The machine that it has come to; null: it waits for one. */
  readonly to: string | null;
}

/** Virtual seconds per real second above which nothing flies. */
export const FASTEST_WITH_FLIGHTS = 60;

const NO_FLIGHTS: readonly Flight[] = [];

/** What has moved in a frame that is about to be applied to `mirror`. */
export function planFlights(mirror: Mirror, frame: Frame): readonly Flight[] {
  if (frame.full || !mirror.started) return NO_FLIGHTS;
  const flights: Flight[] = [];
  for (const record of frame.set) {
    if (record.kind !== 'Pod') continue;
    const before = shardedGet(mirror.objects, record.uid);
    const isNew = before?.kind !== 'Pod';
    const bound = record.node !== null && (isNew || before.node === null);
    if (!isNew && !bound) continue;
    const birthplace: Stop = record.owner ? 'controllers' : 'api-server';
    const stops: Stop[] = isNew ? [birthplace] : [];
    if (bound) stops.push('scheduler');
    flights.push({ uid: record.uid, stops, to: bound ? record.node : null });
  }
  return flights.length === 0 ? NO_FLIGHTS : flights;
}

/** How many of them have come to each machine. */
export function arrivals(flights: readonly Flight[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of flights) if (to !== null) counts.set(to, (counts.get(to) ?? 0) + 1);
  return counts;
}
