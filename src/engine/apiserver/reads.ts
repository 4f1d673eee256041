/**
 * Gets and lists: from the watch cache where that is allowed and known to be current, else from etcd.
 *
 * @source kubernetes apiserver/pkg/storage/cacher/delegator.go, storage/etcd3/store.go (GetList), endpoints/handlers/get.go
 */
import {
  badRequest,
  expired,
  notFound,
  plainError,
  tooLargeResourceVersion,
  tooManyRequests,
} from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import { COMPACTED, FUTURE_REVISION } from '#engine/etcd/errors';
import { type EtcdAnswer, prefixEnd } from '#engine/etcd/wire';
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { sendProgress, sendRange } from './etcd-connection';
import { lateAnswers } from './late';
import type { ListMore } from './list-body';
import { badVersion, isStatus, type ListOptions, listOptions, versionOf } from './query';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import { lacksReplicas, noReplicas, scaleOf } from './scale-of';
import { cacheOf, infoOf, isCachedOnDemand, readObject } from './served';
import { isSelected, isSelection, type Selection, selectionOf } from './selection';
import type { ApiServerState, Asker, Page, Pending, ReadQuery } from './state';
import { keyOf } from './storage';
import { codeOf, listAs, objectAs } from './table';
import { shapeOf } from './form';
import { objectsUnder, podsOn, type WatchCache } from './watch-cache';
import type { ApiRequest } from './wire';

/** @source apiserver/pkg/server/config.go (RequestTimeout) */
const READ_TIMEOUT: Micros = 60 * SECOND;

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
const LIST_EXPIRED = 'The resourceVersion for the provided list is too old.';

/** Keys asked of etcd at a time when a selector may leave few of them. */
const PAGE = 500;

export const initializing = (): Status => tooManyRequests('storage is (re)initializing', 1);

/** Up to which revision a cache has everything: what its own events say, or what etcd said of all. */
export const revisionOf = (state: ApiServerState, cache: WatchCache): number =>
  cache.live ? Math.max(cache.revision, state.etcd.revision) : cache.revision;

/** Reads selectors of a get, list or watch; null when it was refused. */
export function newQuery(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
  minimum: number,
): ReadQuery | null {
  const { info, namespace, name, subresource } = route;
  const selection = selectionOf(info, namespace, name, request.query);
  if (!isSelection(selection)) {
    sendResponse(state, ctx, asker, selection.code ?? 400, selection);
    return null;
  }
  const verb = route.verb as ReadQuery['verb'];
  const deadline = ctx.monotonic + READ_TIMEOUT;
  return {
    asker,
    request,
    verb,
    resource: info.id,
    namespace,
    name,
    subresource,
    selection,
    minimum,
    deadline,
  };
}

export function beginGet(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  state.counters.get++;
  const version = versionOf(request.query?.['resourceVersion']);
  if (typeof version === 'string') {
    // Upstream has no cache of Events, and etcd's store takes it for the client's fault.
    const status = route.info.id === 'events' ? badVersion(version) : plainError(version);
    return sendResponse(state, ctx, asker, status.code ?? 500, status);
  }
  const query = newQuery(state, ctx, asker, request, route, version ?? 0);
  if (query === null) return;
  const cache = cacheOf(state, query.resource);
  const key = query.selection.key ?? '';
  if (version !== null && cache?.ready === true) return readCached(state, ctx, query, cache);
  state.pending.set(sendRange(state.etcd, ctx, { key }), { type: 'get', query, key });
}

export function beginList(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  state.counters.list++;
  const options = listOptions(request.query);
  if (isStatus(options)) return sendResponse(state, ctx, asker, options.code ?? 422, options);
  const query = newQuery(state, ctx, asker, request, route, options.resourceVersion ?? 0);
  if (query === null) return;
  const cache = cacheOf(state, query.resource);
  const fromCache =
    !isCachedOnDemand(route.info) && (options.resourceVersion === 0 || (options.limit === 0 && !options.exact));
  if (options.continueToken !== '' || options.exact || !fromCache) return listFromEtcd(state, ctx, query, options);
  if (cache === undefined || !cache.ready) {
    if (options.resourceVersion === null) return listFromEtcd(state, ctx, query, options);
    const busy = initializing();
    return sendResponse(state, ctx, asker, 429, busy);
  }
  if (options.resourceVersion === null) state.pending.set(sendProgress(state.etcd, ctx), { type: 'progress', query });
  else readCached(state, ctx, query, cache);
}

