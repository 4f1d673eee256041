/** Deletions of collections: one deletion per object, one answer for all. */
import { hasReason } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { PAGE_NOT_FOUND, sendResponse } from './respond';
import { resourcesOf } from './served';
import type { ApiServerState } from './state';
import { codeOf, listAs } from './table';

/** Notes that one of the collection's deletions is done; the last one answers. */
export function memberAnswered(state: ApiServerState, ctx: Context, id: number, code: number, body: unknown): void {
  const collection = state.collections.get(id);
  if (collection === undefined) return;
  collection.waiting--;
  if (code >= 400 && !hasReason(body as Status, 'NotFound')) collection.error ??= body as Status;
  if (collection.waiting > 0) return;
  state.collections.delete(id);
  if (collection.error !== null) {
    return sendResponse(state, ctx, collection.asker, collection.error.code ?? 500, collection.error);
  }
  const info = resourcesOf(state).byId(collection.resource);
  if (info === undefined) return sendResponse(state, ctx, collection.asker, 404, PAGE_NOT_FOUND);
  const { asker, deleted, shape, revision } = collection;
  const answer = listAs(info, shape, deleted, revision, ctx.now);
  sendResponse(state, ctx, asker, codeOf(answer), answer);
}
