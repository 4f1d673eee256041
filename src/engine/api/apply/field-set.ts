/**
 * Sets of fields, in the very form in which the API shows them (FieldsV1): a map with `f:name` of a field, `k:{…}` of a list's
 * item, `v:…` of a set's value, and `.` for the thing itself. What stands without anything below it is in the set itself.
 *
 * Sets never change, and small ones that say the same are one object, so that a thousand pods of one template share theirs and
 * most questions are answered by comparing references. `null` is the empty set.
 *
 * @source sigs.k8s.io/structured-merge-diff fieldpath/{set,serialize,serialize-pe,element,path}.go
 */
import { byteOrder, canonicalJson, isJsonArray, isJsonObject, type JsonValue } from '../json';

export interface FieldSet {
  readonly [key: string]: FieldSet;
}

/** One thing, and nothing below it. */
export const LEAF: FieldSet = Object.freeze({});

/** Keys one after the other: where they lead to are the sets with just these, which what is below them tells apart. */
interface Shape {
  readonly next: Map<string, Shape>;
  readonly alike: FieldSet[];
}

const newShape = (): Shape => ({ next: new Map(), alike: [] });
let shapes = newShape();
let shapesKnown = 0;
/** Steps remembered at most, and sets of each. Beyond that sets are equal without being one. */
const MAX_SHAPES = 16_384;
const MAX_ALIKE = 8;
/** Items that no two objects have alike. */
const UNIQUE = 'k:{"ip"';

function shapeOf(keys: readonly string[]): Shape {
  if (shapesKnown >= MAX_SHAPES) {
    shapes = newShape();
    shapesKnown = 0;
  }
  let shape = shapes;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    let next = shape.next.get(key);
    if (next === undefined) {
      shape.next.set(key, (next = newShape()));
      shapesKnown++;
    }
    shape = next;
  }
  return shape;
}

/** The set of these keys, which are in order; `children[i]` is what is below `keys[i]`. */
export function fieldSet(keys: readonly string[], children: readonly FieldSet[]): FieldSet | null {
  const last = keys.at(-1);
  if (last === undefined) return null;
  if (last === '.') return LEAF;
  if (last.startsWith(UNIQUE)) return newSet(keys, children);
  const { alike } = shapeOf(keys);
  next: for (let at = 0; at < alike.length; at++) {
    const known = alike[at]!;
    for (let i = 0; i < keys.length; i++) if (known[keys[i]!] !== children[i]) continue next;
    keepLonger(alike, at);
    return known;
  }
  const made = newSet(keys, children);
  if (alike.length >= MAX_ALIKE) alike.shift();
  alike.push(made);
  return made;
}

/** Puts what was asked for again at the end of a list whose first goes first: sets that nobody asks for again are not to drive it out. */
export function keepLonger<T>(list: T[], at: number): void {
  const last = list.length - 1;
  const item = list[at]!;
  list[at] = list[last]!;
  list[last] = item;
}

/** A set of items is a dictionary: the engine is not to keep a class for every address that a pod ever had. */
function newSet(keys: readonly string[], children: readonly FieldSet[]): FieldSet {
  const made = (keys.at(-1)!.startsWith('f:') ? {} : Object.create(null)) as Record<string, FieldSet>;
  for (let i = 0; i < keys.length; i++) made[keys[i]!] = children[i]!;
  return made;
}

/** Whether the thing itself is in the set, and not only what is below it. */
export function hasSelf(set: FieldSet): boolean {
  for (const key in set) return key === '.'; // it stands first
  return true;
}

const isBelow = (key: string): boolean => key !== '.';
const keysBelow = (set: FieldSet): string[] => Object.keys(set).filter(isBelow);

/** A set with or without the thing itself, and with what is left below it. */
function rebuilt(self: boolean, keys: string[], children: FieldSet[]): FieldSet | null {
  if (!self) return fieldSet(keys, children);
  return keys.length === 0 ? LEAF : fieldSet(['.', ...keys], [LEAF, ...children]);
}

