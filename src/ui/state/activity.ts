/** API writes counted over virtual time: the rates on the API server and the density of the timeline. Pure. */
import type { WriteRecord } from '#engine/cluster/records';
import { SECOND, type Micros } from '#engine/kernel/time';

/** How far back a rate looks. */
const RATE_WINDOW: Micros = 10 * SECOND;
const BUCKETS = 320;
const FIRST_BUCKET: Micros = SECOND / 4;

export interface Activity {
  /** Times of the writes within the rate's window, oldest first. Capped. */
  readonly recentWrites: readonly Micros[];
  readonly recentRenewals: readonly Micros[];
  /** µs that one bucket of the density covers: doubles as the run gets longer. */
  readonly bucketWidth: Micros;
  /** Writes per bucket since the start of the run. */
  readonly buckets: readonly number[];
}

export const emptyActivity: Activity = {
  recentWrites: [],
  recentRenewals: [],
  bucketWidth: FIRST_BUCKET,
  buckets: [],
};

const RECENT_CAP = 20_000;

function recent(times: readonly Micros[], added: readonly Micros[], now: Micros): readonly Micros[] {
  const first = times[0];
  if (added.length === 0 && (first === undefined || first > now - RATE_WINDOW)) return times;
  return [...times, ...added].filter((time) => time > now - RATE_WINDOW).slice(-RECENT_CAP);
}

function halved(buckets: readonly number[]): number[] {
  const result: number[] = [];
  for (let index = 0; index < buckets.length; index += 2) {
    result.push((buckets[index] ?? 0) + (buckets[index + 1] ?? 0));
  }
  return result;
}

/** The activity after a frame's writes. Renewals of Leases are counted apart: they come whatever happens. The density has what was before `seenTo`. */
export function addActivity(
  activity: Activity,
  writes: readonly WriteRecord[],
  isRenewal: (write: WriteRecord) => boolean,
  now: Micros,
  seenTo: Micros = 0,
): Activity {
  const changes: Micros[] = [];
  const beats: Micros[] = [];
  for (const write of writes) {
    if (isRenewal(write)) beats.push(write.at);
    else changes.push(write.at);
  }
  let { bucketWidth } = activity;
  let buckets: readonly number[] = activity.buckets;
  if (writes.length > 0) {
    let grown = [...buckets];
    const latest = Math.max(now, writes.at(-1)?.at ?? now);
    while (latest / bucketWidth >= BUCKETS) {
      grown = halved(grown);
      bucketWidth *= 2;
    }
    for (const write of writes) {
      if (write.at < seenTo) continue;
      const index = Math.floor(write.at / bucketWidth);
      while (grown.length <= index) grown.push(0);
      grown[index] = (grown[index] ?? 0) + 1;
    }
    buckets = grown;
  }
  return {
    recentWrites: recent(activity.recentWrites, changes, now),
    recentRenewals: recent(activity.recentRenewals, beats, now),
    bucketWidth,
    buckets,
  };
}

/** Per virtual second, over the window that recent times are kept for. */
export function perSecond(times: readonly Micros[], now: Micros): number {
  const window = Math.min(RATE_WINDOW, Math.max(now, SECOND));
  return (times.length * SECOND) / window;
}
