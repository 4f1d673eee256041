/**
 * Patches: by their media type, on the object as it is stored.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/patch.go
 */
import { cannotBeHandled, decodePatched } from '#engine/api/decode';
import type { JsonObject, JsonValue } from '#engine/api/json';
import { applyPatch, CUSTOM_PATCH_TYPES, isStrategic } from '#engine/api/patch/apply-patch';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, unsupportedMediaType } from '#engine/api/status-error';
import type { KubeObject, KubeObjectInput, Status } from '#engine/api/types';
import { lateAnswers } from './late';
import { completed, withEachOwnerOnce } from './decoding';
import { inVersion } from './served';
import type { Operation } from './state';

type Refusal = { readonly type: 'refuse'; readonly status: Status };
type Patched<T> = ({ readonly type: 'object' } & T) | Refusal;

const refuse = (status: Status): Refusal => ({ type: 'refuse', status });

/** What a patch makes of a value of `kind` (an object, or a Scale). */
export function patchValue(operation: Operation, kind: string, value: unknown): Patched<{ readonly value: unknown }> {
  const result = applyPatch(operation.contentType, value as JsonObject, operation.body as JsonValue, kind);
  return result.ok ? { type: 'object', value: result.value } : refuse(result.status);
}

/** What a patch makes of a stored object, decoded and with defaults. */
export function patchObject(
  operation: Operation,
  info: ResourceInfo,
  old: KubeObject,
): Patched<{ readonly object: KubeObjectInput }> {
  if (info.custom !== undefined && isStrategic(operation.contentType))
    return refuse(unsupportedMediaType(CUSTOM_PATCH_TYPES));
  const served = inVersion(info, old);
  const patched = patchValue(operation, info.schema, served);
  if (patched.type === 'refuse') return patched;
  const { apiVersion, kind } = patched.value as Partial<KubeObject>;
  if (apiVersion !== info.apiVersion || kind !== info.kind) {
    const text = `the API version in the data (${apiVersion ?? ''}) does not match the expected API version (${info.apiVersion})`;
    return refuse(
      apiVersion === info.apiVersion
        ? cannotBeHandled(info, `no kind "${kind ?? ''}" is registered`)
        : badRequest(text),
    );
  }
  return decodeChanged(operation, info, patched.value, served, (error) =>
    lateAnswers.code.patchRefusal(operation, patched.value, error),
  );
}

/** What became of an object in the version that is asked for (or of none), decoded and with defaults. */
export function decodeChanged(
  operation: Operation,
  info: ResourceInfo,
  value: unknown,
  served: KubeObject | null,
  refusal: ((error: string) => Status) | null = null,
): Patched<{ readonly object: KubeObjectInput }> {
  const decoded = decodePatched(info, value, served ?? NOTHING, operation.fieldValidation);
  if (!decoded.ok) return refuse(refusal === null ? decoded.status : refusal(decoded.error));
  const { object, warnings } = withEachOwnerOnce(decoded.object);
  if (operation.tries === 0) operation.warnings.push(...decoded.warnings, ...warnings);
  return { type: 'object', object: completed(info, object) };
}

const NOTHING = Object.freeze({}) as KubeObject;
