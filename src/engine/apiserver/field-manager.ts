/**
 * Managed fields on the way of a write: who its manager is, and what the object's are after it. Server-side apply.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/{create,update,patch}.go, apimachinery/pkg/util/managedfields/internal/fieldmanager.go
 */
import { compareObjects } from '#engine/api/apply/compare';
import { type FieldSet, LEAF } from '#engine/api/apply/field-set';
import {
  afterUpdate,
  type FieldManager,
  type ManagedFields,
  NO_FIELDS,
  startingFrom,
} from '#engine/api/apply/managed-fields';
import { EMPTY, type Typed, typeOf, typeOfKind } from '#engine/api/apply/typed';
import { isJsonObject, type JsonObject } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { builtIn, type ResourceInfo } from '#engine/api/registry';
import { badRequest, plainError } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, KubeObjectInput, Status } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { inVersion } from './served';
import type { Operation } from './state';

/** Bytes of a manager's name. */
export const MAX_MANAGER = 128;
/** What Go takes for no printable character. */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The name of whoever named no field manager: what stands before the slash of its user agent. */
export function managerOf(userAgent: string): string {
  let name = managers.get(userAgent);
  if (name !== undefined) return name;
  if (managers.size >= MAX_MANAGERS) managers.clear();
  name = userAgent.split('/', 1)[0]!.replace(UNPRINTABLE, '').slice(0, MAX_MANAGER);
  managers.set(userAgent, name);
  return name;
}

const managers = new Map<string, string>();
const MAX_MANAGERS = 256;

const managerFor = (
  { manager }: Operation,
  info: ResourceInfo,
  operation: FieldManager['operation'],
  subresource: string,
): FieldManager => ({ name: manager, operation, apiVersion: info.apiVersion, subresource });

/** The type of the objects that rules see: of the version that is stored. */
const storedType = (info: ResourceInfo): Typed =>
  info.custom?.type(true) ??
  typeOfKind(info.conversion === undefined ? info.schema : (builtIn.byId(info.store)?.schema ?? info.schema));

/** A new object, all of whose fields but the status are its creator's. */
export function managedOnCreate(
  operation: Operation,
  info: ResourceInfo,
  object: KubeObject,
  now: Micros,
): ManagedFields {
  const { status } = object as KubeObject & { readonly status?: unknown };
  const change = compareObjects(storedType(info), status === undefined ? EMPTY : { status }, object);
  return afterUpdate(change, NO_FIELDS, managerFor(operation, info, 'Update', ''), timestamp(now));
}

/** An object about to be updated, with its managed fields. `given` are those that came with the request. */
export function withManagedFields(
  operation: Operation,
  info: ResourceInfo,
  next: KubeObject,
  old: KubeObject,
  given: unknown,
  subresource: string,
  now: Micros,
): KubeObject {
  const stored = old.metadata.managedFields ?? NO_FIELDS;
  const start = subresource === '' ? startingFrom(given, stored) : stored;
  if (start.length === 0) return withManaged(next, start); // whoever has no managers gets none
  const change = compareObjects(storedType(info), old, next);
  const manager = managerFor(operation, info, 'Update', subresource);
  return withManaged(next, afterUpdate(change, start, manager, timestamp(now)));
}

/** The object with these managed fields. */
export function withManaged(object: KubeObject, managed: ManagedFields): KubeObject {
  const before = object.metadata.managedFields;
  if (before === managed || (before === undefined && managed.length === 0)) return object;
  const metadata = { ...object.metadata };
  if (managed.length > 0) metadata.managedFields = managed as never;
  else delete metadata.managedFields;
  // Copied first and changed then, which V8 does much quicker than both at once.
  const next: Omit<KubeObject, 'metadata'> & { metadata: KubeObject['metadata'] } = { ...object };
  next.metadata = metadata;
  return next;
}

const STATUS: FieldSet = Object.freeze({ 'f:status': LEAF });
const ALL_BUT_STATUS: FieldSet = Object.freeze({ 'f:spec': LEAF, 'f:metadata': Object.freeze({ 'f:labels': LEAF }) });

/** Fields that nobody may own on a path, since the strategy of the kind resets them there. */
const ignoredOn = (info: ResourceInfo, subresource: string): FieldSet | null =>
  subresource === 'status' ? ALL_BUT_STATUS : info.subresources.includes('status') ? STATUS : null;

export type AppliedObject =
  | { readonly type: 'object'; readonly object: KubeObjectInput; readonly managed: ManagedFields }
  | { readonly type: 'refuse'; readonly status: Status };

/** What a configuration makes of an object; `old` null: it does not exist yet. */
export function applyTo(
  operation: Operation,
  info: ResourceInfo,
  old: KubeObject | null,
  config: unknown,
  subresource: string,
  now: Micros,
): AppliedObject {
  const refuse = (status: Status): AppliedObject => ({ type: 'refuse', status });
  if (!isJsonObject(config)) {
    const text = 'json: cannot unmarshal string into Go value of type map[string]interface {}';
    return refuse(badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${text}`));
  }
  const gvk = kindText(textOf(config['apiVersion']), textOf(config['kind']));
  if (gvk !== kindText(info.apiVersion, info.kind)) return refuse(badRequest(`invalid object type: ${gvk}`));
  const metadata = isJsonObject(config['metadata']) ? config['metadata'] : {};
  if ((metadata['managedFields'] ?? null) !== null) return refuse(badRequest('metadata.managedFields must be nil'));
  const error = lateApi.code.typeErrorText(info.custom?.type(false) ?? typeOf(info.schema), config);
  if (error !== '') {
    const { namespace = '', name = '' } = metadata as { readonly namespace?: string; readonly name?: string };
    return refuse(plainError(`failed to create typed patch object (${namespace}/${name}; ${gvk}): ${error}`));
  }
  const applied = lateApi.code.apply({
    type: info.custom?.type(true) ?? typeOfKind(info.schema),
    live: (old === null ? null : inVersion(info, old)) as JsonObject | null,
    managed: old?.metadata.managedFields ?? NO_FIELDS,
    config,
    manager: managerFor(operation, info, 'Apply', subresource),
    force: operation.force,
    ignored: ignoredOn(info, subresource),
    time: timestamp(now),
  });
  if (!applied.ok) return refuse(lateApi.code.applyConflict(applied.conflicts));
  return { type: 'object', object: applied.object as unknown as KubeObjectInput, managed: applied.managed };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `apps/v1, Kind=Deployment`; the core group has nothing before the slash. */
function kindText(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}
