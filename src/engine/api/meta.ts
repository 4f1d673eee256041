/**
 * Questions that many components ask of an object's metadata, conditions and pod spec, answered once here.
 * @source kubernetes apimachinery/pkg/apis/meta/v1/controller_ref.go, pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go
 */
import { timestamp } from './timestamp';
import type { KubeObject, OwnerReference, Pod, PodCondition, ObjectMeta } from './types';

/** `namespace/name`, or `name` of a cluster-scoped object. In one piece, as caches keep it. */
export const objectKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === '' ? name : [namespace, name].join('/');

export const keyOf = (object: KubeObject): string => objectKey(object.metadata.namespace, object.metadata.name);

/** The owner that manages the object, if any. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

/** Whether `owner` manages the object: by uid, so that a namesake does not. */
export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

/** A reference to the object's owner; to its controller unless told otherwise, which also blocks the owner's deletion. */
export const ownerReference = (owner: KubeObject, controller = true): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...(controller ? { controller: true, blockOwnerDeletion: true } : {}),
});

/** The fields that conditions of all kinds have in common. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export const conditionOf = <C extends { type: string }>(
  conditions: readonly C[] | undefined,
  type: C['type'],
): C | undefined => conditions?.find((condition) => condition.type === type);

/** Whether a condition is there and has this status. */
export const hasCondition = (
  conditions: readonly { type: string; status: string }[] | undefined,
  type: string,
  status = 'True',
): boolean => conditionOf(conditions, type)?.status === status;

/**
 * Conditions with one of them set: `lastTransitionTime` is `now` when the status is new or has changed, and stays otherwise.
 * Answers the very same list when nothing changed.
 *
 * @param now - virtual microseconds
 */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: Omit<C, 'lastTransitionTime'> & { type: C['type']; status: C['status'] },
  now: number,
): C[] {
  const before = conditionOf(conditions, condition.type);
  const lastTransitionTime =
    before?.status === condition.status && before.lastTransitionTime !== undefined
      ? before.lastTransitionTime
      : timestamp(now);
  const after = { ...condition, lastTransitionTime } as unknown as C;
  const list = (conditions ?? []) as C[];
  if (before === undefined) return [...list, after];
  return sameFields(before, after) ? list : list.map((item) => (item === before ? after : item));
}

function sameFields(a: object, b: object): boolean {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  conditionOf(pod.status.conditions, type);

/** Condition Ready is True. */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** Phase Succeeded or Failed: none of its containers will ever run again. */
export const isPodTerminal = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** Counts for its controller: neither terminal nor being deleted. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

/** The metadata of a Scale: what names the object, and its version. */
export const scaleMetadata = ({
  name,
  namespace,
  uid,
  resourceVersion,
  creationTimestamp,
}: ObjectMeta): ObjectMeta => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid,
  resourceVersion,
  creationTimestamp,
});
