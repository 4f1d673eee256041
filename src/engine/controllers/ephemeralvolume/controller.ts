/** Makes the claims of generic ephemeral volumes. @source kubernetes pkg/controller/volume/ephemeral/controller.go */
import type { Pod } from '#engine/api/types';
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume',
  component: 'ephemeral_volume',
  serviceAccount: 'ephemeral-volume-controller',
  watches: ['Pod', 'PersistentVolumeClaim'],
  initialMemory: null,
  workers: 5,
  keysFor: (change, view) =>
    change.kind !== 'Pod' || (change.object as Pod).spec.volumes?.some(({ ephemeral }) => ephemeral) === true
      ? lateReconcilers.code.ephemeralKeys(change, view)
      : [],
  reconcile: (view, key) => lateReconcilers.code.reconcileEphemeralVolumes(view, key),
});
