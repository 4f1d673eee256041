/**
 * Which item of a list was which before an update.
 *
 * @source kubernetes apiserver/pkg/cel/common/{equality,maplist}.go
 */
import { canonicalJson, isJsonArray, isJsonObject, type JsonValue } from '../json';
import { itemsOf, type JsonSchema, propertyOf } from './json-schema';

/** What names an item of a list that is a map; undefined: nothing does. */
function keyOf(schema: JsonSchema, item: JsonValue): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const items = itemsOf(schema);
  const key: Record<string, JsonValue> = {};
  for (const name of schema['x-kubernetes-list-map-keys'] ?? []) {
    const value = item[name] ?? (items && propertyOf(items, name)?.default);
    if (value !== undefined) key[name] = value;
  }
  return canonicalJson(key);
}

/** Finds the item that an item was before; null: the items of this list cannot be told apart. */
export function oldItems(schema: JsonSchema, old: JsonValue): ((item: JsonValue) => JsonValue | undefined) | null {
  if (schema['x-kubernetes-list-type'] !== 'map' || !isJsonArray(old)) return null;
  const known = new Map<string, JsonValue>();
  for (const item of old) {
    const key = keyOf(schema, item);
    if (key !== undefined && !known.has(key)) known.set(key, item);
  }
  return (item) => {
    const key = keyOf(schema, item);
    return key === undefined ? undefined : known.get(key);
  };
}
