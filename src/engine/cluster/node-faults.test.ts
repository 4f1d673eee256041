/** Faults that concern a machine, its racks and regions, or a container, as the API and the machines tell of them. */
import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import { newEngine } from './engine';
import { bootedStory, deployment, manifests, type Story } from './testing';

const pod = (name: string, container = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  nodeName: node-1
  containers:
  - {name: main, image: "nginx:1.27", ports: [{containerPort: 80}]${container}}
`;

const probed = ', livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}';
const requests = (cpu: string): string => `, resources: {requests: {cpu: ${cpu}}}`;

const statusOf = (t: Story, name: string) => t.object<Pod>('Pod', name)?.status.containerStatuses?.[0];
const messages = (t: Story, reason: string): string[] => t.eventsOf('Pod', reason).map(({ message }) => message);

/** Thousandths of a core that a machine takes on average in half a minute. */
function milliCpuOf(t: Story, node: string): number {
  const nanos = (): number => {
    const body = t.request('GET', `/api/v1/nodes/${node}/proxy/stats/summary`).body as string;
    return (JSON.parse(body) as { node: { cpu: { usageCoreNanoSeconds: number } } }).node.cpu.usageCoreNanoSeconds;
  };
  const [before, since] = [nanos(), t.now];
  t.run(30 * SECOND);
  return (nanos() - before) / (t.now - since);
}

describe('a machine whose CPU something else keeps busy', () => {
  it('uses all of it; probes of pods without requests time out, those of others come late and pass', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(manifests(pod('besteffort', probed), pod('burstable', probed + requests('100m'))));
    t.until('both run', () => t.readyPodsOf('besteffort').length + t.readyPodsOf('burstable').length === 2, MINUTE);
    expect(milliCpuOf(t, 'node-1')).toBeLessThan(200);
    const stress = t.fault({ type: 'cpu-stress', machine: 'node-1' });
    const busy = milliCpuOf(t, 'node-1');
    expect(busy).toBeGreaterThan(3_950);
    expect(busy).toBeLessThan(4_050);
    t.run(MINUTE);
    expect(statusOf(t, 'besteffort')?.restartCount).toBeGreaterThan(0);
    expect(statusOf(t, 'burstable')?.restartCount).toBe(0);
    expect(messages(t, 'Unhealthy').join()).toContain(
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    );
    expect(t.node('node-1').ready).toBe('True');
    t.heal(stress);
    t.run(6 * MINUTE);
    expect(statusOf(t, 'besteffort')?.ready).toBe(true);
    expect(milliCpuOf(t, 'node-1')).toBeLessThan(200);
  });

  it('a few workers take a core each and are noticed by nobody', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(pod('besteffort', probed));
    t.fault({ type: 'cpu-stress', machine: 'node-1', workers: 2 });
    t.run(MINUTE);
    expect(milliCpuOf(t, 'node-1')).toBeGreaterThan(2_000);
    expect(milliCpuOf(t, 'node-1')).toBeLessThan(2_200);
    expect(statusOf(t, 'besteffort')).toMatchObject({ ready: true, restartCount: 0 });
  });

  it('goes on as before when it is saved and restored meanwhile', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(pod('besteffort', probed));
    t.run(20 * SECOND);
    t.fault({ type: 'cpu-stress', machine: 'node-1' });
    t.fault({ type: 'dns-down' });
    t.fault({ type: 'latency', zone: 'zone-a', add: 5 * MILLISECOND });
    t.fault({ type: 'pause-process', pod: 'besteffort' });
    t.run(10 * SECOND);
    const saved = structuredClone(t.engine.save());
    const { cluster, seed } = t.engine.recording();
    const copy = newEngine({ cluster, seed });
    copy.restore(saved);
    expect(copy.hash()).toBe(t.engine.hash());
    t.run(MINUTE);
    copy.run(t.now, { events: Infinity });
    expect(copy.hash()).toBe(t.engine.hash());
  });
});

describe('a container', () => {
  it('that is killed ends with 137 and is started again by its kubelet, each time later', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(pod('web'));
    t.until('it runs', () => statusOf(t, 'web')?.ready === true, MINUTE);
    t.fault({ type: 'kill-process', pod: 'web', container: 'main' });
    t.until('it runs again', () => statusOf(t, 'web')?.restartCount === 1, 5 * SECOND);
    expect(statusOf(t, 'web')?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    t.until('it is ready', () => statusOf(t, 'web')?.ready === true, MINUTE);
    t.fault({ type: 'kill-process', namespace: 'default', pod: 'web' });
    t.until('it waits', () => t.pod('web')?.status === 'CrashLoopBackOff', 5 * SECOND);
    t.until('it says so', () => messages(t, 'BackOff').length > 0, 15 * SECOND);
    expect(messages(t, 'BackOff')[0]).toMatch(/^Back-off restarting failed container main in pod web_default\(/);
    t.until('and starts', () => statusOf(t, 'web')?.restartCount === 2, 20 * SECOND);
  });

  it('that stands still opens connections and answers none: its liveness probe has it killed', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(manifests(pod('web', probed), pod('tcp', ', livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}')));
    t.until('both run', () => statusOf(t, 'web')?.ready === true && statusOf(t, 'tcp')?.ready === true, MINUTE);
    t.fault({ type: 'pause-process', pod: 'web' });
    t.fault({ type: 'pause-process', pod: 'tcp' });
    t.until('the kill is announced', () => t.eventsOf('Pod', 'Killing').length === 1, 30 * SECOND);
    expect(messages(t, 'Unhealthy').join()).toContain('Client.Timeout exceeded while awaiting headers');
    // No signal but SIGKILL reaches it: the whole grace period passes.
    t.run(25 * SECOND);
    expect(statusOf(t, 'web')?.restartCount).toBe(0);
    t.until('it runs again', () => statusOf(t, 'web')?.restartCount === 1, 15 * SECOND);
    expect(statusOf(t, 'web')?.lastState?.terminated?.exitCode).toBe(137);
    expect(statusOf(t, 'tcp')?.restartCount).toBe(0);
  });

  it('that stands still lets nobody in, and goes on where it stood', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(`apiVersion: v1
kind: Pod
metadata: {name: count}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, 'for i in 1 2 3 4 5 6; do echo $i; sleep 10; done']
    readinessProbe: {exec: {command: ["true"]}, periodSeconds: 5}
