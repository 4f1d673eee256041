/**
 * Durations and moments to a nanosecond, without a clock.
 *
 * @source cel-go common/types/{duration,timestamp}.go, Go time/format.go (ParseDuration, RFC 3339)
 */
import { parseTimestamp, timestamp, timestampError, EPOCH_SECONDS } from '../timestamp';
import { zoneOffset } from '../zone-offsets';
import { Duration, fail, Timestamp } from './values';

const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};
const MAX_DURATION = (1n << 63n) - 1n;
/** The years 1 to 9999. */
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;

/** Nanoseconds of `1h30m`, `-1.5s`; null when it is none. */
export function parseDuration(text: string): bigint | null {
  const whole = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.exec(text.slice(0, 128));
  if (text === '0' || text === '-0' || text === '+0') return 0n;
  if (whole === null || text.length > 128) return null;
  let nanos = 0n;
  for (const [, integer = '', fraction = '', unit = ''] of text.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = UNITS[unit]!;
    nanos += BigInt(integer || '0') * size;
    if (fraction !== '') nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  if (nanos > MAX_DURATION) return null;
  return whole[1] === '-' ? -nanos : nanos;
}

export const durationOf = (nanos: bigint): Duration =>
  nanos > MAX_DURATION || nanos < -MAX_DURATION - 1n ? fail('duration overflow') : new Duration(nanos);

/** Seconds with what is behind the point: `3600s`, `0.5s`. */
export function durationText({ nanos }: Duration): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = String(magnitude % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${magnitude / SECOND}${fraction === '' ? '' : `.${fraction}`}s`;
}

export const timestampOf = (nanos: bigint, offset = 0): Timestamp => {
  const seconds = floorDivide(nanos, SECOND);
  return seconds < MIN_SECONDS || seconds > MAX_SECONDS ? fail('timestamp overflow') : new Timestamp(nanos, offset);
};

export function parseMoment(text: string): Timestamp {
  const error = timestampError(text);
  if (error !== undefined) return fail(error);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = BigInt(Math.floor(parseTimestamp(text) / 1e6) + EPOCH_SECONDS);
  const offset = offsetOf(text.slice(-6)) ?? 0;
  return timestampOf(seconds * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0')), offset);
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

/** Microseconds of virtual time: what the rest of the engine counts in. */
const micros = (seconds: bigint): number => (Number(seconds) - EPOCH_SECONDS) * 1e6;

/** Minutes of `+02:00`; null when it is no offset. */
function offsetOf(zone: string): number | null {
  const parts = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (parts === null) return null;
  return (Number(parts[2]) * 60 + Number(parts[3])) * (parts[1] === '-' ? -1 : 1);
}

const two = (value: number): string => String(value).padStart(2, '0');

export function timestampText({ nanos, offset }: Timestamp): string {
  const seconds = floorDivide(nanos, SECOND);
  const fraction = String(nanos - seconds * SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const text = timestamp(micros(seconds + BigInt(offset) * 60n)).slice(0, -1);
  const minutes = Math.abs(offset);
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${text}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

/** Parts of a moment, as the clocks of a zone show it. */
export interface Parts {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  /** From 0. */
  readonly dayOfYear: number;
  /** From Sunday, which is 0. */
  readonly dayOfWeek: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/** @param zone - `+02:00`, a name of the zone database, or empty for UTC */
export function partsOf({ nanos }: Timestamp, zone: string): Parts {
  const named = zone === '' ? 0 : zoneOffset(zone)?.(Number(floorDivide(nanos, 60n * SECOND)));
  const offset = offsetOf(zone) ?? named;
  if (offset === undefined) return fail(`unknown time zone ${zone}`);
  const shifted = nanos + BigInt(offset) * 60n * SECOND;
  const seconds = floorDivide(shifted, SECOND);
  const text = timestamp(micros(seconds));
  const at = (from: number, to: number): number => Number(text.slice(from, to));
  const day = floorDivide(seconds, 86_400n);
  const newYear = floorDivide(BigInt(Math.floor(parseTimestamp(`${text.slice(0, 4)}-01-01T00:00:00Z`) / 1e6)), 86_400n);
  const epochDay = BigInt(EPOCH_SECONDS / 86_400);
  return {
    year: at(0, 4),
    month: at(5, 7) - 1,
    day: at(8, 10),
    dayOfYear: Number(day - epochDay - newYear),
    dayOfWeek: Number((((day + 4n) % 7n) + 7n) % 7n),
    hours: at(11, 13),
    minutes: at(14, 16),
    seconds: at(17, 19),
    milliseconds: Number((shifted - seconds * SECOND) / 1_000_000n),
  };
}
