/**
 * Whether a schema is structural: each field has a type of its own, and what is under `allOf`, `anyOf`, `oneOf` and `not` only
 * narrows values.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go
 */
import { errorText, type FieldError, forbidden, invalid, required } from '../field-error';
import { byteOrder, deepEqual } from '../json';
import { compileRegExp } from '../regexp/regexp';
import { additionalOf, childPath, isEmbedded, itemsOf, type JsonSchema, keyPath, propertyOf } from './json-schema';

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const INT_OR_STRING: readonly JsonSchema[] = [{ type: 'integer' }, { type: 'string' }];

const entries = (schemas: JsonSchema['properties']): [string, JsonSchema][] =>
  Object.entries(schemas ?? {}).toSorted(([a], [b]) => byteOrder(a, b));

const propertyPath = (field: string, name: string): string => keyPath(childPath(field, 'properties'), name);

const objectType = (type: string | undefined, field: string, detail: string): FieldError[] =>
  type === 'object'
    ? []
    : [type === undefined || type === '' ? required(`${field}.type`, detail) : invalid(`${field}.type`, type, detail)];

/** All that keeps a schema from being structural, in order of the alphabet. */
export const structuralErrors = (schema: JsonSchema, field: string): FieldError[] =>
  [...invariantErrors(schema, 'root', field), ...completenessErrors(schema, schema, field, field)]
    .map((error) => ({ error, text: errorText(error) }))
    .toSorted((a, b) => byteOrder(a.text, b.text))
    .map(({ error }) => error);

