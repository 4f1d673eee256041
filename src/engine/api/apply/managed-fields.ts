/**
 * Who set which fields of an object: `metadata.managedFields`, kept by every create, update and patch.
 *
 * @source kubernetes apimachinery/pkg/util/managedfields/internal/{managedfieldsupdater,capmanagers,managedfields,stripmeta,skipnonapplied}.go
 * @source sigs.k8s.io/structured-merge-diff merge/update.go (Update)
 */
import { byteOrder, deepEqual, isJsonObject } from '../json';
import { parseTimestamp } from '../timestamp';
import type { ObjectMeta } from '../types';
import type { Comparison } from './compare';
import { difference, type FieldSet, parseFieldSet, union } from './field-set';

export type ManagedFieldsEntry = NonNullable<ObjectMeta['managedFields']>[number];
export type ManagedFields = readonly ManagedFieldsEntry[];

/** Who writes. Entries of one writer are told apart by these, of Apply without the version. */
export interface FieldManager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty: the object itself. */
  readonly subresource: string;
}

export const NO_FIELDS: ManagedFields = Object.freeze([]);

/** Entries of operation Update that are kept apart. */
const MAX_UPDATERS = 10;
const OLD_UPDATES = 'ancient-changes';

export const setOf = (entry: ManagedFieldsEntry): FieldSet => entry.fieldsV1 as FieldSet;

export const isEntryOf = (
  entry: ManagedFieldsEntry,
  { name, operation, apiVersion, subresource }: FieldManager,
): boolean =>
  entry.manager === name &&
  entry.operation === operation &&
  (entry.subresource ?? '') === subresource &&
  (operation === 'Apply' || entry.apiVersion === apiVersion);

/** The last entry made for a set: what is written in the same second by the same manager shares it. */
const recent = new Map<FieldSet, ManagedFieldsEntry>();
const MOST_RECENT = 256;

/** @param time - RFC 3339; undefined when it is not known */
export function newEntry(manager: FieldManager, fields: FieldSet, time: string | undefined): ManagedFieldsEntry {
  const known = recent.get(fields);
  if (known?.time === time && known?.apiVersion === manager.apiVersion && isEntryOf(known, manager)) return known;
  const { name, operation, apiVersion, subresource } = manager;
  const entry: { -readonly [K in keyof ManagedFieldsEntry]: ManagedFieldsEntry[K] } =
    time === undefined ? { manager: name, operation, apiVersion } : { manager: name, operation, apiVersion, time };
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = fields;
  if (subresource !== '') entry.subresource = subresource;
  if (recent.size >= MOST_RECENT) recent.clear();
  recent.set(fields, entry);
  return entry;
}

/** An entry with other fields; null when none is left to it. */
function withFields(entry: ManagedFieldsEntry, fields: FieldSet | null): ManagedFieldsEntry | null {
  if (fields === setOf(entry)) return entry;
  return fields === null ? null : Object.freeze({ ...entry, fieldsV1: fields });
}

/** An entry without what a write has changed or removed. */
export const lessWhat = ({ touched, removed }: Comparison, entry: ManagedFieldsEntry): ManagedFieldsEntry | null =>
  withFields(entry, difference(difference(setOf(entry), touched), removed));

/**
 * The managed fields of an object after a create, update or patch: what the write changed is the manager's, and nobody
 * else's any more. Answers the very list that it was given when there is nothing to note.
 *
 * @param time - RFC 3339
 */
export function afterUpdate(
  change: Comparison,
  managed: ManagedFields,
  manager: FieldManager,
  time: string,
): ManagedFields {
  if (change.touched === null && change.removed === null) return managed;
  const entries: ManagedFieldsEntry[] = [];
  let own: FieldSet | null = null;
  for (const entry of managed) {
    if (change.touched !== null && isEntryOf(entry, manager)) {
      own = difference(setOf(entry), change.removed);
      continue;
    }
    const left = lessWhat(change, entry);
    if (left !== null) entries.push(left);
  }
  if (change.touched !== null) entries.push(newEntry(manager, union(own, change.touched)!, time));
  return inOrder(capped(entries));
}

