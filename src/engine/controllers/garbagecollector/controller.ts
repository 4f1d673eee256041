/** The garbage collector: what it watches and which keys a change touches. */
import { resourceOf } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { itemKey } from './keys';
import { FOREGROUND, GRAPH_KINDS, ORPHAN, dependentsOf, hasFinalizer, isDeleting, standingOf } from './owners';
import { reconcileGarbage } from './reconcile';

export const garbageCollector = defineController({
  name: 'garbage-collector',
  component: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  watches: GRAPH_KINDS,
  initialMemory: null,
  workers: 20,
  keysFor,
  initialKeys,
  reconcile: reconcileGarbage,
});

function keysFor(change: Change, view: View): readonly string[] {
  const object: KubeObject = change.object;
  const old: KubeObject | undefined = change.old;
  switch (change.type) {
    case 'added':
      return needsLook(view, object) ? [itemKey(object)] : [];
    case 'deleted':
      return [
        ...dependentsOf(view, object.metadata.uid).map((dependent) => itemKey(dependent, object.metadata.uid)),
        ...waitingOwners(view, object),
      ];
    case 'updated':
      return old === undefined ? [] : updatedKeys(view, object, old);
  }
}

function updatedKeys(view: View, object: KubeObject, old: KubeObject): readonly string[] {
  const keys: string[] = [];
  if (isDeleting(object) && (!isDeleting(old) || old.metadata.finalizers !== object.metadata.finalizers)) {
    if (hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND)) keys.push(itemKey(object));
    if (hasFinalizer(object, FOREGROUND))
      keys.push(...dependentsOf(view, object.metadata.uid).map((each) => itemKey(each)));
  }
  if (old.metadata.ownerReferences !== object.metadata.ownerReferences) {
    if (needsLook(view, object)) keys.push(itemKey(object));
    keys.push(...waitingOwners(view, old));
  }
  return keys;
}

/** An object some owner of which is absent or on its way out. */
function needsLook(view: View, object: KubeObject): boolean {
  if (isDeleting(object)) return hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND);
  return object.metadata.ownerReferences?.some((reference) => standingOf(view, object, reference) !== 'solid') === true;
}

/** Owners that wait for this dependent: it may have been the last. */
function waitingOwners(view: View, object: KubeObject): readonly string[] {
  const keys: string[] = [];
  for (const reference of object.metadata.ownerReferences ?? []) {
    if (standingOf(view, object, reference) !== 'waiting') continue;
    const kind = GRAPH_KINDS.find((each) => each === reference.kind);
    if (kind === undefined) continue;
    const namespace = resourceOf(kind).namespaced ? (object.metadata.namespace ?? '') : '';
    const owner: KubeObject | undefined = view.get(kind, namespace, reference.name);
    if (owner !== undefined) keys.push(itemKey(owner));
  }
  return keys;
}

/** Whatever lost its owners while nobody watched. */
function initialKeys(view: View): readonly string[] {
  return GRAPH_KINDS.flatMap((kind): readonly KubeObject[] => view.list(kind))
    .filter((object) => needsLook(view, object))
    .map((object) => itemKey(object));
}
