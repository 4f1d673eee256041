import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled } from './testing-invariants';

function withWeb(recorded = false): Story {
  const t = bootedStory({ recorded });
  t.apply(manifests(deployment('web', { replicas: 6 }), service('web')));
  t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
  t.run(5 * SECOND);
  t.forget();
  return t;
}

const namesOn = (t: Story, node: string): string[] =>
  t
    .podsOf('web')
    .filter((pod) => pod.node === node)
    .map(({ name }) => name);

describe('a cable that is cut', () => {
  it('both ways for 20 s: only a heartbeat comes late', () => {
    const t = withWeb();
    const before = t.podsOf('web').map(({ name }) => name);
    const events = t.events.length;
    const cut = t.fault({ type: 'cut-cable', machine: 'node-1' });
    t.run(20 * SECOND);
    expect(t.now - t.node('node-1').lastHeartbeat!).toBeGreaterThan(20 * SECOND);
    t.heal(cut);
    t.run(30 * SECOND);
    expect(t.now - t.node('node-1').lastHeartbeat!).toBeLessThan(12 * SECOND);
    expect(t.podsOf('web').map(({ name }) => name)).toEqual(before);
    expect(t.events.length).toBe(events);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  it('both ways for 8 min: its pods run on while the API evicts them, and end when it hears of it, as the golden transcript tells', async () => {
    const t = withWeb(true);
    const lost = namesOn(t, 'node-1');
    const cut = t.fault({ type: 'cut-cable', machine: 'node-1' });
    t.run(8 * MINUTE);
    // Belief: Terminating, replaced. Truth: they run.
    expect(lost.map((name) => t.pod(name)!.status)).toEqual(lost.map(() => 'Terminating'));
    expect(
      t
        .machine('node-1')
        .sandboxes.filter(({ running }) => running === 1)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...lost].sort());
    expect(t.readyPodsOf('web').length).toBe(6);
    expect(t.service('web').readyEndpoints).toBe(6);
    t.heal(cut);
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/cut-cable.txt');
  });

  for (const direction of ['in', 'out'] as const) {
    it(`one way (${direction}) is as bad as both: the node is lost, and comes back`, () => {
      const t = withWeb();
      const lost = namesOn(t, 'node-1');
      const cut = t.fault({ type: 'cut-cable', machine: 'node-1', direction });
      t.run(8 * MINUTE);
      expect(t.node('node-1').ready).toBe('Unknown');
      expect(lost.map((name) => t.pod(name)?.status)).toEqual(lost.map(() => 'Terminating'));
      t.heal(cut);
      t.run(2 * MINUTE);
      expect(unsettled(t, { web: 6 })).toEqual([]);
    });
  }

  it('of the laptop: kubectl says that it could not connect, and the cluster does not care', () => {
    const t = withWeb();
    const cut = t.fault({ type: 'cut-cable', machine: 'laptop' });
    const answer = t.apply(deployment('late', {}));
    expect(answer.ok).toBe(false);
    expect(answer.error).toMatch(/^Unable to connect to the server: /m);
    t.heal(cut);
    t.run(5 * SECOND);
    expect(t.apply(deployment('late', { replicas: 1 })).ok).toBe(true);
    t.run(MINUTE);
    expect(unsettled(t, { web: 6, late: 1 })).toEqual([]);
  });

  it('of every worker at once stops all evictions', () => {
    const t = withWeb();
    const before = t.podsOf('web').map(({ name }) => name);
    const cuts = [1, 2, 3, 4].map((number) => t.fault({ type: 'cut-cable', machine: `node-${number}` }));
    const own = t.fault({ type: 'pause-process', process: 'control-plane-1/kubelet' });
    t.run(10 * MINUTE);
    expect(t.nodes.map(({ ready }) => ready)).toEqual(['Unknown', 'Unknown', 'Unknown', 'Unknown', 'Unknown']);
    expect(t.podsOf('web').every(({ deletionAt }) => deletionAt === null)).toBe(true);
    [...cuts, own].forEach((id) => t.heal(id));
    t.run(2 * MINUTE);
    expect(t.podsOf('web').map(({ name }) => name)).toEqual(before);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('two faults on one machine', () => {
  it('healing one leaves the other in force', () => {
    const t = withWeb();
    const first = t.fault({ type: 'cut-cable', machine: 'node-1' });
    const second = t.fault({ type: 'cut-cable', machine: 'node-1', direction: 'out' });
    t.heal(first);
    expect(t.machine('node-1').cable).toEqual({ in: true, out: false });
    t.heal(second);
    expect(t.machine('node-1').cable).toEqual({ in: true, out: true });

    const off = t.fault({ type: 'power-off', machine: 'node-1' });
    const zone = t.fault({ type: 'zone-outage', zone: t.machine('node-1').zone });
    t.heal(off);
    t.run(20 * SECOND);
    expect(t.machine('node-1').power).toBe('off');
    t.heal(zone);
    t.run(5 * MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('a slow or lossy network', () => {
  it('with 10 % of packets lost and 200 ms more of latency, a node keeps its heartbeat', () => {
    const t = withWeb();
    const loss = t.fault({ type: 'packet-loss', machine: 'node-1', rate: 0.1 });
    const slow = t.fault({ type: 'latency', machine: 'node-2', add: 200_000 });
    t.run(5 * MINUTE);
    expect(t.nodes.every(({ ready }) => ready === 'True')).toBe(true);
    t.heal(loss);
    t.heal(slow);
    t.run(MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('the image registry is down', () => {
  it('pods wait with a back-off, and start when it is up again', () => {
    const t = withWeb();
    const down = t.fault({ type: 'image-registry-down' });
    t.apply(deployment('cache', { replicas: 2, image: 'redis:7.4' }));
    t.run(MINUTE);
    expect(t.podsOf('cache').map(({ status }) => status)).toEqual([
      expect.stringMatching(/ErrImagePull|ImagePullBackOff/),
      expect.stringMatching(/ErrImagePull|ImagePullBackOff/),
    ]);
    t.heal(down);
    t.run(3 * MINUTE);
    expect(unsettled(t, { web: 6, cache: 2 })).toEqual([]);
  });
});

describe('the image registry stays down', () => {
  it('also for a runtime that starts anew, and for a machine that is added', () => {
    const t = withWeb();
    t.fault({ type: 'image-registry-down' });
    for (const node of [1, 2, 3, 4]) t.fault({ type: 'kill-process', process: `node-${node}/containerd` });
    t.act({ type: 'add-machine' });
    t.run(30 * SECOND);
    t.apply(deployment('cache', { replicas: 5, image: 'redis:7.4' }));
    t.run(MINUTE);
    expect(t.readyPodsOf('cache')).toEqual([]);
  });

  it('until the last of two such faults is healed', () => {
    const t = withWeb();
    const first = t.fault({ type: 'image-registry-down' });
    const second = t.fault({ type: 'image-registry-down' });
    t.heal(first);
    t.apply(deployment('cache', { replicas: 2, image: 'redis:7.4' }));
    t.run(MINUTE);
    expect(t.readyPodsOf('cache')).toEqual([]);
    t.heal(second);
    t.run(3 * MINUTE);
    expect(unsettled(t, { web: 6, cache: 2 })).toEqual([]);
  });
});

describe('the internet', () => {
  it('is no machine of the cluster: it is not shown, and cannot be named', () => {
    const t = withWeb();
    expect([...t.machines.keys()].sort()).toEqual([
      'control-plane-1',
      'laptop',
      'node-1',
      'node-2',
      'node-3',
      'node-4',
    ]);
    t.fault({ type: 'power-off', machine: 'internet' });
    t.fault({ type: 'kill-process', process: 'internet/image-registry' });
    t.fault({ type: 'pause-process', process: 'internet/image-registry' });
    t.fault({ type: 'zone-outage', zone: 'internet' });
    t.act({ type: 'remove-machine', machine: 'internet' });
    t.apply(deployment('cache', { replicas: 2, image: 'redis:7.4' }));
    t.run(30 * SECOND);
    expect(t.readyPodsOf('cache').length).toBe(2);

    t.fault({ type: 'image-registry-down' });
    t.act({ type: 'power-on', machine: 'internet' });
    t.apply(deployment('late', { replicas: 2, image: 'memcached:1.6' }));
    t.run(30 * SECOND);
    expect(t.readyPodsOf('late')).toEqual([]);
    expect(t.look().machines).toEqual([]);
  });

  it('is out of reach for a machine whose cable is cut: it pulls nothing', () => {
    const t = withWeb();
    t.apply(deployment('cache', { replicas: 5, image: 'redis:7.4' }));
    t.until('all are bound', () => t.podsOf('cache').filter(({ node }) => node !== null).length === 5, MINUTE, 1000);
    const cut = t.fault({ type: 'cut-cable', machine: 'node-1' });
    t.run(20 * SECOND);
    const there = t.podsOf('cache').filter(({ node }) => node === 'node-1');
    expect(there.length).toBeGreaterThan(0);
    expect(
      t.machine('node-1').sandboxes.filter(({ name, running }) => name.startsWith('cache') && running > 0),
    ).toEqual([]);
    t.heal(cut);
    t.run(3 * MINUTE);
    expect(unsettled(t, { web: 6, cache: 5 })).toEqual([]);
  });
});

describe('a zone without power', () => {
  it('loses its pods to the other zone, and takes part again', () => {
    const t = withWeb();
    const out = t.fault({ type: 'zone-outage', zone: 'zone-b' });
    const dark = t.nodes.filter(({ name }) => t.machine(name).zone === 'zone-b').map(({ name }) => name);
    expect([...dark].sort()).toEqual(['node-2', 'node-4']);
    t.run(8 * MINUTE);
    expect(t.readyPodsOf('web').map(({ node }) => dark.includes(node ?? ''))).toEqual(Array(6).fill(false));
    t.heal(out);
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('a kubelet that is paused for eight minutes', () => {
  it('ends the pods that were evicted meanwhile as soon as it goes on', () => {
    const t = withWeb();
    const lost = namesOn(t, 'node-1');
    const pause = t.fault({ type: 'pause-process', process: 'node-1/kubelet' });
    t.run(8 * MINUTE);
    expect(lost.map((name) => t.pod(name)?.status)).toEqual(lost.map(() => 'Terminating'));
    expect(t.machine('node-1').sandboxes.length).toBe(lost.length);
    t.heal(pause);
    t.run(2 * MINUTE);
    expect(lost.map((name) => t.pod(name))).toEqual(lost.map(() => undefined));
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('the clock of a node', () => {
  it('an hour ahead changes no verdict on its health: the controller counts by its own clock', () => {
    const t = withWeb();
    t.fault({ type: 'clock-skew', machine: 'node-1', by: 3600 * SECOND });
    t.run(5 * MINUTE);
    expect(t.eventsOf('Node', 'NodeNotReady')).toEqual([]);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});
