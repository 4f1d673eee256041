/**
 * Strategic merge patch: like a merge patch, but lists may merge by a key, and directives (`$patch`, `$retainKeys`,
 * `$setElementOrder/…`, `$deleteFromPrimitiveList/…`) say what plain data cannot.
 * @source kubernetes apimachinery/pkg/util/strategicpatch/patch.go
 */
import { canonicalJson, deepEqual, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import { mergedBefore, rememberMerge } from './merge-memory';
import type { PatchSchema } from './strategies';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
export const SET_ORDER = '$setElementOrder/';

/** A patch that breaks the rules of directives. `code` is the HTTP code that it is refused with. */
export class StrategicMergeError extends Error {
  readonly code: 400 | 422;
  constructor(message: string, code: 400 | 422 = 400) {
    super(message);
    this.code = code;
  }
}

/** `target` with `patch` applied. Neither is changed; what stays is shared. @throws StrategicMergeError */
export function applyStrategicMerge(target: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  let plain = target === NOTHING;
  for (const key in patch) {
    if (key.startsWith('$')) return applyDirectives(target, patch, schema);
    if (plain) plain = isScalar(patch[key]);
  }
  if (plain) return patch; // it says just what comes of it
  let result: Record<string, JsonValue> | null = null;
  let gone: Set<string> | null = null;
  for (const key in patch) {
    const change = patch[key];
    const known = target[key];
    if (change === known && change !== null) continue;
    const old = known === undefined || !Object.hasOwn(target, key) ? undefined : known;
    if (change === null || change === undefined) {
      if (old !== undefined) (gone ??= new Set()).add(key);
      continue;
    }
    let next: JsonValue | undefined = change;
    if (isJsonArray(change)) next = mergedList(old, change, key, patch, schema);
    else if (isJsonObject(change)) {
      next = applyStrategicMerge(isJsonObject(old) ? old : NOTHING, change, schema.at(key));
      if (change[DIRECTIVE] === 'delete') {
        if (old !== undefined) (gone ??= new Set()).add(key);
        continue;
      }
    }
    if (next === old) continue;
    result ??= { ...target };
    result[key] = next;
  }
  if (gone !== null) return withoutKeys(result ?? target, gone);
  return result ?? target;
}

const isScalar = (value: unknown): boolean => value !== undefined && typeof value !== 'object';

/** What becomes of a list; the old one itself where nothing changes. */
function mergedList(
  old: JsonValue | undefined,
  items: readonly JsonValue[],
  field: string,
  patch: JsonObject,
  schema: PatchSchema,
): JsonValue {
  const { merge, key } = schema.strategyOf(field);
  if (isJsonArray(old) && key !== undefined) {
    const how = { items, order: patch[SET_ORDER + field], key, schema: schema.at(field) };
    const known = mergedBefore(old, how);
    if (known !== undefined) return known;
    const merged = sharing(old, mergeList(old, items, field, patch, key, how.schema));
    rememberMerge(old, how, merged);
    return merged;
  }
  const before = isJsonArray(old) ? old : [];
  return sharing(
    old,
    merge ? mergeList(before, items, field, patch, key, schema.at(field)) : withoutListDirective(items),
  );
}

/** The old list where a new one says the same. */
const sharing = <T extends JsonValue | undefined>(old: T, merged: readonly JsonValue[]): readonly JsonValue[] =>
  isJsonArray(old) && deepEqual(old, merged) ? old : merged;

function applyDirectives(target: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'replace') return withoutDirective(patch);
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw new StrategicMergeError(`Unknown patch type found: ${canonicalJson(directive)}`);
  }
  const result: Record<string, JsonValue> = retained(target, patch);
  let changed = result !== target;
  const draft = (): Record<string, JsonValue> => {
    if (changed) return writable;
    changed = true;
    writable = { ...target };
    return writable;
  };
  let writable = result;
  let gone: Set<string> | null = null;

  let deletes = false;
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$')) {
      if (key === DIRECTIVE || key === RETAIN_KEYS) continue;
      if (key.startsWith(DELETE_FROM_LIST)) {
        deletes = true;
        continue;
      }
      if (key.startsWith(SET_ORDER)) {
        const field = key.slice(SET_ORDER.length);
        if (!Object.hasOwn(patch, field)) applyList(field, []);
        continue;
      }
    }
    const change = patch[key];
    const old = Object.hasOwn(writable, key) ? writable[key] : undefined;
    if (change === null || change === undefined) {
      if (old !== undefined) remove(key);
    } else if (isJsonArray(change)) {
      applyList(key, change);
    } else if (isJsonObject(change)) {
      const merged = isJsonObject(old)
        ? applyStrategicMerge(old, change, schema.at(key))
        : applyStrategicMerge(NOTHING, change, schema.at(key));
      if (change[DIRECTIVE] === 'delete') remove(key);
      else if (merged !== old) draft()[key] = merged;
    } else if (change !== old) {
      draft()[key] = change;
    }
  }
  for (const key of deletes ? Object.keys(patch) : []) {
    if (!key.startsWith(DELETE_FROM_LIST)) continue;
    const field = key.slice(DELETE_FROM_LIST.length);
    if (!Object.hasOwn(patch, field) && !Object.hasOwn(patch, SET_ORDER + field)) applyList(field, []);
  }
  if (gone !== null) return withoutKeys(writable, gone);
  return changed ? writable : target;

  function remove(key: string): void {
    (gone ??= new Set()).add(key);
  }

  function applyList(field: string, items: readonly JsonValue[]): void {
    const old = Object.hasOwn(writable, field) ? writable[field] : undefined;
    const merged = mergedList(old, items, field, patch, schema);
    if (old !== undefined && merged === old) return;
    if (old === undefined && isJsonArray(merged) && merged.length === 0 && !Object.hasOwn(patch, field)) return;
    draft()[field] = merged;
  }
}

