import { describe, expect, it } from 'vitest';
import type { ConfigMap } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { NodeGroup } from './door';
import { withNodeGroups } from './node-groups';
import { bootedStory, deployment, manifests, type Story } from './testing';
import { DEFAULT_CLUSTER } from './topology';

const POOL: NodeGroup = {
  name: 'pool',
  min: 0,
  max: 2,
  zone: 'zone-a',
  milliCpu: 4000,
  memory: 8 * 1024 ** 3,
  pods: 110,
};
const budget = (minAvailable: number): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: ${minAvailable}, selector: {matchLabels: {app: web}}}
`;

/** One worker of its own, and a group that may have two more. */
function withPool(recorded: boolean, group: Partial<NodeGroup> = {}): Story {
  const spec = withNodeGroups({ ...DEFAULT_CLUSTER, nodes: 1, zones: 1 }, [{ ...POOL, ...group }]);
  const t = bootedStory({ ...spec, recorded });
  t.until(
    'the autoscaler runs',
    () => t.systemPods.some(({ name, ready }) => name.startsWith('cluster-auto') && ready),
    MINUTE,
  );
  t.run(30 * SECOND);
  t.forget();
  return t;
}
const nodes = (t: Story): readonly string[] => t.nodes.map(({ name }) => name).toSorted();
const said = (t: Story, kind: string, reason: string): readonly string[] =>
  t.eventsOf(kind, reason).map(({ message }) => message);
const statusOf = (t: Story): string =>
  t.object<ConfigMap>('ConfigMap', 'cluster-autoscaler-status', 'kube-system')?.data?.['status'] ?? '';

describe('the cluster-autoscaler', () => {
  it('has a machine made for pods that wait, and removed ten minutes after its budget lets go, as the golden transcript tells', async () => {
    const t = withPool(true);
    expect(nodes(t)).toEqual(['control-plane-1', 'node-1']);
    expect(statusOf(t)).toContain('    cloudProviderTarget: 0\n    minSize: 0\n    maxSize: 2\n');
    t.apply(manifests(deployment('web', { replicas: 6, cpu: '900m' }), budget(4)));
    const asked = t.now;
    t.until('all run', () => t.readyPodsOf('web').length === 6, 2 * MINUTE);
    // A round each 10 s, 30 s until the cloud has made the machine, its boot, and the image.
    expect(t.now - asked).toBeLessThan(70 * SECOND);
    expect(nodes(t)).toEqual(['control-plane-1', 'node-1', 'node-2']);
    expect(said(t, 'Pod', 'TriggeredScaleUp')).toEqual([
      'pod triggered scale-up: [{pool 0->1 (max: 2)}]',
      'pod triggered scale-up: [{pool 0->1 (max: 2)}]',
    ]);
    t.scale('web', 4);
    t.until('two of four are there', () => t.readyPodsOf('web').length === 4, MINUTE);
    expect(t.readyPodsOf('web').filter(({ node }) => node === 'node-2')).toHaveLength(2);
    t.run(12 * MINUTE);
    // Its two pods would find room on node-1, but four of four must be available.
    expect(nodes(t)).toContain('node-2');
    expect(statusOf(t)).not.toContain('CandidatesPresent');
    t.apply(budget(2));
    const freed = t.now;
    t.until('it is a candidate', () => statusOf(t).includes('status: CandidatesPresent'), 6 * MINUTE);
    // What was looked at in vain is looked at again after five minutes.
    expect(t.now - freed).toBeLessThan(5 * MINUTE + 21 * SECOND);
    expect(t.node('node-2').taints.map(({ key }) => key)).toEqual(['DeletionCandidateOfClusterAutoscaler']);
    const unneeded = t.now;
    let fewest = 4;
    t.until(
      'it is gone',
      () => {
        fewest = Math.min(fewest, t.readyPodsOf('web').length);
        return nodes(t).length === 2;
      },
      12 * MINUTE,
    );
    expect(t.now - unneeded).toBeGreaterThanOrEqual(10 * MINUTE - 10 * SECOND);
    expect(t.now - unneeded).toBeLessThan(10 * MINUTE + 40 * SECOND);
    expect(fewest).toBe(2);
    expect(t.machines.has('node-2')).toBe(false);
    expect(said(t, 'Node', 'ScaleDown')).toEqual([
      'marked the node as toBeDeleted/unschedulable',
      'node removed by cluster autoscaler',
    ]);
    t.run(20 * SECOND);
    expect(t.readyPodsOf('web').map(({ node }) => node)).toEqual(Array(4).fill('node-1'));
    expect(statusOf(t)).toContain('    cloudProviderTarget: 0\n');
    await expect(t.transcript).toMatchFileSnapshot('transcripts/cluster-autoscaler.txt');
  });

  it('says of whom it cannot help, keeps what nobody may take, and takes empty machines first', () => {
    const t = withPool(false, { min: 1 });
    t.until('the first is there', () => nodes(t).includes('node-2'), MINUTE);
    t.apply(manifests(deployment('big', { replicas: 1, cpu: '5' }), deployment('many', { replicas: 4, cpu: '3' })));
    t.run(2 * MINUTE);
    // One on each of the three that there may be.
    expect(t.readyPodsOf('many')).toHaveLength(3);
    expect(new Set(said(t, 'Pod', 'NotTriggerScaleUp'))).toEqual(
      new Set([
        "pod didn't trigger scale-up: 1 Insufficient cpu",
        "pod didn't trigger scale-up: 1 max node group size reached",
      ]),
    );
    t.scale('big', 0);
    t.scale('many', 0);
    t.until('one is gone', () => nodes(t).length === 3, 15 * MINUTE);
    expect(said(t, 'ConfigMap', 'ScaleDownEmpty')).toHaveLength(1);
    t.run(12 * MINUTE);
    expect(nodes(t)).toHaveLength(3);
    // Somebody takes the last one away: the cloud makes another.
    const [last] = nodes(t).filter((name) => name !== 'node-1' && name.startsWith('node'));
    t.act({ type: 'remove-machine', machine: last! });
    t.until(
      'another is there',
      () => t.node(nodes(t).at(-1)!).ready === 'True' && nodes(t).at(-1) !== last,
      2 * MINUTE,
    );
  });
});
