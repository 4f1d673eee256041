/**
 * What a component knows: an indexed cache per kind, filled by the reflector. Only the objects are state; orders and
 * indexes are derived from them, kept up to date as they change, and rebuilt after a restore. They never depend on the
 * history of the cache, so that a restored run reads what the uninterrupted one reads.
 *
 * Every list is in order of namespace, then name, by bytes. A list is a snapshot: it does not change under its reader.
 */
import { controllerOf, keyOf, objectKey } from '#engine/api/meta';
import type { PodStanding } from '#engine/api/pod-standing';
import type { Kinds, KubeObject } from '#engine/api/types';
import type { EventId } from '#engine/kernel/process';
import type { Change, Collection, ObjectOf, View } from './plan';
import { type Sorted, insert, newSorted, placeOf, published, remove, standingsIn } from './sorted-objects';
import type { Client, Store } from './state';

export interface Cache<K extends Collection> {
  get(namespace: string, name: string): ObjectOf<K> | undefined;
  /** All objects, or those of one namespace. */
  list(namespace?: string): readonly ObjectOf<K>[];
  readonly size: number;
  /** Whether the first list has arrived. */
  readonly synced: boolean;
  /** Pods bound to a node; empty for other kinds. */
  byNode(node: string): readonly ObjectOf<K>[];
  /** Objects whose `ownerReferences` name this uid. */
  ownedBy(ownerUid: string): readonly ObjectOf<K>[];
  /** Of pods: how those that an owner has stand, in their order. */
  standings(ownerUid: string): readonly PodStanding[];
  /** Objects of a namespace that have no controller. */
  orphans(namespace: string): readonly ObjectOf<K>[];
}

/** Orders exist once they are asked for. */
interface Index {
  all: Sorted | null;
  readonly byNamespace: Map<string, Sorted>;
  byNode: Map<string, Sorted> | null;
  byOwner: Map<string, Sorted> | null;
}

const NONE: readonly never[] = [];
const indexes = new WeakMap<Store, Index>();
const views = new WeakMap<Client, View>();
const caches = new WeakMap<Client, Map<Collection, Cache<Collection>>>();

export function newStore(kind: Collection): Store {
  return { kind, objects: new Map(), revision: 0, synced: false };
}

/**
 * Puts an object in, or in the place of the one of its name. Answers what changed; nothing when it is known already.
 *
 * @param cause - the event of the write that led to it, where that is known
 */
export function putObject(store: Store, object: KubeObject, cause?: EventId): readonly Change[] {
  const key = keyOf(object);
  const old = store.objects.get(key);
  if (old === undefined) {
    store.objects.set(key, object);
    updateIndex(store, undefined, object);
    return [change(store, 'added', object, cause)];
  }
  if (old.metadata.uid !== object.metadata.uid) {
    const deletion = dropObject(store, old, cause);
    return [...deletion, ...putObject(store, object, cause)];
  }
  if (old.metadata.resourceVersion === object.metadata.resourceVersion) return NONE;
  store.objects.set(key, object);
  updateIndex(store, old, object);
  return [updated(store, object, old, cause)];
}

/** Takes the object of this name out; `last` is its last state. Answers what changed. */
export function dropObject(store: Store, last: KubeObject, cause?: EventId): readonly Change[] {
  const key = keyOf(last);
  const old = store.objects.get(key);
  if (old === undefined) return NONE;
  store.objects.delete(key);
  updateIndex(store, old, undefined);
  return [change(store, 'deleted', last, cause)];
}

/** Makes the store hold exactly these objects. Deletions come first, then what was added or updated, in their order. */
export function replaceObjects(store: Store, objects: readonly KubeObject[]): readonly Change[] {
  const listed = new Set<string>();
  for (const { metadata } of objects) listed.add(objectKey(metadata.namespace, metadata.name));
  const changes: Change[] = [];
  for (const [key, object] of store.objects) if (!listed.has(key)) changes.push(...dropObject(store, object));
  for (const object of objects) changes.push(...putObject(store, object));
  return changes;
}

