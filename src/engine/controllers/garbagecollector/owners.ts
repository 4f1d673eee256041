/**
 * The graph of owners and dependents, read from the caches: they hold all objects of the kinds below, so that an owner which
 * they do not have does not exist (upstream asks the API server instead).
 *
 * @source kubernetes pkg/controller/garbagecollector/garbagecollector.go (classifyReferences, isDangling), graph_builder.go
 */
import { resourceByKind, resources } from '#engine/api/registry';
import type { Kind, KubeObject, OwnerReference } from '#engine/api/types';
import type { Collection, View } from '#engine/client/plan';
import { type CustomKind, lateReconcilers } from '../late';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** An object of the graph, and what it is one of. */
export interface Item {
  readonly collection: Collection;
  readonly object: KubeObject;
}

/** All built-in kinds but Events and APIServices, which nobody owns and which own nobody: lists of the latter are code that comes late. */
export const GRAPH_KINDS: readonly Kind[] = resources
  .map(({ kind }) => kind)
  .filter((kind) => kind !== 'Event' && kind !== 'APIService');

function customKinds(view: View): readonly CustomKind[] {
  const definitions = view.list('CustomResourceDefinition');
  return definitions.length === 0 ? [] : lateReconcilers.code.customKinds(definitions);
}

/** Everything that is in the graph. */
export function allItems(view: View): readonly Item[] {
  return collections(view).flatMap((collection) => view.list(collection).map((object) => ({ collection, object })));
}

const collections = (view: View): readonly Collection[] => [
  ...GRAPH_KINDS,
  ...customKinds(view).map(({ collection }) => collection),
];

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

export function dependentsOf(view: View, ownerUid: string): readonly Item[] {
  return collections(view).flatMap((collection) =>
    view.ownedBy(collection, ownerUid).map((object) => ({ collection, object })),
  );
}

type Named = Pick<OwnerReference, 'apiVersion' | 'kind'>;

/** The kind of an owner, in whatever version it is named, if it is one that the caches hold. */
function kindOf(view: View, named: Named): { readonly collection: Collection; readonly namespaced: boolean } | null {
  const { store } = resourceByKind(named.apiVersion, named.kind) ?? {};
  const stored = resources.find(({ id, kind }) => id === store && kind !== 'Event');
  if (stored !== undefined) return { collection: stored.kind, namespaced: stored.namespaced };
  return (
    customKinds(view).find(({ kind, apiVersions }) => kind === named.kind && apiVersions.includes(named.apiVersion)) ??
    null
  );
}

/**
 * solid: exists and stays; waiting: is being deleted and waits for its dependents; dangling: does not exist; unresolvable: an
 * owner of a kind that nobody here knows, or one in a namespace of something that is in none; unread: its cache is not filled
 * yet. The last two keep their dependent.
 */
export type Standing = 'solid' | 'waiting' | 'dangling' | 'unresolvable' | 'unread';

export function standingOf(view: View, dependent: KubeObject, reference: OwnerReference): Standing {
  const kind = kindOf(view, reference);
  if (kind === null) return 'unresolvable';
  const namespace = kind.namespaced ? (dependent.metadata.namespace ?? '') : '';
  if (kind.namespaced && namespace === '') return 'unresolvable';
  if (view.unread(kind.collection) !== null) return 'unread';
  const owner = view.get(kind.collection, namespace, reference.name);
  if (owner?.metadata.uid !== reference.uid) return 'dangling';
  return isDeletingDependents(owner) ? 'waiting' : 'solid';
}

/** The owner that a reference names. */
export function ownerOf(view: View, dependent: KubeObject, reference: OwnerReference): Item | null {
  const kind = kindOf(view, reference);
  if (kind === null) return null;
  const { collection, namespaced } = kind;
  const object = view.get(collection, namespaced ? (dependent.metadata.namespace ?? '') : '', reference.name);
  return object === undefined ? null : { collection, object };
}

/** The namespace in which an owner of this uid does exist, when that is not the dependent's; looked for only when it matters. */
export function strayNamespace(view: View, dependent: KubeObject, reference: OwnerReference): string | null {
  const kind = kindOf(view, reference);
  if (kind?.namespaced !== true) return null;
  const stray = view.list(kind.collection).find((object) => object.metadata.uid === reference.uid)?.metadata.namespace;
  return stray === undefined || stray === dependent.metadata.namespace ? null : stray;
}
