/** Lists as the API answers them. */
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import { inVersion } from './served';

/** Where a list goes on. */
export interface ListMore {
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list of stored objects as the API answers it. */
export function listBody(
  info: ResourceInfo,
  items: readonly KubeObject[],
  revision: number,
  more: ListMore = {},
): unknown {
  return {
    kind: info.custom?.listKind ?? `${info.kind}List`,
    apiVersion: info.apiVersion,
    metadata: { resourceVersion: String(revision), ...more },
    items: info.conversion === undefined ? items : items.map((item) => inVersion(info, item)),
  };
}
