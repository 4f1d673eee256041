/** The ReplicaSet controller: what it watches and which keys a change touches. */
import { controllerOf, keyOf } from '#engine/api/meta';
import { isSameStanding, standingOf } from '#engine/api/pod-standing';
import type { Pod } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { adopters, isOrphanKey, orphanKey, reconcileOrphan } from './adoption';
import { reconcileReplicaSet } from './reconcile';

export const replicaSetController = defineController({
  name: 'replicaset',
  component: 'replicaset-controller',
  watches: ['ReplicaSet', 'Pod', 'Namespace'],
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: (view, key, situation) =>
    isOrphanKey(key) ? reconcileOrphan(view, key) : reconcileReplicaSet(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  if (change.kind === 'ReplicaSet') return replicaSetKeys(change as Change<'ReplicaSet'>);
  if (change.kind === 'Pod') return podKeys(change as Change<'Pod'>, view);
  return [];
}

/** What a ReplicaSet needs follows from its spec and its pods: writes of its status and labels are no news. */
function replicaSetKeys({ type, object, old }: Change<'ReplicaSet'>): readonly string[] {
  const sameSpec =
    type === 'updated' &&
    old?.metadata.generation === object.metadata.generation &&
    old?.metadata.deletionTimestamp === object.metadata.deletionTimestamp;
  return sameSpec ? [] : [keyOf(object)];
}

function podKeys({ type, object, old }: Change<'Pod'>, view: View): readonly string[] {
  const owner = ownerKey(object, view);
  if (old !== undefined) {
    if (isSameStanding(standingOf(old), standingOf(object))) return [];
    const former = ownerKey(old, view);
    if (former !== null && former !== owner)
      return owner === null ? [former, ...orphanKeys(object, view)] : [former, owner];
  }
  if (owner !== null) return [owner];
  return type === 'deleted' ? [] : orphanKeys(object, view);
}

/** The key of the ReplicaSet that controls the pod, if it is still the one that the pod means. */
function ownerKey(pod: Pod, view: View): string | null {
  const reference = controllerOf(pod);
  if (reference === undefined || reference.kind !== 'ReplicaSet') return null;
  const owner = view.get('ReplicaSet', pod.metadata.namespace ?? '', reference.name);
  return owner?.metadata.uid === reference.uid ? keyOf(owner) : null;
}

function orphanKeys(pod: Pod, view: View): readonly string[] {
  if (controllerOf(pod) !== undefined || pod.metadata.deletionTimestamp !== undefined) return [];
  return adopters(view, pod).length === 0 ? [] : [orphanKey(keyOf(pod))];
}
