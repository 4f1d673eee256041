/**
 * REST paths of the API.
 * @source kubernetes apiserver/pkg/endpoints/installer.go
 */
import { type ResourceInfo, resourceOf } from '#engine/api/registry';
import type { Collection, CustomCollection } from './plan';

/** `/api/v1/namespaces/default/pods`, `/apis/apps/v1/deployments` (no namespace: all of them), `/api/v1/nodes`. */
export function collectionPath(kind: Collection, namespace: string): string {
  let paths = collections.get(kind);
  if (paths === undefined) collections.set(kind, (paths = new Map()));
  let path = paths.get(namespace);
  if (path !== undefined) return path;
  if (paths.size >= MOST_NAMESPACES) paths.clear();
  paths.set(namespace, (path = pathIn(kind, namespace)));
  return path;
}

/** Made once: components ask for the same collections all the time. */
const collections = new Map<Collection, Map<string, string>>();
const MOST_NAMESPACES = 256;

const pathIn = (kind: Collection, namespace: string): string =>
  isCustom(kind)
    ? namespace === ''
      ? kind
      : kind.replace(/[^/]*$/, `namespaces/${namespace}/$&`)
    : resourcePath(resourceOf(kind), namespace);

export const isCustom = (kind: Collection): kind is CustomCollection => kind.startsWith('/');

/** The collection of a resource in the version that is meant, stored or not. */
export function resourcePath(
  { group, version, resource, namespaced }: Pick<ResourceInfo, 'group' | 'version' | 'resource' | 'namespaced'>,
  namespace: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== '' ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

/** One object, or a subresource of it such as `status`, `scale`, `binding`. */
export function objectPath(kind: Collection, namespace: string, name: string, subresource?: string): string {
  const path = `${collectionPath(kind, namespace)}/${name}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}
