/** The namespace controller: takes up namespaces that are being deleted. What is in them it reads when it looks. */
import { type Change, defineController } from '#engine/client/plan';
import { CONTENT_KINDS, type NamespaceMemory, reconcileNamespace } from './reconcile';

export const namespaceController = defineController<NamespaceMemory>({
  name: 'namespace',
  component: 'namespace-controller',
  watches: ['Namespace', 'Pod', ...CONTENT_KINDS],
  initialMemory: new Map(),
  workers: 10,
  keysFor,
  reconcile: reconcileNamespace,
});

function keysFor({ kind, type, object }: Change): readonly string[] {
  if (kind !== 'Namespace') return [];
  return type === 'deleted' || object.metadata.deletionTimestamp !== undefined ? [object.metadata.name] : [];
}
