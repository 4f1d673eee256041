/** What the scale subresource shows of an object. @source kubernetes pkg/registry/apps/{deployment,replicaset,statefulset}/storage/storage.go */
import { formatLabels, formatLabelSelector } from '#engine/api/label-selector';
import { scaleMetadata } from '#engine/api/meta';
import { quote } from '#engine/api/field-error';
import type { ResourceInfo } from '#engine/api/registry';
import { internalError } from '#engine/api/status-error';
import type {
  Deployment,
  KubeObject,
  ReplicaSet,
  ReplicationController,
  Scale,
  StatefulSet,
  Status,
} from '#engine/api/types';

type Scalable = Deployment | ReplicaSet | StatefulSet;

/** The selector as text. That of a ReplicationController is a plain set of labels. */
function selectorText(object: Scalable): string {
  if (object.kind !== ('ReplicationController' as string)) return formatLabelSelector(object.spec?.selector);
  return formatLabels((object as KubeObject as ReplicationController).spec?.selector);
}

/** The Scale of whatever has replicas. */
export function scaleOf({ custom }: ResourceInfo, object: KubeObject): Scale {
  if (custom?.scale !== undefined) return custom.scale.scaleOf(object);
  const { metadata, spec, status } = object as Scalable;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: scaleMetadata(metadata),
    spec: { replicas: spec?.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(object as Scalable) },
  };
}

/** Whether a custom object says nothing of replicas. */
export const lacksReplicas = ({ custom }: ResourceInfo, scale: Partial<Scale>): boolean =>
  custom?.scale !== undefined && scale.spec?.replicas === undefined;

export const noReplicas = ({ custom }: ResourceInfo): Status =>
  internalError(`the spec replicas field ${quote(custom?.scale?.replicasPath ?? '')} does not exist`);
