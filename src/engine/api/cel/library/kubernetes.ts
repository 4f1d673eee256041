/**
 * Quantities, versions, and formats of names.
 *
 * @source kubernetes apiserver/pkg/cel/library/{quantity,semverlib,format}.go
 */
import { decodeBytes } from '../../base64';
import { dns1035LabelErrors, dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from '../../names';
import { quantityError, quantityNanos } from '../../quantity';
import { timestampError } from '../../timestamp';
import { type Declarations, traversal } from '../environment';
import { fail, listValue, NONE, Opaque, Optional, type Value } from '../values';
import { readUrl } from './url';

const QUANTITY = 'kubernetes.Quantity';
const BILLION = 1_000_000_000n;

interface Amount {
  readonly nanos: bigint;
  equals(other: Amount): boolean;
}

const amount = (nanos: bigint): Opaque =>
  new Opaque(QUANTITY, { nanos, equals: (other: Amount) => other.nanos === nanos } satisfies Amount);
const nanosOf = (value: Opaque): bigint => (value.data as Amount).nanos;
const sign = (nanos: bigint): bigint => (nanos < 0n ? -1n : nanos > 0n ? 1n : 0n);
const isWhole = (nanos: bigint): boolean =>
  nanos % BILLION === 0n && BigInt.asIntN(64, nanos / BILLION) === nanos / BILLION;

function quantity(text: string): Opaque {
  const error = quantityError(text);
  return error === undefined ? amount(quantityNanos(text)) : fail(error);
}

export const quantities: Declarations = {
  'quantity(string): kubernetes.Quantity': [quantity, traversal()],
  'isQuantity(string): bool': [(text: string) => quantityError(text) === undefined, traversal()],
  'sign(kubernetes.Quantity): int': (value: Opaque) => sign(nanosOf(value)),
  'kubernetes.Quantity -> isInteger(): bool': (value: Opaque) => isWhole(nanosOf(value)),
  'kubernetes.Quantity -> asInteger(): int': (value: Opaque) =>
    isWhole(nanosOf(value)) ? nanosOf(value) / BILLION : fail('cannot convert value to integer'),
  'kubernetes.Quantity -> asApproximateFloat(): double': (value: Opaque) => Number(nanosOf(value)) / 1e9,
  'kubernetes.Quantity -> isGreaterThan(kubernetes.Quantity): bool': (a: Opaque, b: Opaque) => nanosOf(a) > nanosOf(b),
  'kubernetes.Quantity -> isLessThan(kubernetes.Quantity): bool': (a: Opaque, b: Opaque) => nanosOf(a) < nanosOf(b),
  'kubernetes.Quantity -> compareTo(kubernetes.Quantity): int': (a: Opaque, b: Opaque) => sign(nanosOf(a) - nanosOf(b)),
  'kubernetes.Quantity -> add(kubernetes.Quantity): kubernetes.Quantity': (a: Opaque, b: Opaque) =>
    amount(nanosOf(a) + nanosOf(b)),
  'kubernetes.Quantity -> add(int): kubernetes.Quantity': (a: Opaque, b: bigint) => amount(nanosOf(a) + b * BILLION),
  'kubernetes.Quantity -> sub(kubernetes.Quantity): kubernetes.Quantity': (a: Opaque, b: Opaque) =>
    amount(nanosOf(a) - nanosOf(b)),
  'kubernetes.Quantity -> sub(int): kubernetes.Quantity': (a: Opaque, b: bigint) => amount(nanosOf(a) - b * BILLION),
};

const SEMVER = 'kubernetes.Semver';

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly before: readonly string[];
  equals(other: Version): boolean;
}

const isNumeric = (text: string): boolean => /^\d+$/.test(text);

/** What is wrong with it, in the words of blang/semver. */
function readVersion(text: string): Version | string {
  if (text === '') return 'Version string empty';
  const [core = '', ...rest] = text.split('.');
  if (rest.length < 2) return 'No Major.Minor.Patch elements found';
  const [minor = '', tail] = [rest[0], rest.slice(1).join('.')];
  const build = tail.indexOf('+');
  const builds = build < 0 ? [] : tail.slice(build + 1).split('.');
  const withBefore = build < 0 ? tail : tail.slice(0, build);
  const dash = withBefore.indexOf('-');
  const before = dash < 0 ? [] : withBefore.slice(dash + 1).split('.');
  const numbers = [core, minor, dash < 0 ? withBefore : withBefore.slice(0, dash)];
  for (const [at, number] of numbers.entries()) {
    const what = ['major', 'minor', 'patch'][at]!;
    const shown = `${what[0]!.toUpperCase()}${what.slice(1)}`;
    if (!isNumeric(number)) return `Invalid character(s) found in ${what} number ${JSON.stringify(number)}`;
    if (number.length > 1 && number.startsWith('0'))
      return `${shown} number must not contain leading zeroes ${JSON.stringify(number)}`;
    if (BigInt(number) >= 1n << 64n) return `strconv.ParseUint: parsing ${JSON.stringify(number)}: value out of range`;
  }
  for (const part of before) {
    if (part === '') return 'Prerelease is empty';
    if (isNumeric(part) && part.length > 1 && part.startsWith('0'))
      return `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}`;
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in prerelease ${JSON.stringify(part)}`;
  }
  for (const part of builds) {
    if (part === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in build meta data ${JSON.stringify(part)}`;
  }
  const version: Version = {
    numbers: numbers.map(BigInt) as unknown as Version['numbers'],
    before,
    equals: (other) => compareVersions(version, other) === 0,
  };
  return version;
}

