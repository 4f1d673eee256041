/**
 * The reflector: keeps a cache equal to what the API server holds, by a list and then a watch from the list's revision.
 * A watch that ends goes on from the last revision seen; one that fell too far behind lists again, and what happened
 * meanwhile is found by comparison.
 *
 * @source client-go tools/cache/reflector.go
 */
import type { KubeObject, Status } from '#engine/api/types';
import type { WatchEvent, WatchEvents } from '#engine/apiserver/wire';
import type { Context, EventId } from '#engine/kernel/process';
import { type Micros, MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import { dropObject, putObject, replaceObjects } from './cache';
import { type Settled, cancelRequest, dispatch, wake } from './connection';
import { collectionPath } from './paths';
import type { Change, Collection } from './plan';
import type { Client, Reflector, ReflectorOptions, RequestSpec, Store } from './state';

/** What a component learns from its reflectors. A change is told after the cache was updated. */
export type Informed =
  { readonly type: 'change'; readonly change: Change } | { readonly type: 'synced'; readonly kind: Collection };

/** Where the reflector tells it. */
export type Informing = Pick<Informed[], 'push'>;

const LEAST_BACKOFF: Micros = 800 * MILLISECOND;
const MOST_BACKOFF: Micros = 30 * SECOND;
const RESET_BACKOFF_AFTER: Micros = 2 * MINUTE;
const PAGE_SIZE = 500;
const LEAST_WATCH_SECONDS = 300;
/** Lists and watches of all kinds share a client of their own, as those of a shared informer factory do. */
const BUCKET = 'shared-informers';

export function newReflector(kind: Collection, options: ReflectorOptions): Reflector {
  return {
    kind,
    options,
    phase: 'idle',
    request: null,
    resourceVersion: '',
    unavailable: false,
    pages: [],
    synced: false,
    next: 'list',
    retryAt: null,
    backoff: LEAST_BACKOFF,
    failure: '',
    backedOffAt: null,
    openedAt: 0,
    heard: false,
  };
}

export function startReflector(client: Client, ctx: Context, reflector: Reflector): void {
  startList(client, ctx, reflector, null);
}

/** A list, or a page of one, was answered. */
export function listAnswered(client: Client, ctx: Context, kind: Collection, settled: Settled, out: Informing): void {
  const reflector = client.reflectors.get(kind);
  const store = client.stores.get(kind);
  if (reflector === undefined || store === undefined || reflector.request !== settled.request.id) return;
  reflector.request = null;
  if (settled.code !== 200) {
    listFailed(client, ctx, reflector, settled);
    return;
  }
  // A 200 answer to a list is a list.
  const { metadata, items } = settled.body as { metadata: ListMeta; items: readonly KubeObject[] };
  if (metadata.continue !== undefined && metadata.continue !== '') {
    reflector.pages.push(...items);
    startList(client, ctx, reflector, metadata.continue);
    return;
  }
  const objects = reflector.pages.length === 0 ? items : [...reflector.pages, ...items];
  reflector.pages = [];
  reflector.unavailable = false;
  reflector.failure = '';
  for (const change of replaceObjects(store, objects)) out.push({ type: 'change', change });
  // A list may also lead back in time, when etcd was restored from a backup.
  store.revision = 0;
  reach(reflector, store, metadata.resourceVersion);
  if (!reflector.synced) {
    reflector.synced = true;
    store.synced = true;
    out.push({ type: 'synced', kind });
  }
  startWatch(client, ctx, reflector);
}

/** Events of a watch arrived. */
export function watched(client: Client, ctx: Context, message: WatchEvents, out: Informing): void {
  const reflector = watchOf(client, message.id);
  const store = reflector && client.stores.get(reflector.kind);
  if (reflector === undefined || store === undefined) {
    // A watch that was given up: the server does not know yet.
    if (ctx.from !== null) ctx.send(ctx.from, { type: 'api/cancel', id: message.id } as { type: string });
    return;
  }
  reflector.heard = true;
  for (const event of message.events) {
    if (event.type === 'ERROR') {
      watchError(client, ctx, reflector, event.object);
      return;
    }
    const object = event.object as KubeObject;
    for (const change of apply(store, event.type, object, event.cause)) out.push({ type: 'change', change });
    reach(reflector, store, object.metadata.resourceVersion);
  }
}

/** The server has ended a watch, or does not know it any more. */
export function watchClosed(client: Client, ctx: Context, id: number): void {
  const reflector = watchOf(client, id);
  if (reflector === undefined) return;
  client.outstanding.delete(id);
  reflector.request = null;
  if (!reflector.heard && ctx.monotonic - reflector.openedAt < SECOND) {
    ctx.log(
      `W reflector.go] Unexpected watch close - watch lasted less than a second and no items received: ${reflector.kind}`,
    );
    backOff(client, ctx, reflector, 'list');
  } else startWatch(client, ctx, reflector);
}

/** A watch was refused or its connection has gone. */
export function watchBroken(client: Client, ctx: Context, kind: Collection, settled: Settled): void {
  const reflector = client.reflectors.get(kind);
  if (reflector === undefined || reflector.request !== settled.request.id) return;
  reflector.request = null;
  if (settled.failure === 'lost' && (reflector.heard || ctx.monotonic - reflector.openedAt >= SECOND)) {
    startWatch(client, ctx, reflector);
    return;
  }
  const status = settled.body as Status;
  ctx.log(`E reflector.go] "Failed to watch" err=${JSON.stringify(status.message ?? '')} type="${kind}"`);
  // What may pass by itself is tried again; anything else says that the revision may be no good.
  const passes = settled.failure !== null || settled.code === 429 || status.reason === 'InternalError';
  backOff(client, ctx, reflector, passes ? 'watch' : 'list');
}

/** Goes on with what waited for its back-off. */
export function reflectorsAlarm(client: Client, ctx: Context): void {
  for (const reflector of client.reflectors.values()) {
    if (reflector.retryAt === null || reflector.retryAt > ctx.monotonic) continue;
    reflector.retryAt = null;
    if (reflector.next === 'list') startList(client, ctx, reflector, null);
    else startWatch(client, ctx, reflector);
  }
}

/** When `reflectorsAlarm` has something to do next (monotonic), or null. */
export function reflectorsDue(client: Client): Micros | null {
  let due: Micros | null = null;
  for (const { retryAt } of client.reflectors.values()) {
    if (retryAt !== null && (due === null || retryAt < due)) due = retryAt;
  }
  return due;
}

interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
}

