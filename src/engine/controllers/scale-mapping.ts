/** Where the scale of an object is found that one knows by kind and name: of kinds that are built in, and of custom ones. */
import { resourceByKind } from '#engine/api/registry';
import type { OwnerReference } from '#engine/api/types';
import { resourcePath } from '#engine/client/paths';
import type { View } from '#engine/client/plan';

export interface Mapping {
  /** Of the collection. */
  readonly path: string;
  /** `jobs.batch` */
  readonly resource: string;
  readonly hasScale: boolean;
}

export function mappingOf(
  { apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>,
  namespace: string,
  view: View,
): Mapping | null {
  const info = resourceByKind(apiVersion, kind);
  if (info !== undefined) {
    const { resource, group, subresources } = info;
    const path = resourcePath(info, namespace);
    return {
      path,
      resource: group === '' ? resource : `${resource}.${group}`,
      hasScale: subresources.includes('scale'),
    };
  }
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  for (const { spec } of view.list('CustomResourceDefinition')) {
    const version = spec.versions.find(({ name, served }) => served && `${spec.group}/${name}` === apiVersion);
    if (spec.names.kind !== kind || version === undefined) continue;
    const { plural } = spec.names;
    const hasScale = version.subresources?.scale !== undefined;
    return { path: `/apis/${apiVersion}/namespaces/${namespace}/${plural}`, resource: `${plural}.${group}`, hasScale };
  }
  return null;
}
