/**
 * What the schema of a definition may say, node by node.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 *   (ValidateCustomResourceDefinitionOpenAPISchema, specStandardValidatorV3)
 */
import { type FieldError, forbidden, invalid, notSupported, required } from '../field-error';
import { byteOrder } from '../json';
import { expressionErrors } from './expression-rules';
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, keyPath, META_FIELDS, propertyOf } from './json-schema';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Where in a definition a schema stands. */
interface Place {
  readonly root: boolean;
  /** Why there may be no default; null: there may. */
  readonly noDefault: string | null;
  readonly insideMeta: boolean;
}

/** @param structural - the schema is one by which expressions can be compiled */
export function schemaErrors(schema: JsonSchema, field: string, structural: boolean): FieldError[] {
  const errors = errorsAt(schema, field, { root: true, noDefault: null, insideMeta: false });
  return [...errors, ...expressionErrors(schema, field, structural && errors.length === 0)];
}

function errorsAt(schema: JsonSchema, field: string, place: Place): FieldError[] {
  const inner: Place = { ...place, root: false };
  const child = (one: JsonSchema | undefined, name: string, at = inner): FieldError[] =>
    one === undefined ? [] : errorsAt(one, `${field}.${name}`, at);
  const each = (name: 'allOf' | 'oneOf' | 'anyOf'): FieldError[] =>
    (schema[name] ?? []).flatMap((one, index) => errorsAt(one, `${field}.${name}[${index}]`, inner));
  const { properties = {} } = schema;
  const mapInMeta = 'inside additionalProperties applying to object metadata';
  return [
    ...standardErrors(schema, field, place),
    ...(schema.uniqueItems === true
      ? [
          forbidden(
            `${field}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(schema.additionalProperties !== undefined &&
    schema.additionalProperties !== true &&
    Object.keys(properties).length > 0
      ? [forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
      : []),
    ...child(
      additionalOf(schema),
      'additionalProperties',
      inner.insideMeta ? { ...inner, noDefault: mapInMeta } : inner,
    ),
    ...Object.keys(properties)
      .toSorted(byteOrder)
      .flatMap((name) => {
        const meta = (place.root || isEmbedded(schema)) && META_FIELDS.has(name);
        const at: Place = meta
          ? { ...inner, insideMeta: true, ...(place.root ? { noDefault: `in top-level ${name}` } : {}) }
          : inner;
        return errorsAt(properties[name]!, keyPath(`${field}.properties`, name), at);
      }),
    ...child(schema.not, 'not'),
    ...each('allOf'),
    ...each('oneOf'),
    ...each('anyOf'),
    ...child(itemsOf(schema), 'items'),
    ...extensionErrors(schema, field),
  ];
}

const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

function standardErrors(schema: JsonSchema, field: string, { noDefault, insideMeta }: Place): FieldError[] {
  const { type = '' } = schema;
  return [
    ...(type === '' || TYPES.includes(type) ? [] : [notSupported(`${field}.type`, type, TYPES)]),
    ...(schema.default === undefined || noDefault === null
      ? []
      : [forbidden(`${field}.default`, `must not be set ${noDefault}`)]),
    ...UNSUPPORTED.filter((name) => schema[name] !== undefined).map((name) =>
      forbidden(`${field}.${name}`, `${name} is not supported`),
    ),
    ...(type === 'null'
      ? [forbidden(`${field}.type`, 'type cannot be set to null, use nullable as an alternative')]
      : []),
    ...(Array.isArray(schema.items) && schema.items.length > 0
      ? [forbidden(`${field}.items`, 'items must be a schema object and not an array')]
      : []),
    ...(insideMeta && isEmbedded(schema)
      ? [forbidden(`${field}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')]
      : []),
  ];
}

/** The type that an extension asks for. */
const mustBe = (type: string | undefined, wanted: string, by: string, field: string): FieldError[] => {
  if (type === wanted) return [];
  const detail = `must be ${wanted} if ${by} is specified`;
  return [type ? invalid(`${field}.type`, type, detail) : required(`${field}.type`, detail)];
};

function extensionErrors(schema: JsonSchema, field: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  const preserves = schema['x-kubernetes-preserve-unknown-fields'];
  return [
    ...(preserves === false
      ? [invalid(`${field}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...(mapType === undefined ? [] : mustBe(schema.type, 'object', 'x-kubernetes-map-type', field)),
    ...(mapType === undefined || mapType === 'atomic' || mapType === 'granular'
      ? []
      : [notSupported(`${field}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])]),
    ...listErrors(schema, field),
  ];
}

function listErrors(schema: JsonSchema, field: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const items = itemsOf(schema);
  const errors: FieldError[] = [];
  if (listType !== undefined && schema.type !== 'array')
    errors.push(...mustBe(schema.type, 'array', 'x-kubernetes-list-type', field));
  else if (listType === 'set' && items !== undefined) errors.push(...setItemErrors(items, `${field}.items`));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  const onlyMap = 'must be map if x-kubernetes-list-map-keys is non-empty';
  if (keys.length > 0 && listType === undefined) errors.push(required(`${field}.x-kubernetes-list-type`, onlyMap));
  else if (keys.length > 0 && listType !== 'map')
    errors.push(invalid(`${field}.x-kubernetes-list-type`, listType, onlyMap));
  if (listType === 'map') errors.push(...mapErrors(schema, keys, field));
  if ((listType === 'set' || listType === 'map') && items !== undefined) {
    if (items.nullable === true)
      errors.push(
        forbidden(`${field}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`),
      );
    if (listType === 'map') errors.push(...keyErrors(items, keys, `${field}.items`));
  }
  return errors;
}

function setItemErrors(items: JsonSchema, field: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'] ?? null;
  if (items.type === 'array' && listType !== null && listType !== 'atomic')
    return [invalid(`${field}.x-kubernetes-list-type`, listType, detail)];
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalid(`${field}.x-kubernetes-map-type`, listType, detail)];
  return [];
}

function mapErrors({ items: given }: JsonSchema, keys: readonly string[], field: string): FieldError[] {
  const listKeys = `${field}.x-kubernetes-list-map-keys`;
  const errors = keys.length > 0 ? [] : [required(listKeys, 'must not be empty if x-kubernetes-list-type is map')];
  if (given === undefined)
    return [...errors, required(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  const items = itemsOf({ items: given });
  if (items === undefined)
    return [
      ...errors,
      invalid(`${field}.items`, given, 'must only have a single schema if x-kubernetes-list-type is map'),
    ];
  if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalid(`${field}.items.type`, items.type ?? '', detail)];
  }
  keys.forEach((key, index) => {
    const property = propertyOf(items, key);
    if (property === undefined) errors.push(invalid(listKeys, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${keyPath(`${field}.items.properties`, key)}.type`, items.type, detail));
    }
    if (keys.indexOf(key) < index) errors.push(invalid(listKeys, keys, 'must not contain duplicate entries'));
  });
  return errors;
}

function keyErrors(items: JsonSchema, keys: readonly string[], field: string): FieldError[] {
  const named = 'this property is in x-kubernetes-list-map-keys, so it';
  return keys.flatMap((key) => {
    const property = propertyOf(items, key);
    if (property === undefined) return [];
    const at = keyPath(`${field}.properties`, key);
    return [
      ...(items.required?.includes(key) === true || property.default !== undefined
        ? []
        : [required(`${at}.default`, `${named} must have a default or be a required property`)]),
      ...(property.nullable === true ? [forbidden(`${at}.nullable`, `${named} cannot be nullable`)] : []),
    ];
  });
}
