/** What the world is told of custom resources in OpenAPI. */
import type { ResourceInfo } from '../resource-info';
import type { JsonSchema } from './json-schema';

/** What a document must tell of a version of a custom resource. */
export interface CustomModel extends Pick<
  ResourceInfo,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'verbs' | 'subresources'
> {
  readonly listKind: string;
  /** Null: its definition has none. */
  readonly schema: JsonSchema | null;
}

/** None of a resource that is built in. */
export function customModelOf(info: ResourceInfo): CustomModel[] {
  const { group, version, kind, resource, namespaced, verbs, subresources, custom } = info;
  if (custom === undefined) return [];
  const { listKind, schema } = custom;
  return [{ group, version, kind, resource, namespaced, verbs, subresources, listKind, schema }];
}
