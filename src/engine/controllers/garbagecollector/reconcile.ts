/**
 * Deletes what has lost all its owners, waits for dependents in a foreground deletion, and lets go of them in an orphaning one.
 *
 * @source kubernetes pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem, processDeletingDependentsItem, orphanDependents)
 */
import { parseTimestamp } from '#engine/api/timestamp';
import type { KubeObject, OwnerReference } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { NOTHING, type Plan, type Situation, type Step, type View } from '#engine/client/plan';
import { isCustom } from '#engine/client/paths';
import { releasePatch } from '../ownership';
import { mergePatch, record, referenceTo, remove, targetOf, warning } from '../steps';
import { readItemKey } from './keys';
import {
  FOREGROUND,
  type Item,
  ORPHAN,
  dependentsOf,
  hasFinalizer,
  isDeleting,
  isDeletingDependents,
  standingOf,
  strayNamespace,
} from './owners';

/**
 * How old an object must be before an owner that was never seen counts as absent: caches of different kinds are filled by
 * different watches, and the owner's may be a moment behind.
 */
export const SETTLE_TIME: Micros = 5 * SECOND;

export function reconcileGarbage(view: View, key: string, { now }: Pick<Situation, 'now'>): Plan {
  const { collection, namespace, name, uid, goneOwner } = readItemKey(key);
  const object = view.get(collection, namespace, name);
  if (object === undefined || object.metadata.uid !== uid) return NOTHING;
  const item = { collection, object };
  if (isDeleting(object)) {
    if (hasFinalizer(object, ORPHAN)) return orphanDependents(view, item);
    return hasFinalizer(object, FOREGROUND) ? awaitDependents(view, item) : NOTHING;
  }
  return attemptToDelete(view, item, goneOwner, now);
}

/** Takes the owner out of its dependents, then lets it go. */
function orphanDependents(view: View, item: Item): Plan {
  const { object: owner } = item;
  const dependents = dependentsOf(view, owner.metadata.uid);
  return {
    steps: [...dependents.map((dependent) => release(dependent, owner.metadata.uid)), finalizerPatch(item, ORPHAN)],
    because: `${owner.metadata.name} is deleted and orphans its ${dependents.length} dependents`,
  };
}

/** The owner goes when no dependent holds it any more. */
function awaitDependents(view: View, item: Item): Plan {
  const { object: owner } = item;
  const blocking = dependentsOf(view, owner.metadata.uid).filter((dependent) => blocks(dependent, owner.metadata.uid));
  if (blocking.length > 0) return NOTHING;
  return {
    steps: [finalizerPatch(item, FOREGROUND)],
    because: `${owner.metadata.name} waits for no dependent any more: letting it go`,
  };
}

function blocks({ object: { metadata } }: Item, ownerUid: string): boolean {
  return (
    metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true) ===
    true
  );
}

function finalizerPatch({ collection, object }: Item, finalizer: string): Step {
  const { finalizers = [], resourceVersion } = object.metadata;
  return mergePatch(targetOf(object, collection), {
    metadata: { resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) },
  });
}

/**
 * Takes these owners out of an object's references.
 *
 * @simplified upstream tries a strategic merge patch of custom objects too, and is refused
 */
function release({ collection, object }: Item, ...ownerUids: readonly string[]): Step {
  if (!isCustom(collection)) return releasePatch(object, ...ownerUids);
  const { uid, resourceVersion, ownerReferences = [] } = object.metadata;
  return mergePatch(targetOf(object, collection), {
    metadata: {
      uid,
      resourceVersion,
      ownerReferences: ownerReferences.filter((reference) => !ownerUids.includes(reference.uid)),
    },
  });
}

function attemptToDelete(view: View, { collection, object: item }: Item, goneOwner: string | null, now: Micros): Plan {
  const references = item.metadata.ownerReferences ?? [];
  if (references.length === 0) return NOTHING;
  const of = (standing: string): readonly OwnerReference[] =>
    references.filter(
      (reference) => (reference.uid === goneOwner ? 'dangling' : standingOf(view, item, reference)) === standing,
    );
  const unresolvable = of('unresolvable');
  if (unresolvable.length > 0) return { steps: strayEvents(view, item, unresolvable) };
  if (of('unread').length > 0) return { steps: [], again: SETTLE_TIME };
  const solid = of('solid');
  const waiting = of('waiting');
  const dangling = of('dangling');
  const unseen = dangling.some(({ uid }) => uid !== goneOwner);
  const age = now - parseTimestamp(item.metadata.creationTimestamp);
  if (unseen && age < SETTLE_TIME) return { steps: [], again: SETTLE_TIME - age };
  const strays = unseen ? strayEvents(view, item, dangling) : [];

  if (solid.length > 0) {
    const lapsed = [...dangling, ...waiting].map(({ uid }) => uid);
    if (lapsed.length === 0) return NOTHING;
    return {
      steps: [...strays, release({ collection, object: item }, ...lapsed)],
      because: `${item.metadata.name} keeps ${solid.length} of its ${references.length} owners`,
    };
  }
  const dependents = waiting.length === 0 ? [] : dependentsOf(view, item.metadata.uid);
  if (dependents.length > 0) {
    const unblock = dependents.some(({ object }) => isDeletingDependents(object))
      ? unblockPatch({ collection, object: item })
      : null;
    return {
      steps: [
        ...strays,
        ...(unblock === null ? [] : [unblock]),
        remove(item, { propagationPolicy: 'Foreground' }, collection),
      ],
      because: `${item.metadata.name}'s owner waits for it, and it has ${dependents.length} dependents of its own`,
    };
  }
  return {
    steps: [...strays, remove(item, { propagationPolicy: policyOf(item) }, collection)],
    because: `${item.metadata.name} has no owner left of ${references.length}: ${references.map((each) => `${each.kind} ${each.name}`).join(', ')}`,
  };
}

function policyOf(item: KubeObject): 'Orphan' | 'Foreground' | 'Background' {
  if (hasFinalizer(item, ORPHAN)) return 'Orphan';
  return hasFinalizer(item, FOREGROUND) ? 'Foreground' : 'Background';
}

/** References that block their owner no longer do, so that a cycle of foreground deletions comes apart; `null` if none did. */
export function unblockPatch({ collection, object: item }: Item): Step | null {
  const references = item.metadata.ownerReferences ?? [];
  if (!references.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true)) return null;
  return mergePatch(targetOf(item, collection), {
    metadata: {
      uid: item.metadata.uid,
      resourceVersion: item.metadata.resourceVersion,
      ownerReferences: references.map((reference) =>
        reference.blockOwnerDeletion === true ? { ...reference, blockOwnerDeletion: false } : reference,
      ),
    },
  });
}

function strayEvents(view: View, item: KubeObject, dangling: readonly OwnerReference[]): readonly Step[] {
  const { namespace = '' } = item.metadata;
  return dangling
    .filter((reference) => strayNamespace(view, item, reference) !== null)
    .map(({ apiVersion, kind, name, uid }) => {
      const identity = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
      const message = `ownerRef ${identity} does not exist in namespace "${namespace}"`;
      return record(warning(referenceTo(item), 'OwnerRefInvalidNamespace', message));
    });
}
