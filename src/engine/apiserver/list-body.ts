/** Lists as the API answers them. */
import type { KubeObject } from '#engine/api/types';
import { infoOf } from './resource-name';

/** A list of objects as the API answers it. */
export function listBody(
  resource: string,
  items: readonly KubeObject[],
  revision: number,
  more: { readonly continue?: string; readonly remainingItemCount?: number } = {},
): unknown {
  const info = infoOf(resource);
  return {
    kind: `${info.kind}List`,
    apiVersion: info.apiVersion,
    metadata: { resourceVersion: String(revision), ...more },
    items,
  };
}
