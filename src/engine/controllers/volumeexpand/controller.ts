/** Tells of claims that have grown beyond their volumes. @source kubernetes pkg/controller/volume/expand/expand_controller.go */
import { keyOf } from '#engine/api/meta';
import type { PersistentVolumeClaim } from '#engine/api/types';
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

const sizeOf = ({ spec }: PersistentVolumeClaim): string | number | undefined => spec?.resources?.requests?.['storage'];

export const expandController = defineController({
  name: 'persistentvolume-expander',
  component: 'volume_expand',
  serviceAccount: 'expand-controller',
  watches: ['PersistentVolumeClaim', 'PersistentVolume'],
  initialMemory: null,
  workers: 10,
  keysFor({ kind, type, object, old }: Change) {
    if (kind !== 'PersistentVolumeClaim' || type === 'deleted') return [];
    const claim = object as PersistentVolumeClaim;
    const grew = old === undefined || sizeOf(claim) !== sizeOf(old as PersistentVolumeClaim);
    return grew && claim.status?.phase === 'Bound' ? [keyOf(claim)] : [];
  },
  reconcile: (view, key) => lateReconcilers.code.reconcileExpansion(view, key),
});
