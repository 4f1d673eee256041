import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject, LabelSelector, Node, Pod } from '#engine/api/types';
import { timestamp } from '#engine/api/timestamp';
import { HOUR } from '#engine/kernel/time';
import { putNode, putPod, removePod } from '../cache';
import { podInfo } from '../pod-info';
import { type Decision, scheduleOne } from '../schedule-one';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile, aView, firstChoice } from '../testing';
import { splitByBudgets } from './make-room';

const PRIORITIES = { h: 1000, m: 100, l: 0, n: -50 } as const;
type Letter = keyof typeof PRIORITIES;

const startedOn = (day: number): Pod['status'] => ({ phase: 'Running', startTime: timestamp(day * 24 * HOUR) });

describe('choosing whom it hurts least', () => {
  // kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go (TestSelectBestCandidate)
  it.each([
    { id: 'candidate-1', victims: ['mm', 'ml', 'll'], chosen: 'node3' },
    { id: 'candidate-2', victims: ['mm', 'ml', 'mm'], chosen: 'node2' },
    { id: 'candidate-3', victims: ['mnmn', 'mn', 'mnl'], chosen: 'node2' },
    { id: 'candidate-4', victims: ['mnn', 'mn', 'mnl'], chosen: 'node2' },
    { id: 'candidate-5', victims: ['mll', 'h', 'mlll', 'mmmn'], chosen: 'node1' },
    {
      id: 'candidate-6',
      victims: ['mm', 'mm', 'mm'],
      days: [
        [2, 2],
        [3, 3],
        [1, 1],
      ],
      chosen: 'node2',
    },
    {
      id: 'candidate-7',
      victims: ['mm', 'mm', 'mm'],
      days: [
        [4, 2],
        [5, 1],
        [3, 6],
      ],
      chosen: 'node3',
    },
    {
      id: 'candidate-8',
      victims: ['ml', 'ml', 'ml'],
      days: [
        [2, 1],
        [6, 1],
        [5, 1],
      ],
      chosen: 'node2',
    },
  ])('[$id] takes $chosen of $victims', ({ victims, days, chosen }) => {
    const nodes = victims.map((_, i) => aNode(`node${i + 1}`));
    const pods = victims.flatMap((letters, i) =>
      letters.split('').map((letter, j) =>
        aPod(`${letter}-${i}-${j}`, {
          node: `node${i + 1}`,
          requests: [{ cpu: '1' }],
          priority: PRIORITIES[letter as Letter],
          status: startedOn(days?.[i]?.[j] ?? 1),
        }),
      ),
    );
    const wanting = aPod('new', { requests: [{ cpu: '4' }], priority: 2_000 });
    expect(attempt(wanting, nodes, pods)).toMatchObject({ nominatedNode: chosen });
  });
});

function attempt(pod: Pod, nodes: readonly Node[], pods: readonly Pod[], ...budgets: readonly KubeObject[]): Decision {
  const cycle = aCycle(aCache(nodes, pods), pod, aProfile(), aView(...budgets));
  return scheduleOne(aFramework(), cycle, { nextStartNodeIndex: 0 }, () => firstChoice);
}

interface BudgetShape {
  readonly allowed: number;
  readonly selector?: LabelSelector;
  readonly disrupted?: readonly string[];
  readonly namespace?: string;
}

const aBudget = ({ allowed, selector, disrupted = [], namespace = 'default' }: BudgetShape): KubeObject =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'budget', namespace },
    spec: { selector },
    status: {
      disruptionsAllowed: allowed,
      disruptedPods: Object.fromEntries(disrupted.map((name) => [name, '2026-01-01T00:00:00Z'])),
    },
  }) as unknown as KubeObject;

// kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go (TestDryRunPreemption, TestSelectBestCandidate)
describe('disruption budgets', () => {
  const APP = { matchLabels: { app: 'foo' } };
  const labelled = (name: string, node: string, cpu: string, priority = 0, app = 'foo'): Pod =>
    aPod(name, { node, requests: [{ cpu }], priority, metadata: { labels: { app } } });
  const wanting = (cpu: string): Pod => aPod('new', { requests: [{ cpu }], priority: 100 });

  it.each<{ name: string; budget: BudgetShape; violating: string[] }>([
    { name: 'nobody while there are enough left', budget: { allowed: 2, selector: APP }, violating: [] },
    { name: 'the second when one may go', budget: { allowed: 1, selector: APP }, violating: ['b'] },
    { name: 'both when none may go', budget: { allowed: 0, selector: APP }, violating: ['a', 'b'] },
    { name: 'none that is gone already', budget: { allowed: 0, selector: APP, disrupted: ['a'] }, violating: ['b'] },
    { name: 'nobody elsewhere', budget: { allowed: 0, selector: APP, namespace: 'other' }, violating: [] },
    { name: 'nobody by an empty selector', budget: { allowed: 0, selector: {} }, violating: [] },
    { name: 'nobody without selector', budget: { allowed: 0 }, violating: [] },
  ])('protect $name', ({ budget, violating }) => {
    const pods = [labelled('a', 'node-1', '1'), labelled('b', 'node-1', '1'), labelled('c', 'node-1', '1', 0, 'bar')];
    const split = splitByBudgets(pods.map(podInfo), aView(aBudget(budget)));
    expect(split.violating.map(({ pod }) => pod.metadata.name)).toEqual(violating);
    expect(split.others).toHaveLength(3 - violating.length);
  });

  it('spare a protected pod although it is less important than its neighbour', () => {
    const pods = [labelled('plain', 'node-1', '2', 50, 'bar'), labelled('protected', 'node-1', '2')];
    const victims = (...budgets: KubeObject[]): string[] => {
      const decision = attempt(wanting('2'), [aNode('node-1')], pods, ...budgets);
      return decision.outcome === 'fits' ? [] : decision.victims.map(({ pod }) => pod.metadata.name);
    };
    expect(victims()).toEqual(['protected']);
    expect(victims(aBudget({ allowed: 0, selector: APP }))).toEqual(['plain']);
  });

  it('send preemption to a node where none is broken, be its victims more important', () => {
    const nodes = [aNode('node-1'), aNode('node-2')];
    const pods = [labelled('protected', 'node-1', '3'), labelled('plain', 'node-2', '3', 50, 'bar')];
    expect(attempt(wanting('2'), nodes, pods)).toMatchObject({ nominatedNode: 'node-1' });
    const budget = aBudget({ allowed: 0, selector: APP });
    expect(attempt(wanting('2'), nodes, pods, budget)).toMatchObject({ nominatedNode: 'node-2' });
  });

  it('are broken when nothing else helps', () => {
    const pods = [labelled('a', 'node-1', '2', 5), labelled('b', 'node-1', '2', 3)];
    const decision = attempt(wanting('4'), [aNode('node-1')], pods, aBudget({ allowed: 1, selector: APP }));
    expect(decision.outcome === 'fits' ? [] : decision.victims.map(({ pod }) => pod.metadata.name)).toEqual(['a', 'b']);
  });
});

const messageOf = (decision: Decision): string => (decision.outcome === 'fits' ? '' : decision.message);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Where to, or who must leave which node. */
const outcomeOf = (decision: Decision): unknown =>
  decision.outcome === 'fits'
    ? decision.node.name
    : [decision.message, decision.nominatedNode, decision.victims.map(({ pod }) => pod.metadata.name)];

