/**
 * Quantities (`100m`, `1.5Gi`, `1e3`): exact to a billionth, canonical as the API server writes them.
 * Reading one is memoised by its text, since the same few dozen texts occur in every pod of a cluster.
 * @source kubernetes apimachinery/pkg/api/resource/{quantity,suffix}.go
 */

/** Quantities travel as text; manifests may hold bare numbers. */
export type Quantity = string | number;

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

interface Reading {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
  readonly canonical: string;
  readonly milli: number;
  readonly value: number;
  readonly error?: undefined;
}
interface Misreading {
  readonly error: string;
}

export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix";

const NANO = 1_000_000_000n;
const MICRO = 1_000_000n;
const MAX_BINARY = ((1n << 63n) - 1n) * NANO;
/** Longer texts are no quantities; the bound keeps hostile input cheap. */
const MAX_LENGTH = 128;
const MAX_EXPONENT = 60;
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

const MEMO_SIZE = 8192;
const memo = new Map<Quantity, Reading | Misreading>();

function read(quantity: Quantity): Reading | Misreading {
  const known = memo.get(quantity);
  if (known !== undefined) return known;
  const reading = parse(typeof quantity === 'number' ? String(quantity) : quantity);
  if (memo.size >= MEMO_SIZE) memo.clear();
  memo.set(quantity, reading);
  return reading;
}

function readOrZero(quantity: Quantity | undefined): Reading {
  if (quantity === undefined) return ZERO;
  const reading = read(quantity);
  return reading.error === undefined ? reading : ZERO;
}

function parse(text: string): Reading | Misreading {
  if (text.length === 0 || text.length > MAX_LENGTH) return { error: QUANTITY_FORMAT_ERROR };
  let at = 0;
  const negative = text[0] === '-';
  if (negative || text[0] === '+') at++;
  const whole = digitsFrom(text, at);
  at += whole.length;
  let fraction = '';
  if (text[at] === '.') {
    fraction = digitsFrom(text, at + 1);
    at += 1 + fraction.length;
  }
  const suffixStart = at;
  while (at < text.length && 'eEinumkKMGTP'.includes(text.charAt(at))) at++;
  if (at < text.length) {
    if (text[at] === '-' || text[at] === '+') at++;
    at += digitsFrom(text, at).length;
    if (at < text.length) return { error: QUANTITY_FORMAT_ERROR };
  }
  const scale = scaleOf(text.slice(suffixStart));
  if (scale === undefined) return { error: QUANTITY_SUFFIX_ERROR };

  const mantissa = BigInt(`0${whole}${fraction}`);
  const numerator = mantissa * (scale.binary ? 1024n ** BigInt(scale.power) : 1n) * NANO;
  const decimals = fraction.length - (scale.binary ? 0 : scale.power);
  let nanos = decimals > 0 ? ceilDivide(numerator, 10n ** BigInt(decimals)) : numerator * 10n ** BigInt(-decimals);
  if (scale.binary && nanos > MAX_BINARY) nanos = MAX_BINARY;
  return readingOf(negative ? -nanos : nanos, scale.format);
}

function digitsFrom(text: string, start: number): string {
  let end = start;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return text.slice(start, end);
}

interface Scale {
  readonly binary: boolean;
  readonly power: number;
  readonly format: QuantityFormat;
}

function scaleOf(suffix: string): Scale | undefined {
  const decimal = (DECIMAL_SUFFIXES as readonly string[]).indexOf(suffix);
  if (decimal >= 0) return { binary: false, power: (decimal - 3) * 3, format: 'DecimalSI' };
  const binary = (BINARY_SUFFIXES as readonly string[]).indexOf(suffix);
  if (binary >= 0) return { binary: true, power: binary, format: 'BinarySI' };
  if (suffix[0] !== 'e' && suffix[0] !== 'E') return undefined;
  const digits = suffix[1] === '-' || suffix[1] === '+' ? suffix.slice(2) : suffix.slice(1);
  if (digits === '' || digitsFrom(digits, 0) !== digits) return undefined;
  const exponent = Math.min(Number(digits), MAX_EXPONENT);
  return { binary: false, power: suffix[1] === '-' ? -exponent : exponent, format: 'DecimalExponent' };
}

/** Division of magnitudes rounded up, so that a signed quantity rounds away from zero. */
const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

