/** What the scale subresource shows of an object. @source kubernetes pkg/registry/apps/{deployment,replicaset,statefulset}/storage/storage.go */
import { formatLabels, formatLabelSelector } from '#engine/api/label-selector';
import type { Deployment, KubeObject, ReplicaSet, ReplicationController, Scale, StatefulSet } from '#engine/api/types';

type Scalable = Deployment | ReplicaSet | StatefulSet;

/** The selector as text. That of a ReplicationController is a plain set of labels. */
function selectorText(object: Scalable): string {
  if (object.kind !== ('ReplicationController' as string)) return formatLabelSelector(object.spec?.selector);
  return formatLabels((object as KubeObject as ReplicationController).spec?.selector);
}

/** The Scale of whatever has replicas. */
export function scaleOf(object: KubeObject): Scale {
  const { metadata, spec, status } = object as Scalable;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
    },
    spec: { replicas: spec?.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(object as Scalable) },
  };
}
