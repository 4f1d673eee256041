/**
 * Plain data as values: freezing, copying and hashing it. Plain data is made of objects, arrays, Maps, Sets, typed
 * arrays, strings, finite numbers, booleans and null. What is frozen is immutable for good with all that hangs on it, so
 * copies share it: a checkpoint costs what may still change, not what exists.
 */
import { InvariantError } from './invariant';

type Lanes = readonly [number, number];

/** Freezes a value and all that hangs on it. Typed arrays cannot be frozen and are left. @returns the value */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const key in value) deepFreeze(value[key]);
  return value;
}

/**
 * A copy that shares only what is frozen. Objects that stood in two places of the original stand in two
 * places of the copy.
 *
 * @param onShared - told of each frozen object on the rim, once
 * @throws InvariantError for functions, class instances and other things that are no plain data
 */
export const copyPlain = <T>(value: T, onShared?: (frozen: object) => void): T => copyCounted(value, onShared).copy;

/** As `copyPlain`, and how many objects were made: what the copy weighs. */
export function copyCounted<T>(
  value: T,
  onShared?: (frozen: object) => void,
): { readonly copy: T; readonly objects: number } {
  const copies = new Map<object, object>();

  const copy = (original: unknown): unknown => {
    if (typeof original === 'function' || typeof original === 'symbol' || typeof original === 'bigint') {
      throw new InvariantError(`a ${typeof original} is no plain data`);
    }
    if (typeof original !== 'object' || original === null) return original;
    if (onShared === undefined && Object.isFrozen(original)) return original;
    const known = copies.get(original);
    if (known !== undefined) return known;
    if (onShared !== undefined && Object.isFrozen(original)) {
      copies.set(original, original);
      onShared(original);
      return original;
    }
    return copyObject(original);
  };

  const copyObject = (original: object): object => {
    if (Array.isArray(original)) {
      const made: unknown[] = original.slice();
      copies.set(original, made);
      for (let i = 0; i < made.length; i++) {
        const entry = made[i];
        if (isDeep(entry)) made[i] = copy(entry);
      }
      return made;
    }
    if (original instanceof Map) {
      const made = new Map<unknown, unknown>();
      copies.set(original, made);
      for (const [key, entry] of original) made.set(copy(key), copy(entry));
      return made;
    }
    if (original instanceof Set) {
      const made = new Set<unknown>();
      copies.set(original, made);
      for (const entry of original) made.add(copy(entry));
      return made;
    }
    if (ArrayBuffer.isView(original)) {
      const made = (original as Float64Array).slice();
      copies.set(original, made);
      return made;
    }
    const prototype: unknown = Object.getPrototypeOf(original);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new InvariantError(`an instance of ${(original.constructor as { name?: string }).name} is no plain data`);
    }
    // A spread copies the layout in one go, and the copy has the hidden class of the original.
    const made = { ...original } as Record<string, unknown>;
    copies.set(original, made);
    for (const key in made) {
      const entry = made[key];
      if (isDeep(entry)) made[key] = copy(entry);
    }
    return made;
  };

  return { copy: copy(value) as T, objects: copies.size };
}

/** Whether a copy may differ from the value itself: everything but scalars. */
const isDeep = (value: unknown): boolean =>
  typeof value === 'object'
    ? value !== null
    : typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint';

const hashesOfFrozen = new WeakMap<object, Lanes>();
const numberBits = new Float64Array(1);
const numberWords = new Uint32Array(numberBits.buffer);

/**
 * 64 bits that name a value: the same for equal plain data in every JavaScript engine. Keys of objects count in byte
 * order, entries of Maps and Sets in theirs. Not cryptographic.
 *
 * @returns 16 hexadecimal digits
 */
export function hashPlain(value: unknown): string {
  const [high, low] = lanesOf(value);
  return hex(high) + hex(low);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function lanesOf(value: unknown): Lanes {
  switch (typeof value) {
    case 'string':
      return hashString(value);
    case 'number':
      numberBits[0] = value;
      return mix(mix(START, numberWords[0]!), numberWords[1]!);
    case 'boolean':
      return mix(START, value ? 0x7472 : 0x6661);
    case 'object':
      return value === null ? mix(START, 0x6e75) : hashObject(value);
    default:
      return mix(START, 0x756e);
  }
}

const START: Lanes = [0x243f6a88, 0x85a308d3];

function mix([a, b]: Lanes, word: number): Lanes {
  let high = Math.imul(a ^ word, 0x9e3779b1);
  let low = Math.imul(b ^ word ^ (high >>> 15), 0x85ebca6b);
  high ^= low >>> 13;
  low ^= high >>> 16;
  return [high | 0, low | 0];
}

const join = (lanes: Lanes, other: Lanes): Lanes => mix(mix(lanes, other[0]), other[1]);

function hashString(text: string): Lanes {
  let a = START[0];
  let b = START[1] ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code ^ (a >>> 17), 0x85ebca6b);
  }
  return mix([a, b], 0x7374);
}

function hashObject(value: object): Lanes {
  const frozen = Object.isFrozen(value);
  if (frozen) {
    const known = hashesOfFrozen.get(value);
    if (known !== undefined) return known;
  }
  const lanes = hashMembers(value);
  if (frozen) hashesOfFrozen.set(value, lanes);
  return lanes;
}

function hashMembers(value: object): Lanes {
  if (Array.isArray(value)) return value.reduce<Lanes>((lanes, entry) => join(lanes, lanesOf(entry)), mix(START, 1));
  if (value instanceof Map) {
    let lanes = mix(START, 2);
    for (const [key, entry] of value) lanes = join(join(lanes, lanesOf(key)), lanesOf(entry));
    return lanes;
  }
  if (value instanceof Set) {
    let lanes = mix(START, 3);
    for (const entry of value) lanes = join(lanes, lanesOf(entry));
    return lanes;
  }
  if (ArrayBuffer.isView(value)) {
    let lanes = mix(START, 4);
    for (const entry of value as Float64Array) lanes = join(lanes, lanesOf(entry));
    return lanes;
  }
  let lanes = mix(START, 5);
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record).sort()) {
    const entry = record[key];
    if (entry !== undefined) lanes = join(join(lanes, hashString(key)), lanesOf(entry));
  }
  return lanes;
}
