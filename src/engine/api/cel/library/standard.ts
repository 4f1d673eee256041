/**
 * Operators, conversions and functions of the standard library.
 *
 * @source cel-go common/stdlib/standard.go, common/types; cel-spec doc/langdef.md (Standard definitions)
 */
import { utf8Bytes, utf8Text } from '../../base64';
import { type Declarations, patternCost, traversal, traversed } from '../environment';
import { compileRegExp } from '../../regexp/regexp';
import {
  durationOf,
  durationText,
  parseDuration,
  parseMoment,
  type Parts,
  partsOf,
  timestampOf,
  timestampText,
} from '../time';
import type { Duration, List, Timestamp, ValueMap } from '../values';
import {
  Bytes,
  compare,
  EntryMap,
  equal,
  fail,
  GrowingList,
  GrowingMap,
  keyOf,
  keyText,
  listValue,
  sizeOf,
  typeName,
  TypeValue,
  Uint,
  type Value,
  ValueList,
} from '../values';

const MIN_INT = -(1n << 63n);
const MAX_INT = (1n << 63n) - 1n;
const MAX_UINT = (1n << 64n) - 1n;
const OVERFLOW = { int: 'integer overflow', uint: 'unsigned integer overflow' } as const;

const int = (value: bigint): bigint => (value < MIN_INT || value > MAX_INT ? fail(OVERFLOW.int) : value);
const uint = (value: bigint): Uint => (value < 0n || value > MAX_UINT ? fail(OVERFLOW.uint) : new Uint(value));

/** Comparisons of all pairs of types that have an order. */
function comparisons(): Declarations {
  const numbers = ['int', 'uint', 'double'];
  const pairs = [
    ...numbers.flatMap((left) => numbers.map((right) => [left, right])),
    ...['bool', 'string', 'bytes', 'timestamp', 'duration'].map((type) => [type, type]),
  ];
  const holds: Readonly<Record<string, (order: number) => boolean>> = {
    '<': (order) => order < 0,
    '<=': (order) => order <= 0,
    '>': (order) => order > 0,
    '>=': (order) => order >= 0,
  };
  return Object.fromEntries(
    Object.entries(holds).flatMap(([operator, decide]) =>
      pairs.map(([left, right]) => {
        const run = (a: Value, b: Value): Value => decide(compare(a, b) ?? fail('no such overload'));
        const isText = left === 'string' || left === 'bytes';
        return [`_${operator}_(${left}, ${right}): bool`, isText ? ([run, shorterCost] as const) : run];
      }),
    ),
  );
}

export const shorterCost = (args: readonly Value[]): number =>
  traversed(Math.min(sizeOf(args[0] ?? null), sizeOf(args[1] ?? null)));
const bothCost = ([a = null, b = null]: readonly Value[]): number => traversed(sizeOf(a) + sizeOf(b));

/** What `map` and `filter` gather is added to in place: nobody else has it. */
export function concat(a: List, b: List): List {
  if (a instanceof GrowingList) {
    for (const item of b) a.items.push(item);
    return a;
  }
  const { nameOf } = a;
  if (nameOf === null) return listValue([...a, ...b]);
  // What is named the same takes the place of what was there.
  const items = [...a];
  const names = items.map(nameOf);
  for (const item of b) {
    const name = nameOf(item);
    const at = names.findIndex((other) => equal(other, name));
    if (at >= 0) items[at] = item;
    else names[items.push(item) - 1] = name;
  }
  return new ValueList(items, nameOf);
}

const divided = (a: bigint, b: bigint): bigint => (b === 0n ? fail('division by zero') : a / b);
const modulo = (a: bigint, b: bigint): bigint => (b === 0n ? fail('modulus by zero') : a % b);

