// long: kube-scheduler's workloads one by one, and the control plane that they run in
/**
 * How fast pods get their nodes with all of the way there: queue, cycle, binding request, network, API server, etcd, watches.
 * Plain pods, and kube-scheduler's own workloads. Ours has no real network, and no other process beside it.
 *
 * @source kubernetes test/integration/scheduler_perf (performance-config.yaml of affinity, misc, topology_spreading, event_handling, …)
 */
import '#engine/cluster/late-code';
import { SUPER_ADMIN } from '#engine/apiserver/testing';
import { definitions } from '#engine/cluster/definitions';
import type { ClusterSpec } from '#engine/cluster/door';
import { stateOf } from '#engine/cluster/observe/truth';
import { DEFAULT_CLUSTER, KUBECTL, machinesOf } from '#engine/cluster/topology';
import { Kernel } from '#engine/kernel/kernel';
import type { ProcessSpec } from '#engine/kernel/process';
import { nextNumber } from '#engine/kernel/ring';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { kubectl } from '#engine/kubectl/kubectl';
import { type SchedulerState, kubeScheduler } from '#engine/scheduler/scheduler';

const SCHEDULER = 'control-plane-1/kube-scheduler';
const API_SERVER = 'control-plane-1/kube-apiserver';
const LEFT_OUT = ['kubelet', 'containerd', 'kubeadm'];
/** Virtual time that no phase may take. */
const PATIENCE = 600 * SECOND;

const unit = (name: string, args: object): ProcessSpec => ({ name, kind: name, args, restartAfter: null });
const COMPONENTS: readonly ProcessSpec[] = [
  unit('etcd', { member: 1 }),
  unit('kube-apiserver', {
    etcd: 'control-plane-1/etcd',
    serviceCidr: '10.96.0.0/12',
    advertiseAddress: '192.168.0.11',
    serviceAccountKey: 'key',
  }),
  unit('kube-scheduler', { server: [API_SERVER], qps: 0, burst: 0, leaderElect: false }),
];

/**
 * Without kubelets and controllers, its components units of the machine; as upstream's scheduler_perf has it, and like there
 * without the scheduler's client-side rate limit, which alone would hold it at 50 pods/s. The scheduler does not run yet.
 */
function controlPlaneOnly(): Kernel {
  const spec: ClusterSpec = { ...DEFAULT_CLUSTER, nodes: 0 };
  const kernel = new Kernel({ seed: 1 }, definitions);
  for (const machine of machinesOf(spec)) {
    const { name } = machine;
    const units = machine.units.filter(({ kind }) => !LEFT_OUT.includes(kind));
    kernel.addMachine({ ...machine, units: name === 'control-plane-1' ? [...units, ...COMPONENTS] : units });
  }
  for (const name of kernel.machines.keys()) kernel.powerOn(name, 0);
  kernel.run(5 * SECOND, Infinity);
  kernel.kill(SCHEDULER);
  return kernel;
}

interface Request {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body: unknown;
}

const post = (path: string, body: unknown): Request => ({ method: 'POST', path, body });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

let tickets = 0;

/** Sends requests from the laptop and does not wait. */
function send(kernel: Kernel, requests: readonly Request[]): void {
  for (const request of requests) {
    const ticket = `${tickets++}`;
    const message = { type: 'kubectl/request', ticket, credentials: SUPER_ADMIN, ...request };
    kernel.deliver(KUBECTL, message);
  }
}

/** No more than the laptop remembers the answers of. */
const AT_ONCE = 100;

/** Sends requests and runs on until all are answered. @throws Error when one is refused */
function requestAll(kernel: Kernel, requests: readonly Request[]): void {
  for (let from = 0; from < requests.length; from += AT_ONCE) requestSome(kernel, requests.slice(from, from + AT_ONCE));
}

