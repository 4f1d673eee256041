/**
 * The pod that a template asks for.
 *
 * @source kubernetes pkg/controller/controller_utils.go (GetPodFromTemplate)
 */
import { ownerReference } from '#engine/api/meta';
import { dnsSubdomainErrors } from '#engine/api/names';
import type { KubeObject, KubeObjectInput, PodSpec, PodTemplateSpec } from '#engine/api/types';

export interface PodInput extends KubeObjectInput {
  readonly spec: PodSpec;
}

/** A pod of this template with its owner as its controller, whose name the API server ends. */
export function podFromTemplate(owner: KubeObject, { metadata, spec }: PodTemplateSpec): PodInput {
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