function awayFromZero(nanos: bigint, unit: bigint): number {
  return Number(nanos < 0n ? -ceilDivide(-nanos, unit) : ceilDivide(nanos, unit));
}

function readingOf(nanos: bigint, format: QuantityFormat): Reading {
  return {
    nanos,
    format,
    canonical: canonicalText(nanos, format),
    milli: awayFromZero(nanos, MICRO),
    value: awayFromZero(nanos, NANO),
  };
}

const ZERO = readingOf(0n, 'DecimalSI');

function canonicalText(nanos: bigint, format: QuantityFormat): string {
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (format === 'BinarySI' && magnitude >= 1024n * NANO && magnitude % NANO === 0n) {
    let mantissa = magnitude / NANO;
    let power = 0;
    while (power < BINARY_SUFFIXES.length - 1 && mantissa % 1024n === 0n) {
      mantissa /= 1024n;
      power++;
    }
    return `${sign}${mantissa}${BINARY_SUFFIXES[power]}`;
  }
  let mantissa = magnitude;
  let power = 0;
  while ((format === 'DecimalExponent' || power < DECIMAL_SUFFIXES.length - 1) && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    power++;
  }
  if (format === 'DecimalExponent') return `${sign}${mantissa}${power === 3 ? '' : `e${(power - 3) * 3}`}`;
  return `${sign}${mantissa}${DECIMAL_SUFFIXES[power]}`;
}

/** What is wrong with a text that should be a quantity, in the API server's words; undefined when nothing is. */
export const quantityError = (quantity: Quantity): string | undefined => read(quantity).error;

/** Thousandths, rounded up (away from zero): `100m` is 100, `1` is 1000. Absent or broken quantities are 0. */
export const milliValue = (quantity: Quantity | undefined): number => readOrZero(quantity).milli;

/** Billionths, exact. A broken quantity is 0. */
export const quantityNanos = (quantity: Quantity): bigint => readOrZero(quantity).nanos;

/** Whole units (bytes, pieces), rounded up (away from zero): `1.5Gi` is 1610612736. Absent or broken quantities are 0. */
export const quantityValue = (quantity: Quantity | undefined): number => readOrZero(quantity).value;

/** The text that the API server writes for a quantity: `1.5` is `1500m`, `1024Ki` is `1Mi`. A broken one stays as it is. */
export function canonicalQuantity(quantity: Quantity): string {
  const reading = read(quantity);
  return reading.error === undefined ? reading.canonical : String(quantity);
}

/** The canonical text of a quantity rounded up to thousandths, as ResourceLists hold them. */
export function roundedToMilli(quantity: Quantity): string {
  const reading = read(quantity);
  if (reading.error !== undefined) return String(quantity);
  if (reading.nanos % MICRO === 0n) return reading.canonical;
  const magnitude = reading.nanos < 0n ? -reading.nanos : reading.nanos;
  const rounded = ceilDivide(magnitude, MICRO) * MICRO;
  return canonicalText(reading.nanos < 0n ? -rounded : rounded, reading.format);
}

/** Below, at or above zero when `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity | undefined, b: Quantity | undefined): number {
  const left = readOrZero(a).nanos;
  const right = readOrZero(b).nanos;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `a + b`, or `a − b`: in the form of `a`, unless that is nothing. */
export function sumOfQuantities(a: Quantity, b: Quantity, sign: 1 | -1 = 1): string {
  const [left, right] = [readOrZero(a), readOrZero(b)];
  const { format } = left.nanos === 0n ? right : left;
  return canonicalText(sign === 1 ? left.nanos + right.nanos : left.nanos - right.nanos, format);
}

/** Whether a quantity has no fraction. */
export const isIntegerQuantity = (quantity: Quantity): boolean => readOrZero(quantity).nanos % NANO === 0n;

/** Millicores as a quantity: 1500 is `1500m`, 2000 is `2`. */
export const formatMilliCpu = (milli: number): string => canonicalText(BigInt(Math.ceil(milli)) * MICRO, 'DecimalSI');

/** Bytes as a quantity with binary suffix: 536870912 is `512Mi`, below 1024 they are decimal. */
export const formatBytes = (bytes: number): string => canonicalText(BigInt(Math.ceil(bytes)) * NANO, 'BinarySI');
