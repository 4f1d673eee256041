import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { containerState, TestCluster } from './testing';

const container = (image: string, more: Record<string, unknown> = {}) => ({ name: 'c', image, ...more });
const shell = (script: string, more: Record<string, unknown> = {}) => container('busybox:1.36', { command: ['sh', '-c', script], ...more });

describe('a node', () => {
  it('registers itself, becomes Ready once it has a pod range, and renews its lease', () => {
    const cluster = new TestCluster();
    const node = cluster.node();
    expect(node.metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' });
    expect(node.status.capacity).toMatchObject({ cpu: '4', memory: '8Gi', pods: '110' });
    expect(node.status.allocatable).toMatchObject({ cpu: '4', memory: '8092Mi', pods: '110' });
    expect(node.status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason ?? ''}`)).toEqual([
      'MemoryPressure=False KubeletHasSufficientMemory',
      'DiskPressure=False KubeletHasNoDiskPressure',
      'PIDPressure=False KubeletHasSufficientPID',
      'Ready=True KubeletReady',
    ]);
    expect(node.status.nodeInfo).toMatchObject({ kubeletVersion: 'v1.35.5', containerRuntimeVersion: 'containerd://2.1.4' });
    expect(cluster.events('node-1')).toEqual(expect.arrayContaining([
      'Normal Starting Starting kubelet.', 'Normal NodeReady Node node-1 status is now: NodeReady',
      'Normal NodeHasSufficientMemory Node node-1 status is now: NodeHasSufficientMemory',
      'Normal NodeAllocatableEnforced Updated Node Allocatable limit across pods',
    ]));
    const lease = () => cluster.want<{ spec: { renewTime: string; leaseDurationSeconds: number } }>('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1').spec;
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
    expect(pod?.status).toMatchObject({ phase: 'Running', podIP: '10.244.1.2', hostIP: '10.0.1.1', qosClass: 'BestEffort' });
    expect(pod?.status.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True',
    ]);
    expect(cluster.events('web')).toEqual([
      'Normal Pulling Pulling image "nginx:1.27"',
      expect.stringMatching(/^Normal Pulled Successfully pulled image "nginx:1.27" in [0-9.]+s \([0-9.]+s including waiting\)\. Image size: 72000000 bytes\.$/),
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
      state: { waiting: { message: `back-off 10s restarting failed container=c pod=crash_default(${pod.metadata.uid})` } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    cluster.advance(12 * SECOND);
    expect(cluster.pod('crash')?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 2, state: { waiting: { message: expect.stringContaining('back-off 20s') as string } } });
    expect(cluster.events('crash')).toContainEqual(expect.stringMatching(/^Warning BackOff Back-off restarting failed container c in pod crash_default\(/));
  });

  it('holds a broken image back with ErrImagePull and ImagePullBackOff', () => {
    const cluster = new TestCluster();
    cluster.run('broken', { containers: [container('nginx:1.161')] });
    cluster.advance(2 * SECOND);
    expect(containerState(cluster.pod('broken'))).toBe('waiting ErrImagePull');
    cluster.advance(3 * SECOND);
    const pod = cluster.pod('broken');
    const text = 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found';
    expect(pod?.status.phase).toBe('Pending');
    expect(pod?.status.containerStatuses?.[0]?.state?.waiting).toEqual({ reason: 'ImagePullBackOff', message: `Back-off pulling image "nginx:1.161": ErrImagePull: ${text}` });
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
      containers: [shell('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600', { livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 } })],
    });
    cluster.advance(30 * SECOND);
    expect(cluster.pod('liveness-exec')?.status.containerStatuses?.[0]?.restartCount).toBe(0);
    cluster.advance(22 * SECOND);
    expect(cluster.pod('liveness-exec')?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'Error' } } });
    expect(cluster.events('liveness-exec')).toEqual(expect.arrayContaining([
      "Warning Unhealthy Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory x3",
      'Normal Killing Container c failed liveness probe, will be restarted',
    ]));
  });

  it('is ready when its readiness probe says so', () => {
    const cluster = new TestCluster();
    cluster.run('db', { containers: [container('mysql:8.0', { env: [{ name: 'MYSQL_ROOT_PASSWORD', value: 'x' }], readinessProbe: { tcpSocket: { port: 3306 }, periodSeconds: 2 } })] });
    cluster.advance(12 * SECOND);
    const ready = () => cluster.pod('db')?.status.conditions?.find(({ type }) => type === 'Ready');
    expect(ready()).toMatchObject({ status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [c]' });
    cluster.advance(10 * SECOND);
    expect(ready()?.status).toBe('True');
    expect(cluster.events('db')).toContainEqual(expect.stringMatching(/^Warning Unhealthy Readiness probe failed: dial tcp 10\.244\.1\.2:3306: connect: connection refused/));
  });

  it('runs init containers in order and a sidecar beside the others', () => {
    const cluster = new TestCluster();
    cluster.run('stages', {
      restartPolicy: 'Never',
      initContainers: [{ ...shell('sleep 2'), name: 'first' }, { ...shell('while true; do sleep 1; done'), name: 'side', restartPolicy: 'Always' }],
      containers: [shell('echo hello $(date +%Y); sleep 3')],
      terminationGracePeriodSeconds: 2,
    });
    cluster.advance(2 * SECOND);
    const initializing = cluster.pod('stages');
    expect(containerState(initializing)).toBe('waiting PodInitializing');
    expect(initializing?.status.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [first side]' });
    cluster.advance(2 * SECOND);
    expect(cluster.pod('stages')?.status.phase).toBe('Running');
    cluster.advance(8 * SECOND);
    const done = cluster.pod('stages');
    expect(done?.status.phase).toBe('Succeeded');
    expect(containerState(done)).toBe('terminated Completed 0');
    const logs = [...cluster.containerd().containers.values()].flatMap(({ log }) => log.map(({ text }) => text));
    expect(logs).toEqual(['hello 2026']);
  });

  it('waits for a ConfigMap that does not exist yet', () => {
    const cluster = new TestCluster();
    cluster.run('config', { containers: [shell('sleep 100', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] })] });
    cluster.advance(3 * SECOND);
    expect(cluster.pod('config')?.status.containerStatuses?.[0]?.state?.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' });
    cluster.want('POST', '/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } });
    cluster.advance(12 * SECOND);
    expect(containerState(cluster.pod('config'))).toBe('running');
  });

  it('rejects what does not fit', () => {
    const cluster = new TestCluster();
    cluster.run('big', { containers: [container('nginx', { resources: { requests: { cpu: '5' } } })] });
    cluster.advance(SECOND);
    expect(cluster.pod('big')?.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000" });
  });

  it('refuses to start a binary that the image does not have', () => {
    const cluster = new TestCluster();
    cluster.run('typo', { containers: [container('nginx:1.27', { command: ['foo'] })] });
    cluster.advance(8 * SECOND);
    const pod = cluster.pod('typo');
    expect(pod?.status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z', message: expect.stringContaining('exec: "foo": executable file not found in $PATH') as string });
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
    expect(web?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } });
    expect(cluster.events('web')).toEqual(expect.arrayContaining([
      'Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.',
      'Normal Pulled Container image "nginx:1.27" already present on machine and can be accessed by the pod',
    ]));
    expect(cluster.events('node-1')).toContainEqual(expect.stringMatching(/^Warning Rebooted Node node-1 has been rebooted, boot id: /));
  });

  it('is NotReady while its runtime is down, and starts its pods again afterwards', () => {
    const cluster = new TestCluster();
    cluster.run('web', { containers: [container('nginx:1.27')] });
    cluster.advance(6 * SECOND);
    cluster.kernel.kill('node-1/containerd');
    cluster.advance(SECOND / 2);
    expect(cluster.node().status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' });
    cluster.advance(5 * SECOND);
    expect(cluster.node().status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(cluster.pod('web')?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
    expect(containerState(cluster.pod('web'))).toBe('running');
  });
});
