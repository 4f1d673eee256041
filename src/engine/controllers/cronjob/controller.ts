/** The CronJob controller: what it watches and which keys a change touches. What it does comes late: no starting cluster has one. */
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { workloadKeys } from '../workload-keys';

export const cronJobController = defineController({
  name: 'cronjob',
  component: 'cronjob-controller',
  watches: ['CronJob', 'Job'],
  initialMemory: null,
  workers: 5,
  keysFor: (change, view) => workloadKeys('CronJob', change, view),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileCronJob(view, key, situation),
});
