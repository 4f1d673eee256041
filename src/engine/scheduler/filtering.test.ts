import { describe, expect, it } from 'vitest';
import { podInfo } from './pod-info';
import { findNodesThatFit, numFeasibleNodesToFind } from './filtering';
import { aCache, aCycle, aFramework, aNode, aPod } from './testing';

describe('how many feasible nodes are enough', () => {
  // kubernetes pkg/scheduler/schedule_one_test.go (TestNumFeasibleNodesToFind)
  it.each([
    { id: 'sample-1', nodes: 10, percentage: 0, expected: 10 },
    { id: 'sample-1 with a share', nodes: 10, percentage: 40, expected: 10 },
    { id: 'sample-2', nodes: 1000, percentage: 0, expected: 420 },
    { id: 'sample-4', nodes: 1000, percentage: 40, expected: 400 },
    { id: 'sample-6', nodes: 1000, percentage: 20, expected: 200 },
    { id: 'sample-3', nodes: 6000, percentage: 0, expected: 300 },
    { id: 'sample-5', nodes: 6000, percentage: 40, expected: 2400 },
    { id: 'sample-3 at the least', nodes: 100, percentage: 0, expected: 100 },
  ])('[$id] is $expected of $nodes at $percentage %', ({ nodes, percentage, expected }) => {
    expect(numFeasibleNodesToFind(nodes, percentage)).toBe(expected);
  });
});

describe('finding nodes', () => {
  const many = Array.from({ length: 300 }, (_, i) => aNode(`node-${i}`));

  it('begins where the last attempt ended, and stops when there are enough', () => {
    const cache = aCache(many);
    const rotation = { nextStartNodeIndex: 0 };
    const first = findNodesThatFit(aFramework(), aCycle(cache, aPod('a')), rotation);
    expect([first.feasibleCount, first.wanted, first.feasible[0]?.name]).toEqual([144, 144, 'node-0']);
    expect(rotation.nextStartNodeIndex).toBe(144);
    findNodesThatFit(aFramework(), aCycle(cache, aPod('b')), rotation);
    const third = findNodesThatFit(aFramework(), aCycle(cache, aPod('c')), rotation);
    expect(third.feasible[0]?.name).toBe('node-288');
    expect(rotation.nextStartNodeIndex).toBe((3 * 144) % 300);
  });

  it('looks at the nominated node first, and only at it when it fits', () => {
    const cache = aCache(many);
    const pod = aPod('a', { status: { nominatedNodeName: 'node-7' } });
    const found = findNodesThatFit(aFramework(), aCycle(cache, pod), { nextStartNodeIndex: 0 });
    expect([found.feasibleCount, found.feasible[0]?.name, found.nominatedOnly]).toEqual([1, 'node-7', true]);
  });

  it('keeps room for pods of no less priority that were promised it', () => {
    const cache = aCache([aNode('node-1')]);
    const promised = podInfo(aPod('important', { requests: [{ cpu: '3' }], priority: 10 }));
    const nominees = new Map([['node-1', [promised]]]);
    const fits = (priority: number): number => {
      const cycle = { ...aCycle(cache, aPod('other', { requests: [{ cpu: '2' }], priority })), nominees };
      return findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 0 }).feasibleCount;
    };
    expect([fits(9), fits(10), fits(11)]).toEqual([0, 0, 1]);
  });

  it('looks only at nodes that the pod names, and says so of the others', () => {
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['node-5', 'gone'] }] };
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    };
    const pod = aPod('daemon', { spec: { affinity } });
    const found = findNodesThatFit(aFramework(), aCycle(aCache(many), pod), { nextStartNodeIndex: 42 });
    expect([found.feasibleCount, found.feasible[0]?.name, found.rejectedCount]).toEqual([1, 'node-5', 0]);
    expect(found.absent?.reasons).toEqual(["node(s) didn't satisfy plugin(s) [NodeAffinity]"]);
  });
});
