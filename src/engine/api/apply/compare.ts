/**
 * What a write changes: the fields that it adds or changes, and those that it removes. Parts that both objects share cost
 * nothing.
 * @source sigs.k8s.io/structured-merge-diff typed/compare.go
 */
import { deepEqual } from '../json';
import { compareKeys, fieldKey, fieldSet, type FieldSet, keepLonger, LEAF, union } from './field-set';
import { EMPTY, itemKey, type RememberedSet, type Typed, type TypedField } from './typed';

export interface Comparison {
  /** Added or modified. */
  readonly touched: FieldSet | null;
  readonly removed: FieldSet | null;
}

const NOTHING: Comparison = Object.freeze({ touched: null, removed: null });
const ADDED: Comparison = Object.freeze({ touched: LEAF, removed: null });
const REMOVED: Comparison = Object.freeze({ touched: null, removed: LEAF });

type Loose = Readonly<Record<string, unknown>>;

/**
 * Compares two values of a type. `undefined` is a value that is not there, which is not the same as null.
 */
export function compare(type: Typed, before: unknown, after: unknown): Comparison {
  if (before === after) return NOTHING;
  switch (type.kind) {
    case 'struct':
      return isNothing(type, before) && isNothing(type, after)
        ? leaf(before, after)
        : compareStructs(type, before, after);
    case 'map':
      return isNothing(type, before) && isNothing(type, after)
        ? leaf(before, after)
        : compareOnce(type, before, after, compareMaps);
    case 'list':
      return isNothing(type, before) && isNothing(type, after)
        ? leaf(before, after)
        : compareOnce(type, before, after, compareLists);
    case 'any':
      return mapOf(before ?? after) === undefined ||
        mapOf(after ?? before) === undefined ||
        (isNothing(type, before) && isNothing(type, after))
        ? leaf(before, after)
        : compareMaps(type, before, after);
    default:
      return leaf(before, after);
  }
}

function leaf(before: unknown, after: unknown): Comparison {
  if (before === undefined) return ADDED;
  if (after === undefined) return REMOVED;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return ADDED;
  return deepEqual(before, after) ? NOTHING : ADDED;
}

/** Compares two objects of a kind: what the parts are that changed. */
export const compareObjects = (type: Typed, before: object, after: object): Comparison =>
  compareFields(type, before, after);

/** Whether a value has no members of its own. */
function isNothing(type: Typed, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (type.present.length > 0) return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if (key !== '') return false;
  return true;
}

const mapOf = (value: unknown): Loose | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : undefined;

/** Large structs that were new as a whole, e.g. a template's pod spec in each of its pods, and what they are made of. */
const addedStructs = new WeakMap<object, { readonly type: Typed; readonly comparison: Comparison }>();
const REMEMBERED_FIELDS = 6;

function compareStructs(type: Typed, before: unknown, after: unknown): Comparison {
  const isNew = before === EMPTY && typeof after === 'object' && after !== null;
  if (isNew) {
    const known = addedStructs.get(after);
    if (known?.type === type) return known.comparison;
  }
  const comparison = compareFields(type, before, after);
  if (isNew && comparison.touched !== null && Object.keys(comparison.touched).length >= REMEMBERED_FIELDS) {
    addedStructs.set(after, { type, comparison });
  }
  return comparison;
}

