/**
 * What an API server creates by itself as soon as it can: the namespaces of the system, its priority classes, and the
 * Service by which pods find it.
 *
 * @source kubernetes pkg/controlplane/controller/systemnamespaces, controller/kubernetesservice,
 *   pkg/registry/scheduling/rest/storage_scheduling.go, pkg/apis/scheduling/helpers.go
 */
import type { KubeObjectInput } from '#engine/api/types';
import { defaultRoles } from './authorization/default-roles';
import type { Creation } from './creation';
import { addressRange, addressText } from './service-allocation';
import type { ApiServerArgs } from './state';

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const SERVER_PORT = 6443;

const create = (path: string, body: KubeObjectInput & Readonly<Record<string, unknown>>): Creation => ({ path, body });

const priorityClass = (name: string, value: number, description: string): Creation =>
  create('/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  });

/** All of it: namespaces first, then what may stand in them. */
export function bootstrapObjects(args: ApiServerArgs): Creation[][] {
  const range = addressRange(args.serviceCidr);
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const namespaces = NAMESPACES.map((name) =>
    create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  );
  const objects = [
    priorityClass(
      'system-node-critical',
      2_000_001_000,
      'Used for system critical pods that must not be moved from their current node.',
    ),
    priorityClass(
      'system-cluster-critical',
      2_000_000_000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
    create('/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels },
      spec: {
        type: 'ClusterIP',
        clusterIP: addressText(range.base),
        clusterIPs: [addressText(range.base)],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
        sessionAffinity: 'None',
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: SERVER_PORT }],
      },
    }),
    ...defaultRoles(),
  ];
  return [namespaces, objects];
}
