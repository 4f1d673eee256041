/** The columns of every kind, and the cells of kinds that `kinds.test.ts` leaves out. */
import { describe, expect, it } from 'vitest';
import { tableFor } from '../print';
import { timestamp } from '../timestamp';
import type { KubeObject } from '../types';

const NOW = 100 * 86_400_000_000;
const ago = (seconds: number) => timestamp(NOW - seconds * 1_000_000);
const object = (kind: string, more: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', uid: '', resourceVersion: '1', creationTimestamp: ago(70), ...metadata },
  ...more,
});
const cells = (given: KubeObject): readonly unknown[] => tableFor(given.kind, [given], NOW).rows[0]?.cells ?? [];

// apiserver-kubelet-network-etcd.md 1.16: pkg/printers/internalversion/printers.go (AddHandlers). (w) wide, (i) integer, (b) boolean
const COLUMNS: readonly (readonly [string, string])[] = [
  ['Pod', 'Name, Ready, Status, Restarts, Age, IP(w), Node(w), Nominated Node(w), Readiness Gates(w)'],
  ['Deployment', 'Name, Ready, Up-to-date, Available, Age, Containers(w), Images(w), Selector(w)'],
  ['ReplicaSet', 'Name, Desired(i), Current(i), Ready(i), Age, Containers(w), Images(w), Selector(w)'],
  ['ReplicationController', 'Name, Desired(i), Current(i), Ready(i), Age, Containers(w), Images(w), Selector(w)'],
  ['Job', 'Name, Status, Completions, Duration, Age, Containers(w), Images(w), Selector(w)'],
  [
    'CronJob',
    'Name, Schedule, Timezone, Suspend(b), Active(i), Last Schedule, Age, Containers(w), Images(w), Selector(w)',
  ],
  ['Endpoints', 'Name, Endpoints, Age'],
  ['EndpointSlice', 'Name, AddressType, Ports, Endpoints, Age'],
  [
    'Node',
    'Name, Status, Roles, Age, Version, Internal-IP(w), External-IP(w), OS-Image(w), Kernel-Version(w), Container-Runtime(w)',
  ],
  ['Namespace', 'Name, Status, Age'],
  [
    'PersistentVolume',
    'Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age, VolumeMode(w)',
  ],
  [
    'PersistentVolumeClaim',
    'Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode(w)',
  ],
  ['StorageClass', 'Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age'],
  ['ConfigMap', 'Name, Data, Age'],
  ['Secret', 'Name, Type, Data, Age'],
  ['ServiceAccount', 'Name, Age'],
  ['Ingress', 'Name, Class, Hosts, Address, Ports, Age'],
  ['IngressClass', 'Name, Controller, Parameters, Age'],
  ['HorizontalPodAutoscaler', 'Name, Reference, Targets, MinPods, MaxPods, Replicas, Age'],
  ['PodDisruptionBudget', 'Name, Min Available, Max Unavailable, Allowed Disruptions(i), Age'],
  ['NetworkPolicy', 'Name, Pod-Selector, Age'],
  ['Lease', 'Name, Holder, Age'],
  ['RoleBinding', 'Name, Role, Age, Users(w), Groups(w), ServiceAccounts(w)'],
  ['ClusterRoleBinding', 'Name, Role, Age, Users(w), Groups(w), ServiceAccounts(w)'],
  ['Role', 'Name, Created At'],
  ['ClusterRole', 'Name, Created At'],
  ['LimitRange', 'Name, Created At'],
  ['ResourceQuota', 'Name, Request, Limit, Age'],
  ['PriorityClass', 'Name, Value(i), Global-Default(b), Age, PreemptionPolicy'],
  ['ControllerRevision', 'Name, Controller, Revision, Age'],
  ['PodTemplate', 'Name, Containers, Images, Pod Labels'],
  ['ComponentStatus', 'Name, Status, Message, Error'],
  ['CertificateSigningRequest', 'Name, Age, SignerName, Requestor, RequestedDuration, Condition'],
  ['CSINode', 'Name, Drivers(i), Age'],
  [
    'CSIDriver',
    'Name, AttachRequired(b), PodInfoOnMount(b), StorageCapacity(b), TokenRequests, RequiresRepublish(b), Modes, Age',
  ],
  ['VolumeAttachment', 'Name, Attacher, PV, Node, Attached(b), Age'],
  ['RuntimeClass', 'Name, Handler, Age'],
  ['IPAddress', 'Name, ParentRef'],
  ['ServiceCIDR', 'Name, CIDRs, Age'],
  ['MutatingWebhookConfiguration', 'Name, Webhooks(i), Age'],
  ['ValidatingWebhookConfiguration', 'Name, Webhooks(i), Age'],
  ['FlowSchema', 'Name, PriorityLevel, MatchingPrecedence, DistinguisherMethod, Age, MissingPL'],
  ['PriorityLevelConfiguration', 'Name, Type, NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit, Age'],
  ['Scale', 'Name, Desired(i), Available(i), Age'],
];

