/** The second half of an Event's name: the Unix time in nanoseconds, in hexadecimal. */
import { parseTimestamp } from '#engine/api/timestamp';
import { hex24 } from '#engine/kernel/hex';
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Client } from './state';

/** Unix time of virtual time 0, µs. */
const UNIX_EPOCH: Micros = -parseTimestamp('1970-01-01T00:00:00Z');
const LOW = 0x100_0000;

/**
 * Names of one process never repeat; those of two processes in one µs differ by their random nanoseconds, as a rule.
 */
export function eventSuffix(client: Client, ctx: Context): string {
  const stamp = client.eventStamp;
  if (stamp.at === ctx.now) stamp.offset = (stamp.offset + 1) % 1000;
  else {
    stamp.at = ctx.now;
    stamp.offset = ctx.random('event-name').below(1000);
  }
  return nanosecondsHex(UNIX_EPOCH + ctx.now, stamp.offset);
}

/** `micros` · 1000 + `offset` in hexadecimal, although it is more than a number can hold exactly. */
export function nanosecondsHex(micros: Micros, offset: number): string {
  const part = Math.floor(micros / LOW);
  const low = (micros - part * LOW) * 1000 + offset;
  const carried = Math.floor(low / LOW);
  const high = part * 1000 + carried;
  if (high !== lastHigh) {
    lastHigh = high;
    lastHighText = high.toString(16);
  }
  return lastHighText + hex24(low - carried * LOW);
}

/** The first digits, which stay the same for some 17 ms. */
let lastHigh = -1;
let lastHighText = '';
