/**
 * Orphan pods have a key of their own, so that a ReplicaSet need not search its namespace for them each time.
 *
 * @source kubernetes pkg/controller/replicaset/replica_set.go (addPod, updatePod, getPodReplicaSets)
 */
import { matchesSelector } from '#engine/api/label-selector';
import { controllerOf } from '#engine/api/meta';
import type { Pod, ReplicaSet } from '#engine/api/types';
import type { Plan, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { adoptionPatch } from '../ownership';

const ORPHAN = 'orphan:';

export function orphanKey(key: string): string {
  return `${ORPHAN}${key}`;
}

export function isOrphanKey(key: string): boolean {
  return key.startsWith(ORPHAN);
}

/** ReplicaSets that would adopt this pod, in order of name. */
export function adopters(view: View, pod: Pod): readonly ReplicaSet[] {
  if (pod.metadata.labels === undefined) return [];
  return view
    .list('ReplicaSet', pod.metadata.namespace ?? '')
    .filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp === undefined && matchesSelector(spec.selector, pod.metadata.labels),
    );
}

/** Gives the orphan to the first ReplicaSet that matches it. */
export function reconcileOrphan(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key.slice(ORPHAN.length));
  const pod = view.get('Pod', namespace, name);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || controllerOf(pod) !== undefined)
    return NOTHING;
  const owner = adopters(view, pod)[0];
  if (owner === undefined) return NOTHING;
  return {
    steps: [adoptionPatch(pod, owner)],
    because: `${name} has no controller and matches the selector of ${owner.metadata.name}: adopting it`,
  };
}
