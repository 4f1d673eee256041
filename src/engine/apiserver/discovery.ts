/**
 * Discovery: which groups, versions and resources there are, in the old form of one document a group version and in the
 * aggregated one.
 *
 * @source kubernetes apiserver/pkg/endpoints/discovery/{root,group,version,legacy}.go, discovery/aggregated/{handler,etag}.go,
 *   pkg/controlplane/apiserver/aggregator.go (order of groups), api/discovery/*.json
 */
import type { ResourceInfo } from '#engine/api/registry';
import type { ResourceSet } from '#engine/api/resource-set';
import type { AggregatedGroup } from './state';
import { hashName } from '#engine/kernel/random';

const READ_WRITE = ['get', 'patch', 'update'];
const CREATE = ['create'];
const STREAM = ['create', 'get'];

/** Groups that are built in, in the order in which they are told; those of custom resources follow by name. */
const GROUPS =
  'apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io networking.k8s.io policy rbac.authorization.k8s.io storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io scheduling.k8s.io coordination.k8s.io node.k8s.io discovery.k8s.io resource.k8s.io flowcontrol.apiserver.k8s.io'.split(
    ' ',
  );

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Subresource extends Kind {
  readonly verbs: readonly string[];
}

const core = (kind: string, verbs: readonly string[]): Subresource => ({ group: '', version: 'v1', kind, verbs });

