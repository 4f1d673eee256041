// long: one table with the vectors of every kind
import { describe, expect, it } from 'vitest';
import { tableFor } from '../print';
import { timestamp } from '../timestamp';
import type { KubeObject } from '../types';
import type { Cell } from './printer';

const NOW = 100 * 86_400_000_000;
const ago = (seconds: number) => timestamp(NOW - seconds * 1_000_000);

const object = (kind: string, more: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'test1', uid: '', resourceVersion: '1', creationTimestamp: ago(70), ...metadata },
  ...more,
});
const cells = (given: KubeObject): readonly (Cell | null)[] => tableFor(given.kind, [given], NOW).rows[0]?.cells ?? [];

const template = {
  metadata: { labels: { a: '1' } },
  spec: {
    nodeSelector: { disk: 'ssd' },
    containers: [
      { name: 'c1', image: 'i1' },
      { name: 'c2', image: 'i2' },
    ],
  },
};
const selector = { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['y', 'x'] }] };
const job = (spec: object, status: object, metadata: object = {}) =>
  object('Job', { spec: { template, selector, ...spec }, status }, metadata);
const are = (...types: string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true };
const binding = (paramRef?: object) =>
  object('ValidatingAdmissionPolicyBinding', { spec: { policyName: 'p', ...(paramRef && { paramRef }) } });
const subset = (ports: number[], ...ips: string[]) => ({
  ports: ports.map((port) => ({ port })),
  addresses: ips.map((ip) => ({ ip })),
});
const metric = (type: string, source: string, more: object) => ({ type, [source]: more });
const cpu = (target: object) => metric('Resource', 'resource', { name: 'cpu', target });
const autoscaler = (metrics: object[], currentMetrics: object[] = []) =>
  object('HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: { kind: 'ReplicationController', name: 'rc' }, maxReplicas: 10, metrics },
    status: { currentReplicas: 4, currentMetrics },
  });

