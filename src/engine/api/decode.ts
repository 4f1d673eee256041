// long: how each type is read, and the quick ways around it
/**
 * From JSON-like data of unknown shape to an object of a kind: types checked with Go's words, unknown fields found, nulls
 * and empty collections dropped, quantities made canonical. What has been decoded once is remembered, so that unchanged parts of an update are free.
 * @source kubernetes apiserver/pkg/endpoints/handlers/{create,update,rest}.go, sigs.k8s.io/json, Go's encoding/json
 */
import { decodeBase64 } from './base64';
import { isJsonObject, type JsonObject } from './json';
import { canonicalQuantity, quantityError } from './quantity';
import type { ResourceInfo } from './resource-info';
import { isTypeName, elementCode, fieldsOfType, goType, type TypeCode } from './schema';
import { badRequest } from './status-error';
import { microTimestampError, timestampError } from './timestamp';
import type { KubeObject, Status } from './types';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export type Decoded<T> =
  | { readonly ok: true; readonly object: T; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly status: Status;
      /** Without what the status says around it. */ readonly error: string;
    };

/** Violations told at most. */
const MAX_VIOLATIONS = 100;
const MAX_INT32 = 2_147_483_647;

class DecodeError extends Error {}
const refuse = (message: string): never => {
  throw new DecodeError(message);
};

/**
 * Large parts that decode to themselves, with the type they were decoded as: what an update leaves as it was is not
 * looked at again.
 */
const clean = new WeakMap<object, string>();
/** How deep in an object parts are remembered: its metadata, spec and status. */
const REMEMBERED_DEPTH = 1;
/**
 * Values that a part has at least to be remembered. Remembering less costs more than looking, and a WeakMap keeps room for
 * every key that came between two full collections: renewed Leases alone would make megabytes of it.
 */
const REMEMBERED_VALUES = 24;
/** Values looked at so far, to tell how many a part has. */
let lookedAt = 0;

/** Lists and maps without omitempty: they stay when they are empty. All others go, as Go's encoder leaves them out. */
const KEPT = new Map(
  `CSINodeSpec drivers
CustomResourceDefinitionSpec versions
Endpoint addresses
HTTPIngressRuleValue paths
LimitRangeSpec limits
MutatingWebhook admissionReviewVersions
NodeSelector nodeSelectorTerms
NonResourcePolicyRule nonResourceURLs verbs
PodFailurePolicy rules
PodFailurePolicyOnExitCodesRequirement values
PodSpec containers
PolicyRule verbs
PolicyRulesWithSubjects subjects
ResourcePolicyRule apiGroups resources verbs
SubjectRulesReviewStatus nonResourceRules resourceRules
SuccessPolicy rules
TopologySelectorLabelRequirement values
ValidatingAdmissionPolicyBindingSpec validationActions
ValidatingWebhook admissionReviewVersions
WebhookConversion conversionReviewVersions`
    .split('\n')
    .map((line): readonly [string, readonly string[]] => {
      const [type = '', ...fields] = line.split(' ');
      return [type, fields];
    }),
);

/** Whether a field's value is one that Go's encoder leaves out: an empty collection, or an empty text of the metadata. */
function isLeftOut(value: unknown, code: TypeCode, type: string, field: string): boolean {
  if (code === 's') return value === '' && type === 'ObjectMeta';
  if (code[0] === '[') {
    if (!Array.isArray(value) || value.length > 0) return false;
  } else if (code[0] === '{') {
    if (typeof value !== 'object' || Array.isArray(value)) return false;
    for (const _ in value) return false;
  } else return false;
  return KEPT.get(type)?.includes(field) !== true;
}

interface Walk {
  readonly unknown: string[];
}

const jsonKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'boolean' ? 'bool' : kind;
};

/** Where a value stands: in which struct, and along which fields (for errors and for unknown fields). */
interface Place {
  readonly struct: string;
  readonly fields: string;
  readonly path: string;
}

function mismatch(value: unknown, code: TypeCode, place: Place): never {
  const text = typeof value === 'number' && (code === 'i' || code === 'l') ? `number ${value}` : jsonKind(value);
  const target = place.fields === '' ? 'Go value' : `Go struct field ${place.struct}.${place.fields}`;
  return refuse(`json: cannot unmarshal ${text} into ${target} of type ${goType(code)}`);
}

