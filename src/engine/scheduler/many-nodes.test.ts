/** What is read off rows is what the plug-ins say of each node, while pods, nodes and promises come and go. */
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { type SchedulerCache, putNode, putPod, removeNode, removePod } from './cache';
import { findNodesThatFit } from './filtering';
import { manyNodes } from './many';
import { podInfo } from './pod-info';
import { DEFAULT_PROFILE } from './profile';
import { type SchedulingQueue, denominate, newQueue, nominate } from './queue';
import { scoreNodes, scoresAt } from './scoring';
import { aCache, aFramework, aNode, aPod, aView } from './testing';

const NODES = 6;

afterEach(() => {
  manyNodes.from = 100;
});

const podShapes = fc.record({
  cpu: fc.constantFrom('0', '500m', '1', '3', '9'),
  memory: fc.constantFrom('0', '1Gi', '5Gi'),
  disk: fc.constantFrom('0', '0', '0', '1Gi'),
  priority: fc.constantFrom(0, 10),
  zone: fc.constantFrom('', 'a'),
  tolerates: fc.boolean(),
  spread: fc.constantFrom('', '', 'zone', 'rack'),
});

const steps = fc.record({
  does: fc.constantFrom('place', 'place', 'remove', 'promise', 'promise', 'break', 'change', 'replace'),
  node: fc.integer({ min: 0, max: NODES - 1 }),
  pod: podShapes,
  asks: podShapes,
  tainted: fc.boolean(),
  cordoned: fc.boolean(),
});

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function podOf(
  name: string,
  { cpu, memory, disk, priority, zone, tolerates, spread }: Step['pod'],
  node?: string,
): Pod {
  return aPod(name, {
    requests: [{ cpu, memory, ...(disk !== '0' && { 'ephemeral-storage': disk }) }],
    priority,
    ...(node !== undefined && { node }),
    ...(tolerates && { tolerations: [{ operator: 'Exists' }] }),
    ...(spread !== '' && { metadata: { labels: { app: 'web' } } }),
    spec: {
      ...(zone !== '' && { nodeSelector: { zone } }),
      ...(spread !== '' && {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: spread,
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'web' } },
          },
        ],
      }),
    },
  });
}

const nodeOf = (index: number, { tainted, cordoned }: Step): ReturnType<typeof aNode> =>
  aNode(`node-${index}`, {
    allocatable: { 'ephemeral-storage': '2Gi', pods: index % 2 === 0 ? 2 : 110, ...(index === 5 && { memory: 0 }) },
    labels: { zone: index % 3 === 0 ? 'a' : 'b', ...(index > 1 && { rack: `${index}` }) },
    ...(tainted && { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
    unschedulable: cordoned,
  });

function take(step: Step, i: number, cache: SchedulerCache, queue: SchedulingQueue): void {
  const name = `node-${step.node}`;
  const info = podInfo(podOf(`pod-${i}`, step.pod, step.does === 'place' ? name : undefined));
  const [placed] = cache.nodes.get(name)?.pods ?? [];
  const [promised] = queue.nominees.get(name) ?? [];
  if (step.does === 'place') putPod(cache, info);
  if (step.does === 'promise') nominate(queue, info, name);
  if (step.does === 'remove' && placed !== undefined) removePod(cache, placed.uid);
  if (step.does === 'break' && promised !== undefined) denominate(queue, promised.uid);
  if (step.does === 'replace') removeNode(cache, name);
  if (step.does === 'change' || step.does === 'replace') putNode(cache, nodeOf(step.node, step));
}

/** Which nodes fit, why the others do not, and the scores of those that do. */
function seen(cache: SchedulerCache, queue: SchedulingQueue, pod: Pod, from: number): unknown {
  manyNodes.from = from;
  const { nominees } = queue;
  const info = podInfo(pod);
  const promisedNode = queue.nominated.get(info.uid) ?? '';
  const cycle = { profile: DEFAULT_PROFILE, pod: info, cache, view: aView(), nominees, promisedNode };
  const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 3 });
  const { feasible, feasibleCount, rejected, rejectedCount, statuses, preFilter } = found;
  const scored = scoreNodes(aFramework(), cycle, feasible, feasibleCount);
  const places = Array.from({ length: feasibleCount }, (_, place) => place);
  return {
    feasible: feasible.slice(0, feasibleCount).map(({ name }) => name),
    names: places.map(found.nameOf),
    scores: scored.plugins.map((_, p) => scoresAt(scored, p, places)),
    rejected: rejected.slice(0, rejectedCount).map(({ name }, i) => [name, statuses[i]]),
    preFilter,
    totals: [...scored.totals.subarray(0, feasibleCount)],
  };
}

it('finds the same nodes with the same reasons and scores either way', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 5, maxLength: 40 }), (all) => {
      const first = all[0]!;
      const cache = aCache(Array.from({ length: NODES }, (_, i) => nodeOf(i, { ...first, tainted: i === 1 })));
      const queue = newQueue();
      for (const [i, step] of all.entries()) {
        take(step, i, cache, queue);
        const pod = podOf(`new-${i}`, step.asks);
        const expected = seen(cache, queue, pod, Infinity);
        // What is asked for again is remembered.
        for (let time = 0; time < 3; time++) expect(seen(cache, queue, pod, 1)).toEqual(expected);
      }
    }),
    { seed: 20_261_122, numRuns: 150 },
  );
});

it('forgets what it has said of a node once this changes', () => {
  const plain = steps.map((step) => ({
    ...step,
    does: step.does === 'promise' ? ('place' as const) : step.does,
    asks: { ...step.asks, disk: '0', zone: '', spread: '', cpu: step.asks.cpu === '9' ? '1' : '500m' } as const,
  }));
  fc.assert(
    fc.property(fc.array(plain, { minLength: 10, maxLength: 40 }), (all) => {
      const cache = aCache(Array.from({ length: NODES }, (_, i) => nodeOf(i, all[0]!)));
      const queue = newQueue();
      for (const [i, step] of all.entries()) {
        take(step, i, cache, queue);
        const pod = podOf(`new-${i}`, step.asks);
        const expected = seen(cache, queue, pod, Infinity);
        expect(seen(cache, queue, pod, 1)).toEqual(expected);
      }
    }),
    { seed: 20_261_123, numRuns: 100 },
  );
});
