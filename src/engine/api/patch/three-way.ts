/**
 * The patch that `kubectl apply` sends: what the manifest adds or changes against the live object, and what it no longer has
 * against the manifest that was applied last. Fields that only the live object has are never touched.
 * @source kubernetes apimachinery/pkg/util/strategicpatch/patch.go (CreateThreeWayMergePatch), kubectl/pkg/cmd/apply/patcher.go
 */
import {
  canonicalJson,
  deepEqual,
  isJsonArray,
  isJsonObject,
  sortedKeys,
  byteOrder,
  type JsonObject,
  type JsonValue,
} from '../json';
import { DELETE_FROM_LIST, DIRECTIVE, RETAIN_KEYS, SET_ORDER } from './strategic-merge';
import type { PatchStrategy } from '../list-types';
import type { PatchSchema } from './strategies';

/** Which half of a difference is wanted. Order directives belong to the additions. */
type Half = 'additions' | 'deletions';

type Draft = Record<string, JsonValue>;

/** The strategic patch of kubectl's client-side apply. An empty map means that there is nothing to do. */
export function createThreeWayPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  schema: PatchSchema,
): JsonObject {
  const additions = diffMaps(current, modified, schema, 'additions', false);
  const deletions = diffMaps(original, modified, schema, 'deletions', false);
  return combine(deletions, additions, schema);
}

function diffMaps(from: JsonObject, to: JsonObject, schema: PatchSchema, half: Half, retain: boolean): Draft {
  const patch: Draft = {};
  for (const key of sortedKeys(to)) {
    const value = to[key] ?? null;
    const old = Object.hasOwn(from, key) ? from[key] : undefined;
    if (isJsonObject(old) && isJsonObject(value)) {
      const inner = diffMaps(old, value, schema.at(key), half, schema.strategyOf(key).retainKeys === true);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (isJsonArray(old) && isJsonArray(value) && schema.strategyOf(key).merge === true) {
      diffLists(old, value, key, schema.strategyOf(key), schema.at(key), half, patch);
    } else if (half === 'additions' && (old === undefined || !deepEqual(old, value))) {
      patch[key] = value;
    }
  }
  const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  if (half === 'deletions') for (const key of removed) patch[key] = null;
  if (retain && (Object.keys(patch).length > 0 || removed.length > 0)) {
    patch[RETAIN_KEYS] = sortedKeys(to).filter((key) => to[key] !== null);
  }
  return patch;
}

function diffLists(
  from: readonly JsonValue[],
  to: readonly JsonValue[],
  field: string,
  strategy: PatchStrategy,
  schema: PatchSchema,
  half: Half,
  patch: Draft,
): void {
  if (from.length === 0) {
    if (to.length > 0 && half === 'additions') patch[field] = to;
    return;
  }
  const { key } = strategy;
  const idOf = (item: JsonValue): string => canonicalJson(key === undefined || !isJsonObject(item) ? item : item[key]);
  const fromById = new Map(from.map((item) => [idOf(item), item]));
  const toIds = new Set(to.map(idOf));
  const changes: JsonValue[] = [];
  for (const item of to) {
    const old = fromById.get(idOf(item));
    if (old === undefined) {
      if (half === 'additions') changes.push(item);
    } else if (key !== undefined && isJsonObject(old) && isJsonObject(item)) {
      const inner = diffMaps(old, item, schema, half, strategy.retainKeys === true);
      if (Object.keys(inner).length > 0) changes.push({ ...inner, [key]: item[key] ?? null });
    }
  }
  const removed = half === 'deletions' ? from.filter((item) => !toIds.has(idOf(item))) : [];
  if (key === undefined) {
    if (removed.length > 0) patch[DELETE_FROM_LIST + field] = removed;
  } else {
    for (const item of [...removed].sort((a, b) => byteOrder(idOf(a), idOf(b)))) {
      if (isJsonObject(item)) changes.push({ [DIRECTIVE]: 'delete', [key]: item[key] ?? null });
    }
  }
  if (changes.length > 0) patch[field] = changes;
  const sameOrder = from.length === to.length && from.every((item, index) => idOf(item) === idOf(to[index] ?? null));
  if (half === 'additions' && (changes.length > 0 || !sameOrder) && to.length > 0) {
    patch[SET_ORDER + field] =
      key === undefined ? to : to.map((item) => ({ [key]: isJsonObject(item) ? (item[key] ?? null) : null }));
  }
}

/** Deletions and additions as one patch. What both touch, the additions decide. */
function combine(deletions: JsonObject, additions: JsonObject, schema: PatchSchema): JsonObject {
  const result: Draft = { ...deletions };
  for (const [key, value] of Object.entries(additions)) {
    const before = result[key];
    if (isJsonObject(before) && isJsonObject(value)) {
      result[key] = combine(before, value, schema.at(key));
    } else if (isJsonArray(before) && isJsonArray(value) && schema.strategyOf(key).key !== undefined) {
      const order = additions[SET_ORDER + key];
      result[key] = combineLists(before, value, schema.strategyOf(key).key ?? '', schema.at(key), order);
    } else {
      result[key] = value;
    }
  }
  return inWantedOrder(result, schema);
}

function combineLists(
  deletions: readonly JsonValue[],
  additions: readonly JsonValue[],
  key: string,
  schema: PatchSchema,
  order: JsonValue | undefined,
): readonly JsonValue[] {
  const idOf = (item: JsonValue): string => canonicalJson(isJsonObject(item) ? item[key] : item);
  const items = new Map<string, JsonValue>();
  for (const item of [...deletions, ...additions]) {
    const before = items.get(idOf(item));
    items.set(idOf(item), isJsonObject(before) && isJsonObject(item) ? combine(before, item, schema) : item);
  }
  return sortedByOrder([...items.values()], order, idOf);
}

/** Items in the order of `$setElementOrder`, those that are deleted last. */
function sortedByOrder(
  items: readonly JsonValue[],
  order: JsonValue | undefined,
  idOf: (item: JsonValue) => string,
): readonly JsonValue[] {
  if (!isJsonArray(order)) return items;
  const rank = new Map(order.map((item, index) => [idOf(item), index]));
  const rankOf = (item: JsonValue): number => rank.get(idOf(item)) ?? order.length;
  return [...items].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Lists that only the deletions touch must follow the order that the additions ask for, too. */
function inWantedOrder(patch: Draft, schema: PatchSchema): JsonObject {
  for (const name of Object.keys(patch)) {
    if (!name.startsWith(SET_ORDER)) continue;
    const field = name.slice(SET_ORDER.length);
    const items = patch[field];
    const { key } = schema.strategyOf(field);
    if (!isJsonArray(items) || key === undefined) continue;
    patch[field] = sortedByOrder(items, patch[name], (item) => canonicalJson(isJsonObject(item) ? item[key] : item));
  }
  return patch;
}
