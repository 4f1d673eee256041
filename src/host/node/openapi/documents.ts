/**
 * The OpenAPI documents of the built-in API and of custom resources. The API server names the document that it means; whoever serves HTTP makes it here,
 * once, when somebody asks.
 *
 * @source kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go
 */
import { builtIn, type ResourceInfo } from '#engine/api/registry';
import type { CustomModel } from '#engine/api/custom/custom-model';
import { typeNameOf } from '#engine/api/openapi/custom';
import type { GroupVersionKind, Json, Models } from '#engine/api/openapi/models';
import { CUSTOM_TYPES, type Described, Operations } from './operations';
import { Schemas } from '#engine/api/openapi/schemas';

const INFO = { title: 'Kubernetes', version: 'v1.35.5' };
const CUSTOM_INFO = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };
const BEARER = {
  type: 'apiKey',
  description: 'Bearer Token authentication',
  name: 'authorization',
  in: 'header',
};

/** What each type of the schema is served as. Options of a deletion are part of every group version. */
function kindsOf(resources: readonly ResourceInfo[]): Map<string, GroupVersionKind[]> {
  const kinds = new Map<string, GroupVersionKind[]>();
  for (const { schema, group, version, kind } of resources) kinds.set(schema, [{ group, kind, version }]);
  const versions = new Map(resources.map(({ apiVersion, group, version }) => [apiVersion, { group, version }]));
  const everywhere = (kind: string): GroupVersionKind[] =>
    [...versions.values()].map(({ group, version }) => ({ group, kind, version }));
  kinds.set('DeleteOptions', everywhere('DeleteOptions'));
  kinds.set('Status', [{ group: '', kind: 'Status', version: 'v1' }]);
  kinds.set('Scale', [{ group: 'autoscaling', kind: 'Scale', version: 'v1' }]);
  kinds.set('Eviction', [{ group: 'policy', kind: 'Eviction', version: 'v1' }]);
  kinds.set('authentication.TokenRequest', [{ group: 'authentication.k8s.io', kind: 'TokenRequest', version: 'v1' }]);
  return kinds;
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const rootOf = ({ group, version }: Pick<ResourceInfo, 'group' | 'version'>): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;
const sortedPaths = (paths: Json): Json =>
  Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => byName(a, b)));

const describedOf = (custom: readonly CustomModel[]): Described[] =>
  custom.map((model) => ({ ...model, schema: typeNameOf(model), types: CUSTOM_TYPES }));

/** The parts of the third version, e.g. `api/v1`, `apis/apps/v1`, by name. */
export const groupVersions = (custom: readonly CustomModel[]): string[] =>
  [...new Set([...builtIn.all, ...custom].map(rootOf))].toSorted(byName);

/**
 * The document of one group version; null when there is none of that name.
 *
 * @param custom - resources besides the built-in ones, of any group
 */
export function openApiV3(models: Models, name: string, custom: readonly CustomModel[]): Json | null {
  const own = builtIn.all.filter((info) => rootOf(info) === name);
  const added = custom.filter((model) => rootOf(model) === name);
  const resources = [...own, ...describedOf(added)];
  if (resources.length === 0) return null;
  const schemas = new Schemas(models, 'v3', kindsOf(builtIn.all), added);
  const operations = new Operations(schemas, 'v3');
  const paths = Object.assign({}, ...resources.map((info) => operations.pathsOf(info))) as Json;
  return {
    openapi: '3.0.0',
    info: own.length === 0 ? CUSTOM_INFO : INFO,
    paths: sortedPaths(paths),
    components: { schemas: schemas.all(), securitySchemes: { BearerToken: BEARER } },
  };
}

/** The whole API in one document of the second version. */
export function openApiV2(models: Models, custom: readonly CustomModel[]): Json {
  const schemas = new Schemas(models, 'v2', kindsOf(builtIn.all), custom);
  const operations = new Operations(schemas, 'v2');
  const resources = [...builtIn.all, ...describedOf(custom)];
  const paths = Object.assign({}, ...resources.map((info) => operations.pathsOf(info))) as Json;
  return {
    swagger: '2.0',
    info: INFO,
    paths: sortedPaths(paths),
    definitions: schemas.all(),
    securityDefinitions: { BearerToken: BEARER },
    security: [{ BearerToken: [] }],
  };
}
