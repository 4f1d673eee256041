/** Applies a patch of whatever kind, chosen by its media type. @source kubernetes apiserver/pkg/endpoints/handlers/patch.go */
import { isJsonObject, type JsonObject, type JsonValue } from '../json';
import { badRequest, unsupportedMediaType } from '../status-error';
import { lateApi } from '../late';
import { applyMergePatch } from './merge-patch';
import { type PatchResult, unprocessable } from './patch-result';
import { applyStrategicMerge, StrategicMergeError } from './strategic-merge';
import { patchSchemaOf } from './strategies';

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';

export const APPLY_PATCH = 'application/apply-patch+yaml';

/** Media types of patches that are served. */
const PATCH_TYPES: readonly string[] = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];

/** Those of custom resources. */
export const CUSTOM_PATCH_TYPES: readonly string[] = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH];

/** A media type without its parameters. */
export function mediaTypeOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim();
}

/** Whether a patch is a server-side apply, which is no patch of the object but a configuration of its own. */
export const isApply = (contentType: string): boolean => mediaTypeOf(contentType) === APPLY_PATCH;

export const isStrategic = (contentType: string): boolean => mediaTypeOf(contentType) === STRATEGIC_MERGE_PATCH;

/**
 * `current` with `patch` applied. Neither is changed; what stays is shared.
 *
 * @param kind - type of the object, whose lists decide how a strategic merge goes
 */
export function applyPatch(contentType: string, current: JsonObject, patch: JsonValue, kind: string): PatchResult {
  switch (mediaTypeOf(contentType)) {
    case JSON_PATCH:
      return lateApi.code.applyJsonPatch(current, patch);
    case MERGE_PATCH:
      return isJsonObject(patch)
        ? { ok: true, value: applyMergePatch(current, patch) }
        : { ok: false, status: badRequest('Invalid JSON Patch') };
    case STRATEGIC_MERGE_PATCH:
      return isJsonObject(patch)
        ? strategic(current, patch, kind)
        : {
            ok: false,
            status: badRequest(
              'error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}',
            ),
          };
    default:
      return { ok: false, status: unsupportedMediaType(PATCH_TYPES) };
  }
}

function strategic(current: JsonObject, patch: JsonObject, kind: string): PatchResult {
  try {
    return { ok: true, value: applyStrategicMerge(current, patch, patchSchemaOf(kind)) };
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error;
    return { ok: false, status: error.code === 400 ? badRequest(error.message) : unprocessable() };
  }
}