function decodeCode(value: unknown, code: TypeCode, place: Place, walk: Walk): unknown {
  switch (code) {
    case 's':
      return typeof value === 'string' ? value : mismatch(value, code, place);
    case 'b':
      return typeof value === 'boolean' ? value : mismatch(value, code, place);
    case 'i':
      return isInteger(value) && Math.abs(value) <= MAX_INT32 + (value < 0 ? 1 : 0)
        ? value
        : mismatch(value, code, place);
    case 'l':
      return isInteger(value) ? value : mismatch(value, code, place);
    case 'f':
      return typeof value === 'number' ? value : mismatch(value, code, place);
    case 'q':
      return decodeQuantity(value);
    case 'x':
      if (typeof value === 'string' || (isInteger(value) && Math.abs(value) <= MAX_INT32)) return value;
      return refuse(
        `json: cannot unmarshal ${typeof value === 'number' ? `number ${value}` : jsonKind(value)} into Go value of type int32`,
      );
    case 't':
    case 'm':
      return decodeTime(value, code);
    case 'y':
      return typeof value === 'string' ? decodeBytes(value) : mismatch(value, code, place);
    case '*':
      return value;
  }
  if (code[0] === '[') return decodeList(value, code, place, walk);
  if (code[0] === '{') return decodeMap(value, code, place, walk);
  return decodeStruct(value, code, place, walk);
}

/** Whether a value decodes to itself: the usual case, found without building anything. */
function isClean(value: unknown, code: TypeCode, depth: number): boolean {
  lookedAt++;
  switch (code) {
    case 's':
      return typeof value === 'string';
    case 'b':
      return typeof value === 'boolean';
    case 'i':
      return isInteger(value) && Math.abs(value) <= MAX_INT32;
    case 'l':
      return isInteger(value);
    case 'f':
      return typeof value === 'number';
    case 'q':
      return typeof value === 'string' && quantityError(value) === undefined && canonicalQuantity(value) === value;
    case 'x':
      return typeof value === 'string' || (isInteger(value) && Math.abs(value) <= MAX_INT32);
    case 't':
      return typeof value === 'string' && timestampError(value) === undefined;
    case 'm':
      return typeof value === 'string' && microTimestampError(value) === undefined;
    case 'y':
      return typeof value === 'string' && decodeBase64(value) !== undefined;
    case '*':
      return true;
  }
  if (typeof value !== 'object' || value === null) return false;
  if (code[0] === '[') return Array.isArray(value) && isCleanList(value, elementCode(code), depth);
  if (Array.isArray(value)) return false;
  return code[0] === '{' ? isCleanMap(value, elementCode(code), depth) : isCleanStruct(value, code, depth);
}

function isCleanList(list: readonly unknown[], element: TypeCode, depth: number): boolean {
  for (const item of list) if (!isClean(item, element, depth + 1)) return false;
  return true;
}

function isCleanMap(map: object, element: TypeCode, depth: number): boolean {
  for (const key in map) if (!isClean((map as JsonObject)[key], element, depth + 1)) return false;
  return true;
}

function isCleanStruct(struct: object, type: string, depth: number): boolean {
  if (depth === REMEMBERED_DEPTH && clean.get(struct) === type) return true;
  const before = lookedAt;
  const fields = fieldsOfType(type);
  if (fields === undefined) return false;
  for (const key in struct) {
    const code = fields.get(key) ?? fields.get('*');
    const value = (struct as JsonObject)[key];
    if (code === 's' && typeof value === 'string' && value !== '') {
      lookedAt++;
      continue;
    }
    if (code === undefined || isLeftOut(value, code, type, key) || !isClean(value, code, depth + 1)) return false;
  }
  if (depth === REMEMBERED_DEPTH && lookedAt - before >= REMEMBERED_VALUES) clean.set(struct, type);
  return true;
}

/**
 * Whether what a patch made of a stored object decodes to itself: only what it touched is looked at, since parts that it
 * shares with the stored object were decoded when they came.
 */
