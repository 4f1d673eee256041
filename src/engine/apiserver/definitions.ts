/**
 * The API server's own controllers of CustomResourceDefinitions: each look at what the cache has leads to at most one write of a
 * definition, and the change that comes of it to the next look. All API servers of a cluster do this; whoever is late meets a
 * conflict.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/apiserver.go, pkg/controller
 * @simplified the definition goes as soon as the last of its objects is gone; upstream looks every five seconds
 */
import {
  isCleanedUp,
  withAcceptedNames,
  withApproval,
  withCleanup,
  withEstablished,
} from '#engine/api/custom/lifecycle';
import type { CustomResourceDefinition, KubeObject } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { CONTROLLERS } from './respond';
import type { ApiServerState, Operation } from './state';
import { keyOf } from './storage';
import { objectsUnder, type WatchCache } from './watch-cache';
import { startOperation } from './writes';

/** Forgetting what is being written costs no more than a conflict. */
const MAX_SETTLING = 4096;

/** Looks at all definitions and does what is next for each. */
export function settleDefinitions(state: ApiServerState, ctx: Context, cache: WatchCache): void {
  const all = objectsUnder(cache, cache.prefix) as CustomResourceDefinition[];
  for (const definition of all) {
    const instances = isCleanedUp(definition) ? instancesOf(state, definition) : null;
    const next =
      withAcceptedNames(definition, all, ctx.now) ??
      withApproval(definition, ctx.now) ??
      withEstablished(definition, ctx.now) ??
      (instances === null ? null : withCleanup(definition, instances.length, ctx.now));
    if (next !== null) write(state, ctx, cache, definition, { verb: 'update', subresource: 'status', body: next });
    else if (instances !== null) deleteAll(state, ctx, definition, instances);
  }
}

const cacheOfInstances = (state: ApiServerState, { spec }: CustomResourceDefinition): WatchCache | undefined =>
  state.caches.get(`${spec.names.plural}.${spec.group}`);

function instancesOf(state: ApiServerState, definition: CustomResourceDefinition): readonly KubeObject[] {
  const cache = cacheOfInstances(state, definition);
  return cache === undefined ? [] : objectsUnder(cache, cache.prefix);
}

function deleteAll(
  state: ApiServerState,
  ctx: Context,
  definition: CustomResourceDefinition,
  instances: readonly KubeObject[],
): void {
  const cache = cacheOfInstances(state, definition);
  if (cache === undefined) return;
  for (const object of instances) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    write(state, ctx, cache, object, { verb: 'delete', subresource: '', body: null });
  }
}

/** Writes an object once for each of its versions. */
function write(
  state: ApiServerState,
  ctx: Context,
  cache: WatchCache,
  { metadata }: KubeObject,
  what: Pick<Operation, 'verb' | 'subresource' | 'body'>,
): void {
  const { name, namespace = '', resourceVersion } = metadata;
  const key = keyOf(cache.prefix, namespace, name);
  if (state.settling.get(key) === resourceVersion) return;
  if (state.settling.size >= MAX_SETTLING) state.settling.clear();
  state.settling.set(key, resourceVersion);
  startOperation(state, ctx, {
    asker: CONTROLLERS,
    ...what,
    resource: cache.resource,
    namespace,
    name,
    contentType: '',
    shape: null,
    fieldValidation: 'Ignore',
    manager: 'kube-apiserver',
    force: false,
    options: {
      dryRun: false,
      gracePeriodSeconds: null,
      preconditions: null,
      propagationPolicy: null,
      orphanDependents: null,
    },
    warnings: [],
    collection: 0,
  });
}
