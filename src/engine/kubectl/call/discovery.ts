/**
 * What the server serves, as kubectl learns it, and which of it a word on the command line means.
 *
 * @source client-go discovery/{discovery_client,cached}, restmapper/{discovery,shortcut,category_expansion}.go
 */
import type { Credentials } from '#engine/apiserver/wire';
import { type Micros, SECOND } from '#engine/kernel/time';
import { ask, type Call, failed } from './context';
import { cache, cached, type Doing } from './effects';

export interface Resource {
  readonly group: string;
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural, as in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** The version of its group that is preferred. */
  readonly preferred: boolean;
}

export interface Discovery {
  /** All, in the order of the server. */
  readonly resources: readonly Resource[];
  readonly apiVersions: readonly string[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const ACCEPT = `${AGGREGATED},${AGGREGATED.replace('v=v2', 'v=v2beta1')},application/json`;

/** How long what was learnt is held for true. @source cli-runtime/pkg/genericclioptions/config_flags.go (cachedDiscoveryTTL) */
const KEPT_FOR: Micros = 6 * 3600 * SECOND;
const CACHE = 'discovery';

interface Document {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly singularResource: string;
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
        readonly verbs: readonly string[];
        readonly subresources?: readonly { readonly subresource: string }[];
      }[];
    }[];
  }[];
}

export function* discover(call: Call, anew = false): Doing<Discovery> {
  const known = anew ? null : ((yield* cached(CACHE, KEPT_FOR)) as Discovery | null);
  if (known !== null) return known;
  const documents: Document[] = [];
  for (const path of ['/api', '/apis']) {
    const reply = yield* ask(withoutImpersonation(call), { method: 'GET', path, accept: ACCEPT });
    if (reply.ok) documents.push(reply.body as Document);
  }
  const found = discoveryOf(documents);
  yield* cache(CACHE, found);
  return found;
}

/** Discovery is for everybody; what is kept does not depend on who asks. */
const withoutImpersonation = (call: Call): Call =>
  call.credentials?.impersonate === undefined ? call : { ...call, credentials: null satisfies Credentials | null };

function discoveryOf(documents: readonly Document[]): Discovery {
  const resources: Resource[] = [];
  const apiVersions: string[] = [];
  for (const { items } of documents) {
    for (const { metadata, versions } of items) {
      const group = metadata?.name ?? '';
      versions.forEach(({ version, resources: served = [] }, index) => {
        const apiVersion = group === '' ? version : `${group}/${version}`;
        apiVersions.push(apiVersion);
        for (const one of served) {
          resources.push({
            group,
            version,
            apiVersion,
            kind: one.responseKind?.kind ?? '',
            resource: one.resource,
            singular: one.singularResource,
            shortNames: one.shortNames ?? [],
            categories: one.categories ?? [],
            namespaced: one.scope === 'Namespaced',
            verbs: one.verbs,
            subresources: (one.subresources ?? []).map(({ subresource }) => subresource),
            preferred: index === 0,
          });
        }
      });
    }
  }
  return { resources, apiVersions };
}

/** `deployments`, `deploy`, `deployment.apps`, `cronjobs.v1.batch`: the resource that is meant; null: there is none. */
function find({ resources }: Discovery, text: string): Resource | null {
  const word = text.toLowerCase();
  const parts = word.split('.');
  const [name = ''] = parts;
  const matches = (one: Resource, names: string): boolean => one.resource === names || one.singular === names;
  const inGroup = (one: Resource, names: string, group: string): boolean =>
    (matches(one, names) || one.shortNames.includes(names)) && one.group === group;
  if (parts.length === 1) {
    const short = resources.find(
      (one) => one.preferred && one.shortNames.includes(name) && !resources.some((other) => matches(other, name)),
    );
    return (
      resources.find((one) => one.preferred && matches(one, name)) ??
      resources.find((one) => matches(one, name)) ??
      short ??
      null
    );
  }
  const [, version = ''] = parts;
  const versioned = resources.find((one) => one.version === version && inGroup(one, name, parts.slice(2).join('.')));
  if (versioned !== undefined) return versioned;
  const group = parts.slice(1).join('.');
  const exact = resources.filter((one) => inGroup(one, name, group));
  if (exact.length > 0) return exact.find(({ preferred }) => preferred) ?? exact[0]!;
  // The beginning of a group's name is enough.
  return resources.find((one) => one.preferred && matches(one, name) && one.group.startsWith(group)) ?? null;
}

/** The resource that a word means. */
export function* resourceFor(call: Call, text: string): Doing<Resource> {
  const found = yield* resourceOrNull(call, text);
  if (found === null) throw failed(`the server doesn't have a resource type "${text.split('.', 1)[0]}"`);
  return found;
}

export function* resourceOrNull(call: Call, text: string): Doing<Resource | null> {
  const known = find(yield* discover(call), text);
  return known ?? find(yield* discover(call, true), text);
}

/** The resources that a word means: those of a category, or one. */
export function* resourcesFor(call: Call, text: string): Doing<readonly Resource[]> {
  const { resources } = yield* discover(call);
  const ofCategory = resources.filter(({ preferred, categories }) => preferred && categories.includes(text));
  return ofCategory.length > 0 ? ofCategory : [yield* resourceFor(call, text)];
}

export function* resourceOfKind(call: Call, apiVersion: string, kind: string): Doing<Resource | null> {
  for (const anew of [false, true]) {
    const { resources } = yield* discover(call, anew);
    const found = resources.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (found !== undefined) return found;
  }
  return null;
}

/** `/apis/apps/v1/namespaces/default/deployments/web`. */
export function pathOf(
  { group, version, resource, namespaced }: Pick<Resource, 'group' | 'version' | 'resource' | 'namespaced'>,
  namespace: string,
  name = '',
  subresource = '',
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection =
    namespaced && namespace !== '' ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
  return `${collection}${name === '' ? '' : `/${encodeURIComponent(name)}`}${subresource === '' ? '' : `/${subresource}`}`;
}

/** `deployment.apps`, as result lines have it. */
export const kindText = ({ kind, group }: Pick<Resource, 'kind' | 'group'>): string =>
  `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;

/** `apps/v1, Resource=deployments`, `/v1, Resource=pods`. */
export const listedText = ({ group, version, resource }: Pick<Resource, 'group' | 'version' | 'resource'>): string =>
  `${group}/${version}, Resource=${resource}`;

/** `deployments.apps`, as errors have it. */
export const resourceText = ({ resource, group }: Pick<Resource, 'resource' | 'group'>): string =>
  `${resource}${group === '' ? '' : `.${group}`}`;