const MARKS: Readonly<Record<string, string>> = { integer: '(i)', boolean: '(b)' };

it.each(COLUMNS)('the columns of %s', (kind, expected) => {
  const { columns } = tableFor(kind, [], NOW);
  const texts = columns.map(({ name, type, priority }) => `${name}${priority === 1 ? '(w)' : (MARKS[type] ?? '')}`);
  expect(texts.join(', ')).toBe(expected);
  expect(columns.filter(({ name, format }) => (name === 'Name') !== (format === 'name'))).toEqual([]);
});

const template = {
  spec: {
    containers: [
      { name: 'c1', image: 'i1' },
      { name: 'c2', image: 'i2' },
    ],
  },
};
const service = (spec: object, ingress: object[] = []) =>
  object('Service', { spec: { clusterIPs: ['10.96.0.9'], ports: [], ...spec }, status: { loadBalancer: { ingress } } });
const slice = (fields: object) => object('EndpointSlice', { addressType: 'IPv4', endpoints: [], ports: [], ...fields });
const node = (status: object, metadata: object = {}) => object('Node', { spec: {}, status }, metadata);
const event = (fields: object) =>
  object('Event', {
    involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' },
    type: 'Normal',
    reason: 'R',
    message: ' m ',
    ...fields,
  });
const request = (...types: string[]) =>
  object('CertificateSigningRequest', {
    spec: { signerName: 's', username: 'u', expirationSeconds: 7200 },
    status: {
      conditions: types.map((type) => ({ type, status: 'True' })),
      ...(types.includes('Approved') ? { certificate: 'YQ==' } : {}),
    },
  });

