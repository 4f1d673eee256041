// long: stories of one machine share one harness, and the layer rule keeps it out of testing.ts
/** Stories of a node on real machines of a real kernel, with a real API server. */
import { describe, expect, it } from 'vitest';
import { byteOrder } from '#engine/api/json';
import type { Event, KubeObject, Node, Pod } from '#engine/api/types';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { SUPER_ADMIN } from '#engine/apiserver/testing';
import type { ApiRequest, ApiResponse, Method } from '#engine/apiserver/wire';
import { etcd } from '#engine/etcd/etcd';
import { Kernel } from '#engine/kernel/kernel';
import { setCable } from '#engine/kernel/network';
import { defineProcess, type Message, type ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import type { Definitions } from '#engine/kernel/run';
import { testMachine } from '#engine/kernel/testing';
import { imageRegistry } from './images/registry-process';
import { kubelet } from './kubelet/kubelet';
import type { KubeletState, NodeConfig } from './kubelet/state';
import { shellCode } from './programs/shell/interpreter';
import { shell as shellPlace } from './programs/shell/shell';
import './late-node';
import { containerd } from './runtime/containerd';
import type { ContainerdState } from './runtime/state';

shellPlace.provide(shellCode);

interface AskerState {
  readonly answers: Map<number, ApiResponse>;
}

/** Passes requests on and keeps the answers. */
const asker = defineProcess<AskerState>({
  kind: 'asker',
  start: () => ({ answers: new Map() }),
  handle(state, message, ctx) {
    if (message.type === 'api/request') ctx.send('control-plane-1/kube-apiserver', message);
    else if (message.type === 'api/response') state.answers.set((message as ApiResponse).id, message as ApiResponse);
  },
});

const definitions: Definitions = new Map(
  [etcd, kubeApiserver, kubelet, containerd, imageRegistry, asker].map((one) => [
    one.kind,
    one as ProcessDefinition<never, never>,
  ]),
);

class TestCluster {
  readonly kernel: Kernel;
  #nextId = 1;

  constructor(nodes: readonly NodeConfig[] = [{ name: 'node-1', internalIP: '10.0.1.1' }], freeze = true, qps = 50) {
    this.kernel = new Kernel({ seed: 1, freeze }, definitions);
    const unit = (kind: string, args: unknown, restartAfter: Micros | null = null) => ({
      name: kind,
      kind,
      args,
      restartAfter,
    });
    this.kernel.addMachine(
      testMachine('control-plane-1', [
        unit('etcd', { member: 1 }),
        unit('kube-apiserver', {
          etcd: 'control-plane-1/etcd',
          serviceCidr: '10.96.0.0/12',
          advertiseAddress: '10.0.0.1',
          serviceAccountKey: 'key',
        }),
      ]),
    );
    this.kernel.addMachine(testMachine('laptop', [unit('asker', null)]));
    this.kernel.addMachine(testMachine('internet', [unit('image-registry', null)], { zone: 'internet' }));
    for (const node of nodes) {
      const args = {
        server: ['control-plane-1/kube-apiserver'],
        runtime: `${node.name}/containerd`,
        node,
        qps,
        burst: qps * 2,
      };
      this.kernel.addMachine(testMachine(node.name, [unit('containerd', {}, SECOND), unit('kubelet', args, SECOND)]));
    }
    for (const name of ['control-plane-1', 'laptop', 'internet']) this.kernel.powerOn(name);
    this.advance(SECOND);
    for (const node of nodes) this.kernel.powerOn(node.name);
    this.advance(SECOND);
    nodes.forEach((node, i) => this.patch(`/api/v1/nodes/${node.name}`, { spec: { podCIDR: `10.244.${i + 1}.0/24` } }));
    this.ask('POST', '/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    const rootCa = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt' },
      data: { 'ca.crt': 'certificate' },
    };
    this.ask('POST', '/api/v1/namespaces/default/configmaps', rootCa);
    this.advance(SECOND);
  }

  advance(by: Micros): void {
    this.kernel.run(this.kernel.now + by, Infinity);
  }

  ask(method: Method, path: string, body?: unknown, more: Partial<ApiRequest> = {}): ApiResponse {
    const id = this.#nextId++;
    const request: ApiRequest = {
      type: 'api/request',
      id,
      method,
      path,
      ...(body === undefined ? {} : { body }),
      userAgent: 'kubectl',
      credentials: SUPER_ADMIN,
      ...more,
    };
    this.kernel.deliver('laptop/asker', request);
    const { answers } = this.stateOf<AskerState>('laptop/asker');
    for (let i = 0; i < 200; i++) {
      const answer = answers.get(id);
      if (answer !== undefined) return answer;
      this.advance(MILLISECOND);
    }
    throw new Error(`no answer to ${method} ${path}`);
  }

  want<T = KubeObject>(method: Method, path: string, body?: unknown, more: Partial<ApiRequest> = {}): T {
    const answer = this.ask(method, path, body, more);
    if (answer.code >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  patch(path: string, body: unknown): void {
    this.want('PATCH', path, body, { contentType: 'application/merge-patch+json' });
  }

  /** A pod bound to node-1. */
  run(name: string, spec: Record<string, unknown>, more: Record<string, unknown> = {}): Pod {
    return this.want('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...more },
      spec: { nodeName: 'node-1', ...spec },
    });
  }

  pod(name: string): Pod | undefined {
    const answer = this.ask('GET', `/api/v1/namespaces/default/pods/${name}`);
    return answer.code === 404 ? undefined : (answer.body as Pod);
  }

  node(name = 'node-1'): Node {
    return this.want('GET', `/api/v1/nodes/${name}`);
  }

  /** `Type Reason message` of the Events about an object, in their order; repeated ones end with ` xN`. */
  events(name: string): string[] {
    const { items } = this.want<{ items: Event[] }>('GET', '/api/v1/events');
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .sort(
        (a, b) =>
          byteOrder(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
          Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion),
      )
      .map(({ type, reason, message, count = 1 }) => `${type} ${reason} ${message}${count > 1 ? ` x${count}` : ''}`);
  }

  remove(name: string, grace?: number): void {
    this.want(
      'DELETE',
      `/api/v1/namespaces/default/pods/${name}`,
      grace === undefined ? undefined : { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: grace },
    );
  }

  tell(process: string, message: Message): void {
    this.kernel.deliver(process, message);
  }

  kubelet(node = 'node-1'): KubeletState {
    return this.stateOf(`${node}/kubelet`);
  }

  containerd(node = 'node-1'): ContainerdState {
    return this.stateOf(`${node}/containerd`);
  }

  stateOf<T>(process: string): T {
    return this.kernel.processes.get(process)?.state as T;
  }
}

/** The state word of a pod's container, e.g. `running`, `waiting CrashLoopBackOff`, `terminated Completed 0`. */
function containerState(pod: Pod | undefined, index = 0): string {
  const state = pod?.status.containerStatuses?.[index]?.state;
  if (state?.running !== undefined) return 'running';
  if (state?.waiting !== undefined) return `waiting ${state.waiting.reason ?? ''}`;
  return state?.terminated === undefined
    ? 'none'
    : `terminated ${state.terminated.reason ?? ''} ${state.terminated.exitCode}`;
}

const container = (image: string, more: Record<string, unknown> = {}) => ({ name: 'c', image, ...more });
const shell = (script: string, more: Record<string, unknown> = {}) =>
  container('busybox:1.36', { command: ['sh', '-c', script], ...more });

describe('a node', () => {
  it('registers itself, becomes Ready once it has a pod range, and renews its lease', () => {
    const cluster = new TestCluster();
    const node = cluster.node();
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'node-1',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    });
    expect(node.status.capacity).toMatchObject({ cpu: '4', memory: '8Gi', pods: '110' });
    expect(node.status.allocatable).toMatchObject({ cpu: '4', memory: '8092Mi', pods: '110' });
    expect(node.status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason ?? ''}`)).toEqual([
      'MemoryPressure=False KubeletHasSufficientMemory',
      'DiskPressure=False KubeletHasNoDiskPressure',
      'PIDPressure=False KubeletHasSufficientPID',
      'Ready=True KubeletReady',
    ]);
    expect(node.status.nodeInfo).toMatchObject({
      kubeletVersion: 'v1.35.5',
      containerRuntimeVersion: 'containerd://2.1.4',
    });
    expect(cluster.events('node-1')).toEqual(
      expect.arrayContaining([
        'Normal Starting Starting kubelet.',
        'Normal NodeReady Node node-1 status is now: NodeReady',
        'Normal NodeHasSufficientMemory Node node-1 status is now: NodeHasSufficientMemory',
        'Normal NodeAllocatableEnforced Updated Node Allocatable limit across pods',
      ]),
    );
    const lease = () =>
      cluster.want<{ spec: { renewTime: string; leaseDurationSeconds: number } }>(
        'GET',
        '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1',
      ).spec;
    const before = lease().renewTime;
    cluster.advance(11 * SECOND);
    expect(lease().leaseDurationSeconds).toBe(40);
    expect(lease().renewTime > before).toBe(true);
  });

  it('pulls, creates and starts what is bound to it, and ends it when it is deleted', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(SECOND);
    expect(containerState(cluster.pod('web'))).toBe('waiting ContainerCreating');
    cluster.advance(5 * SECOND);
    const pod = cluster.pod('web');
    expect(pod?.status).toMatchObject({
      phase: 'Running',
      podIP: '10.244.1.2',
      hostIP: '10.0.1.1',
      qosClass: 'BestEffort',
    });
    expect(pod?.status.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    expect(cluster.events('web')).toEqual([
      'Normal Pulling Pulling image "nginx:1.27"',
      expect.stringMatching(
        /^Normal Pulled Successfully pulled image "nginx:1.27" in [0-9.]+s \([0-9.]+s including waiting\)\. Image size: 72000000 bytes\.$/,
      ),
      'Normal Created Container created',
      'Normal Started Container started',
    ]);
    cluster.remove('web');
    cluster.advance(2 * SECOND);
    expect(cluster.pod('web')).toBeUndefined();
    expect(cluster.events('web').at(-1)).toBe('Normal Killing Stopping container c');
    expect(cluster.containerd().containers.size).toBe(0);
    expect(cluster.kubelet().workers.size).toBe(0);
  });

  it('kills a shell that ignores SIGTERM when its grace is over', () => {
    const cluster = new TestCluster();
    cluster.run('stubborn', { containers: [shell('sleep 3600')], terminationGracePeriodSeconds: 5 });
    cluster.advance(4 * SECOND);
    cluster.remove('stubborn');
    cluster.advance(4 * SECOND);
    expect(cluster.pod('stubborn')).toBeDefined();
    cluster.advance(2 * SECOND);
    expect(cluster.pod('stubborn')).toBeUndefined();
  });

  it('restarts a failing container at once, then after 10 s, then after 20 s', () => {
    const cluster = new TestCluster();
    const pod = cluster.run('crash', { containers: [shell('sleep 1; exit 3')] });
    cluster.advance(6 * SECOND);
    const crashed = cluster.pod('crash');
    expect(containerState(crashed)).toBe('waiting CrashLoopBackOff');
    expect(crashed?.status.phase).toBe('Running');
    expect(crashed?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      state: {
        waiting: { message: `back-off 10s restarting failed container=c pod=crash_default(${pod.metadata.uid})` },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    cluster.advance(12 * SECOND);
    expect(cluster.pod('crash')?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 2,
      state: { waiting: { message: expect.stringContaining('back-off 20s') as string } },
    });
    expect(cluster.events('crash')).toContainEqual(
      expect.stringMatching(/^Warning BackOff Back-off restarting failed container c in pod crash_default\(/),
    );
  });

  it('holds a broken image back with ErrImagePull and ImagePullBackOff', () => {
    const cluster = new TestCluster();
    cluster.run('broken', { containers: [container('nginx:1.161')] });
    cluster.advance(2 * SECOND);
    expect(containerState(cluster.pod('broken'))).toBe('waiting ErrImagePull');
    cluster.advance(3 * SECOND);
    const pod = cluster.pod('broken');
    const text =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found';
    expect(pod?.status.phase).toBe('Pending');
    expect(pod?.status.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "nginx:1.161": ErrImagePull: ${text}`,
    });
    expect(cluster.events('broken')).toEqual([
      'Normal Pulling Pulling image "nginx:1.161"',
      `Warning Failed Failed to pull image "nginx:1.161": ${text}`,
      'Warning Failed Error: ErrImagePull',
      'Normal BackOff Back-off pulling image "nginx:1.161"',
      'Warning Failed Error: ImagePullBackOff',
    ]);
  });

  it("kills by liveness the documentation's exec example", () => {
    const cluster = new TestCluster();
    cluster.run('liveness-exec', {
      terminationGracePeriodSeconds: 2,
      containers: [
        shell('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600', {
          livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 },
        }),
      ],
    });
    cluster.advance(30 * SECOND);
    expect(cluster.pod('liveness-exec')?.status.containerStatuses?.[0]?.restartCount).toBe(0);
    cluster.advance(22 * SECOND);
    expect(cluster.pod('liveness-exec')?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    });
    expect(cluster.events('liveness-exec')).toEqual(
      expect.arrayContaining([
        "Warning Unhealthy Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory x3",
        'Normal Killing Container c failed liveness probe, will be restarted',
      ]),
    );
  });

  it('is ready when its readiness probe says so', () => {
    const cluster = new TestCluster();
    cluster.run('db', {
      containers: [
        container('mysql:8.0', {
          env: [{ name: 'MYSQL_ROOT_PASSWORD', value: 'x' }],
          readinessProbe: { tcpSocket: { port: 3306 }, periodSeconds: 2 },
        }),
      ],
    });
    cluster.advance(12 * SECOND);
    const ready = () => cluster.pod('db')?.status.conditions?.find(({ type }) => type === 'Ready');
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c]',
    });
    cluster.advance(10 * SECOND);
    expect(ready()?.status).toBe('True');
    expect(cluster.events('db')).toContainEqual(
      expect.stringMatching(
        /^Warning Unhealthy Readiness probe failed: dial tcp 10\.244\.1\.2:3306: connect: connection refused/,
      ),
    );
  });

  it('runs init containers in order and a sidecar beside the others', () => {
    const cluster = new TestCluster();
    cluster.run('stages', {
      restartPolicy: 'Never',
      initContainers: [
        { ...shell('sleep 2'), name: 'first' },
        { ...shell('while true; do sleep 1; done'), name: 'side', restartPolicy: 'Always' },
      ],
      containers: [shell('echo hello $(date +%Y); sleep 3')],
      terminationGracePeriodSeconds: 2,
    });
    cluster.advance(2 * SECOND);
    const initializing = cluster.pod('stages');
    expect(containerState(initializing)).toBe('waiting PodInitializing');
    expect(initializing?.status.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [first side]',
    });
    cluster.advance(2 * SECOND);
    expect(cluster.pod('stages')?.status.phase).toBe('Running');
    cluster.advance(8 * SECOND);
    const done = cluster.pod('stages');
    expect(done?.status.phase).toBe('Succeeded');
    expect(containerState(done)).toBe('terminated Completed 0');
    const name = done?.spec.containers[0]?.name ?? '';
    const log = cluster.ask('GET', '/api/v1/namespaces/default/pods/stages/log', undefined, {
      query: { container: name },
    });
    expect(log.body).toBe('hello 2026\n');
  });

  it('waits for a ConfigMap that does not exist yet', () => {
    const cluster = new TestCluster();
    cluster.run('config', {
      containers: [
        shell('sleep 100', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }),
      ],
    });
    cluster.advance(3 * SECOND);
    expect(cluster.pod('config')?.status.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    });
    cluster.want('POST', '/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { a: '1' },
    });
    cluster.advance(12 * SECOND);
    expect(containerState(cluster.pod('config'))).toBe('running');
  });

  it('rejects what does not fit', () => {
    const cluster = new TestCluster();
    cluster.run('big', { containers: [container('nginx', { resources: { requests: { cpu: '5' } } })] });
    cluster.advance(SECOND);
    expect(cluster.pod('big')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    });
  });

  it('has room again for what did not fit, once a pod has gone', () => {
    const cluster = new TestCluster();
    const half = { containers: [shell('sleep 100', { resources: { requests: { cpu: '2500m' } } })] };
    cluster.run('first', { ...half, terminationGracePeriodSeconds: 1 });
    cluster.advance(8 * SECOND);
    cluster.run('too-much', half);
    cluster.advance(SECOND);
    expect(cluster.pod('too-much')?.status.message).toContain('requested: 2500, used: 2500, capacity: 4000');
    cluster.want('DELETE', '/api/v1/namespaces/default/pods/first');
    cluster.advance(8 * SECOND);
    cluster.run('second', half);
    cluster.advance(8 * SECOND);
    expect(containerState(cluster.pod('second'))).toBe('running');
  });

  it('refuses to start a binary that the image does not have', () => {
    const cluster = new TestCluster();
    cluster.run('typo', { containers: [container('nginx:1.27', { command: ['foo'] })] });
    cluster.advance(8 * SECOND);
    const pod = cluster.pod('typo');
    expect(pod?.status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      startedAt: '1970-01-01T00:00:00Z',
      message: expect.stringContaining('exec: "foo": executable file not found in $PATH') as string,
    });
    expect(containerState(pod)).toBe('waiting CrashLoopBackOff');
  });

  it('goes on with its pods after the kubelet was killed, untouched', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    const before = cluster.pod('web');
    cluster.kernel.kill('node-1/kubelet');
    cluster.advance(5 * SECOND);
    expect(cluster.pod('web')?.status.containerStatuses).toEqual(before?.status.containerStatuses);
    expect(cluster.kubelet().workers.size).toBe(1);
  });

  it('starts its pods anew after a power cut, with the image still there, and cleans up what was deleted', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.run('old', { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    cluster.kernel.powerOff('node-1');
    cluster.remove('old');
    cluster.advance(5 * SECOND);
    expect(cluster.pod('old')?.metadata.deletionTimestamp).toBeDefined();
    cluster.kernel.powerOn('node-1');
    cluster.advance(4 * SECOND);
    expect(cluster.pod('old')).toBeUndefined();
    const web = cluster.pod('web');
    expect(containerState(web)).toBe('running');
    expect(web?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    });
    expect(cluster.events('web')).toEqual(
      expect.arrayContaining([
        'Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.',
        'Normal Pulled Container image "nginx:1.27" already present on machine and can be accessed by the pod',
      ]),
    );
    expect(cluster.events('node-1')).toContainEqual(
      expect.stringMatching(/^Warning Rebooted Node node-1 has been rebooted, boot id: /),
    );
  });

  it('is NotReady while its runtime is down, and starts its pods again afterwards', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    cluster.kernel.kill('node-1/containerd');
    cluster.advance(SECOND / 2);
    expect(cluster.node().status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'container runtime is down',
    });
    cluster.advance(5 * SECOND);
    expect(cluster.node().status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(cluster.pod('web')?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
    expect(containerState(cluster.pod('web'))).toBe('running');
  });

  it('finds its containers again when only the connection to its runtime broke, and removes what is nobody’s', () => {
    const cluster = new TestCluster();
    for (const name of ['web', 'old']) cluster.run(name, { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    const before = cluster.pod('web');
    cluster.kernel.deliver('node-1/kubelet', { type: 'kernel/down', process: 'node-1/containerd' } as { type: string });
    cluster.remove('old');
    cluster.advance(40 * SECOND);
    expect(cluster.pod('web')?.status.containerStatuses).toEqual(before?.status.containerStatuses);
    expect(cluster.events('web').filter((event) => event.includes('SandboxChanged'))).toEqual([]);
    expect(cluster.pod('old')).toBeUndefined();
    const { sandboxes } = cluster.containerd();
    expect([...sandboxes.values()].map(({ status }) => [status.pod.name, status.attempt])).toEqual([['web', 1]]);
  });

  it("kills by liveness the documentation's HTTP example", () => {
    const cluster = new TestCluster();
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.40';
    const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 3, periodSeconds: 3 };
    cluster.run('liveness-http', { containers: [container(image, { args: ['liveness'], livenessProbe })] });
    cluster.advance(30 * SECOND);
    expect(cluster.pod('liveness-http')?.status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(cluster.events('liveness-http')).toContainEqual(
      expect.stringMatching(/^Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 500/),
    );
  });

  it('pulls again when the registry is back', () => {
    const cluster = new TestCluster();
    cluster.kernel.powerOff('internet');
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(35 * SECOND);
    expect(cluster.pod('web')?.status.containerStatuses?.[0]?.state?.waiting).toMatchObject({
      reason: 'ImagePullBackOff',
      message: expect.stringContaining('dial tcp: i/o timeout') as string,
    });
    cluster.kernel.powerOn('internet');
    cluster.advance(20 * SECOND);
    expect(containerState(cluster.pod('web'))).toBe('running');
  });

  it('cannot pull at once when the registry refuses to talk', () => {
    const cluster = new TestCluster();
    cluster.kernel.kill('internet/image-registry');
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(SECOND);
    expect(cluster.events('web')).toContain(
      'Warning Failed Failed to pull image "nginx:1.27": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/nginx:1.27": failed to resolve reference "docker.io/library/nginx:1.27": failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": dial tcp: connect: connection refused',
    );
    cluster.kernel.start('internet/image-registry');
    cluster.advance(20 * SECOND);
    expect(containerState(cluster.pod('web'))).toBe('running');
  });

  it('does not get the last bytes of an image once its cable is cut', () => {
    const cluster = new TestCluster();
    const { nic } = cluster.kernel.machine('node-1');
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(SECOND);
    expect([...cluster.containerd().pulls.values()].map(({ state }) => state)).toEqual(['downloading']);
    setCable(nic, { in: false, out: false });
    cluster.advance(40 * SECOND);
    expect(cluster.containerd().images.size).toBe(0);
    setCable(nic, { in: true, out: true });
    cluster.advance(60 * SECOND);
    expect(cluster.events('web')).toContainEqual(
      expect.stringMatching(
        /^Warning Failed Failed to pull image "nginx:1\.27": rpc error: code = Unknown desc = failed to pull and unpack image "docker\.io\/library\/nginx:1\.27": failed to copy: httpReadSeeker: failed open: failed to do request: Get "https:\/\/registry-1\.docker\.io\/v2\/library\/nginx\/blobs\/sha256:[0-9a-f]{64}": dial tcp: i\/o timeout$/,
      ),
    );
    expect(containerState(cluster.pod('web'))).toBe('running');
  });

  it('pulls on when its cable was cut for a moment only', () => {
    const cluster = new TestCluster();
    const { nic } = cluster.kernel.machine('node-1');
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(SECOND);
    setCable(nic, { in: false, out: false });
    cluster.advance(3 * SECOND);
    setCable(nic, { in: true, out: true });
    cluster.advance(10 * SECOND);
    expect(containerState(cluster.pod('web'))).toBe('running');
    expect(cluster.events('web').filter((line) => line.startsWith('Warning'))).toEqual([]);
  });

  it('asks once more what another pull waits for when one gives up', () => {
    const cluster = new TestCluster();
    const { nic } = cluster.kernel.machine('node-1');
    setCable(nic, { in: false, out: false });
    const pull = (image: string, id: number) =>
      cluster.tell('node-1/containerd', { type: 'cri/pull-image', id, image } as Message);
    pull('nginx:1.27', 9001);
    cluster.advance(20 * SECOND);
    pull('redis:7.4', 9002);
    cluster.advance(11 * SECOND);
    expect([...cluster.containerd().pulls.keys()]).toEqual(['docker.io/library/redis:7.4']);
    setCable(nic, { in: true, out: true });
    cluster.advance(10 * SECOND);
    expect([...cluster.containerd().images.keys()]).toEqual(['docker.io/library/redis:7.4']);
  });

  it('lets preStop have its time before the stop signal, out of the same grace', () => {
    const cluster = new TestCluster();
    cluster.run('slow', {
      containers: [container('nginx:1.27', { lifecycle: { preStop: { sleep: { seconds: 5 } } } })],
    });
    cluster.advance(6 * SECOND);
    cluster.remove('slow');
    cluster.advance(4.5 * SECOND);
    expect(containerState(cluster.pod('slow'))).toBe('running');
    cluster.advance(1.5 * SECOND);
    expect(cluster.pod('slow')).toBeUndefined();
  });

  it('stops a pod that was deleted by force, within a short grace', () => {
    const cluster = new TestCluster();
    cluster.run('gone', { containers: [shell('sleep 1000')] });
    cluster.advance(4 * SECOND);
    cluster.remove('gone', 0);
    cluster.advance(SECOND);
    expect(cluster.pod('gone')).toBeUndefined();
    expect(cluster.containerd().containers.size).toBe(1);
    cluster.advance(3 * SECOND);
    expect(cluster.containerd().containers.size).toBe(0);
  });

  it('says that a pod has failed that was deleted before anything of it began, so that whoever holds it sees an end', () => {
    const cluster = new TestCluster();
    cluster.run(
      'never',
      { containers: [container('nginx:1.161')], initContainers: [{ name: 'i', image: 'nginx:1.162' }] },
      { finalizers: ['example.com/hold'] },
    );
    cluster.advance(2 * SECOND);
    cluster.remove('never');
    cluster.advance(5 * SECOND);
    const { status } = cluster.pod('never')!;
    const unknown = {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    };
    expect(status).toMatchObject({ phase: 'Failed', initContainerStatuses: [{ state: { terminated: unknown } }] });
    // The pod was never initialized: its regular containers had no chance to fail.
    expect(containerState(cluster.pod('never'))).toBe('waiting PodInitializing');

    // A kubelet that starts anew takes over an end without times as it is.
    cluster.kernel.powerOff('node-1');
    cluster.advance(SECOND);
    cluster.kernel.powerOn('node-1');
    cluster.advance(10 * SECOND);
    expect(cluster.pod('never')!.status.initContainerStatuses?.[0]?.state).toEqual({ terminated: unknown });
  });

  it('ends a pod that was active for longer than its deadline', () => {
    const cluster = new TestCluster();
    cluster.run('late', {
      containers: [shell('sleep 1000')],
      activeDeadlineSeconds: 5,
      terminationGracePeriodSeconds: 1,
    });
    cluster.advance(12 * SECOND);
    expect(cluster.pod('late')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  it('starts a container again when its image is changed in place', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    cluster.want(
      'PATCH',
      '/api/v1/namespaces/default/pods/web',
      { spec: { containers: [{ name: 'c', image: 'nginx:1.28' }] } },
      {
        contentType: 'application/strategic-merge-patch+json',
      },
    );
    cluster.advance(6 * SECOND);
    expect(cluster.pod('web')?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      image: 'docker.io/library/nginx:1.28',
      state: { running: {} },
    });
    expect(cluster.events('web')).toContain('Normal Killing Container c definition changed, will be restarted');
  });

  it('ends a shell without input at once, and lets one with input wait', () => {
    const cluster = new TestCluster();
    cluster.run('closed', { restartPolicy: 'Never', containers: [container('busybox:1.36')] });
    cluster.run('open', { containers: [container('busybox:1.36', { stdin: true, tty: true })] });
    cluster.advance(6 * SECOND);
    expect(containerState(cluster.pod('closed'))).toBe('terminated Completed 0');
    expect(containerState(cluster.pod('open'))).toBe('running');
  });

  it('keeps nothing but plain data', () => {
    const cluster = new TestCluster();
    cluster.run('web', {
      containers: [container('nginx:1.27'), { ...shell('while true; do sleep 1; done'), name: 'd' }],
    });
    cluster.advance(6 * SECOND);
    expect(structuredClone(cluster.kubelet())).toEqual(cluster.kubelet());
    expect(structuredClone(cluster.containerd())).toEqual(cluster.containerd());
  });
});
