/**
 * Claims that pods use and volumes that are bound stay while they are: their finalizers go when nobody uses them any more.
 *
 * @source kubernetes pkg/controller/volume/pvcprotection/pvc_protection_controller.go, pkg/controller/volume/pvprotection/pv_protection_controller.go
 */
import { keyOf } from '#engine/api/meta';
import type { KubeObject, PersistentVolume, Pod } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { update } from '../steps';

const CLAIM = 'kubernetes.io/pvc-protection';
const VOLUME = 'kubernetes.io/pv-protection';

export const claimProtection = defineController({
  name: 'persistentvolumeclaim-protection',
  component: 'pvc-protection-controller',
  watches: ['PersistentVolumeClaim', 'Pod'],
  initialMemory: null,
  workers: 5,
  keysFor: claimKeys,
  reconcile: (view, key) => reconcileClaim(view, key),
});

export const volumeProtection = defineController({
  name: 'persistentvolume-protection',
  component: 'pv-protection-controller',
  watches: ['PersistentVolume'],
  initialMemory: null,
  workers: 1,
  keysFor: ({ type, object }: Change) =>
    type !== 'deleted' && needsLook(object, VOLUME) ? [object.metadata.name] : [],
  reconcile: (view, key) => reconcileVolume(view, key),
});

const isProtected = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) === true;

/** Either half: it is to go and protected, or it stays and is not. */
const needsLook = (object: KubeObject, finalizer: string): boolean =>
  (object.metadata.deletionTimestamp !== undefined) === isProtected(object, finalizer);

/** Names of the claims that a pod uses. */
const claimsOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${metadata.name}-${name}`];
  });

function claimKeys({ kind, type, object }: Change): readonly string[] {
  if (kind === 'PersistentVolumeClaim') return type !== 'deleted' && needsLook(object, CLAIM) ? [keyOf(object)] : [];
  if (type !== 'deleted') return [];
  return claimsOf(object as Pod).map((name) => `${object.metadata.namespace}/${name}`);
}

function withFinalizer<T extends KubeObject>(object: T, finalizer: string, wanted: boolean): T {
  const others = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers: wanted ? [...others, finalizer] : others } };
}

/** Sets the finalizer, or takes it away unless the object is in use. */
function protect(object: KubeObject | undefined, finalizer: string, isUsed: () => boolean): Plan {
  if (object === undefined || !needsLook(object, finalizer)) return NOTHING;
  const goes = object.metadata.deletionTimestamp !== undefined;
  if (goes && isUsed()) return NOTHING;
  const { name } = object.metadata;
  const because = goes ? `${name} is to go and nobody uses it` : `${name} is not protected yet`;
  return { steps: [update(withFinalizer(object, finalizer, !goes))], because };
}

/** @param key - namespace and name of a claim */
export function reconcileClaim(view: View, key: string): Plan {
  const slash = key.indexOf('/');
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  return protect(view.get('PersistentVolumeClaim', namespace, name), CLAIM, () =>
    view.list('Pod', namespace).some((pod) => (pod.spec.nodeName ?? '') !== '' && claimsOf(pod).includes(name)),
  );
}

/** @param name - of a volume */
export function reconcileVolume(view: View, name: string): Plan {
  const volume: PersistentVolume | undefined = view.get('PersistentVolume', '', name);
  return protect(volume, VOLUME, () => volume?.status?.phase === 'Bound');
}