function compareVersions(a: Version, b: Version): number {
  for (const at of [0, 1, 2] as const)
    if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] < b.numbers[at] ? -1 : 1;
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length);
  for (let at = 0; at < Math.min(a.before.length, b.before.length); at++) {
    const [left, right] = [a.before[at]!, b.before[at]!];
    if (left === right) continue;
    if (isNumeric(left) && isNumeric(right)) return BigInt(left) < BigInt(right) ? -1 : 1;
    if (isNumeric(left) !== isNumeric(right)) return isNumeric(left) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return Math.sign(a.before.length - b.before.length);
}

/** Without a leading `v` and leading zeros, with what is missing added. */
function normalized(text: string): Version | string {
  const [major = '', minor, ...patch] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(patch.length === 0 ? [] : [patch.join('.')])].map(
    (part) => part.replace(/^0+(?=\d)/, ''),
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) return 'short version cannot contain PreRelease/Build meta data';
  while (parts.length < 3) parts.push('0');
  return readVersion(parts.join('.'));
}

const read = (text: string, tolerant = false): Version | string => (tolerant ? normalized(text) : readVersion(text));

function semver(text: string, tolerant?: boolean): Opaque {
  const version = read(text, tolerant);
  return typeof version === 'string' ? fail(version) : new Opaque(SEMVER, version);
}

const isSemver = (text: string, tolerant?: boolean): boolean => typeof read(text, tolerant) !== 'string';
const versionIn = (value: Opaque): Version => value.data as Version;
const order = (a: Opaque, b: Opaque): number => compareVersions(versionIn(a), versionIn(b));

export const semvers: Declarations = {
  'semver(string): kubernetes.Semver': semver,
  'semver(string, bool): kubernetes.Semver': semver,
  'isSemver(string): bool': isSemver,
  'isSemver(string, bool): bool': isSemver,
  'kubernetes.Semver -> major(): int': (value: Opaque) => versionIn(value).numbers[0],
  'kubernetes.Semver -> minor(): int': (value: Opaque) => versionIn(value).numbers[1],
  'kubernetes.Semver -> patch(): int': (value: Opaque) => versionIn(value).numbers[2],
  'kubernetes.Semver -> isGreaterThan(kubernetes.Semver): bool': (a: Opaque, b: Opaque) => order(a, b) > 0,
  'kubernetes.Semver -> isLessThan(kubernetes.Semver): bool': (a: Opaque, b: Opaque) => order(a, b) < 0,
  'kubernetes.Semver -> compareTo(kubernetes.Semver): int': (a: Opaque, b: Opaque) => BigInt(order(a, b)),
};

type Check = (text: string) => readonly string[];

/** A prefix may end in a dash. */
const prefix =
  (check: Check): Check =>
  (text) =>
    check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
const whether =
  (holds: (text: string) => boolean, message: string): Check =>
  (text) =>
    holds(text) ? [] : [message];
const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && timestampError(`${text}T00:00:00Z`) === undefined;

const FORMATS: Readonly<Record<string, Check>> = {
  dns1123Label: dnsLabelErrors,
  dns1123Subdomain: dnsSubdomainErrors,
  dns1035Label: dns1035LabelErrors,
  qualifiedName: labelKeyErrors,
  dns1123LabelPrefix: prefix(dnsLabelErrors),
  dns1123SubdomainPrefix: prefix(dnsSubdomainErrors),
  dns1035LabelPrefix: prefix(dns1035LabelErrors),
  labelValue: labelValueErrors,
  uri: (text) => {
    const url = readUrl(text);
    return typeof url === 'string' ? [url] : [];
  },
  uuid: whether(
    (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
    'does not match the UUID format',
  ),
  byte: whether((text) => text !== '' && decodeBytes(text) !== undefined, 'invalid base64'),
  date: whether(isDate, 'invalid date'),
  datetime: whether((text) => timestampError(text) === undefined, 'invalid datetime'),
};

const FORMAT = 'kubernetes.NamedFormat';
const named = (name: string): Opaque => new Opaque(FORMAT, name);

export const formats: Declarations = {
  'format.named(string): optional<kubernetes.NamedFormat>': (name: string) =>
    Object.hasOwn(FORMATS, name) ? new Optional(named(name)) : NONE,
  ...Object.fromEntries(
    Object.keys(FORMATS).map((name) => [`format.${name}(): kubernetes.NamedFormat`, (): Value => named(name)]),
  ),
  'kubernetes.NamedFormat -> validate(string): optional<list<string>>': (format: Opaque, text: string) => {
    const errors = FORMATS[format.data as string]!(text);
    return errors.length === 0 ? NONE : new Optional(listValue([...errors]));
  },
};
