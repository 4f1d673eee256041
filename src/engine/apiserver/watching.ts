/**
 * Clients' watches: opened from the watch cache, fed by it in batches, closed by their time, their client or its end.
 *
 * @source kubernetes apiserver/pkg/storage/cacher/{cacher,cache_watcher}.go, endpoints/handlers/watch.go
 */
import type { ResourceInfo } from '#engine/api/registry';
import { internalError, tooOldResourceVersion } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { sendProgress } from './etcd-connection';
import { isStatus, watchOptions } from './query';
import { initializing, newQuery, revisionOf, selectCached } from './reads';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import { cacheOf, infoOf, inVersion } from './served';
import { isSelected } from './selection';
import type { ApiServerState, Asker, ReadQuery } from './state';
import { tableOf } from './table';
import { formOf, partialOf, shapeError, shapeOf } from './form';
import { type CacheEvent, changesSince, nodeOf, oldestRevision, type WatchCache } from './watch-cache';
import { addToIndex, type Audience, audiencesOf, removeFromIndex, visitAudiences, type Watcher } from './watcher-index';
import type { ApiRequest, ApiResponse, WatchClosed, WatchEvent, WatchEvents } from './wire';

/** Shortest life of a watch whose client names none; the longest is twice that. @source handlers/get.go */
const MIN_TIMEOUT_SECONDS = 1800;
/** A last bookmark comes so long before the end. */
const BOOKMARK_BEFORE_END: Micros = 2 * SECOND;
export const BOOKMARK_EVERY: Micros = MINUTE;

export interface WatchTimer extends Message {
  readonly type: 'apiserver/watch-timer';
  readonly client: ProcessId;
  readonly id: number;
}

export function beginWatch(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  state.counters.watch++;
  const options = watchOptions(request.query);
  if (isStatus(options)) return sendResponse(state, ctx, asker, options.code ?? 422, options);
  const shape = shapeOf(request);
  const unshown = shape === null ? null : shapeError(shape);
  if (unshown !== null) return sendResponse(state, ctx, asker, 400, unshown);
  const query = newQuery(state, ctx, asker, request, route, options.resourceVersion ?? 0);
  if (query === null) return;
  const cache = cacheOf(state, query.resource);
  if (cache === undefined || !cache.ready) {
    const busy = initializing();
    return sendResponse(state, ctx, asker, 429, busy);
  }
  const mostRecent = options.resourceVersion === null;
  if (mostRecent || query.minimum > revisionOf(state, cache)) {
    state.pending.set(sendProgress(state.etcd, ctx), { type: 'progress', query });
  } else openWatch(state, ctx, query);
}

/** Opens a watch at a cache that has come as far as it wants. */
export function openWatch(state: ApiServerState, ctx: Context, query: ReadQuery): void {
  const options = watchOptions(query.request.query);
  const cache = cacheOf(state, query.resource);
  if (isStatus(options) || cache === undefined) return;
  const { asker, request } = query;
  const from = query.minimum;
  const fromNow = from === 0 && !options.sendInitialEvents;
  if (!options.sendInitialEvents && !fromNow && from < oldestRevision(cache)) {
    return refuseWatch(ctx, asker, request, tooOldResourceVersion(from, oldestRevision(cache)));
  }
  const seconds = options.timeoutSeconds ?? MIN_TIMEOUT_SECONDS * (1 + ctx.random('watch-timeout').fraction());
  const life = Math.round(seconds * SECOND);
  const timer: WatchTimer = { type: 'apiserver/watch-timer', client: asker.client, id: asker.id };
  const early = options.bookmarks && life > 2 * BOOKMARK_BEFORE_END;
  dropWatch(state, ctx, asker.client, asker.id);
  const audience = addToIndex(cache.watchers, asker.id, {
    client: asker.client,
    resource: query.resource,
    selection: query.selection,
    form: formOf(request),
    include: request.query?.['includeObject'] ?? '',
  });
  const watcher: Watcher = {
    id: asker.id,
    audience,
    bookmarks: options.bookmarks,
    timer: ctx.after(early ? life - BOOKMARK_BEFORE_END : life, timer),
    ending: !early,
  };
  ctx.monitor(asker.client);
  const own = state.watchers.get(asker.client);
  if (own === undefined) state.watchers.set(asker.client, new Map([[asker.id, watcher]]));
  else own.set(asker.id, watcher);
  state.counters.watchesOpen++;
  tellOpened(ctx, asker, request);

  const events = options.sendInitialEvents
    ? initialEvents(state, cache, watcher)
    : (fromNow ? [] : changesSince(cache, from)).flatMap((change) => eventOf(state, audience, change) ?? []);
  tell(state, ctx, audience, [asker.id], events);
}

