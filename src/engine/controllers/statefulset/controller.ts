/** The StatefulSet controller: what it watches and which keys a change touches. What it does comes late: no starting cluster has one. */
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { workloadKeys } from '../workload-keys';

export const statefulSetController = defineController({
  name: 'statefulset',
  component: 'statefulset-controller',
  watches: ['StatefulSet', 'ControllerRevision', 'Pod', 'PersistentVolumeClaim'],
  initialMemory: null,
  workers: 5,
  keysFor: (change, view) => (change.kind === 'PersistentVolumeClaim' ? [] : workloadKeys('StatefulSet', change, view)),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileStatefulSet(view, key, situation),
});