function isCleanChange(object: object, stored: object, type: string, depth: number): boolean {
  const fields = fieldsOfType(type);
  if (fields === undefined) return false;
  for (const key in object) {
    const value = (object as JsonObject)[key];
    const before = (stored as JsonObject)[key];
    if (value === before) continue;
    const code = fields.get(key) ?? fields.get('*');
    if (code === undefined || isLeftOut(value, code, type, key)) return false;
    if (Array.isArray(value)) {
      if (!isCleanPart(value, code, depth + 1)) return false;
      continue;
    }
    const goesOn = depth < CHANGES_DEPTH && isTypeName(code) && isJsonObject(value) && isJsonObject(before);
    if (goesOn ? !isCleanChange(value, before, code, depth + 1) : !isClean(value, code, depth + 1)) return false;
  }
  return true;
}

/** The last lists of each type that patches have made and that were found clean: patches of a form may share them. */
const cleanLists = new Map<TypeCode, (readonly unknown[])[]>();
const MAX_CLEAN_LISTS = 8;

function isCleanPart(list: readonly unknown[], code: TypeCode, depth: number): boolean {
  let known = cleanLists.get(code);
  if (known?.includes(list) === true) return true;
  if (!isClean(list, code, depth)) return false;
  if (known === undefined) cleanLists.set(code, (known = []));
  if (known.length >= MAX_CLEAN_LISTS) known.shift();
  known.push(list);
  return true;
}

/** How deep a patched object is compared with what is stored: to the members of its metadata, spec and status. */
const CHANGES_DEPTH = 1;

const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function decodeQuantity(value: unknown): string {
  const quantity = typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  const error = quantityError(quantity);
  if (error !== undefined) refuse(error);
  return canonicalQuantity(quantity);
}

function decodeTime(value: unknown, code: 't' | 'm'): string {
  if (typeof value !== 'string')
    return refuse(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
  const error = code === 't' ? timestampError(value) : microTimestampError(value);
  return error === undefined ? value : refuse(error);
}

function decodeBytes(value: string): string {
  if (decodeBase64(value) !== undefined) return value;
  const bad = value.search(/[^A-Za-z0-9+/=\r\n]/);
  return refuse(`illegal base64 data at input byte ${bad < 0 ? value.length - (value.length % 4) : bad}`);
}

/** The value that Go leaves where JSON says null. */
const zeroOf = (code: TypeCode): unknown =>
  code === 's' || code === 'y'
    ? ''
    : code === 'q'
      ? '0'
      : code === 'b'
        ? false
        : code === 'i' || code === 'l' || code === 'f' || code === 'x'
          ? 0
          : {};

function decodeList(value: unknown, code: TypeCode, place: Place, walk: Walk): unknown {
  if (!Array.isArray(value)) return mismatch(value, code, place);
  const element = elementCode(code);
  let result: unknown[] | undefined;
  for (const [index, item] of value.entries()) {
    const decoded =
      item === null ? zeroOf(element) : decodeCode(item, element, { ...place, path: `${place.path}[${index}]` }, walk);
    if (decoded !== item) result ??= value.slice();
    if (result) result[index] = decoded;
  }
  return result ?? value;
}

function decodeMap(value: unknown, code: TypeCode, place: Place, walk: Walk): unknown {
  if (!isJsonObject(value)) return mismatch(value, code, place);
  const element = elementCode(code);
  let result: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const decoded =
      item === null ? zeroOf(element) : decodeCode(item, element, { ...place, path: joined(place.path, key) }, walk);
    if (decoded !== item) {
      result ??= { ...value };
      setOwn(result, key, decoded);
    }
  }
  return result ?? value;
}

function decodeStruct(value: unknown, type: string, place: Place, walk: Walk): unknown {
  if (!isJsonObject(value)) return mismatch(value, type, place);
  const fields = fieldsOfType(type);
  if (fields === undefined) throw new Error(`the schema has no type ${type}`);
  const struct = type.slice(type.indexOf('.') + 1);
  let result: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item: unknown = value[key];
    const code = fields.get(key) ?? fields.get('*');
    const path = joined(place.path, key);
    if (code === undefined) {
      if (walk.unknown.length < MAX_VIOLATIONS) walk.unknown.push(`unknown field "${path}"`);
    } else if (item !== null && item !== undefined) {
      const decoded = decodeCode(item, code, { struct, fields: joined(place.fields, key), path }, walk);
      if (!isLeftOut(decoded, code, type, key)) {
        if (decoded === item) continue;
        result ??= { ...value };
        result[key] = decoded;
        continue;
      }
    }
    result ??= { ...value };
    delete result[key];
  }
  return result ?? value;
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Sets a key even when it is `__proto__`, which a manifest may hold. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

