/** The Job controller: what it watches and which keys a change touches. What it does comes late: no starting cluster has a Job. */
import { controllerOf, keyOf } from '#engine/api/meta';
import type { Job, Pod } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { workloadKeys } from '../workload-keys';
import type { JobMemory } from './reconcile';

const ORPHAN = 'orphan:';
const FINALIZER = 'batch.kubernetes.io/job-tracking';

export const jobController = defineController<JobMemory>({
  name: 'job',
  component: 'job-controller',
  watches: ['Job', 'Pod'],
  initialMemory: new Map(),
  workers: 5,
  keysFor(change, view) {
    const keys = workloadKeys('Job', change, view);
    if (change.kind === 'Job') return [...keys, ...trackedPods(change.object as Job, view)];
    const isStray = change.type !== 'deleted' && keys.length === 0 && isTrackedOfJob(change as Change<'Pod'>);
    return isStray ? [ORPHAN + keyOf(change.object)] : keys;
  },
  reconcile: (view, key, situation) =>
    key.startsWith(ORPHAN)
      ? lateReconcilers.code.reconcileOrphanedPod(view, key.slice(ORPHAN.length))
      : lateReconcilers.code.reconcileJob(view, key, situation),
});

const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(FINALIZER) === true;
const isTrackedOfJob = ({ object }: Change<'Pod'>): boolean =>
  isTracked(object) && controllerOf(object)?.kind === 'Job';

/** Pods that a Job which is gone or over still holds. */
const trackedPods = ({ metadata, status }: Job, view: View): readonly string[] =>
  view.get('Job', metadata.namespace ?? '', metadata.name)?.metadata.uid === metadata.uid &&
  !(status?.conditions ?? []).some(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  )
    ? []
    : view
        .ownedBy('Pod', metadata.uid)
        .filter(isTracked)
        .map((pod) => ORPHAN + keyOf(pod));
