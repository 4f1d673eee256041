/**
 * OpenAPI: which document a path means. The documents are megabytes; whoever serves HTTP has them.
 *
 * @source kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go
 */
import { builtIn } from '#engine/api/registry';

const INDEX = 'openapi/v3';

/** The name of the document at a path; null when there is none. */
export function openApiDocument(path: string): string | null {
  const name = path.replace(/\/$/, '').slice(1);
  if (name === 'openapi/v2' || name === INDEX) return name;
  if (!name.startsWith(`${INDEX}/`)) return null;
  const [root, ...rest] = name.slice(INDEX.length + 1).split('/');
  const apiVersion = rest.join('/');
  const core = root === 'api' && rest.length === 1;
  if (!core && (root !== 'apis' || rest.length !== 2)) return null;
  return builtIn.all.some((info) => info.apiVersion === apiVersion) ? name : null;
}
