/**
 * Counts what the namespaces use of their quotas: when a quota is new or its limits change, when something that it counts
 * ends, and every five minutes. What is created is charged by the API server itself.
 *
 * @source kubernetes pkg/controller/resourcequota/resource_quota_controller.go, pkg/controller/resourcequota/resource_quota_monitor.go, pkg/quota/v1/install/update_filter.go
 */
import { semanticEqual, sortedKeys } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { compareQuantities } from '#engine/api/quantity';
import { resourceOf, resources } from '#engine/api/registry';
import { groupResourceText } from '#engine/api/status-error';
import type { Kind, KubeObject, PersistentVolumeClaim, Pod, ResourceQuota, Service } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type Situation, type View, defineController } from '#engine/client/plan';
import { MINUTE } from '#engine/kernel/time';
import { updateStatus } from '../steps';

const RESYNC = 5 * MINUTE;

/** What a quota may count. */
const KINDS: readonly Kind[] = resources
  .filter(({ namespaced, kind }) => namespaced && kind !== 'Event')
  .map(({ kind }) => kind);

export const resourceQuotaController = defineController({
  name: 'resourcequota',
  component: 'resourcequota-controller',
  watches: KINDS,
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: reconcileQuota,
});

type Lists = Readonly<Record<string, string | number>> | undefined;

function isSameList(a: Lists = {}, b: Lists = {}): boolean {
  const names = sortedKeys(a);
  return (
    names.join() === sortedKeys(b).join() && names.every((name) => compareQuantities(a[name], b[name] ?? '0') === 0)
  );
}

function keysFor(change: Change, view: View): readonly string[] {
  const { kind, type, object }: { kind: Kind; type: string; object: KubeObject } = change;
  const namespace = object.metadata.namespace ?? '';
  if (kind === 'ResourceQuota' && type !== 'deleted') {
    const [next, old] = [object as ResourceQuota, change.old as ResourceQuota | undefined];
    const isSame = old !== undefined && isSameList(next.spec?.hard, old.spec?.hard);
    return isSame ? [] : [`${namespace}/${object.metadata.name}`];
  }
  if (type === 'added' || (type === 'updated' && !gives(object, change.old as KubeObject))) return [];
  const quotas = view.list('ResourceQuota', namespace);
  if (quotas.length === 0) return [];
  const id = groupResourceText(resourceOf(kind));
  return quotas
    .filter(({ status }) => lateApi.code.countedOf(id, Object.keys(status?.hard ?? {})).length > 0)
    .map(({ metadata }) => `${namespace}/${metadata.name}`);
}

const isOver = ({ status }: Pod): boolean => status?.phase === 'Failed' || status?.phase === 'Succeeded';

/** Whether an update may give something back. */
function gives(next: KubeObject, old: KubeObject): boolean {
  switch (next.kind) {
    case 'Pod':
      return isOver(next as Pod) && !isOver(old as Pod);
    case 'Service':
      return (next as Service).spec?.type !== (old as Service).spec?.type;
    case 'PersistentVolumeClaim':
      return !semanticEqual(
        (next as PersistentVolumeClaim).status?.allocatedResources,
        (old as PersistentVolumeClaim).status?.allocatedResources,
      );
    default:
      return false;
  }
}

/** @param key - namespace and name of a quota */
export function reconcileQuota(view: View, key: string, { now }: Pick<Situation, 'now'>): Plan {
  const slash = key.indexOf('/');
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  const quota = view.get('ResourceQuota', namespace, name);
  if (quota === undefined) return NOTHING;
  const counted = KINDS.map((kind) => ({
    id: groupResourceText(resourceOf(kind)),
    list: (): readonly KubeObject[] => view.list(kind, namespace),
  }));
  const hard = quota.spec?.hard ?? {};
  const used = lateApi.code.countQuota(quota, counted, now);
  const { status } = quota;
  if (status?.used !== undefined && isSameList(status.hard, hard) && isSameList(status.used, used))
    return { steps: [], again: RESYNC };
  const next = { ...quota, status: { hard, used } } as ResourceQuota;
  return { steps: [updateStatus(next)], again: RESYNC, because: `what ${namespace} uses of quota ${name} was counted` };
}
