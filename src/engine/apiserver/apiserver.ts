/**
 * The API server as a process: requests in, decided and stored in etcd, answered; the watch caches fed by etcd and
 * told to those who watch. It alone talks to etcd. What it remembers is in `state.ts`; nothing of it needs to
 * survive. Requests come in here and go on in `reads.ts`, `watching.ts` and `writes.ts`; etcd's answers come in here too.
 */
import { methodNotAllowed, plainError, timeout, unknownPath } from '#engine/api/status-error';
import type { KubeObject } from '#engine/api/types';
import type { EtcdAnswer } from '#engine/etcd/wire';
import { type Context, defineProcess, type KernelMessage, type Message } from '#engine/kernel/process';
import { newRing } from '#engine/kernel/ring';
import type { Micros } from '#engine/kernel/time';
import { KEPT_AUDIT_RECORDS } from './audit';
import { bootstrapObjects } from './bootstrap';
import { memberAnswered } from './collections';
import { beginCompaction, COMPACT_EVERY, compactionAnswered } from './compaction';
import { discoveryOf, verbsOf } from './discovery';
import {
  disconnected,
  newEtcdConnection,
  PING_TIMEOUT,
  PING_WHEN_QUIET,
  RECONNECT_EVERY,
  reconnected,
} from './etcd-connection';
import { feedArrived, feedCanceled, feedOpened, feedsLost, fillAnswered, resumeFeeds, startCaches } from './feed';
import { healthOf, VERSION } from './health';
import { deleteOptions, isStatus } from './query';
import { beginGet, beginList, initializing, newQuery, readAnswered, readCurrentCache, refuseEarly, revisionOf, selectCached } from './reads';
import { resourceName } from './resource-name';
import { OWN, sendResponse } from './respond';
import { type ResourceRequest, routeOf, type Verb } from './routes';
import { keyOf } from './storage';
import type { ApiServerArgs, ApiServerState, Asker, Pending, ReadQuery } from './state';
import { beginWatch, BOOKMARK_EVERY, dropClient, dropWatch, openWatch, sendBookmarks, watchTimerFired, type WatchTimer } from './watching';
import type { ApiRequest, Pong, ToApiServer } from './wire';
import { beginWrite, eventLeaseAnswered, finish, startOperation, timedOut, writeAnswered } from './writes';

interface Tick extends Message {
  readonly type:
    | 'apiserver/bookmarks'
    | 'apiserver/compact'
    | 'apiserver/etcd-health'
    | 'apiserver/etcd-ping-timeout'
    | 'apiserver/etcd-reconnect'
    | 'apiserver/deadlines'
    | 'apiserver/bootstrap';
}
interface EarlyReadTimer extends Message {
  readonly type: 'apiserver/early-read';
  readonly read: number;
}

type ApiServerMessage = ToApiServer | EtcdAnswer | Tick | EarlyReadTimer | WatchTimer | KernelMessage;

/** How long a read waits for a revision that has not been seen yet. @source storage/cacher/watch_cache.go (blockTimeout) */
const EARLY_READ_TIMEOUT: Micros = 3_000_000;

const tick = (type: Tick['type']): Tick => ({ type });

