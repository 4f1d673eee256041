/**
 * What becomes of a custom object on its way in and out of etcd: unknown fields are pruned, nulls dropped that may not be, what
 * is missing gets its default. Values are shared as far as they stay.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}/{algorithm,prunenulls}.go,
 *   pkg/apiserver/schema/objectmeta/{algorithm,coerce}.go
 */
import { decodeAs } from '../decode';
import { byteOrder, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import {
  additionalOf,
  childPath,
  isEmbedded,
  itemsOf,
  type JsonSchema,
  memberOf,
  META_FIELDS,
  propertyOf,
} from './json-schema';

/** A change of members: undefined takes one away. */
function withMembers(map: JsonObject, change: (value: JsonValue, name: string) => JsonValue | undefined): JsonObject {
  let result: Record<string, JsonValue> | undefined;
  for (const name of Object.keys(map)) {
    const before = map[name]!;
    const after = change(before, name);
    if (after === before) continue;
    result ??= { ...map };
    if (after === undefined) delete result[name];
    else result[name] = after;
  }
  return result ?? map;
}

function withItems(list: readonly JsonValue[], change: (value: JsonValue, index: number) => JsonValue): JsonValue {
  let result: JsonValue[] | undefined;
  list.forEach((before, index) => {
    const after = change(before, index);
    if (after === before) return;
    result ??= list.slice();
    result[index] = after;
  });
  return result ?? list;
}

/** Whether members without a schema stay. */
const preserves = (schema: JsonSchema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;

/**
 * A value without the fields that its schema does not know; `schema` undefined knows none.
 *
 * @param unknown - takes the paths of what was dropped
 * @param keeps - unknown fields of the value itself stay; those of lists hand it on to their items
 */
export function prune(
  value: JsonValue,
  schema: JsonSchema | undefined,
  path: string,
  unknown: string[],
  keeps = schema !== undefined && preserves(schema),
): JsonValue {
  if (isJsonArray(value)) {
    const items = schema && itemsOf(schema);
    if (keeps && items === undefined) return value;
    const kept = keeps || (items !== undefined && preserves(items));
    return withItems(value, (item, index) => prune(item, items, `${path}[${index}]`, unknown, kept));
  }
  if (!isJsonObject(value)) return value;
  return withMembers(value, (member, name) => {
    if (schema !== undefined && isEmbedded(schema) && META_FIELDS.has(name)) return member;
    const at = childPath(path, name);
    const known = schema && propertyOf(schema, name);
    if (known !== undefined) return prune(member, known, at, unknown);
    if (schema?.additionalProperties !== undefined) return prune(member, additionalOf(schema), at, unknown);
    if (keeps) return member;
    unknown.push(at);
    return undefined;
  });
}

const isForbiddenNull = (value: JsonValue, schema: JsonSchema | undefined): boolean =>
  value === null && schema !== undefined && schema.nullable !== true;

/** A value without nulls that may not be and have no default. */
export function pruneNulls(value: JsonValue, schema: JsonSchema): JsonValue {
  if (isJsonArray(value)) {
    const items = itemsOf(schema);
    return items === undefined ? value : withItems(value, (item) => pruneNulls(item, items));
  }
  if (!isJsonObject(value)) return value;
  return withMembers(value, (member, name) => {
    const of = memberOf(schema, name);
    if (of === undefined) return member;
    if (isForbiddenNull(member, of)) return of.default === undefined ? undefined : member;
    return pruneNulls(member, of);
  });
}

/** A value with the defaults of its schema where something is missing, or null and may not be. */
export function withSchemaDefaults(value: JsonValue, schema: JsonSchema): JsonValue {
  if (isJsonArray(value)) {
    const items = itemsOf(schema);
    if (items === undefined) return value;
    return withItems(value, (item) =>
      withSchemaDefaults(isForbiddenNull(item, items) ? (items.default ?? null) : item, items),
    );
  }
  if (!isJsonObject(value)) return value;
  let filled: Record<string, JsonValue> | undefined;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || property.default === null) continue;
    if (Object.hasOwn(value, name) && !isForbiddenNull(value[name]!, property)) continue;
    filled ??= { ...value };
    filled[name] = property.default;
  }
  return withMembers(filled ?? value, (member, name) => {
    const of = memberOf(schema, name);
    if (of === undefined) return member;
    return withSchemaDefaults(isForbiddenNull(member, of) ? (of.default ?? null) : member, of);
  });
}

/** A field of an embedded object that cannot be what it is. */
export class EmbeddedError extends Error {}

/** A value whose embedded objects have metadata without unknown fields. @throws EmbeddedError */
export function coerceEmbedded(value: JsonValue, schema: JsonSchema, path: string, unknown: string[]): JsonValue {
  if (isJsonArray(value)) {
    const items = itemsOf(schema);
    if (items === undefined) return value;
    return withItems(value, (item, index) => coerceEmbedded(item, items, `${path}[${index}]`, unknown));
  }
  if (!isJsonObject(value)) return value;
  const embedded = isEmbedded(schema);
  return withMembers(value, (member, name) => {
    const at = childPath(path, name);
    if (embedded && name === 'metadata') return metadataOf(member, at, unknown);
    if (embedded && META_FIELDS.has(name) && typeof member !== 'string')
      throw new EmbeddedError(`${at}: Invalid value: ${JSON.stringify(member)}: must be a string`);
    const of = memberOf(schema, name);
    return of === undefined ? member : coerceEmbedded(member, of, at, unknown);
  });
}

function metadataOf(value: JsonValue, path: string, unknown: string[]): JsonValue {
  const decoded = decodeAs('ObjectMeta', value);
  if (!decoded.ok) throw new EmbeddedError(`${path}: Invalid value: ${JSON.stringify(value)}: ${decoded.error}`);
  for (const violation of decoded.violations) unknown.push(`${path}.${violation.slice('unknown field "'.length, -1)}`);
  return decoded.value as JsonValue;
}

/** What an object becomes by a schema, its apiVersion, kind and metadata apart; and the paths of its unknown fields. */
export function coerceObject(
  object: JsonObject,
  schema: JsonSchema,
): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  const pruned: string[] = [];
  const embedded: string[] = [];
  const root: JsonSchema = { ...schema, 'x-kubernetes-embedded-resource': true };
  let value = prune(object, root, '', pruned);
  value = withoutMeta(value, object, (own) => {
    const coerced = coerceEmbedded(
      pruneNulls(own, schema),
      { ...schema, 'x-kubernetes-embedded-resource': false },
      '',
      embedded,
    );
    return withSchemaDefaults(coerced, schema);
  });
  return { object: value as JsonObject, unknown: [...pruned.toSorted(byteOrder), ...embedded] };
}

/** Changes all of an object but what its schema does not decide about. */
function withoutMeta(value: JsonValue, original: JsonObject, change: (own: JsonValue) => JsonValue): JsonValue {
  const own: Record<string, JsonValue> = {};
  const meta: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value as JsonObject)) (META_FIELDS.has(name) ? meta : own)[name] = member;
  const changed = change(own) as JsonObject;
  const result: Record<string, JsonValue> = { ...meta };
  for (const name of Object.keys(changed)) if (!META_FIELDS.has(name)) result[name] = changed[name]!;
  const names = Object.keys(result);
  const same = names.length === Object.keys(original).length && names.every((name) => result[name] === original[name]);
  return same ? original : result;
}
