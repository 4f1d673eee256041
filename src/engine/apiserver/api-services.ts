/**
 * The APIServices of the groups that this API server serves itself; those of other groups are stored (`aggregation.ts`).
 *
 * @source kubernetes pkg/controlplane/apiserver/aggregator.go, kube-aggregator/pkg/controllers/autoregister,
 *   apiextensions-apiserver (crdregistration: custom groups have priority 1000 and 100)
 */
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject } from '#engine/api/types';
import { resourcesOf } from './served';
import type { ApiServerState } from './state';

/** Priority of each built-in group. */
const PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  'apiregistration.k8s.io': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const CUSTOM_PRIORITY = 1000;
const VERSION_PRIORITIES: Readonly<Record<string, number>> = { v1: 15, v2: 30 };
const CUSTOM_VERSION_PRIORITY = 100;

export function apiServices(state: ApiServerState): KubeObject[] {
  const groupVersions = new Map(resourcesOf(state).served.map((info) => [info.apiVersion, info]));
  const created = timestamp(0);
  const services = [...groupVersions.values()].map(({ group, version }) => {
    const known = PRIORITIES[group];
    const condition = {
      lastTransitionTime: created,
      message: 'Local APIServices are always available',
      reason: 'Local',
      status: 'True',
      type: 'Available',
    };
    const labels = { 'kube-aggregator.kubernetes.io/automanaged': known === undefined ? 'true' : 'onstart' };
    return {
      kind: 'APIService',
      apiVersion: 'apiregistration.k8s.io/v1',
      metadata: { name: `${version}.${group}`, labels, creationTimestamp: created },
      spec: {
        ...(group === '' ? {} : { group }),
        version,
        groupPriorityMinimum: known ?? CUSTOM_PRIORITY,
        versionPriority:
          known === undefined ? CUSTOM_VERSION_PRIORITY : group === '' ? 1 : (VERSION_PRIORITIES[version] ?? 1),
      },
      status: { conditions: [condition] },
    };
  });
  return services as unknown as KubeObject[];
}
