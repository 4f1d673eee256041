/** The ReplicationController's controller: what it watches and which keys a change touches. What it does comes late. */
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { workloadKeys } from '../workload-keys';

export const replicationController = defineController({
  name: 'replicationcontroller',
  component: 'replication-controller',
  watches: ['ReplicationController', 'Pod', 'Namespace'],
  initialMemory: null,
  workers: 5,
  keysFor: (change, view) => (change.kind === 'Namespace' ? [] : workloadKeys('ReplicationController', change, view)),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileReplicationController(view, key, situation),
});
