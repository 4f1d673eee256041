/** How fast pods get their nodes with all of the way there: queue, cycle, binding request, API server, etcd, watch. */
import { kubeApiserver } from '#engine/apiserver/apiserver';
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
import { kubeScheduler } from '#engine/scheduler/scheduler';

const SCHEDULER = 'control-plane-1/kube-scheduler';
const PODS = 5_000;
/** Runs before, so that the code measured is compiled: V8 goes on compiling the engine for so long. */
const WARM_UP = { nodes: 500, pods: PODS, runs: 5 };

/**
 * A control plane without kubelets and controllers, its components units of the machine, with its nodes as objects: as
 * upstream's scheduler_perf has it, and like there without the scheduler's client-side rate limit, which alone would hold it
 * at 50 pods/s.
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
  return kernel;
}

const LEFT_OUT = ['kubelet', 'containerd', 'kubeadm'];
const API_SERVER = 'control-plane-1/kube-apiserver';
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

interface Request {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly contentType?: string;
  readonly body: unknown;
}

/** Sends requests from the laptop and runs on until all are answered. */
function requestAll(kernel: Kernel, requests: readonly Request[]): void {
  const answers = (): number => nextNumber(stateOf(kernel.processes.get(KUBECTL)!, kubectl)!.answers);
  const expected = answers() + requests.length;
  for (const [index, request] of requests.entries()) {
    const message = { type: 'kubectl/request', ticket: `${index}`, credentials: SUPER_ADMIN, ...request };
    kernel.deliver(KUBECTL, message);
  }
  const deadline = kernel.now + 600 * SECOND;
  while (answers() < expected) {
    kernel.run(kernel.now + 10 * MILLISECOND, Infinity);
    if (kernel.now > deadline) throw new Error(`${expected - answers()} requests have no answer`);
  }
  const refused = stateOf(kernel.processes.get(KUBECTL)!, kubectl)!.answers.entries.find(({ ok }) => !ok);
  if (refused !== undefined) throw new Error(`a request failed: ${refused.code} ${JSON.stringify(refused.body)}`);
}

const nodeOf = (index: number): unknown => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${index}`,
    labels: { 'kubernetes.io/hostname': `node-${index}`, 'topology.kubernetes.io/zone': `zone-${index % 3}` },
  },
  status: {
    capacity: { cpu: '4', memory: '32Gi', pods: '110' },
    allocatable: { cpu: '4', memory: '32Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
  },
});

/** @source kubernetes test/integration/scheduler_perf/templates/pod-default.yaml */
const podOf = (index: number): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${index}` },
  spec: {
    containers: [
      {
        name: 'pause',
        image: 'registry.k8s.io/pause:3.10',
        ports: [{ containerPort: 80 }],
        resources: { requests: { cpu: '100m', memory: '500Mi' } },
      },
    ],
  },
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const post = (path: string, body: unknown): Request => ({ method: 'POST', path, body });

function scheduledPerSecond(nodes: number, pods: number): number {
  const kernel = controlPlaneOnly();
  kernel.run(5 * SECOND, Infinity);
  kernel.kill(SCHEDULER);
  const audit = stateOf(kernel.processes.get(API_SERVER)!, kubeApiserver);
  if (audit === null) throw new Error('the API server is not running');
  requestAll(kernel, [
    post('/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    }),
  ]);
  requestAll(
    kernel,
    numbers(nodes).map((index) => post('/api/v1/nodes', nodeOf(index))),
  );
  const untaint = {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: { spec: { taints: null } },
  } as const;
  requestAll(
    kernel,
    numbers(nodes).map((index) => ({ ...untaint, path: `/api/v1/nodes/node-${index}` })),
  );
  requestAll(
    kernel,
    numbers(pods).map((index) => post('/api/v1/namespaces/default/pods', podOf(index))),
  );

  kernel.start(SCHEDULER);
  const scheduled = (): number => stateOf(kernel.processes.get(SCHEDULER)!, kubeScheduler)!.counts.scheduled;
  while (scheduled() === 0) kernel.run(kernel.now + 20, Infinity);
  const before = scheduled();
  const deadline = kernel.now + 600 * SECOND;
  const start = performance.now();
  while (scheduled() < pods) {
    kernel.run(kernel.now + 10 * MILLISECOND, Infinity);
    if (kernel.now > deadline) throw new Error(`${scheduled()} of ${pods} pods are scheduled`);
  }
  return Math.round((pods - before) / ((performance.now() - start) / 1000));
}

const NOTE =
  'real time from the first binding to the last of 5,000 waiting pods (100m, 500Mi), whole engine: scheduler, network, API server, etcd, watches; ' +
  'nodes are objects without kubelets and no controllers run, as in scheduler_perf; client-side rate limit off';

export const benchmarks = [1_000, 5_000].map((nodes) => ({
  name: `scheduler/plain-${nodes}-nodes`,
  unit: 'pods/s',
  better: 'higher' as const,
  note: NOTE,
  run() {
    for (let run = 0; run < WARM_UP.runs; run++) scheduledPerSecond(WARM_UP.nodes, WARM_UP.pods);
    return scheduledPerSecond(nodes, PODS);
  },
}));