function requestSome(kernel: Kernel, requests: readonly Request[]): void {
  const answers = (): number => nextNumber(stateOf(kernel.processes.get(KUBECTL)!, kubectl)!.answers);
  const expected = answers() + requests.length;
  send(kernel, requests);
  const deadline = kernel.now + PATIENCE;
  while (answers() < expected) {
    kernel.run(kernel.now + MILLISECOND, Infinity);
    if (kernel.now > deadline) throw new Error(`${expected - answers()} requests have no answer`);
  }
  const refused = stateOf(kernel.processes.get(KUBECTL)!, kubectl)!.answers.entries.find(({ ok }) => !ok);
  if (refused !== undefined) throw new Error(`a request failed: ${refused.code} ${JSON.stringify(refused.body)}`);
}

const schedulerOf = (kernel: Kernel): SchedulerState => stateOf(kernel.processes.get(SCHEDULER)!, kubeScheduler)!;

const scheduledBy = (kernel: Kernel): number => schedulerOf(kernel).counts.scheduled;

/** Runs on until so many pods are scheduled since the scheduler began. */
function schedule(kernel: Kernel, count: number, between: (scheduled: number) => void = () => undefined): void {
  const deadline = kernel.now + PATIENCE;
  while (scheduledBy(kernel) < count) {
    kernel.run(kernel.now + 10 * MILLISECOND, Infinity);
    between(scheduledBy(kernel));
    if (kernel.now > deadline) throw new Error(`${scheduledBy(kernel)} of ${count} pods are scheduled`);
  }
}

const serviceAccount = (namespace: string): Request =>
  post(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });

