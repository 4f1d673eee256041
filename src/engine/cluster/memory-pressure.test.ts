import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, type Story } from './testing';

const pod = (name: string, node: string, container: string, rest = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
${rest}  containers:
  - {name: main, image: "nginx:1.27"${container}}
`;

const evicted = (t: Story): string[] =>
  t
    .eventsOf('Pod', 'Evicted')
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ regarding }) => regarding.name);

describe('a machine whose memory something else takes', () => {
  it('its kubelet says so, evicts in order, takes pods again five minutes after there is memory', () => {
    const t = bootedStory({ nodes: 2, zones: 1 });
    t.apply(
      manifests(
        `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n`,
        deployment('web', { replicas: 2 }),
        pod('modest', 'node-1', ', resources: {requests: {memory: 64Mi}}'),
        pod('high', 'node-1', '', '  priorityClassName: high\n'),
      ),
    );
    t.run(20 * SECOND);
    t.forget();
    const pressure = t.fault({ type: 'memory-pressure', machine: 'node-1', leaves: 90 * 1_048_576 });
    t.run(2 * MINUTE);
    t.heal(pressure);
    t.run(6 * MINUTE);
    return expect(t.transcript).toMatchFileSnapshot('transcripts/memory-pressure.txt');
  });

  it('who goes: above its request first, then by priority; never a critical pod', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(
      manifests(
        `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n`,
        pod('modest', 'node-1', ', resources: {requests: {memory: 64Mi}}'),
        pod('high', 'node-1', '', '  priorityClassName: high\n'),
        pod('plain', 'node-1', ''),
        pod('small', 'node-1', ', resources: {requests: {memory: 4Mi}}'),
      ),
    );
    t.apply(pod('critical', 'node-1', '', '  priorityClassName: system-node-critical\n'), 'kube-system');
    t.run(20 * SECOND);
    t.fault({ type: 'memory-pressure', machine: 'node-1', leaves: 0 });
    t.run(2 * MINUTE);
    expect(evicted(t)).toEqual(['plain', 'small', 'high', 'modest']);
    expect(t.systemPods.find(({ name }) => name === 'critical')).toMatchObject({ ready: true });
    const { status } = t.object<Pod>('Pod', 'small')!;
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(status.message).toBe(
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 8Mi. Container main was using 8Mi, request is 4Mi, has larger consumption of memory. ',
    );
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'TerminationByKubelet',
        message: status.message,
      }),
    );
    const [event] = t.eventsOf('Node', 'EvictionThresholdMet');
    expect(event?.message).toBe('Attempting to reclaim memory');
  });

  it('who is let in meanwhile: whoever asks for memory or says that it bears the pressure', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.fault({ type: 'memory-pressure', machine: 'node-1', leaves: 95 * 1_048_576 });
    t.run(15 * SECOND);
    t.apply(
      manifests(
        pod('plain', 'node-1', ''),
        pod('asking', 'node-1', ', resources: {requests: {memory: 1Mi}}'),
        pod('bearing', 'node-1', '', '  tolerations: [{key: node.kubernetes.io/memory-pressure, operator: Exists}]\n'),
      ),
    );
    t.run(2 * SECOND);
    expect(t.object<Pod>('Pod', 'plain')!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
    for (const name of ['asking', 'bearing']) expect(t.object<Pod>('Pod', name)!.status.reason).toBeUndefined();
  });

  it('none left at all: the kernel kills by score, and says so in its log', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(
      manifests(
        pod('plain', 'node-1', ''),
        pod('guaranteed', 'node-1', ', resources: {limits: {memory: 64Mi, cpu: 100m}}'),
      ),
    );
    t.run(20 * SECOND);
    t.fault({ type: 'memory-pressure', machine: 'node-1', leaves: 1_048_576 });
    t.apply(pod('late', 'node-1', ', resources: {requests: {memory: 1Mi}}'));
    t.run(4 * SECOND);
    const killed = t.object<Pod>('Pod', 'plain')!.status.containerStatuses![0]!;
    expect(killed.lastState?.terminated ?? killed.state?.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    });
    expect(t.object<Pod>('Pod', 'guaranteed')!.status.containerStatuses![0]!.restartCount).toBe(0);
    expect(t.eventsOf('Node', 'SystemOOM')[0]?.message).toMatch(
      /^System OOM encountered, victim process: nginx, pid: \d+$/,
    );
  });
});

describe('a container that uses more memory than its limit', () => {
  it('is killed again and again', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(pod('greedy', 'node-1', ', resources: {limits: {memory: 4Mi}}'));
    t.run(20 * SECOND);
    const { containerStatuses = [] } = t.object<Pod>('Pod', 'greedy')!.status;
    expect(containerStatuses[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    });
    expect(t.pod('greedy')?.status).toMatch(/^(OOMKilled|CrashLoopBackOff)$/);
  });
});