export const kubeApiserver = defineProcess<ApiServerState, ApiServerArgs>({
  kind: 'kube-apiserver',

  start(ctx, args) {
    const state: ApiServerState = {
      args,
      etcd: newEtcdConnection(args.etcd, ctx.monotonic),
      caches: new Map(),
      feeds: new Map(),
      pending: new Map(),
      watchers: new Map(),
      earlyReads: new Map(),
      nextEarlyRead: 1,
      collections: new Map(),
      nextCollection: 1,
      eventLease: { id: 0, expires: 0, attached: 0, waiting: [], granting: false },
      compaction: { version: 0, revision: 0 },
      bootstrap: { remaining: bootstrapObjects(args), done: false },
      deadlineTimer: false,
      audit: newRing(KEPT_AUDIT_RECORDS),
      counters: {
        get: 0,
        list: 0,
        watch: 0,
        create: 0,
        update: 0,
        patch: 0,
        delete: 0,
        deletecollection: 0,
        errors: 0,
        conflicts: 0,
        watchEvents: 0,
        watchesOpen: 0,
      },
    };
    ctx.monitor(args.etcd);
    startCaches(state, ctx);
    ctx.after(BOOKMARK_EVERY, tick('apiserver/bookmarks'));
    ctx.after(COMPACT_EVERY, tick('apiserver/compact'));
    ctx.after(PING_WHEN_QUIET, tick('apiserver/etcd-health'));
    return state;
  },

  handle(state, incoming, ctx) {
    const message = incoming as ApiServerMessage;
    switch (message.type) {
      case 'api/request':
        return accept(state, ctx, message);
      case 'api/cancel':
        if (ctx.from !== null) dropWatch(state, ctx, ctx.from, message.id);
        return;
      case 'api/ping': {
        if (ctx.from === null) return;
        const pong: Pong = { type: 'api/pong', watches: [...(state.watchers.get(ctx.from)?.keys() ?? [])] };
        return ctx.send(ctx.from, pong);
      }
      case 'kernel/down':
        return message.process === state.args.etcd ? lostEtcd(state, ctx) : dropClient(state, ctx, message.process);
      case 'kernel/refused':
        return message.to === state.args.etcd ? lostEtcd(state, ctx) : dropClient(state, ctx, message.to);
      case 'apiserver/watch-timer':
        return watchTimerFired(state, ctx, message);
      case 'apiserver/bookmarks':
        sendBookmarks(state, ctx);
        ctx.after(BOOKMARK_EVERY, message);
        return;
      case 'apiserver/compact':
        if (state.etcd.up) beginCompaction(state, ctx);
        ctx.after(COMPACT_EVERY, message);
        return;
      case 'apiserver/etcd-health':
        checkEtcd(state, ctx);
        ctx.after(PING_WHEN_QUIET, message);
        return;
      case 'apiserver/etcd-ping-timeout':
        if (state.etcd.ping !== 0) lostEtcd(state, ctx);
        return;
      case 'apiserver/etcd-reconnect':
        return tryEtcd(state, ctx);
      case 'apiserver/deadlines':
        return passDeadlines(state, ctx);
      case 'apiserver/bootstrap':
        return goOnWithBootstrap(state, ctx);
      case 'apiserver/early-read': {
        const query = state.earlyReads.get(message.read);
        state.earlyReads.delete(message.read);
        if (query !== undefined && !goOnWithRead(state, ctx, query)) refuseEarly(state, ctx, query);
        return;
      }
      default:
        return heardEtcd(state, ctx, message);
    }
  },
});

/** Takes up a client's request. */
function accept(state: ApiServerState, ctx: Context, request: ApiRequest): void {
  if (ctx.from === null) return;
  dispatch(state, ctx, { client: ctx.from, id: request.id }, request);
  if (state.pending.size > 0) armDeadlines(state, ctx);
}

function dispatch(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): void {
  const { method, path, query } = request;
  const watch = query?.['watch'] === 'true' || query?.['watch'] === '1';
  const route = routeOf(method, path, watch);
  if (route === null) return answerPath(state, ctx, asker, request);
  if (!isServed(route)) {
    const status = methodNotAllowed(route.info, route.verb);
    return sendResponse(state, ctx, asker, 405, status);
  }
  switch (route.verb) {
    case 'get':
      return beginGet(state, ctx, asker, request, route);
    case 'list':
      return beginList(state, ctx, asker, request, route);
    case 'watch':
      return beginWatch(state, ctx, asker, request, route);
    case 'deletecollection':
      return deleteCollection(state, ctx, asker, request, route);
    default:
      return beginWrite(state, ctx, asker, request, route);
  }
}

/** Verbs of the subresources that are served. */
const SUBRESOURCE_VERBS: ReadonlyMap<string, readonly Verb[]> = new Map<string, readonly Verb[]>([
  ['status', ['get', 'update', 'patch']],
  ['scale', ['get', 'update', 'patch']],
  ['finalize', ['update']],
  ['binding', ['create']],
  ['eviction', ['create']],
]);

function isServed({ info, verb, namespace, name, subresource }: ResourceRequest): boolean {
  if (subresource !== '') {
    return info.subresources.includes(subresource) && (SUBRESOURCE_VERBS.get(subresource)?.includes(verb) ?? false);
  }
  if (verb === 'create') return name === '' && (namespace !== '' || !info.namespaced);
  if (verb === 'update' || verb === 'patch') return name !== '';
  if (verb === 'deletecollection') return verbsOf(info).includes(verb) && (namespace !== '' || !info.namespaced);
  return true;
}

