/**
 * Types of the API's own kinds, as their OpenAPI schema has them: what a type without a schema of its own would be (a quantity,
 * any JSON) cannot be named.
 *
 * @source kubernetes apiserver/pkg/cel/common/schemas.go, apiserver/pkg/cel/openapi/resolver/refs.go, pkg/generated/openapi
 */
import { elementCode, fieldsOfType, isTypeName, type TypeCode } from '../schema';
import { escapeName, isEscapable } from './json-values';
import { BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP, type Type } from './types';

const SCALARS: Readonly<Record<string, Type>> = {
  s: STRING,
  b: BOOL,
  i: INT,
  l: INT,
  f: DOUBLE,
  x: DYN,
  t: TIMESTAMP,
  m: TIMESTAMP,
  y: BYTES,
};

/**
 * @param code - of `schema.ts`
 * @param name - what errors call an object
 * @param within - the types that this one is a part of: of them it has an empty object
 * @returns null: expressions cannot see it
 */
export function apiType(code: TypeCode, name: string, within: readonly TypeCode[] = []): Type | null {
  if (code.startsWith('[') || code.startsWith('{')) {
    const list = code.startsWith('[');
    const element = apiType(elementCode(code), `${name}.${list ? '@idx' : '@elem'}`, within);
    return element && (list ? listOf(element) : mapOf(STRING, element));
  }
  if (!isTypeName(code)) return code === '*' ? objectType(name, new Map()) : (SCALARS[code] ?? null);
  const fields = new Map<string, Type>();
  if (within.includes(code)) return objectType(name, fields);
  for (const [field, fieldCode] of fieldsOfType(code) ?? []) {
    const escaped = escapeName(field);
    const type = apiType(fieldCode, `${name}.${escaped}`, [...within, code]);
    if (type !== null && isEscapable(field)) fields.set(escaped, type);
  }
  return objectType(name, fields);
}