/** Whether all that is in `b` is in `a`, too. */
function includes(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (hasSelf(b) && !hasSelf(a)) return false;
  for (const key in b) {
    if (key !== '.' && (a[key] === undefined || !includes(a[key], b[key]!))) return false;
  }
  return true;
}

/** What has been found out of two sets. A thousand pods of one template go through the same few changes. */
type Known = Map<FieldSet, Map<FieldSet, FieldSet | null>>;
const unions: Known = new Map();
const differences: Known = new Map();
const MAX_KNOWN = 256;
const MAX_KNOWN_OF_ONE = 16;

function remembered(
  known: Known,
  a: FieldSet,
  b: FieldSet,
  found: (a: FieldSet, b: FieldSet) => FieldSet | null,
): FieldSet | null {
  let ofOne = known.get(a);
  const before = ofOne?.get(b);
  if (before !== undefined) return before;
  if (ofOne === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(a, (ofOne = new Map<FieldSet, FieldSet | null>()));
  } else if (ofOne.size >= MAX_KNOWN_OF_ONE) ofOne.clear();
  const result = found(a, b);
  ofOne.set(b, result);
  return result;
}

export function union(a: FieldSet | null, b: FieldSet | null): FieldSet | null {
  if (a === b || b === null) return a;
  return a === null ? b : remembered(unions, a, b, unionOf);
}

function unionOf(a: FieldSet, b: FieldSet): FieldSet | null {
  if (includes(a, b)) return a;
  const keys: string[] = [];
  const children: FieldSet[] = [];
  const left = keysBelow(a);
  const right = keysBelow(b);
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const [l, r] = [left[i], right[j]];
    const order = l === undefined ? 1 : r === undefined ? -1 : l === r ? 0 : compareKeys(l, r);
    const key = order > 0 ? r! : l!;
    const child = order > 0 ? b[key]! : order < 0 ? a[key]! : union(a[key]!, b[key]!)!;
    keys.push(key);
    children.push(child);
    if (order >= 0) j++;
    if (order <= 0) i++;
  }
  return rebuilt(hasSelf(a) || hasSelf(b), keys, children);
}

/** What of `a` is not in `b`. A thing of `b` takes nothing away that is below it. */
export function difference(a: FieldSet | null, b: FieldSet | null): FieldSet | null {
  if (a === b) return null;
  if (a === null || b === null || areApart(a, b)) return a;
  return remembered(differences, a, b, differenceOf);
}

/** Whether two sets have nothing to do with each other, as the spec and the status of an object. */
function areApart(a: FieldSet, b: FieldSet): boolean {
  for (const key in b) if (a[key] !== undefined) return false;
  return !hasSelf(b) || !hasSelf(a);
}

export function intersection(a: FieldSet | null, b: FieldSet | null): FieldSet | null {
  if (a === b || a === null) return a;
  return b === null ? null : kept(a, b, false);
}

const differenceOf = (a: FieldSet, b: FieldSet): FieldSet | null => kept(a, b, true);

/** What of `a` is (or is not) in `b`, which may lack it altogether. */
function kept(a: FieldSet, b: FieldSet, unless: boolean): FieldSet | null {
  const self = hasSelf(a);
  const keepsSelf = self && hasSelf(b) !== unless;
  let isA = keepsSelf === self;
  const keys: string[] = [];
  const children: FieldSet[] = [];
  for (const key in a) {
    if (key === '.') continue;
    const child = a[key]!;
    const other = b[key];
    const left =
      other === undefined
        ? unless
          ? child
          : null
        : other === child
          ? unless
            ? null
            : child
          : kept(child, other, unless);
    if (left !== child) isA = false;
    if (left === null) continue;
    keys.push(key);
    children.push(left);
  }
  return isA ? a : rebuilt(keepsSelf, keys, children);
}

/** The set without some things and all that is below them: `paths` is a set whose leaves go. */
export function without(set: FieldSet | null, paths: FieldSet): FieldSet | null {
  if (set === null || hasSelf(paths)) return null;
  const keys: string[] = [];
  const children: FieldSet[] = [];
  for (const key of keysBelow(set)) {
    const left = paths[key] === undefined ? set[key]! : without(set[key]!, paths[key]);
    if (left === null) continue;
    keys.push(key);
    children.push(left);
  }
  return rebuilt(hasSelf(set), keys, children);
}

