/**
 * Discovery: which groups, versions and resources there are, read from the registry.
 *
 * @source kubernetes apiserver/pkg/endpoints/discovery, api/discovery/*.json
 */
import { builtIn, type ResourceInfo } from '#engine/api/registry';
import { hashName } from '#engine/kernel/random';

const READ_WRITE = ['get', 'patch', 'update'];

interface Subresource {
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly group?: string;
  readonly version?: string;
}

function subresourceOf(info: ResourceInfo, name: string): Subresource {
  switch (name) {
    case 'scale':
      return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: READ_WRITE };
    case 'eviction':
      return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
    case 'binding':
      return { kind: 'Binding', verbs: ['create'] };
    case 'token':
      return { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] };
    case 'finalize':
      return { kind: info.kind, verbs: ['update'] };
    case 'proxy':
      return { kind: `${info.kind}ProxyOptions`, verbs: ['create', 'delete', 'get', 'patch', 'update'] };
    case 'log':
      return { kind: info.kind, verbs: ['get'] };
    case 'exec':
    case 'attach':
    case 'portforward':
      return {
        kind: 'PodExecOptions'.replace('Exec', name === 'exec' ? 'Exec' : name === 'attach' ? 'Attach' : 'PortForward'),
        verbs: ['create', 'get'],
      };
    default:
      return { kind: info.kind, verbs: READ_WRITE };
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Eight stable bytes of base64: which storage version a resource has. */
function storageVersionHash(info: ResourceInfo): string {
  let text = '';
  for (let i = 0; i < 11; i++)
    text += ALPHABET[hashName(`${info.group}/${info.version}/${info.kind}/${i}`) % (i === 10 ? 16 : 64)]!;
  return `${text}=`;
}

function resourceList(group: string, version: string): unknown {
  const listed = builtIn.all
    .filter((info) => info.group === group && info.version === version)
    .toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
  const entries: unknown[] = [];
  for (const info of listed) {
    entries.push({
      name: info.resource,
      singularName: info.singular,
      namespaced: info.namespaced,
      kind: info.kind,
      verbs: info.verbs,
      ...(info.shortNames.length === 0 ? {} : { shortNames: info.shortNames }),
      ...(info.categories.length === 0 ? {} : { categories: info.categories }),
      storageVersionHash: storageVersionHash(info),
    });
    for (const name of info.subresources.toSorted()) {
      const { kind, verbs, ...elsewhere } = subresourceOf(info, name);
      entries.push({
        name: `${info.resource}/${name}`,
        singularName: '',
        namespaced: info.namespaced,
        ...elsewhere,
        kind,
        verbs,
      });
    }
  }
  if (entries.length === 0) return null;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources: entries };
}

/** The groups with a name, in order of the registry. */
const groupNames = (): string[] => [...new Set(builtIn.all.map((info) => info.group))].filter((group) => group !== '');

function groupOf(group: string): unknown {
  const versions = [...new Set(builtIn.all.filter((info) => info.group === group).map((info) => info.version))];
  if (versions.length === 0) return null;
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: listed, preferredVersion: listed[0] };
}

const rootPaths = (): string[] => [
  '/api',
  '/api/v1',
  '/apis',
  '/apis/',
  ...groupNames().flatMap((group) => [
    `/apis/${group}`,
    ...builtIn.all.filter((info) => info.group === group).map((info) => `/apis/${group}/${info.version}`),
  ]),
  '/healthz',
  '/livez',
  '/readyz',
  '/version',
];

/** The body that a discovery path answers; null when it is none. */
export function discoveryOf(path: string, serverAddress: string): unknown {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { paths: [...new Set(rootPaths())].toSorted() };
  if (parts[0] === 'api') {
    if (parts.length === 2) return resourceList('', parts[1]!);
    if (parts.length > 2) return null;
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    };
  }
  if (parts[0] !== 'apis') return null;
  if (parts.length === 1) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(groupOf) };
  if (parts.length === 2) {
    const group = groupOf(parts[1]!);
    return group === null ? null : { kind: 'APIGroup', apiVersion: 'v1', ...(group as object) };
  }
  return parts.length === 3 ? resourceList(parts[1]!, parts[2]!) : null;
}
