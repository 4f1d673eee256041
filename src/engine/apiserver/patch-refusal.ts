/**
 * Why what a patch made is no object of its kind.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/patch.go (jsonPatcher, applyPatchToObject), apimachinery/pkg/runtime/converter.go
 */
import { invalid as invalidField } from '#engine/api/field-error';
import { canonicalJson, type JsonValue } from '#engine/api/json';
import { isStrategic } from '#engine/api/patch/apply-patch';
import { goText } from '#engine/api/patch/strategic-merge';
import { invalid } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { Operation } from './state';

const NO_KIND = { group: '', kind: '' };

/**
 * A strategic patch is shown as the map that it is, of others what they made.
 *
 * @param error - why it cannot be decoded
 */
export function patchRefusal({ contentType, body }: Operation, patched: unknown, error: string): Status {
  const strategic = isStrategic(contentType);
  const shown = strategic ? goText(body as JsonValue) : canonicalJson(patched);
  return invalid(NO_KIND, '', [invalidField('patch', shown, strategic ? converterError(error) : error)]);
}

/** Kinds of values in JSON by the names that they have in Go. */
const GO_KINDS: Readonly<Record<string, string>> = { object: 'map', array: 'slice', number: 'int64' };

/** A map is turned into an object by a converter that says less of a wrong type than the decoder of JSON. */
function converterError(error: string): string {
  const found = /^json: cannot unmarshal (\w+)(?: \S+)? into Go struct field \S+ of type (\S+)$/.exec(error);
  if (found === null) return error;
  const [, given = '', type = ''] = found;
  const kind = GO_KINDS[given] ?? given;
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  return type.includes('.') ? `cannot restore struct from: ${kind}` : `unrecognized type: ${type}`;
}
