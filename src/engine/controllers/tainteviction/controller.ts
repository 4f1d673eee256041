/** The taint eviction controller: what it watches and which keys a change touches. A key is `node/namespace/name` of a pod. */
import { keyOf } from '#engine/api/meta';
import { deepEqual } from '#engine/api/json';
import type { Node, Pod } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import type { EvictionMemory } from './reconcile';

export const taintEvictionController = defineController<EvictionMemory>({
  name: 'taint-eviction-controller',
  component: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  watches: ['Node', 'Pod'],
  initialMemory: { timers: new Map() },
  workers: 8,
  keysFor,
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileTaintEviction(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  if (change.kind === 'Node') return nodeKeys(change as Change<'Node'>, view);
  if (change.kind === 'Pod') return podKeys(change as Change<'Pod'>, view);
  return [];
}

/** All pods of a node whose NoExecute taints changed. */
function nodeKeys({ type, object, old }: Change<'Node'>, view: View): readonly string[] {
  if (type === 'deleted') return [];
  const now = noExecute(object);
  const before = old === undefined ? [] : noExecute(old);
  if ((now.length === 0 && before.length === 0) || deepEqual(now, before)) return [];
  return view.podsOn(object.metadata.name).map(podKey);
}

function podKeys({ type, object, old }: Change<'Pod'>, view: View): readonly string[] {
  const { nodeName = '' } = object.spec;
  if (nodeName === '') return [];
  if (type === 'deleted') return [podKey(object)];
  if (old !== undefined && !mattersSince(old, object)) return [];
  if (object.metadata.deletionTimestamp !== undefined) return [podKey(object)];
  const node = view.get('Node', '', nodeName);
  return node === undefined || noExecute(node).length === 0 ? [] : [podKey(object)];
}

function mattersSince(old: Pod, { metadata, spec }: Pod): boolean {
  return (
    old.spec.nodeName !== spec.nodeName ||
    old.metadata.deletionTimestamp !== metadata.deletionTimestamp ||
    !deepEqual(old.spec.tolerations, spec.tolerations)
  );
}

function noExecute({ spec }: Node): readonly unknown[] {
  return (spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

function podKey(pod: Pod): string {
  return `${pod.spec.nodeName ?? ''}/${keyOf(pod)}`;
}
