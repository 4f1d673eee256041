import { describe, expect, it } from 'vitest';
import { applyPlan, world } from '../testing/apply';
import { node } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { reconcileTtl } from './controller';

/** The TTLs that hold as the cluster gets so many nodes, one size after another, s. */
function ttlsAt(sizes: readonly number[]): readonly string[] {
  let step = 0;
  return sizes.map((size) => {
    const view = viewOfObjects(Array.from({ length: size }, (_, index) => node(`node-${index}`)));
    const plan = reconcileTtl(view, 'node-0', { memory: { step } });
    step = plan.memory?.step ?? step;
    const [patch] = plan.steps;
    if (patch?.op !== 'patch') throw new Error('no patch');
    return (patch.patch as { metadata: { annotations: Record<string, string> } }).metadata.annotations[
      'node.alpha.kubernetes.io/ttl'
    ]!;
  });
}

describe('TTL of what a kubelet has read (ttl_controller.go: ttlBoundaries)', () => {
  it.each([
    ['grows with the cluster', [1, 100, 101, 500, 501, 1000, 1001, 2000, 2001], '0 0 15 15 30 30 60 60 300'],
    ['goes down later than it went up', [2001, 1800, 1799, 900, 899, 450, 449, 90, 89], '300 300 60 60 30 30 15 15 0'],
    ['may jump', [1, 2001, 1], '0 300 0'],
  ])('%s', (_, sizes, ttls) => {
    expect(ttlsAt(sizes).join(' ')).toBe(ttls);
  });

  it('is written once', () => {
    const nodes = [node('a')];
    const memory = { step: 0 };
    const { objects } = applyPlan(world(...nodes), reconcileTtl(viewOfObjects(nodes), 'a', { memory }));
    expect(objects).toMatchObject([{ metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '0' } } }]);
    expect(reconcileTtl(viewOfObjects(objects), 'a', { memory }).steps).toEqual([]);
    expect(reconcileTtl(viewOfObjects(objects), 'gone', { memory }).steps).toEqual([]);
  });
});
