/**
 * Creating an object: admission, name, uid, preparation, validation, in the API server's order.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/create.go, registry/rest/create.go, registry/generic/registry/store.go
 */
import { generateName, NAME_ALPHABET, NAME_SUFFIX_LENGTH } from '#engine/api/names';
import type { ResourceInfo } from '#engine/api/registry';
import { sharedOwners } from '#engine/api/shared-parts';
import {
  alreadyExists,
  badRequest,
  forbidden,
  generateNameConflict,
  invalid,
  plainError,
} from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { ManagedFields } from '#engine/api/apply/managed-fields';
import type { KubeObject, KubeObjectInput, ObjectMeta } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import { mutate, validateAdmission } from './admission/admission';
import { escalationRefusal } from './authorization/escalation';
import type { AdmissionRequest } from './admission/plugin';
import { managedOnCreate } from './field-manager';
import { allocateForService } from './service-allocation';
import { type Decision, refused } from './decision';
import type { Current, Operation } from './state';
import type { Surroundings } from './surroundings';

const MAX_NAME_TRIES = 8;

/** Five letters that no two objects are likely to share. */
function randomSuffix(random: Random): string {
  let suffix = '';
  for (let i = 0; i < NAME_SUFFIX_LENGTH; i++) suffix += NAME_ALPHABET[random.below(NAME_ALPHABET.length)]!;
  return suffix;
}

/** The name that errors show: the name, the generateName, or `Unknown`. */
export const shownName = (metadata: { readonly name?: string; readonly generateName?: string } | undefined): string =>
  metadata?.name || metadata?.generateName || 'Unknown';

/** @param managed - null: all fields are the operation's manager's */
export function decideCreate(
  operation: Operation,
  info: ResourceInfo,
  current: Current,
  around: Surroundings,
  managed: ManagedFields | null = null,
): Decision {
  const input = operation.body as KubeObjectInput;
  const given = input.metadata ?? {};
  if (info.namespaced) {
    if ((given.namespace ?? operation.namespace) !== operation.namespace) {
      return refused(
        badRequest('the namespace of the provided object does not match the namespace sent on the request'),
      );
    }
    if (operation.namespace === '') return refused(badRequest('an empty namespace may not be set during creation'));
  }
  if (current.object !== null && operation.collisions >= MAX_NAME_TRIES) {
    return refused(generateNameConflict(info, current.object.metadata.name));
  }
  const name = operation.name || given.name || '';
  if (current.object !== null && name !== '') {
    return refused(alreadyExists(info, name, current.object.metadata.deletionTimestamp !== undefined));
  }
  if ((given.resourceVersion ?? '') !== '' && operation.verb === 'create') {
    return refused(plainError('resourceVersion should not be set on objects to be created'));
  }

  if (info.custom?.terminating === true) {
    const why = 'create not allowed while custom resource definition is terminating';
    return refused(forbidden(info, name, why));
  }

  const metadata = newMetadata(given, info.namespaced ? operation.namespace : '', name);
  const made: Omit<KubeObjectInput, 'metadata'> & { metadata?: unknown } = { ...input };
  made.metadata = metadata;
  const managedFields = managed ?? managedOnCreate(operation, info, made as KubeObject, around.now);
  if (managedFields.length > 0) metadata.managedFields = managedFields as never;
  const admission: AdmissionRequest = {
    operation,
    verb: 'create',
    info,
    namespace: operation.namespace,
    shownName: shownName(metadata),
    subresource: '',
  };
  const verdict = mutate(admission, made as KubeObject, around);
  if (verdict.type === 'look-up' || verdict.type === 'first') return verdict;
  if (verdict.type === 'refuse') return refused(verdict.status);
  const escalation = escalationRefusal(operation, info, verdict.object, null, around);
  if (escalation !== null) return refused(escalation);
  const named = nameObject(verdict.object, metadata, info, operation, around);

  const prepared = info.rules.prepareForCreate(named);
  const errors = info.rules.validate(prepared);
  if (errors.length > 0) return refused(invalid(info, name || (metadata.generateName ?? ''), errors));
  // Those who only refuse see the name that was generated.
  const refusing = name === '' ? { ...admission, shownName: prepared.metadata.name } : admission;
  const validated = validateAdmission(refusing, prepared, around);
  if (validated.type === 'look-up' || validated.type === 'first') return validated;
  if (validated.type === 'refuse') return refused(validated.status);
  const warnings = info.rules.warnings?.(prepared);
  if (warnings !== undefined && operation.tries === 0) operation.warnings.push(...warnings);

  if (info.store !== 'services') return { type: 'write', object: prepared, code: 201 };
  const allocation = allocateForService(prepared, null, operation, info, around);
  if (allocation.type === 'refuse') return refused(allocation.status);
  return { type: 'write', object: allocation.object, code: 201, claims: allocation.claims };
}

/** Metadata without what clients may not set. The name may still be empty. */
function newMetadata(given: NonNullable<KubeObjectInput['metadata']>, namespace: string, name: string): ObjectMeta {
  const made: { -readonly [Name in keyof ObjectMeta]: ObjectMeta[Name] } =
    namespace === ''
      ? { name, uid: '', resourceVersion: '', creationTimestamp: '' }
      : { name, namespace, uid: '', resourceVersion: '', creationTimestamp: '' };
  for (const key in given) if (!OWN_TO_SERVER.has(key)) setMember(made, key, (given as Loose)[key]);
  if (made.ownerReferences !== undefined) made.ownerReferences = sharedOwners(made.ownerReferences);
  return made;
}

type Loose = Readonly<Record<string, unknown>>;

function setMember(object: object, key: string, value: unknown): void {
  (object as Record<string, unknown>)[key] = value;
}

/** Metadata that a new object gets from the path, or later. */
const OWN_TO_SERVER: ReadonlySet<string> = new Set([
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'selfLink',
  'generation',
  'managedFields',
  'name',
  'namespace',
]);

/** Fills in name, uid and time of creation. `own` is metadata that was made for this object and is nowhere else. */
function nameObject(
  object: KubeObject,
  own: ObjectMeta,
  info: ResourceInfo,
  operation: Operation,
  around: Surroundings,
): KubeObject {
  let { name } = object.metadata;
  const base = object.metadata.generateName ?? '';
  if (name === '' && base !== '') {
    const resource = info.store;
    const random = around.random('generate-name');
    do name = generateName(base, randomSuffix(random));
    while (around.find(resource, operation.namespace, name) !== undefined && ++operation.collisions < MAX_NAME_TRIES);
  }
  const metadata = object.metadata === own ? own : { ...object.metadata };
  metadata.name = name;
  metadata.uid = operation.uid;
  metadata.creationTimestamp = timestamp(around.now);
  return metadata === own ? object : { ...object, metadata };
}
