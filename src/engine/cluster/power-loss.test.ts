import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { EventRecord } from './records';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled, wholePod } from './testing-invariants';

const WEB = manifests(deployment('web', { replicas: 6 }), service('web'));

/** Issue A, Shows 3: a worker that runs pods loses its power for seven minutes. */
function powerLoss(): { t: Story; cutAt: Micros; off: string } {
  const t = bootedStory();
  t.apply(WEB);
  t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
  t.run(20 * SECOND);
  const off = t.fault({ type: 'power-off', machine: 'node-1' });
  return { t, cutAt: t.now, off };
}

const firstSeen = (events: readonly EventRecord[]): Micros => Math.min(...events.map((event) => event.firstSeen));

describe('when a worker loses its power', () => {
  it('the cluster heals as the golden transcript tells', async () => {
    const { t, off } = powerLoss();
    t.run(7 * MINUTE);
    t.heal(off);
    t.run(2 * MINUTE);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/power-loss.txt');
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  it('every step comes at its time', () => {
    const { t, cutAt, off } = powerLoss();
    const lastHeartbeat = t.node('node-1').lastHeartbeat!;
    const lost = t.podsOf('web').filter(({ node }) => node === 'node-1');
    expect(lost.length).toBeGreaterThan(0);

    t.run(49 * SECOND - (cutAt - lastHeartbeat));
    expect(t.node('node-1')).toMatchObject({ ready: 'True', taints: [], lastHeartbeat });
    t.until('NotReady', () => t.node('node-1').ready === 'Unknown');
    // Seen by a pass at most 5 s after the heartbeat, 50 s of grace, and the next pass.
    expect(t.now - lastHeartbeat).toBeGreaterThan(50 * SECOND);
    expect(t.now - lastHeartbeat).toBeLessThan(61 * SECOND);
    expect(t.node('node-1').conditions.find(({ type }) => type === 'Ready')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    t.run(SECOND);
    expect(t.service('web')).toMatchObject({ readyEndpoints: 6 - lost.length, endpoints: 6 });
    expect(t.eventsOf('Pod', 'NodeNotReady').map(({ message }) => message)).toEqual(
      lost.map(() => 'Node is not ready'),
    );

    t.until('both taints', () => t.node('node-1').taints.length === 2, 10 * SECOND);
    const taintedAt = t.now;
    expect(
      t
        .node('node-1')
        .taints.map(({ key, effect }) => `${key}:${effect}`)
        .sort(),
    ).toEqual(['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule']);
    expect(t.podsOf('web').filter(({ status }) => status === 'Terminating')).toEqual([]);

    t.until('eviction', () => lost.every(({ name }) => t.pod(name)?.deletionAt !== null));
    expect(t.now - taintedAt).toBeGreaterThanOrEqual(300 * SECOND);
    expect(t.now - taintedAt).toBeLessThan(301 * SECOND);
    for (const pod of lost) {
      expect(t.pod(pod.name)!.status).toBe('Terminating');
      expect(wholePod(t, pod).status.conditions).toContainEqual(
        expect.objectContaining({
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
        }),
      );
    }
    expect(firstSeen(t.eventsOf('Pod', 'TaintManagerEviction'))).toBeLessThanOrEqual(t.now);

    t.run(5 * SECOND);
    expect(t.readyPodsOf('web').length).toBe(6);
    expect(t.readyPodsOf('web').some(({ node }) => node === 'node-1')).toBe(false);
    expect(t.service('web').readyEndpoints).toBe(6);

    t.heal(off);
    t.run(30 * SECOND);
    for (const { name } of lost) expect(t.pod(name)).toBeUndefined();
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  it('why tells of a replacement pod how it came to be, back to the cut', () => {
    const { t } = powerLoss();
    const before = new Set(t.podsOf('web').map(({ name }) => name));
    t.run(7 * MINUTE);
    const replacement = t.podsOf('web').find(({ name }) => !before.has(name))!;
    const hash = t.engine.hash();
    const why = t.engine.why({ kind: 'Pod', namespace: 'default', name: replacement.name });
    expect(t.engine.hash()).toBe(hash);

    const told = why.reasons.map(({ actor, text }) => `${actor}: ${text}`);
    const { name, node } = replacement;
    const inOrder = [
      new RegExp(`^kubelet on ${node}: `),
      new RegExp(
        `^kube-scheduler: .*${name} goes to ${node}: 5 nodes, 2 with node\\(s\\) had untolerated taint\\(s\\)`,
      ),
      /wants 6, sees [45] active: creating [12]$/,
      /^taint-eviction-controller: .*'s time on node-1 is up: deleting it$/,
      /tolerates node\.kubernetes\.io\/unreachable of node-1 for 300 s$/,
      /it is the turn of node-1 to be tainted NoExecute/,
      /nothing heard of node-1 \(its Lease was renewed last 5\d s ago\) for the grace period of 50 s$/,
      /^you: You cut the power of node-1\.$/,
    ];
    const found = inOrder.map((pattern) => told.findIndex((line) => pattern.test(line)));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(why.complete).toBe(true);
    expect(told[told.length - 1]).toBe('you: You cut the power of node-1.');
    const at = why.reasons.map((reason) => reason.at);
    expect(at).toEqual([...at].sort((a, b) => b - a));
  });
});
