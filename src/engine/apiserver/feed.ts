/**
 * How the watch caches are filled from etcd and kept up to date, also when the connection breaks.
 *
 * @source kubernetes apiserver/pkg/storage/cacher/{cacher,lister_watcher}.go
 */
import { isEstablished } from '#engine/api/custom/established';
import { semanticEqual } from '#engine/api/json';
import type { ResourceInfo } from '#engine/api/registry';
import type { CustomResourceDefinition, KubeObject } from '#engine/api/types';
import { NO_LEADER } from '#engine/etcd/errors';
import { type EtcdAnswer, prefixEnd, type WatchCanceled, type WatchEventsMessage } from '#engine/etcd/wire';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, MILLISECOND } from '#engine/kernel/time';
import { openWatch, sendRange } from './etcd-connection';
import { lateAnswers } from './late';
import { versionOf } from './query';
import { infoOf, isCachedOnDemand, ON_DEMAND, readObject, resourcesOf } from './served';
import type { ApiServerState, Pending, ReadQuery } from './state';
import { prefixOf, stamped } from './storage';
import { tick } from './tick';
import { applyChange, type CacheEvent, newWatchCache, objectsUnder, replaceAll, type WatchCache } from './watch-cache';
import { endWatches, tellWatchers } from './watching';

export interface FillTimer extends Message {
  readonly type: 'apiserver/fill';
  readonly resource: string;
}

/** The reflector's first back-off. @source kubernetes client-go tools/cache/reflector.go (NewReflectorWithOptions) */
const FILL_AGAIN_AFTER: Micros = 800 * MILLISECOND;

/** A cache for every resource that is stored and has none yet, and the lists that fill them. */
export function startCaches(state: ApiServerState, ctx: Context): void {
  for (const info of resourcesOf(state).all) {
    if (info.store === info.id && !isCachedOnDemand(info) && !state.caches.has(info.id))
      startCache(state, ctx, info, 0);
  }
}

/** @param revision - where the cache begins, for those who want what came after it; 0: where etcd is */
function startCache(state: ApiServerState, ctx: Context, info: ResourceInfo, revision: number): void {
  const cache = newWatchCache(info.id, prefixOf(info));
  state.caches.set(cache.resource, cache);
  askForAll(state, ctx, cache, revision);
}

/** A request that goes on when a cache is filled. */
type CacheWaiter = Pick<ReadQuery, 'asker' | 'request'>;

/** Lets a request wait for a cache that exists on demand; false when it need not. */
export function waitsForCache(state: ApiServerState, ctx: Context, info: ResourceInfo, waiter: CacheWaiter): boolean {
  const cache = state.caches.get(info.store);
  if (!isCachedOnDemand(info) || cache?.ready === true) return false;
  const waiters = state.cacheWaiters.get(info.store);
  if (waiters === undefined) state.cacheWaiters.set(info.store, [waiter]);
  else waiters.push(waiter);
  if (cache !== undefined) return true;
  const from = versionOf(waiter.request.query?.['resourceVersion']);
  startCache(state, ctx, infoOf(state, info.store), typeof from === 'number' ? from : 0);
  return true;
}

/** Those who waited for a cache, if it is filled. */
export function takeWaiters(state: ApiServerState, resource: string): readonly CacheWaiter[] {
  const waiters = state.cacheWaiters.get(resource);
  if (waiters === undefined || state.caches.get(resource)?.ready !== true) return [];
  state.cacheWaiters.delete(resource);
  return waiters;
}

/** Nobody watches what is cached on demand any more. */
export function stopIdleCaches(state: ApiServerState, ctx: Context): void {
  const cache = state.caches.get(ON_DEMAND);
  if (cache?.ready === true && cache.watchers.size === 0) stopCache(state, ctx, cache);
}

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Whether a definition means the same as before: else its objects are read anew, and whoever watches them begins again. */
const servesTheSame = (next: CustomResourceDefinition, old: CustomResourceDefinition): boolean =>
  next.metadata.uid === old.metadata.uid &&
  (next.spec === old.spec || semanticEqual(next.spec, old.spec)) &&
  semanticEqual(next.status?.acceptedNames, old.status?.acceptedNames);

/** Serves what the definitions say that are established: no more, no less. */
function definitionsChanged(state: ApiServerState, ctx: Context, cache: WatchCache): void {
  const definitions = (objectsUnder(cache, cache.prefix) as CustomResourceDefinition[]).filter(isEstablished);
  const before = state.definitions;
  if (definitions.length === before.length && definitions.every((definition, index) => definition === before[index]))
    return;
  state.definitions = definitions;
  const resources = resourcesOf(state);
  const changed = new Set(
    before
      .filter((old) => !definitions.some((definition) => servesTheSame(definition, old)))
      .map(({ spec }) => `${spec.names.plural}.${spec.group}`),
  );
  for (const cache of [...state.caches.values()]) {
    if (changed.has(cache.resource) || resources.byId(cache.resource) === undefined) stopCache(state, ctx, cache);
  }
  startCaches(state, ctx);
}

export const API_SERVICES = 'apiservices.apiregistration.k8s.io';

/** The first group that somebody else answers for: from now on all of them are looked after. */
function beginAggregation(state: ApiServerState, ctx: Context, { resource, objects }: WatchCache): void {
  if (resource !== API_SERVICES || objects.size === 0 || state.aggregated !== null) return;
  state.aggregated = new Map();
  ctx.after(0, tick('apiserver/aggregation'));
}

/** Serves what the definitions say, and does for them what is next. */
export function lookAtDefinitions(state: ApiServerState, ctx: Context): void {
  const cache = state.caches.get(DEFINITIONS);
  if (cache === undefined) return;
  definitionsChanged(state, ctx, cache);
  if (cache.objects.size > 0) lateAnswers.code.settleDefinitions(state, ctx, cache);
}

