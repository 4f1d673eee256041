/** What the API server asks of a kind: defaults, preparation for storage, validation, selectable fields. All pure. */
import type { FieldError } from './field-error';
import { deepEqual, semanticEqual } from './json';
import { withChanges, without } from './structural-sharing';
import type { KubeObject, ObjectMeta } from './types';

/** Functions answer the object that they were given when it needs no change. `old` is what is stored. */
export interface KindRules<T extends KubeObject = KubeObject> {
  /** Fills what the client left out. Runs on every write, before admission. */
  applyDefaults(object: T): T;
  /** Clears what clients may not set, sets generation 1 and the initial status. */
  prepareForCreate(object: T): T;
  /** Keeps the stored status and raises the generation when the spec changed. */
  prepareForUpdate(next: T, old: T): T;
  /** Keeps everything but the status. Kinds without status answer `old`. */
  prepareForStatusUpdate(next: T, old: T): T;
  validate(object: T): FieldError[];
  /** All of `validate`, and what may not change. */
  validateUpdate(next: T, old: T): FieldError[];
  validateStatusUpdate?(next: T, old: T): FieldError[];
  /** Subresources that take the whole object and change a part of it. */
  readonly subresources?: Readonly<Record<string, SubresourceRules<T>>>;
  /** Names of the fields that `fields` answers. */
  readonly selectableFields: readonly string[];
  /** Values by which field selectors choose. */
  fields(object: T): Readonly<Record<string, string>>;
  /** The value of one of them, for kinds that many watches select from: without building the others. */
  field?(object: T, name: string): string;
  /** Texts of warnings for a write of this object (`old` is absent on create). */
  warnings?(object: T, old?: T): readonly string[];
}

/** A subresource that changes a part of an object: what it makes of the stored one, and what of that is wrong. */
export interface SubresourceRules<T extends KubeObject = KubeObject> {
  prepare(next: T, old: T): T;
  validate(next: T, old: T): FieldError[];
}

export const NAMESPACED_FIELDS: readonly string[] = ['metadata.name', 'metadata.namespace'];
export const CLUSTER_FIELDS: readonly string[] = ['metadata.name'];

/** The fields that all kinds have. */
export function metadataFields({ metadata }: KubeObject): Record<string, string> {
  return { 'metadata.name': metadata.name, 'metadata.namespace': metadata.namespace ?? '' };
}

/** For a kind without generation: nothing to prepare. */
export const unprepared = {
  prepareForCreate: <T extends KubeObject>(object: T): T => object,
  prepareForUpdate: <T extends KubeObject>(next: T): T => next,
  prepareForStatusUpdate: <T extends KubeObject>(_next: T, old: T): T => old,
};

type WithSpec = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

export const withGeneration = <T extends KubeObject>(object: T, generation: number): T =>
  withChanges(object, { metadata: withChanges(object.metadata, { generation }) } as Partial<T>);

/** The generation of an update: one more when `spec` changed. Other parts that count may be named. */
export function nextGeneration(next: WithSpec, old: WithSpec, alsoChanged = false): number {
  const before = old.metadata.generation ?? 0;
  return alsoChanged || (next.spec !== old.spec && !semanticEqual(next.spec, old.spec)) ? before + 1 : before;
}

/** An object with the status of another, or without status when that has none. */
export function withStatusOf<T extends WithSpec>(object: T, from: T): T {
  if (object.status === from.status) return object;
  if (from.status === undefined) return without(object, 'status') as T;
  return deepEqual(object.status, from.status) ? object : { ...object, status: from.status };
}

/** Metadata that a status write may change: only finalizer-free bookkeeping, i.e. resourceVersion and managedFields. */
export function statusOnly<T extends WithSpec>(next: T, old: T): T {
  const { status } = next;
  // One spread, then field by field: an object of several spread parts has a hidden class of its own.
  const object: Omit<T, 'metadata' | 'status'> & { metadata: ObjectMeta; status?: T['status'] } = { ...old };
  object.metadata = bookkeepingOf(next.metadata, old.metadata);
  if (status !== undefined) object.status = status;
  return object as T;
}

function bookkeepingOf({ resourceVersion, managedFields }: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const isSame =
    (resourceVersion === undefined || resourceVersion === old.resourceVersion) &&
    (managedFields === undefined || managedFields === old.managedFields);
  if (isSame) return old;
  const metadata = { ...old };
  if (resourceVersion !== undefined) metadata.resourceVersion = resourceVersion;
  if (managedFields !== undefined) metadata.managedFields = managedFields;
  return metadata;
}
