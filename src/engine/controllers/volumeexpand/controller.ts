/** Tells of claims that have grown beyond their volumes. @source kubernetes pkg/controller/volume/expand/expand_controller.go */
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { isOfStorage } from '../persistentvolume/controller';

export const expandController = defineController({
  name: 'persistentvolume-expander',
  component: 'volume_expand',
  serviceAccount: 'expand-controller',
  watches: ['PersistentVolumeClaim', 'PersistentVolume'],
  initialMemory: null,
  workers: 10,
  keysFor: (change) => (isOfStorage(change) ? lateReconcilers.code.expansionKeys(change) : []),
  reconcile: (view, key) => lateReconcilers.code.reconcileExpansion(view, key),
});
