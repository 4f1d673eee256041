/**
 * How server-side apply owns the parts of a custom object, by its schema.
 *
 * @source kube-openapi pkg/schemaconv/{openapi,proto_models}.go, kubernetes apimachinery/pkg/util/managedfields
 */
import { fieldKey } from '../apply/field-set';
import {
  anyType,
  atomicType,
  listType,
  mapOfType,
  scalarType,
  structType,
  type Typed,
  type TypedField,
  typeOf,
  typeOfKind,
  UNOWNED,
} from '../apply/typed';
import { byteOrder } from '../json';
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, META_FIELDS, propertyOf } from './json-schema';

const SCALARS: Readonly<Record<string, string>> = { string: 's', boolean: 'b', integer: 'l', number: 'f' };

/** @param whole - an object of the kind, whose apiVersion, kind and most metadata nobody owns; else a configuration of it */
export function typedSchema(schema: JsonSchema, whole: boolean): Typed {
  const metadata = (whole ? typeOfKind : typeOf)('CustomResource').byName.get('metadata')!.type;
  const own = Object.entries(schema.properties ?? {}).filter(([name]) => !META_FIELDS.has(name));
  const members: (readonly [string, Typed])[] = [
    ...own.map(([name, property]) => [name, typedOf(property)] as const),
    ['metadata', metadata],
    ...(whole ? [] : UNOWNED.map((name) => [name, scalarType('s')] as const)),
  ];
  return structOf(members, schema['x-kubernetes-preserve-unknown-fields'] === true);
}

/** As many fields of a struct are told apart by bits. */
const MAX_FIELDS = 50;

/** @simplified fields of a struct beyond the fiftieth are owned key by key, whatever their schema says */
const structOf = (members: readonly (readonly [string, Typed])[], more: boolean): Typed =>
  structType(fieldsOf(members).slice(0, MAX_FIELDS), more || members.length > MAX_FIELDS);

const fieldsOf = (members: readonly (readonly [string, Typed])[]): TypedField[] =>
  members
    .toSorted(([a], [b]) => byteOrder(a, b))
    .map(([name, type], index) => ({ name, key: fieldKey(name), type, bit: 2 ** (index + 1), zero: undefined }));

function typedOf(schema: JsonSchema): Typed {
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema['x-kubernetes-int-or-string'] === true) return scalarType('x');
  switch (schema.type) {
    case 'object':
      return objectType(schema, preserves);
    case 'array':
      return arrayType(schema);
    case undefined:
    case '':
      return anyType();
    default:
      return scalarType(SCALARS[schema.type] ?? 's');
  }
}

function objectType(schema: JsonSchema, preserves: boolean): Typed {
  if (schema['x-kubernetes-map-type'] === 'atomic') return atomicType();
  const additional = additionalOf(schema);
  if (additional !== undefined) return mapOfType(typedOf(additional));
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, typedOf(property)] as const);
  if (isEmbedded(schema) && !preserves) {
    const known = new Set(members.map(([name]) => name));
    for (const name of UNOWNED) if (!known.has(name)) members.push([name, scalarType('s')]);
    if (!known.has('metadata')) members.push(['metadata', typeOf('ObjectMeta')]);
  }
  return members.length === 0 ? anyType() : structOf(members, preserves);
}

function arrayType(schema: JsonSchema): Typed {
  const items = itemsOf(schema);
  const kind = schema['x-kubernetes-list-type'];
  if (items === undefined || (kind !== 'set' && kind !== 'map')) return atomicType();
  const keys = kind === 'set' ? [] : (schema['x-kubernetes-list-map-keys'] ?? []);
  return listType(
    typedOf(items),
    keys.toSorted(byteOrder).map((name) => ({ name, fallback: propertyOf(items, name)?.default })),
  );
}