/** Merges the oldest of too many updaters. */
function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  if (entries.length <= MAX_UPDATERS) return entries;
  const updaters = entries.filter(({ operation }) => operation === 'Update');
  let excess = updaters.length - MAX_UPDATERS;
  if (excess <= 0) return entries;
  updaters.sort((a, b) => secondsOf(a) - secondsOf(b) || byteOrder(identifier(a), identifier(b)));
  const firsts = new Map<string, ManagedFieldsEntry>();
  const buckets = new Map<string, ManagedFieldsEntry>();
  const gone = new Set<ManagedFieldsEntry>();
  for (const entry of updaters) {
    if (excess <= 0) break;
    const version = entry.apiVersion ?? '';
    const first = firsts.get(version);
    if (first === undefined) {
      firsts.set(version, entry);
      continue;
    }
    const before = buckets.get(version) ?? first;
    const bucket: FieldManager = { name: OLD_UPDATES, operation: 'Update', apiVersion: version, subresource: '' };
    buckets.set(version, newEntry(bucket, union(setOf(entry), setOf(before))!, entry.time));
    gone.add(first).add(entry);
    excess--;
  }
  return [...entries.filter((entry) => !gone.has(entry)), ...buckets.values()];
}

const identifier = ({ manager, apiVersion, subresource }: ManagedFieldsEntry): string =>
  JSON.stringify([manager, apiVersion, subresource]);
const secondsOf = ({ time }: ManagedFieldsEntry): number => (time === undefined ? 0 : parseTimestamp(time));

/** Entries in the order in which they are shown: by operation, time and name. */
export function inOrder(entries: ManagedFieldsEntry[]): ManagedFields {
  for (let i = 1; i < entries.length; i++) {
    if (compareEntries(entries[i - 1]!, entries[i]!) <= 0) continue;
    entries.sort(compareEntries);
    break;
  }
  const [first] = entries;
  if (entries.length !== 1 || first === undefined) return entries.slice();
  let alone = single.get(first);
  if (alone !== undefined) return alone;
  if (single.size >= MOST_RECENT) single.clear();
  single.set(first, (alone = [first]));
  return alone;
}

/** Lists of one entry, which all have that were written in the same second by the same manager. */
const single = new Map<ManagedFieldsEntry, ManagedFields>();

const compareEntries = (a: ManagedFieldsEntry, b: ManagedFieldsEntry): number =>
  byteOrder(a.operation ?? '', b.operation ?? '') ||
  secondsOf(a) - secondsOf(b) ||
  byteOrder(a.manager ?? '', b.manager ?? '') ||
  byteOrder(a.apiVersion ?? '', b.apiVersion ?? '') ||
  byteOrder(a.subresource ?? '', b.subresource ?? '');

/**
 * The managed fields that an update starts from: those that it brings, if they can be read, else those that are stored. A list
 * of one empty entry wipes them.
 */
export function startingFrom(given: unknown, stored: ManagedFields): ManagedFields {
  if (given === stored || !Array.isArray(given) || given.length === 0) return stored;
  const list = given as readonly unknown[];
  if (list.length === 1 && isJsonObject(list[0]) && Object.keys(list[0]).length === 0) return NO_FIELDS;
  if (deepEqual(list, stored)) return stored;
  const entries: ManagedFieldsEntry[] = [];
  for (const item of list) {
    const { operation, fieldsType, fieldsV1 } = item as ManagedFieldsEntry;
    const fields = parseFieldSet(fieldsV1);
    const known = operation === 'Apply' || operation === 'Update';
    if (!known || fieldsType !== 'FieldsV1' || fields === undefined) return stored;
    if (fields !== null) entries.push(Object.freeze({ ...(item as ManagedFieldsEntry), fieldsV1: fields }));
  }
  return inOrder(entries);
}

/** Whether two lists differ in nothing but times. */
export const sameButForTimes = (a: ManagedFields | undefined, b: ManagedFields | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    a.length === b?.length &&
    a.every((entry, index) => entry === b[index] || deepEqual({ ...entry, time: '' }, { ...b[index], time: '' })));
