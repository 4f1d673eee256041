/** The PersistentVolume binder: what it watches. What it does comes late: no starting cluster has a claim or a volume. */
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

export const isOfStorage = ({ kind }: Change): boolean =>
  kind === 'PersistentVolume' || kind === 'PersistentVolumeClaim';

export const persistentVolumeBinder = defineController({
  name: 'persistentvolume-binder',
  component: 'persistentvolume-controller',
  serviceAccount: 'persistent-volume-binder',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Pod'],
  initialMemory: null,
  workers: 1,
  keysFor: (change, view) => (isOfStorage(change) ? lateReconcilers.code.bindingKeys(change, view) : []),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileBinding(view, key, situation),
});
