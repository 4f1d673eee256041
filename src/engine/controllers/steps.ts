/** Short ways to say the steps of a plan. Each is plain data; nothing is written here. */
import type { KubeObject, KubeObjectInput, ObjectReference } from '#engine/api/types';
import type {
  Collection,
  CreateStep,
  DeleteStep,
  EventIntent,
  EventStep,
  PatchStep,
  Target,
  UpdateStep,
} from '#engine/client/plan';

type Extras = Pick<CreateStep, 'onSuccess' | 'onFailure' | 'optional'>;

/** A POST of this object. */
export function create<T extends KubeObjectInput>(object: T, extras?: Extras): CreateStep {
  return { op: 'create', object, ...extras };
}

/** A PUT of the object, conditional on its resourceVersion. */
export function update<T extends KubeObject>(object: T, extras?: Extras): UpdateStep {
  return { op: 'update', object, ...extras };
}

/** A PUT of the object's status, conditional on its resourceVersion. */
export function updateStatus<T extends KubeObject>(object: T, extras?: Extras): UpdateStep {
  return { op: 'update', object, subresource: 'status', ...extras };
}

/** A JSON merge patch (RFC 7386). */
export function mergePatch(
  target: Target,
  patch: unknown,
  extras?: Extras & { readonly subresource?: string },
): PatchStep {
  return { op: 'patch', target, patchType: 'merge', patch, ...extras };
}

/** A strategic merge patch: lists with a merge key are merged by it. */
export function strategicPatch(
  target: Target,
  patch: unknown,
  extras?: Extras & { readonly subresource?: string },
): PatchStep {
  return { op: 'patch', target, patchType: 'strategic', patch, ...extras };
}

/** A DELETE of this very object (by uid). */
export function remove(
  object: KubeObject,
  extras?: Extras & Pick<DeleteStep, 'gracePeriodSeconds' | 'propagationPolicy'>,
  collection?: Collection,
): DeleteStep {
  return { op: 'delete', target: targetOf(object, collection), uid: object.metadata.uid, ...extras };
}

/** An Event that depends on no write. */
export function record(event: EventIntent): EventStep {
  return { op: 'event', event };
}

export function normal(regarding: ObjectReference, reason: string, message: string): EventIntent {
  return { regarding, type: 'Normal', reason, message };
}

export function warning(regarding: ObjectReference, reason: string, message: string): EventIntent {
  return { regarding, type: 'Warning', reason, message };
}

/** Where an object is found. Of what is stored, all but custom objects is of a kind that the registry knows. */
export function targetOf(object: KubeObject, collection = object.kind as Collection): Target {
  return { kind: collection, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** The reference by which an Event names its object. */
export function referenceTo(object: KubeObject): ObjectReference {
  const { metadata } = object;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  };
}
