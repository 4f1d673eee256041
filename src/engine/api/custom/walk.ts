/**
 * Walks an object along its schema, with what stood at the same place before an update: for checks that are told one schema
 * node and its value at a time.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/{listtype,objectmeta}/validation.go,
 *   pkg/apiserver/schema/cel/validation.go (validate, validateMap, validateArray)
 */
import type { FieldError } from '../field-error';
import { isJsonArray, isJsonObject, type JsonValue, sortedKeys } from '../json';
import { additionalOf, childPath, itemsOf, type JsonSchema, keyPath, propertyOf } from './json-schema';
import { oldItems } from './old-items';

/**
 * What is wrong with the value at one node of a schema. Called for every node that has a value, the root first.
 *
 * @param old - what stood here before; undefined on create, and where nothing can be said to be the same place
 * @param path - as field errors say it: empty at the root, `spec.ports[0].name`, `metadata.labels[app]`
 */
export type NodeCheck = (
  schema: JsonSchema,
  value: JsonValue,
  old: JsonValue | undefined,
  path: string,
) => readonly FieldError[];

/** All that a check finds, in order of the alphabet. */
export function walk(
  schema: JsonSchema,
  value: JsonValue,
  old: JsonValue | undefined,
  path: string,
  check: NodeCheck,
): readonly FieldError[] {
  const own = check(schema, value, old, path);
  if (isJsonArray(value)) {
    const items = itemsOf(schema);
    if (items === undefined) return own;
    const before = old === undefined ? null : oldItems(schema, old);
    return [...own, ...value.flatMap((item, index) => walk(items, item, before?.(item), `${path}[${index}]`, check))];
  }
  if (!isJsonObject(value)) return own;
  const before = isJsonObject(old) ? old : undefined;
  const additional = additionalOf(schema);
  const members = sortedKeys(value).flatMap((name) => {
    const known = propertyOf(schema, name);
    const of = known ?? additional;
    if (of === undefined) return [];
    const was = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
    return walk(of, value[name]!, was, known === undefined ? keyPath(path, name) : childPath(path, name), check);
  });
  return [...own, ...members];
}
