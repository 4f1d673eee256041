/**
 * The objects of a manifest as kubectl takes them up: what it refuses without asking for them, and the resources of kinds that
 * only the server knows.
 *
 * @source cli-runtime/pkg/resource/{builder,mapper}.go
 */
import { type ManifestDocument, positionOf } from '#engine/api/manifest-document';
import { resourceByKind } from '#engine/api/registry';
import type { KubeObjectInput, Status } from '#engine/api/types';
import { errorText } from './error-text';
import type { Item, ItemResource, ManifestRun } from './invocation';

function refuse(run: ManifestRun, document: ManifestDocument, message: string, path = ''): [] {
  run.errors.push(message);
  run.positions.push({ ...positionOf(document, path), message });
  run.failures++;
  run.failed = true;
  return [];
}

/** One document as something to work on; none when kubectl refuses it. */
export function itemOf(run: ManifestRun, document: ManifestDocument): Item[] {
  const object = document.object as Partial<KubeObjectInput>;
  const { apiVersion, kind } = object;
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (!apiVersion || !kind) {
    const text = missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`;
    return refuse(
      run,
      document,
      `error: error validating "STDIN": error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  }
  const item: Item = { object: { ...object, apiVersion, kind }, document, resource: null };
  const known = resourceByKind(apiVersion, kind);
  if (known === undefined) return [item];
  // The registry's own entry holds functions, and the item is state, which is saved.
  const { group, version, resource, singular, namespaced, schema } = known;
  return placed(run, item, { group, version, kind, resource, singular, namespaced, schema });
}

/** The item with its resource, in the namespace where it belongs. */
function placed(run: ManifestRun, item: Item, resource: ItemResource): Item[] {
  const { object, document } = item;
  const { metadata } = object;
  if (!metadata?.name) {
    if (metadata?.generateName)
      return refuse(
        run,
        document,
        `error: from ${metadata.generateName}: cannot use generate name with apply`,
        'metadata.generateName',
      );
    return refuse(
      run,
      document,
      `error: error when retrieving current configuration of:\nfrom server for: "STDIN": resource name may not be empty`,
      'metadata',
    );
  }
  const isPlaceless = resource.namespaced && !metadata.namespace;
  return [
    {
      document,
      resource,
      object: isPlaceless ? { ...object, metadata: { ...metadata, namespace: run.namespace } } : object,
    },
  ];
}

/** Where the server tells what it has of a group's version. */
export const groupVersionPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** What the server serves of one version of a group (APIResourceList), as far as it counts here. */
interface Served {
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly namespaced: boolean;
    readonly kind: string;
  }[];
}

/** The server has told what it serves of a group's version, or refused: its items have their resources, or are refused. */
export function locate(
  run: ManifestRun,
  apiVersion: string,
  answer: { readonly ok: boolean; readonly code: number; readonly body: unknown },
): void {
  const served = answer.ok ? ((answer.body as Served).resources ?? []) : [];
  const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?];
  run.items = run.items.flatMap((item) => {
    const { object, document } = item;
    if (item.resource !== null || object.apiVersion !== apiVersion) return [item];
    if (!answer.ok && answer.code !== 404) return refuse(run, document, errorText(answer.body as Status, ''));
    const found = served.find(({ name, kind }) => kind === object.kind && !name.includes('/'));
    if (found !== undefined) {
      const { name: resource, singularName, namespaced, kind } = found;
      const singular = singularName === '' ? kind.toLowerCase() : singularName;
      return placed(run, item, { group, version, kind, resource, singular, namespaced, schema: null });
    }
    const { name = '', namespace = '' } = object.metadata ?? {};
    return refuse(
      run,
      document,
      `error: resource mapping not found for name: "${name}" namespace: "${namespace}" from "STDIN": no matches for kind "${object.kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
      'kind',
    );
  });
}