// pkg/printers/internalversion/printers_test.go, the tests of each kind
describe('the cells', () => {
  it.each<[string, KubeObject, readonly Cell[]]>([
    [
      'StatefulSet',
      object('StatefulSet', { spec: { replicas: 5, template }, status: { readyReplicas: 2 } }),
      ['test1', '2/5', '70s', 'c1,c2', 'i1,i2'],
    ],
    [
      'ReplicationController',
      object('ReplicationController', {
        spec: { replicas: 5, template, selector: { b: '2', a: '1' } },
        status: { replicas: 3 },
      }),
      ['test1', 5, 3, 0, '70s', 'c1,c2', 'i1,i2', 'a=1,b=2'],
    ],
    [
      'DaemonSet',
      object('DaemonSet', {
        spec: { template, selector },
        status: { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1, numberMisscheduled: 0 },
      }),
      ['test1', 3, 2, 1, 0, 0, 'disk=ssd', '70s', 'c1,c2', 'i1,i2', 'a=1,b in (x,y)'],
    ],
    [
      'running Job',
      job({ completions: 4, parallelism: 2 }, { succeeded: 1, startTime: ago(1200) }),
      ['test1', 'Running', '1/4', '20m', '70s', 'c1,c2', 'i1,i2', 'a=1,b in (x,y)'],
    ],
    [
      'CronJob',
      object('CronJob', {
        spec: { schedule: '0/5 * * * ?', timeZone: 'Etc/UTC', suspend: false, jobTemplate: { spec: { template } } },
        status: { active: [{}, {}], lastScheduleTime: ago(10) },
      }),
      ['test1', '0/5 * * * ?', 'Etc/UTC', 'False', 2, '10s', '70s', 'c1,c2', 'i1,i2', '<none>'],
    ],
    [
      'CronJob without anything',
      object('CronJob', { spec: { schedule: '@daily' } }),
      ['test1', '@daily', '<none>', '<unset>', 0, '<none>', '70s', '', '', '<none>'],
    ],
    [
      'ControllerRevision',
      object('ControllerRevision', { revision: 3 }, { ownerReferences: [owner] }),
      ['test1', 'statefulset.apps/web', 3, '70s'],
    ],
    ['orphaned ControllerRevision', object('ControllerRevision', { revision: 1 }), ['test1', '<none>', 1, '70s']],
    ['PodTemplate', object('PodTemplate', { template }), ['test1', 'c1,c2', 'i1,i2', 'a=1']],
    [
      'PodDisruptionBudget',
      object('PodDisruptionBudget', { spec: { minAvailable: 22 }, status: { disruptionsAllowed: 5 } }),
      ['test1', '22', 'N/A', 5, '70s'],
    ],
    [
      'PodDisruptionBudget in percent',
      object('PodDisruptionBudget', { spec: { maxUnavailable: '50%' } }),
      ['test1', 'N/A', '50%', 0, '70s'],
    ],
    [
      'Endpoints (A16)',
      object('Endpoints', { subsets: [subset([8001], '1.2.3.4', '5.6.7.8', '9.8.7.6', '6.6.6.6')] }),
      ['test1', '1.2.3.4:8001,5.6.7.8:8001,9.8.7.6:8001 + 1 more...', '70s'],
    ],
    ['Endpoints without subsets', object('Endpoints', {}), ['test1', '<none>', '70s']],
    [
      'Endpoints without ports, then with one of IPv6',
      object('Endpoints', { subsets: [subset([], '1.2.3.4'), subset([80], 'fd00::1')] }),
      ['test1', '1.2.3.4,[fd00::1]:80', '70s'],
    ],
    [
      'Ingress',
      object('Ingress', {
        spec: { ingressClassName: 'foo', rules: ['a', 'b', 'c', 'd', 'e'].map((host) => ({ host })), tls: [{}] },
        status: { loadBalancer: { ingress: [{ ip: '2.3.4.5' }, { hostname: 'localhost' }, { ip: '1.1.1.1' }] } },
      }),
      ['test1', 'foo', 'a,b,c + 2 more...', '1.1.1.1,2.3.4.5,localhost', '80, 443', '70s'],
    ],
    ['Ingress of any host', object('Ingress', { spec: { rules: [{}] } }), ['test1', '<none>', '*', '', '80', '70s']],
    [
      'IngressClass',
      object('IngressClass', {
        spec: { controller: 'x.io/c', parameters: { apiGroup: 'x.io', kind: 'P', name: 'n' } },
      }),
      ['test1', 'x.io/c', 'P.x.io/n', '70s'],
    ],
    [
      'NetworkPolicy',
      object('NetworkPolicy', { spec: { podSelector: { matchLabels: { foo: 'bar' } } } }),
      ['test1', 'foo=bar', '70s'],
    ],
    ['NetworkPolicy of all pods', object('NetworkPolicy', { spec: { podSelector: {} } }), ['test1', '<none>', '70s']],
    [
      'IPAddress',
      object('IPAddress', { spec: { parentRef: { group: 'mygroup', resource: 'MyRes', namespace: 'ns', name: 'n' } } }),
      ['test1', 'myres.mygroup/ns/n', '70s'],
    ],
    [
      'ServiceCIDR',
      object('ServiceCIDR', { spec: { cidrs: ['10.1.0.0/16', 'fd00::/64'] } }),
      ['test1', '10.1.0.0/16,fd00::/64', '70s'],
    ],
    [
      'PersistentVolume',
      object('PersistentVolume', {
        spec: {
          accessModes: ['ReadOnlyMany', 'ReadWriteOnce'],
          capacity: { storage: '4Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
          claimRef: { namespace: 'ns', name: 'claim' },
          storageClassName: 'fast',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Bound' },
      }),
      ['test1', '4Gi', 'RWO,ROX', 'Retain', 'Bound', 'ns/claim', 'fast', '<unset>', '', '70s', 'Filesystem'],
    ],
    [
      'PersistentVolume being deleted',
      object('PersistentVolume', { spec: {}, status: { phase: 'Failed', reason: 'r' } }, { deletionTimestamp: ago(1) }),
      ['test1', '0', '', '', 'Terminating', '', '', '<unset>', 'r', '70s', '<unset>'],
    ],
    [
      'PersistentVolumeClaim (A20)',
      object(
        'PersistentVolumeClaim',
        {
          spec: { volumeName: 'my-volume', volumeMode: 'Filesystem' },
          status: { phase: 'Bound', accessModes: ['ReadOnlyMany'], capacity: { storage: '4Gi' } },
        },
        { creationTimestamp: undefined },
      ),
      ['test1', 'Bound', 'my-volume', '4Gi', 'ROX', '', '<unset>', '<unknown>', 'Filesystem'],
    ],
    [
      'pending PersistentVolumeClaim',
      object('PersistentVolumeClaim', {
        spec: { accessModes: ['ReadWriteOncePod'], storageClassName: 'my-scn', volumeAttributesClassName: 'vac' },
        status: { phase: 'Pending' },
      }),
      ['test1', 'Pending', '', '', '', 'my-scn', 'vac', '70s', '<unset>'],
    ],
    ['StorageClass', object('StorageClass', { provisioner: 'p' }), ['test1', 'p', 'Delete', 'Immediate', false, '70s']],
    [
      'default StorageClass',
      object(
        'StorageClass',
        {
          provisioner: 'p',
          reclaimPolicy: 'Retain',
          volumeBindingMode: 'WaitForFirstConsumer',
          allowVolumeExpansion: true,
        },
        { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      ),
      ['test1 (default)', 'p', 'Retain', 'WaitForFirstConsumer', true, '70s'],
    ],
    ['VolumeAttributesClass', object('VolumeAttributesClass', { driverName: 'fake' }), ['test1', 'fake', '70s']],
    [
      'VolumeAttachment',
      object('VolumeAttachment', {
        spec: { attacher: 'fake', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
        status: { attached: true },
      }),
      ['test1', 'fake', 'pv', 'n', true, '70s'],
    ],
    ['CSINode', object('CSINode', { spec: { drivers: [{}, {}] } }), ['test1', 2, '70s']],
    [
      'CSIDriver',
      object('CSIDriver', {
        spec: {
          podInfoOnMount: true,
          volumeLifecycleModes: ['Persistent', 'Ephemeral'],
          tokenRequests: [{ audience: 'a' }, { audience: 'b' }],
        },
      }),
      ['test1', true, true, false, 'a,b', false, 'Persistent,Ephemeral', '70s'],
    ],
    [
      'CSIDriver without anything',
      object('CSIDriver', { spec: {} }),
      ['test1', true, false, false, '<unset>', false, '<none>', '70s'],
    ],
    [
      'ResourceQuota',
      object('ResourceQuota', {
        status: {
          hard: { 'requests.cpu': '2', 'limits.cpu': '4', pods: '10', limitsx: '1' },
          used: { 'requests.cpu': '100m', 'limits.cpu': '1' },
        },
      }),
      ['test1', 'limitsx: 0/1, pods: 0/10, requests.cpu: 100m/2', 'limits.cpu: 1/4', '70s'],
    ],
    ['RuntimeClass', object('RuntimeClass', { handler: 'h1' }), ['test1', 'h1', '70s']],
    ['webhooks', object('MutatingWebhookConfiguration', { webhooks: [{}, {}] }), ['test1', 2, '70s']],
    [
      'ValidatingAdmissionPolicy',
      object('ValidatingAdmissionPolicy', {
        spec: { validations: [{}], paramKind: { apiVersion: 'x/v1', kind: 'K' } },
      }),
      ['test1', 1, 'x/v1/K', '70s'],
    ],
    ['binding without parameters', binding(), ['test1', 'p', '<unset>', '70s']],
    ['binding to a name', binding({ name: 'n' }), ['test1', 'p', '*/n', '70s']],
    ['binding to a name in a namespace', binding({ name: 'n', namespace: 'ns' }), ['test1', 'p', 'ns/n', '70s']],
    [
      'binding to labels',
      binding({ selector: { matchLabels: { label: 'value' } } }),
      [
        'test1',
        'p',
        '&LabelSelector{MatchLabels:map[string]string{label: value,},MatchExpressions:[]LabelSelectorRequirement{},}',
        '70s',
      ],
    ],
    [
      'FlowSchema',
      object('FlowSchema', {
        spec: {
          priorityLevelConfiguration: { name: 'all' },
          matchingPrecedence: 10000,
          distinguisherMethod: { type: 'ByUser' },
        },
        status: { conditions: [{ type: 'Dangling', status: 'True' }] },
      }),
      ['test1', 'all', 10000, 'ByUser', '70s', 'True'],
    ],
    [
      'limited priority level',
      object('PriorityLevelConfiguration', {
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: 47,
            limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 3, queueLengthLimit: 4 } },
          },
        },
      }),
      ['test1', 'Limited', 47, 8, 3, 4, '70s'],
    ],
    [
      'exempt priority level',
      object('PriorityLevelConfiguration', { spec: { type: 'Exempt' } }),
      ['test1', 'Exempt', '<none>', '<none>', '<none>', '<none>', '70s'],
    ],
    ['ResourceClaim', object('ResourceClaim', { spec: {} }), ['test1', 'pending', '70s']],
    [
      'reserved ResourceClaim being deleted',
      object('ResourceClaim', { status: { allocation: {}, reservedFor: [{}] } }, { deletionTimestamp: ago(1) }),
      ['test1', 'deleted,allocated,reserved', '70s'],
    ],
    [
      'ResourceSlice',
      object('ResourceSlice', { spec: { nodeName: 'n', driver: 'd', pool: { name: 'p' } } }),
      ['test1', 'n', 'd', 'p', '70s'],
    ],
    ['Scale', object('Scale', { spec: { replicas: 5 }, status: { replicas: 2 } }), ['test1', 5, 2, '70s']],
    ['LimitRange', object('LimitRange', {}), ['test1', ago(70)]],
  ])('of %s', (_name, given, expected) => {
    expect(cells(given)).toEqual(expected);
  });

  // TestPrintJob
  it.each<[string, KubeObject, string, string, string]>([
    [
      'complete',
      job({ completions: 2 }, { ...are('Complete'), startTime: ago(100), completionTime: ago(40) }),
      'Complete',
      '0/2',
      '60s',
    ],
    ['failed, being deleted', job({}, are('Failed'), { deletionTimestamp: ago(1) }), 'Failed', '0/1', ''],
    ['suspended, being deleted', job({}, are('Suspended'), { deletionTimestamp: ago(1) }), 'Terminating', '0/1', ''],
    ['suspended', job({ parallelism: 3 }, { succeeded: 2, ...are('Suspended') }), 'Suspended', '2/1 of 3', ''],
    ['about to fail', job({ parallelism: 1 }, are('FailureTarget')), 'FailureTarget', '0/1', ''],
    ['about to succeed', job({}, are('SuccessCriteriaMet')), 'SuccessCriteriaMet', '0/1', ''],
  ])('of a job that is %s', (_name, given, status, completions, duration) => {
    expect(cells(given).slice(1, 4)).toEqual([status, completions, duration]);
  });

  // TestPrintHPA (A17)
  it.each<[string, KubeObject, string]>([
    ['no metric', autoscaler([]), '<none>'],
    [
      'an external one, unseen',
      autoscaler([metric('External', 'external', { target: { averageValue: '100m' } })]),
      '<unknown>/100m (avg)',
    ],
    [
      'an average of an object',
      autoscaler(
        [metric('Object', 'object', { target: { averageValue: '100m' } })],
        [metric('Object', 'object', { current: { averageValue: '50m' } })],
      ),
      '50m/100m (avg)',
    ],
    [
      'one of pods, unseen',
      autoscaler([metric('Pods', 'pods', { target: { averageValue: '100m' } })]),
      '<unknown>/100m',
    ],
    ['a share, unseen', autoscaler([cpu({ averageUtilization: 80 })]), 'cpu: <unknown>/80%'],
    ['an unset share', autoscaler([cpu({})]), 'cpu: <unknown>/<auto>'],
    [
      'an amount',
      autoscaler(
        [cpu({ averageValue: '100m' })],
        [metric('Resource', 'resource', { name: 'cpu', current: { averageValue: '50m' } })],
      ),
      'cpu: 50m/100m',
    ],
    ['an unknown type', autoscaler([{ type: 'Other' }]), '<unknown type>'],
    [
      'three',
      autoscaler(
        [
          metric('External', 'external', { target: { value: '100m' } }),
          cpu({ averageUtilization: 80 }),
          metric('Pods', 'pods', { target: { averageValue: '1' } }),
        ],
        [
          metric('External', 'external', { current: { value: '50m' } }),
          metric('Resource', 'resource', { name: 'cpu', current: { averageUtilization: 50 } }),
        ],
      ),
      '50m/100m, cpu: 50%/80% + 1 more...',
    ],
  ])('of an autoscaler with %s', (_name, given, targets) => {
    expect(cells(given)).toEqual(['test1', 'ReplicationController/rc', targets, '<unset>', 10, 4, '70s']);
  });

  it('of flow schemas are in the order in which they match', () => {
    const schema = (name: string, matchingPrecedence: number) =>
      object('FlowSchema', { spec: { matchingPrecedence } }, { name });
    const { rows } = tableFor('FlowSchema', [schema('a', 9), schema('c', 1), schema('b', 1)], NOW);
    expect(rows.map((row) => row.cells[0])).toEqual(['b', 'c', 'a']);
  });
});

// The columns of AddHandlers, as `name:type+`.
describe('the columns', () => {
  it.each<[string, string]>([
    ['StatefulSet', 'Name,Ready,Age,Containers+,Images+'],
    [
      'DaemonSet',
      'Name,Desired:integer,Current:integer,Ready:integer,Up-to-date:integer,Available:integer,Node Selector,Age,Containers+,Images+,Selector+',
    ],
    ['Service', 'Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector+'],
    ['CustomResourceDefinition', 'Name,Created At:date'],
    ['Event', 'Last Seen,Type,Reason,Object,Subobject+,Source+,Message,First Seen+,Count:integer+,Name+'],
  ])('of %s', (kind, expected) => {
    const texts = tableFor(kind, [], NOW).columns.map(
      ({ name, type, priority }) => name + (type === 'string' ? '' : `:${type}`) + (priority === 1 ? '+' : ''),
    );
    expect(texts.join(',')).toBe(expected);
  });
});
