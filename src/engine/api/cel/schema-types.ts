/**
 * Types of custom objects, from their schema, with what is known of sizes.
 *
 * @source kubernetes apiserver/pkg/cel/common/schemas.go (SchemaDeclType), apiserver/pkg/cel/{types,limits}.go
 */
import { additionalOf, isEmbedded, itemsOf, type JsonSchema } from '../custom/json-schema';
import { escapeName, isEscapable } from './json-values';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  objectType,
  STRING,
  TIMESTAMP,
  type Type,
} from './types';

/** A type with bounds: how many elements or letters, and how many bytes of JSON at least. */
export interface Declared {
  readonly type: Type;
  readonly maxElements: number;
  readonly minSize: number;
  /** Of lists and maps. */
  readonly element?: Declared;
  /** Of objects, by escaped name. */
  readonly fields?: ReadonlyMap<string, Declared>;
}

/** The largest request. */
export const MAX_REQUEST = 3 * 1024 * 1024;

const plain = (type: Type, maxElements: number, minSize: number): Declared => ({ type, maxElements, minSize });

const TEXT: JsonSchema = { type: 'string' };

/** What may be named at the root of an object, whatever its schema says. */
function withMeta(schema: JsonSchema): JsonSchema {
  const metadata: JsonSchema = { type: 'object', properties: { name: TEXT, generateName: TEXT } };
  return { ...schema, properties: { ...schema.properties, kind: TEXT, apiVersion: TEXT, metadata } };
}

const bound = (given: number | undefined, otherwise: number): number =>
  given === undefined ? otherwise : Math.max(given, 0);

/**
 * @param name - what errors call an object
 * @returns null: expressions cannot see it
 */
export function declaredType(given: JsonSchema, root: boolean, name: string): Declared | null {
  if (given['x-kubernetes-int-or-string'] === true) {
    const { maxLength } = given;
    return plain(DYN, maxLength === undefined ? MAX_REQUEST - 2 : Math.max(maxLength, 0) * 4, 1);
  }
  const schema = root ? withMeta(given) : given;
  switch (schema.type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return additionalOf(schema) === undefined ? fieldsType(schema, name) : mapType(schema, name);
    case 'string':
      return textType(schema);
    case 'boolean':
      return plain(BOOL, 0, 4);
    case 'number':
      return plain(DOUBLE, 0, 1);
    case 'integer':
      return plain(INT, 0, 1);
    default:
      return null;
  }
}

function listType(schema: JsonSchema, name: string): Declared | null {
  const items = itemsOf(schema);
  const element = items === undefined ? null : declaredType(items, isEmbedded(items), `${name}.@idx`);
  if (element === null) return null;
  const fitting = Math.floor((MAX_REQUEST - 2) / (element.minSize + 1));
  const kind = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const type: Type = {
    ...listOf(element.type),
    ...(kind === 'set' ? { items: kind } : kind === 'map' ? { items: keys } : {}),
  };
  return { type, maxElements: bound(schema.maxItems, fitting), minSize: 2, element };
}

function mapType(schema: JsonSchema, name: string): Declared | null {
  const additional = additionalOf(schema)!;
  const element = declaredType(additional, isEmbedded(additional), `${name}.@elem`);
  if (element === null) return null;
  const fitting = Math.floor((MAX_REQUEST - 2) / (element.minSize + 6));
  const maxElements = bound(schema.maxProperties, fitting);
  return { type: mapOf(STRING, element.type), maxElements, minSize: 2, element };
}

function fieldsType({ properties = {}, required = [] }: JsonSchema, name: string): Declared {
  const fields = new Map<string, Declared>();
  let minSize = 2;
  for (const [property, schema] of Object.entries(properties)) {
    const escaped = escapeName(property);
    const field = declaredType(schema, isEmbedded(schema), `${name}.${escaped}`);
    if (field === null) continue;
    if (isEscapable(property)) fields.set(escaped, field);
    if (required.includes(property) && schema.default === undefined) minSize += property.length + field.minSize + 4;
  }
  const types = new Map([...fields].map(([field, { type }]) => [field, type]));
  return { type: objectType(name, types), maxElements: 0, minSize, fields };
}

function textType({ format, maxLength, enum: values = [] }: JsonSchema): Declared {
  if (format === 'byte') return plain(BYTES, bound(maxLength, MAX_REQUEST - 2), 2);
  if (format === 'duration') return plain(DURATION, 32, 3);
  if (format === 'date') return plain(TIMESTAMP, 12, 12);
  if (format === 'date-time') return plain(TIMESTAMP, 32, 21);
  if (maxLength !== undefined) return plain(STRING, Math.max(maxLength, 0) * 4, 2);
  const longest = Math.max(0, ...values.map((value) => (typeof value === 'string' ? value.length : 0)));
  return plain(STRING, values.length > 0 ? longest : MAX_REQUEST - 2, 2);
}
