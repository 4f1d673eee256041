/**
 * When a CronJob is due. Times are whole seconds since 1970.
 *
 * @source robfig/cron v3 spec.go (SpecSchedule.Next), constantdelay.go, parser.go
 */
import { EPOCH_SECONDS, timestamp } from '#engine/api/timestamp';
import type { ZoneOffset } from '#engine/api/zone-offsets';
import { SECOND } from '#engine/kernel/time';

/** The first moment after another at which something is due; null: never. */
export type Schedule = (after: number) => number | null;

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const MINUTE = 60;
/** Nothing is looked for beyond. */
const YEARS = 5;

interface Field {
  readonly values: ReadonlySet<number>;
  /** `*`: of day of month and day of week, both must hold then. */
  readonly star: boolean;
}

/** @param text - a schedule that the API server found sound, without a zone */
export function scheduleOf(text: string, offset: ZoneOffset): Schedule {
  if (text.startsWith('@every ')) {
    const delay = Math.max(1, Math.floor(durationOf(text.slice(7).trim())));
    return (after) => Math.floor(after) + delay;
  }
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = (DESCRIPTORS[text] ?? text)
    .trim()
    .split(/\s+/);
  const fields = {
    minute: fieldOf(minute, 0, 59),
    hour: fieldOf(hour, 0, 23),
    day: fieldOf(day, 1, 31),
    month: fieldOf(month, 1, 12, MONTHS),
    weekday: fieldOf(weekday, 0, 6, DAYS),
  };
  return (after) => next(fields, offset, after);
}

function durationOf(text: string): number {
  let total = 0;
  for (const [, number = '0', unit = 's'] of text.matchAll(/(\d*\.?\d*)([^\d.+-]+)/g))
    total += Number(number) * (UNITS[unit] ?? 0);
  return total;
}

function fieldOf(text: string, min: number, max: number, names: readonly string[] = []): Field {
  const values = new Set<number>();
  let star = false;
  const numberOf = (part: string): number => {
    const named = names.indexOf(part.toLowerCase());
    return named < 0 ? Number(part) : named + min;
  };
  for (const range of text.split(',')) {
    const [span = '', stepText] = range.split('/');
    const [low = '', high] = span.split('-');
    const step = stepText === undefined ? 1 : Number(stepText);
    const all = low === '*' || low === '?';
    const from = all ? min : numberOf(low);
    const to = all ? max : high !== undefined ? numberOf(high) : stepText === undefined ? from : max;
    if (all && step === 1) star = true;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return { values, star };
}

interface Fields {
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
}

/** What a wall clock shows. */
interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
}

/** @param minute - of local time, since 1970 */
function wallAt(minute: number): Wall {
  const text = timestamp((minute * MINUTE - EPOCH_SECONDS) * SECOND);
  const [year = 0, month = 0, day = 0, hour = 0, minutes = 0] = text.split(/[-T:]/).map(Number);
  // 1970 began on a Thursday.
  const weekday = (Math.floor(minute / (24 * 60)) + 4) % 7;
  return { year, month, day, hour, minute: minutes, weekday };
}

function next({ minute, hour, day, month, weekday }: Fields, offset: ZoneOffset, after: number): number | null {
  let at = Math.floor(after / MINUTE) + 1;
  const last = wallAt(at + offset(at)).year + YEARS;
  for (;;) {
    const wall = wallAt(at + offset(at));
    if (wall.year > last) return null;
    const intoDay = wall.hour * 60 + wall.minute;
    const isDay =
      day.star || weekday.star
        ? day.values.has(wall.day) && weekday.values.has(wall.weekday)
        : day.values.has(wall.day) || weekday.values.has(wall.weekday);
    if (!month.values.has(wall.month) || !isDay) at = forward(at, 24 * 60 - intoDay, offset);
    else if (!hour.values.has(wall.hour)) at = forward(at, 60 - wall.minute, offset);
    else if (!minute.values.has(wall.minute)) at += 1;
    else return at * MINUTE;
  }
}

/** So many minutes of the wall clock on: where the clocks are changed in between, to the change at most. */
function forward(at: number, minutes: number, offset: ZoneOffset): number {
  const to = at + minutes;
  const shift = offset(to) - offset(at);
  // Clocks that were put forward are past the hour already; those that were put back come to it later.
  return shift === 0 ? to : Math.max(at + 1, to - shift);
}
