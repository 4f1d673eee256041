import { keyOf } from '#engine/api/meta';
import type { Job } from '#engine/api/types';
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

/** Deletes Jobs some time after they are over; what it does comes late. */
export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished',
  component: 'ttl-after-finished-controller',
  watches: ['Job'],
  initialMemory: null,
  workers: 5,
  keysFor: ({ type, object }) =>
    type !== 'deleted' && (object as Job).spec?.ttlSecondsAfterFinished !== undefined ? [keyOf(object)] : [],
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileFinishedJob(view, key, situation),
});
