/** @source kubernetes pkg/registry/core/configmap/strategy.go, pkg/apis/core/validation/validation.go (ValidateConfigMap) */
import { forbidden, invalid, tooLong, type FieldError } from '../field-error';
import { semanticEqual, sortedKeys } from '../json';
import { metadataFields, NAMESPACED_FIELDS, unprepared, type KindRules } from '../kind-rules';
import { configKeyErrors, dnsSubdomainErrors } from '../names';
import type { ConfigMap } from '../types';
import { invalidAll, utf8Length, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

/** Bytes of all values together, of ConfigMaps and Secrets. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** Bytes that a base64 text stands for. */
export const base64Length = (text: string): number =>
  Math.floor((text.length * 3) / 4) - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);

function validateData(configMap: ConfigMap): FieldError[] {
  const data = configMap.data ?? {};
  const binary = configMap.binaryData ?? {};
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of sortedKeys(data)) {
    errors.push(...invalidAll(`data[${key}]`, key, configKeyErrors(key)));
    if (Object.hasOwn(binary, key)) errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += utf8Length(data[key] ?? '');
  }
  for (const key of sortedKeys(binary)) {
    errors.push(...invalidAll(`binaryData[${key}]`, key, configKeyErrors(key)));
    size += base64Length(binary[key] ?? '');
  }
  if (size > MAX_CONFIG_BYTES) errors.push(tooLong('', MAX_CONFIG_BYTES));
  return errors;
}

/** What stays as it is once `immutable` is set. */
export function validateImmutableData<T extends { immutable?: boolean }>(
  next: T,
  old: T,
  names: readonly (keyof T & string)[],
): FieldError[] {
  if (old.immutable !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [
    ...(next.immutable === true ? [] : [forbidden('immutable', detail)]),
    ...names.filter((name) => !semanticEqual(next[name], old[name])).map((name) => forbidden(name, detail)),
  ];
}

export const configMapRules: KindRules<ConfigMap> = {
  ...unprepared,
  applyDefaults: (configMap) => configMap,
  validate: (configMap) => [...validateObjectMeta(configMap, true, dnsSubdomainErrors), ...validateData(configMap)],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...validateImmutableData(next, old, ['data', 'binaryData']),
    ...validateData(next),
  ],
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
};
