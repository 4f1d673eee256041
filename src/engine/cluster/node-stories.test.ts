import { describe, expect, it } from 'vitest';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import type { NodeRecord } from './records';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled } from './testing-invariants';

const budget = (minAvailable: number): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: ${minAvailable}, selector: {matchLabels: {app: web}}}
`;
const taintsOf = ({ taints }: NodeRecord): string => taints.map(({ effect }) => effect).join();

describe('a drain against a budget', () => {
  /** One round of `kubectl drain`: evicts all that are left there; what is refused is tried again 5 s later. */
  function evictAll(t: Story, node: string): string[] {
    return t
      .podsOf('web')
      .filter((pod) => pod.node === node && pod.deletionAt === null)
      .flatMap(({ name, namespace }) => {
        const answer = t.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
        });
        if (answer.ok) return [];
        expect(answer.code).toBe(429);
        return [JSON.stringify(answer.body)];
      });
  }

  it('evicts as many pods as the budget allows, and waits for their replacements, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 3, zones: 1 });
    t.apply(
      manifests(
        deployment('web', {
          replicas: 6,
          container: '        readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 3, periodSeconds: 1}\n',
        }),
        service('web'),
        budget(5),
      ),
    );
    t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    const contentType = 'application/strategic-merge-patch+json';
    t.request('PATCH', '/api/v1/nodes/node-1', { contentType, body: { spec: { unschedulable: true } } });
    const there = t.podsOf('web').filter(({ node }) => node === 'node-1').length;
    expect(there).toBe(2);
    const refused = evictAll(t, 'node-1');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(`Cannot evict pod as it would violate the pod's disruption budget.`);
    expect(refused[0]).toContain('The disruption budget web needs 5 healthy pods and has 5 currently');
    let fewest = 6;
    let rounds = 1;
    while (t.podsOf('web').some(({ node }) => node === 'node-1')) {
      expect(rounds++).toBeLessThan(10);
      const next = t.now + 5 * SECOND;
      t.until(
        'the next round',
        ({ now }) => {
          fewest = Math.min(fewest, t.readyPodsOf('web').length);
          return now >= next;
        },
        5 * SECOND,
      );
      evictAll(t, 'node-1');
    }
    expect(fewest).toBe(5);
    t.run(10 * SECOND);
    expect(t.readyPodsOf('web').map(({ node }) => node)).not.toContain('node-1');
    expect(t.readyPodsOf('web')).toHaveLength(6);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/drain.txt');
  });
});

/** When a node got this taint. */
const tainted = (t: Story, name: string, effect: string): Micros | null =>
  t.node(name).taints.find((taint) => taint.key === 'node.kubernetes.io/unreachable' && taint.effect === effect)
    ?.since ?? null;

/** Nine workers in three zones, and what runs on them. */
function threeZones(): Story {
  const t = bootedStory({ nodes: 9, zones: 3 });
  t.apply(manifests(deployment('web', { replicas: 9 }), service('web')));
  t.until('web runs', () => t.readyPodsOf('web').length === 9, MINUTE);
  t.run(10 * SECOND);
  t.forget();
  return t;
}

describe('when a zone goes dark', () => {
  it('one of three: its nodes are given up one each ten seconds, and its pods move, as the golden transcript tells', async () => {
    const t = threeZones();
    const out = t.fault({ type: 'zone-outage', zone: 'zone-b' });
    const dark = ['node-2', 'node-5', 'node-8'];
    t.until('the last is given up', () => dark.every((name) => tainted(t, name, 'NoExecute') !== null), 2 * MINUTE);
    const turns = dark.map((name) => tainted(t, name, 'NoExecute')!).toSorted((a, b) => a - b);
    const [first, second, third] = turns as [Micros, Micros, Micros];
    // 0.1 nodes a second, burst 1; taints are stamped in whole seconds, turns come each 100 ms.
    for (const wait of [second - first, third - second]) {
      expect(wait).toBeGreaterThanOrEqual(9 * SECOND);
      expect(wait).toBeLessThanOrEqual(11 * SECOND);
    }
    for (const { name } of t.nodes.filter((node) => !dark.includes(node.name)))
      expect(taintsOf(t.node(name))).toBe(name.startsWith('node') ? '' : 'NoSchedule');
    t.run(6 * MINUTE);
    expect(t.readyPodsOf('web')).toHaveLength(9);
    t.heal(out);
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 9 })).toEqual([]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/zone-dark.txt');
  });

  it('all three: nobody is evicted, and all runs on when the light is back, as the golden transcript tells', async () => {
    const t = threeZones();
    const before = t.podsOf('web').map(({ name }) => name);
    const cuts = t.nodes
      .filter(({ name }) => name.startsWith('node'))
      .map(({ name }) => t.fault({ type: 'cut-cable', machine: name }));
    const own = t.fault({ type: 'pause-process', process: 'control-plane-1/kubelet' });
    t.run(12 * MINUTE);
    expect(t.nodes.every(({ ready }) => ready === 'Unknown')).toBe(true);
    for (const node of t.nodes) expect(node.taints.map(({ effect }) => effect)).not.toContain('NoExecute');
    expect(t.eventsOf('Pod', 'TaintManagerEviction')).toEqual([]);
    expect(t.podsOf('web').every(({ deletionAt }) => deletionAt === null)).toBe(true);
    [...cuts, own].forEach((id) => t.heal(id));
    t.run(2 * MINUTE);
    expect(t.podsOf('web').map(({ name }) => name)).toEqual(before);
    expect(unsettled(t, { web: 9 })).toEqual([]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/all-zones-dark.txt');
  });
});
