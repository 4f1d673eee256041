// long: all messages that an API server takes, and where each goes on
/**
 * The API server as a process: requests in, decided and stored in etcd, answered; the watch caches fed by etcd and
 * told to those who watch. It alone talks to etcd. What it remembers is in `state.ts`; nothing of it needs to
 * survive. Requests come in here and go on in `reads.ts`, `watching.ts` and `writes.ts`; etcd's answers come in here too.
 */
import { pathSegmentErrors } from '#engine/api/names';
import { builtIn } from '#engine/api/registry';
import {
  badRequest,
  internalError,
  methodNotAllowed,
  notFound,
  unknownMethod,
  unknownPath,
} from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { KubeObject } from '#engine/api/types';
import type { EtcdAnswer } from '#engine/etcd/wire';
import { type Context, defineProcess, type KernelMessage, type Message, type ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { earlyReadTimerFired, type EarlyReadTimer, goOn } from './answers';
import { newAuditLog } from './audit';
import { bootstrapObjects } from './bootstrap';
import { beginCompaction, COMPACT_EVERY } from './compaction';
import { armDeadlines, passDeadlines } from './deadlines';
import { askAgain, type AskAgain, asksAgain, newEtcdConnection, PING_WHEN_QUIET } from './etcd-connection';
import { checkEtcd, lostEtcd, pingAnswered, tryEtcd } from './etcd-health';
import { type EtcdProbeTimer, probed, probeEtcd } from './etcd-probe';
import {
  API_SERVICES,
  feedArrived,
  feedCanceled,
  feedOpened,
  fillAgain,
  type FillTimer,
  lookAtDefinitions,
  startCaches,
  stopIdleCaches,
  takeWaiters,
  waitsForCache,
} from './feed';
import { admitRequest, routeOfRequest } from './handler-chain';
import { healthAsk, healthOf, VERSION, reportReadiness } from './health';
import { lateAnswers } from './late';
import { endpointWrites, noMasterLeases, renewMasterLease } from './master-leases';
import { openApiDocument } from './openapi';
import { beginGet, beginList } from './reads';
import { NO_WARNINGS, OWN, OWN_ENDPOINTS, PAGE_NOT_FOUND, sendResponse } from './respond';
import { isConnect, type ResourceRequest, routeOf, type Verb } from './routes';
import { lateStreams, noProxied, streamsIn } from './proxied';
import { cacheOf, resourcesOf } from './served';
import { keyOf } from './storage';
import type { ApiServerArgs, ApiServerState, Asker } from './state';
import type { FromBackend } from './stream-wire';
import type { DialTimer } from './streams';
import { type Tick, tick } from './tick';
import {
  beginWatch,
  BOOKMARK_EVERY,
  dropClient,
  dropWatch,
  sendBookmarks,
  watchTimerFired,
  type WatchTimer,
} from './watching';
import { forgetOld } from './watch-cache';
import type { ApiRequest, Pong, ToApiServer } from './wire';
import { beginWrite } from './writes';

/** How long etcd may take to let an API server in. @source apiserver/pkg/storage/storagebackend/factory/etcd3.go (dialTimeout) */
const STORAGE_WITHIN: Micros = 20 * SECOND;

type ApiServerMessage =
  | ToApiServer
  | EtcdAnswer
  | FromBackend
  | Tick
  | EarlyReadTimer
  | FillTimer
  | AskAgain
  | EtcdProbeTimer
  | WatchTimer
  | DialTimer
  | KernelMessage;

export const kubeApiserver = defineProcess<ApiServerState, ApiServerArgs>({
  kind: 'kube-apiserver',

  start(ctx, args) {
    const state: ApiServerState = {
      args,
      etcd: newEtcdConnection(args.etcd, ctx.monotonic),
      definitions: [],
      settling: new Map(),
      caches: new Map(),
      cacheWaiters: new Map(),
      feeds: new Map(),
      pending: new Map(),
      watchers: new Map(),
      proxied: noProxied(),
      earlyReads: new Map(),
      nextEarlyRead: 1,
      collections: new Map(),
      nextCollection: 1,
      eventLease: { id: 0, expires: 0, attached: 0, waiting: [], granting: false },
      compaction: { version: 0, revision: 0 },
      bootstrap: {
        stages: bootstrapObjects(args),
        waiting: 0,
        failed: false,
        done: false,
        listening: false,
        knocking: new Set(),
      },
      masterLeases: noMasterLeases(),
      etcdProbe: { askedAt: -1, id: 0, failed: false, waiting: null },
      deadlineTimer: false,
      audit: newAuditLog(),
      flow: null,
      aggregated: null,
      audited: new Map(),
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
    ctx.log('I server.go] Version: v1.35.5');
    ctx.log('I secure_serving.go:211] Serving securely on [::]:6443');
    ctx.monitor(args.etcd);
    startCaches(state, ctx);
    reportReadiness(state, ctx);
    ctx.after(BOOKMARK_EVERY, tick('apiserver/bookmarks'));
    ctx.after(COMPACT_EVERY, tick('apiserver/compact'));
    ctx.after(PING_WHEN_QUIET, tick('apiserver/etcd-health'));
    ctx.after(STORAGE_WITHIN, tick('apiserver/start'));
    return state;
  },

  handle(state, incoming, ctx) {
    const message = incoming as ApiServerMessage;
    switch (message.type) {
      case 'api/request':
        return accept(state, ctx, message);
      case 'api/cancel':
        if (ctx.from === null) return;
        dropWatch(state, ctx, ctx.from, message.id);
        return streamsIn(state)?.clientClosed(state, ctx, ctx.from, message.id);
      case 'api/stream-chunk':
        return streamsIn(state)?.passToBackend(state, ctx, message);
      case 'http/response':
        return streamsIn(state)?.backendAnswered(state, ctx, message);
      case 'pipe/chunk':
      case 'pipe/closed':
        return streamsIn(state)?.passToClient(state, ctx, message);
      case 'pipe/ping':
      case 'pipe/pong':
        return ctx.from === null ? undefined : streamsIn(state)?.backendHeard(state, ctx.from, ctx.monotonic);
      case 'apiserver/dial-timeout':
        return streamsIn(state)?.dialTimedOut(state, ctx, message);
      case 'apiserver/streams':
        return lateStreams.code.lookAtStreams(state, ctx);
      case 'api/ping': {
        if (ctx.from === null) return;
        streamsIn(state)?.clientHeard(state, ctx.from, ctx.monotonic);
        if (!state.bootstrap.listening) return void state.bootstrap.knocking.add(ctx.from);
        return answerPing(state, ctx, ctx.from);
      }
      case 'kernel/down':
        return message.process === state.args.etcd ? lostEtcd(state, ctx) : peerGone(state, ctx, message.process);
      case 'kernel/refused':
        return message.to === state.args.etcd ? lostEtcd(state, ctx) : peerGone(state, ctx, message.to);
      case 'apiserver/watch-timer':
        return watchTimerFired(state, ctx, message);
      case 'apiserver/bookmarks':
        sendBookmarks(state, ctx);
        for (const cache of state.caches.values()) forgetOld(cache, ctx.now);
        stopIdleCaches(state, ctx);
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
      case 'apiserver/definitions':
        return lookAtDefinitions(state, ctx);
      case 'apiserver/bootstrap':
        return goOnWithBootstrap(state, ctx);
      case 'apiserver/master-lease':
        return renewMasterLease(state, ctx);
      case 'apiserver/endpoints':
        return writeEndpoints(state, ctx);
      case 'apiserver/stop':
        return lateAnswers.code.stopServing(state, ctx);
      case 'apiserver/drain':
        return lateAnswers.code.drain(state, ctx);
      case 'apiserver/start':
      case 'apiserver/hooks':
        return state.bootstrap.done ? undefined : lateAnswers.code.startFails(state, ctx, message.type);
      case 'apiserver/aggregation':
        return lateAnswers.code.lookAtAggregation(state, ctx);
      case 'apiserver/ask-again':
        return askAgain(state.etcd, ctx, message);
      case 'apiserver/etcd-probe-timeout':
        return probed(state, ctx, message.id, false);
      case 'apiserver/flow':
        return lateAnswers.code.flowControl.letGo(state, ctx, (asker, request) => takeUp(state, ctx, asker, request));
      case 'apiserver/fill':
        return fillAgain(state, ctx, message);
      case 'apiserver/early-read':
        return earlyReadTimerFired(state, ctx, message);
      default:
        return heardEtcd(state, ctx, message);
    }
  },
});

/** From now on connections are taken up, and those of who came too early. */
function listen(state: ApiServerState, ctx: Context): void {
  const { bootstrap } = state;
  bootstrap.listening = true;
  for (const client of bootstrap.knocking) answerPing(state, ctx, client);
  bootstrap.knocking.clear();
}

function answerPing(state: ApiServerState, ctx: Context, client: ProcessId): void {
  const held = [...(state.watchers.get(client)?.keys() ?? []), ...(streamsIn(state)?.streamsOf(state, client) ?? [])];
  const pong: Pong = { type: 'api/pong', watches: held };
  ctx.send(client, pong);
}

function peerGone(state: ApiServerState, ctx: Context, peer: ProcessId): void {
  dropClient(state, ctx, peer);
  streamsIn(state)?.processGone(state, ctx, peer);
}

/** Takes up a client's request. */
function accept(state: ApiServerState, ctx: Context, request: ApiRequest): void {
  if (ctx.from === null) return;
  const admitted = admitRequest(state, ctx, ctx.from, request);
  if (admitted === null) return;
  const { asker, route } = admitted;
  if (state.flow !== null || isFromOutside(request)) {
    if (!lateAnswers.code.flowControl.take(state, ctx, asker, request, route)) return;
  }
  dispatch(state, ctx, asker, request, route);
  if (state.pending.size > 0) armDeadlines(state, ctx);
}

/**
 * Somebody's and no component's. What a starting cluster applies by itself is none of it, as that comes without late code: a
 * kubectl that a person runs says on which system it runs.
 */
const isFromOutside = ({ streaming, userAgent }: ApiRequest): boolean =>
  streaming === true || userAgent.startsWith('kubectl/v1.35.5 (');

/** Goes on with a request that had to wait. */
function takeUp(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): void {
  dispatch(state, ctx, asker, request, routeOfRequest(state, request));
  if (state.pending.size > 0) armDeadlines(state, ctx);
}

/** Verbs that bring an object. */
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

function dispatch(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest | null,
): void {
  if (route === null) {
    if (state.aggregated !== null && lateAnswers.code.answerAggregated(state, ctx, asker, request)) return;
    return answerPath(state, ctx, asker, request);
  }
  const { unconvertible = null } = route.info.custom ?? {};
  if (unconvertible !== null && (WRITES.has(route.verb) || cacheOf(state, route.info.id)?.objects.size !== 0)) {
    const status = internalError(unconvertible);
    return sendResponse(state, ctx, asker, 500, status);
  }
  const wrong = pathSegmentErrors(route.name);
  if (wrong.length > 0) {
    const status = badRequest(`Name parameter invalid: ${JSON.stringify(route.name)}: ${wrong.join(';')}`);
    return sendResponse(state, ctx, asker, 400, status);
  }
  if (isConnect(route)) return lateAnswers.code.beginConnect(state, ctx, asker, request, route);
  if (!isServed(route)) {
    const status = notServed(route);
    return sendResponse(state, ctx, asker, status.code ?? 405, status);
  }
  if (route.info.store === '' || isOfApiServices(route))
    return lateAnswers.code.answerVirtual(state, ctx, asker, request, route);
  switch (route.verb) {
    case 'get':
      return beginGet(state, ctx, asker, request, route);
    case 'list':
      return beginList(state, ctx, asker, request, route);
    case 'watch':
      if (waitsForCache(state, ctx, route.info, { asker, request })) return;
      return beginWatch(state, ctx, asker, request, route);
    case 'deletecollection':
      if (waitsForCache(state, ctx, route.info, { asker, request })) return;
      return lateAnswers.code.deleteCollection(state, ctx, asker, request, route);
    default:
      if (route.subresource === 'token') return lateAnswers.code.createToken(state, ctx, asker, request, route);
      return beginWrite(state, ctx, asker, request, route);
  }
}

/** Those of the built-in groups are not stored. */
const isOfApiServices = ({ info, verb, subresource }: ResourceRequest): boolean =>
  info.id === API_SERVICES && subresource === '' && (verb === 'get' || verb === 'list');

/** Verbs of the subresources that are served. */
const SUBRESOURCE_VERBS: ReadonlyMap<string, readonly Verb[]> = new Map<string, readonly Verb[]>([
  ['status', ['get', 'update', 'patch']],
  ['scale', ['get', 'update', 'patch']],
  ['finalize', ['update']],
  ['binding', ['create']],
  ['eviction', ['create']],
  ['token', ['create']],
  ['approval', ['get', 'update', 'patch']],
  ['ephemeralcontainers', ['get', 'update', 'patch']],
  ['resize', ['get', 'update', 'patch']],
]);

function isServed({ info, verb, namespace, name, subresource }: ResourceRequest): boolean {
  if (subresource !== '') {
    return info.subresources.includes(subresource) && (SUBRESOURCE_VERBS.get(subresource)?.includes(verb) ?? false);
  }
  if (!info.verbs.includes(verb)) return false;
  if (verb === 'create') return name === '' && (namespace !== '' || !info.namespaced);
  if (verb === 'update' || verb === 'patch') return name !== '';
  return verb !== 'deletecollection' || namespace !== '' || !info.namespaced;
}

/** Why there is nothing at a path of a resource. @source go-restful's router; apiextensions-apiserver/pkg/apiserver/customresource_handler.go */
function notServed({ info, verb, name, subresource }: ResourceRequest): Status {
  const known = subresource === '' || info.subresources.includes(subresource);
  if (info.custom !== undefined) return known ? methodNotAllowed(info, verb) : notFound(info, name);
  // A watch is a list until its parameters are read. @source apiserver/pkg/endpoints/handlers/get.go
  if (known && verb === 'watch' && info.verbs.includes('list')) return methodNotAllowed(info, verb);
  return known ? unknownMethod() : unknownPath();
}

/** Whether a path belongs to a group that is built in, whose handler says in a Status that there is nothing. */
function isGroupPath(path: string): boolean {
  const [, root, group] = path.split('/');
  return root === 'api' || (root === 'apis' && builtIn.all.some((info) => info.group === group && group !== ''));
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** Paths that are no resource: health, version, discovery; or nothing. */
function answerPath(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): void {
  const { path, method } = request;
  if (method === 'GET') {
    const ask = healthAsk(asker, request);
    const health = healthOf(state, ask);
    if (health !== null && probeEtcd(state, ctx, ask)) return;
    if (health !== null) return sendResponse(state, ctx, asker, health.code, health.body);
    if (path === '/version' || path === '/version/') return sendResponse(state, ctx, asker, 200, VERSION);
    if (path === '/metrics') {
      return sendResponse(state, ctx, asker, 200, lateAnswers.code.metricsText(state), NO_WARNINGS, {
        contentType: METRICS_TYPE,
      });
    }
    const openApi = openApiDocument(resourcesOf(state), path);
    if (openApi !== null) {
      const { document, body } = openApi;
      return sendResponse(state, ctx, asker, 200, body, NO_WARNINGS, { document });
    }
    const found =
      lateAnswers.code.issuerDocument(state, path) ??
      lateAnswers.code.discoveryOf(
        resourcesOf(state),
        path,
        request.accept,
        `${state.args.advertiseAddress}:6443`,
        state.aggregated,
      );
    if (found !== null) {
      const { body, ...more } = found;
      return sendResponse(state, ctx, asker, 200, body, NO_WARNINGS, more);
    }
  }
  sendResponse(state, ctx, asker, 404, isGroupPath(path) ? unknownPath() : PAGE_NOT_FOUND);
}

/** etcd has said something: it is there, and the answer is for whoever asked. */
function heardEtcd(state: ApiServerState, ctx: Context, answer: EtcdAnswer): void {
  const { etcd } = state;
  if (ctx.from !== etcd.server) return;
  etcd.lastHeard = ctx.monotonic;
  if (answer.type === 'etcd/watch-events') {
    if (!feedArrived(state, ctx, answer))
      ctx.send(etcd.server, { type: 'etcd/watch-cancel', id: answer.id } as Message);
    return;
  }
  if (answer.type === 'etcd/watch-created') return feedOpened(state, answer.id);
  if (answer.type === 'etcd/watch-canceled') return feedCanceled(state, ctx, answer);
  if (answer.header.revision > etcd.revision && etcd.up) etcd.revision = answer.header.revision;
  const pending = state.pending.get(answer.id);
  if (pending === undefined) return;
  if (asksAgain(etcd, ctx, answer)) {
    // etcd is there and cannot serve: whoever asks is told.
    if (!state.bootstrap.listening) listen(state, ctx);
    return;
  }
  state.pending.delete(answer.id);
  etcd.sent.delete(answer.id);
  if (pending.type === 'ping') return pingAnswered(state, ctx);
  goOn(state, ctx, pending, answer);
  if (pending.type !== 'fill-cache') return;
  for (const { asker, request } of takeWaiters(state, pending.resource)) {
    dispatch(state, ctx, asker, request, routeOfRequest(state, request));
  }
  if (!state.bootstrap.done && isFilled(state)) goOnWithBootstrap(state, ctx);
}

const isFilled = (state: ApiServerState): boolean => [...state.caches.values()].every((cache) => cache.ready);

/** Creates what a new cluster needs and does not have: all of one stage at once, then the next. */
function goOnWithBootstrap(state: ApiServerState, ctx: Context): void {
  const { bootstrap } = state;
  if (bootstrap.waiting > 0) return;
  let stage = bootstrap.stages[0];
  while (stage !== undefined) {
    const missing = stage.filter(({ path, body }) => !exists(state, path, body.metadata?.name ?? ''));
    if (missing.length > 0) {
      bootstrap.waiting = missing.length;
      for (const { path, body } of missing) writeOwn(state, ctx, OWN, { method: 'POST', path, body });
      return;
    }
    bootstrap.stages.shift();
    stage = bootstrap.stages[0];
  }
  if (!bootstrap.done) renewMasterLease(state, ctx);
  bootstrap.done = true;
  reportReadiness(state, ctx);
  listen(state, ctx);
  if (state.flow !== null) ctx.after(0, tick('apiserver/flow'));
}

function writeEndpoints(state: ApiServerState, ctx: Context): void {
  const writes = endpointWrites(state);
  state.masterLeases.writing = writes.length;
  for (const write of writes) writeOwn(state, ctx, OWN_ENDPOINTS, write);
  if (writes.length === 0 && state.masterLeases.removing) lateAnswers.code.endpointsRemoved(state, ctx);
}

function writeOwn(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  { method, path, body }: { readonly method: 'POST' | 'PUT'; readonly path: string; readonly body: unknown },
): void {
  const request: ApiRequest = {
    type: 'api/request',
    id: 0,
    method,
    path,
    body,
    userAgent: 'kube-apiserver/v1.35.5',
    credentials: NO_CREDENTIALS,
  };
  dispatch(state, ctx, asker, request, routeOfRequest(state, request));
}

const NO_CREDENTIALS = Object.freeze({});

function exists(state: ApiServerState, path: string, name: string): boolean {
  const route = routeOf(resourcesOf(state), 'GET', `${path}/${name}`, false);
  if (route === null) return true;
  const cache = cacheOf(state, route.info.id);
  const object: KubeObject | undefined = cache?.objects.get(keyOf(cache.prefix, route.namespace, name));
  return object !== undefined;
}
