/** The resources that a CustomResourceDefinition adds. @source kubernetes apiextensions-apiserver/pkg/apiserver/customresource_handler.go */
import type { Conversion } from './convert/conversion';
import { genericRules } from './generic-rules';
import { conditionOf } from './meta';
import { resourceInfo, type ResourceInfo } from './resource-info';
import type { CustomResourceDefinition } from './types';

/** Whether its resources are served. */
export const isEstablished = (definition: CustomResourceDefinition): boolean =>
  conditionOf(definition.status?.conditions, 'Established')?.status === 'True';

/** Another version of the same fields: only the apiVersion differs (strategy None). */
const renaming = (store: string, stored: string, served: string): Conversion => ({
  store,
  toStored: (object) => ({ ...object, apiVersion: stored }),
  fromStored: (object) => ({ ...object, apiVersion: served }),
});

/** A resource for each version that is served, the stored one first. */
export function customResources({ spec }: CustomResourceDefinition): ResourceInfo[] {
  const { group, names, scope, versions } = spec;
  const { plural, kind } = names;
  const storage = versions.find((version) => version.storage) ?? versions[0];
  if (storage === undefined) return [];
  const cluster = scope === 'Cluster';
  const rules = genericRules({
    clusterScoped: cluster,
    generation: true,
    ...(hasStatus(storage) ? { status: {} } : {}),
  });
  const others = versions.filter((version) => version.served && version !== storage);
  return [storage, ...others].map((version) => {
    const apiVersion = `${group}/${version.name}`;
    const stored = version === storage;
    const subresources = hasStatus(version) ? 'status' : undefined;
    return resourceInfo(apiVersion, kind, {
      resource: plural,
      schema: 'CustomResource',
      singular: names.singular ?? kind.toLowerCase(),
      cluster,
      prefix: `${group}/${plural}`,
      rules,
      ...(names.shortNames === undefined ? {} : { short: names.shortNames.join(' ') }),
      ...(names.categories === undefined ? {} : { categories: names.categories.join(' ') }),
      ...(subresources === undefined ? {} : { subresources }),
      ...(stored ? {} : { conversion: renaming(`${plural}.${group}`, `${group}/${storage.name}`, apiVersion) }),
    });
  });
}

type Version = CustomResourceDefinition['spec']['versions'][number];

const hasStatus = (version: Version): boolean => version.subresources?.status !== undefined;
