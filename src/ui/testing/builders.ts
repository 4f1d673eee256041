/** Builders of records, for tests of the page and for the scripted story: what matters is given, the rest is usual. */
import type { Cursor, Frame } from '#engine/cluster/door';
import type {
  EventRecord,
  MachineRecord,
  NodeRecord,
  PodRecord,
  ProcessRecord,
  ServiceRecord,
  WorkloadRecord,
  WriteRecord,
} from '#engine/cluster/records';
import type { HostStatus } from '#host/worker/protocol';

const CURSOR: Cursor = {
  revision: 0,
  write: 0,
  renewal: 0,
  log: 0,
  answer: 0,
  etcdctlAnswer: 0,
  printed: 0,
  machines: 0,
  event: 0,
  at: 0,
  run: 1,
};

/** A frame in which nothing has changed but what is given. */
export const frame = (given: Partial<Frame> = {}): Frame => ({
  cursor: CURSOR,
  full: false,
  now: 0,
  events: 0,
  set: [],
  gone: [],
  machines: [],
  machinesGone: [],
  countdowns: [],
  probes: [],
  faults: [],
  writes: [],
  peerMessages: [],
  logs: [],
  answers: [],
  printed: [],
  ...given,
});

export const hostStatus = (given: Partial<HostStatus> = {}): HostStatus => ({
  pace: { type: 'speed', factor: 1 },
  measuredSpeed: 1,
  eventsPerSecond: 0,
  seed: 7,
  scenario: 'default',
  resumed: false,
  ...given,
});

const base = (name: string, namespace: string) => ({
  uid: `${namespace}/${name}`,
  namespace,
  name,
  createdAt: 0,
  deletionAt: null,
  labels: {},
  owner: null,
});

/** A pod that runs on node-1. */
export const pod = (name: string, given: Partial<PodRecord> = {}): PodRecord => ({
  ...base(name, 'default'),
  kind: 'Pod',
  node: 'node-1',
  status: 'Running',
  phase: 'Running',
  ready: true,
  readyContainers: 1,
  containers: 1,
  restarts: 0,
  ip: '10.244.1.2',
  images: ['nginx:1.27'],
  app: 'Deployment/default/web',
  message: null,
  ...given,
});

/** A Ready worker's Node. */
export const node = (name: string, given: Partial<NodeRecord> = {}): NodeRecord => ({
  ...base(name, ''),
  uid: `node/${name}`,
  kind: 'Node',
  ready: 'True',
  unschedulable: false,
  taints: [],
  allocatable: { milliCpu: 4000, memory: 8 * 2 ** 30, pods: 110 },
  requested: { milliCpu: 0, memory: 0, pods: 0 },
  podCIDR: '10.244.1.0/24',
  internalIP: '192.168.0.11',
  roles: [],
  lastHeartbeat: 0,
  conditions: [
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
    { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: '' },
  ],
  ...given,
});

export const workload = (name: string, given: Partial<WorkloadRecord> = {}): WorkloadRecord => ({
  ...base(name, 'default'),
  uid: `deployment/${name}`,
  kind: 'Deployment',
  desired: 1,
  current: 1,
  updated: 1,
  ready: 1,
  available: 1,
  images: ['nginx:1.27'],
  revision: '1',
  conditions: [],
  ...given,
});

export const service = (name: string, given: Partial<ServiceRecord> = {}): ServiceRecord => ({
  ...base(name, 'default'),
  uid: `service/${name}`,
  kind: 'Service',
  type: 'ClusterIP',
  clusterIP: '10.96.0.10',
  ports: ['80/TCP'],
  readyEndpoints: 1,
  endpoints: 1,
  ...given,
});

export const event = (name: string, given: Partial<EventRecord> = {}): EventRecord => ({
  ...base(name, 'default'),
  uid: `event/${name}`,
  kind: 'Event',
  type: 'Normal',
  reason: 'Scheduled',
  message: 'Successfully assigned default/web-0 to node-1',
  regarding: { kind: 'Pod', namespace: 'default', name: 'web-0' },
  component: 'default-scheduler',
  count: 1,
  firstSeen: 0,
  lastSeen: 0,
  ...given,
});

export const process = (machineName: string, name: string, given: Partial<ProcessRecord> = {}): ProcessRecord => ({
  id: `${machineName}/${name}`,
  name,
  state: 'running',
  startedAt: 0,
  handled: 0,
  facts: {},
  raft: null,
  connection: null,
  election: null,
  ...given,
});

/** A worker with power and cable. */
export const machine = (name: string, given: Partial<MachineRecord> = {}): MachineRecord => ({
  name,
  region: '',
  role: 'worker',
  zone: 'zone-a',
  rack: 'rack-1',
  power: 'on',
  bootedAt: 0,
  cable: { in: true, out: true },
  milliCpu: 4000,
  memory: 8 * 2 ** 30,
  clockSkew: 0,
  processes: [process(name, 'kubelet'), process(name, 'kube-proxy'), process(name, 'containerd')],
  sandboxes: [],
  ...given,
});

/** A kubelet's renewal of its Lease. */
export const heartbeat = (nodeName: string, at: number, given: Partial<WriteRecord> = {}): WriteRecord => ({
  event: at,
  at,
  from: `${nodeName}/kubelet`,
  user: `system:node:${nodeName}`,
  verb: 'update',
  resource: 'leases.coordination.k8s.io',
  subresource: '',
  namespace: 'kube-node-lease',
  name: nodeName,
  code: 200,
  ...given,
});