`);
    t.until('it runs', () => t.pod('count')?.ready === true, MINUTE);
    const log = (): string => t.request('GET', '/api/v1/namespaces/default/pods/count/log').body as string;
    const pause = t.fault({ type: 'pause-process', pod: 'count' });
    t.run(SECOND);
    const before = log();
    t.run(MINUTE);
    expect(log()).toBe(before);
    expect(messages(t, 'Unhealthy')[0]).toMatch(
      /^Readiness probe errored.*exec failed: cannot exec in a paused container/,
    );
    t.heal(pause);
    t.until('it has ended', () => t.pod('count')?.phase === 'Succeeded', MINUTE);
    expect(log()).toBe('1\n2\n3\n4\n5\n6\n');
  });

  it('of a control plane stands still with its process', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    const target = { namespace: 'kube-system', pod: 'kube-scheduler-control-plane-1' };
    const pause = t.fault({ type: 'pause-process', ...target });
    const stateOf = () => t.machine('control-plane-1').processes.find(({ name }) => name === 'kube-scheduler')?.state;
    t.run(SECOND);
    expect(stateOf()).toBe('paused');
    t.heal(pause);
    t.run(SECOND);
    expect(stateOf()).toBe('running');
  });
});

describe('a worker that the cloud wants back', () => {
  it('is there until the notice is over, and then gone for good; its pods are replaced', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 4 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 4, MINUTE);
    t.fault({ type: 'spot-reclaim', machine: 'node-1', notice: 30 * SECOND });
    t.run(29 * SECOND);
    expect(t.machine('node-1').power).toBe('on');
    expect(t.look().countdowns.find(({ what }) => what === 'reclaim')).toMatchObject({
      subject: { kind: 'Node', name: 'node-1' },
    });
    t.run(2 * SECOND);
    expect([...t.machines.keys()]).not.toContain('node-1');
    expect(t.look().faults).toEqual([]);
    t.run(8 * MINUTE);
    expect(t.node('node-1').ready).toBe('Unknown');
    expect(t.readyPodsOf('web').length).toBe(4);
  });

  it('stays when the notice is taken back, also if another was given under the same name', () => {
    const t = bootedStory({ recorded: false });
    const first = t.fault({ type: 'spot-reclaim', machine: 'node-1', notice: 30 * SECOND });
    t.run(10 * SECOND);
    t.heal(first);
    t.act({ type: 'fault', id: first, fault: { type: 'spot-reclaim', machine: 'node-1', notice: MINUTE } });
    t.run(40 * SECOND);
    expect([...t.machines.keys()]).toContain('node-1');
    t.run(30 * SECOND);
    expect([...t.machines.keys()]).not.toContain('node-1');
  });

  it('is never a control plane', () => {
    const t = bootedStory({ recorded: false });
    t.fault({ type: 'spot-reclaim', machine: 'control-plane-1', notice: SECOND });
    t.run(5 * SECOND);
    expect(t.look().faults).toEqual([]);
    expect([...t.machines.keys()]).toContain('control-plane-1');
  });
});

describe('a rack', () => {
  it('without power takes its machines with it and leaves the zone’s others', () => {
    const t = bootedStory({ nodes: 8, zones: 2, racks: 2, recorded: false });
    expect(t.machine('node-1').rack).toBe('zone-a-rack-1');
    expect(t.machine('node-3').rack).toBe('zone-a-rack-2');
    const outage = t.fault({ type: 'rack-outage', rack: 'zone-a-rack-2' });
    const off = () => [...t.machines.values()].filter(({ power }) => power === 'off').map(({ name }) => name);
    expect(off()).toEqual(['node-3', 'node-7']);
    const single = t.fault({ type: 'power-off', machine: 'node-3' });
    t.heal(outage);
    expect(off()).toEqual(['node-3']);
    t.heal(single);
    expect(off()).toEqual([]);
  });
});

describe('a region', () => {
  it('holds zones that follow each other, and is far from the others', () => {
    const t = bootedStory({ nodes: 4, zones: 4, regions: 2, recorded: false });
    const label = (name: string) => t.node(name).labels['topology.kubernetes.io/region'];
    expect([1, 2, 3, 4].map((number) => label(`node-${number}`))).toEqual([
      'region-1',
      'region-1',
      'region-2',
      'region-2',
    ]);
    expect(t.machine('node-4').region).toBe('region-2');
  });
});
