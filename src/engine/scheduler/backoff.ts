/**
 * How long a pod waits after a failed attempt.
 *
 * @source kubernetes pkg/scheduler/backend/queue/backoff_queue.go
 */
import { type Micros, SECOND } from '#engine/kernel/time';

export const INITIAL_BACKOFF: Micros = SECOND;
export const MAX_BACKOFF: Micros = 10 * SECOND;
/** Expiries are cut to whole windows, so that pods that are due together keep the order of the active queue. */
export const ORDERING_WINDOW: Micros = SECOND;

/**
 * @param count - attempts that ended unschedulable, or consecutive errors
 * @returns in the unit of `initial` and `max`: nothing for 0, then `initial` doubled each time, at most `max`
 */
export function backoffDuration(count: number, initial: Micros = INITIAL_BACKOFF, max: Micros = MAX_BACKOFF): Micros {
  if (count === 0) return 0;
  const doublings = count - 1;
  return doublings > 52 || initial > max / 2 ** doublings ? max : initial * 2 ** doublings;
}

export const alignToWindow = (time: Micros): Micros => time - (time % ORDERING_WINDOW);
