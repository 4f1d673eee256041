/**
 * Gives claims and volumes their finalizers, and takes them away once nobody uses them.
 *
 * @source kubernetes pkg/controller/volume/pvcprotection/pvc_protection_controller.go, pkg/controller/volume/pvprotection/pv_protection_controller.go
 */
import type { KubeObject, PersistentVolume } from '#engine/api/types';
import { NOTHING, type Plan, type View } from '#engine/client/plan';
import { update } from '../steps';
import { CLAIM, claimsOf, needsLook, VOLUME } from './protection';

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
