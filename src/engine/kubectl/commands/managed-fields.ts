/** Fields that client-side apply managed come to server-side apply. @source client-go util/csaupgrade/upgrade.go */
import { isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import type { KubeObject } from '#engine/api/types';

interface Entry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

/** The object's managed fields with those of `from` given to `to`; null when there are none. */
export function upgradedFields(object: KubeObject, to: string, from: string): readonly JsonObject[] | null {
  const entries = (object.metadata.managedFields ?? []) as unknown as readonly Entry[];
  const isOld = ({ manager, operation }: Entry): boolean => manager === from && operation === 'Update';
  const old = entries.filter(isOld);
  if (old.length === 0) return null;
  const rest = entries.filter((entry) => !isOld(entry));
  const own = rest.find(
    ({ manager, operation, subresource = '' }) => manager === to && operation === 'Apply' && subresource === '',
  );
  const base: Entry = own ?? { ...old[0]!, manager: to, operation: 'Apply' };
  const fieldsV1 = old.reduce((fields, entry) => union(fields, entry.fieldsV1 ?? {}), base.fieldsV1 ?? {});
  const upgraded: Entry = { ...base, fieldsV1 };
  const all = own === undefined ? [upgraded, ...rest] : rest.map((entry) => (entry === own ? upgraded : entry));
  return all as unknown as readonly JsonObject[];
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = result[key];
    result[key] = isJsonObject(known) && isJsonObject(value) ? union(known, value) : (known ?? value);
  }
  return result;
}
