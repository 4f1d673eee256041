/** Which quotas a change touches. @source kubernetes pkg/controller/resourcequota/resource_quota_monitor.go, pkg/quota/v1/install/update_filter.go */
import { semanticEqual } from '#engine/api/json';
import { countedOf } from '#engine/api/quota/usage';
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
import type { Change, Collection, View } from '#engine/client/plan';
import { isServedAnew, resourceName } from '../custom-resources';
import { isSameList } from './reconcile';

/** Keys of the quotas that a change may have to do with. */
export function quotasTouched(change: Change, view: View): readonly string[] {
  const { kind, type, object }: { kind: Collection; type: string; object: KubeObject } = change;
  if (kind === 'CustomResourceDefinition') return servedAnew(change, view);
  const namespace = object.metadata.namespace ?? '';
  if (kind === 'ResourceQuota' && type !== 'deleted') {
    const [next, old] = [object as ResourceQuota, change.old as ResourceQuota | undefined];
    const isSame = old !== undefined && isSameList(next.spec?.hard, old.spec?.hard);
    return isSame ? [] : [`${namespace}/${object.metadata.name}`];
  }
  if (type === 'added' || (type === 'updated' && !gives(object, change.old as KubeObject))) return [];
  const quotas = view.list('ResourceQuota', namespace);
  if (quotas.length === 0) return [];
  const id = isCustom(kind) ? resourceName(kind) : groupResourceText(resourceOf(kind));
  return quotas
    .filter(({ status }) => countedOf(id, Object.keys(status?.hard ?? {})).length > 0)
    .map(({ metadata }) => `${namespace}/${metadata.name}`);
}

/** All quotas, when there may be more that they count. */
function servedAnew({ object, old }: Change, view: View): readonly string[] {
  const [next, before] = [object as CustomResourceDefinition, old as CustomResourceDefinition | undefined];
  if (!isServedAnew(next, before)) return [];
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