/** Ends the watches of a resource that is no longer served, and the watch that fed it. */
function stopCache(state: ApiServerState, ctx: Context, cache: WatchCache): void {
  endWatches(state, ctx, cache);
  state.caches.delete(cache.resource);
  if (cache.etcdWatch === 0) return;
  state.feeds.delete(cache.etcdWatch);
  ctx.send(state.etcd.server, { type: 'etcd/watch-cancel', id: cache.etcdWatch } as Message);
}

function askForAll(state: ApiServerState, ctx: Context, cache: WatchCache, revision = 0): void {
  const range = { key: cache.prefix, rangeEnd: prefixEnd(cache.prefix), revision };
  state.pending.set(sendRange(state.etcd, ctx, range), { type: 'fill-cache', resource: cache.resource, revision });
}

/** A list that etcd refused is asked for again. */
export function fillAgain(state: ApiServerState, ctx: Context, { resource }: FillTimer): void {
  const cache = state.caches.get(resource);
  if (cache !== undefined) askForAll(state, ctx, cache);
}

/** All objects of a resource have come. */
export function fillAnswered(
  state: ApiServerState,
  ctx: Context,
  { resource, revision }: Extract<Pending, { type: 'fill-cache' }>,
  answer: EtcdAnswer,
): void {
  const cache = state.caches.get(resource);
  if (cache === undefined) return;
  if (answer.type !== 'etcd/range-answer') {
    const timer: FillTimer = { type: 'apiserver/fill', resource };
    ctx.after(FILL_AGAIN_AFTER, timer);
    return;
  }
  const objects = new Map<string, KubeObject>();
  for (const kv of answer.result.kvs) {
    const held = cache.objects.get(kv.key);
    const unchanged = held !== undefined && held.metadata.resourceVersion === String(kv.modRevision);
    objects.set(kv.key, unchanged ? held : readObject(state, cache.resource, kv));
  }
  const changes = replaceAll(cache, objects, revision === 0 ? answer.header.revision : revision, ctx.now, stamped);
  tellWatchers(state, ctx, cache, changes);
  if (cache.resource === DEFINITIONS) lookAtDefinitions(state, ctx);
  beginAggregation(state, ctx, cache);
  follow(state, ctx, cache);
}

/** Watches etcd from where the cache is. */
function follow(state: ApiServerState, ctx: Context, cache: WatchCache): void {
  if (cache.etcdWatch !== 0) state.feeds.delete(cache.etcdWatch);
  const range = { key: cache.prefix, rangeEnd: prefixEnd(cache.prefix) };
  cache.live = false;
  cache.etcdWatch = openWatch(state.etcd, ctx, range, cache.revision + 1);
  state.feeds.set(cache.etcdWatch, cache.resource);
}

/** A watch at etcd has begun, and all that it had to catch up with has come. */
export function feedOpened(state: ApiServerState, id: number): void {
  const cache = state.caches.get(state.feeds.get(id) ?? '');
  if (cache !== undefined) cache.live = true;
}

/** The connection broke: what the caches have is as far as they have come. */
export function feedsLost(state: ApiServerState): void {
  for (const cache of state.caches.values()) {
    if (cache.live) cache.revision = Math.max(cache.revision, state.etcd.revision);
    cache.live = false;
  }
}

/** The connection is there again: every watch goes on from where it was. */
export function resumeFeeds(state: ApiServerState, ctx: Context): void {
  for (const cache of state.caches.values()) if (cache.ready) follow(state, ctx, cache);
}

/** Whether objects of a definition are going that goes after them. */
const isBeingEmptied = (state: ApiServerState, cache: WatchCache): boolean =>
  state.definitions.some(
    ({ metadata, spec }) =>
      metadata.deletionTimestamp !== undefined && cache.resource === `${spec.names.plural}.${spec.group}`,
  );

/** Changes have come from etcd. Answers false when no cache wants them. */
export function feedArrived(state: ApiServerState, ctx: Context, message: WatchEventsMessage): boolean {
  const cache = state.caches.get(state.feeds.get(message.id) ?? '');
  if (cache === undefined) return false;
  const changes: CacheEvent[] = [];
  for (const { type, kv, prev } of message.events) {
    if (type === 'put')
      changes.push(
        applyChange(cache, kv.key, readObject(state, cache.resource, kv), false, kv.modRevision, ctx.now, kv.cause),
      );
    else {
      const last = cache.objects.get(kv.key) ?? (prev?.value as KubeObject | undefined);
      if (last !== undefined)
        changes.push(
          applyChange(cache, kv.key, stamped(last, kv.modRevision), true, kv.modRevision, ctx.now, kv.cause),
        );
    }
  }
  tellWatchers(state, ctx, cache, changes);
  if (cache.resource === DEFINITIONS || isBeingEmptied(state, cache)) lookAtDefinitions(state, ctx);
  beginAggregation(state, ctx, cache);
  return true;
}

/**
 * etcd has ended a watch, because it asked for what is compacted, or because nobody leads: begin anew with a list. Without a
 * leader nobody knows how old the cache is, so that whoever watches it is sent away until the list has come.
 *
 * @source kubernetes apiserver/pkg/storage/cacher/cacher.go (startCaching: terminateAllWatchers, setReady)
 */
export function feedCanceled(state: ApiServerState, ctx: Context, message: WatchCanceled): void {
  const cache = state.caches.get(state.feeds.get(message.id) ?? '');
  state.feeds.delete(message.id);
  if (cache === undefined) return;
  cache.etcdWatch = 0;
  cache.live = false;
  if (message.reason === NO_LEADER) {
    endWatches(state, ctx, cache);
    cache.ready = false;
  }
  askForAll(state, ctx, cache);
}
