/** A DELETE of a collection. */
import type { Context } from '#engine/kernel/process';
import { memberAnswered } from './collections';
import { shapeOf } from './form';
import { deleteOptions, isStatus } from './query';
import { initializing, newQuery, revisionOf, selectCached } from './reads';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import { cacheOf } from './served';
import type { ApiServerState, Asker } from './state';
import type { ApiRequest } from './wire';
import { startOperation } from './writes';

/** Deletes all that is selected: each object by a deletion of its own. */
export function deleteCollection(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  state.counters.deletecollection++;
  const options = deleteOptions(request.query, request.body);
  if (isStatus(options)) return sendResponse(state, ctx, asker, options.code ?? 422, options);
  const query = newQuery(state, ctx, asker, request, route, 0);
  if (query === null) return;
  const cache = cacheOf(state, route.info.id);
  if (cache === undefined || !cache.ready) {
    const busy = initializing();
    return sendResponse(state, ctx, asker, 429, busy);
  }
  const objects = selectCached(state, cache, query.selection);
  const id = state.nextCollection++;
  const collection = {
    asker,
    resource: route.info.id,
    waiting: objects.length + 1,
    deleted: objects,
    shape: shapeOf(request),
    error: null,
    revision: revisionOf(state, cache),
  };
  state.collections.set(id, collection);
  for (const object of objects) {
    startOperation(state, ctx, {
      asker,
      verb: 'delete',
      resource: route.info.id,
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name,
      subresource: '',
      body: null,
      contentType: '',
      fieldValidation: 'Ignore',
      manager: '',
      force: false,
      options,
      warnings: [],
      shape: null,
      collection: id,
    });
  }
  memberAnswered(state, ctx, id, 200, null);
}