function compareFields(type: Typed, before: unknown, after: unknown): Comparison {
  const left = mapOf(before);
  const right = mapOf(after);
  const both: Gathering = { touched: before === undefined ? new StructSet(1) : null, removed: null, rest: NO_ENTRIES };
  if (after === undefined) both.removed = new StructSet(1);
  if (right !== undefined && (left === undefined || left === EMPTY)) addFields(type, left, right, both);
  else if (right !== undefined) {
    for (const name in right) {
      const r = right[name];
      const l = left?.[name];
      if (l === r) continue;
      const field = type.byName.get(name);
      if (field === undefined) noteRest(type, name, l, r, both);
      if (field === undefined || r === undefined) continue;
      compareField(field, l ?? (left === undefined ? undefined : field.zero), r, both);
    }
  }
  if (left !== undefined && left !== EMPTY) {
    for (const name in left) {
      const r = right?.[name];
      if (r !== undefined && r !== null) continue;
      const l = left[name];
      const field = l === undefined || l === null ? undefined : type.byName.get(name);
      if (field === undefined && r === undefined) noteRest(type, name, l, r, both);
      if (field !== undefined) compareField(field, l, right === undefined ? undefined : field.zero, both);
    }
  }
  if (left === undefined || right === undefined) {
    for (const field of type.present) {
      const { name, zero } = field;
      if (((left ?? right)?.[name] ?? null) !== null) continue;
      if (left === undefined) compareField(field, undefined, zero, both);
      if (right === undefined) compareField(field, zero, undefined, both);
    }
  }
  let touched = both.touched?.done(type) ?? null;
  let removed = both.removed?.done(type) ?? null;
  if (both.rest.length > 0) {
    const rest = gathered([...both.rest], null, null);
    touched = union(touched, rest.touched);
    removed = union(removed, rest.removed);
  }
  return touched === null && removed === null ? NOTHING : { touched, removed };
}

/** Fields of a struct that is new: most are leaves, which need no look at their values. */
function addFields(type: Typed, left: Loose | undefined, right: Loose, both: Gathering): void {
  const touched = (both.touched ??= new StructSet(0));
  for (const name in right) {
    const field = type.byName.get(name);
    if (field === undefined) noteRest(type, name, undefined, right[name], both);
    if (field === undefined) continue;
    const r = right[name];
    if (r === undefined) continue;
    const { kind } = field.type;
    if (kind === 'scalar' && r !== null) touched.fields += field.bit;
    else compareField(field, left === undefined ? undefined : field.zero, r, both);
  }
}

/** What has been found so far in a struct. */
interface Gathering {
  touched: StructSet | null;
  removed: StructSet | null;
  /** Fields that the schema does not name. */
  rest: readonly Entry[];
}

/** Takes in a field that the schema does not name, if the struct may have such. */
function noteRest({ rest }: Typed, name: string, l: unknown, r: unknown, both: Gathering): void {
  if (rest === undefined || name === 'apiVersion' || name === 'kind') return;
  const comparison = compare(rest, l, r);
  if (comparison !== NOTHING) both.rest = [...both.rest, [fieldKey(name), comparison]];
}

function compareField({ type, bit }: TypedField, l: unknown, r: unknown, both: Gathering): void {
  const field = compare(type, l, r);
  if (field.touched !== null) (both.touched ??= new StructSet(0)).add(bit, field.touched);
  if (field.removed !== null) (both.removed ??= new StructSet(0)).add(bit, field.removed);
}

/** Gathers fields of a struct: which, is a number, so that sets of the same fields are found without comparing names. */
class StructSet {
  fields: number;
  /** What is more than a leaf, in the order of fields. */
  children: FieldSet[] | undefined = undefined;
  bits: number[] | undefined = undefined;
  constructor(self: number) {
    this.fields = self;
  }
  add(bit: number, set: FieldSet): void {
    this.fields += bit;
    if (set === LEAF) return;
    if (this.bits === undefined || this.children === undefined) {
      this.bits = [bit];
      this.children = [set];
      return;
    }
    let at = this.bits.length;
    while (at > 0 && this.bits[at - 1]! > bit) at--;
    this.bits.splice(at, 0, bit);
    this.children.splice(at, 0, set);
  }
  done(type: Typed): FieldSet | null {
    if (this.fields <= 1) return this.fields === 1 ? LEAF : null;
    return structSet(type, this.fields, this.bits ?? NO_BITS, this.children ?? NO_SETS);
  }
}