/** The status line, for those who wait for one. */
function tellOpened(ctx: Context, asker: Asker, request: ApiRequest): void {
  if (request.streaming !== true) return;
  const opened: ApiResponse = { type: 'api/response', id: asker.id, code: 200, body: null, streaming: true };
  ctx.send(asker.client, opened);
}

/** A watch that cannot begin: one ERROR event, and its end. */
function refuseWatch(ctx: Context, asker: Asker, request: ApiRequest, status: Status): void {
  tellOpened(ctx, asker, request);
  const events: WatchEvents = { type: 'api/watch-events', id: asker.id, events: [{ type: 'ERROR', object: status }] };
  ctx.send(asker.client, events);
  const closed: WatchClosed = { type: 'api/watch-closed', id: asker.id };
  ctx.send(asker.client, closed);
}

function initialEvents(state: ApiServerState, cache: WatchCache, { audience, bookmarks }: Watcher): WatchEvent[] {
  const events: WatchEvent[] = [];
  for (const object of selectCached(state, cache, audience.selection)) events.push({ type: 'ADDED', object });
  if (!bookmarks) return events;
  const end = bookmark(infoOf(state, audience.resource), revisionOf(state, cache));
  const metadata = { ...end.metadata, annotations: { 'k8s.io/initial-events-end': 'true' } };
  events.push({ type: 'BOOKMARK', object: { ...end, metadata } });
  return events;
}

function bookmark({ kind, apiVersion }: ResourceInfo, revision: number): KubeObject {
  return { kind, apiVersion, metadata: { resourceVersion: String(revision) } } as KubeObject;
}

/** What a change is to those who watch; null: nothing. */
function eventOf(state: ApiServerState, { resource, selection }: Audience, change: CacheEvent): WatchEvent | null {
  const { watchEvent, object, previous, key } = change;
  // whoever selects nothing hears of all in its namespace, or of all
  const info =
    selection.selective || selection.key !== null || !key.startsWith(selection.prefix) ? infoOf(state, resource) : null;
  const deleted = watchEvent.type === 'DELETED';
  const now = !deleted && (info === null || isSelected(selection, info, key, object));
  const before = previous !== null && (info === null || isSelected(selection, info, key, previous));
  if (now) return before ? asModified(watchEvent) : asAdded(watchEvent);
  if (!before) return null;
  return deleted ? watchEvent : { type: 'DELETED', object: leaving(previous, object) };
}

const asModified = (event: WatchEvent): WatchEvent =>
  event.type === 'MODIFIED' ? event : { ...event, type: 'MODIFIED' };
const asAdded = (event: WatchEvent): WatchEvent => (event.type === 'ADDED' ? event : { ...event, type: 'ADDED' });

/** What a watcher is told of an object that it no longer selects: its last selected state, at the revision of the change. */
function leaving(previous: KubeObject, object: KubeObject): KubeObject {
  const { resourceVersion } = object.metadata;
  return Object.freeze({ ...previous, metadata: Object.freeze({ ...previous.metadata, resourceVersion }) });
}

/** Tells all who watch a resource of a batch of changes, each audience in one message. */
export function tellWatchers(
  state: ApiServerState,
  ctx: Context,
  cache: WatchCache,
  changes: readonly CacheEvent[],
): void {
  if (cache.watchers.size === 0) return;
  const touched: Audience[] = [];
  for (const change of changes) {
    const { object, previous, key } = change;
    const nodes = cache.byNode === null ? null : ([nodeOf(previous ?? object), nodeOf(object)] as const);
    visitAudiences(cache.watchers, key, object.metadata.namespace ?? '', nodes, (audience) => {
      const event = eventOf(state, audience, change);
      if (event === null) return;
      if (audience.outgoing.length === 0) touched.push(audience);
      audience.outgoing.push(event);
    });
  }
  for (const audience of touched) {
    const events = audience.outgoing;
    audience.outgoing = [];
    audience.areIdsSent = true;
    tell(state, ctx, audience, audience.ids, events);
  }
}

/** Tells watches of an audience of what has happened, in the form and version that they asked for. */
function tell(
  state: ApiServerState,
  ctx: Context,
  audience: Audience,
  ids: readonly number[],
  happened: readonly WatchEvent[],
): void {
  if (happened.length === 0) return;
  state.counters.watchEvents += happened.length * ids.length;
  const asStored = audience.form === null && state.caches.has(audience.resource);
  const events = asStored ? happened : formed(state, audience, happened, ctx.now);
  const message: WatchEvents =
    ids.length === 1
      ? { type: 'api/watch-events', id: ids[0]!, events }
      : { type: 'api/watch-events', id: ids[0]!, ids, events };
  ctx.send(audience.client, message);
}

