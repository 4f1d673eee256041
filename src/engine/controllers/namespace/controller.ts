/** The namespace controller: takes up namespaces that are being deleted. What is in them it reads when it looks. */
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { CONTENT_KINDS, type NamespaceMemory } from './content';

export const namespaceController = defineController<NamespaceMemory>({
  name: 'namespace',
  component: 'namespace-controller',
  watches: ['Namespace', 'Pod', ...CONTENT_KINDS, 'CustomResourceDefinition'],
  initialMemory: new Map(),
  workers: 10,
  keysFor,
  reconcile: (view, name, situation) => lateReconcilers.code.reconcileNamespace(view, name, situation),
});

function keysFor({ kind, type, object }: Change): readonly string[] {
  if (kind !== 'Namespace') return [];
  return type === 'deleted' || object.metadata.deletionTimestamp !== undefined ? [object.metadata.name] : [];
}
