/** What is known of a resource that the API server serves: its names, where it is stored, how it behaves. */
import type { Conversion } from './convert/conversion';
import type { CustomResource } from './custom/custom-resource';
import { genericRules } from './generic-rules';
import type { KindRules } from './kind-rules';
import type { Kind } from './types';

export interface ResourceInfo {
  /**
   * Names the resource in one version. The version that is stored has the plain name, e.g. `deployments.apps`; another one
   * stands in front of the group, e.g. `horizontalpodautoscalers.v1.autoscaling`.
   */
  readonly id: string;
  /** The `id` of the version that is stored, which names the watch cache too. Empty: nothing of it is stored. */
  readonly store: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The name of its type in the schema. */
  readonly schema: string;
  /** Plural, as in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** In order of the alphabet. */
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** Prefix of its keys in etcd, without a final slash. */
  readonly storagePrefix: string;
  /** Deletion waits for a grace period (pods only). */
  readonly graceful: boolean;
  /** A deletion answers with the deleted object instead of a Status. */
  readonly returnsDeletedObject: boolean;
  /** An update without resourceVersion overwrites whatever is stored. */
  readonly allowUnconditionalUpdate: boolean;
  /** A PUT to a name that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** Rules for objects as they are stored. */
  readonly rules: KindRules;
  /** Between this version and the stored one; absent where they are the same. */
  readonly conversion?: Conversion;
  /** Of a custom resource: what its definition says. */
  readonly custom?: CustomResource;
  /** A version that objects may lie in etcd in, and that nobody can ask for. */
  readonly hidden?: boolean;
}

/** A resource of a kind that `types.ts` knows, in the version that is stored. */
export type StoredInfo = ResourceInfo & { readonly kind: Kind };

export const ALL_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** What a row of the registry says; all else has its usual value. Lists are words with spaces between. */
export interface Row extends Partial<
  Pick<
    ResourceInfo,
    'schema' | 'singular' | 'graceful' | 'returnsDeletedObject' | 'allowUnconditionalUpdate' | 'createOnUpdate'
  >
> {
  readonly resource: string;
  readonly short?: string;
  readonly categories?: string;
  readonly cluster?: boolean;
  readonly verbs?: string;
  readonly subresources?: string;
  /** What stands after `/registry/` instead of the plural. */
  readonly prefix?: string;
  /** Nothing is stored: each request is answered by a rule of its own. */
  readonly virtual?: boolean;
  /** Another version than the one that is stored. */
  readonly conversion?: Conversion;
  readonly rules?: KindRules;
  readonly custom?: CustomResource;
  readonly hidden?: boolean;
}

const words = (text: string | undefined): readonly string[] => (text === undefined ? [] : text.split(' '));

/** A resource from its row. `apiVersion` as in manifests, e.g. `apps/v1`. */
export function resourceInfo<K extends string>(
  apiVersion: string,
  kind: K,
  given: Row,
): ResourceInfo & { readonly kind: K } {
  const { resource, cluster, virtual, conversion, rules, custom, hidden } = given;
  const slash = apiVersion.indexOf('/');
  const group = apiVersion.slice(0, Math.max(slash, 0));
  const version = apiVersion.slice(slash + 1);
  const name = group === '' ? resource : `${resource}.${group}`;
  return Object.freeze({
    id: conversion === undefined ? name : `${resource}.${version}.${group}`,
    store: virtual === true ? '' : (conversion?.store ?? name),
    group,
    version,
    apiVersion,
    kind,
    schema: given.schema ?? kind,
    resource,
    singular: given.singular ?? kind.toLowerCase(),
    shortNames: words(given.short),
    categories: words(given.categories),
    namespaced: cluster !== true,
    verbs: given.verbs === undefined ? ALL_VERBS : words(given.verbs),
    subresources: words(given.subresources),
    storagePrefix: `/registry/${given.prefix ?? resource}`,
    graceful: given.graceful ?? false,
    returnsDeletedObject: given.returnsDeletedObject ?? false,
    allowUnconditionalUpdate: given.allowUnconditionalUpdate ?? true,
    createOnUpdate: given.createOnUpdate ?? false,
    rules: rules ?? genericRules(cluster === true ? { clusterScoped: true } : {}),
    ...(conversion === undefined ? {} : { conversion }),
    ...(custom === undefined ? {} : { custom }),
    ...(hidden === true ? { hidden } : {}),
  });
}
