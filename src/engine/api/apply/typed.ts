/**
 * Types as server-side apply sees them: how each part of an object is owned. Made from the schema on first use.
 * @source sigs.k8s.io/structured-merge-diff schema/elements.go
 */
import { byteOrder, canonicalJson } from '../json';
import { elementCode, fieldsOfType, isTypeName, type TypeCode } from '../schema';
import { fieldKey, type FieldSet, valueKey } from './field-set';
import { isAtomicAt, listTypeOf } from '../list-types';
import { presentFieldsOf } from './present-fields';

export interface TypedField {
  readonly name: string;
  /** As in a field set. */
  readonly key: string;
  readonly type: Typed;
  /** A power of two, its own among the struct's fields. */
  readonly bit: number;
  /** What Go's encoder writes where the field is not set. */
  readonly zero: unknown;
}

/** How something is owned: as a whole, field by field, key by key, item by item. */
export interface Typed {
  /** `any`: what the schema does not know; maps in it are owned key by key, all else as a whole. */
  readonly kind: 'scalar' | 'atomic' | 'struct' | 'map' | 'list' | 'any';
  readonly code: TypeCode;
  /** Of a struct, in order of the alphabet. */
  readonly fields: readonly TypedField[];
  readonly byName: ReadonlyMap<string, TypedField>;
  readonly byBit: ReadonlyMap<number, TypedField>;
  /** Of a struct that may have other fields, too: what those are. */
  readonly rest: Typed | undefined;
  /** Of a map's entries, or a list's items. */
  readonly element: Typed;
  /** Of a list's items: none in a set. */
  readonly keys: readonly ListKey[];
  /** Of a struct: sets of its fields, by the sum of their bits (1 is the struct itself). */
  readonly sets: Map<number, RememberedSet[]>;
  /** Of a struct: those that are never absent. */
  readonly present: readonly TypedField[];
}

/** A set of a struct's fields: which of them (by their bits) have what below them. */
export interface RememberedSet {
  readonly set: FieldSet;
  readonly bits: readonly number[];
  readonly children: readonly FieldSet[];
}

export const EMPTY: Readonly<Record<string, unknown>> = Object.freeze({});

const NO_FIELDS: ReadonlyMap<string, TypedField> = new Map();
const blank = {
  fields: [],
  byName: NO_FIELDS,
  byBit: new Map(),
  keys: [],
  present: [],
  sets: new Map(),
} as unknown as Omit<Typed, 'kind' | 'code'>;

const types = new Map<string, Typed>();