const ARITHMETIC: Declarations = {
  '_+_(int, int): int': (a: bigint, b: bigint) => int(a + b),
  '_+_(uint, uint): uint': (a: Uint, b: Uint) => uint(a.value + b.value),
  '_+_(double, double): double': (a: number, b: number) => a + b,
  '_+_(string, string): string': [(a: string, b: string) => a + b, bothCost],
  '_+_(bytes, bytes): bytes': [(a: Bytes, b: Bytes) => new Bytes([...a.bytes, ...b.bytes]), bothCost],
  '_+_(list<A>, list<A>): list<A>': concat,
  '_+_(duration, duration): duration': (a: Duration, b: Duration) => durationOf(a.nanos + b.nanos),
  '_+_(timestamp, duration): timestamp': (a: Timestamp, b: Duration) => timestampOf(a.nanos + b.nanos, a.offset),
  '_+_(duration, timestamp): timestamp': (a: Duration, b: Timestamp) => timestampOf(a.nanos + b.nanos),
  '_-_(int, int): int': (a: bigint, b: bigint) => int(a - b),
  '_-_(uint, uint): uint': (a: Uint, b: Uint) => uint(a.value - b.value),
  '_-_(double, double): double': (a: number, b: number) => a - b,
  '_-_(duration, duration): duration': (a: Duration, b: Duration) => durationOf(a.nanos - b.nanos),
  '_-_(timestamp, duration): timestamp': (a: Timestamp, b: Duration) => timestampOf(a.nanos - b.nanos),
  '_-_(timestamp, timestamp): duration': (a: Timestamp, b: Timestamp) => durationOf(a.nanos - b.nanos),
  '_*_(int, int): int': (a: bigint, b: bigint) => int(a * b),
  '_*_(uint, uint): uint': (a: Uint, b: Uint) => uint(a.value * b.value),
  '_*_(double, double): double': (a: number, b: number) => a * b,
  '_/_(int, int): int': (a: bigint, b: bigint) => int(divided(a, b)),
  '_/_(uint, uint): uint': (a: Uint, b: Uint) => uint(divided(a.value, b.value)),
  '_/_(double, double): double': (a: number, b: number) => a / b,
  '_%_(int, int): int': (a: bigint, b: bigint) => int(modulo(a, b)),
  '_%_(uint, uint): uint': (a: Uint, b: Uint) => uint(modulo(a.value, b.value)),
  '-_(int): int': (a: bigint) => int(-a),
  '-_(double): double': (a: number) => -a,
  '!_(bool): bool': (a: boolean) => !a,
};

const inMap = (key: Value, map: ValueMap): boolean => map.get(key) !== undefined;

function inList(value: Value, list: List): boolean {
  for (const item of list) if (equal(item, value)) return true;
  return false;
}

function indexed(list: List, index: Value): Value {
  const at = typeof index === 'number' && Number.isInteger(index) ? BigInt(index) : index;
  const number = at instanceof Uint ? at.value : at;
  if (typeof number !== 'bigint') return fail(`unsupported index type '${typeName(index)}' in list`);
  if (number < 0n || number >= BigInt(list.size)) return fail(`index out of bounds: ${number}`);
  return list.at(Number(number));
}

export function entryOf(map: ValueMap, key: Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  return fail(`no such key: ${keyText(key)}`);
}

const COLLECTIONS: Declarations = {
  '_[_](list<A>, int): A': indexed,
  '_[_](map<A, B>, A): B': entryOf,
  '@in(A, list<A>): bool': [inList, ([, list = null]) => sizeOf(list)],
  '@in(A, map<A, B>): bool': inMap,
  ...Object.fromEntries(
    ['string', 'bytes', 'list<A>', 'map<A, B>'].flatMap((type) => {
      const run = (value: Value): Value => BigInt(sizeOf(value));
      return [
        [`size(${type}): int`, run],
        [`${type} -> size(): int`, run],
      ];
    }),
  ),
};

