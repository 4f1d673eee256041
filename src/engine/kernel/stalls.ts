/**
 * What a closed way holds up. A connection between two processes does not break when a cable is cut: TCP sends again, after
 * 200 ms and then ever more rarely, until the way is open or one end gives the connection up.
 *
 * @source RFC 6298 (backing off the timer), Linux TCP_RTO_MIN and TCP_RTO_MAX
 */
import type { QueuedEvent } from './machine';
import type { ProcessId } from './process';
import type { Micros } from './time';

export interface Stall {
  readonly from: ProcessId;
  readonly to: ProcessId;
  /** What waits, in the order in which it was sent. */
  readonly events: QueuedEvent[];
  /** µs until it is tried again, as of the last try, and when that is: a reminder that comes earlier was for another one. */
  wait: Micros;
  due: Micros;
}

/** Stalled connections, each way for itself, by `from>to`. */
export type Stalls = Map<string, Stall>;

const FIRST_WAIT: Micros = 200_000;
const LONGEST_WAIT: Micros = 120_000_000;

const keyOf = (from: ProcessId, to: ProcessId): string => `${from}>${to}`;

/** The stall that a message would queue behind, if there is one. */
export const stallOf = (stalls: Stalls, from: ProcessId, to: ProcessId): Stall | undefined =>
  stalls.size === 0 ? undefined : stalls.get(keyOf(from, to));

/** Holds a message. @returns the stall when it is new and its first try is to be arranged */
export function holdUp(stalls: Stalls, from: ProcessId, to: ProcessId, event: QueuedEvent, now: Micros): Stall | null {
  const known = stalls.get(keyOf(from, to));
  if (known !== undefined) {
    known.events.push(event);
    return null;
  }
  const stall: Stall = { from, to, events: [event], wait: FIRST_WAIT, due: now + FIRST_WAIT };
  stalls.set(keyOf(from, to), stall);
  return stall;
}

/** A try that failed. @returns µs until the next one */
export function waitLonger(stall: Stall, now: Micros): Micros {
  stall.wait = Math.min(stall.wait * 2, LONGEST_WAIT);
  stall.due = now + stall.wait;
  return stall.wait;
}

export const release = (stalls: Stalls, stall: Stall): void => void stalls.delete(keyOf(stall.from, stall.to));

/** One of two processes closes the connection between them: what was held up between them is lost. */
export function hangUp(stalls: Stalls, one: ProcessId, other: ProcessId): void {
  stalls.delete(keyOf(one, other));
  stalls.delete(keyOf(other, one));
}

/** A process ends, and its connections with it. */
export function loseStalls(stalls: Stalls, process: ProcessId): void {
  for (const [key, { from, to }] of stalls) if (from === process || to === process) stalls.delete(key);
}
