/**
 * What a request asks for, read from its path: group, version, resource, namespace, name, subresource.
 *
 * @source kubernetes apiserver/pkg/endpoints/request/requestinfo.go
 */
import type { ResourceInfo } from '#engine/api/registry';
import type { ResourceSet } from '#engine/api/resource-set';
import type { Method } from './wire';
import { truth } from './parameter';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A request for a resource. */
export interface ResourceRequest {
  readonly info: ResourceInfo;
  readonly verb: Verb;
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Of `proxy`: the path behind it, from its slash on; else empty. */
  readonly rest: string;
}

/** What a path of the API says, whether or not anything is served there. */
interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** The old form `/api/v1/watch/...`. */
  readonly watching: boolean;
  /** What stands after the subresource, from its slash on. */
  readonly rest: string;
}

export const readPath = (path: string): ResourcePath | null => readNamespaced(path) ?? readParts(path.split('/'));

type Place = Pick<ResourcePath, 'group' | 'version' | 'resource' | 'namespace'>;

/** What collections in namespaces say: most paths begin with one of a few. Null: no such collection. */
const places = new Map<string, Place | null>();
const MAX_PLACES = 1024;
const NAMESPACES = '/namespaces/';

/** Reads a path that begins with a collection in a namespace; null for all others. */
function readNamespaced(path: string): ResourcePath | null {
  const start = path.startsWith('/api/') ? 5 : path.startsWith('/apis/') ? path.indexOf('/', 6) + 1 : 0;
  const afterVersion = start === 0 ? -1 : path.indexOf('/', start);
  if (afterVersion < 0 || !path.startsWith(NAMESPACES, afterVersion)) return null;
  const afterNamespace = path.indexOf('/', afterVersion + NAMESPACES.length);
  if (afterNamespace < 0) return null;
  const end = path.indexOf('/', afterNamespace + 1);
  const place = placeOf(end < 0 ? path : path.slice(0, end));
  if (place === null) return null;
  const { group, version, resource, namespace } = place;
  const afterName = end < 0 ? -1 : path.indexOf('/', end + 1);
  const name = end < 0 ? '' : decoded(afterName < 0 ? path.slice(end + 1) : path.slice(end + 1, afterName));
  const behind = afterName < 0 ? -1 : path.indexOf('/', afterName + 1);
  const subresource = afterName < 0 ? '' : behind < 0 ? path.slice(afterName + 1) : path.slice(afterName + 1, behind);
  const rest = behind < 0 ? '' : path.slice(behind);
  return { group, version, resource, namespace, name, subresource, watching: false, rest };
}

function placeOf(collection: string): Place | null {
  const known = places.get(collection);
  if (known !== undefined) return known;
  const read = readParts(collection.split('/'));
  const place = read === null || read.name !== '' ? null : read;
  if (places.size >= MAX_PLACES) places.clear();
  places.set(collection, place);
  return place;
}

function readParts(parts: readonly string[]): ResourcePath | null {
  const named = parts[1] === 'apis';
  if (parts[1] !== 'api' && !named) return null;
  const group = named ? (parts[2] ?? '') : '';
  if (named && group === '') return null;
  let at = named ? 3 : 2;
  const version = parts[at];
  let resource = parts[at + 1];
  if (version === undefined || resource === undefined || resource === '') return null;
  at += 2;
  const watching = resource === 'watch' && parts[at] !== undefined;
  if (watching) resource = parts[at++]!;
  let namespace = '';
  if (resource === 'namespaces' && parts[at + 1] !== undefined && !isNamespaceSubresource(parts, at)) {
    namespace = decoded(parts[at]!);
    resource = parts[at + 1]!;
    at += 2;
  }
  const name = decoded(parts[at] ?? '');
  const subresource = parts[at + 1] ?? '';
  const rest = parts.length > at + 2 ? `/${parts.slice(at + 2).join('/')}` : '';
  return { group, version, resource, namespace, name, subresource, watching, rest };
}

/**
 * Reads a path. Null when no resource is served there (it may be `/version` and the like, or nothing at all).
 * `watch` as given in the query.
 */
export function routeOf(resources: ResourceSet, method: Method, path: string, watch: boolean): ResourceRequest | null {
  const place = readPath(path);
  if (place === null) return null;
  const { namespace, name, subresource, rest } = place;
  if (rest !== '' && subresource !== 'proxy') return null;
  const info = resources.byPath(place.group, place.version, place.resource);
  if (info === undefined || (info.namespaced ? name !== '' && namespace === '' : namespace !== '')) return null;
  return { info, verb: verbOf(method, name === '', watch || place.watching), namespace, name, subresource, rest };
}

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);

/** `/api/v1/namespaces/NAME/status` names a subresource, not a resource in the namespace. */
const isNamespaceSubresource = (parts: readonly string[], at: number): boolean =>
  parts.length === at + 2 && NAMESPACE_SUBRESOURCES.has(parts[at + 1]!);

const decoded = (part: string): string => (part.includes('%') ? decodeOrKeep(part) : part);

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}

export function verbOf(method: Method, collection: boolean, watch: boolean): Verb {
  switch (method) {
    case 'GET':
      return watch ? 'watch' : collection ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return collection ? 'deletecollection' : 'delete';
  }
}

const LONG_SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/**
 * Whether a request may take as long as it likes: a watch, or a stream to a pod.
 *
 * @source kubernetes pkg/controlplane/apiserver/config.go (LongRunningFunc)
 */
export function isLongRunning(method: Method, path: string, query: Readonly<Record<string, string>> = {}): boolean {
  const place = readPath(path);
  if (place === null) return false;
  const watch = truth(query['watch']) || place.watching;
  return (watch && method === 'GET') || (place.name !== '' && LONG_SUBRESOURCES.has(place.subresource));
}

const CONNECTS: ReadonlySet<string> = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** Whether a request goes on to somebody behind the API server. */
export const isConnect = ({ info, subresource, verb, name }: ResourceRequest): boolean =>
  CONNECTS.has(subresource) &&
  info.subresources.includes(subresource) &&
  name !== '' &&
  (subresource === 'proxy' || verb === 'get' || (verb === 'create' && subresource !== 'log'));
