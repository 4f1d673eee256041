/**
 * Functions of lists, sets and optional values.
 *
 * @source kubernetes apiserver/pkg/cel/library/lists.go; cel-go ext/sets.go, cel/library.go (optionalLib)
 */
import type { Declarations } from '../environment';
import {
  compare,
  Bytes,
  Duration,
  equal,
  fail,
  List,
  listValue,
  NONE,
  Optional,
  sizeOf,
  Uint,
  type Value,
  ValueMap,
} from '../values';
import { durationOf } from '../time';
import { standard } from './standard';

/** Lists of strings and bytes are longer to go through. @source library/cost.go (traversalCost) */
function traversalCost([list = null]: readonly Value[]): number {
  return gone(list);
}

function gone(value: Value): number {
  if (typeof value === 'string' || value instanceof Bytes) return Math.floor(sizeOf(value) * 0.1);
  let cost = 0;
  if (value instanceof List) for (const item of value) cost += gone(item);
  else if (value instanceof ValueMap) for (const key of value.keys()) cost += gone(key) + gone(value.get(key)!);
  else return 1;
  return cost;
}

const ordered = (a: Value, b: Value): number => compare(a, b) ?? fail('no such overload');

function isSorted(list: List): boolean {
  for (let at = 1; at < list.size; at++) if (ordered(list.at(at - 1), list.at(at)) > 0) return false;
  return true;
}

const extreme =
  (name: string, sign: number) =>
  (list: List): Value => {
    if (list.size === 0) return fail(`${name} called on empty list`);
    let best = list.at(0);
    for (const item of list) if (ordered(item, best) * sign > 0) best = item;
    return best;
  };

const plus = (type: string): ((a: Value, b: Value) => Value) =>
  standard[`_+_(${type}, ${type}): ${type}`] as (a: Value, b: Value) => Value;

function position(list: List, value: Value, from: number, step: number): bigint {
  for (let at = from; at >= 0 && at < list.size; at += step) if (equal(list.at(at), value)) return BigInt(at);
  return -1n;
}

const ZEROS: Readonly<Record<string, Value>> = { int: 0n, uint: new Uint(0n), double: 0, duration: durationOf(0n) };

function sum(type: string): (list: List) => Value {
  return (list) => {
    let total = ZEROS[type] ?? null;
    for (const [at, item] of [...list].entries()) total = at === 0 ? item : plus(typeOfNumber(item))(total, item);
    return total;
  };
}

const typeOfNumber = (value: Value): string => {
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  return value instanceof Uint ? 'uint' : value instanceof Duration ? 'duration' : fail('no such overload');
};

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

export const lists: Declarations = {
  ...Object.fromEntries(
    COMPARABLE.flatMap((type) => [
      [`list<${type}> -> isSorted(): bool`, [isSorted, traversalCost] as const],
      [`list<${type}> -> min(): ${type}`, [extreme('min', -1), traversalCost] as const],
      [`list<${type}> -> max(): ${type}`, [extreme('max', 1), traversalCost] as const],
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(ZEROS).map((type) => [`list<${type}> -> sum(): ${type}`, [sum(type), traversalCost] as const]),
  ),
  'list<A> -> indexOf(A): int': [(list: List, value: Value) => position(list, value, 0, 1), traversalCost],
  'list<A> -> lastIndexOf(A): int': [
    (list: List, value: Value) => position(list, value, list.size - 1, -1),
    traversalCost,
  ],
};

const has = (list: List, value: Value): boolean => position(list, value, 0, 1) >= 0n;
const holds = (list: List, other: List): boolean => [...other].every((value) => has(list, value));
const pairs = ([a = null, b = null]: readonly Value[]): number => sizeOf(a) * sizeOf(b);

export const sets: Declarations = {
  'sets.contains(list<A>, list<A>): bool': [holds, pairs],
  'sets.equivalent(list<A>, list<A>): bool': [
    (list: List, other: List) => holds(list, other) && holds(other, list),
    (args) => 2 * pairs(args),
  ],
  'sets.intersects(list<A>, list<A>): bool': [
    (list: List, other: List) => [...other].some((value) => has(list, value)),
    pairs,
  ],
};

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Bytes || value instanceof List || value instanceof ValueMap) return sizeOf(value) === 0;
  return value instanceof Optional && value.value === undefined;
}

/** `or` and `orValue` look at their argument only where it counts: the evaluator does that itself. */
const never = (): Value => fail('no such overload');

export const optionals: Declarations = {
  'optional.of(A): optional<A>': (value: Value) => new Optional(value),
  'optional.ofNonZeroValue(A): optional<A>': (value: Value) => (isZero(value) ? NONE : new Optional(value)),
  'optional.none(): optional<A>': () => NONE,
  'optional<A> -> value(): A': ({ value }: Optional) =>
    value === undefined ? fail('optional.none() dereference') : value,
  'optional<A> -> hasValue(): bool': ({ value }: Optional) => value !== undefined,
  'optional<A> -> or(optional<A>): optional<A>': never,
  'optional<A> -> orValue(A): A': never,
  '_[?_](list<A>, int): optional<A>': never,
  '_[?_](optional<list<A>>, int): optional<A>': never,
  '_[?_](map<A, B>, A): optional<B>': never,
  '_[?_](optional<map<A, B>>, A): optional<B>': never,
  '_[_](optional<list<A>>, int): optional<A>': never,
  '_[_](optional<map<A, B>>, A): optional<B>': never,
  'optional.unwrap(list<optional<A>>): list<A>': unwrapped,
  'list<optional<A>> -> unwrapOpt(): list<A>': unwrapped,
};

function unwrapped(list: List): Value {
  return listValue(
    [...list].flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : [])),
  );
}
