/**
 * What others may read of an API server's and an etcd's state without asking: for the Engine door's `observe` and `why`, for
 * hosts and benchmarks. Reading changes nothing.
 */
import type { Kind, Kinds, KubeObject } from '#engine/api/types';
import { resourceOf } from '#engine/api/registry';
import { type EtcdState, historyOf } from '#engine/etcd/etcd';
import type { KvEvent } from '#engine/etcd/wire';
import type { EventId } from '#engine/kernel/process';
import { resourceName } from './resource-name';
import type { ApiServerState } from './state';
import { keyOf, objectOf, prefixOf } from './storage';
import { changesSince, type CacheEvent, objectsUnder, oldestRevision, type WatchCache } from './watch-cache';

const cacheOf = (state: ApiServerState, kind: Kind): WatchCache | undefined =>
  state.caches.get(resourceName(resourceOf(kind)));

/** All objects of a kind as this API server knows them, in order of namespace and name. */
export function currentObjects<K extends Kind>(state: ApiServerState, kind: K): readonly Kinds[K][] {
  const cache = cacheOf(state, kind);
  return cache === undefined ? [] : (objectsUnder(cache, cache.prefix) as unknown as Kinds[K][]);
}

/** One object; `namespace` is empty for cluster-scoped kinds. */
export function currentObject<K extends Kind>(
  state: ApiServerState,
  kind: K,
  namespace: string,
  name: string,
): Kinds[K] | undefined {
  const cache = cacheOf(state, kind);
  return cache?.objects.get(keyOf(cache.prefix, namespace, name)) as unknown as Kinds[K] | undefined;
}

/** The newest revision that this API server knows. */
export function newestRevision(state: ApiServerState): number {
  let newest = state.etcd.revision;
  for (const cache of state.caches.values()) newest = Math.max(newest, cache.revision);
  return newest;
}

/**
 * The changes of a kind after a revision, oldest first; null when some of them are no longer remembered, so that all objects
 * must be read.
 */
export function changesAfter(state: ApiServerState, kind: Kind, revision: number): readonly CacheEvent[] | null {
  const cache = cacheOf(state, kind);
  if (cache === undefined || !cache.ready) return [];
  return revision < oldestRevision(cache) ? null : changesSince(cache, revision);
}

/** Filled caches, a connection to etcd, and all that a new cluster needs. */
export const isReady = (state: ApiServerState): boolean =>
  state.etcd.up && state.bootstrap.done && [...state.caches.values()].every((cache) => cache.ready);

/** One write of one object as etcd keeps it until it is compacted. */
export interface ObjectVersion {
  readonly revision: number;
  readonly type: 'put' | 'delete';
  /** After the write; for a deletion as it was before. */
  readonly object: KubeObject | null;
  readonly before: KubeObject | null;
  /** The event in which etcd was asked for it. */
  readonly cause: EventId;
}

const versionOf = ({ type, kv, prev }: KvEvent): ObjectVersion => {
  const before = prev === null ? null : objectOf(prev);
  return { revision: kv.modRevision, type, object: type === 'put' ? objectOf(kv) : before, before, cause: kv.cause };
};

/** The remembered writes of one object, newest first: where `why` begins. */
export function historyOfObject(
  etcd: EtcdState,
  kind: Kind,
  namespace: string,
  name: string,
): readonly ObjectVersion[] {
  const key = keyOf(prefixOf(resourceOf(kind)), namespace, name);
  return historyOf(etcd, 0)
    .filter((event) => event.kv.key === key)
    .map(versionOf)
    .reverse();
}
