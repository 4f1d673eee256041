/**
 * What an API server serves: all that is built in, and what the CustomResourceDefinitions add that it knows of. Objects go out
 * in the version that was asked for.
 */
import { lateApi } from '#engine/api/late';
import { builtIn, type ResourceInfo } from '#engine/api/registry';
import { type ResourceSet, resourceSet } from '#engine/api/resource-set';
import type { CustomResourceDefinition, KubeObject } from '#engine/api/types';
import type { KeyValue } from '#engine/etcd/wire';
import type { ApiServerState } from './state';
import { objectOf } from './storage';
import type { WatchCache } from './watch-cache';

const sets = new WeakMap<readonly CustomResourceDefinition[], ResourceSet>();

/** The resources of these definitions on top of what is built in. */
function setOf(definitions: readonly CustomResourceDefinition[]): ResourceSet {
  if (definitions.length === 0) return builtIn;
  let set = sets.get(definitions);
  if (set === undefined) {
    set = resourceSet(lateApi.code.customResources(definitions), builtIn);
    sets.set(definitions, set);
  }
  return set;
}

export const resourcesOf = (state: Pick<ApiServerState, 'definitions'>): ResourceSet => setOf(state.definitions);

/** The resource that the state names by its `id`. */
export function infoOf(state: Pick<ApiServerState, 'definitions'>, id: string): ResourceInfo {
  const info = resourcesOf(state).byId(id);
  if (info === undefined) throw new Error(`there is no resource ${id}`);
  return info;
}

export const isServed = (state: ApiServerState, id: string): boolean => resourcesOf(state).byId(id) !== undefined;

/**
 * Events are read from etcd itself: they are many, and hardly anybody watches them. Upstream watches etcd for each who watches
 * them; here they have a cache for as long as somebody does.
 *
 * @source kubernetes pkg/kubeapiserver/default_storage_factory_builder.go (DefaultWatchCacheSizes: events 0)
 */
export const ON_DEMAND = 'events';

/** Whether a resource has a cache only while somebody watches it. */
export const isCachedOnDemand = (info: ResourceInfo): boolean => info.store === ON_DEMAND;

/** The watch cache of a resource in whatever version; none for what is cached on demand and not watched. */
export const cacheOf = (state: ApiServerState, id: string): WatchCache | undefined =>
  state.caches.get(id) ?? state.caches.get(resourcesOf(state).byId(id)?.store ?? '');

/** An object as it came from etcd: that of a custom resource in the version and by the schema that count today. */
export function readObject(state: Pick<ApiServerState, 'definitions'>, id: string, kv: KeyValue): KubeObject {
  const { custom } = infoOf(state, id);
  return custom === undefined ? objectOf(kv) : custom.fromEtcd(objectOf(kv));
}

/** A stored object in the version of a resource. */
export const inVersion = (info: ResourceInfo, object: KubeObject): KubeObject =>
  info.conversion === undefined ? object : info.conversion.fromStored(object);
