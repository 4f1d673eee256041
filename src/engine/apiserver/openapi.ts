/**
 * OpenAPI: which document a path means. The documents are megabytes; whoever serves HTTP has them, and is told what custom resources
 * add to them.
 *
 * @source kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go; apiextensions-apiserver/pkg/controller/{openapi,openapiv3}
 */
import { type CustomModel, customModelOf } from '#engine/api/custom/custom-model';
import type { ResourceInfo } from '#engine/api/registry';
import type { ResourceSet } from '#engine/api/resource-set';

const INDEX = 'openapi/v3';

export interface OpenApiDocument {
  /** Its name, e.g. `openapi/v3/apis/apps/v1`. */
  readonly document: string;
  /** What custom resources add to it. */
  readonly body: { readonly custom: readonly CustomModel[] };
}

/** The document at a path; null when there is none. */
export function openApiDocument({ served }: ResourceSet, path: string): OpenApiDocument | null {
  const document = path.replace(/\/$/, '').slice(1);
  const naming = (resources: readonly ResourceInfo[]): OpenApiDocument => ({
    document,
    body: { custom: resources.flatMap(customModelOf) },
  });
  if (document === 'openapi/v2' || document === INDEX) return naming(served);
  if (!document.startsWith(`${INDEX}/`)) return null;
  const [root, ...rest] = document.slice(INDEX.length + 1).split('/');
  const apiVersion = rest.join('/');
  const core = root === 'api' && rest.length === 1;
  if (!core && (root !== 'apis' || rest.length !== 2)) return null;
  const resources = served.filter((info) => info.apiVersion === apiVersion);
  return resources.length === 0 ? null : naming(resources);
}