/** Fields of an object that nobody owns. @source apimachinery/pkg/util/managedfields/internal/stripmeta.go */
export const UNOWNED: readonly string[] = ['apiVersion', 'kind'];
const UNOWNED_METADATA = [
  'clusterName',
  'creationTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** The type of a whole object, by its name in the schema. Fields that nobody owns are not among its fields. */
export function typeOfKind(kind: string): Typed {
  const known = types.get(`${kind} `);
  if (known !== undefined) return known;
  const type = typeOf(kind);
  const fields = type.fields
    .filter(({ name }) => !UNOWNED.includes(name))
    .map((field): TypedField => {
      const own = field.name === 'metadata' ? ownMetadata(field.type) : field.type;
      const present =
        field.name === 'metadata' || ((field.name === 'spec' || field.name === 'status') && own.kind === 'struct');
      return { ...field, type: own, zero: present ? EMPTY : field.zero };
    });
  const own = { ...struct(kind, fields), rest: type.rest };
  types.set(`${kind} `, own);
  return own;
}

const ownMetadata = (type: Typed): Typed =>
  struct(
    type.code,
    type.fields.filter(({ name }) => !UNOWNED_METADATA.includes(name)),
  );

function struct(code: TypeCode, fields: readonly TypedField[]): Typed {
  return { ...blank, kind: 'struct', code, sets: new Map(), ...tablesOf(fields) };
}

const tablesOf = (fields: readonly TypedField[]): Pick<Typed, 'fields' | 'byName' | 'byBit' | 'present'> => ({
  fields,
  byName: new Map(fields.map((field) => [field.name, field])),
  byBit: new Map(fields.map((field) => [field.bit, field])),
  present: fields.filter(({ zero }) => zero !== undefined),
});

const ANY = { ...blank, kind: 'any', code: '*' } as { -readonly [key in keyof Typed]: Typed[key] };
ANY.element = ANY;

/** The type of a part of an object, by its code in the schema. */
export function typeOf(code: TypeCode): Typed {
  const known = types.get(code);
  if (known !== undefined) return known;
  const made = isTypeName(code) ? namedType(code) : code[0] === '{' ? mapType(code) : leafType(code);
  types.set(code, made);
  return made;
}

const leafType = (code: TypeCode): Typed => ({
  ...blank,
  kind: code[0] === '[' || code === '*' ? 'atomic' : 'scalar',
  code,
});

const mapType = (code: TypeCode): Typed => ({ ...blank, kind: 'map', code, element: typeOf(elementCode(code)) });

function namedType(name: string): Typed {
  const codes = fieldsOfType(name);
  if (codes === undefined || isAtomicAt('', '', name)) return { ...blank, kind: 'atomic', code: name };
  const present = presentFieldsOf(name);
  const fields: TypedField[] = [];
  const type = struct(name, fields);
  types.set(name, type); // a type may hold itself
  if (codes.has('*')) Object.assign(type, { rest: ANY });
  for (const field of [...codes.keys()].sort(byteOrder)) {
    if (field === '*') continue;
    const zero = present.includes(field) ? EMPTY : present.includes(`-${field}`) ? null : undefined;
    fields.push({
      name: field,
      key: fieldKey(field),
      type: fieldType(name, field, codes.get(field)!),
      bit: 2 ** (fields.length + 1),
      zero,
    });
  }
  Object.assign(type, tablesOf(fields));
  return type;
}

/** A key of a list's items, and the value that it has where it is left out. */
export interface ListKey {
  readonly name: string;
  readonly fallback: unknown;
}

function fieldType(type: string, field: string, code: TypeCode): Typed {
  if (code[0] !== '[') return isAtomicAt(type, field, code) ? { ...blank, kind: 'atomic', code } : typeOf(code);
  const list = listTypeOf(type, field);
  if (list.type === 'atomic') return typeOf(code);
  const keys = [...list.keys]
    .sort(byteOrder)
    .map((name): ListKey => ({ name, fallback: name === 'protocol' ? 'TCP' : undefined }));
  return { ...blank, kind: 'list', code, keys, element: typeOf(elementCode(code)) };
}

/** Types that are made from something else than the schema of the API's own kinds. */
export const anyType = (): Typed => ANY;
export const scalarType = (code: TypeCode): Typed => typeOf(code);
export const atomicType = (): Typed => ({ ...blank, kind: 'atomic', code: '*' });
export const mapOfType = (element: Typed): Typed => ({ ...blank, kind: 'map', code: '{*', element });
export const listType = (element: Typed, keys: readonly ListKey[]): Typed => ({
  ...blank,
  kind: 'list',
  code: '[*',
  keys,
  element,
});
/** @param more - it may have other fields, too */
export const structType = (fields: readonly TypedField[], more: boolean): Typed => ({
  ...struct('*', fields),
  rest: more ? ANY : undefined,
});

/** The type of a struct's field or a map's entry. */
export const memberType = (type: Typed, name: string): Typed | undefined =>
  type.kind === 'map' || type.kind === 'any' ? type.element : (type.byName.get(name)?.type ?? type.rest);

type Item = Readonly<Record<string, unknown>>;

const itemKeys = new Map<string, Map<unknown, string>>();
const MAX_ITEM_KEYS = 4096;

/** The key of a list's item in a field set. Undefined when the item lacks one of its keys. */
export function itemKey(list: Typed, item: unknown): string | undefined {
  const { keys } = list;
  if (keys.length === 0) return valueKey(item);
  if (typeof item !== 'object' || item === null) return undefined;
  if (keys.length === 1) {
    const { name } = keys[0]!;
    const value = (item as Item)[name];
    return value === undefined || value === null ? undefined : singleKey(name, value);
  }
  const parts: string[] = [];
  for (const { name, fallback } of keys) {
    const value = (item as Item)[name] ?? fallback;
    if (value !== undefined) parts.push(`${JSON.stringify(name)}:${canonicalJson(value)}`);
  }
  return parts.length === 0 ? undefined : `k:{${parts.join(',')}}`;
}

function singleKey(name: string, value: unknown): string {
  let known = itemKeys.get(name);
  if (known === undefined) itemKeys.set(name, (known = new Map()));
  let key = known.get(value);
  if (key !== undefined) return key;
  if (known.size >= MAX_ITEM_KEYS) known.clear();
  known.set(value, (key = `k:{${JSON.stringify(name)}:${canonicalJson(value)}}`));
  return key;
}