function subresourceOf(info: ResourceInfo, name: string): Subresource {
  const { group, version, kind } = info;
  switch (name) {
    case 'scale':
      return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: READ_WRITE };
    case 'eviction':
      return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: CREATE };
    case 'binding':
      return core('Binding', CREATE);
    case 'token':
      return { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: CREATE };
    case 'finalize':
      return { group, version, kind, verbs: ['update'] };
    case 'proxy':
      return core(`${kind}ProxyOptions`, ['create', 'delete', 'get', 'patch', 'update']);
    case 'log':
      return { group, version, kind, verbs: ['get'] };
    case 'exec':
      return core('PodExecOptions', STREAM);
    case 'attach':
      return core('PodAttachOptions', STREAM);
    case 'portforward':
      return core('PodPortForwardOptions', STREAM);
    default:
      return { group, version, kind, verbs: READ_WRITE };
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Eight stable bytes of base64: which storage version a resource has. */
function storageVersionHash({ group, version, kind }: ResourceInfo): string {
  let text = '';
  for (let i = 0; i < 11; i++) text += ALPHABET[hashName(`${group}/${version}/${kind}/${i}`) % (i === 10 ? 16 : 64)]!;
  return `${text}=`;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The resources of a version of a group, by name. */
const resourcesIn = (set: ResourceSet, group: string, version: string): ResourceInfo[] =>
  set.served
    .filter((info) => info.group === group && info.version === version)
    .toSorted((a, b) => byText(a.resource, b.resource));

/** The versions of a group, the preferred first. */
const versionsOf = (set: ResourceSet, group: string): string[] => [
  ...new Set(set.served.filter((info) => info.group === group).map((info) => info.version)),
];

function groupNames(set: ResourceSet): string[] {
  const present = new Set(set.served.map((info) => info.group));
  const custom = [...present].filter((group) => group !== '' && !GROUPS.includes(group)).toSorted(byText);
  return [...GROUPS.filter((group) => present.has(group)), ...custom];
}

/** What may still be asked of a resource whose definition is being deleted. */
const LAST_VERBS: readonly string[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const verbsOf = ({ verbs, custom }: ResourceInfo): readonly string[] =>
  custom?.terminating === true ? LAST_VERBS : verbs;

const optional = (name: string, list: readonly string[]): object => (list.length === 0 ? {} : { [name]: list });

function listEntries(info: ResourceInfo): unknown[] {
  const { resource, namespaced, store } = info;
  const own = {
    name: resource,
    singularName: info.singular,
    namespaced,
    kind: info.kind,
    verbs: verbsOf(info),
    ...optional('shortNames', info.shortNames),
    ...optional('categories', info.categories),
    ...(store === '' ? {} : { storageVersionHash: storageVersionHash(info) }),
  };
  const subresources = info.subresources.map((name) => {
    const { group, version, kind, verbs } = subresourceOf(info, name);
    const elsewhere = group === info.group && version === info.version ? {} : { group, version };
    return { name: `${resource}/${name}`, singularName: '', namespaced, ...elsewhere, kind, verbs };
  });
  return [own, ...subresources];
}

function resourceList(set: ResourceSet, group: string, version: string): unknown {
  const resources = resourcesIn(set, group, version).flatMap(listEntries);
  if (resources.length === 0) return null;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources };
}

function groupOf(set: ResourceSet, group: string): object | null {
  const listed = versionsOf(set, group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return listed.length === 0 ? null : { name: group, versions: listed, preferredVersion: listed[0] };
}

const scopeOf = (info: ResourceInfo): string => (info.namespaced ? 'Namespaced' : 'Cluster');

function aggregatedResource(info: ResourceInfo): unknown {
  const { group, version, kind } = info;
  const subresources = info.subresources.map((name) => {
    const { verbs, ...responseKind } = subresourceOf(info, name);
    return { subresource: name, responseKind, verbs };
  });
  return {
    resource: info.resource,
    responseKind: { group, version, kind },
    scope: scopeOf(info),
    singularResource: info.singular,
    verbs: verbsOf(info),
    ...optional('shortNames', info.shortNames),
    ...optional('categories', info.categories),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

const aggregatedGroup = (set: ResourceSet, group: string): unknown => ({
  metadata: group === '' ? {} : { name: group },
  versions: versionsOf(set, group).map((version) => ({
    version,
    resources: resourcesIn(set, group, version).map(aggregatedResource),
    freshness: 'Current',
  })),
});

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Whether the aggregated form is what the client likes best of all that is served. */
function wantsAggregated(accept: string | undefined): boolean {
  for (const clause of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const given = new Map(parameters.map((parameter) => [parameter.split('=')[0]!, parameter.split('=')[1]]));
    if (!given.has('as')) return false;
    if (
      given.get('as') === 'APIGroupDiscoveryList' &&
      given.get('g') === 'apidiscovery.k8s.io' &&
      given.get('v') === 'v2'
    )
      return true;
  }
  return false;
}

const rootPaths = (set: ResourceSet): string[] => [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/',
  ...groupNames(set).flatMap((group) => [
    `/apis/${group}`,
    ...versionsOf(set, group).map((version) => `/apis/${group}/${version}`),
  ]),
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/readyz',
  '/version',
];

export interface Document {
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const plain = (body: unknown): Document | null => (body === null ? null : { body });

/** Aggregated lists by the resources that they tell, so that a large document is made once. */
const lists = new WeakMap<ResourceSet, Map<string, Document>>();

function aggregated(
  set: ResourceSet,
  root: string,
  groups: readonly string[],
  others: readonly OthersGroup[] = [],
): Document {
  if (others.length > 0)
    return aggregatedList([
      ...groups.map((group) => aggregatedGroup(set, group)),
      ...others.map(({ aggregated: item }) => item),
    ]);
  const made = lists.get(set) ?? new Map<string, Document>();
  lists.set(set, made);
  let document = made.get(root);
  if (document === undefined) {
    document = aggregatedList(groups.map((group) => aggregatedGroup(set, group)));
    made.set(root, document);
  }
  return document;
}

function aggregatedList(items: readonly unknown[]): Document {
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  const etag = `"${hashText(JSON.stringify(body))}"`;
  return { body, contentType: AGGREGATED, headers: { etag, vary: 'Accept' } };
}

interface OthersGroup {
  readonly name: string;
  readonly group: object;
  readonly aggregated: object;
}

interface ListedResource {
  readonly name?: string;
  readonly singularName?: string;
  readonly kind?: string;
  readonly namespaced?: boolean;
  readonly verbs?: readonly string[];
}

/** The groups that add-ons answer for, as they told of them. @source aggregated discovery of APIServices that know only the old form */
function groupsOfOthers(groups: ReadonlyMap<string, AggregatedGroup> | null): readonly OthersGroup[] {
  const others: OthersGroup[] = [];
  for (const [apiService, { resources }] of groups ?? []) {
    if (resources === null) continue;
    const dot = apiService.indexOf('.');
    const version = apiService.slice(0, dot);
    const name = apiService.slice(dot + 1);
    const listed = { groupVersion: `${name}/${version}`, version };
    const items = (resources as readonly ListedResource[]).map((resource) => ({
      resource: resource.name,
      responseKind: { group: name, version, kind: resource.kind },
      scope: resource.namespaced === true ? 'Namespaced' : 'Cluster',
      singularResource: resource.singularName,
      verbs: resource.verbs,
    }));
    others.push({
      name,
      group: { name, versions: [listed], preferredVersion: listed },
      aggregated: { metadata: { name }, versions: [{ version, resources: items, freshness: 'Current' }] },
    });
  }
  return others;
}

/** A hash of a text as 64 upper-case digits, the form of an entity tag. */
export function hashText(text: string): string {
  const word = (basis: number): string => hashName(text, basis).toString(16).toUpperCase().padStart(8, '0');
  return Array.from({ length: 8 }, (_, index) => word(0x811c9dc5 ^ (index * 0x9e3779b1))).join('');
}

/** What a discovery path answers; null when it is none. */
export function discoveryOf(
  set: ResourceSet,
  path: string,
  accept: string | undefined,
  serverAddress: string,
  aggregatedGroups: ReadonlyMap<string, AggregatedGroup> | null = null,
): Document | null {
  const others = groupsOfOthers(aggregatedGroups);
  const parts = path.split('/').filter((part) => part !== '');
  const [root, second, third, ...rest] = parts;
  if (rest.length > 0) return null;
  if (root === undefined) return { body: { paths: rootPaths(set).toSorted(byText) } };
  if (root === 'api') {
    if (third !== undefined) return null;
    if (second !== undefined) return plain(resourceList(set, '', second));
    if (wantsAggregated(accept)) return aggregated(set, root, ['']);
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
    return { body: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs } };
  }
  if (root !== 'apis') return null;
  if (third !== undefined) return plain(resourceList(set, second!, third));
  if (second !== undefined) {
    const group = groupOf(set, second) ?? others.find(({ name }) => name === second)?.group ?? null;
    return group === null ? null : { body: { kind: 'APIGroup', apiVersion: 'v1', ...group } };
  }
  const groups = groupNames(set);
  if (wantsAggregated(accept)) return aggregated(set, root, groups, others);
  const all = [...groups.map((group) => groupOf(set, group)), ...others.map(({ group }) => group)];
  return { body: { kind: 'APIGroupList', apiVersion: 'v1', groups: all } };
}
