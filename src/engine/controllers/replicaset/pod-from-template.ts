/**
 * The pod that a ReplicaSet asks for.
 *
 * @source kubernetes pkg/controller/controller_utils.go (GetPodFromTemplate)
 */
import { ownerReference } from '#engine/api/meta';
import { dnsSubdomainErrors } from '#engine/api/names';
import type { KubeObjectInput, PodSpec, ReplicaSet } from '#engine/api/types';

export interface PodInput extends KubeObjectInput {
  readonly spec: PodSpec;
}

export function podFromTemplate(owner: ReplicaSet): PodInput {
  const { metadata, spec } = owner.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podNamePrefix(owner.metadata.name),
      namespace: owner.metadata.namespace ?? '',
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...(metadata?.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: spec ?? { containers: [] },
  };
}

/** The dash is dropped when the name with it could not begin the name of a pod. */
function podNamePrefix(name: string): string {
  const prefix = `${name}-`;
  return dnsSubdomainErrors(`${prefix}a`).length === 0 ? prefix : name;
}
