/**
 * The HorizontalPodAutoscaler controller: what it watches. What it does comes late, since no starting cluster has one.
 *
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go
 */
import { keyOf } from '#engine/api/meta';
import { defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import type { Autoscalers } from './memory';

const NOBODY: Autoscalers = Object.freeze({});

export const horizontalPodAutoscalerController = defineController<Autoscalers>({
  name: 'horizontal-pod-autoscaler',
  component: 'horizontal-pod-autoscaler',
  watches: ['HorizontalPodAutoscaler', 'Pod', 'CustomResourceDefinition'],
  initialMemory: NOBODY,
  workers: 5,
  keysFor: ({ kind, object }) => (kind === 'HorizontalPodAutoscaler' ? [keyOf(object)] : []),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileAutoscaler(view, key, situation),
});
