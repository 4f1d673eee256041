/** What etcd's answers are for: each goes on with what waited for it. */
import { plainError, unknownPath } from '#engine/api/status-error';
import type { EtcdAnswer } from '#engine/etcd/wire';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { memberAnswered } from './collections';
import { compactionAnswered } from './compaction';
import { probed } from './etcd-probe';
import { fillAnswered } from './feed';
import { masterLeaseAnswered } from './master-leases';
import { readAnswered, readCurrentCache, refuseEarly, revisionOf } from './reads';
import { PAGE_NOT_FOUND, sendResponse } from './respond';
import { cacheOf, isServed } from './served';
import type { ApiServerState, Pending, ReadQuery } from './state';
import { openWatch } from './watching';
import { eventLeaseAnswered, writeAnswered } from './writes';

export interface EarlyReadTimer extends Message {
  readonly type: 'apiserver/early-read';
  readonly read: number;
}

/** How long a read waits for a revision that has not been seen yet. @source storage/cacher/watch_cache.go (blockTimeout) */
const EARLY_READ_TIMEOUT: Micros = 3 * SECOND;

/** Goes on with what waited for this answer. */
export function goOn(state: ApiServerState, ctx: Context, pending: Pending, answer: EtcdAnswer): void {
  if (refuseGone(state, ctx, pending)) return;
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
      return fillAnswered(state, ctx, pending, answer);
    case 'event-lease':
      return eventLeaseAnswered(state, ctx, answer);
    case 'master-lease':
      return masterLeaseAnswered(state, ctx, pending.step, answer);
    case 'compact-record':
      return compactionAnswered(state, ctx, answer);
    case 'etcd-probe':
      return probed(state, ctx, answer.id, answer.type !== 'etcd/error');
    case 'ping':
    case 'compact':
      return;
  }
}

/** Refuses what waited for a resource whose definition has gone meanwhile. */
function refuseGone(state: ApiServerState, ctx: Context, pending: Pending): boolean {
  const asked = 'operation' in pending ? pending.operation : 'query' in pending ? pending.query : null;
  if (asked === null || isServed(state, asked.resource)) return false;
  const collection = 'collection' in asked ? asked.collection : 0;
  if (collection === 0) sendResponse(state, ctx, asked.asker, 404, PAGE_NOT_FOUND);
  else memberAnswered(state, ctx, collection, 404, unknownPath());
  return true;
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
  const cache = cacheOf(state, query.resource);
  if (cache === undefined || query.minimum > revisionOf(state, cache)) return false;
  openWatch(state, ctx, query);
  return true;
}

/** The revision has come by now, or is refused. */
export function earlyReadTimerFired(state: ApiServerState, ctx: Context, { read }: EarlyReadTimer): void {
  const query = state.earlyReads.get(read);
  state.earlyReads.delete(read);
  if (query === undefined) return;
  if (!isServed(state, query.resource)) return sendResponse(state, ctx, query.asker, 404, PAGE_NOT_FOUND);
  if (!goOnWithRead(state, ctx, query)) refuseEarly(state, ctx, query);
}
