/** What quotas may count. @source kubernetes pkg/controller/resourcequota/resource_quota_monitor.go */
import { resources } from '#engine/api/registry';
import type { Kind } from '#engine/api/types';

export const COUNTED_KINDS: readonly Kind[] = resources
  .filter(({ namespaced, kind }) => namespaced && kind !== 'Event')
  .map(({ kind }) => kind);
