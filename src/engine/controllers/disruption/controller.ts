/**
 * The disruption controller: how many pods of each budget may be evicted, and pods that were to be and are still there. What it does
 * comes late, since no starting cluster has a budget.
 *
 * @source kubernetes pkg/controller/disruption/disruption.go
 */
import { matchesSelector } from '#engine/api/label-selector';
import { hasCondition, keyOf } from '#engine/api/meta';
import type { Pod, PodDisruptionBudget } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

const OF_BOTH = {
  component: 'controllermanager',
  serviceAccount: 'disruption-controller',
  initialMemory: null,
  workers: 1,
};

export const disruptionController = defineController({
  ...OF_BOTH,
  name: 'disruption',
  watches: [
    'Pod',
    'PodDisruptionBudget',
    'ReplicationController',
    'ReplicaSet',
    'Deployment',
    'StatefulSet',
    'CustomResourceDefinition',
  ],
  keysFor: (change, view) =>
    change.kind === 'PodDisruptionBudget'
      ? [keyOf(change.object)]
      : change.kind === 'Pod'
        ? budgetsOf(change.object as Pod, view)
            .slice(0, 1)
            .map(keyOf)
        : [],
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileBudget(view, key, situation),
});

/** Upstream's second queue. A key is that of a pod. */
export const stalePodDisruption = defineController({
  ...OF_BOTH,
  name: 'stale-pod-disruption',
  watches: ['Pod', 'PodDisruptionBudget'],
  keysFor({ kind, type, object }: Change, view) {
    if (kind !== 'Pod') return [];
    const isTarget = type !== 'deleted' && hasCondition((object as Pod).status.conditions, 'DisruptionTarget');
    return isTarget || budgetsOf(object as Pod, view).length > 1 ? [keyOf(object)] : [];
  },
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileDisruptedPod(view, key, situation),
});

/** The budgets that select a pod. @source kubernetes client-go/listers/policy/v1/poddisruptionbudget_expansion.go */
export const budgetsOf = ({ metadata }: Pod, view: View): readonly PodDisruptionBudget[] =>
  view
    .list('PodDisruptionBudget', metadata.namespace)
    .filter(({ spec }) => matchesSelector(spec?.selector, metadata.labels));
