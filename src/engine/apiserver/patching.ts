/**
 * Patches: by their media type, on the object as it is stored.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/patch.go
 */
import { cannotBeHandled, decode } from '#engine/api/decode';
import { isJsonObject, type JsonValue } from '#engine/api/json';
import { applyJsonPatch, unprocessable } from '#engine/api/patch/json-patch';
import { applyMergePatch } from '#engine/api/patch/merge-patch';
import { applyStrategicMerge, StrategicMergeError } from '#engine/api/patch/strategic-merge';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, unsupportedMediaType } from '#engine/api/status-error';
import type { KubeObject, KubeObjectInput, Status } from '#engine/api/types';
import type { Operation } from './state';

type Refusal = { readonly type: 'refuse'; readonly status: Status };
type Patched<T> = ({ readonly type: 'object' } & T) | Refusal;

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const ACCEPTED = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH];

const refuse = (status: Status): Refusal => ({ type: 'refuse', status });

/** What a patch makes of a value of `kind` (an object, or a Scale). */
export function patchValue(operation: Operation, kind: string, value: unknown): Patched<{ readonly value: unknown }> {
  const mediaType = operation.contentType.split(';')[0]!.trim();
  const target = value as JsonValue;
  const { body } = operation;
  if (mediaType === JSON_PATCH) {
    const result = applyJsonPatch(target, body);
    return result.ok ? { type: 'object', value: result.value } : refuse(result.status);
  }
  if (mediaType !== MERGE_PATCH && mediaType !== STRATEGIC_PATCH) return refuse(unsupportedMediaType(ACCEPTED));
  if (!isJsonObject(body) || !isJsonObject(target)) {
    return refuse(badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}'));
  }
  if (mediaType === MERGE_PATCH) return { type: 'object', value: applyMergePatch(target, body) };
  try {
    return { type: 'object', value: applyStrategicMerge(target, body, patchSchemaOf(kind)) };
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error;
    return refuse(error.code === 422 ? unprocessable(error.message) : badRequest(error.message));
  }
}

/** What a patch makes of a stored object, decoded and with defaults. */
export function patchObject(operation: Operation, info: ResourceInfo, old: KubeObject): Patched<{ readonly object: KubeObjectInput }> {
  const patched = patchValue(operation, info.kind, old);
  if (patched.type === 'refuse') return patched;
  const { apiVersion, kind } = patched.value as Partial<KubeObject>;
  if (apiVersion !== info.apiVersion || kind !== info.kind) {
    const text = `the API version in the data (${apiVersion ?? ''}) does not match the expected API version (${info.apiVersion})`;
    return refuse(apiVersion === info.apiVersion ? cannotBeHandled(info, `no kind "${kind ?? ''}" is registered`) : badRequest(text));
  }
  const decoded = decode(info, patched.value, operation.fieldValidation);
  if (!decoded.ok) return refuse(decoded.status);
  if (operation.tries === 0) operation.warnings.push(...decoded.warnings);
  return { type: 'object', object: info.rules.applyDefaults(decoded.object) };
}
