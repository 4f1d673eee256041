/**
 * How objects lie in etcd: their keys, their transactions, and the resource version that they get from the revision.
 *
 * @source kubernetes apiserver/pkg/storage/etcd3/store.go, pkg/kubeapiserver/default_storage_factory_builder.go
 */
import { type FieldSet, LEAF } from '#engine/api/apply/field-set';
import type { ManagedFields } from '#engine/api/apply/managed-fields';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, ObjectMeta } from '#engine/api/types';
import type { Compare, KeyValue, Op, PutOp } from '#engine/etcd/wire';

/** Under which all keys of a resource lie, with its final slash. */
export const prefixOf = (info: ResourceInfo): string => `${info.storagePrefix}/`;

/** The key of an object; `namespace` empty for cluster-scoped kinds. In one piece: etcd keeps it for as long as the object is there. */
export const keyOf = (prefix: string, namespace: string, name: string): string =>
  (namespace === '' ? [prefix, name] : [prefix, namespace, '/', name]).join('');

/** The object with the resource version of the revision that it was written at. */
export const stamped = (value: KubeObject, revision: number): KubeObject =>
  kept(value, metadataWith(value.metadata, String(revision)));

/** The object as it is stored. */
export const frozen = (object: KubeObject): KubeObject =>
  kept(object, metadataWith(object.metadata, object.metadata.resourceVersion));

/**
 * An object that is kept for long, with this metadata. Copied name by name, since V8 gives each frozen copy of a frozen
 * object a hidden class of its own, which is larger than many an object; the usual parts stand in the object itself.
 */
function kept(object: KubeObject, metadata: KubeObject['metadata']): KubeObject {
  Object.freeze(metadata);
  const { apiVersion, kind, spec, status } = object as KubeObject & {
    readonly spec?: object;
    readonly status?: object;
  };
  if (spec !== undefined && status !== undefined && countNames(object) === 5)
    return Object.freeze({ apiVersion, kind, metadata, spec, status });
  const copy: { -readonly [Name in keyof KubeObject]: KubeObject[Name] } = byNames(object);
  copy.metadata = metadata;
  return Object.freeze(copy);
}

function countNames(object: object): number {
  let names = 0;
  for (const _ in object) names++;
  return names;
}

/** Names that metadata has as a rule, in their order: of most kinds, of what a controller has made from a template, and of pods of nobody. */
const PLAIN = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'managedFields'];
const OWNED = [...PLAIN.slice(0, 5), 'generateName', 'labels', 'ownerReferences', 'managedFields', 'generation'];
const COUNTED = [...PLAIN, 'generation'];
const LABELLED = [...PLAIN.slice(0, 5), 'labels', 'managedFields', 'generation'];

function areNames(object: object, names: readonly string[]): boolean {
  let at = 0;
  for (const name in object) if (name !== names[at++]) return false;
  return at === names.length;
}

/** A copy of metadata with this resource version, in one piece where it has the usual names. */
function metadataWith(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  const { name, namespace, uid, creationTimestamp, managedFields } = given;
  if (namespace !== undefined && managedFields !== undefined) {
    if (areNames(given, PLAIN)) return { name, namespace, uid, resourceVersion, creationTimestamp, managedFields };
    const { generateName, labels, ownerReferences, generation } = given;
    if (generation !== undefined && labels === undefined && areNames(given, COUNTED))
      return { name, namespace, uid, resourceVersion, creationTimestamp, managedFields, generation };
    if (generation !== undefined && labels !== undefined && areNames(given, LABELLED))
      return { name, namespace, uid, resourceVersion, creationTimestamp, labels, managedFields, generation };
    if (
      generateName !== undefined &&
      labels !== undefined &&
      ownerReferences !== undefined &&
      generation !== undefined &&
      areNames(given, OWNED)
    ) {
      return {
        name,
        namespace,
        uid,
        resourceVersion,
        creationTimestamp,
        generateName,
        labels,
        ownerReferences,
        managedFields,
        generation,
      };
    }
  }
  const copy = byNames(given);
  copy.resourceVersion = resourceVersion;
  return copy;
}

function byNames<T extends object>(object: T): T {
  const copy: Partial<T> = {};
  for (const name in object) copy[name] = object[name];
  return copy as T;
}

export const objectOf = (kv: KeyValue): KubeObject => stamped(kv.value as KubeObject, kv.modRevision);

/** A transaction: writes that happen if nothing has changed since it was decided; otherwise the key is read. */
export interface StoreTxn {
  readonly compare: readonly Compare[];
  readonly success: readonly Op[];
  readonly failure: readonly Op[];
}

/** A further key that goes with an object: a service's address that nobody else may have. */
export interface Claim {
  readonly key: string;
  readonly value: unknown;
}

const unchanged = (key: string, revision: number): Compare => ({ key, target: 'mod', result: '=', value: revision });