/** @source kubernetes test/integration/scheduler_perf/templates/node-default.yaml */
function createNodes(kernel: Kernel, count: number, zoneOf: (index: number) => string): void {
  const capacity = { cpu: '4', memory: '32Gi', pods: '110' };
  const nodes = numbers(count).map((index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index}`,
      labels: { 'kubernetes.io/hostname': `node-${index}`, 'topology.kubernetes.io/zone': zoneOf(index) },
    },
    status: {
      capacity,
      allocatable: capacity,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    },
  }));
  requestAll(
    kernel,
    nodes.map((node) => post('/api/v1/nodes', node)),
  );
  requestAll(
    kernel,
    nodes.map(({ metadata: { name } }) => ({
      method: 'PATCH',
      path: `/api/v1/nodes/${name}`,
      contentType: 'application/merge-patch+json',
      body: { spec: { taints: null } },
    })),
  );
}

interface PodShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly spec?: object;
  readonly requests?: Readonly<Record<string, string>>;
}

/** @source kubernetes test/integration/scheduler_perf/templates/pod-default.yaml */
const podOf = (name: string, { labels, finalizers, spec, requests }: PodShape = {}): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...(labels && { labels }), ...(finalizers && { finalizers }) },
  spec: {
    containers: [
      {
        name: 'pause',
        image: 'registry.k8s.io/pause:3.10',
        ports: [{ containerPort: 80 }],
        resources: { requests: requests ?? { cpu: '100m', memory: '500Mi' } },
      },
    ],
    ...spec,
  },
});

interface Workload {
  readonly name: string;
  /** kube-scheduler's own minimum, pods/s, and how much more ours must do. */
  readonly theirs: number;
  readonly times: number;
  readonly nodes: number;
  readonly pods: number;
  /** What is measured. */
  readonly shape: (index: number) => PodShape;
  /** No node takes two of them. */
  readonly onePerNode?: true;
  readonly zoneOf?: (index: number) => string;
  readonly namespaceOf?: (index: number) => string;
  /** What is there before; `scale` is 1 in the run that is measured. */
  readonly before?: (kernel: Kernel, scale: number) => void;
  /** Pods that are scheduled before the measurement begins. */
  readonly scheduledBefore?: (nodes: number) => number;
  /** Between two looks, as long as it is measured. */
  readonly between?: (kernel: Kernel) => (scheduled: number) => void;
}

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const IN_DEFAULT = '/api/v1/namespaces/default/pods';
const BLUE = { color: 'blue' };
const labelSelector = { matchLabels: BLUE };
const threeZones = (index: number): string => `zone-${index % 3}`;

const spread = (whenUnsatisfiable: string): PodShape => ({
  labels: BLUE,
  spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector }] },
});
const term = (topologyKey: string, more: object = {}): object => ({ labelSelector, topologyKey, ...more });
const required = (kind: 'podAffinity' | 'podAntiAffinity', of: object): PodShape => ({
  labels: BLUE,
  spec: { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [of] } } },
});
const preferred = (kind: 'podAffinity' | 'podAntiAffinity', podAffinityTerm: object): PodShape => ({
  labels: BLUE,
  spec: {
    affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm }] } },
  },
});
const nodeAffinity = (terms: object): PodShape => ({
  spec: {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [terms] } } },
  },
});

const namespaces = (kernel: Kernel, count: number): void => {
  const names = numbers(count).map((index) => `team-${index}`);
  const object = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { team: 'devops' } },
  });
  requestAll(
    kernel,
    names.map((name) => post('/api/v1/namespaces', object(name))),
  );
  requestAll(kernel, names.map(serviceAccount));
};

const priorityClass = (name: string, value: number): ReturnType<typeof post> =>
  post('/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
  });

const TOO_LARGE: PodShape = { requests: { cpu: '9', memory: '500Mi' } };

/** Something comes each time that so many more pods are scheduled. */
const every = (pods: number, come: (kernel: Kernel, time: number) => void) => (kernel: Kernel) => {
  const began = scheduledBy(kernel);
  let times = 0;
  return (scheduled: number): void => {
    while (scheduled - began >= (times + 1) * pods) come(kernel, times++);
  };
};

/** A node, a pod that fits nowhere and a Service come and go, as often per pod as at kube-scheduler's pace. */
const churn = every(710, (kernel, time) => {
  const name = `churn-${time}`;
  send(kernel, [
    post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } }),
    post(IN_DEFAULT, podOf(name, TOO_LARGE)),
    post('/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: 'foo' }, ports: [{ port: 8080 }] },
    }),
  ]);
  if (time === 0) return;
  const before = `churn-${time - 1}`;
  send(kernel, [
    { method: 'DELETE', path: `/api/v1/nodes/${before}`, body: {} },
    { method: 'DELETE', path: `${IN_DEFAULT}/${before}`, body: { gracePeriodSeconds: 0 } },
    { method: 'DELETE', path: `/api/v1/namespaces/default/services/${before}`, body: {} },
  ]);
});

const inDefault = (kernel: Kernel, count: number, name: string, shape: PodShape): void =>
  requestAll(
    kernel,
    numbers(count).map((index) => post(IN_DEFAULT, podOf(`${name}-${index}`, shape))),
  );

const WORKLOADS: readonly Workload[] = [
  { name: 'basic-5000-10000', theirs: 680, times: 10, nodes: 5_000, pods: 10_000, shape: () => ({}) },
  { name: 'basic-5000-50000', theirs: 810, times: 10, nodes: 5_000, pods: 50_000, shape: () => ({}) },
  {
    name: 'topology-spread-required',
    theirs: 460,
    times: 10,
    nodes: 5_000,
    pods: 5_000,
    shape: () => spread('DoNotSchedule'),
  },
  {
    name: 'topology-spread-preferred',
    theirs: 340,
    times: 10,
    nodes: 5_000,
    pods: 5_000,
    shape: () => spread('ScheduleAnyway'),
  },
  {
    name: 'default-spread-with-service',
    theirs: 160,
    times: 20,
    nodes: 5_000,
    pods: 50_000,
    shape: () => ({ labels: BLUE }),
    before: (kernel) =>
      requestAll(kernel, [
        post('/api/v1/namespaces/default/services', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'blue' },
          spec: { selector: BLUE, ports: [{ port: 80 }] },
        }),
      ]),
  },
  {
    name: 'node-affinity',
    theirs: 220,
    times: 10,
    nodes: 5_000,
    pods: 10_000,
    shape: () => nodeAffinity({ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-1', 'zone-2'] }] }),
  },
  {
    name: 'pod-affinity-required',
    theirs: 35,
    times: 20,
    nodes: 5_000,
    pods: 5_000,
    zoneOf: () => 'zone-1',
    shape: () => required('podAffinity', term(ZONE)),
  },
  {
    name: 'pod-affinity-preferred',
    theirs: 90,
    times: 20,
    nodes: 5_000,
    pods: 5_000,
    shape: () => preferred('podAffinity', term(HOSTNAME)),
  },
  {
    name: 'pod-anti-affinity-required',
    theirs: 60,
    times: 20,
    nodes: 5_000,
    pods: 2_000,
    onePerNode: true,
    shape: () => required('podAntiAffinity', term(HOSTNAME)),
  },
  {
    name: 'pod-anti-affinity-namespace-selector',
    theirs: 24,
    times: 20,
    nodes: 5_000,
    pods: 2_000,
    onePerNode: true,
    before: (kernel) => namespaces(kernel, 100),
    namespaceOf: (index) => `team-${index % 100}`,
    shape: () =>
      required('podAntiAffinity', term(HOSTNAME, { namespaceSelector: { matchLabels: { team: 'devops' } } })),
  },
  { name: 'mixed-churn', theirs: 710, times: 10, nodes: 5_000, pods: 10_000, shape: () => ({}), between: churn },
  {
    name: 'unschedulable',
    theirs: 590,
    times: 10,
    nodes: 5_000,
    pods: 10_000,
    shape: () => ({}),
    before: (kernel, scale) => inDefault(kernel, 200 * scale, 'too-large', TOO_LARGE),
    // One more every 200 ms of kube-scheduler's time.
    between: every(118, (kernel, time) => send(kernel, [post(IN_DEFAULT, podOf(`churn-${time}`, TOO_LARGE))])),
  },
  {
    name: 'gated',
    theirs: 910,
    times: 10,
    nodes: 5_000,
    pods: 10_000,
    shape: () => ({}),
    before: (kernel, scale) =>
      inDefault(kernel, 10_000 * scale, 'gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } }),
  },
  {
    name: 'deleted-with-finalizers',
    theirs: 830,
    times: 10,
    nodes: 5_000,
    pods: 10_000,
    shape: () => ({}),
    between: every(500, (kernel, time) => {
      const names = numbers(50).map((index) => `going-${time}-${index}`);
      send(
        kernel,
        names.map((name) => post(IN_DEFAULT, podOf(name, { finalizers: ['example.com/wait'], ...TOO_LARGE }))),
      );
      const before = numbers(50).map((index) => `going-${time - 1}-${index}`);
      if (time > 0) {
        send(
          kernel,
          before.map((name) => ({ method: 'DELETE', path: `${IN_DEFAULT}/${name}`, body: { gracePeriodSeconds: 0 } })),
        );
      }
    }),
  },
  {
    name: 'daemon-set-15000-30000',
    theirs: 1_100,
    times: 10,
    nodes: 15_000,
    pods: 30_000,
    shape: (index) =>
      nodeAffinity({
        matchFields: [{ key: 'metadata.name', operator: 'In', values: [`node-${index % 15_000}`] }],
      }),
  },
  {
    name: 'preemption-async',
    theirs: 570,
    times: 10,
    nodes: 5_000,
    pods: 5_000,
    before: (kernel) => requestAll(kernel, [priorityClass('high', 1_000)]),
    onePerNode: true,
    scheduledBefore: (nodes) => 4 * nodes,
    shape: () => ({ requests: { cpu: '3', memory: '500Mi' }, spec: { priorityClassName: 'high' } }),
  },
];

/** Pods per second of a core's time, all threads of the process counted (a machine that others use too takes nothing off), and by the clock. */
interface Pace {
  readonly value: number;
  readonly beside: string;
}

/** From the first attempts until so many pods are bound. */
function paceOf(kernel: Kernel, pods: number, between?: (scheduled: number) => void): Pace {
  const { counts } = schedulerOf(kernel);
  while (counts.scheduled + counts.unschedulable === 0) kernel.run(kernel.now + 20, Infinity);
  const measured = pods - scheduledBy(kernel);
  const before = process.cpuUsage();
  const start = performance.now();
  schedule(kernel, pods, between);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    value: Math.round((measured * 1e6) / (user + system)),
    beside: `${Math.round(measured / seconds)} by the clock`,
  };
}

/** Runs before, of so many nodes and pods at most, so that the code measured is compiled. */
const SMALL = { nodes: 500, pods: 5_000, runs: 5 };
/** The best of these counts: what else a machine does, and compiling, only takes away. All are told. */
const RUNS = 3;

function bestOf(runs: readonly Pace[]): Pace {
  const best = runs.reduce((one, other) => (other.value > one.value ? other : one));
  return { value: best.value, beside: `${best.beside}; all: ${runs.map(({ value }) => value).join(', ')}` };
}

function workloadPerSecond(workload: Workload, nodes: number, pods: number): Pace {
  const { shape, zoneOf = threeZones, namespaceOf = () => 'default', before, scheduledBefore, between } = workload;
  const kernel = controlPlaneOnly();
  requestAll(kernel, [serviceAccount('default')]);
  createNodes(kernel, nodes, zoneOf);
  before?.(kernel, pods === workload.pods ? 1 : 0.1);
  const first = scheduledBefore?.(nodes) ?? 0;
  if (first > 0) {
    const spec = { terminationGracePeriodSeconds: 0 };
    inDefault(kernel, first, 'low', { requests: { cpu: '900m', memory: '500Mi' }, spec });
    kernel.start(SCHEDULER);
    schedule(kernel, first);
  }
  const measured = numbers(pods).map((index) => {
    const wanted = podOf(`pod-${index}`, shape(nodes < workload.nodes ? index % nodes : index));
    return post(`/api/v1/namespaces/${namespaceOf(index)}/pods`, wanted);
  });
  // The scheduler finds all of them waiting, so that it is measured and not whoever makes them.
  if (first > 0) kernel.kill(SCHEDULER);
  requestAll(kernel, measured);
  kernel.start(SCHEDULER);
  // What the preparation leaves behind is not to be cleared away in the measurement.
  globalThis.gc?.();
  return paceOf(kernel, pods, between?.(kernel));
}

const MEASURED =
  'the best of three runs: pods by CPU time of all threads, first attempt to last binding, of the whole engine: scheduler, network (none is real), API server, etcd, watches; ' +
  'nodes are objects without kubelets and no controllers run, as in scheduler_perf; client-side rate limit off';

const workloads = WORKLOADS.map((workload) => ({
  name: `scheduler/${workload.name}`,
  unit: 'pods/s',
  better: 'higher' as const,
  note: `kube-scheduler's minimum ${workload.theirs}, ours at least ${workload.theirs * workload.times}; ${workload.nodes} nodes, ${workload.pods} pods; ${MEASURED}`,
  run() {
    const nodes = Math.min(workload.nodes, SMALL.nodes);
    for (let run = 0; run < SMALL.runs; run++) {
      workloadPerSecond(workload, nodes, Math.min(workload.pods, workload.onePerNode ? nodes : SMALL.pods));
    }
    return bestOf(numbers(RUNS).map(() => workloadPerSecond(workload, workload.nodes, workload.pods)));
  },
}));

