/**
 * Exponential back-off of container restarts and image pulls.
 *
 * @source client-go util/flowcontrol/backoff.go; kubernetes pkg/kubelet/kubelet.go (10 s, 300 s, reset after 600 s)
 */
import { SECOND, type Micros } from '#engine/kernel/time';

export const FIRST_DELAY: Micros = 10 * SECOND;
export const LONGEST_DELAY: Micros = 300 * SECOND;
/** A try that ends so much later than the last change of the back-off starts anew. */
export const RESET_AFTER: Micros = 600 * SECOND;

/** What is remembered of one key. Times are monotonic µs. */
export interface BackOff {
  readonly delay: Micros;
  readonly changedAt: Micros;
}

/**
 * When the next try may be made after one that failed at `failedAt`; 0 when it may be made at once.
 */
export function backOffEnd(entry: BackOff | undefined, failedAt: Micros): Micros {
  if (entry === undefined || failedAt - entry.changedAt > RESET_AFTER) return 0;
  return failedAt + entry.delay;
}

/** The back-off once a try is made at `now`, after a failure at `failedAt`: 10 s at first, then doubled up to 300 s. */
export function nextBackOff(entry: BackOff | undefined, failedAt: Micros, now: Micros): BackOff {
  const fresh = entry === undefined || failedAt - entry.changedAt > RESET_AFTER;
  return { delay: fresh ? FIRST_DELAY : Math.min(entry.delay * 2, LONGEST_DELAY), changedAt: now };
}

/** Whole seconds as Go prints a duration: `10s`, `2m40s`, `5m0s`. */
export function goSeconds(span: Micros): string {
  const total = Math.round(span / SECOND);
  const hours = Math.floor(total / 3_600);
  const minutes = Math.floor(total / 60) % 60;
  return `${hours > 0 ? `${hours}h` : ''}${total >= 60 ? `${minutes}m` : ''}${total % 60}s`;
}
