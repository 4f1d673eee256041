/** Schedules of CronJobs. @source robfig/cron v3 parser.go, spec.go */
import { quote } from './field-error';

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Names by their number from `min`, with spaces between. */
  readonly names?: string;
}

/** Minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { min: 0, max: 6, names: 'sun mon tue wed thu fri sat' },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const UNITS = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'];

/** What is wrong with a schedule, in the parser's words; undefined when it is sound. */
export function cronScheduleError(text: string): string | undefined {
  const schedule = /^(?:CRON_)?TZ=\S* /.test(text) ? text.slice(text.indexOf(' ')).trim() : text;
  if (schedule.startsWith('@')) return descriptorError(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length)
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [index, bounds] of FIELDS.entries())
    for (const range of (fields[index] ?? '').split(',')) {
      const error = range === '' ? undefined : rangeError(range, bounds);
      if (error !== undefined) return error;
    }
  return undefined;
}

function descriptorError(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  const error = durationError(text.slice(7));
  return error === undefined ? undefined : `failed to parse duration ${text}: time: ${error}`;
}

/** @source go src/time/format.go (ParseDuration) */
function durationError(text: string): string | undefined {
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return undefined;
  const all = quote(text);
  do {
    const [part = '', number = '', unit = ''] = /^(\d*\.?\d*)([^\d.]*)/.exec(rest) ?? [];
    if (!/\d/.test(number)) return `invalid duration ${all}`;
    if (unit === '') return `missing unit in duration ${all}`;
    if (!UNITS.includes(unit)) return `unknown unit ${quote(unit)} in duration ${all}`;
    rest = rest.slice(part.length);
  } while (rest !== '');
  return undefined;
}

/** A number, a name, or the words that refuse it. */
function numberOf(text: string, { min, names }: Partial<Bounds>): number | string {
  const named = names?.split(' ').indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + (min ?? 0);
  const refusal = `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}:`;
  if (!/^[+-]?\d+$/.test(text)) return `${refusal} invalid syntax`;
  return text.length > 18 ? `${refusal} value out of range` : Number(text);
}

/** `*`, `5`, `1-5`, each with an optional `/step`. */
function rangeError(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...slashes] = text.split('/');
  const [low = '', high, ...hyphens] = range.split('-');
  let { min: start, max: end } = bounds;
  if (low !== '*' && low !== '?') {
    const first = numberOf(low, bounds);
    if (typeof first === 'string') return first;
    if (hyphens.length > 0) return `too many hyphens: ${text}`;
    const last = high === undefined ? first : numberOf(high, bounds);
    if (typeof last === 'string') return last;
    start = first;
    end = high === undefined && step !== undefined ? bounds.max : last;
  }
  if (slashes.length > 0) return `too many slashes: ${text}`;
  const stride = step === undefined ? 1 : numberOf(step, {});
  if (typeof stride === 'string') return stride;
  if (stride < 0) return `negative number (${stride}) not allowed: ${step}`;
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  return stride === 0 ? `step of range should be a positive number: ${text}` : undefined;
}
