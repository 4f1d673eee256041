/**
 * Virtual time as RFC 3339 text and back, by the arithmetic of the Gregorian calendar: no clock, no locale, no Date.
 * @source kubernetes apimachinery/pkg/apis/meta/v1/{time,micro_time}.go
 */

/** The moment that virtual time 0 stands for. */
export const EPOCH = '2026-01-01T00:00:00Z';
/** The same, in seconds of Unix. */
export const EPOCH_SECONDS = 1_767_225_600;

const SECOND = 1_000_000;
const SECONDS_PER_DAY = 86_400;

/** Days from 0000-03-01 to a date of the Gregorian calendar. A year begins in March here, so that leap days come last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear;
}

const EPOCH_DAY = dayNumber(2026, 1, 1);

function civilDate(daysSinceEpoch: number): { year: number; month: number; day: number } {
  const days = daysSinceEpoch + EPOCH_DAY;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

function clockText(seconds: number): string {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const { year, month, day } = civilDate(days);
  const hour = Math.floor(rest / 3600);
  const minute = Math.floor(rest / 60) % 60;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(rest % 60)}`;
}

const MEMO_SIZE = 4096;
const texts = new Map<number, string>();

/** Whole seconds, truncated, as metav1.Time: `timestamp(12_900_000)` is `2026-01-01T00:00:12Z`. */
export function timestamp(micros: number): string {
  const seconds = Math.floor(micros / SECOND);
  const known = texts.get(seconds);
  if (known !== undefined) return known;
  const text = `${clockText(seconds)}Z`;
  if (texts.size >= MEMO_SIZE) texts.clear();
  texts.set(seconds, text);
  return text;
}

/** Six digits of a second, as metav1.MicroTime (Lease `renewTime`, Event `eventTime`). */
export function microTimestamp(micros: number): string {
  const seconds = Math.floor(micros / SECOND);
  return `${timestamp(micros).slice(0, -1)}.${String(micros - seconds * SECOND).padStart(6, '0')}Z`;
}

const moments = new Map<string, number>();

/** Virtual microseconds of an RFC 3339 text; NaN when the text is no time (`timestampError` says why). */
export function parseTimestamp(text: string): number {
  const known = moments.get(text);
  if (known !== undefined) return known;
  const reading = readTimestamp(text, TIME_LAYOUT, false);
  const micros = typeof reading === 'string' ? Number.NaN : reading;
  if (moments.size >= MEMO_SIZE) moments.clear();
  moments.set(text, micros);
  return micros;
}

const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** Go's words for a text that is no metav1.Time; undefined when it is one. */
export function timestampError(text: string): string | undefined {
  if (!Number.isNaN(parseTimestamp(text))) return undefined;
  const reading = readTimestamp(text, TIME_LAYOUT, false);
  return typeof reading === 'string' ? reading : undefined;
}

/** Go's words for a text that is no metav1.MicroTime (six digits are required); undefined when it is one. */
export function microTimestampError(text: string): string | undefined {
  const reading = readTimestamp(text, MICRO_TIME_LAYOUT, true);
  return typeof reading === 'string' ? reading : undefined;
}

const PARTS = ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05'] as const;

function readTimestamp(text: string, layout: string, micro: boolean): number | string {
  const refuse = (rest: string, element: string) =>
    `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(element)}`;
  const outOfRange = (what: string) => `parsing time ${JSON.stringify(text)}: ${what} out of range`;

  const numbers: number[] = [];
  let at = 0;
  for (const part of PARTS) {
    const piece = text.slice(at, at + part.length);
    const isNumber = part.length > 1;
    if (isNumber ? piece.length !== part.length || !onlyDigits(piece) : piece !== part)
      return refuse(text.slice(at), part);
    if (isNumber) numbers.push(Number(piece));
    at += part.length;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;

  let fraction = 0;
  if (text[at] === '.' || (text[at] === ',' && !micro)) {
    let end = at + 1;
    while (end < text.length && onlyDigits(text.charAt(end))) end++;
    const digits = text.slice(at + 1, end);
    if (digits === '' || (micro && digits.length !== 6)) return refuse(text.slice(at), micro ? '.000000' : 'Z07:00');
    fraction = Number(digits.slice(0, 6).padEnd(6, '0'));
    at = end;
  } else if (micro) {
    return refuse(text.slice(at), '.000000');
  }

  const zone = text.slice(at);
  let offset = 0;
  if (zone !== 'Z') {
    const sign = zone[0] === '+' ? 1 : zone[0] === '-' ? -1 : 0;
    const hours = zone.slice(1, 3);
    const minutes = zone.slice(4, 6);
    if (sign === 0 || zone.length !== 6 || zone[3] !== ':' || !onlyDigits(hours) || !onlyDigits(minutes)) {
      if (zone.startsWith('Z'))
        return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(zone.slice(1))}`;
      return refuse(zone, 'Z07:00');
    }
    offset = sign * (Number(hours) * 3600 + Number(minutes) * 60);
  }
  if (month < 1 || month > 12) return outOfRange('month');
  if (day < 1 || day > daysIn(year, month)) return outOfRange('day');
  if (hour > 23) return outOfRange('hour');
  if (minute > 59) return outOfRange('minute');
  if (second > 59) return outOfRange('second');

  const days = dayNumber(year, month, day) - EPOCH_DAY;
  return (days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset) * SECOND + fraction;
}

function daysIn(year: number, month: number): number {
  return month === 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

function onlyDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}