/** The cache of a kind that the client reflects; empty when it does not. */
export function cacheOf<K extends Collection>(client: Client, kind: K): Cache<K> {
  let known = caches.get(client);
  if (known === undefined) caches.set(client, (known = new Map()));
  let cache = known.get(kind);
  if (cache === undefined) known.set(kind, (cache = new StoreCache(client, kind)));
  return cache as unknown as Cache<K>;
}

/** All objects of a kind in their order, for who asks once: the orders of a cache that has been listed are kept up ever after. */
export const listOnce = <K extends Collection>(client: Client, kind: K): readonly ObjectOf<K>[] =>
  published(newSorted(client.stores.get(kind)?.objects.values() ?? NONE)) as unknown as readonly ObjectOf<K>[];

/** All caches of a client as a controller sees them. */
export function viewOf(client: Client): View {
  let view = views.get(client);
  if (view === undefined) {
    view = {
      get: (kind, namespace, name) => cacheOf(client, kind).get(namespace, name),
      list: (kind, namespace) => cacheOf(client, kind).list(namespace),
      ownedBy: (kind, ownerUid) => cacheOf(client, kind).ownedBy(ownerUid),
      standings: (ownerUid) => cacheOf(client, 'Pod').standings(ownerUid),
      orphans: (kind, namespace) => cacheOf(client, kind).orphans(namespace),
      unread: (kind) => client.reflectors.get(kind)?.failure || (cacheOf(client, kind).synced ? null : ''),
      podsOn: (node) => cacheOf(client, 'Pod').byNode(node),
    };
    views.set(client, view);
  }
  return view;
}

class StoreCache implements Cache<Collection> {
  readonly #client: Client;
  readonly #kind: Collection;

  constructor(client: Client, kind: Collection) {
    this.#client = client;
    this.#kind = kind;
  }

  get size(): number {
    return this.#store?.objects.size ?? 0;
  }

  get synced(): boolean {
    return this.#store?.synced ?? false;
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#store?.objects.get(objectKey(namespace, name));
  }

  list(namespace?: string): readonly KubeObject[] {
    const store = this.#store;
    if (store === undefined) return NONE;
    const index = indexOf(store);
    if (namespace === undefined) return published((index.all ??= newSorted(store.objects.values())));
    let group = index.byNamespace.get(namespace);
    if (group === undefined) {
      group = newSorted(inNamespace(store, namespace));
      index.byNamespace.set(namespace, group);
    }
    return published(group);
  }

  byNode(node: string): readonly KubeObject[] {
    return this.#group('byNode', node);
  }

  ownedBy(ownerUid: string): readonly KubeObject[] {
    return this.#group('byOwner', ownerUid);
  }

  standings(ownerUid: string): readonly PodStanding[] {
    const group = this.#groupOf('byOwner', ownerUid);
    return group === undefined ? NONE : standingsIn(group);
  }

  orphans(namespace: string): readonly KubeObject[] {
    return this.#group('byOwner', nobodyIn(namespace));
  }

  get #store(): Store | undefined {
    return this.#client.stores.get(this.#kind);
  }

  #group(by: 'byNode' | 'byOwner', value: string): readonly KubeObject[] {
    const group = this.#groupOf(by, value);
    return group === undefined ? NONE : published(group);
  }

  #groupOf(by: 'byNode' | 'byOwner', value: string): Sorted | undefined {
    const store = this.#store;
    if (store === undefined) return undefined;
    return (indexOf(store)[by] ??= groupedBy(by, store)).get(value);
  }
}

/** A store holds objects of its kind only; the type system cannot know. */
function change({ kind }: Store, type: 'added' | 'deleted', object: KubeObject, cause: EventId | undefined): Change {
  return (cause === undefined ? { kind, type, object } : { kind, type, object, cause }) as unknown as Change;
}

function updated({ kind }: Store, object: KubeObject, old: KubeObject, cause: EventId | undefined): Change {
  const type = 'updated';
  return (cause === undefined ? { kind, type, object, old } : { kind, type, object, old, cause }) as unknown as Change;
}

function* inNamespace(store: Store, namespace: string): Generator<KubeObject> {
  for (const object of store.objects.values()) if ((object.metadata.namespace ?? '') === namespace) yield object;
}

