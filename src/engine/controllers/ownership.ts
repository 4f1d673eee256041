/**
 * Who owns what: adoption of orphans that a selector matches, release of what it no longer matches.
 *
 * @source kubernetes pkg/controller/controller_ref_manager.go
 */
import { controllerOf, ownerReference } from '#engine/api/meta';
import type { KubeObject } from '#engine/api/types';
import type { PatchStep } from '#engine/client/plan';
import { strategicPatch, targetOf } from './steps';

/** What of an owner's candidates is its own, and the patches that make it so. */
export interface Claim<T> {
  readonly owned: readonly T[];
  readonly patches: readonly PatchStep[];
}

/**
 * Sorts out which candidates belong to an owner. An owner or a candidate that is being deleted adopts nothing and is
 * not adopted; an owner that is being deleted releases nothing.
 */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  matches: (object: T) => boolean,
  candidates: readonly T[],
): Claim<T> {
  const owned: T[] = [];
  const patches: PatchStep[] = [];
  const dying = owner.metadata.deletionTimestamp !== undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches(object)) owned.push(object);
      else if (!dying) patches.push(releasePatch(object, owner.metadata.uid));
    } else if (!dying && object.metadata.deletionTimestamp === undefined && matches(object)) {
      owned.push(object);
      patches.push(adoptionPatch(object, owner));
    }
  }
  return { owned, patches };
}

/** Makes the owner the object's controller; refused by the API server when it is no longer the same object. */
export function adoptionPatch(object: KubeObject, owner: KubeObject): PatchStep {
  return strategicPatch(targetOf(object), {
    metadata: { ownerReferences: [ownerReference(owner)], uid: object.metadata.uid },
  });
}

/** Takes these owners out of the object's `ownerReferences`. */
export function releasePatch(object: KubeObject, ...ownerUids: readonly string[]): PatchStep {
  return strategicPatch(targetOf(object), {
    metadata: {
      ownerReferences: ownerUids.map((uid) => ({ $patch: 'delete', uid })),
      uid: object.metadata.uid,
    },
  });
}
