/** How far a running clock has come. Pure. */
import type { CountdownRecord } from '#engine/cluster/records';
import { SECOND, type Micros } from '#engine/kernel/time';

/** The part of the clock that has run, from 0 to 1. */
export function countdownProgress({ startedAt, endsAt }: CountdownRecord, now: Micros): number {
  if (endsAt <= startedAt) return 1;
  return Math.min(1, Math.max(0, (now - startedAt) / (endsAt - startedAt)));
}

/** Whole seconds left, rounded up: 0 only when it is over. */
export const secondsLeft = ({ endsAt }: CountdownRecord, now: Micros): number =>
  Math.max(0, Math.ceil((endsAt - now) / SECOND));

/** The clock that ends first, or undefined. */
export function firstToEnd(countdowns: readonly CountdownRecord[]): CountdownRecord | undefined {
  return countdowns.reduce<CountdownRecord | undefined>(
    (first, next) => (first && first.endsAt <= next.endsAt ? first : next),
    undefined,
  );
}

/** Progress in so many steps, so that a ring renders only when it would look different. */
export const progressStep = (countdown: CountdownRecord, now: Micros, steps: number): number =>
  Math.round(countdownProgress(countdown, now) * steps);

/** The clock that fills a pod while it is made, as against those that run against it. */
export const isCreation = (countdown: CountdownRecord): boolean => countdown.what === 'image-pull';
