import type { ObjectReference, Pod } from '#engine/api/types';

/** What an Event about a pod names it by. */
export function podReference({ metadata }: Pod): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return namespace === undefined
    ? { apiVersion: 'v1', kind: 'Pod', name, uid, resourceVersion }
    : { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion };
}