function invariantErrors(schema: JsonSchema, level: Level, field: string): FieldError[] {
  const { type = '', additionalProperties } = schema;
  const embedded = isEmbedded(schema);
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  const checkMetadata = level === 'root' || embedded;
  const errors: FieldError[] = [
    ...(type === 'array' && items === undefined ? [required(`${field}.items`, 'must be specified')] : []),
    ...(items === undefined ? [] : invariantErrors(items, 'item', `${field}.items`)),
    ...entries(schema.properties).flatMap(([name, property]) =>
      invariantErrors(property, 'field', propertyPath(field, name)),
    ),
    ...(additionalProperties !== undefined && level === 'root'
      ? [forbidden(`${field}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(additional === undefined ? [] : invariantErrors(additional, 'field', `${field}.additionalProperties`)),
  ];
  const both = 'must be false if x-kubernetes-int-or-string is true';
  if (intOrString && preserves) errors.push(invalid(`${field}.x-kubernetes-preserve-unknown-fields`, true, both));
  if (intOrString && embedded) errors.push(invalid(`${field}.x-kubernetes-embedded-resource`, true, both));
  const first = schema.allOf?.[0]?.anyOf;
  const values = valueErrors(schema, field, deepEqual(schema.anyOf, INT_OR_STRING), deepEqual(first, INT_OR_STRING));
  if (embedded && type !== 'object')
    errors.push(...objectType(type, field, 'must be object if x-kubernetes-embedded-resource is true'));
  else if (type === '' && !intOrString && !preserves) errors.push(required(`${field}.type`, EMPTY_TYPE[level]));
  if (embedded && additionalProperties !== undefined)
    errors.push(
      forbidden(`${field}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'),
    );
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(`${field}.type`, type, 'must be object at the root'));
  for (const name of checkMetadata ? ['kind', 'apiVersion'] : []) {
    const property = propertyOf(schema, name);
    if (property !== undefined && property.type !== 'string')
      errors.push(invalid(`${propertyPath(field, name)}.type`, property.type ?? '', 'must be string'));
  }
  const metadata = propertyOf(schema, 'metadata');
  if (metadata !== undefined)
    errors.push(...metadataErrors(metadata, checkMetadata, level, propertyPath(field, 'metadata')));
  if (embedded && !preserves && Object.keys(schema.properties ?? {}).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${field}.properties`, detail));
  }
  return [...errors, ...values];
}

function metadataErrors(schema: JsonSchema, checked: boolean, level: Level, field: string): FieldError[] {
  const errors =
    checked && schema.type !== 'object' ? [invalid(`${field}.type`, schema.type ?? '', 'must be object')] : [];
  if (level !== 'root') return errors;
  const { type: _type, default: _default, properties = {}, ...rest } = schema;
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  if (others.length === 0 && Object.keys(rest).length === 0) return errors;
  const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [...errors, forbidden(field, detail)];
}

/** What holds where values are narrowed, at the schema itself and below. */
function valueErrors(schema: JsonSchema, field: string, skipAnyOf: boolean, skipFirst: boolean): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const compiled = pattern ? compileRegExp(pattern) : null;
  return [
    ...(skipAnyOf ? [] : anyOf.flatMap((one, index) => nestedErrors(one, `${field}.anyOf[${index}]`, false))),
    ...allOf.flatMap((one, index) => nestedErrors(one, `${field}.allOf[${index}]`, skipFirst && index === 0)),
    ...oneOf.flatMap((one, index) => nestedErrors(one, `${field}.oneOf[${index}]`, false)),
    ...(not === undefined ? [] : nestedErrors(not, `${field}.not`, false)),
    ...(compiled === null || compiled.ok
      ? []
      : [invalid(`${field}.pattern`, pattern, `must be a valid regular expression, but isn't: ${compiled.error}`)]),
  ];
}

const EMPTY = 'must be empty to be structural';
const UNDEFINED = 'must be undefined to be structural';
const FALSE = 'must be false to be structural';

/** What a schema that only narrows values may not say. */
const NOT_NESTED: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', EMPTY],
  ['additionalProperties', UNDEFINED],
  ['default', UNDEFINED],
  ['title', EMPTY],
  ['description', EMPTY],
  ['nullable', FALSE],
  ['externalDocs', UNDEFINED],
  ['x-kubernetes-preserve-unknown-fields', FALSE],
  ['x-kubernetes-embedded-resource', FALSE],
  ['x-kubernetes-int-or-string', FALSE],
  ['x-kubernetes-list-map-keys', EMPTY],
  ['x-kubernetes-list-type', UNDEFINED],
  ['x-kubernetes-map-type', UNDEFINED],
  ['x-kubernetes-validations', EMPTY],
];

const isSaid = (value: unknown): boolean =>
  value !== undefined &&
  value !== '' &&
  value !== false &&
  value !== null &&
  !(Array.isArray(value) && value.length === 0);

function nestedErrors(schema: JsonSchema, field: string, skipAnyOf: boolean): FieldError[] {
  const items = itemsOf(schema);
  return [
    ...valueErrors(schema, field, skipAnyOf, false),
    ...(items === undefined ? [] : nestedErrors(items, `${field}.items`, false)),
    ...entries(schema.properties).flatMap(([name, property]) =>
      nestedErrors(property, propertyPath(field, name), false),
    ),
    ...NOT_NESTED.filter(([name]) => isSaid(schema[name])).map(([name, detail]) =>
      forbidden(`${field}.${name}`, detail),
    ),
    ...(propertyOf(schema, 'metadata') === undefined
      ? []
      : [forbidden(propertyPath(field, 'metadata'), 'must not be specified in a nested context')]),
  ];
}

/** Fields that values are narrowed at must be there outside, too. */
function completenessErrors(
  nested: JsonSchema,
  schema: JsonSchema | undefined,
  at: string,
  from: string,
): FieldError[] {
  const each = (name: string, schemas: readonly JsonSchema[] = []): FieldError[] =>
    schemas.flatMap((one, index) => nestedCompleteness(one, schema, at, `${from}.${name}[${index}]`));
  return [
    ...(nested.not === undefined ? [] : nestedCompleteness(nested.not, schema, at, `${from}.not`)),
    ...each('allOf', nested.allOf),
    ...each('anyOf', nested.anyOf),
    ...each('oneOf', nested.oneOf),
  ];
}

function nestedCompleteness(
  nested: JsonSchema,
  schema: JsonSchema | undefined,
  at: string,
  from: string,
): FieldError[] {
  if (schema === undefined) return [required(at, `because it is defined in ${from}`)];
  const items = itemsOf(nested);
  return [
    ...completenessErrors(nested, schema, at, from),
    ...(items === undefined ? [] : nestedCompleteness(items, itemsOf(schema), `${at}.items`, `${from}.items`)),
    ...entries(nested.properties).flatMap(([name, property]) =>
      nestedCompleteness(property, propertyOf(schema, name), propertyPath(at, name), propertyPath(from, name)),
    ),
  ];
}
