/** Faults of the ways between machines, and of the names by which they find each other. */
import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import type { Fault } from './records';
import { bootedStory, type Story } from './testing';

const pod = (name: string, node: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  containers: [{name: main, image: "nginx:1.27"}]
`;

/** Milliseconds from a pod's binding to its being ready, as the API hears of it. */
function startOf(t: Story, node: string): number {
  const name = `probe-${t.now}`;
  t.apply(pod(name, node));
  const since = t.now;
  t.until('it is ready', () => t.pod(name)?.ready === true, 5 * MINUTE, MILLISECOND);
  return (t.now - since) / MILLISECOND;
}

const twoZones = (): Story => {
  const t = bootedStory({ nodes: 4, zones: 2, recorded: false });
  for (const node of ['node-1', 'node-2', 'node-3', 'node-4']) startOf(t, node);
  return t;
};

describe('slow ways', () => {
  it('of a zone: what leads into it and out of it, not what stays inside', () => {
    const t = twoZones();
    const [near, far] = [startOf(t, 'node-1'), startOf(t, 'node-2')];
    const slow = t.fault({ type: 'latency', zone: 'zone-b', add: 300 * MILLISECOND });
    expect(Math.abs(startOf(t, 'node-1') - near)).toBeLessThan(100);
    expect(startOf(t, 'node-2')).toBeGreaterThan(far + 600);
    t.heal(slow);
    expect(startOf(t, 'node-2')).toBeLessThan(far + 100);
  });

  it('of a link: between the two groups, both ways, and together with those of a machine', () => {
    const t = twoZones();
    const before = startOf(t, 'node-1');
    const link: Fault = { type: 'latency', from: ['node-1'], to: ['control-plane-1'], add: 200 * MILLISECOND };
    const one = t.fault(link);
    const two = t.fault({ type: 'latency', machine: 'node-1', add: 200 * MILLISECOND });
    const both = startOf(t, 'node-1');
    t.heal(two);
    const alone = startOf(t, 'node-1');
    expect(alone).toBeGreaterThan(before + 400);
    expect(both).toBeGreaterThan(alone + 300);
    expect(Math.abs(startOf(t, 'node-3') - before)).toBeLessThan(200);
    t.heal(one);
    expect(startOf(t, 'node-1')).toBeLessThan(before + 300);
  });

  it('that lose every packet are as good as cut', () => {
    const t = twoZones();
    const lossy = t.fault({ type: 'packet-loss', from: ['node-1'], to: ['control-plane-1'], rate: 1 });
    t.run(2 * MINUTE);
    expect(t.node('node-1').ready).toBe('Unknown');
    expect(t.node('node-3').ready).toBe('True');
    t.heal(lossy);
    t.until('it is back', () => t.node('node-1').ready === 'True', 5 * MINUTE);
  });
});

describe('without a name server', () => {
  it('what is connected stays so; no image is pulled, and nobody new finds the API server', () => {
    const t = bootedStory({ nodes: 2, zones: 1, recorded: false });
    const lost = t.fault({ type: 'dns-down' });
    const heartbeat = t.node('node-1').lastHeartbeat!;
    t.engine.input({ type: 'shell', session: 's', ticket: 'get', line: 'kubectl get nodes' });
    t.run(2 * MINUTE);
    const { ok, error } = t.answers.get('get')!;
    expect(ok).toBe(false);
    expect(error).toContain(
      'Unable to connect to the server: dial tcp: lookup kubernetes.kubarium.internal: i/o timeout',
    );
    expect(t.node('node-1')).toMatchObject({ ready: 'True' });
    expect(t.node('node-1').lastHeartbeat).toBeGreaterThan(heartbeat + MINUTE);
    t.heal(lost);
    t.run(SECOND);
    t.engine.input({ type: 'shell', session: 's', ticket: 'again', line: 'kubectl get nodes' });
    t.run(10 * SECOND);
    expect(t.answers.get('again')?.ok).toBe(true);
  });

  it('a pull fails with the name that could not be looked up, and is tried again', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.apply(pod('web', 'node-1'));
    t.fault({ type: 'dns-down' });
    t.until('the pull fails', () => t.eventsOf('Pod', 'Failed').length > 0, 2 * MINUTE);
    expect(t.eventsOf('Pod', 'Failed')[0]?.message).toContain(
      'failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": dial tcp: lookup registry-1.docker.io: i/o timeout',
    );
    const { status } = t.object<Pod>('Pod', 'web')!;
    expect(status.phase).toBe('Pending');
    for (const { id } of t.look().faults) t.heal(id);
    t.until('it runs', () => t.pod('web')?.ready === true, 2 * MINUTE);
  });
});
