/**
 * Counts what the namespaces use of their quotas: when a quota is new or its limits change, when something that it counts
 * ends, when another custom resource is served, and every five minutes. What is created is charged by the API server itself.
 *
 * @source kubernetes pkg/controller/resourcequota/resource_quota_controller.go
 */
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { COUNTED_KINDS } from './kinds';

export const resourceQuotaController = defineController({
  name: 'resourcequota',
  component: 'resourcequota-controller',
  watches: [...COUNTED_KINDS, 'CustomResourceDefinition'],
  watchesCustom: true,
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileQuota(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  return view.list('ResourceQuota').length === 0 ? [] : lateReconcilers.code.quotasTouched(change, view);
}
