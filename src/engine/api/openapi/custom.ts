/**
 * What OpenAPI tells of custom resources: the schemas of their definitions, with what every object has.
 *
 * @source kubernetes apiextensions-apiserver/pkg/controller/openapi/{builder/builder,v2/conversion}.go
 */
import type { JsonSchema } from '../custom/json-schema';
import type { CustomModel } from '../custom/custom-model';
import { type Dialect, isTree, type Json } from './models';

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const TYPE_META: Json = {
  apiVersion: {
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
};
const LIST_META = `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`;
const OBJECT_META = `Standard object's metadata. More info: ${CONVENTIONS}#metadata`;

/** The name of its type, e.g. `com.example.stable.v1.CronTab`. */
export const typeNameOf = ({ group, version, kind }: CustomModel): string =>
  [...group.split('.').toReversed(), version, kind].join('.');

/** How to refer to the types of the metadata of objects and of lists. */
export interface References {
  readonly objectMeta: Json;
  readonly listMeta: Json;
  /** To the type of the custom resource itself. */
  readonly own: Json;
}

/** The schema of a custom resource. */
export function schemaOf(model: CustomModel, dialect: Dialect, references: References): Json {
  const { group, version, kind, schema } = model;
  const gvk = { 'x-kubernetes-group-version-kind': [{ group, kind, version }] };
  const bare = schema === null || (dialect === 'v2' && schema['x-kubernetes-preserve-unknown-fields'] === true);
  if (bare) return { type: 'object', ...gvk };
  const { objectMeta } = references;
  return { ...object(mapped(schema as Json, dialect, objectMeta), dialect, objectMeta), ...gvk };
}

/** The schema of its list. */
export function listSchemaOf(model: CustomModel, dialect: Dialect, { own, listMeta }: References): Json {
  const { group, version, kind, listKind, resource } = model;
  return {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...TYPE_META,
      items: { description: `List of ${resource}. More info: ${CONVENTIONS}`, type: 'array', items: own },
      metadata: described(LIST_META, listMeta, dialect),
    },
    'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
  };
}

/** A reference with words of its own: the third version allows nothing beside it. */
const described = (description: string, reference: Json, dialect: Dialect): Json =>
  dialect === 'v3' ? { allOf: [reference], description } : { description, ...reference };

/** A schema with the fields of every object. */
const object = (schema: Json, dialect: Dialect, objectMeta: Json): Json => ({
  ...schema,
  properties: {
    ...(isTree(schema['properties']) ? schema['properties'] : {}),
    ...TYPE_META,
    metadata: described(OBJECT_META, objectMeta, dialect),
  },
});

/** What Swagger 2.0 and those who read it do not understand. */
const NOT_IN_V2 = ['allOf', 'anyOf', 'oneOf', 'not', 'default', 'nullable'];

/** A schema as a dialect says it, objects in it with the fields of every object. */
function mapped(schema: Json, dialect: Dialect, objectMeta: Json): Json {
  const one = (inner: unknown): unknown => (isTree(inner) ? mapped(inner, dialect, objectMeta) : inner);
  const { properties, items, additionalProperties, required, ...rest } =
    dialect === 'v2' ? inV2(schema) : (schema as Json & JsonSchema);
  const result: Json = {
    ...rest,
    ...(required === undefined || required.length === 0 ? {} : { required }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: one(additionalProperties) }),
    ...(items === undefined ? {} : { items: one(items) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, one(inner)])) }),
  };
  if (schema['x-kubernetes-embedded-resource'] !== true) return result;
  return { ...object(result, dialect, objectMeta), required: [...(required ?? []), 'apiVersion', 'kind'] };
}

function inV2(schema: Json & JsonSchema): Json & JsonSchema {
  const gone = new Set(NOT_IN_V2);
  const { nullable, properties = {}, required } = schema;
  if (nullable === true) gone.add('type');
  if (schema['x-kubernetes-int-or-string'] === true) gone.add('type');
  if (nullable === true || schema['x-kubernetes-preserve-unknown-fields'] === true) {
    gone.add('items');
    gone.add('properties');
  }
  const needed = required?.filter((name) => properties[name]?.nullable !== true);
  const kept = Object.fromEntries(Object.entries(schema).filter(([name]) => !gone.has(name))) as Json & JsonSchema;
  return needed === undefined ? kept : { ...kept, required: needed };
}
