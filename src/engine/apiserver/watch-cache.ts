/**
 * The watch cache of one resource: every object as etcd last told of it, and the recent changes, so that lists and
 * watches cost etcd nothing. Objects and events are frozen and shared by all who are told of them.
 *
 * @source kubernetes apiserver/pkg/storage/cacher/watch_cache.go
 */
import type { KubeObject, Pod } from '#engine/api/types';
import { insertKey, type KeyIndex, keysIn, newKeyIndex, removeKey } from '#engine/etcd/key-index';
import { prefixEnd } from '#engine/etcd/wire';
import type { EventId } from '#engine/kernel/process';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { newWatcherIndex, type WatcherIndex } from './watcher-index';
import type { WatchEvent } from './wire';

/** One change. `watchEvent` is what everybody gets who sees the object both before and after. */
export interface CacheEvent {
  readonly key: string;
  readonly revision: number;
  readonly object: KubeObject;
  readonly previous: KubeObject | null;
  readonly watchEvent: WatchEvent;
  readonly at: Micros;
}

export interface WatchCache {
  /** e.g. `deployments.apps`. */
  readonly resource: string;
  /** Prefix of its keys in etcd, e.g. `/registry/deployments/`. */
  readonly prefix: string;
  /** Filled once, so that it may be read. */
  ready: boolean;
  /** All changes of the resource up to here are in it. */
  revision: number;
  /** The revision that it was last filled at, or of the last change that was dropped since: `events` has all after it. */
  completeAfter: number;
  readonly objects: Map<string, KubeObject>;
  readonly keys: KeyIndex;
  /** Keys of pods by the node that they are bound to; null for other resources. */
  readonly byNode: Map<string, Set<string>> | null;
  /** Recent changes, oldest first; those before `head` are dropped. */
  events: CacheEvent[];
  head: number;
  capacity: number;
  readonly watchers: WatcherIndex;
  /** The watch at etcd that feeds it; 0: none. */
  etcdWatch: number;
  /** That watch has caught up: whatever etcd answers, what came before has arrived. */
  live: boolean;
}

const MIN_CAPACITY = 100;
const MAX_CAPACITY = 102_400;
/** Events younger than this are worth growing for. */
const FRESH: Micros = 75 * SECOND;
/** Events older than this are forgotten: etcd, which is compacted every five minutes, no longer has them for sure. */
const KEPT: Micros = 10 * MINUTE;

export function newWatchCache(resource: string, prefix: string): WatchCache {
  return {
    resource,
    prefix,
    ready: false,
    revision: 0,
    completeAfter: 0,
    objects: new Map(),
    keys: newKeyIndex(),
    byNode: resource === 'pods' ? new Map() : null,
    events: [],
    head: 0,
    capacity: MIN_CAPACITY,
    watchers: newWatcherIndex(),
    etcdWatch: 0,
    live: false,
  };
}

/** The node a pod is bound to; `''` for none and for whatever is no pod. */
export const nodeOf = (object: KubeObject): string => (object as Partial<Pod>).spec?.nodeName ?? '';

function moveNode(cache: WatchCache, key: string, before: KubeObject | null, after: KubeObject | null): void {
  if (cache.byNode === null) return;
  const from = before === null ? null : nodeOf(before);
  const to = after === null ? null : nodeOf(after);
  if (from === to) return;
  if (from !== null) {
    const keys = cache.byNode.get(from);
    keys?.delete(key);
    if (keys?.size === 0) cache.byNode.delete(from);
  }
  if (to === null) return;
  const keys = cache.byNode.get(to);
  if (keys === undefined) cache.byNode.set(to, new Set([key]));
  else keys.add(key);
}

/** Puts an object in the place of what the key held. Answers that. */
function store(cache: WatchCache, key: string, object: KubeObject | null): KubeObject | null {
  const previous = cache.objects.get(key) ?? null;
  moveNode(cache, key, previous, object);
  if (object === null) {
    if (previous !== null) {
      cache.objects.delete(key);
      removeKey(cache.keys, key);
    }
  } else {
    if (previous === null) insertKey(cache.keys, key);
    cache.objects.set(key, object);
  }
  return previous;
}

