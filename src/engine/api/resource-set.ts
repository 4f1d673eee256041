/**
 * The resources that an API server serves, found by path, by kind, by name as typed, by id. Those that are built in make one
 * set for good; custom resources make a set on top of it, as often as their definitions change.
 */
import type { ResourceInfo } from './resource-info';

export interface ResourceSet {
  /** All of them; of one resource in several versions, the preferred first. */
  readonly all: readonly ResourceInfo[];
  /** Those that can be asked for. */
  readonly served: readonly ResourceInfo[];
  /** By the parts of a request path; the core group is empty. */
  byPath(group: string, version: string, plural: string): ResourceInfo | undefined;
  byKind(apiVersion: string, kind: string): ResourceInfo | undefined;
  /** As typed to kubectl: plural, singular or short name in any case, with optional `.group` or `.version.group`. */
  byName(text: string): ResourceInfo | undefined;
  /** By `id`, which for stored versions is also the name of the watch cache. */
  byId(id: string): ResourceInfo | undefined;
}

const add = (map: Map<string, ResourceInfo>, key: string, info: ResourceInfo): void => {
  if (!map.has(key)) map.set(key, info);
};

/** A set of resources, of which the first to have a name is found by it. Those of `base` come before all others. */
export function resourceSet(own: readonly ResourceInfo[], base?: ResourceSet): ResourceSet {
  const paths = new Map<string, ResourceInfo>();
  const kinds = new Map<string, ResourceInfo>();
  const names = new Map<string, ResourceInfo>();
  const ids = new Map<string, ResourceInfo>();
  for (const info of own) {
    const { group, version, apiVersion, kind, resource, singular, shortNames, id } = info;
    add(ids, id, info);
    if (info.hidden === true) continue;
    add(paths, `${group}/${version}/${resource}`, info);
    add(kinds, `${apiVersion}/${kind}`, info);
    for (const name of [resource, singular, ...shortNames]) {
      for (const key of [name, `${name}.${group}`, `${name}.${version}.${group}`]) add(names, key, info);
    }
  }
  return {
    all: base === undefined ? own : [...base.all, ...own],
    served: [...(base?.served ?? []), ...own.filter(({ hidden }) => hidden !== true)],
    byPath: (group, version, plural) =>
      base?.byPath(group, version, plural) ?? paths.get(`${group}/${version}/${plural}`),
    byKind: (apiVersion, kind) => base?.byKind(apiVersion, kind) ?? kinds.get(`${apiVersion}/${kind}`),
    byName: (text) => base?.byName(text) ?? names.get(text.toLowerCase()),
    byId: (id) => base?.byId(id) ?? ids.get(id),
  };
}