/** Answers from the cache if it has come far enough; otherwise asks etcd how far it is. */
function readCached(state: ApiServerState, ctx: Context, query: ReadQuery, cache: WatchCache): void {
  if (query.minimum <= revisionOf(state, cache)) return answerCached(state, ctx, query, cache);
  state.pending.set(sendProgress(state.etcd, ctx), { type: 'progress', query });
}

/** The cache is as current as etcd. Answers false when it still has not come as far as the read wants. */
export function readCurrentCache(state: ApiServerState, ctx: Context, query: ReadQuery): boolean {
  const cache = cacheOf(state, query.resource);
  if (cache === undefined || !cache.ready) {
    const busy = initializing();
    sendResponse(state, ctx, query.asker, 429, busy);
    return true;
  }
  if (query.minimum > revisionOf(state, cache)) return false;
  answerCached(state, ctx, query, cache);
  return true;
}

/** The revision that was asked for has not come. */
export function refuseEarly(state: ApiServerState, ctx: Context, query: ReadQuery): void {
  const cache = cacheOf(state, query.resource);
  const status = tooLargeResourceVersion(query.minimum, cache === undefined ? 0 : revisionOf(state, cache));
  sendResponse(state, ctx, query.asker, 504, status);
}

function answerCached(state: ApiServerState, ctx: Context, query: ReadQuery, cache: WatchCache): void {
  if (query.verb === 'get') return answerObject(state, ctx, query, cache.objects.get(query.selection.key ?? ''));
  const items = selectCached(state, cache, query.selection);
  answerList(state, ctx, query, items, revisionOf(state, cache), {});
}

/** The selected objects of a cache, in order of namespace and name. */
export function selectCached(state: ApiServerState, cache: WatchCache, selection: Selection): KubeObject[] {
  const info = infoOf(state, cache.resource);
  if (selection.key !== null) {
    const object = cache.objects.get(selection.key);
    return object !== undefined && isSelected(selection, info, selection.key, object) ? [object] : [];
  }
  const candidates =
    selection.node === null || cache.byNode === null
      ? objectsUnder(cache, selection.prefix)
      : podsOn(cache, selection.node);
  const complete = selection.labels.length === 0 && selection.fields.length === 0;
  if (complete && (selection.node === null || selection.namespace === '')) return candidates;
  return candidates.filter((object) => {
    const { namespace, name } = object.metadata;
    return isSelected(selection, info, keyOf(cache.prefix, namespace ?? '', name), object);
  });
}

function answerObject(state: ApiServerState, ctx: Context, query: ReadQuery, object: KubeObject | undefined): void {
  const { asker, request, name, subresource } = query;
  const info = infoOf(state, query.resource);
  if (object === undefined) {
    const status = notFound(info, name);
    return sendResponse(state, ctx, asker, 404, status);
  }
  const scale = subresource === 'scale' ? scaleOf(info, object) : null;
  if (scale !== null && lacksReplicas(info, scale)) {
    const status = noReplicas(info);
    return sendResponse(state, ctx, asker, 500, status);
  }
  const shown = (scale ?? object) as KubeObject;
  const body = objectAs(info, shapeOf(request), shown, ctx.now);
  sendResponse(state, ctx, asker, codeOf(body), body, info.custom?.warnings);
}

function answerList(
  state: ApiServerState,
  ctx: Context,
  query: ReadQuery,
  items: readonly KubeObject[],
  revision: number,
  more: ListMore,
): void {
  const { request } = query;
  const info = infoOf(state, query.resource);
  const body = listAs(info, shapeOf(request), items, revision, ctx.now, more);
  sendResponse(state, ctx, query.asker, codeOf(body), body, info.custom?.warnings);
}