export type DecodedValue =
  | { readonly ok: true; readonly value: unknown; readonly violations: readonly string[] }
  | { readonly ok: false; readonly error: string };

/** Decodes a value as a type of the schema. `violations` are unknown fields, in document order. */
export function decodeAs(type: string, value: unknown): DecodedValue {
  if (isClean(value, type, 0)) return { ok: true, value, violations: NONE };
  const walk: Walk = { unknown: [] };
  try {
    const decoded = decodeStruct(value, type, { struct: type, fields: '', path: '' }, walk);
    return { ok: true, value: decoded, violations: [...new Set(walk.unknown)] };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, error: error.message };
    throw error;
  }
}

/** The answer to a body that cannot be read as an object of a kind. */
export const cannotBeHandled = (resource: Pick<ResourceInfo, 'kind' | 'version'>, why: string): Status =>
  badRequest(`${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`);

/** Violations as a Strict request is refused for them. */
export const strictError = (violations: readonly string[]): string => `strict decoding error: ${violations.join(', ')}`;

/**
 * Decodes the body of a create or update. Kind and apiVersion are filled in from the resource when the body has none.
 *
 * @param validation - Strict refuses unknown fields, Warn tells of them, Ignore drops them silently
 * @param duplicates - keys that the text of the body gave twice, e.g. `duplicate field "spec.replicas"`
 */
export function decode(
  resource: ResourceInfo,
  body: unknown,
  validation: FieldValidation,
  duplicates: readonly string[] = NONE,
): Decoded<KubeObject> {
  return decoded(resource, decodeAs(resource.schema, body), validation, duplicates);
}

/** Decodes what a patch has made of a stored object. */
export function decodePatched(
  resource: ResourceInfo,
  patched: unknown,
  stored: KubeObject,
  validation: FieldValidation,
): Decoded<KubeObject> {
  const untouched =
    typeof patched === 'object' && patched !== null && isCleanChange(patched, stored, resource.schema, 0);
  const value: DecodedValue = untouched
    ? { ok: true, value: patched, violations: NONE }
    : decodeAs(resource.schema, patched);
  return decoded(resource, value, validation, NONE);
}

const refusedAs = (resource: ResourceInfo, error: string): Decoded<never> => ({
  ok: false,
  status: cannotBeHandled(resource, error),
  error,
});

function decoded(
  resource: ResourceInfo,
  decoded: DecodedValue,
  validation: FieldValidation,
  duplicates: readonly string[],
): Decoded<KubeObject> {
  if (!decoded.ok) return refusedAs(resource, decoded.error);
  let object = complete(decoded.value as Partial<KubeObject>, resource);
  let { violations: found } = decoded;
  if (resource.custom !== undefined) {
    const own = resource.custom.decode(object);
    if ('error' in own) return refusedAs(resource, own.error);
    object = own.object;
    found = [...found, ...own.unknown.map((path) => `unknown field "${path}"`)];
  }
  const violations = found.length + duplicates.length === 0 ? NONE : [...found, ...duplicates].slice(0, MAX_VIOLATIONS);
  if (validation === 'Strict' && violations.length > 0) return refusedAs(resource, strictError(violations));
  return {
    ok: true,
    object,
    warnings: validation === 'Warn' ? violations : NONE,
  };
}

const NONE: readonly string[] = [];

function complete(object: Partial<KubeObject>, { apiVersion, kind }: ResourceInfo): KubeObject {
  if (object.apiVersion === apiVersion && object.kind === kind && object.metadata !== undefined)
    return object as KubeObject;
  const completed = { kind, apiVersion, metadata: object.metadata ?? {}, ...object };
  completed.kind = kind;
  completed.apiVersion = apiVersion;
  return completed as KubeObject;
}
