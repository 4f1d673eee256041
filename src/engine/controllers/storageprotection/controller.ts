/**
 * Claims that pods use and volumes that are bound stay while they are: their finalizers go when nobody uses them any more.
 *
 * @source kubernetes pkg/controller/volume/pvcprotection/pvc_protection_controller.go, pkg/controller/volume/pvprotection/pv_protection_controller.go
 */
import { keyOf } from '#engine/api/meta';
import type { Pod } from '#engine/api/types';
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { CLAIM, claimsOf, needsLook, VOLUME } from './protection';

export const claimProtection = defineController({
  name: 'persistentvolumeclaim-protection',
  component: 'pvc-protection-controller',
  watches: ['PersistentVolumeClaim', 'Pod'],
  initialMemory: null,
  workers: 5,
  keysFor: claimKeys,
  reconcile: (view, key) => lateReconcilers.code.reconcileClaim(view, key),
});

export const volumeProtection = defineController({
  name: 'persistentvolume-protection',
  component: 'pv-protection-controller',
  watches: ['PersistentVolume'],
  initialMemory: null,
  workers: 1,
  keysFor: ({ type, object }: Change) =>
    type !== 'deleted' && needsLook(object, VOLUME) ? [object.metadata.name] : [],
  reconcile: (view, key) => lateReconcilers.code.reconcileVolume(view, key),
});

function claimKeys({ kind, type, object }: Change): readonly string[] {
  if (kind === 'PersistentVolumeClaim') return type !== 'deleted' && needsLook(object, CLAIM) ? [keyOf(object)] : [];
  if (type !== 'deleted') return [];
  return claimsOf(object as Pod).map((name) => `${object.metadata.namespace}/${name}`);
}
