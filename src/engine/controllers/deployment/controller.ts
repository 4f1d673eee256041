/** The Deployment controller: what it watches and which keys a change touches. */
import { matchesSelector } from '#engine/api/label-selector';
import { controllerOf, keyOf } from '#engine/api/meta';
import type { Deployment, KubeObject, ReplicaSet } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { splitKey } from '../keys';
import { adoptionPatch } from '../ownership';
import { isRollingUpdate } from './fenceposts';
import { reconcileDeployment } from './reconcile';

const ORPHAN = 'orphan:';

export const deploymentController = defineController({
  name: 'deployment',
  component: 'deployment-controller',
  watches: ['Deployment', 'ReplicaSet', 'Pod', 'Namespace'],
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: (view, key, situation) =>
    key.startsWith(ORPHAN)
      ? reconcileOrphan(view, key.slice(ORPHAN.length))
      : reconcileDeployment(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  if (change.kind === 'Deployment') return [keyOf(change.object)];
  if (change.kind === 'ReplicaSet') return replicaSetKeys(change as Change<'ReplicaSet'>, view);
  if (change.kind === 'Pod' && change.type === 'deleted') return deletedPodKeys(change.object, view);
  return [];
}

function replicaSetKeys({ type, object, old }: Change<'ReplicaSet'>, view: View): readonly string[] {
  const owner = ownerOf(object, view);
  const former = old === undefined ? null : ownerOf(old, view);
  const keys = [owner, former === owner ? null : former].filter((each) => each !== null).map(keyOf);
  if (controllerOf(object) !== undefined || type === 'deleted') return keys;
  return adopters(view, object).length === 0 ? keys : [...keys, `${ORPHAN}${keyOf(object)}`];
}

/** The last pod of an old ReplicaSet lets a Recreate go on. */
function deletedPodKeys(pod: KubeObject, view: View): readonly string[] {
  const reference = controllerOf(pod);
  if (reference?.kind !== 'ReplicaSet') return [];
  const set = view.get('ReplicaSet', pod.metadata.namespace ?? '', reference.name);
  if (set?.metadata.uid !== reference.uid) return [];
  const owner = ownerOf(set, view);
  return owner === null || isRollingUpdate(owner) ? [] : [keyOf(owner)];
}

/** The Deployment that controls an object, if it is still the one that is meant. */
function ownerOf(object: KubeObject, view: View): Deployment | null {
  const reference = controllerOf(object);
  if (reference?.kind !== 'Deployment') return null;
  const owner = view.get('Deployment', object.metadata.namespace ?? '', reference.name);
  return owner?.metadata.uid === reference.uid ? owner : null;
}

function adopters(view: View, set: ReplicaSet): readonly Deployment[] {
  if (set.metadata.labels === undefined || set.metadata.deletionTimestamp !== undefined) return [];
  return view
    .list('Deployment', set.metadata.namespace ?? '')
    .filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp === undefined && matchesSelector(spec.selector, set.metadata.labels),
    );
}

/** Gives an orphan ReplicaSet to the first Deployment that matches it. */
function reconcileOrphan(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key);
  const set = view.get('ReplicaSet', namespace, name);
  if (set === undefined || controllerOf(set) !== undefined) return NOTHING;
  const owner = adopters(view, set)[0];
  if (owner === undefined) return NOTHING;
  return {
    steps: [adoptionPatch(set, owner)],
    because: `${name} has no controller and matches the selector of ${owner.metadata.name}: adopting it`,
  };
}