const PODS = 5_000;
/** Runs before, so that the code measured is compiled: V8 goes on compiling the engine for so long. */
const WARM_UP = { nodes: 500, pods: PODS, runs: 5 };

function scheduledPerSecond(nodes: number, pods: number): Pace {
  const kernel = controlPlaneOnly();
  requestAll(kernel, [serviceAccount('default')]);
  createNodes(kernel, nodes, (index) => `zone-${index % 3}`);
  requestAll(
    kernel,
    numbers(pods).map((index) => post('/api/v1/namespaces/default/pods', podOf(`pod-${index}`))),
  );
  kernel.start(SCHEDULER);
  globalThis.gc?.();
  return paceOf(kernel, pods);
}

const NOTE = `5,000 waiting pods (100m, 500Mi); ${MEASURED}`;

const plain = [1_000, 5_000].map((nodes) => ({
  name: `scheduler/plain-${nodes}-nodes`,
  unit: 'pods/s',
  better: 'higher' as const,
  note: NOTE,
  run() {
    for (let run = 0; run < WARM_UP.runs; run++) scheduledPerSecond(WARM_UP.nodes, WARM_UP.pods);
    return bestOf(numbers(RUNS).map(() => scheduledPerSecond(nodes, PODS)));
  },
}));

export const benchmarks = [...plain, ...workloads];
