/**
 * What a request asks for, as authorization sees it, also where nothing is served.
 *
 * @source kubernetes apiserver/pkg/endpoints/request/requestinfo.go
 */
import type { UserInfo } from '../authentication/user';
import { readPath, type ResourceRequest, verbOf } from '../routes';
import type { ApiRequest } from '../wire';
import { type Attributes, requiredField } from './attributes';

const READS_MANY: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);

/** Attributes of a request for a resource that is served. */
export function attributesOf(user: UserInfo, request: ApiRequest, route: ResourceRequest): Attributes {
  const { info, verb, name, subresource } = route;
  const fieldSelector = request.query?.['fieldSelector'];
  const named = name === '' && READS_MANY.has(verb) ? (requiredField(fieldSelector, 'metadata.name') ?? '') : name;
  const isNamespace = info.resource === 'namespaces' && info.group === '';
  return {
    user,
    verb,
    group: info.group,
    resource: info.resource,
    subresource,
    // A namespace is in itself.
    namespace: isNamespace ? name : route.namespace,
    name: named,
    path: '',
    fieldSelector,
  };
}

/** Attributes of any other request: for a resource that nobody serves, or for a path that is none. */
export function pathAttributes(user: UserInfo, { method, path, query }: ApiRequest): Attributes {
  const place = readPath(path);
  const verb = method.toLowerCase();
  if (place === null) {
    return { user, verb, group: '', resource: '', subresource: '', namespace: '', name: '', path };
  }
  const { group, resource, subresource, namespace, name } = place;
  const watching = place.watching || query?.['watch'] === 'true' || query?.['watch'] === '1';
  return { user, verb: verbOf(method, name === '', watching), group, resource, subresource, namespace, name, path: '' };
}
