/** The DaemonSet controller: what it watches and which keys a change touches. What it does comes late: no starting cluster has one. */
import { deepEqual } from '#engine/api/json';
import { keyOf } from '#engine/api/meta';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { workloadKeys } from '../workload-keys';
import type { DaemonMemory } from './reconcile';

export const daemonSetController = defineController<DaemonMemory>({
  name: 'daemonset',
  component: 'daemonset-controller',
  serviceAccount: 'daemon-set-controller',
  watches: ['DaemonSet', 'ControllerRevision', 'Pod', 'Node'],
  initialMemory: new Map(),
  workers: 2,
  keysFor: (change, view) =>
    change.kind === 'Node' ? nodeKeys(change as Change<'Node'>, view) : workloadKeys('DaemonSet', change, view),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileDaemonSet(view, key, situation),
});

/** All sets, when a node comes, goes, or changes in what decides whether daemons belong on it. */
function nodeKeys({ object, old, type }: Change<'Node'>, view: View): readonly string[] {
  const same =
    type === 'updated' &&
    old !== undefined &&
    deepEqual(old.metadata.labels, object.metadata.labels) &&
    deepEqual(old.spec.taints, object.spec.taints);
  return same ? [] : view.list('DaemonSet').map(keyOf);
}
