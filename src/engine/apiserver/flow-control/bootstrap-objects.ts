/**
 * The flow schemas and priority levels that every API server has.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go
 */
import type { Creation } from '../creation';

const VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

const make = (kind: string, resource: string, name: string, spec: object): Creation => ({
  path: `/apis/${VERSION}/${resource}`,
  body: { apiVersion: VERSION, kind, metadata: { name, annotations }, spec } as Creation['body'],
});

const level = (name: string, shares: number, lendablePercent: number, queues: number, handSize: number): Creation =>
  make('PriorityLevelConfiguration', 'prioritylevelconfigurations', name, {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent,
      limitResponse:
        queues === 0 ? { type: 'Reject' } : { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
    },
  });

export const LEVELS: readonly Creation[] = [
  make('PriorityLevelConfiguration', 'prioritylevelconfigurations', 'exempt', {
    type: 'Exempt',
    exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 },
  }),
  level('catch-all', 5, 0, 0, 0),
  level('system', 30, 33, 64, 6),
  level('node-high', 40, 25, 64, 6),
  level('leader-election', 10, 0, 16, 4),
  level('workload-high', 40, 50, 128, 6),
  level('workload-low', 100, 90, 128, 6),
  level('global-default', 20, 50, 128, 6),
];

const users = (...names: readonly string[]) => names.map((name) => ({ kind: 'User', user: { name } }));
const groups = (...names: readonly string[]) => names.map((name) => ({ kind: 'Group', group: { name } }));
const accounts = (...names: readonly string[]) =>
  names.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name } }));

const ALL = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};
const EVERYBODY = groups('system:unauthenticated', 'system:authenticated');
const MANAGERS = users('system:kube-controller-manager', 'system:kube-scheduler');
const LEASES = {
  verbs: ['get', 'create', 'update'],
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ['*'],
};

const schema = (
  name: string,
  to: string,
  matchingPrecedence: number,
  by: 'ByUser' | 'ByNamespace' | null,
  subjects: readonly object[],
  rules: object = ALL,
): Creation =>
  make('FlowSchema', 'flowschemas', name, {
    priorityLevelConfiguration: { name: to },
    matchingPrecedence,
    ...(by === null ? {} : { distinguisherMethod: { type: by } }),
    rules: [{ subjects, ...rules }],
  });

export const SCHEMAS: readonly Creation[] = [
  schema('exempt', 'exempt', 1, null, groups('system:masters')),
  schema('catch-all', 'catch-all', 10_000, 'ByUser', EVERYBODY),
  schema('probes', 'exempt', 2, null, EVERYBODY, {
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', [...MANAGERS, ...accounts('*')], {
    resourceRules: [LEASES],
  }),
  schema(
    'endpoint-controller',
    'workload-high',
    150,
    'ByUser',
    [
      ...users('system:kube-controller-manager'),
      ...accounts('endpoint-controller', 'endpointslicemirroring-controller'),
    ],
    { resourceRules: [{ ...LEASES, apiGroups: [''], resources: ['endpoints'] }] },
  ),
  schema('workload-leader-election', 'leader-election', 200, 'ByUser', accounts('*'), { resourceRules: [LEASES] }),
  schema('system-node-high', 'node-high', 400, 'ByUser', groups('system:nodes'), {
    resourceRules: [
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['kube-node-lease'] },
    ],
  }),
  schema('system-nodes', 'system', 500, 'ByUser', groups('system:nodes')),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', users('system:kube-controller-manager')),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', users('system:kube-scheduler')),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', accounts('*')),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', groups('system:serviceaccounts')),
  schema('global-default', 'global-default', 9900, 'ByUser', EVERYBODY),
];
