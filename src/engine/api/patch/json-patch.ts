/**
 * JSON patch with the words of the library that the API server uses. Written here because it is two pages, and the package
 * for it deep-copies the object at every patch; what stays is shared.
 *
 * @source RFC 6902, RFC 6901, kubernetes apiserver/pkg/endpoints/handlers/patch.go, evanphx/json-patch v4 patch.go
 */
import { deepEqual, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import { badRequest, failure } from '../status-error';
import { type PatchResult, unprocessable } from './patch-result';

const MAX_OPERATIONS = 10_000;

class PatchError extends Error {}

const fail = (why: string): never => {
  throw new PatchError(why);
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
    if (error instanceof PatchError) return { ok: false, status: unprocessable(error.message) };
    throw error;
  }
}

function applyOperation(document: JsonValue, operation: unknown): JsonValue {
  const fields: JsonObject = isJsonObject(operation) ? operation : {};
  const { op, path, from, value } = fields;
  if (typeof path !== 'string') return fail(`${textOf(op)} operation does not apply: missing path`);
  const keys = keysOf(path);
  const source = (): readonly string[] =>
    typeof from === 'string' ? keysOf(from) : fail(`${textOf(op)} operation does not apply: missing from`);
  switch (op) {
    case 'add':
      return put(document, keys, value ?? null, path, true);
    case 'replace':
      return put(document, keys, value ?? null, path, false);
    case 'remove':
      return take(document, keys, path);
    case 'move': {
      const moved = find(
        document,
        source(),
        `move operation does not apply: doc is missing from path: ${textOf(from)}`,
      );
      return put(take(document, source(), textOf(from)), keys, moved, path, true);
    }
    case 'copy':
      return put(
        document,
        keys,
        find(document, source(), `copy operation does not apply: doc is missing from path: ${textOf(from)}`),
        path,
        true,
      );
    case 'test': {
      const found = find(document, keys, `test operation for path: ${JSON.stringify(path)} failed: path not found`);
      return deepEqual(found, value ?? null) ? document : fail(`testing value ${path} failed: test failed`);
    }
    default:
      return fail(`Unexpected kind: ${textOf(op)}`);
  }
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? 'unknown' : JSON.stringify(value);

/** The keys of a JSON pointer. */
function keysOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return fail(`doc is missing path: ${JSON.stringify(pointer)}: missing value`);
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(document: JsonValue, keys: readonly string[], missing: string): JsonValue {
  let value = document;
  for (const key of keys) {
    const child = childOf(value, key);
    if (child === undefined) return fail(missing);
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
function put(document: JsonValue, keys: readonly string[], value: JsonValue, path: string, adds: boolean): JsonValue {
  const [key, ...rest] = keys;
  const word = adds ? 'add' : 'replace';
  if (key === undefined) return value;
  if (rest.length > 0) {
    const child =
      childOf(document, key) ??
      fail(`${word} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
    return withChild(document, key, put(child, rest, value, path, adds));
  }
  if (!adds && childOf(document, key) === undefined) {
    return fail(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  if (isJsonArray(document) && adds) {
    const index = indexIn(document, key);
    if (index < 0 || index > document.length)
      return fail(
        `add operation does not apply: error in add for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`,
      );
    return document.toSpliced(index, 0, value);
  }
  if (!isJsonArray(document) && !isJsonObject(document))
    return fail(`${word} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
  return withChild(document, key, value);
}

function take(document: JsonValue, keys: readonly string[], path: string): JsonValue {
  const [key = '', ...rest] = keys;
  const child = childOf(document, key);
  if (child === undefined)
    return fail(`remove operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);
  if (rest.length > 0) return withChild(document, key, take(child, rest, path));
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