describe('preemption', () => {
  const wanting = (cpu: string, shape: Parameters<typeof aPod>[1] = {}): Pod =>
    aPod('new', { requests: [{ cpu }], priority: 100, ...shape });
  const loadOn = (node: string, cpu: string, priority: number, name = `load-${node}-${priority}`): Pod =>
    aPod(name, { node, requests: [{ cpu }], priority });

  it('takes the least important pods that make room, and spares the others', () => {
    const pods = [loadOn('node-1', '1', 10), loadOn('node-1', '1', 5), loadOn('node-1', '2', 1)];
    const decision = attempt(wanting('1'), [aNode('node-1')], pods);
    expect(decision).toMatchObject({
      outcome: 'unschedulable',
      nominatedNode: 'node-1',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    });
    expect(decision.outcome === 'fits' ? [] : decision.victims.map(({ priority }) => priority)).toEqual([1]);
  });

  it('[message-6] says of each node why it does not help', () => {
    const nodes = [
      aNode('node-1'),
      aNode('node-2', { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
      aNode('node-3', { taints: [{ key: 'a', effect: 'NoExecute' }] }),
    ];
    expect(messageOf(attempt(wanting('2'), nodes, [loadOn('node-1', '3', 100)]))).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });

  // kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go (TestPostFilter)
  it('[message-3] gives the reason that remains when all victims are gone', () => {
    const nodes = [aNode('node-1'), aNode('node-2')];
    const pods = nodes.flatMap(({ metadata: { name } }) => [loadOn(name, '3', 100), loadOn(name, '1', 0)]);
    expect(messageOf(attempt(wanting('3'), nodes, pods))).toContain(
      'preemption: 0/2 nodes are available: 2 Insufficient cpu.',
    );
  });

  it('[message-4] tells nodes with victims from those without', () => {
    const nodes = [aNode('node-1'), aNode('node-2'), aNode('node-3')];
    const full = nodes.map(({ metadata: { name } }) => loadOn(name, '3', 100));
    expect(messageOf(attempt(wanting('3'), nodes, [...full, loadOn('node-1', '1', 0)]))).toContain(
      'preemption: 0/3 nodes are available: 1 Insufficient cpu, 2 No preemption victims found for incoming pod.',
    );
  });

  it('[message-5] tells nodes where preemption cannot help', () => {
    const cordoned = { unschedulable: true };
    const nodes = [aNode('node-1'), aNode('node-2'), aNode('node-3', cordoned), aNode('node-4', cordoned)];
    const pods = nodes.flatMap(({ metadata: { name } }) => [loadOn(name, '3', 100), loadOn(name, '1', 0)]);
    expect(messageOf(attempt(wanting('3'), nodes, pods))).toContain(
      'preemption: 0/4 nodes are available: 2 Insufficient cpu, 2 Preemption is not helpful for scheduling.',
    );
  });

  it('keeps still when nothing but smaller nodes are there', () => {
    expect(messageOf(attempt(wanting('5'), [aNode('a'), aNode('b')], [loadOn('a', '1', 0)]))).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('does nothing for pods that must not preempt', () => {
    const pod = wanting('2', { spec: { preemptionPolicy: 'Never' } });
    expect(messageOf(attempt(pod, [aNode('node-1')], [loadOn('node-1', '3', 0)]))).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    );
  });

  it('waits for victims that are still going', () => {
    const going = aPod('going', {
      node: 'node-1',
      requests: [{ cpu: '3' }],
      priority: 0,
      metadata: { deletionTimestamp: '2026-01-01T00:00:30Z' },
      status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
    });
    const pod = wanting('2', { status: { nominatedNodeName: 'node-1' } });
    expect(messageOf(attempt(pod, [aNode('node-1')], [going]))).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node.',
    );
  });

  it('finds the same in a cache that has seen pods come and go as in a new one', () => {
    const step = fc.record({
      node: fc.integer({ min: 0, max: 3 }),
      cpu: fc.constantFrom('1', '2', '3'),
      goes: fc.boolean(),
      wanted: fc.constantFrom('2', '3'),
      priority: fc.constantFrom(100, 1_000),
      cordons: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
        let nodes = numbers(4).map((i) => aNode(`node-${i}`));
        let pods: readonly Pod[] = [];
        const cache = aCache(nodes);
        for (const [i, { node, cpu, goes, wanted, priority, cordons }] of steps.entries()) {
          const [first] = pods.filter(({ spec }) => spec.nodeName === `node-${node}`);
          if (goes && first !== undefined) {
            removePod(cache, first.metadata.uid);
            pods = pods.filter((pod) => pod !== first);
          } else {
            const pod = aPod(`pod-${i}`, { node: `node-${node}`, requests: [{ cpu }], priority: i });
            putPod(cache, podInfo(pod));
            pods = [...pods, pod];
          }
          nodes = nodes.map((known, at) =>
            at === node ? aNode(known.metadata.name, { unschedulable: cordons }) : known,
          );
          putNode(cache, nodes[node]!);
          const pod = wanting(wanted, { priority });
          const old = scheduleOne(aFramework(), aCycle(cache, pod), { nextStartNodeIndex: 0 }, () => firstChoice);
          expect(outcomeOf(old)).toEqual(outcomeOf(attempt(pod, nodes, pods)));
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('has nothing to say without nodes', () => {
    expect(messageOf(attempt(wanting('1'), [], []))).toBe('no nodes available to schedule pods');
  });
});
