/** Counting what a namespace uses of a quota. @source kubernetes pkg/controller/resourcequota/resource_quota_controller.go (syncResourceQuota) */
import { sortedKeys } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { compareQuantities } from '#engine/api/quantity';
import { resourceOf } from '#engine/api/registry';
import { groupResourceText } from '#engine/api/status-error';
import type { KubeObject, ResourceQuota } from '#engine/api/types';
import { NOTHING, type Plan, type Situation, type View } from '#engine/client/plan';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { customKinds, resourceName } from '../custom-resources';
import { updateStatus } from '../steps';
import { COUNTED_KINDS } from './kinds';

type Lists = Readonly<Record<string, string | number>> | undefined;

const RESYNC = 5 * MINUTE;
/** When to look again for what a quota counts and no cache has yet. */
const MISSING = 2 * SECOND;

/** Whether two lists hold the same amounts. */
export function isSameList(a: Lists = {}, b: Lists = {}): boolean {
  const names = sortedKeys(a);
  return (
    names.join() === sortedKeys(b).join() && names.every((name) => compareQuantities(a[name], b[name] ?? '0') === 0)
  );
}

/** @param key - namespace and name of a quota */
export function reconcileQuota(view: View, key: string, { now }: Pick<Situation, 'now'>): Plan {
  const slash = key.indexOf('/');
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  const quota = view.get('ResourceQuota', namespace, name);
  if (quota === undefined) return NOTHING;
  const custom = customKinds(view.list('CustomResourceDefinition')).filter(({ namespaced }) => namespaced);
  const counted = [
    ...COUNTED_KINDS.map((kind) => ({
      id: groupResourceText(resourceOf(kind)),
      list: (): readonly KubeObject[] => view.list(kind, namespace),
    })),
    ...custom
      .filter(({ collection }) => view.unread(collection) === null)
      .map(({ collection }) => ({
        id: resourceName(collection),
        list: (): readonly KubeObject[] => view.list(collection, namespace),
      })),
  ];
  const hard = quota.spec?.hard ?? {};
  const named = Object.keys(hard);
  const misses = custom.some(
    ({ collection }) =>
      view.unread(collection) !== null && lateApi.code.countedOf(resourceName(collection), named).length > 0,
  );
  const again = misses ? MISSING : RESYNC;
  const used = lateApi.code.countQuota(quota, counted, now);
  const { status } = quota;
  if (status?.used !== undefined && isSameList(status.hard, hard) && isSameList(status.used, used))
    return { steps: [], again };
  const next = { ...quota, status: { hard, used } } as ResourceQuota;
  return { steps: [updateStatus(next)], again, because: `what ${namespace} uses of quota ${name} was counted` };
}