function formed(
  state: ApiServerState,
  audience: Audience,
  events: readonly WatchEvent[],
  now: Micros,
): readonly WatchEvent[] {
  const info = infoOf(state, audience.resource);
  const { unconvertible = null } = info.custom ?? {};
  if (unconvertible !== null)
    return events.map((event) => (isChange(event) ? { type: 'ERROR', object: internalError(unconvertible) } : event));
  return events.map((event) => inForm(audience, info, event, now));
}

const isChange = ({ type }: WatchEvent): boolean => type !== 'ERROR' && type !== 'BOOKMARK';

const inServedVersion = (info: ResourceInfo, event: WatchEvent): WatchEvent =>
  isChange(event) ? { ...event, object: inVersion(info, event.object as KubeObject) } : event;

/** A watch event as those who watch want it. */
function inForm(audience: Audience, info: ResourceInfo, event: WatchEvent, now: Micros): WatchEvent {
  if (audience.form === null) return inServedVersion(info, event);
  if (audience.form === 'Table') return asTable(audience, info, event, now);
  return event.type === 'ERROR' ? event : { ...event, object: partialOf(event.object as KubeObject) };
}

/** A watch event with a Table of one row for its object; only the first carries the columns. */
function asTable(audience: Audience, info: ResourceInfo, event: WatchEvent, now: Micros): WatchEvent {
  if (!isChange(event)) return event;
  const table = tableOf(
    info,
    [event.object as KubeObject],
    { query: { includeObject: audience.include } },
    now,
  ) as unknown as KubeObject;
  const object = audience.tableStarted ? ({ ...table, columnDefinitions: null } as unknown as KubeObject) : table;
  audience.tableStarted = true;
  return { type: event.type, object };
}

/** Tells every watcher that wants to know how far its resource has come. */
export function sendBookmarks(state: ApiServerState, ctx: Context): void {
  for (const watchers of state.watchers.values()) {
    for (const watcher of watchers.values()) {
      const cache = cacheOf(state, watcher.audience.resource);
      if (watcher.bookmarks && cache?.ready === true) sendBookmark(state, ctx, cache, watcher);
    }
  }
}

function sendBookmark(state: ApiServerState, ctx: Context, cache: WatchCache, { id, audience }: Watcher): void {
  const info = infoOf(state, audience.resource);
  const event: WatchEvent = { type: 'BOOKMARK', object: bookmark(info, revisionOf(state, cache)) };
  const shown = audience.form === null ? event : inForm(audience, info, event, ctx.now);
  const message: WatchEvents = { type: 'api/watch-events', id, events: [shown] };
  ctx.send(audience.client, message);
}

/** A watch is about to end, or ends. */
export function watchTimerFired(state: ApiServerState, ctx: Context, message: WatchTimer): void {
  const watcher = state.watchers.get(message.client)?.get(message.id);
  if (watcher === undefined) return;
  watcher.timer = null;
  const cache = cacheOf(state, watcher.audience.resource);
  if (watcher.ending || cache === undefined) return endWatch(state, ctx, message.client, message.id);
  watcher.ending = true;
  watcher.timer = ctx.after(BOOKMARK_BEFORE_END, message);
  sendBookmark(state, ctx, cache, watcher);
}

/** Ends all watches of a cache. */
export function endWatches(state: ApiServerState, ctx: Context, { watchers }: WatchCache): void {
  for (const { client, ids } of audiencesOf(watchers)) for (const id of [...ids]) endWatch(state, ctx, client, id);
}

/** Closes a watch from this side. */
function endWatch(state: ApiServerState, ctx: Context, client: ProcessId, id: number): void {
  dropWatch(state, ctx, client, id);
  const closed: WatchClosed = { type: 'api/watch-closed', id };
  ctx.send(client, closed);
}

/** Forgets a watch. */
export function dropWatch(state: ApiServerState, ctx: Context, client: ProcessId, id: number): void {
  const own = state.watchers.get(client);
  const watcher = own?.get(id);
  if (own === undefined || watcher === undefined) return;
  own.delete(id);
  if (own.size === 0) state.watchers.delete(client);
  ctx.cancel(watcher.timer);
  const cache = cacheOf(state, watcher.audience.resource);
  if (cache !== undefined) removeFromIndex(cache.watchers, watcher);
  state.counters.watchesOpen--;
}

/** Forgets all watches of a client that has ended. */
export function dropClient(state: ApiServerState, ctx: Context, client: ProcessId): void {
  for (const id of [...(state.watchers.get(client)?.keys() ?? [])]) dropWatch(state, ctx, client, id);
}