function newStructSet(type: Typed, sum: number, bits: readonly number[], children: readonly FieldSet[]): FieldSet {
  const made: Record<string, FieldSet> = {};
  if (sum % 2 === 1) made['.'] = LEAF;
  for (const { key, bit } of type.fields) {
    if (Math.floor(sum / bit) % 2 === 1) made[key] = children[bits.indexOf(bit)] ?? LEAF;
  }
  return Object.freeze(made);
}

/** The same fields as in a set, with other things below them. */
function withChildren(
  type: Typed,
  alike: RememberedSet,
  bits: readonly number[],
  children: readonly FieldSet[],
): FieldSet {
  const made: Record<string, FieldSet> = { ...alike.set };
  for (const bit of alike.bits) made[keyOfBit(type, bit)] = LEAF;
  for (let i = 0; i < bits.length; i++) made[keyOfBit(type, bits[i]!)] = children[i]!;
  return Object.freeze(made);
}

const keyOfBit = (type: Typed, bit: number): string => type.byBit.get(bit)!.key;

const NO_BITS: readonly number[] = [];
const NO_SETS: readonly FieldSet[] = [];

/** Sets of one struct's fields that are remembered: shapes, and sets of each. */
const MAX_SHAPES = 256;
const MAX_ALIKE = 8;

/** The set of those fields of a struct whose bits are in the sum, with these children below some of them. */
function structSet(type: Typed, sum: number, bits: readonly number[], children: readonly FieldSet[]): FieldSet {
  let alike = type.sets.get(sum);
  if (alike === undefined) {
    if (type.sets.size >= MAX_SHAPES) type.sets.clear();
    type.sets.set(sum, (alike = []));
  }
  next: for (let at = 0; at < alike.length; at++) {
    const known = alike[at]!;
    if (known.bits.length !== bits.length) continue;
    for (let i = 0; i < bits.length; i++) {
      if (known.bits[i] !== bits[i] || known.children[i] !== children[i]) continue next;
    }
    keepLonger(alike, at);
    return known.set;
  }
  const set =
    alike.length === 0 ? newStructSet(type, sum, bits, children) : withChildren(type, alike[0]!, bits, children);
  if (alike.length >= MAX_ALIKE) alike.shift();
  alike.push({ set, bits, children });
  return set;
}

function compareMaps(type: Typed, before: unknown, after: unknown): Comparison {
  const left = mapOf(before) ?? EMPTY;
  const right = mapOf(after) ?? EMPTY;
  const entries: Entry[] = [];
  for (const name in left) note(entries, fieldKey(name), compare(type.element, left[name], right[name]));
  for (const name in right) {
    if (left[name] === undefined) note(entries, fieldKey(name), compare(type.element, undefined, right[name]));
  }
  return gathered(entries, before, after);
}

const NO_ENTRIES: readonly Entry[] = [];

type Entry = readonly [key: string, comparison: Comparison];

function note(entries: Entry[], key: string, comparison: Comparison): void {
  if (comparison !== NOTHING) entries.push([key, comparison]);
}

/** More are sorted by the library: shifting takes as many steps as there are pairs. */
const FEW = 16;

/** Puts entries in the order of their keys: most lists are short, or in order. */
function sort(entries: Entry[]): void {
  for (let i = 1; i < entries.length; i++) {
    const entry = entries[i]!;
    const key = entry[0];
    if (compareKeys(entries[i - 1]![0], key) < 0) continue;
    if (entries.length > FEW) {
      entries.sort(([a], [b]) => compareKeys(a, b));
      return;
    }
    let at = i;
    for (; at > 0 && compareKeys(entries[at - 1]![0], key) > 0; at--) entries[at] = entries[at - 1]!;
    entries[at] = entry;
  }
}

