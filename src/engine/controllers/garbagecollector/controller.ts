/** The garbage collector: what it watches and which keys a change touches. */
import type { CustomResourceDefinition, KubeObject } from '#engine/api/types';
import { type Change, type Collection, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { itemKey } from './keys';
import {
  FOREGROUND,
  GRAPH_KINDS,
  type Item,
  ORPHAN,
  allItems,
  dependentsOf,
  hasFinalizer,
  isDeleting,
  ownerOf,
  standingOf,
} from './owners';

export const garbageCollector = defineController({
  name: 'garbage-collector',
  component: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  watches: GRAPH_KINDS,
  watchesCustom: true,
  initialMemory: null,
  workers: 20,
  keysFor,
  initialKeys,
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileGarbage(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  const collection: Collection = change.kind;
  const object: KubeObject = change.object;
  const old: KubeObject | undefined = change.old;
  const item: Item = { collection, object };
  const keys = collection === 'CustomResourceDefinition' ? strangers(view, object, old) : [];
  switch (change.type) {
    case 'added':
      return needsLook(view, object) ? [...keys, itemKey(item)] : keys;
    case 'deleted':
      return [
        ...dependentsOf(view, object.metadata.uid).map((dependent) => itemKey(dependent, object.metadata.uid)),
        ...waitingOwners(view, object),
      ];
    case 'updated':
      return old === undefined ? keys : [...keys, ...updatedKeys(view, item, old)];
  }
}

function updatedKeys(view: View, item: Item, old: KubeObject): readonly string[] {
  const keys: string[] = [];
  const { object } = item;
  if (isDeleting(object) && (!isDeleting(old) || old.metadata.finalizers !== object.metadata.finalizers)) {
    if (hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND)) keys.push(itemKey(item));
    if (hasFinalizer(object, FOREGROUND))
      keys.push(...dependentsOf(view, object.metadata.uid).map((each) => itemKey(each)));
  }
  if (old.metadata.ownerReferences !== object.metadata.ownerReferences) {
    if (needsLook(view, object)) keys.push(itemKey(item));
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
    const owner = ownerOf(view, object, reference);
    if (owner !== null) keys.push(itemKey(owner));
  }
  return keys;
}

/** What names owners of a kind that nobody knew before this definition was served. */
function strangers(view: View, next: KubeObject, old: KubeObject | undefined): readonly string[] {
  const definition = next as CustomResourceDefinition;
  if (!lateReconcilers.code.isServedAnew(definition, old as CustomResourceDefinition | undefined)) return [];
  const { group, names } = definition.spec;
  return allItems(view)
    .filter(({ object }) =>
      object.metadata.ownerReferences?.some(
        ({ apiVersion, kind }) => kind === names.kind && apiVersion.startsWith(`${group}/`),
      ),
    )
    .map((item) => itemKey(item));
}

/** Whatever lost its owners while nobody watched. */
function initialKeys(view: View): readonly string[] {
  return allItems(view)
    .filter(({ object }) => needsLook(view, object))
    .map((item) => itemKey(item));
}