/** Takes in one change. A deletion's object is the last state with the deletion's revision. */
export function applyChange(
  cache: WatchCache,
  key: string,
  object: KubeObject,
  deleted: boolean,
  revision: number,
  at: Micros,
  cause?: EventId,
): CacheEvent {
  const previous = store(cache, key, deleted ? null : object);
  cache.revision = revision;
  const type = deleted ? 'DELETED' : previous === null ? 'ADDED' : 'MODIFIED';
  const watchEvent: WatchEvent = Object.freeze(cause === undefined ? { type, object } : { type, object, cause });
  const event: CacheEvent = Object.freeze({ key, revision, object, previous, watchEvent, at });
  remember(cache, event);
  return event;
}

/** Drops the oldest changes. */
function drop(cache: WatchCache, count: number): void {
  if (count <= 0) return;
  cache.head += count;
  cache.completeAfter = cache.events[cache.head - 1]!.revision;
}

/** How many of the changes are older than `before`. */
function countOlder(cache: WatchCache, before: Micros): number {
  let end = cache.head;
  while (end < cache.events.length && cache.events[end]!.at < before) end++;
  return end - cache.head;
}

/** Lets go of what was dropped, once it is much of the array. */
function trim(cache: WatchCache): void {
  if (cache.head <= cache.capacity && cache.head <= cache.events.length / 2) return;
  cache.events = cache.events.slice(cache.head);
  cache.head = 0;
}

/** Forgets changes that are too old, also of what has not changed since. */
export function forgetOld(cache: WatchCache, now: Micros): void {
  drop(cache, countOlder(cache, now - KEPT));
  if (cache.head === 0) return;
  cache.events = cache.events.slice(cache.head);
  cache.head = 0;
}

function remember(cache: WatchCache, event: CacheEvent): void {
  drop(cache, countOlder(cache, event.at - KEPT));
  const size = cache.events.length - cache.head;
  if (size >= cache.capacity) {
    const oldest = cache.events[cache.head]!;
    const quarter = cache.events[cache.events.length - Math.floor(cache.capacity / 4)]!;
    if (event.at - oldest.at < FRESH) cache.capacity = Math.min(cache.capacity * 2, MAX_CAPACITY);
    else if (event.at - quarter.at > FRESH) cache.capacity = Math.max(Math.floor(cache.capacity / 2), MIN_CAPACITY);
    drop(cache, size + 1 - cache.capacity);
  }
  trim(cache);
  cache.events.push(event);
}

/** Fills the cache anew. What differs from before is told as changes (none when it was empty). */
export function replaceAll(
  cache: WatchCache,
  objects: ReadonlyMap<string, KubeObject>,
  revision: number,
  at: Micros,
  deletedAt: (object: KubeObject, revision: number) => KubeObject,
): CacheEvent[] {
  const events: CacheEvent[] = [];
  if (!cache.ready && cache.objects.size === 0) {
    for (const [key, object] of objects) store(cache, key, object);
  } else {
    for (const key of keysIn(cache.keys, cache.prefix, prefixEnd(cache.prefix), 0)) {
      if (!objects.has(key))
        events.push(applyChange(cache, key, deletedAt(cache.objects.get(key)!, revision), true, revision, at));
    }
    for (const [key, object] of objects) {
      const before = cache.objects.get(key);
      if (before?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      events.push(applyChange(cache, key, object, false, Number(object.metadata.resourceVersion), at));
    }
  }
  cache.events = [];
  cache.head = 0;
  cache.capacity = MIN_CAPACITY;
  cache.ready = true;
  cache.revision = revision;
  cache.completeAfter = revision;
  return events;
}

/** The revision below which a watch cannot begin: it must have seen at least this. @source watch_cache.go (getAllEventsSinceLocked) */
export const oldestRevision = (cache: WatchCache): number => cache.completeAfter;

/** The changes after `revision`, which must not be below `oldestRevision`. */
export function changesSince(cache: WatchCache, revision: number): readonly CacheEvent[] {
  let low = cache.head;
  let high = cache.events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cache.events[middle]!.revision <= revision) low = middle + 1;
    else high = middle;
  }
  return cache.events.slice(low);
}

/** Objects whose keys begin with `prefix`, in order of namespace and name. */
export function objectsUnder(cache: WatchCache, prefix: string): KubeObject[] {
  return keysIn(cache.keys, prefix, prefixEnd(prefix), 0).map((key) => cache.objects.get(key)!);
}

/** Pods bound to a node (`''`: to none), in order of namespace and name. */
export function podsOn(cache: WatchCache, node: string): KubeObject[] {
  const keys = [...(cache.byNode?.get(node) ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return keys.map((key) => cache.objects.get(key)!);
}
