/** JSON merge patch. @source RFC 7386 */
import { deepEqual, isJsonObject, type JsonObject, type JsonValue } from '../json';

/** `target` with `patch` applied: null removes a key, a map merges, everything else replaces. Shares what stays. */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return target !== undefined && deepEqual(target, patch) ? target : patch;
  const before: JsonObject = isJsonObject(target) ? target : {};
  let result: Record<string, JsonValue> | undefined = isJsonObject(target) ? undefined : {};
  for (const key of Object.keys(patch)) {
    const change = patch[key];
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (change === null || change === undefined) {
      if (old === undefined) continue;
      result ??= { ...before };
      delete result[key];
      continue;
    }
    const merged = applyMergePatch(old, change);
    if (merged === old) continue;
    result ??= { ...before };
    Object.defineProperty(result, key, { value: merged, writable: true, enumerable: true, configurable: true });
  }
  return result ?? before;
}

/** The merge patch that leads from one value to another. */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, JsonValue> = {};
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (old !== undefined && deepEqual(old, value)) continue;
    patch[key] = isJsonObject(old) && isJsonObject(value) ? createMergePatch(old, value) : value;
  }
  return patch;
}
