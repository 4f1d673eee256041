/** What pods of a kind have found out is never seen: a cache with a long past says what a copy without memory says. */
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '#engine/api/types';
import { recordOf } from './attempts';
import { type SchedulerCache, putNode, putPod, removeNode, removePod } from './cache';
import { manyNodes } from './many';
import { podInfo } from './pod-info';
import { DEFAULT_PROFILE } from './profile';
import { type SchedulingQueue, denominate, newQueue, nominate } from './queue';
import { scheduleOne } from './schedule-one';
import { aCache, aFramework, aNode, aPod, aView } from './testing';

const NODES = 3;

afterEach(() => {
  manyNodes.from = 100;
});

const kinds = fc.record({
  cpu: fc.constantFrom('3', '4'),
  memory: fc.constantFrom('0', '5Gi'),
  priority: fc.constantFrom(5, 100),
  tolerates: fc.boolean(),
  zone: fc.constantFrom('', '', 'a'),
});

const steps = fc.record({
  does: fc.constantFrom(
    'place',
    'place',
    'remove',
    'promise',
    'break',
    'change',
    'replace',
    'leave',
    'protect',
    'wait',
  ),
  node: fc.integer({ min: 0, max: NODES - 1 }),
  cpu: fc.constantFrom('1', '2', '3'),
  memory: fc.constantFrom('0', '4Gi'),
  priority: fc.constantFrom(0, 1, 50, 100),
  tainted: fc.constantFrom(false, false, true),
  /** Which of three kinds is tried, and whether it is the pod that has a promise. */
  kind: fc.constantFrom(0, 0, 0, 0, 1, 2),
  isPromised: fc.boolean(),
  start: fc.integer({ min: 0, max: NODES - 1 }),
  offset: fc.nat(NODES - 1),
});

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;
type Kind = typeof kinds extends fc.Arbitrary<infer T> ? T : never;

const nodeOf = (index: number, tainted: boolean): Node =>
  aNode(`node-${index}`, {
    labels: { zone: index % 2 === 0 ? 'a' : 'b' },
    ...(tainted && { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
  });

const podOf = (name: string, { cpu, memory, priority, tolerates, zone }: Kind): Pod =>
  aPod(name, {
    requests: [{ cpu, memory }],
    priority,
    ...(tolerates && { tolerations: [{ operator: 'Exists' }] }),
    ...(zone !== '' && { spec: { nodeSelector: { zone } } }),
  });

const budgetOf = (allowed: number): KubeObject =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'budget', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed: allowed },
  }) as unknown as KubeObject;

interface World {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
}

function take(
  { does, node, cpu, memory, priority, tainted }: Step,
  i: number,
  { cache, queue }: World,
  asked: Pod,
): void {
  const name = `node-${node}`;
  const labels = { app: i % 3 === 0 ? 'web' : 'batch' };
  const status = { startTime: `2026-01-01T00:00:${String(i % 60).padStart(2, '0')}Z` };
  const [placed] = cache.nodes.get(name)?.pods ?? [];
  const [promised] = queue.nominees.get(name) ?? [];
  if (does === 'place') {
    putPod(
      cache,
      podInfo(aPod(`pod-${i}`, { node: name, requests: [{ cpu, memory }], priority, metadata: { labels }, status })),
    );
  }
  if (does === 'remove' && placed !== undefined) removePod(cache, placed.uid);
  if (does === 'promise') nominate(queue, podInfo(asked), name);
  if (does === 'break' && promised !== undefined) denominate(queue, promised.uid);
  if (does === 'replace' || does === 'leave') removeNode(cache, name);
  if (does === 'replace' || does === 'change') putNode(cache, nodeOf(node, tainted));
}

/** All that an attempt says and leaves behind. */
function tried({ cache, queue }: World, pod: Pod, budgets: readonly KubeObject[], { start, offset }: Step): unknown {
  const info = podInfo(pod);
  const promisedNode = queue.nominated.get(info.uid) ?? '';
  const view = aView(...budgets);
  const cycle = { profile: DEFAULT_PROFILE, pod: info, cache, view, nominees: queue.nominees, promisedNode };
  const rotation = { nextStartNodeIndex: start };
  const random = { word: () => 0, below: (limit: number) => offset % limit, fraction: () => 0 };
  const decision = scheduleOne(aFramework(), cycle, rotation, () => random);
  const { rejectedBy, pendingOn } = { rejectedBy: 0, pendingOn: 0, ...decision };
  return { record: recordOf(decision, info, 1, 0, 0), rejectedBy, pendingOn, rotation };
}

it.each([
  ['one by one', 100],
  ['side by side', 1],
])('decides the same with and without a past, nodes looked at %s', (_how, from) => {
  fc.assert(
    fc.property(fc.tuple(kinds, kinds, kinds), fc.array(steps, { minLength: 20, maxLength: 60 }), (shapes, all) => {
      const world = { cache: aCache(Array.from({ length: NODES }, (_, i) => nodeOf(i, false))), queue: newQueue() };
      let budgets: readonly KubeObject[] = [];
      for (const [i, step] of all.entries()) {
        const asked = podOf(step.isPromised ? `promised-${step.kind}` : `new-${i}`, shapes[step.kind]);
        if (step.does === 'protect') budgets = i % 2 === 0 ? [budgetOf(i % 3)] : [];
        take(step, i, world, asked);
        manyNodes.from = from;
        const remembered = tried(world, asked, budgets, step);
        manyNodes.from = Infinity;
        expect(remembered).toEqual(tried(structuredClone(world), asked, budgets, step));
      }
    }),
    { seed: 20_261_123, numRuns: 150 },
  );
});
