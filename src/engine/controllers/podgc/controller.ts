/** The pod garbage collector: one key, taken up every 20 seconds. */
import { defineController } from '#engine/client/plan';
import { type PodGcMemory, reconcilePodGc } from './reconcile';

export const podGcController = defineController<PodGcMemory>({
  name: 'pod-garbage-collector',
  component: 'pod-garbage-collector',
  watches: ['Pod', 'Node'],
  initialMemory: new Map(),
  workers: 1,
  keysFor: () => [],
  initialKeys: () => ['pods'],
  reconcile: (view, _key, situation) => reconcilePodGc(view, situation),
});
