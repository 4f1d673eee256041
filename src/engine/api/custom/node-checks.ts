/**
 * What holds for lists that are sets or maps, and for objects that lie in others.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go,
 *   pkg/apiserver/schema/objectmeta/validation.go
 */
import { decodeAs } from '../decode';
import { duplicate, type FieldError, invalid, required } from '../field-error';
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import { dns1035LabelErrors, pathSegmentErrors } from '../names';
import type { KubeObject } from '../types';
import { validateObjectMeta } from '../validation/object-meta';
import { childPath, isEmbedded, type JsonSchema } from './json-schema';
import type { NodeCheck } from './walk';

/** The second of several that are the same; more of them are not told. */
function repeated(values: readonly JsonValue[]): number[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    const key = canonicalJson(value);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return times === 1 ? [index] : [];
  });
}

const keysOf = (item: JsonValue, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    isJsonObject(item) ? names.flatMap((name) => (Object.hasOwn(item, name) ? [[name, item[name]!]] : [])) : [],
  );

/** Items of sets, and keys of maps, are there once. */
export const listTypeErrors: NodeCheck = (schema, value, _old, path) => {
  if (!isJsonArray(value)) return [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return repeated(value).map((index) => duplicate(`${path}[${index}]`, value[index]));
    case 'map': {
      const wrong = value.findIndex((item) => item !== null && !isJsonObject(item));
      if (wrong >= 0)
        return [invalid(`${path}[${wrong}]`, value[wrong], 'must be an object for an array of list-type map')];
      const keys = value.map((item) => keysOf(item, schema['x-kubernetes-list-map-keys'] ?? []));
      return repeated(keys).map((index) => duplicate(`${path}[${index}]`, keys[index]));
    }
    default:
      return [];
  }
};

/** An object in another has an apiVersion and a kind, and metadata that could be its own. */
export const embeddedErrors: NodeCheck = (schema, value, _old, path) =>
  isEmbedded(schema) && isJsonObject(value) ? embeddedObjectErrors(value, path) : [];

export function embeddedObjectErrors(value: JsonObject, path: string): FieldError[] {
  return [
    ...textErrors(value['apiVersion'], childPath(path, 'apiVersion'), (text) =>
      text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : '',
    ),
    ...textErrors(value['kind'], childPath(path, 'kind'), (text) => {
      const errors = dns1035LabelErrors(text.toLowerCase());
      return errors.length === 0 ? '' : `may have mixed case, but should otherwise match: ${errors.join(',')}`;
    }),
    ...metadataErrors(value, childPath(path, 'metadata')),
  ];
}

function textErrors(value: JsonValue | undefined, field: string, rule: (text: string) => string): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')];
  const error = rule(value);
  return error === '' ? [] : [invalid(field, value, error)];
}

function metadataErrors({ metadata }: JsonObject, field: string): FieldError[] {
  if (metadata === undefined) return [];
  const decoded = decodeAs('ObjectMeta', metadata);
  if (!decoded.ok) return [invalid(field, metadata, decoded.error)];
  const given = decoded.value as Partial<KubeObject['metadata']>;
  const object = { apiVersion: '', kind: '', metadata: { ...given, name: given.name || 'fakename' } } as KubeObject;
  return validateObjectMeta(object, (given.namespace ?? '') !== '', pathSegmentErrors).map((error) => ({
    ...error,
    field: field + error.field.slice('metadata'.length),
  }));
}

/** The schema of a whole object that lies in nothing. */
export const asRoot = (schema: JsonSchema): JsonSchema => ({ ...schema, 'x-kubernetes-embedded-resource': true });