function gathered(entries: Entry[], before: unknown, after: unknown): Comparison {
  sort(entries);
  const touched = membersOf(entries, before === undefined, 'touched');
  const removed = membersOf(entries, after === undefined, 'removed');
  return touched === null && removed === null ? NOTHING : { touched, removed };
}

function membersOf(entries: readonly Entry[], self: boolean, part: keyof Comparison): FieldSet | null {
  const keys: string[] = self ? ['.'] : [];
  const sets: FieldSet[] = self ? [LEAF] : [];
  for (const [key, comparison] of entries) {
    const set = comparison[part];
    if (set === null) continue;
    keys.push(key);
    sets.push(set);
  }
  return fieldSet(keys, sets);
}

/** The items of a list by their keys. An item that stands there several times is the list of them. */
function itemsOf(type: Typed, value: unknown): Map<string, unknown> {
  const items = new Map<string, unknown>();
  if (!Array.isArray(value)) return items;
  for (const item of value as readonly unknown[]) {
    const key = itemKey(type, item);
    if (key !== undefined) items.set(key, items.has(key) ? [items.get(key), item] : item);
  }
  return items;
}

/** The last lists and maps that became others or were new, e.g. the conditions and labels of pods that share them, and what was found. */
const compared = new Map<unknown, { readonly type: Typed; readonly before: unknown; readonly found: Comparison }>();
const MAX_COMPARED = 128;

/** @param look - compares by looking at all members */
function compareOnce(
  type: Typed,
  before: unknown,
  after: unknown,
  look: (type: Typed, before: unknown, after: unknown) => Comparison,
): Comparison {
  if (typeof after !== 'object' || after === null) return look(type, before, after);
  const known = compared.get(after);
  if (known?.type === type && known.before === before) return known.found;
  const found = look(type, before, after);
  if (compared.size >= MAX_COMPARED) compared.clear();
  compared.set(after, { type, before, found });
  return found;
}

function compareLists(type: Typed, before: unknown, after: unknown): Comparison {
  const entries: Entry[] = [];
  if (Array.isArray(before) && Array.isArray(after) && isAligned(type, before, after)) {
    for (let i = 0; i < after.length; i++) {
      const item = compare(type.element, before[i], after[i]);
      if (item !== NOTHING) note(entries, itemKey(type, after[i])!, item);
    }
    return gathered(entries, before, after);
  }
  if (before === undefined && Array.isArray(after) && addItems(type, after, entries))
    return gathered(entries, before, after);
  const left = itemsOf(type, before);
  const right = itemsOf(type, after);
  for (const [key, item] of left) note(entries, key, compareItems(type, item, right.get(key)));
  for (const [key, item] of right) if (!left.has(key)) note(entries, key, compareItems(type, undefined, item));
  return gathered(entries, before, after);
}

/** Takes in the items of a list that is new; false when one stands there several times. */
function addItems(type: Typed, list: readonly unknown[], entries: Entry[]): boolean {
  for (const item of list) {
    const key = itemKey(type, item);
    if (key === undefined) continue;
    if (entries.some(([known]) => known === key)) {
      entries.length = 0;
      return false;
    }
    note(entries, key, compare(type.element, undefined, item));
  }
  return true;
}

/** Whether two lists have the same items in the same order, told apart by one text that none of them shares. */
function isAligned(type: Typed, before: readonly unknown[], after: readonly unknown[]): boolean {
  if (type.keys.length !== 1 || before.length !== after.length) return false;
  const { name } = type.keys[0]!;
  for (let i = 0; i < before.length; i++) {
    const key = mapOf(after[i])?.[name];
    if (typeof key !== 'string' || mapOf(before[i])?.[name] !== key) return false;
    for (let j = 0; j < i; j++) if (mapOf(after[j])?.[name] === key) return false;
  }
  return true;
}

const compareItems = (type: Typed, before: unknown, after: unknown): Comparison =>
  Array.isArray(before) || Array.isArray(after) ? leaf(before, after) : compare(type.element, before, after);
