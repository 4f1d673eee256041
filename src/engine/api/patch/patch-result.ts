/** What comes of a patch. */
import type { JsonValue } from '../json';
import { failure } from '../status-error';
import type { Status } from '../types';

export type PatchResult =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly status: Status };

/**
 * The patch was understood but cannot be applied; why is not told.
 *
 * @source kubernetes apimachinery/pkg/api/errors/errors.go (NewGenericServerResponse), apiserver/pkg/endpoints/handlers/patch.go
 */
export const unprocessable = (): Status =>
  failure({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