/** Paths that are no resource: health, version, discovery; or nothing. */
function answerPath(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): void {
  const { path, method } = request;
  if (method === 'GET') {
    const health = healthOf(state, path, request.query);
    if (health !== null) return sendResponse(state, ctx, asker, health.code, health.body);
    if (path === '/version' || path === '/version/') return sendResponse(state, ctx, asker, 200, VERSION);
    const discovery = discoveryOf(path, `${state.args.advertiseAddress}:6443`);
    if (discovery !== null) return sendResponse(state, ctx, asker, 200, discovery);
  }
  const status = unknownPath();
  sendResponse(state, ctx, asker, 404, status);
}

/** Deletes all that is selected: each object by a deletion of its own. */
function deleteCollection(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest): void {
  state.counters.deletecollection++;
  const options = deleteOptions(request.query, request.body);
  if (isStatus(options)) return sendResponse(state, ctx, asker, options.code ?? 422, options);
  const query = newQuery(state, ctx, asker, request, route, 0);
  if (query === null) return;
  const cache = state.caches.get(resourceName(route.info));
  if (cache === undefined || !cache.ready) {
    const busy = initializing();
    return sendResponse(state, ctx, asker, 429, busy);
  }
  const objects = selectCached(cache, query.selection);
  const id = state.nextCollection++;
  const collection = {
    asker,
    resource: cache.resource,
    waiting: objects.length + 1,
    deleted: objects,
    error: null,
    revision: revisionOf(state, cache),
  };
  state.collections.set(id, collection);
  for (const object of objects) {
    startOperation(state, ctx, {
      asker,
      verb: 'delete',
      resource: cache.resource,
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name,
      subresource: '',
      user: request.user,
      body: null,
      contentType: '',
      fieldValidation: 'Ignore',
      options,
      warnings: [],
      collection: id,
    });
  }
  memberAnswered(state, ctx, id, 200, null);
}

/** etcd has said something: it is there, and the answer is for whoever asked. */
function heardEtcd(state: ApiServerState, ctx: Context, answer: EtcdAnswer): void {
  const { etcd } = state;
  if (ctx.from !== etcd.server) return;
  etcd.lastHeard = ctx.monotonic;
  if (answer.type === 'etcd/watch-events') {
    if (!feedArrived(state, ctx, answer)) ctx.send(etcd.server, { type: 'etcd/watch-cancel', id: answer.id } as Message);
    return;
  }
  if (answer.type === 'etcd/watch-created') return feedOpened(state, answer.id);
  if (answer.type === 'etcd/watch-canceled') return feedCanceled(state, ctx, answer);
  if (answer.header.revision > etcd.revision && etcd.up) etcd.revision = answer.header.revision;
  const pending = state.pending.get(answer.id);
  if (pending === undefined) return;
  state.pending.delete(answer.id);
  etcd.sent.delete(answer.id);
  goOn(state, ctx, pending, answer);
}

/** Goes on with what waited for this answer. */
function goOn(state: ApiServerState, ctx: Context, pending: Pending, answer: EtcdAnswer): void {
  switch (pending.type) {
    case 'write':
    case 'read-current':
    case 'look-up':
      return writeAnswered(state, ctx, pending, answer);
    case 'get':
    case 'list-page':
      return readAnswered(state, ctx, pending, answer);
    case 'progress':
      return progressAnswered(state, ctx, pending.query, answer);
    case 'fill-cache':
      fillAnswered(state, ctx, pending.resource, answer);
      if (!state.bootstrap.done && [...state.caches.values()].every((cache) => cache.ready)) goOnWithBootstrap(state, ctx);
      return;
    case 'event-lease':
      return eventLeaseAnswered(state, ctx, answer);
    case 'ping':
      return pingAnswered(state, ctx);
    case 'compact-record':
      return compactionAnswered(state, ctx, answer);
    case 'compact':
      return;
  }
}

/** The caches are as current as etcd now. */
function progressAnswered(state: ApiServerState, ctx: Context, query: ReadQuery, answer: EtcdAnswer): void {
  if (answer.type !== 'etcd/progress-answer') {
    const status = plainError(answer.type === 'etcd/error' ? answer.error : 'etcdserver: request timed out');
    return sendResponse(state, ctx, query.asker, 500, status);
  }
  if (goOnWithRead(state, ctx, query)) return;
  const read = state.nextEarlyRead++;
  state.earlyReads.set(read, query);
  const timer: EarlyReadTimer = { type: 'apiserver/early-read', read };
  ctx.after(EARLY_READ_TIMEOUT, timer);
}