// 1.17: the tests of each kind in printers_test.go
describe('the cells', () => {
  it.each<[string, KubeObject, readonly unknown[]]>([
    [
      'a Deployment',
      object('Deployment', {
        spec: { replicas: 5, template, selector: { matchLabels: { a: 'b' } } },
        status: { replicas: 10, updatedReplicas: 2, availableReplicas: 1, readyReplicas: 3 },
      }),
      ['x', '3/5', 2, 1, '70s', 'c1,c2', 'i1,i2', 'a=b'],
    ],
    [
      'a ReplicaSet',
      object('ReplicaSet', {
        spec: { replicas: 5, template, selector: { matchLabels: { a: 'b' } } },
        status: { replicas: 4, readyReplicas: 2 },
      }),
      ['x', 5, 4, 2, '70s', 'c1,c2', 'i1,i2', 'a=b'],
    ],
    [
      'a headless Service',
      service({ type: 'ClusterIP', clusterIPs: ['None'], selector: { b: '2', a: '1' } }),
      ['x', 'ClusterIP', 'None', '<none>', '<none>', '70s', 'a=1,b=2'],
    ],
    [
      'an external one',
      service({ type: 'ClusterIP', externalIPs: ['1.1.1.1', '2.2.2.2'] }),
      ['x', 'ClusterIP', '10.96.0.9', '1.1.1.1,2.2.2.2', '<none>', '70s', '<none>'],
    ],
    [
      'a NodePort',
      service({
        type: 'NodePort',
        ports: [
          { port: 80, nodePort: 30080, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      }),
      ['x', 'NodePort', '10.96.0.9', '<none>', '80:30080/TCP,53/UDP', '70s', '<none>'],
    ],
    [
      'an ExternalName',
      service({ type: 'ExternalName', clusterIPs: undefined, externalName: 'my.db' }),
      ['x', 'ExternalName', '<none>', 'my.db', '<none>', '70s', '<none>'],
    ],
    [
      'a LoadBalancer',
      service({ type: 'LoadBalancer', externalIPs: ['1.1.1.1'] }, [
        { ip: '3.3.3.3' },
        { hostname: 'a.b' },
        { ip: '2.2.2.2' },
      ]),
      ['x', 'LoadBalancer', '10.96.0.9', '2.2.2.2,3.3.3.3,a.b,1.1.1.1', '<none>', '70s', '<none>'],
    ],
    [
      'an EndpointSlice',
      slice({
        ports: [{ name: 'http', port: 80 }, { name: 'https', port: 443 }, { name: 'any' }, {}],
        endpoints: [
          { addresses: ['10.1.2.3', '2001:db8::1234:5678'] },
          { addresses: ['10.2.3.4', '2001:db8::2345:6789'] },
        ],
      }),
      ['x', 'IPv4', '80,443,any + 1 more...', '10.1.2.3,2001:db8::1234:5678,10.2.3.4 + 1 more...', '70s'],
    ],
    ['an empty EndpointSlice', slice({}), ['x', 'IPv4', '<unset>', '<unset>', '70s']],
    [
      'a node',
      node({
        addresses: [
          { type: 'Hostname', address: 'n' },
          { type: 'InternalIP', address: '1.1.1.1' },
          { type: 'ExternalIP', address: '2.2.2.2' },
        ],
        conditions: [{ type: 'Ready', status: 'True' }],
        nodeInfo: {
          kubeletVersion: 'v1.35.5',
          osImage: 'os',
          kernelVersion: 'k',
          containerRuntimeVersion: 'containerd://2',
        },
      }),
      ['x', 'Ready', '<none>', '70s', 'v1.35.5', '1.1.1.1', '2.2.2.2', 'os', 'k', 'containerd://2'],
    ],
    [
      'a node that says nothing',
      node({}),
      ['x', 'Unknown', '<none>', '70s', '', '<none>', '<none>', '<unknown>', '<unknown>', '<unknown>'],
    ],
    ['a Namespace', object('Namespace', { status: { phase: 'Active' } }), ['x', 'Active', '70s']],
    [
      'an Event',
      event({
        firstTimestamp: ago(120),
        lastTimestamp: ago(60),
        count: 6,
        source: { component: 'kubelet', host: 'n1' },
      }),
      ['60s', 'Normal', 'R', 'pod/p', 'spec.containers{c}', 'kubelet, n1', 'm', '2m', 6, 'x'],
    ],
    [
      'an Event of a series',
      event({
        eventTime: ago(120),
        series: { count: 3, lastObservedTime: ago(5) },
        reportingComponent: 'r',
        reportingInstance: 'i',
      }),
      ['5s', 'Normal', 'R', 'pod/p', 'spec.containers{c}', 'r, i', 'm', '2m', 3, 'x'],
    ],
    [
      'an Event that is new',
      event({ eventTime: ago(7) }),
      ['7s', 'Normal', 'R', 'pod/p', 'spec.containers{c}', '', 'm', '7s', 1, 'x'],
    ],
    ['a ConfigMap', object('ConfigMap', { data: { a: '', b: '' }, binaryData: { c: '' } }), ['x', 3, '70s']],
    ['a Secret', object('Secret', { type: 'Opaque', data: { a: '' } }), ['x', 'Opaque', 1, '70s']],
    ['a ServiceAccount', object('ServiceAccount', {}), ['x', '70s']],
    ['a Lease', object('Lease', { spec: { holderIdentity: 'me' } }), ['x', 'me', '70s']],
    ['a Lease that nobody holds', object('Lease', { spec: {} }), ['x', '', '70s']],
    [
      'a ClusterRoleBinding',
      object('ClusterRoleBinding', {
        roleRef: { kind: 'ClusterRole', name: 'admin' },
        subjects: [
          { kind: 'User', name: 'a' },
          { kind: 'User', name: 'b' },
          { kind: 'Group', name: 'g' },
          { kind: 'ServiceAccount', namespace: 'ns', name: 's' },
        ],
      }),
      ['x', 'ClusterRole/admin', '70s', 'a, b', 'g', 'ns/s'],
    ],
    [
      'a PriorityClass',
      object('PriorityClass', { value: 7, globalDefault: true, preemptionPolicy: 'Never' }),
      ['x', 7, true, '70s', 'Never'],
    ],
    ['a request that waits', request(), ['x', '70s', 's', 'u', '120m', 'Pending']],
    ['a request that was granted', request('Approved'), ['x', '70s', 's', 'u', '120m', 'Approved,Issued']],
    ['a request that was refused', request('Denied', 'Failed'), ['x', '70s', 's', 'u', '120m', 'Denied,Failed']],
    [
      'a time that nobody knows',
      object('Namespace', { status: { phase: 'Active' } }, { creationTimestamp: undefined }),
      ['x', 'Active', '<unknown>'],
    ],
  ])('of %s', (_what, given, expected) => expect(cells(given)).toEqual(expected));

  // printers.go (printPod)
  it.each<[string, object, string]>([
    ['status.reason', { phase: 'Failed', reason: 'Evicted' }, 'Evicted'],
    [
      'an init container that fails',
      { phase: 'Pending', initContainerStatuses: [{ state: { terminated: { exitCode: 2, reason: 'Error' } } }] },
      'Init:Error',
    ],
    [
      'one that ends by a signal',
      { phase: 'Pending', initContainerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] },
      'Init:Signal:9',
    ],
    [
      'one that ends with a code',
      { phase: 'Pending', initContainerStatuses: [{ state: { terminated: { exitCode: 2 } } }] },
      'Init:ExitCode:2',
    ],
    [
      'one that waits',
      { phase: 'Pending', initContainerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] },
      'Init:ImagePullBackOff',
    ],
    [
      'one that is about to begin',
      { phase: 'Pending', initContainerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }] },
      'Init:0/1',
    ],
    [
      'a container that ends by a signal',
      {
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }],
      },
      'Signal:9',
    ],
    [
      'a container that ends with a code',
      {
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [{ state: { terminated: { exitCode: 3 } } }],
      },
      'ExitCode:3',
    ],
  ])('of a pod with %s', (_what, status, word) => {
    const spec = { containers: [{ name: 'c' }], initContainers: [{ name: 'i' }] };
    expect(cells(object('Pod', { spec, status }))[2]).toBe(word);
  });

  it('of a pod on a node that is lost', () => {
    const lost = object(
      'Pod',
      { spec: { containers: [] }, status: { phase: 'Running', reason: 'NodeLost' } },
      { deletionTimestamp: ago(1) },
    );
    expect(cells(lost)[2]).toBe('Unknown');
  });

  it('of a pod that has ended say so', () => {
    const rows = ['Succeeded', 'Failed'].map(
      (phase) =>
        tableFor('Pod', [object('Pod', { spec: { containers: [] }, status: { phase } })], NOW).rows[0]?.conditions,
    );
    expect(rows).toEqual([
      [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }],
      [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
    ]);
  });
});
