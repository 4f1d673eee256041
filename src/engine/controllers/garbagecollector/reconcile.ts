/**
 * Deletes what has lost all its owners, waits for dependents in a foreground deletion, and lets go of them in an orphaning one.
 *
 * @source kubernetes pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem, processDeletingDependentsItem, orphanDependents)
 */
import { parseTimestamp } from '#engine/api/timestamp';
import type { Kind, KubeObject, OwnerReference } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { NOTHING, type Plan, type Situation, type Step, type View } from '#engine/client/plan';
import { releasePatch } from '../ownership';
import { mergePatch, record, referenceTo, remove, targetOf, warning } from '../steps';
import { readItemKey } from './keys';
import {
  FOREGROUND,
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

export function reconcileGarbage(view: View, key: string, { now }: Situation): Plan {
  const { kind, namespace, name, uid, goneOwner } = readItemKey(key);
  const item: KubeObject | undefined = view.get(kind as Kind, namespace, name);
  if (item === undefined || item.metadata.uid !== uid) return NOTHING;
  if (isDeleting(item)) {
    if (hasFinalizer(item, ORPHAN)) return orphanDependents(view, item);
    return hasFinalizer(item, FOREGROUND) ? awaitDependents(view, item) : NOTHING;
  }
  return attemptToDelete(view, item, goneOwner, now);
}

/** Takes the owner out of its dependents, then lets it go. */
function orphanDependents(view: View, owner: KubeObject): Plan {
  const dependents = dependentsOf(view, owner.metadata.uid);
  return {
    steps: [
      ...dependents.map((dependent): Step => releasePatch(dependent, owner.metadata.uid)),
      finalizerPatch(owner, ORPHAN),
    ],
    because: `${owner.metadata.name} is deleted and orphans its ${dependents.length} dependents`,
  };
}

/** The owner goes when no dependent holds it any more. */
function awaitDependents(view: View, owner: KubeObject): Plan {
  const blocking = dependentsOf(view, owner.metadata.uid).filter((dependent) => blocks(dependent, owner.metadata.uid));
  if (blocking.length > 0) return NOTHING;
  return {
    steps: [finalizerPatch(owner, FOREGROUND)],
    because: `${owner.metadata.name} waits for no dependent any more: letting it go`,
  };
}

function blocks({ metadata }: KubeObject, ownerUid: string): boolean {
  return (
    metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true) ===
    true
  );
}

function finalizerPatch(object: KubeObject, finalizer: string): Step {
  const { finalizers = [], resourceVersion } = object.metadata;
  return mergePatch(targetOf(object), {
    metadata: { resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) },
  });
}

function attemptToDelete(view: View, item: KubeObject, goneOwner: string | null, now: Micros): Plan {
  const references = item.metadata.ownerReferences ?? [];
  if (references.length === 0) return NOTHING;
  const of = (standing: string): readonly OwnerReference[] =>
    references.filter(
      (reference) => (reference.uid === goneOwner ? 'dangling' : standingOf(view, item, reference)) === standing,
    );
  if (of('unresolvable').length > 0) return NOTHING;
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
      steps: [...strays, releasePatch(item, ...lapsed)],
      because: `${item.metadata.name} keeps ${solid.length} of its ${references.length} owners`,
    };
  }
  const dependents = waiting.length === 0 ? [] : dependentsOf(view, item.metadata.uid);
  if (dependents.length > 0) {
    const unblock = dependents.some(isDeletingDependents) ? unblockPatch(item) : null;
    return {
      steps: [...strays, ...(unblock === null ? [] : [unblock]), remove(item, { propagationPolicy: 'Foreground' })],
      because: `${item.metadata.name}'s owner waits for it, and it has ${dependents.length} dependents of its own`,
    };
  }
  return {
    steps: [...strays, remove(item, { propagationPolicy: policyOf(item) })],
    because: `${item.metadata.name} has no owner left of ${references.length}: ${references.map((each) => `${each.kind} ${each.name}`).join(', ')}`,
  };
}

function policyOf(item: KubeObject): 'Orphan' | 'Foreground' | 'Background' {
  if (hasFinalizer(item, ORPHAN)) return 'Orphan';
  return hasFinalizer(item, FOREGROUND) ? 'Foreground' : 'Background';
}

/** References that block their owner no longer do, so that a cycle of foreground deletions comes apart; `null` if none did. */
export function unblockPatch(item: KubeObject): Step | null {
  const references = item.metadata.ownerReferences ?? [];
  if (!references.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true)) return null;
  return mergePatch(targetOf(item), {
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
