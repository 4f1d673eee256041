/**
 * A cluster whose worker machines a cloud makes as they are needed: the groups, and the cluster-autoscaler with what it may.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/cloudprovider/gce/examples (one Deployment on a control plane, ServiceAccount, roles)
 */
import type { JsonObject } from '#engine/api/json';
import type { ClusterSpec, NodeGroup } from './door';

const NAME = 'cluster-autoscaler';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

/** `flags`: of the autoscaler, without dashes, e.g. `scale-down-unneeded-time=2m`. */
export const withNodeGroups = (
  spec: ClusterSpec,
  nodeGroups: readonly NodeGroup[],
  flags: readonly string[] = [],
): ClusterSpec => ({ ...spec, nodeGroups, manifests: [autoscaler(flags), ...spec.manifests] });

const rule = (group: string, resources: readonly string[], verbs: readonly string[]): JsonObject => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
});

const autoscaler = (flags: readonly string[]): readonly JsonObject[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: NAME },
    rules: [
      rule('', ['events'], ['create', 'patch']),
      rule('', ['pods/eviction'], ['create']),
      rule('', ['nodes'], ['watch', 'list', 'get', 'update', 'delete']),
      rule('', ['pods'], ['watch', 'list', 'get']),
      rule('', ['configmaps'], ['create', 'get', 'update', 'patch']),
      rule('policy', ['poddisruptionbudgets'], ['watch', 'list']),
    ],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: NAME },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { app: NAME } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: NAME } },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { app: NAME } },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: NAME,
          nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
          tolerations: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
          containers: [
            {
              name: NAME,
              image: 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0',
              command: [`./${NAME}`, '--v=4', '--cloud-provider=kubarium', ...flags.map((flag) => `--${flag}`)],
              ports: [{ containerPort: 8085 }],
              resources: { requests: { cpu: '100m', memory: '600Mi' }, limits: { memory: '600Mi' } },
            },
          ],
        },
      },
    },
  },
];