function listFromEtcd(state: ApiServerState, ctx: Context, query: ReadQuery, options: ListOptions): void {
  const { prefix } = query.selection;
  let page: Page = {
    revision: 0,
    start: query.selection.key ?? prefix,
    limit: options.limit,
    found: [],
    continued: false,
  };
  if (options.continueToken !== '') {
    const token = lateAnswers.code.decodeToken(options.continueToken);
    if ('error' in token) return sendResponse(state, ctx, query.asker, 400, badRequest(token.error));
    const resourcePrefix = cacheOf(state, query.resource)?.prefix ?? prefix;
    page = { ...page, revision: Math.max(token.revision, 0), start: resourcePrefix + token.start, continued: true };
  } else if (options.exact && options.resourceVersion !== null) page = { ...page, revision: options.resourceVersion };
  askPage(state, ctx, query, page);
}

function askPage(state: ApiServerState, ctx: Context, query: ReadQuery, page: Page): void {
  const { selection } = query;
  const limit = page.limit === 0 ? 0 : selection.selective ? Math.max(page.limit, PAGE) : page.limit;
  const range =
    selection.key === null
      ? { key: page.start, rangeEnd: prefixEnd(selection.prefix), limit, revision: page.revision }
      : { key: selection.key, revision: page.revision };
  state.pending.set(sendRange(state.etcd, ctx, range), { type: 'list-page', query, page });
}

/** Goes on with a get or list when etcd has answered. */
export function readAnswered(
  state: ApiServerState,
  ctx: Context,
  pending: Extract<Pending, { type: 'get' | 'list-page' }>,
  answer: EtcdAnswer,
): void {
  const { query } = pending;
  if (answer.type === 'etcd/error') return readFailed(state, ctx, pending, answer.error);
  if (answer.type !== 'etcd/range-answer') return;
  if (query.minimum > answer.header.revision) {
    const status = tooLargeResourceVersion(query.minimum, answer.header.revision);
    return sendResponse(state, ctx, query.asker, 504, status);
  }
  const cache = cacheOf(state, query.resource);
  const toObject = (kv: (typeof answer.result.kvs)[number]): KubeObject => {
    const cached = cache?.objects.get(kv.key);
    return cached !== undefined && cached.metadata.resourceVersion === String(kv.modRevision)
      ? cached
      : readObject(state, query.resource, kv);
  };
  if (pending.type === 'get') {
    const kv = answer.result.kvs[0];
    return answerObject(state, ctx, query, kv === undefined ? undefined : toObject(kv));
  }
  const { page } = pending;
  const revision = page.revision === 0 ? answer.header.revision : page.revision;
  const info = infoOf(state, query.resource);
  const found = [...page.found];
  let last = '';
  let consumed = 0;
  for (const kv of answer.result.kvs) {
    if (page.limit > 0 && found.length >= page.limit) break;
    consumed++;
    last = kv.key;
    const object = toObject(kv);
    if (isSelected(query.selection, info, kv.key, object)) found.push(object);
  }
  const remaining = answer.result.count - consumed;
  if (remaining > 0 && (page.limit === 0 || found.length < page.limit)) {
    return askPage(state, ctx, query, { ...page, revision, start: `${last}\0`, found });
  }
  if (remaining === 0 || query.selection.key !== null) return answerList(state, ctx, query, found, revision, {});
  const token = lateAnswers.code.encodeToken({ revision, start: `${last.slice(`${info.storagePrefix}/`.length)}\0` });
  answerList(state, ctx, query, found, revision, {
    continue: token,
    ...(query.selection.selective ? {} : { remainingItemCount: remaining }),
  });
}

function readFailed(
  state: ApiServerState,
  ctx: Context,
  pending: Extract<Pending, { type: 'get' | 'list-page' }>,
  error: string,
): void {
  const { query } = pending;
  const fail = (status: Status): void => sendResponse(state, ctx, query.asker, status.code ?? 500, status);
  if (pending.type === 'list-page' && error === COMPACTED) {
    const { page } = pending;
    if (!page.continued) return fail(expired(LIST_EXPIRED));
    const start = page.start.slice((cacheOf(state, query.resource)?.prefix ?? '').length);
    return fail({
      ...expired(CONTINUE_EXPIRED),
      metadata: { continue: lateAnswers.code.encodeToken({ revision: -1, start }) },
    });
  }
  if (pending.type === 'list-page' && error === FUTURE_REVISION) {
    return fail(tooLargeResourceVersion(pending.page.revision, state.etcd.revision));
  }
  fail(plainError(error));
}
