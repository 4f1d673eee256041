/**
 * Every kind that the API server serves: its names, where it is stored, how it behaves. The next kind is a row here and its
 * own rules in `kinds/`. The types of `Kinds` in `types.ts` are the other half.
 */
import { configMapRules } from './kinds/config-map';
import { deploymentRules } from './kinds/deployment';
import { endpointSliceRules } from './kinds/endpoint-slice';
import { eventRules } from './kinds/event';
import { leaseRules } from './kinds/lease';
import { namespaceRules } from './kinds/namespace';
import { nodeRules } from './kinds/node';
import { podRules } from './kinds/pod';
import { priorityClassRules } from './kinds/priority-class';
import { replicaSetRules } from './kinds/replica-set';
import { secretRules } from './kinds/secret';
import { serviceRules } from './kinds/service';
import { serviceAccountRules } from './kinds/service-account';
import type { KindRules } from './kind-rules';
import type { Kind } from './types';

export type { KindRules } from './kind-rules';

export interface ResourceInfo {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: Kind;
  /** Plural, as in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
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
  readonly rules: KindRules;
}

type Row = Pick<ResourceInfo, 'kind' | 'resource' | 'rules'> & Partial<ResourceInfo>;

function row(given: Row): ResourceInfo {
  const group = given.group ?? '';
  const version = given.version ?? 'v1';
  return Object.freeze({
    group,
    version,
    apiVersion: group === '' ? version : `${group}/${version}`,
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    subresources: [],
    storagePrefix: `/registry/${given.resource}`,
    graceful: false,
    returnsDeletedObject: false,
    allowUnconditionalUpdate: true,
    createOnUpdate: false,
    ...given,
  });
}

const ALL = ['all'];

/** @source kubernetes pkg/registry/<group>/<resource>/{strategy,storage}.go */
export const resources: readonly ResourceInfo[] = [
  row({
    kind: 'Namespace',
    resource: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    subresources: ['status', 'finalize'],
    returnsDeletedObject: true,
    rules: namespaceRules,
  }),
  row({
    kind: 'Node',
    resource: 'nodes',
    shortNames: ['no'],
    namespaced: false,
    subresources: ['proxy', 'status'],
    storagePrefix: '/registry/minions',
    rules: nodeRules,
  }),
  row({
    kind: 'Pod',
    resource: 'pods',
    shortNames: ['po'],
    categories: ALL,
    subresources: [
      'status',
      'binding',
      'eviction',
      'log',
      'exec',
      'attach',
      'portforward',
      'proxy',
      'ephemeralcontainers',
      'resize',
    ],
    graceful: true,
    returnsDeletedObject: true,
    rules: podRules,
  }),
  row({
    group: 'apps',
    kind: 'ReplicaSet',
    resource: 'replicasets',
    shortNames: ['rs'],
    categories: ALL,
    subresources: ['status', 'scale'],
    rules: replicaSetRules,
  }),
  row({
    group: 'apps',
    kind: 'Deployment',
    resource: 'deployments',
    shortNames: ['deploy'],
    categories: ALL,
    subresources: ['status', 'scale'],
    rules: deploymentRules,
  }),
  row({
    kind: 'Service',
    resource: 'services',
    shortNames: ['svc'],
    categories: ALL,
    subresources: ['proxy', 'status'],
    storagePrefix: '/registry/services/specs',
    returnsDeletedObject: true,
    rules: serviceRules,
  }),
  row({
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    resource: 'endpointslices',
    rules: endpointSliceRules,
  }),
  row({ kind: 'ConfigMap', resource: 'configmaps', shortNames: ['cm'], rules: configMapRules }),
  row({ kind: 'Secret', resource: 'secrets', rules: secretRules }),
  row({
    kind: 'ServiceAccount',
    resource: 'serviceaccounts',
    shortNames: ['sa'],
    subresources: ['token'],
    returnsDeletedObject: true,
    rules: serviceAccountRules,
  }),
  row({ kind: 'Event', resource: 'events', shortNames: ['ev'], createOnUpdate: true, rules: eventRules }),
  row({
    group: 'coordination.k8s.io',
    kind: 'Lease',
    resource: 'leases',
    allowUnconditionalUpdate: false,
    createOnUpdate: true,
    rules: leaseRules,
  }),
  row({
    group: 'scheduling.k8s.io',
    kind: 'PriorityClass',
    resource: 'priorityclasses',
    shortNames: ['pc'],
    namespaced: false,
    rules: priorityClassRules,
  }),
];

const byKind = new Map(resources.map((info) => [`${info.apiVersion}/${info.kind}`, info]));
const byPlainKind = new Map<string, ResourceInfo>(resources.map((info) => [info.kind, info]));
const byPath = new Map(resources.map((info) => [`${info.group}/${info.version}/${info.resource}`, info]));

const byName = new Map<string, ResourceInfo>();
for (const info of resources) {
  for (const name of [info.resource, info.singular, ...info.shortNames]) {
    for (const key of [name, `${name}.${info.group}`, `${name}.${info.version}.${info.group}`]) {
      if (!byName.has(key)) byName.set(key, info);
    }
  }
}

/** The row of a kind. */
export function resourceOf(kind: Kind): ResourceInfo {
  const info = byPlainKind.get(kind);
  if (info === undefined) throw new Error(`the registry has no row for kind ${kind}`);
  return info;
}

export const resourceByKind = (apiVersion: string, kind: string): ResourceInfo | undefined =>
  byKind.get(`${apiVersion}/${kind}`);

/** By the parts of a request path; the core group is empty. */
export const resourceByPath = (group: string, version: string, plural: string): ResourceInfo | undefined =>
  byPath.get(`${group}/${version}/${plural}`);

/** As typed to kubectl: plural, singular or short name in any case, with optional `.group` or `.version.group`. */
export const resourceByName = (text: string): ResourceInfo | undefined => byName.get(text.toLowerCase());
