/**
 * The token bucket of a client, kept as one number: the theoretical arrival time of the next request if requests came
 * at exactly the allowed rate. Equal to a bucket of `burst` tokens that refills by `qps` a second.
 *
 * @source client-go util/flowcontrol/throttle.go (golang.org/x/time/rate)
 */
import type { Micros } from '#engine/kernel/time';
import { type Fifo, newFifo } from './fifo';

export interface Rate {
  /** Requests per second; 0 means unlimited. */
  readonly qps: number;
  readonly burst: number;
}

/** Something that is to be had at a rate. */
export interface Limited {
  rate: Rate;
  /** Monotonic µs; may be fractional. */
  theoretical: number;
}

export interface Bucket<Waiting> extends Limited {
  /** Those who wait for a token, in order. */
  readonly waiting: Fifo<Waiting>;
}

export function newBucket<Waiting>(rate: Rate): Bucket<Waiting> {
  return { rate, theoretical: 0, waiting: newFifo() };
}

/** When a token is to be had at the earliest (monotonic whole µs, at least `now`). Takes nothing. */
export function readyAt(bucket: Limited, now: Micros): Micros {
  const { qps, burst } = bucket.rate;
  if (qps <= 0) return now;
  return Math.max(now, Math.ceil(bucket.theoretical - ((burst - 1) * 1_000_000) / qps));
}

/** Takes a token if there is one. */
export function tryTake(bucket: Limited, now: Micros): boolean {
  if (readyAt(bucket, now) > now) return false;
  reserve(bucket, now);
  return true;
}

/** Takes the next token whether or not it is there yet; answers the µs to wait for it. */
export function reserve(bucket: Limited, now: Micros): Micros {
  const at = readyAt(bucket, now);
  if (bucket.rate.qps > 0) bucket.theoretical = Math.max(bucket.theoretical, now) + 1_000_000 / bucket.rate.qps;
  return at - now;
}
