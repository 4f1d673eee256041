/**
 * What expressions come to. An `int` is a bigint and a `double` a number; the rest of the types that JavaScript lacks are classes.
 *
 * @source cel-go common/types
 */
import type { Type } from './types';

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint
  | Bytes
  | Duration
  | Timestamp
  | List
  | ValueMap
  | TypeValue
  | Optional
  | Opaque;

/** An error of evaluation: part of what an expression may come to, and answered by whoever asked for it. */
export class EvaluationError extends Error {}

export const fail = (message: string): never => {
  throw new EvaluationError(message);
};

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

export class Bytes {
  readonly bytes: readonly number[];
  constructor(bytes: readonly number[]) {
    this.bytes = bytes;
  }
}

export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class Timestamp {
  /** Of Unix. */
  readonly nanos: bigint;
  /** Minutes east of Greenwich: how it was written, and how it is written again. */
  readonly offset: number;
  constructor(nanos: bigint, offset = 0) {
    this.nanos = nanos;
    this.offset = offset;
  }
}

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class Optional {
  /** Undefined: there is none. */
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

/** A value of a library: a quantity, an address, a check of a right. */
export class Opaque {
  /** `kubernetes.Quantity`, as the type is called. */
  readonly type: string;
  readonly data: unknown;
  constructor(type: string, data: unknown) {
    this.type = type;
    this.data = data;
  }
}

export abstract class List {
  abstract readonly size: number;
  /** Where the order does not count: what names an item. @source kubernetes apiserver/pkg/cel/common/values.go */
  readonly nameOf: ((item: Value) => Value) | null = null;
  abstract at(index: number): Value;

  *[Symbol.iterator](): Generator<Value> {
    for (let at = 0; at < this.size; at++) yield this.at(at);
  }
}

export class ValueList extends List {
  readonly items: Value[];
  override readonly nameOf: List['nameOf'];
  constructor(items: Value[], nameOf: List['nameOf'] = null) {
    super();
    this.items = items;
    this.nameOf = nameOf;
  }
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return this.items[index]!;
  }
}

/** What `map` and `filter` gather: grows in place, since nobody else can see it. */
export class GrowingList extends ValueList {}

export const listValue = (items: Value[]): ValueList => new ValueList(items);

/** Keys are strings, ints, uints and bools; a whole double finds the int that it is equal to. */
export type Key = string;

/** The same for keys that are equal, and different for others; undefined for what can be no key. */
export function keyOf(value: Value): Key | undefined {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean') return `b${String(value)}`;
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `n${BigInt(value)}` : `d${value}`;
  return value instanceof Uint ? `n${value.value}` : undefined;
}

/** A key as error texts show it. */
export const keyText = (key: Value): string =>
  typeof key !== 'object' || key === null ? String(key) : key instanceof Uint ? String(key.value) : typeName(key);

/** A map, or an object of a kind with fields. */
export abstract class ValueMap {
  abstract readonly size: number;
  abstract keys(): readonly Value[];
  abstract get(key: Value): Value | undefined;
  /** An object says so: it has fields, of which those that are declared may be absent. */
  readonly object: Type | null = null;
}

export class EntryMap extends ValueMap {
  readonly entries: Map<Key, { readonly key: Value; readonly value: Value }>;
  constructor(entries: EntryMap['entries']) {
    super();
    this.entries = entries;
  }
  get size(): number {
    return this.entries.size;
  }
  keys(): Value[] {
    return [...this.entries.values()].map(({ key }) => key);
  }
  get(key: Value): Value | undefined {
    return this.entries.get(keyOf(key) ?? '')?.value;
  }
}

/** What transformMap gathers. */
export class GrowingMap extends EntryMap {}