/** Serves a read from the cache if that has come as far as the read wants. */
function goOnWithRead(state: ApiServerState, ctx: Context, query: ReadQuery): boolean {
  if (query.verb !== 'watch') return readCurrentCache(state, ctx, query);
  const cache = state.caches.get(query.resource);
  if (cache === undefined || query.minimum > revisionOf(state, cache)) return false;
  openWatch(state, ctx, query);
  return true;
}

/** The connection to etcd broke. Writes under way may or may not have happened. */
function lostEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  if (!etcd.up) return;
  ctx.log(`grpc: addrConn.createTransport failed to connect to {Addr: "${etcd.server}"}`);
  feedsLost(state);
  for (const id of disconnected(etcd)) {
    const pending = state.pending.get(id);
    state.pending.delete(id);
    if (pending === undefined) continue;
    const error = 'rpc error: code = Unavailable desc = error reading from server: EOF';
    goOn(state, ctx, pending, { type: 'etcd/error', id, header: { member: 0, term: 0, index: 0, revision: 0 }, error });
  }
  ctx.after(RECONNECT_EVERY, tick('apiserver/etcd-reconnect'));
}

/** Asks whether etcd is there again. */
function tryEtcd(state: ApiServerState, ctx: Context): void {
  if (state.etcd.up) return;
  pingEtcd(state, ctx);
  ctx.after(RECONNECT_EVERY, tick('apiserver/etcd-reconnect'));
}

function pingEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  state.pending.delete(etcd.ping);
  const id = etcd.nextId++;
  etcd.ping = id;
  state.pending.set(id, { type: 'ping' });
  ctx.send(etcd.server, { type: 'etcd/progress', id } as Message);
}

function pingAnswered(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  etcd.ping = 0;
  if (etcd.up) return;
  ctx.monitor(etcd.server);
  resumeFeeds(state, ctx);
  reconnected(etcd, ctx);
}

/** A connection that has been quiet is asked whether it still is one. */
function checkEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  if (!etcd.up || ctx.monotonic - etcd.lastHeard < PING_WHEN_QUIET) return;
  pingEtcd(state, ctx);
  ctx.after(PING_TIMEOUT, tick('apiserver/etcd-ping-timeout'));
}

/** How often requests that take too long are looked for. */
const DEADLINE_CHECK: Micros = 5_000_000;

function armDeadlines(state: ApiServerState, ctx: Context): void {
  if (state.deadlineTimer) return;
  state.deadlineTimer = true;
  ctx.after(DEADLINE_CHECK, tick('apiserver/deadlines'));
}

const deadlineOf = (pending: Pending): Micros | null =>
  'operation' in pending ? pending.operation.deadline : 'query' in pending ? pending.query.deadline : null;

/** Gives up what has taken too long. */
function passDeadlines(state: ApiServerState, ctx: Context): void {
  for (const [id, pending] of state.pending) {
    const deadline = deadlineOf(pending);
    if (deadline === null || deadline > ctx.monotonic) continue;
    state.pending.delete(id);
    state.etcd.sent.delete(id);
    if ('operation' in pending) finish(state, ctx, pending.operation, timedOut());
    else if ('query' in pending) {
      const status = timeout('request did not complete within the allotted timeout');
      sendResponse(state, ctx, pending.query.asker, 504, status);
    }
  }
  state.deadlineTimer = false;
  if (state.pending.size > 0) armDeadlines(state, ctx);
}

/** Creates the next thing that a new cluster needs, unless it is there. */
function goOnWithBootstrap(state: ApiServerState, ctx: Context): void {
  const { remaining } = state.bootstrap;
  while (remaining.length > 0 && exists(state, remaining[0]!.path, remaining[0]!.body.metadata?.name ?? '')) remaining.shift();
  const next = remaining[0];
  if (next === undefined) {
    state.bootstrap.done = true;
    return;
  }
  const request: ApiRequest = {
    type: 'api/request',
    id: 0,
    method: 'POST',
    path: next.path,
    body: next.body,
    userAgent: 'kube-apiserver/v1.35.5',
    user: 'system:apiserver',
  };
  dispatch(state, ctx, OWN, request);
}

function exists(state: ApiServerState, path: string, name: string): boolean {
  const route = routeOf('GET', `${path}/${name}`, false);
  if (route === null) return true;
  const cache = state.caches.get(resourceName(route.info));
  const object: KubeObject | undefined = cache?.objects.get(keyOf(cache.prefix, route.namespace, name));
  return object !== undefined;
}
