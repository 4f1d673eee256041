/**
 * Deleting: at once, after a grace period, or when the last finalizer is gone.
 *
 * @source kubernetes apiserver/pkg/registry/rest/delete.go, registry/generic/registry/store.go, pkg/registry/core/pod/strategy.go,
 *   pkg/registry/core/pod/storage/eviction.go, pkg/registry/core/namespace/storage/storage.go
 */
import { lateApi } from '#engine/api/late';
import type { ResourceInfo } from '#engine/api/registry';
import { conflict, notFound } from '#engine/api/status-error';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { CustomResourceDefinition, KubeObject, Namespace, ObjectMeta, Pod } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { mutate, validateAdmission } from './admission/admission';
import { type Decision, refused, respond } from './decision';
import { answerTo, remove } from './removal';
import type { Current, Operation, WriteOptions } from './state';
import type { Surroundings } from './surroundings';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export function decideDelete(
  operation: Operation,
  info: ResourceInfo,
  current: Current,
  around: Surroundings,
): Decision {
  const object = current.object;
  if (object === null) return refused(notFound(info, operation.name));
  const refusal = preconditionError(operation.options, info, object);
  if (refusal !== null) return refused(refusal);
  const request = {
    operation,
    verb: 'delete',
    info,
    namespace: operation.namespace,
    shownName: operation.name,
    subresource: '',
    old: object,
  } as const;
  const verdict = mutate(request, object, around);
  if (verdict.type === 'refuse') return refused(verdict.status);
  // An eviction has been asked about as such.
  const validated = operation.subresource === 'eviction' ? verdict : validateAdmission(request, object, around);
  if (validated.type === 'refuse') return refused(validated.status);
  if (
    info.store === 'customresourcedefinitions.apiextensions.k8s.io' &&
    object.metadata.deletionTimestamp === undefined
  ) {
    const marked = lateApi.code.markedForDeletion(object as CustomResourceDefinition, around.now);
    return { type: 'write', object: marked, code: 200 };
  }
  if (info.store === 'namespaces') return deleteNamespace(operation, info, object as Namespace, around.now);
  return deleteObject(operation, info, object, around.now);
}

function preconditionError(options: WriteOptions, info: ResourceInfo, object: KubeObject) {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  if (uid !== undefined && uid !== metadata.uid) {
    const cause = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    return conflict(info, metadata.name, cause);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const cause = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    return conflict(info, metadata.name, cause);
  }
  return null;
}

function deleteObject(operation: Operation, info: ResourceInfo, object: KubeObject, now: Micros): Decision {
  const grace = info.graceful ? gracefully(object as Pod, operation.options, now) : { type: 'none' as const };
  if (grace.type === 'pending') return respond(200, answerTo(info, object));
  const finalizers = finalizersFor(object, operation.options);
  let metadata = object.metadata;
  if (finalizers !== metadata.finalizers) metadata = withFinalizers(metadata, finalizers);
  const kept = (finalizers ?? []).length > 0;
  if (grace.type === 'graceful') {
    metadata = deleting(metadata, grace.deletionTimestamp, grace.seconds);
    const next = { ...object, metadata };
    if (kept || grace.seconds > 0) return { type: 'write', object: next, code: 200 };
    return { type: 'write', object: next, code: 200, thenRemove: true };
  }
  if (kept) {
    if (metadata.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds !== 0) {
      metadata = deleting(metadata, metadata.deletionTimestamp ?? timestamp(now), 0);
    }
    if (metadata === object.metadata) return respond(codeWhileThere(operation), object);
    return { type: 'write', object: { ...object, metadata }, code: codeWhileThere(operation) };
  }
  return remove(info, object);
}

/** 202 only for those who asked in the old way. */
const codeWhileThere = (operation: Operation): number => (operation.options.orphanDependents === false ? 202 : 200);

function deleting(metadata: ObjectMeta, deletionTimestamp: string, seconds: number): ObjectMeta {
  const generation = metadata.generation ?? 0;
  const first = metadata.deletionTimestamp === undefined;
  return {
    ...metadata,
    deletionTimestamp,
    deletionGracePeriodSeconds: seconds,
    ...(first && generation > 0 ? { generation: generation + 1 } : {}),
  };
}

type Grace =
  | { readonly type: 'graceful'; readonly deletionTimestamp: string; readonly seconds: number }
  | { readonly type: 'pending' }
  | { readonly type: 'none' };

/** Whether and how long a pod may take to end. */
function gracefully(pod: Pod, options: WriteOptions, now: Micros): Grace {
  const asked =
    options.gracePeriodSeconds === null ? null : options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds: before } = pod.metadata;
  if (deletionTimestamp !== undefined) {
    if (before === undefined) return { type: 'none' };
    if (asked === null || asked >= before) return { type: 'pending' };
    const moved = parseTimestamp(deletionTimestamp) + (asked - before) * SECOND;
    if (moved >= now) return { type: 'graceful', deletionTimestamp: timestamp(moved), seconds: asked };
    return { type: 'graceful', deletionTimestamp: timestamp(now), seconds: asked === 0 ? 0 : 1 };
  }
  let seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  const phase = pod.status?.phase;
  if ((pod.spec.nodeName ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') seconds = 0;
  if (seconds < 0) seconds = 1;
  return { type: 'graceful', deletionTimestamp: timestamp(now + seconds * SECOND), seconds };
}

/** Finalizers with those of the garbage collector added or taken away as the policy says. */
function finalizersFor(object: KubeObject, options: WriteOptions): readonly string[] | undefined {
  const before = object.metadata.finalizers;
  const orphan = wants(
    ORPHAN,
    FOREGROUND,
    options.orphanDependents,
    options.propagationPolicy === null ? null : options.propagationPolicy === 'Orphan',
    before,
  );
  const foreground = wants(
    FOREGROUND,
    ORPHAN,
    options.orphanDependents === null ? null : false,
    options.propagationPolicy === null ? null : options.propagationPolicy === 'Foreground',
    before,
  );
  const has = (finalizer: string): boolean => before?.includes(finalizer) ?? false;
  if (has(ORPHAN) === orphan && has(FOREGROUND) === foreground) return before;
  const others = (before ?? []).filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return [...others, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])];
}

/** An explicit option decides, else the finalizer that is there. */
function wants(
  finalizer: string,
  other: string,
  orphanDependents: boolean | null,
  policy: boolean | null,
  before: readonly string[] | undefined,
): boolean {
  if (orphanDependents !== null) return orphanDependents;
  if (policy !== null) return policy;
  for (const present of before ?? []) {
    if (present === finalizer) return true;
    if (present === other) return false;
  }
  return false;
}

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[] | undefined): ObjectMeta {
  const { finalizers: _before, ...rest } = metadata;
  return finalizers === undefined || finalizers.length === 0 ? rest : { ...rest, finalizers: [...finalizers] };
}

/** A namespace goes when its content is gone: first it is only marked. */
function deleteNamespace(operation: Operation, info: ResourceInfo, namespace: Namespace, now: Micros): Decision {
  const terminating = namespace.metadata.deletionTimestamp !== undefined;
  const finalizers = finalizersFor(namespace, operation.options);
  if (!terminating) {
    const metadata = { ...withFinalizers(namespace.metadata, finalizers), deletionTimestamp: timestamp(now) };
    const next = { ...namespace, metadata, status: { ...namespace.status, phase: 'Terminating' } } as Namespace;
    return { type: 'write', object: next, code: 200 };
  }
  const kept = (namespace.spec?.finalizers ?? []).length > 0 || (finalizers ?? []).length > 0;
  return kept ? respond(200, namespace) : remove(info, namespace);
}
