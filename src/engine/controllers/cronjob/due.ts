/** Which runs of a CronJob are due or were missed. Times are seconds since 1970. @source kubernetes pkg/controller/cronjob/utils.go, cronjob_controllerv2.go */
import type { Schedule } from './schedule';

/** What the due time follows from. */
export interface Clock {
  /** The last run, or the creation. */
  readonly earliest: number;
  readonly startingDeadline: number | null;
  readonly schedule: Schedule;
}

export interface Due {
  readonly earliest: number;
  /** The latest run that is due and was not started; null: there is none. */
  readonly at: number | null;
  readonly missed: 'none' | 'few' | 'many';
  /** The schedule is never due. */
  readonly error: string | null;
}

const MANY = 100;
/** A moment after the schedule, so that it is past for sure. */
const DELTA = 0.1;

export function mostRecentDue(
  { earliest, startingDeadline, schedule }: Clock,
  now: number,
  withDeadline: boolean,
): Due {
  if (withDeadline && startingDeadline !== null) earliest = Math.max(earliest, now - startingDeadline);
  const first = schedule(earliest);
  const second = first === null ? null : schedule(first);
  const none = { earliest, at: null, missed: 'none', error: null } as const;
  if (first === null || second === null)
    return { ...none, error: 'time difference between two schedules is less than 1 second' };
  if (now < first) return none;
  if (now < second) return { ...none, at: first };
  const between = second - first;
  const missed = Math.floor(Math.floor(now - first) / between) + 1;
  let at: number | null = null;
  let next = schedule(first + (missed - 2) * between);
  while (next !== null && next <= now) {
    at = next;
    next = schedule(next);
  }
  return { earliest, at, missed: missed > MANY ? 'many' : 'few', error: null };
}

/** Seconds until it is worth while to look again. */
export function untilNext(clock: Clock, now: number): number | null {
  const { earliest, at, missed, error } = mostRecentDue(clock, now, false);
  const from = error !== null ? now : (at ?? (missed === 'none' ? earliest : now));
  const next = clock.schedule(from);
  return next === null ? null : next + DELTA - now;
}