/**
 * Writes `object` if the key still has `revision` (0: does not exist), and takes and gives back claims along with it.
 * Answered in failure: the key, then each claim.
 */
export function putTxn(
  key: string,
  object: KubeObject,
  revision: number,
  lease: number,
  taken: readonly Claim[] = [],
  released: readonly string[] = [],
): StoreTxn {
  const bytes = sizeOf(object);
  const put: PutOp =
    lease === 0 ? { op: 'put', key, value: object, bytes } : { op: 'put', key, value: object, bytes, lease };
  if (taken.length === 0 && released.length === 0) {
    return { compare: [unchanged(key, revision)], success: [put], failure: [{ op: 'range', key }] };
  }
  return {
    compare: [unchanged(key, revision), ...taken.map((claim) => unchanged(claim.key, 0))],
    success: [
      put,
      ...taken.map((claim): Op => ({ op: 'put', key: claim.key, value: claim.value, bytes: 100 })),
      ...released.map((released): Op => ({ op: 'delete-range', key: released })),
    ],
    failure: [{ op: 'range', key }, ...taken.map((claim): Op => ({ op: 'range', key: claim.key }))],
  };
}

/** Deletes a key that still has `revision`, and gives back its claims. */
export function deleteTxn(key: string, revision: number, released: readonly string[] = []): StoreTxn {
  return {
    compare: [unchanged(key, revision)],
    success: [{ op: 'delete-range', key }, ...released.map((released): Op => ({ op: 'delete-range', key: released }))],
    failure: [{ op: 'range', key }],
  };
}

const sizes = new WeakMap<object, number>();
/** Bytes from which on a size is remembered: the WeakMap is not to be filled by the small parts of what is renewed all the time. */
const REMEMBERED_BYTES = 512;

/** About how many bytes a value takes in protobuf. Long lists of objects, which versions of an object share, are measured once. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'object') {
    if (value === null) return 0;
    return Array.isArray(value) ? sizeOfList(value) : sizeOfMap(value as Readonly<Record<string, unknown>>);
  }
  return typeof value === 'number' ? 4 : typeof value === 'boolean' ? 2 : 0;
}

function sizeOfMap(map: Readonly<Record<string, unknown>>): number {
  let size = 2;
  for (const key in map) {
    const value = map[key];
    size += 2 + (typeof value === 'string' ? value.length + 2 : sizeOfMember(key, value));
  }
  return size;
}

function sizeOfMember(key: string, value: unknown): number {
  if (key === 'spec' && isMap(value)) return sizeOfSpec(value);
  return key === 'managedFields' && Array.isArray(value) ? sizeOfManaged(value as ManagedFields) : sizeOf(value);
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Bytes of a managed-fields entry without its set. */
const ENTRY_BYTES = 100;

function sizeOfManaged(managed: ManagedFields): number {
  let size = 2;
  for (const { fieldsV1 } of managed) {
    size += ENTRY_BYTES;
    if (fieldsV1 !== undefined) size += sizeOfFields(fieldsV1 as FieldSet, 0);
  }
  return size;
}

/** Bytes from which on the size of a set of fields is remembered. */
const REMEMBERED_FIELDS = 64;

/** Sets of fields are shared by all objects of a shape, and where they name an address, at least most fields of a status are. */
function sizeOfFields(fields: FieldSet, depth: number): number {
  const isShared = depth === 0 || depth === 2;
  const known = isShared ? sizes.get(fields) : undefined;
  if (known !== undefined) return known;
  let size = 2;
  for (const key in fields) size += 2 + (fields[key] === LEAF ? 2 : sizeOfFields(fields[key]!, depth + 1));
  if (isShared && size >= REMEMBERED_FIELDS) sizes.set(fields, size);
  return size;
}

/** The lists of a spec stay the same through many versions of a status, and objects of a shape share them: small ones are remembered, too. */
function sizeOfSpec(spec: Readonly<Record<string, unknown>>): number {
  let size = 2;
  for (const key in spec) {
    const value = spec[key];
    size += 2;
    if (typeof value === 'string') size += value.length + 2;
    else if (Array.isArray(value) && typeof value[0] === 'object') size += sizeOfShared(value);
    else size += sizeOf(value);
  }
  return size;
}

function sizeOfShared(list: readonly unknown[]): number {
  let size = sizes.get(list);
  if (size === undefined) sizes.set(list, (size = sizeOfItems(list)));
  return size;
}

function sizeOfList(list: readonly unknown[]): number {
  const remembered = typeof list[0] === 'object';
  const known = remembered ? sizes.get(list) : undefined;
  if (known !== undefined) return known;
  const size = sizeOfItems(list);
  if (remembered && size >= REMEMBERED_BYTES) sizes.set(list, size);
  return size;
}

function sizeOfItems(list: readonly unknown[]): number {
  let size = 2;
  for (let i = 0; i < list.length; i++) size += sizeOf(list[i]);
  return size;
}