/** What a patch is applied to that makes something new. */
const NOTHING: JsonObject = Object.freeze({});

/** A new object, since one that keys were deleted from is a dictionary for good. */
function withoutKeys(object: JsonObject, gone: ReadonlySet<string>): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const key of Object.keys(object)) if (!gone.has(key)) kept[key] = object[key]!;
  return kept;
}

const withoutDirective = (patch: JsonObject): JsonObject => {
  const { [DIRECTIVE]: _directive, ...rest } = patch;
  return rest;
};

const withoutListDirective = (items: readonly JsonValue[]): readonly JsonValue[] =>
  isReplacement(items)
    ? items.filter((item) => !(isJsonObject(item) && item[DIRECTIVE] === 'replace' && Object.keys(item).length === 1))
    : items;

/** A map without the keys that `$retainKeys` does not list. */
function retained(target: JsonObject, patch: JsonObject): Record<string, JsonValue> {
  const keep = patch[RETAIN_KEYS];
  if (keep === undefined) return target;
  if (!isJsonArray(keep)) throw new StrategicMergeError('invalid patch format of retainKeys', 422);
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$') || patch[key] === null) continue;
    if (!keep.includes(key))
      throw new StrategicMergeError(`${RETAIN_KEYS} list doesn't contain all fields present in the patch`, 422);
  }
  const kept = Object.entries(target).filter(([key]) => keep.includes(key));
  return kept.length === Object.keys(target).length ? target : Object.fromEntries(kept);
}

const listOf = (patch: JsonObject, key: string): readonly JsonValue[] | undefined => {
  const value = patch[key];
  if (value === undefined || value === null) return undefined;
  if (!isJsonArray(value)) throw new StrategicMergeError(`expected a list at ${key}`, 422);
  return value;
};

function mergeList(
  before: readonly JsonValue[],
  items: readonly JsonValue[],
  field: string,
  patch: JsonObject,
  key: string | undefined,
  schema: PatchSchema,
): readonly JsonValue[] {
  const order = listOf(patch, SET_ORDER + field);
  const removed = listOf(patch, DELETE_FROM_LIST + field) ?? [];
  if (key === undefined) return mergeScalars(before, items, removed, order);
  if (isReplacement(items)) return items.filter((item) => !(isJsonObject(item) && item[DIRECTIVE] === 'replace'));
  return mergeMaps(before, items, order, field, key, schema);
}

const isReplacement = (items: readonly JsonValue[]): boolean =>
  items.some((item) => isJsonObject(item) && item[DIRECTIVE] === 'replace');

function mergeScalars(
  before: readonly JsonValue[],
  items: readonly JsonValue[],
  removed: readonly JsonValue[],
  order: readonly JsonValue[] | undefined,
): readonly JsonValue[] {
  const kept = before.filter((item) => !removed.includes(item));
  const merged = [...new Set([...kept, ...items])];
  return order === undefined ? merged : ordered(merged, before, order, (item) => canonicalJson(item));
}

function mergeMaps(
  before: readonly JsonValue[],
  items: readonly JsonValue[],
  order: readonly JsonValue[] | undefined,
  field: string,
  key: string,
  schema: PatchSchema,
): readonly JsonValue[] {
  const idOf = (item: JsonValue): string => {
    const value = isJsonObject(item) ? item[key] : undefined;
    if (value === undefined) {
      throw new StrategicMergeError(`map: ${goText(item)} does not contain declared merge key: ${key}`);
    }
    return typeof value === 'string' ? value : canonicalJson(value);
  };
  const inOrder = order === undefined ? null : mergeInOrder(before, items, order, key, schema);
  if (inOrder !== null) return inOrder;
  checkOrder(items, order, field, idOf);
  const deleted = new Set<string>();
  const patches = new Map<string, JsonObject>();
  for (const item of items) {
    if (!isJsonObject(item)) throw new StrategicMergeError(`expected a map in ${field}`);
    const id = idOf(item);
    if (item[DIRECTIVE] === 'delete') deleted.add(id);
    else patches.set(id, item);
  }
  const kept = deleted.size === 0 ? before : before.filter((item) => !deleted.has(idOf(item)));
  const known = new Set<string>();
  const patchedIds: string[] = [];
  const merged = kept.map((item) => {
    const id = idOf(item);
    known.add(id);
    const change = patches.get(id);
    if (change === undefined || !isJsonObject(item)) return item;
    patchedIds.push(id);
    return applyStrategicMerge(item, change, schema);
  });
  const added = [...patches].filter(([id]) => !known.has(id));
  const ids = [...known, ...added.map(([id]) => id)];
  const wantedIds = order === undefined ? [...patches.keys()] : order.map(idOf);
  if (added.length === 0 && order === undefined && isSameOrder(patchedIds, wantedIds)) return merged;
  const all = merged.concat(added.map(([, item]) => applyStrategicMerge(NOTHING, item, schema)));
  if (isSameOrder(ids, wantedIds)) return all;
  const wanted = order ?? items.filter((item) => isJsonObject(item) && item[DIRECTIVE] !== 'delete');
  return ordered(all, before, wanted, idOf);
}