type Scalar = string | number | boolean | null;

/** Order of the keys of a set: fields by name, then items by their keys, values, places. */
export function compareKeys(a: string, b: string): number {
  const kind = KINDS.indexOf(a[0]!) - KINDS.indexOf(b[0]!);
  if (kind !== 0 || a[0] === 'f' || a[0] === '.') return kind === 0 ? byteOrder(a, b) : kind;
  const plain = plainText(a);
  if (plain !== null) {
    const other = plainText(b);
    if (other !== null) return byteOrder(plain, other);
  }
  const left = Object.values(itemOf(a));
  const right = Object.values(itemOf(b));
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareScalars(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const KINDS = '.fkvi';
/** An item with one key, a text: the usual case, whose order is that of the texts. */
const PLAIN_ITEM = /^k:\{"[^"\\]*":"[^"\\]*"\}$/;
const plainTexts = new Map<string, string | null>();
const MAX_TEXTS = 4096;

/** What an item with one key is sorted by; null when it is none. */
function plainText(key: string): string | null {
  let text = plainTexts.get(key);
  if (text !== undefined) return text;
  if (plainTexts.size >= MAX_TEXTS) plainTexts.clear();
  text = PLAIN_ITEM.test(key) ? key.slice(0, -2) : null;
  plainTexts.set(key, text);
  return text;
}
const compareScalars = (a: Scalar, b: Scalar): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : byteOrder(String(a), String(b));

/** The keys of an item, or its value or place. */
function itemOf(key: string): Readonly<Record<string, Scalar>> {
  const value = JSON.parse(key.slice(2)) as Scalar | Record<string, Scalar>;
  return typeof value === 'object' && value !== null ? value : { '': value };
}

/** A key as errors print it: `.name`, `[name="web"]`, `[="x"]`, `[3]`. */
export function keyText(key: string): string {
  if (key[0] === 'f') return `.${key.slice(2)}`;
  if (key[0] === 'i') return `[${key.slice(2)}]`;
  const texts = Object.entries(itemOf(key)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${texts.join(',')}]`;
}

/** The paths of all that is in a set, in order: `.spec.template.spec.containers[name="web"].image`. */
export function pathsOf(set: FieldSet | null, prefix = ''): string[] {
  if (set === null) return [];
  const below = keysBelow(set).flatMap((key) => pathsOf(set[key]!, prefix + keyText(key)));
  return hasSelf(set) ? [prefix, ...below] : below;
}

/** A set that somebody sent, in our form. Undefined when it is none. */
export function parseFieldSet(value: unknown): FieldSet | null | undefined {
  if (!isJsonObject(value)) return undefined;
  const keys: string[] = [];
  const children: FieldSet[] = [];
  for (const key of Object.keys(value)) {
    if (key !== '.' && !isKey(key)) return undefined;
  }
  for (const key of Object.keys(value).sort(compareKeys)) {
    const child = parseFieldSet(value[key]);
    if (child === undefined) return undefined;
    keys.push(key);
    children.push(child ?? LEAF);
  }
  return fieldSet(keys, children);
}

function isKey(key: string): boolean {
  if (key.startsWith('f:')) return true;
  if (!/^[kvi]:/.test(key)) return false;
  try {
    const value = JSON.parse(key.slice(2)) as JsonValue;
    return key[0] === 'k' ? isJsonObject(value) : key[0] === 'v' ? !isJsonArray(value) : Number.isInteger(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const fieldKeys = new Map<string, string>();

/** The key of a field or of a map's entry. */
export function fieldKey(name: string): string {
  let key = fieldKeys.get(name);
  if (key !== undefined) return key;
  if (fieldKeys.size >= MAX_TEXTS) fieldKeys.clear();
  fieldKeys.set(name, (key = `f:${name}`));
  return key;
}

/** The key of a set's value. */
export const valueKey = (value: unknown): string => `v:${canonicalJson(value)}`;
