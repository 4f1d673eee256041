/**
 * Updates: what PUT and PATCH make of a stored object, and when that is the end of it.
 *
 * @source kubernetes apiserver/pkg/registry/rest/update.go, registry/generic/registry/store.go, endpoints/handlers/{update,patch}.go
 */
import { type ManagedFields, sameButForTimes } from '#engine/api/apply/managed-fields';
import { deepEqual } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, conflict, failure, groupResourceText, invalid } from '#engine/api/status-error';
import { withChanges } from '#engine/api/structural-sharing';
import type { CertificateSigningRequest, KubeObject, KubeObjectInput, Namespace, ObjectMeta } from '#engine/api/types';
import { mutate, validateAdmission } from './admission/admission';
import { escalationRefusal } from './authorization/escalation';
import type { AdmissionRequest } from './admission/plugin';
import { type Decision, refused, respond } from './decision';
import { remove } from './removal';
import { withManaged, withManagedFields } from './field-manager';
import { allocateForService, keepAllocated } from './service-allocation';
import type { Operation } from './state';
import type { Surroundings } from './surroundings';

/** Names in the body that contradict the path. */
export function bodyMismatch(operation: Operation, info: ResourceInfo, body: KubeObjectInput): Decision | null {
  const { name, namespace } = body.metadata ?? {};
  if ((name ?? '') === '') {
    if (operation.verb === 'update') return refused(badRequest('name must be provided'));
  } else if (name !== operation.name) {
    return refused(
      badRequest(`the name of the object (${name}) does not match the name on the URL (${operation.name})`),
    );
  }
  if (info.namespaced && (namespace ?? '') !== '' && namespace !== operation.namespace) {
    const text = `the namespace of the object (${namespace}) does not match the namespace on the request (${operation.namespace})`;
    return refused(badRequest(text));
  }
  return null;
}

/** How an update is tracked: by a subresource that is no part of the decision, or by an apply that has said it all. */
interface Tracking {
  readonly subresource?: string;
  readonly managed?: ManagedFields;
}

/** Decides an update to `body` of what is stored. Also for `/status` and `/finalize`. */
export function decideNext(
  operation: Operation,
  info: ResourceInfo,
  old: KubeObject,
  body: KubeObjectInput,
  around: Surroundings,
  { subresource = operation.subresource, managed }: Tracking = {},
): Decision {
  const mismatch = bodyMismatch(operation, info, body);
  if (mismatch !== null) return mismatch;
  const given = body.metadata ?? {};
  const version = given.resourceVersion ?? '';
  if (version === '' && !info.allowUnconditionalUpdate) return refused(mustSayVersion(info, operation.name));
  if (version !== '' && version !== '0' && version !== old.metadata.resourceVersion)
    return refused(conflict(info, operation.name));
  if ((given.uid ?? '') !== '' && given.uid !== old.metadata.uid) {
    const cause = `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${old.metadata.uid}`;
    return refused(conflict(info, operation.name, cause));
  }
  const metadata = keptMetadata(given, old.metadata);
  const named = (metadata === body.metadata ? body : { ...body, metadata }) as KubeObject;
  const unowned = nextOf(operation, info, named, old);
  const next =
    managed === undefined
      ? withManagedFields(operation, info, unowned, old, given.managedFields, subresource, around.now)
      : withManaged(unowned, managed);
  const admission: AdmissionRequest = {
    operation,
    verb: 'update',
    info,
    namespace: operation.namespace,
    shownName: operation.name,
    subresource,
    old,
  };
  const verdict = mutate(admission, next, around);
  if (verdict.type === 'look-up' || verdict.type === 'first') return verdict;
  if (verdict.type === 'refuse') return refused(verdict.status);
  const admitted = verdict.object;
  const escalation = escalationRefusal(operation, info, admitted, old, around);
  if (escalation !== null) return refused(escalation);
  if (isSame(admitted, old)) return respond(200, old);
  return decideStore(operation, info, admission, admitted, old, around);
}