/** The usual case: the order names all items, old and new, each once. Null: it does not, or something else is unusual. */
function mergeInOrder(
  before: readonly JsonValue[],
  items: readonly JsonValue[],
  order: readonly JsonValue[],
  key: string,
  schema: PatchSchema,
): readonly JsonValue[] | null {
  const merged: JsonValue[] = [];
  let left = before.length;
  let next = 0;
  for (let index = 0; index < order.length; index++) {
    const id = keyText(order[index]!, key);
    if (id === undefined || findItem(order, key, id, index + 1) !== undefined) return null;
    const old = findItem(before, key, id, 0);
    const item = items[next];
    const isPatched = item !== undefined && keyText(item, key) === id;
    if (old !== undefined) left--;
    else if (!isPatched) return null;
    if (!isPatched) {
      merged.push(old!);
      continue;
    }
    if (!isJsonObject(item) || item[DIRECTIVE] !== undefined) return null;
    merged.push(applyStrategicMerge(old ?? NOTHING, item, schema));
    next++;
  }
  return left === 0 && next === items.length ? merged.slice() : null;
}

/** The first item with this text for a key, from an index on. */
function findItem(items: readonly JsonValue[], key: string, id: string, from: number): JsonObject | undefined {
  for (let index = from; index < items.length; index++) {
    const item = items[index]!;
    if (keyText(item, key) === id) return item as JsonObject;
  }
  return undefined;
}

/** The text that is an item's key; undefined when it has none or something else than text. */
function keyText(item: JsonValue, key: string): string | undefined {
  const value = isJsonObject(item) ? item[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

const isSameOrder = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((id, index) => id === others[index]);

/**
 * Items in the wanted order; those that it does not name keep their order among each other, each before the wanted item
 * that it stood before in the old list.
 */
function ordered(
  items: readonly JsonValue[],
  before: readonly JsonValue[],
  wanted: readonly JsonValue[],
  idOf: (item: JsonValue) => string,
): readonly JsonValue[] {
  const rank = new Map(wanted.map((item, index) => [idOf(item), index]));
  const oldIndex = new Map(before.map((item, index) => [idOf(item), index]));
  const patched = items
    .filter((item) => rank.has(idOf(item)))
    .sort((a, b) => (rank.get(idOf(a)) ?? 0) - (rank.get(idOf(b)) ?? 0));
  const others = items.filter((item) => !rank.has(idOf(item)));
  const result: JsonValue[] = [];
  let next = 0;
  for (const item of patched) {
    const place = oldIndex.get(idOf(item));
    while (
      next < others.length &&
      (place === undefined || (oldIndex.get(idOf(others[next] ?? null)) ?? Infinity) < place)
    ) {
      result.push(others[next++] ?? null);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** The patch's items must stand in the order of `$setElementOrder`, and be named there. */
function checkOrder(
  items: readonly JsonValue[],
  order: readonly JsonValue[] | undefined,
  field: string,
  idOf: (item: JsonValue) => string,
): void {
  if (order === undefined) return;
  const ids = items.filter((item) => !(isJsonObject(item) && item[DIRECTIVE] === 'delete')).map(idOf);
  const positions = new Map(order.map((item, index) => [idOf(item), index]));
  let last = -1;
  for (const id of ids) {
    const position = positions.get(id);
    if (position === undefined || position < last) {
      const list = (values: readonly JsonValue[]) => `[${values.map(goText).join(' ')}]`;
      throw new StrategicMergeError(
        `The order in patch list:\n${list(items)}\n doesn't match ${SET_ORDER}${field} list:\n${list(order)}\n`,
      );
    }
    last = position;
  }
}

/** A value as Go prints it with %v. */
export function goText(value: JsonValue): string {
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `map[${keys.map((key) => `${key}:${goText(value[key] ?? null)}`).join(' ')}]`;
  }
  if (isJsonArray(value)) return `[${value.map(goText).join(' ')}]`;
  return value === null ? '<nil>' : String(value);
}
