/**
 * Gives every Active namespace its ServiceAccount `default`.
 *
 * @source kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go
 */
import type { KubeObjectInput } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { create } from '../steps';

const DEFAULT = 'default';

export const serviceAccountController = defineController({
  name: 'serviceaccount',
  component: 'service-account-controller',
  watches: ['Namespace', 'ServiceAccount'],
  initialMemory: null,
  workers: 1,
  keysFor,
  reconcile: reconcileServiceAccount,
});

function keysFor({ kind, type, object }: Change): readonly string[] {
  if (kind === 'Namespace') return type === 'deleted' ? [] : [object.metadata.name];
  return type === 'deleted' && object.metadata.name === DEFAULT ? [object.metadata.namespace ?? ''] : [];
}

/** @param name - the namespace */
export function reconcileServiceAccount(view: View, name: string): Plan {
  const namespace = view.get('Namespace', '', name);
  if (namespace?.status.phase !== 'Active') return NOTHING;
  if (view.get('ServiceAccount', name, DEFAULT) !== undefined) return NOTHING;
  const account: KubeObjectInput = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: DEFAULT, namespace: name },
  };
  return { steps: [create(account)], because: `namespace ${name} is Active and has no service account ${DEFAULT}` };
}