/** Validates and stores an update, or removes the object when nothing keeps it any more. */
function decideStore(
  operation: Operation,
  info: ResourceInfo,
  admission: AdmissionRequest,
  next: KubeObject,
  old: KubeObject,
  around: Surroundings,
): Decision {
  const { rules } = info;
  const own = rules.subresources?.[operation.subresource];
  const errors =
    own !== undefined
      ? own.validate(next, old)
      : operation.subresource === 'status' && rules.validateStatusUpdate !== undefined
        ? rules.validateStatusUpdate(next, old)
        : rules.validateUpdate(next, old);
  if (errors.length > 0) return refused(invalid(info, operation.name, errors));
  const validated = validateAdmission(admission, next, around);
  if (validated.type === 'look-up' || validated.type === 'first') return validated;
  if (validated.type === 'refuse') return refused(validated.status);
  const warnings = operation.subresource === '' ? rules.warnings?.(next, old) : undefined;
  if (warnings !== undefined && operation.tries === 0) operation.warnings.push(...warnings);
  if (isFinished(info, next, old)) return remove(info, next);
  if (info.store !== 'services') return { type: 'write', object: next, code: 200 };
  const allocation = allocateForService(next, old, operation, info, around);
  if (allocation.type === 'refuse') return refused(allocation.status);
  return {
    type: 'write',
    object: allocation.object,
    code: 200,
    claims: allocation.claims,
    released: allocation.released,
  };
}

const mustSayVersion = (info: ResourceInfo, name: string) => {
  const text = 'metadata.resourceVersion: Invalid value: 0: must be specified for an update';
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${groupResourceText(info)} "${name}" is invalid: ${text}`,
    details: {
      name,
      ...(info.group === '' ? {} : { group: info.group }),
      kind: info.resource,
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ],
    },
  });
};

/** What the client says of metadata, with all that it may not change kept as stored. */
function keptMetadata(given: NonNullable<KubeObjectInput['metadata']>, old: ObjectMeta): ObjectMeta {
  if (given === old) return old;
  return withChanges<ObjectMeta>(given as ObjectMeta, {
    name: old.name,
    namespace: old.namespace,
    uid: old.uid,
    resourceVersion: old.resourceVersion,
    creationTimestamp: old.creationTimestamp,
    generation: old.generation,
    deletionTimestamp: old.deletionTimestamp,
    deletionGracePeriodSeconds: old.deletionGracePeriodSeconds,
    generateName: given.generateName ?? old.generateName,
    managedFields: old.managedFields,
    selfLink: undefined,
  });
}

function nextOf(operation: Operation, info: ResourceInfo, next: KubeObject, old: KubeObject): KubeObject {
  switch (operation.subresource) {
    case 'status':
      return info.rules.prepareForStatusUpdate(next, old);
    case 'approval':
      return lateApi.code.approvalOf(next as CertificateSigningRequest, old as CertificateSigningRequest);
    case 'finalize': {
      const namespace = old as Namespace;
      const { finalizers } = (next as Partial<Namespace>).spec ?? {};
      return { ...namespace, spec: finalizers === undefined ? {} : { finalizers } } as Namespace;
    }
    default: {
      const own = info.rules.subresources?.[operation.subresource];
      if (own !== undefined) return own.prepare(next, old);
      return info.rules.prepareForUpdate(info.store === 'services' ? keepAllocated(next, old) : next, old);
    }
  }
}

/** Whether an update changes nothing but perhaps the times of managed fields. Resource versions are the same here. */
function isSame(next: KubeObject, old: KubeObject): boolean {
  if (next === old) return true;
  for (const name in next) {
    if (name !== 'metadata' && !deepEqual(next[name as keyof KubeObject], old[name as keyof KubeObject])) return false;
  }
  const { managedFields } = old.metadata;
  return (
    sameButForTimes(next.metadata.managedFields, managedFields) &&
    deepEqual(withManaged(next, managedFields ?? []), old)
  );
}

/**
 * Whether an update has taken away the last that kept an object whose deletion was asked for.
 *
 * @source store.go (ShouldDeleteDuringUpdate), pkg/registry/core/namespace/storage/storage.go
 */
function isFinished(info: ResourceInfo, next: KubeObject, old: KubeObject): boolean {
  if (old.metadata.deletionTimestamp === undefined || (next.metadata.finalizers ?? []).length > 0) return false;
  if ((old.metadata.deletionGracePeriodSeconds ?? 0) !== 0) return false;
  return info.store !== 'namespaces' || ((next as Namespace).spec?.finalizers ?? []).length === 0;
}