function indexOf(store: Store): Index {
  let index = indexes.get(store);
  if (index === undefined) {
    index = { all: null, byNamespace: new Map(), byNode: null, byOwner: null };
    indexes.set(store, index);
  }
  return index;
}

function groupedBy(by: 'byNode' | 'byOwner', { kind, objects }: Store): Map<string, Sorted> {
  const groups = new Map<string, Sorted>();
  for (const object of objects.values()) {
    if (by === 'byNode') joinNode(groups, kind, object, placeOf(object));
    else joinOwners(groups, kind, object, placeOf(object));
  }
  return groups;
}

function updateIndex(store: Store, old: KubeObject | undefined, now: KubeObject | undefined): void {
  const index = indexes.get(store);
  const either = now ?? old;
  if (index === undefined || either === undefined || isEmpty(index)) return;
  const { kind } = store;
  const place = placeOf(either);
  if (index.byNode !== null) {
    if (old !== undefined) leaveNode(index.byNode, kind, old, now, place);
    if (now !== undefined) joinNode(index.byNode, kind, now, place);
  }
  if (index.byOwner !== null) {
    if (old !== undefined) leaveOwners(index.byOwner, old, now, place);
    if (now !== undefined) joinOwners(index.byOwner, kind, now, place);
  }
  if (index.all !== null && !touch(index.all, now, place)) index.all = null;
  const namespace = either.metadata.namespace ?? '';
  const group = index.byNamespace.get(namespace);
  if (group !== undefined && !touch(group, now, place)) index.byNamespace.delete(namespace);
}

const isEmpty = ({ all, byNamespace, byNode, byOwner }: Index): boolean =>
  all === null && byNamespace.size === 0 && byNode === null && byOwner === null;

/** How many objects may come and go while nobody reads an order before it is given up. */
const MAX_UNREAD = 64;

function touch(group: Sorted, now: KubeObject | undefined, place: string): boolean {
  if (now === undefined) remove(group, place);
  else insert(group, now, place);
  return group.unread <= MAX_UNREAD;
}

function leaveNode(
  groups: Map<string, Sorted>,
  kind: Collection,
  old: KubeObject,
  now: KubeObject | undefined,
  place: string,
): void {
  const node = nodeOf(kind, old);
  if (node !== undefined && (now === undefined || nodeOf(kind, now) !== node)) leave(groups, node, place);
}

function joinNode(groups: Map<string, Sorted>, kind: Collection, now: KubeObject, place: string): void {
  const node = nodeOf(kind, now);
  if (node !== undefined) join(groups, node, now, place);
}

function leaveOwners(groups: Map<string, Sorted>, old: KubeObject, now: KubeObject | undefined, place: string): void {
  if (now !== undefined && old.metadata.ownerReferences === now.metadata.ownerReferences) return;
  const kept = now === undefined ? NONE : ownersOf(now);
  for (const uid of ownersOf(old)) if (!kept.includes(uid)) leave(groups, uid, place);
}

function joinOwners(groups: Map<string, Sorted>, kind: Collection, now: KubeObject, place: string): void {
  for (const uid of ownersOf(now)) join(groups, uid, now, place, kind === 'Pod');
}

/** The owner of orphans. */
const nobodyIn = (namespace = ''): string => `/${namespace}`;

/** Uids, and nobody's if none of them is the controller's. */
function ownersOf(object: KubeObject): readonly string[] {
  const uids = (object.metadata.ownerReferences ?? NONE).map(({ uid }) => uid);
  return controllerOf(object) === undefined ? [...uids, nobodyIn(object.metadata.namespace)] : uids;
}

function nodeOf(kind: Collection, object: KubeObject): string | undefined {
  if (kind !== 'Pod') return undefined;
  const node = (object as Kinds['Pod']).spec.nodeName;
  return node === '' ? undefined : node;
}

function join(
  groups: Map<string, Sorted>,
  value: string,
  object: KubeObject,
  place: string,
  hasStandings = false,
): void {
  const group = groups.get(value);
  if (group === undefined) groups.set(value, newSorted([object], hasStandings));
  else insert(group, object, place);
}

function leave(groups: Map<string, Sorted>, value: string, place: string): void {
  const group = groups.get(value);
  if (group === undefined) return;
  if (remove(group, place)) groups.delete(value);
}