/** Values are worked out when they are asked for: the variables of a policy. */
export class LazyMap extends ValueMap {
  readonly #names: readonly string[];
  readonly #find: (name: string) => Value | undefined;
  constructor(names: readonly string[], find: (name: string) => Value | undefined) {
    super();
    this.#names = names;
    this.#find = find;
  }
  get size(): number {
    return this.#names.length;
  }
  keys(): readonly Value[] {
    return this.#names;
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' && this.#names.includes(key) ? this.#find(key) : undefined;
  }
}

/** The name of the type of a value, as errors and `type()` show it. */
export function typeName(value: Value): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (value === null) return 'null_type';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Bytes) return 'bytes';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof List) return 'list';
  if (value instanceof ValueMap) return value.object?.name ?? 'map';
  if (value instanceof TypeValue) return 'type';
  return value instanceof Optional ? 'optional_type' : value.type;
}

const isNumber = (value: Value): value is bigint | number | Uint =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;

const plainNumber = (value: bigint | number | Uint): bigint | number => (value instanceof Uint ? value.value : value);

/** Numbers of different types are compared by what they are worth; everything else is unlike what is of another type. */
export function equal(a: Value, b: Value): boolean {
  if (isNumber(a)) {
    // The comparison of a bigint and a number is exact.
    // oxlint-disable-next-line eqeqeq
    return isNumber(b) && plainNumber(a) == plainNumber(b);
  }
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Bytes)
    return b instanceof Bytes && a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at]);
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equal(a.value, b.value);
  }
  if (a instanceof List) {
    if (!(b instanceof List) || a.size !== b.size) return false;
    if (a.nameOf !== null) return sameItems(a, b, a.nameOf);
    for (let at = 0; at < a.size; at++) if (!equal(a.at(at), b.at(at))) return false;
    return true;
  }
  if (a instanceof ValueMap) {
    if (!(b instanceof ValueMap) || a.size !== b.size) return false;
    return a.keys().every((key) => {
      const other = b.get(key);
      return other !== undefined && equal(a.get(key)!, other);
    });
  }
  if (a instanceof Opaque && b instanceof Opaque && a.type === b.type) {
    const same = a.data as { equals?(other: unknown): boolean } | null;
    return typeof same?.equals === 'function' ? same.equals(b.data) : a.data === b.data;
  }
  return false;
}

/** Whether every item of one has its like in the other, wherever that stands. */
function sameItems(a: List, b: List, nameOf: NonNullable<List['nameOf']>): boolean {
  const others = [...b];
  return [...a].every((item) => {
    const name = nameOf(item);
    return others.some((other) => equal(nameOf(other), name) && equal(other, item));
  });
}

const order = (a: bigint | number | string, b: bigint | number | string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Order of code points, not of UTF-16. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!;
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

/** Below, at or above zero; NaN for a double that is none, undefined for what has no order. */
export function compare(a: Value, b: Value): number | undefined {
  if (isNumber(a)) {
    if (!isNumber(b)) return undefined;
    const [left, right] = [plainNumber(a), plainNumber(b)];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
    return order(left, right);
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined;
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (a instanceof Duration) return b instanceof Duration ? order(a.nanos, b.nanos) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? order(a.nanos, b.nanos) : undefined;
  if (a instanceof Bytes && b instanceof Bytes) {
    for (let at = 0; at < Math.min(a.bytes.length, b.bytes.length); at++)
      if (a.bytes[at] !== b.bytes[at]) return Math.sign(a.bytes[at]! - b.bytes[at]!);
    return Math.sign(a.bytes.length - b.bytes.length);
  }
  return undefined;
}

/** How many code points a text has. */
export function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xdc00 || unit > 0xdfff) count++;
  }
  return count;
}

/** What costs count by: elements, code points or bytes; 1 for all that has no size. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return codePoints(value);
  if (value instanceof Bytes) return value.bytes.length;
  if (value instanceof List || value instanceof ValueMap) return value.size;
  if (value instanceof Opaque) return (value.data as { costSize?: number } | null)?.costSize ?? 1;
  return 1;
}
