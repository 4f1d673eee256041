/** What quotas may count. @source kubernetes pkg/controller/resourcequota/resource_quota_monitor.go */
import { resources } from '#engine/api/registry';
import type { Kind } from '#engine/api/types';

/** Written all the time, and counted by hardly anybody: the API server charges them when they are created. */
const RENEWED: ReadonlySet<Kind> = new Set<Kind>(['Event', 'Lease']);

export const COUNTED_KINDS: readonly Kind[] = resources
  .filter(({ namespaced, kind }) => namespaced && !RENEWED.has(kind))
  .map(({ kind }) => kind);