/** These are worked out by the evaluator itself: here is what they are called. */
const never = (): Value => fail('no such overload');
const LOGIC: Declarations = {
  '_&&_(bool, bool): bool': never,
  '_||_(bool, bool): bool': never,
  '_?_:_(bool, A, A): A': never,
  '@not_strictly_false(bool): bool': never,
  '_==_(A, A): bool': [(a: Value, b: Value) => equal(a, b), shorterCost],
  '_!=_(A, A): bool': [(a: Value, b: Value) => !equal(a, b), shorterCost],
};

const same = <V extends Value>(value: V): V => value;

/** A double in a text, as Go writes it: without exponent between 1e-4 and 1e21. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    const [digits = '', exponent = '0'] = value.toExponential().split('e');
    const power = Number(exponent);
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return String(value);
}

function wholeNumber(text: string, kind: 'int' | 'uint'): bigint {
  const digits = kind === 'int' ? /^[+-]?\d{1,30}$/ : /^\d{1,30}$/;
  const go = kind === 'int' ? 'ParseInt' : 'ParseUint';
  if (!digits.test(text)) return fail(`strconv.${go}: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = BigInt(text.replace('+', ''));
  const [low, high] = kind === 'int' ? [MIN_INT, MAX_INT] : [0n, MAX_UINT];
  return value < low || value > high
    ? fail(`strconv.${go}: parsing ${JSON.stringify(text)}: value out of range`)
    : value;
}

function double(text: string): number {
  const plain = text.trim() === text && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
  if (plain) return Number(text);
  const special = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (special !== null) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return fail(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function truncated(value: number, kind: 'int' | 'uint'): bigint {
  const [low, high] = kind === 'int' ? [-(2 ** 63), 2 ** 63] : [-1, 2 ** 64];
  return Number.isNaN(value) || value <= low || value >= high ? fail(OVERFLOW[kind]) : BigInt(Math.trunc(value));
}

const BOOLS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
};

function bytesText({ bytes }: Bytes): string {
  const text = utf8Text(bytes);
  return text.includes('\ufffd') && !utf8Bytes(text).every((byte, at) => byte === bytes[at])
    ? fail('invalid UTF-8 in bytes, cannot convert to string')
    : text;
}

const CONVERSIONS: Declarations = {
  'type(A): type<A>': (value: Value) => new TypeValue(typeName(value)),
  'dyn(A): dyn': same,
  'bool(bool): bool': same,
  'bool(string): bool': (text: string) =>
    BOOLS[text] ?? fail(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`),
  'bytes(bytes): bytes': same,
  'bytes(string): bytes': [(text: string) => new Bytes(utf8Bytes(text)), traversal()],
  'double(double): double': same,
  'double(int): double': (value: bigint) => Number(value),
  'double(string): double': double,
  'double(uint): double': ({ value }: Uint) => Number(value),
  'duration(duration): duration': same,
  'duration(int): duration': (value: bigint) => durationOf(value),
  'duration(string): duration': (text: string) =>
    durationOf(parseDuration(text) ?? fail(`time: invalid duration ${JSON.stringify(text)}`)),
  'int(int): int': same,
  'int(double): int': (value: number) => truncated(value, 'int'),
  'int(duration): int': ({ nanos }: Duration) => nanos,
  'int(string): int': (text: string) => wholeNumber(text, 'int'),
  'int(timestamp): int': ({ nanos }: Timestamp) => nanos / 1_000_000_000n,
  'int(uint): int': ({ value }: Uint) => int(value),
  'string(string): string': same,
  'string(bool): string': (value: boolean) => String(value),
  'string(bytes): string': [bytesText, traversal()],
  'string(double): string': doubleText,
  'string(duration): string': durationText,
  'string(int): string': (value: bigint) => String(value),
  'string(timestamp): string': timestampText,
  'string(uint): string': ({ value }: Uint) => String(value),
  'timestamp(timestamp): timestamp': same,
  'timestamp(int): timestamp': (value: bigint) => timestampOf(value * 1_000_000_000n),
  'timestamp(string): timestamp': parseMoment,
  'uint(uint): uint': same,
  'uint(double): uint': (value: number) => uint(truncated(value, 'uint')),
  'uint(int): uint': (value: bigint) => uint(value),
  'uint(string): uint': (text: string) => uint(wholeNumber(text, 'uint')),
};

function matches(text: string, source: string): boolean {
  const compiled = compileRegExp(source);
  return compiled.ok ? compiled.value.matches(text) : fail(compiled.error);
}

const TEXT: Declarations = {
  'string -> contains(string): bool': [
    (text: string, part: string) => text.includes(part),
    ([text = null, part = null]) => traversed(sizeOf(text)) * traversed(sizeOf(part)),
  ],
  'string -> startsWith(string): bool': [(text: string, part: string) => text.startsWith(part), traversal()],
  'string -> endsWith(string): bool': [(text: string, part: string) => text.endsWith(part), traversal()],
  'matches(string, string): bool': [matches, patternCost],
  'string -> matches(string): bool': [matches, patternCost],
};

function moments(): Declarations {
  const parts: Readonly<Record<string, (parts: Parts) => number>> = {
    getFullYear: ({ year }) => year,
    getMonth: ({ month }) => month,
    getDayOfYear: ({ dayOfYear }) => dayOfYear,
    getDayOfMonth: ({ day }) => day - 1,
    getDate: ({ day }) => day,
    getDayOfWeek: ({ dayOfWeek }) => dayOfWeek,
    getHours: ({ hours }) => hours,
    getMinutes: ({ minutes }) => minutes,
    getSeconds: ({ seconds }) => seconds,
    getMilliseconds: ({ milliseconds }) => milliseconds,
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) => {
      const run = (moment: Timestamp, zone = ''): Value => BigInt(part(partsOf(moment, zone)));
      return [
        [`timestamp -> ${name}(): int`, (moment: Timestamp) => run(moment)],
        [`timestamp -> ${name}(string): int`, run],
      ];
    }),
  );
}

const SPANS: Declarations = {
  'duration -> getHours(): int': ({ nanos }: Duration) => nanos / 3_600_000_000_000n,
  'duration -> getMinutes(): int': ({ nanos }: Duration) => nanos / 60_000_000_000n,
  'duration -> getSeconds(): int': ({ nanos }: Duration) => nanos / 1_000_000_000n,
  'duration -> getMilliseconds(): int': ({ nanos }: Duration) => nanos / 1_000_000n,
};

function inserted(map: ValueMap, entries: readonly (readonly [Value, Value])[]): ValueMap {
  const known = map instanceof GrowingMap ? map.entries : new Map<string, { key: Value; value: Value }>();
  if (!(map instanceof GrowingMap))
    for (const key of map.keys()) known.set(keyOf(key) ?? '', { key, value: map.get(key)! });
  for (const [key, value] of entries) {
    const name = keyOf(key) ?? fail(`unsupported key type: ${typeName(key)}`);
    if (known.has(name)) fail(`insert failed: key ${keyText(key)} already exists`);
    known.set(name, { key, value });
  }
  return map instanceof GrowingMap ? map : new EntryMap(known);
}

/** @source cel-go ext/comprehensions.go */
const COMPREHENSIONS: Declarations = {
  'cel.@mapInsert(map<K, V>, map<K, V>): map<K, V>': (map: ValueMap, more: ValueMap) =>
    inserted(
      map,
      more.keys().map((key) => [key, more.get(key)!] as const),
    ),
  'cel.@mapInsert(map<K, V>, K, V): map<K, V>': (map: ValueMap, key: Value, value: Value) =>
    inserted(map, [[key, value]]),
};

export const standard: Declarations = {
  ...LOGIC,
  ...ARITHMETIC,
  ...comparisons(),
  ...COLLECTIONS,
  ...CONVERSIONS,
  ...TEXT,
  ...moments(),
  ...SPANS,
  ...COMPREHENSIONS,
};
