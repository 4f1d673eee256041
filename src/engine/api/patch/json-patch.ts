/**
 * JSON patch as the library applies it that the API server uses; why one does not apply is not told. Written here because it is two pages, and the package
 * for it deep-copies the object at every patch; what stays is shared.
 *
 * @source RFC 6902, RFC 6901, kubernetes apiserver/pkg/endpoints/handlers/patch.go, evanphx/json-patch v4 patch.go
 */
import { deepEqual, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import { badRequest, failure } from '../status-error';
import { type PatchResult, unprocessable } from './patch-result';

const MAX_OPERATIONS = 10_000;

class PatchError extends Error {}

const fail = (): never => {
  throw new PatchError();
};

/** Applies operations one after the other; the first that fails refuses them all. The target stays as it is. */
export function applyJsonPatch(target: JsonValue, patch: unknown): PatchResult {
  if (!Array.isArray(patch)) {
    return { ok: false, status: badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch') };
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    return { ok: false, status: failure({ code: 413, reason: 'RequestEntityTooLarge', message }) };
  }
  try {
    return { ok: true, value: (patch as unknown[]).reduce<JsonValue>(applyOperation, target) };
  } catch (error) {
    if (error instanceof PatchError) return { ok: false, status: unprocessable() };
    throw error;
  }
}

function applyOperation(document: JsonValue, operation: unknown): JsonValue {
  const fields: JsonObject = isJsonObject(operation) ? operation : {};
  const { op, path, from, value } = fields;
  if (typeof path !== 'string') return fail();
  const keys = keysOf(path);
  const source = (): readonly string[] => (typeof from === 'string' ? keysOf(from) : fail());
  switch (op) {
    case 'add':
      return put(document, keys, value ?? null, true);
    case 'replace':
      return put(document, keys, value ?? null, false);
    case 'remove':
      return take(document, keys);
    case 'move': {
      const moved = find(document, source());
      return put(take(document, source()), keys, moved, true);
    }
    case 'copy':
      return put(document, keys, find(document, source()), true);
    case 'test':
      return deepEqual(find(document, keys), value ?? null) ? document : fail();
    default:
      return fail();
  }
}

/** The keys of a JSON pointer. */
function keysOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return fail();
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(document: JsonValue, keys: readonly string[]): JsonValue {
  let value = document;
  for (const key of keys) {
    const child = childOf(value, key);
    if (child === undefined) return fail();
    value = child;
  }
  return value;
}

/** A member that is there; null members count as such, and undefined says that there is none. */
function childOf(value: JsonValue, key: string): JsonValue | undefined {
  if (isJsonArray(value)) return value[indexIn(value, key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

const indexIn = (list: readonly JsonValue[], key: string): number =>
  /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : key === '-' ? list.length : -1;

/** The document with a value at the place: added (inserted into lists), or in the place of what is there. */
function put(document: JsonValue, keys: readonly string[], value: JsonValue, adds: boolean): JsonValue {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (rest.length > 0) return withChild(document, key, put(childOf(document, key) ?? fail(), rest, value, adds));
  if (!adds && childOf(document, key) === undefined) return fail();
  if (isJsonArray(document) && adds) {
    const index = indexIn(document, key);
    return index < 0 || index > document.length ? fail() : document.toSpliced(index, 0, value);
  }
  return isJsonArray(document) || isJsonObject(document) ? withChild(document, key, value) : fail();
}

function take(document: JsonValue, keys: readonly string[]): JsonValue {
  const [key = '', ...rest] = keys;
  const child = childOf(document, key);
  if (child === undefined) return fail();
  if (rest.length > 0) return withChild(document, key, take(child, rest));
  if (isJsonArray(document)) return document.toSpliced(indexIn(document, key), 1);
  const { [key]: _taken, ...others } = document as JsonObject;
  return others;
}

function withChild(parent: JsonValue, key: string, value: JsonValue): JsonValue {
  if (isJsonArray(parent)) return parent.with(indexIn(parent, key), value);
  const copy: Record<string, JsonValue> = { ...(parent as JsonObject) };
  Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  return copy;
}
