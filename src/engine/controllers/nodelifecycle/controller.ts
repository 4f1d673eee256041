/** The node lifecycle controller: what it watches and which keys a change touches. Leases and heartbeats touch none. */
import { conditionOf, keyOf } from '#engine/api/meta';
import type { Node } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { upkeepOf } from './condition-taints';
import type { NodeMemory } from './pass';
import { INITIAL_MEMORY, NODES_KEY, POD, PODS, TAINTS, reconcileNodeLifecycle } from './reconcile';

export const nodeLifecycleController = defineController<NodeMemory>({
  name: 'nodelifecycle',
  component: 'node-controller',
  watches: ['Node', 'Lease', 'Pod'],
  initialMemory: INITIAL_MEMORY,
  workers: 8,
  keysFor,
  initialKeys: () => [NODES_KEY],
  reconcile: reconcileNodeLifecycle,
});

function keysFor(change: Change, view: View): readonly string[] {
  if (change.kind === 'Node') return nodeKeys(change as Change<'Node'>);
  if (change.kind === 'Pod') return podKeys(change as Change<'Pod'>, view);
  return [];
}

function nodeKeys({ type, object, old }: Change<'Node'>): readonly string[] {
  if (type === 'deleted') return [];
  const keys = upkeepOf(object) === null ? [] : [`${TAINTS}${object.metadata.name}`];
  return old !== undefined && readiness(old) === 'True' && readiness(object) === 'Unknown'
    ? [...keys, `${PODS}${object.metadata.name}`]
    : keys;
}

/** A pod that is bound to a node that is not ready. */
function podKeys({ type, object, old }: Change<'Pod'>, view: View): readonly string[] {
  const node = object.spec.nodeName ?? '';
  if (type === 'deleted' || node === '' || old?.spec.nodeName === node) return [];
  const bound = view.get('Node', '', node);
  const ready = bound === undefined ? undefined : readiness(bound);
  return ready === undefined || ready === 'True' ? [] : [`${POD}${keyOf(object)}`];
}

function readiness({ status }: Node): string | undefined {
  return conditionOf(status.conditions, 'Ready')?.status;
}
