/**
 * The graph of owners and dependents, read from the caches: they hold all objects of the kinds below, so that an owner which
 * they do not have does not exist (upstream asks the API server instead).
 *
 * @source kubernetes pkg/controller/garbagecollector/garbagecollector.go (classifyReferences, isDangling), graph_builder.go
 */
import { resourceOf, resources } from '#engine/api/registry';
import type { Kind, KubeObject, OwnerReference } from '#engine/api/types';
import type { View } from '#engine/client/plan';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** All kinds but Events, which nobody owns and which own nobody. */
export const GRAPH_KINDS: readonly Kind[] = resources.map(({ kind }) => kind).filter((kind) => kind !== 'Event');

export function isDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Being deleted, its dependents first. */
export function isDeletingDependents(object: KubeObject): boolean {
  return isDeleting(object) && hasFinalizer(object, FOREGROUND);
}

export function dependentsOf(view: View, ownerUid: string): readonly KubeObject[] {
  return GRAPH_KINDS.flatMap((kind): readonly KubeObject[] => view.ownedBy(kind, ownerUid));
}

/** The kind of an owner, if it is one that the caches hold. */
function knownKind({ apiVersion, kind }: OwnerReference): Kind | null {
  return GRAPH_KINDS.find((each) => each === kind && resourceOf(each).apiVersion === apiVersion) ?? null;
}

/**
 * solid: exists and stays; waiting: is being deleted and waits for its dependents; dangling: does not exist; unresolvable: an
 * owner of a kind that nobody here knows, or one in a namespace of something that is in none. It keeps its dependent.
 */
export type Standing = 'solid' | 'waiting' | 'dangling' | 'unresolvable';

export function standingOf(view: View, dependent: KubeObject, reference: OwnerReference): Standing {
  const kind = knownKind(reference);
  if (kind === null) return 'unresolvable';
  const namespace = resourceOf(kind).namespaced ? (dependent.metadata.namespace ?? '') : '';
  if (resourceOf(kind).namespaced && namespace === '') return 'unresolvable';
  const owner: KubeObject | undefined = view.get(kind, namespace, reference.name);
  if (owner?.metadata.uid !== reference.uid) return 'dangling';
  return isDeletingDependents(owner) ? 'waiting' : 'solid';
}

/** The namespace in which an owner of this uid does exist, when that is not the dependent's; looked for only when it matters. */
export function strayNamespace(view: View, dependent: KubeObject, reference: OwnerReference): string | null {
  const kind = knownKind(reference);
  if (kind === null || !resourceOf(kind).namespaced) return null;
  const stray = view.list(kind).find((object) => object.metadata.uid === reference.uid)?.metadata.namespace;
  return stray === undefined || stray === dependent.metadata.namespace ? null : stray;
}
