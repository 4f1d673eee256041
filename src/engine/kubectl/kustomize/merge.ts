/**
 * Strategic merge as kustomize does it: what a patch adds to a list stands in front, in the order of the patch.
 *
 * @source sigs.k8s.io/kustomize kyaml/yaml/merge2/merge2.go, kyaml/yaml/walk
 */
import { deepEqual, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import type { PatchSchema } from '#engine/api/patch/strategies';

/** @returns null: the patch deletes it */
export function mergePatch(target: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject | null {
  const directive = patch['$patch'];
  if (directive === 'delete') return null;
  const { $patch: _directive, ...fields } = patch;
  if (directive === 'replace') return fields;
  const result: Record<string, JsonValue> = { ...target };
  for (const [key, value] of Object.entries(fields)) {
    const known = result[key];
    if (value === null) delete result[key];
    else if (isJsonObject(value)) {
      const inner = mergePatch(isJsonObject(known) ? known : {}, value, schema.at(key));
      if (inner === null) delete result[key];
      else result[key] = inner;
    } else if (isJsonArray(value)) result[key] = mergedList(isJsonArray(known) ? known : null, value, key, schema);
    else result[key] = value;
  }
  return result;
}

function mergedList(
  known: readonly JsonValue[] | null,
  patch: readonly JsonValue[],
  field: string,
  schema: PatchSchema,
): JsonValue {
  const replaces = patch.some((one) => isJsonObject(one) && one['$patch'] === 'replace');
  const items = patch.filter((one) => !(isJsonObject(one) && one['$patch'] === 'replace'));
  const { merge, key } = schema.strategyOf(field);
  if (replaces || merge !== true) return items;
  if (key === undefined) {
    const others = (known ?? []).filter((one) => !items.some((item) => deepEqual(item, one)));
    return [...items, ...others];
  }
  const keyOf = (one: JsonValue): JsonValue | undefined => (isJsonObject(one) ? one[key] : undefined);
  const changed = items.flatMap((item): readonly JsonValue[] => {
    if (!isJsonObject(item)) return [item];
    const before = (known ?? []).find((one) => deepEqual(keyOf(one), keyOf(item)));
    const after = mergePatch(isJsonObject(before) ? before : {}, item, schema.at(field));
    return after === null ? [] : [after];
  });
  const rest = (known ?? []).filter((one) => !items.some((item) => deepEqual(keyOf(item), keyOf(one))));
  return [...changed, ...rest];
}
