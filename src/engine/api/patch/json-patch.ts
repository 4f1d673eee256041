/** JSON patch with the API server's mapping of errors. @source RFC 6902, kubernetes apiserver/pkg/endpoints/handlers/patch.go */
import jsonpatch, { type Operation } from 'fast-json-patch';
import type { JsonValue } from '../json';
import { badRequest, failure } from '../status-error';
import type { Status } from '../types';

const MAX_OPERATIONS = 10_000;

export type PatchResult =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly status: Status };

const refuse = (status: Status): PatchResult => ({ ok: false, status });

/** The patch was understood but cannot be applied. */
export const unprocessable = (why: string): Status =>
  failure({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: { causes: [{ message: why }] },
  });

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const { op, path } = value as { op?: unknown; path?: unknown };
  return typeof op === 'string' && OPERATIONS.has(op) && typeof path === 'string' && !path.includes('__proto__');
}

function opText(operation: unknown): string {
  const op = (operation as { readonly op?: unknown } | null)?.op ?? 'unknown';
  return typeof op === 'string' ? op : JSON.stringify(op);
}

/** Applies operations one after the other; the first that fails refuses them all. The target stays as it is. */
export function applyJsonPatch(target: JsonValue, patch: unknown): PatchResult {
  if (!Array.isArray(patch)) {
    return refuse(badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch'));
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    return refuse(failure({ code: 413, reason: 'RequestEntityTooLarge', message }));
  }
  const bad = patch.find((operation) => !isOperation(operation));
  if (bad !== undefined) return refuse(unprocessable(`Unexpected kind: ${opText(bad)}`));
  try {
    const { newDocument } = jsonpatch.applyPatch(target, patch as Operation[], true, false);
    return { ok: true, value: newDocument };
  } catch (error) {
    if (error instanceof jsonpatch.JsonPatchError) return refuse(unprocessable(error.message.split('\n', 1)[0] ?? ''));
    throw error;
  }
}
