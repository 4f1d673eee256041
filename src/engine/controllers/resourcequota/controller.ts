/**
 * Counts what the namespaces use of their quotas: when a quota is new or its limits change, when something that it counts
 * ends, when another custom resource is served, and every five minutes. What is created is charged by the API server itself.
 *
 * @source kubernetes pkg/controller/resourcequota/resource_quota_controller.go, pkg/controller/resourcequota/resource_quota_monitor.go, pkg/quota/v1/install/update_filter.go
 */
import { semanticEqual } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { resourceOf } from '#engine/api/registry';
import { groupResourceText } from '#engine/api/status-error';
import type {
  CustomResourceDefinition,
  KubeObject,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  Service,
} from '#engine/api/types';
import { isCustom } from '#engine/client/paths';
import { type Change, type Collection, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { COUNTED_KINDS as KINDS } from './kinds';

export const resourceQuotaController = defineController({
  name: 'resourcequota',
  component: 'resourcequota-controller',
  watches: [...KINDS, 'CustomResourceDefinition'],
  watchesCustom: true,
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileQuota(view, key, situation),
});

function keysFor(change: Change, view: View): readonly string[] {
  const { kind, type, object }: { kind: Collection; type: string; object: KubeObject } = change;
  if (kind === 'CustomResourceDefinition') return servedAnew(change, view);
  const namespace = object.metadata.namespace ?? '';
  if (kind === 'ResourceQuota' && type !== 'deleted') {
    const [next, old] = [object as ResourceQuota, change.old as ResourceQuota | undefined];
    const isSame = old !== undefined && lateReconcilers.code.isSameList(next.spec?.hard, old.spec?.hard);
    return isSame ? [] : [`${namespace}/${object.metadata.name}`];
  }
  if (type === 'added' || (type === 'updated' && !gives(object, change.old as KubeObject))) return [];
  const quotas = view.list('ResourceQuota', namespace);
  if (quotas.length === 0) return [];
  const id = isCustom(kind) ? lateReconcilers.code.resourceName(kind) : groupResourceText(resourceOf(kind));
  return quotas
    .filter(({ status }) => lateApi.code.countedOf(id, Object.keys(status?.hard ?? {})).length > 0)
    .map(({ metadata }) => `${namespace}/${metadata.name}`);
}

/** All quotas, when there may be more that they count. */
function servedAnew({ object, old }: Change, view: View): readonly string[] {
  const [next, before] = [object as CustomResourceDefinition, old as CustomResourceDefinition | undefined];
  if (!lateReconcilers.code.isServedAnew(next, before)) return [];
  return view.list('ResourceQuota').map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
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