function startList(client: Client, ctx: Context, reflector: Reflector, token: string | null): void {
  reflector.phase = 'listing';
  // First from whatever cache, later nothing older than what is known, the most recent state if that cannot be had.
  const version = reflector.unavailable ? '' : reflector.resourceVersion === '' ? '0' : reflector.resourceVersion;
  const paged = token !== null || version === '' || version === '0';
  const query = {
    ...selectors(reflector),
    ...(paged ? { limit: String(PAGE_SIZE) } : null),
    ...(token !== null ? { continue: token } : version === '' ? null : { resourceVersion: version }),
  };
  if (token === null) reflector.pages = [];
  const path = collectionPath(reflector.kind, reflector.options.namespace ?? '');
  const spec: RequestSpec = { method: 'GET', path, query, bucket: reflector.options.bucket ?? BUCKET };
  reflector.request = dispatch(client, ctx, spec, { for: 'list', kind: reflector.kind });
}

function startWatch(client: Client, ctx: Context, reflector: Reflector): void {
  reflector.phase = 'watching';
  reflector.openedAt = ctx.monotonic;
  reflector.heard = false;
  const seconds = LEAST_WATCH_SECONDS + ctx.random(`reflector-${reflector.kind}`).below(LEAST_WATCH_SECONDS);
  const query = {
    ...selectors(reflector),
    watch: 'true',
    resourceVersion: reflector.resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  };
  const path = collectionPath(reflector.kind, reflector.options.namespace ?? '');
  const spec: RequestSpec = { method: 'GET', path, query, bucket: reflector.options.bucket ?? BUCKET };
  reflector.request = dispatch(client, ctx, spec, { for: 'watch', kind: reflector.kind });
}

function selectors({ options }: Reflector): Record<string, string> {
  return {
    ...(options.fieldSelector === undefined ? null : { fieldSelector: options.fieldSelector }),
    ...(options.labelSelector === undefined ? null : { labelSelector: options.labelSelector }),
  };
}

function listFailed(client: Client, ctx: Context, reflector: Reflector, settled: Settled): void {
  const status = settled.body as Status;
  if (settled.failure === null && !reflector.unavailable && (isExpired(settled.code, status) || isTooLarge(status))) {
    reflector.unavailable = true;
    startList(client, ctx, reflector, null);
    return;
  }
  reflector.failure = status.message ?? '';
  ctx.log(`E reflector.go] "Failed to watch" err="failed to list ${reflector.kind}: ${reflector.failure}"`);
  backOff(client, ctx, reflector, 'list');
}

function watchError(client: Client, ctx: Context, reflector: Reflector, status: Status): void {
  if (reflector.request !== null) cancelRequest(client, ctx, reflector.request);
  reflector.request = null;
  backOff(client, ctx, reflector, status.code === 429 ? 'watch' : 'list');
}

/** 0.8 s, doubled up to 30 s, each stretched by up to its own length; from the start again after two quiet minutes. */
function backOff(client: Client, ctx: Context, reflector: Reflector, next: 'list' | 'watch'): void {
  const { backedOffAt } = reflector;
  if (backedOffAt === null || ctx.monotonic - backedOffAt > RESET_BACKOFF_AFTER) reflector.backoff = LEAST_BACKOFF;
  const delay = Math.floor(reflector.backoff * (1 + ctx.random(`reflector-${reflector.kind}`).fraction()));
  reflector.backoff = Math.min(2 * reflector.backoff, MOST_BACKOFF);
  reflector.backedOffAt = ctx.monotonic;
  reflector.phase = 'waiting';
  reflector.next = next;
  reflector.retryAt = ctx.monotonic + delay;
  wake(client, ctx, reflector.retryAt);
}

function apply(
  store: Store,
  type: WatchEvent['type'],
  object: KubeObject,
  cause: EventId | undefined,
): readonly Change[] {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return putObject(store, object, cause);
    case 'DELETED':
      return dropObject(store, object, cause);
    default:
      return [];
  }
}

function reach(reflector: Reflector, store: Store, resourceVersion: string): void {
  reflector.resourceVersion = resourceVersion;
  const revision = Number(resourceVersion);
  if (revision > store.revision) store.revision = revision;
}

function watchOf(client: Client, id: number): Reflector | undefined {
  const purpose = client.outstanding.get(id)?.purpose;
  if (purpose?.for !== 'watch') return undefined;
  const reflector = client.reflectors.get(purpose.kind);
  return reflector?.request === id ? reflector : undefined;
}

const isExpired = (code: number, status: Status): boolean =>
  code === 410 || status.reason === 'Expired' || status.reason === 'Gone';

const isTooLarge = (status: Status): boolean =>
  (status.details?.causes ?? []).some((cause) => cause.reason === 'ResourceVersionTooLarge');
