/**
 * The scheduler against a slow, obvious one that knows neither cache nor sampling tricks: on random clusters both must
 * find the same feasible nodes, give the same scores and choose the same node.
 */
import { expect, it } from 'vitest';
import fc from 'fast-check';
import { milliValue, quantityValue } from '#engine/api/quantity';
import type { Node, Pod } from '#engine/api/types';
import { assumePod } from './cache';
import { findNodesThatFit } from './filtering';
import { podInfo } from './pod-info';
import { type Fits, scheduleOne } from './schedule-one';
import { aCache, aCycle, aFramework, aNode, aPod, firstChoice } from './testing';

interface Resources {
  cpu: number;
  memory: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function asked(pod: Pod, cpuDefault: number, memoryDefault: number): Resources {
  const requests = pod.spec.containers.map((container) => container.resources?.requests ?? {});
  return {
    cpu: sum(requests.map((list) => (list['cpu'] === undefined ? cpuDefault : milliValue(list['cpu'])))),
    memory: sum(requests.map((list) => (list['memory'] === undefined ? memoryDefault : quantityValue(list['memory'])))),
  };
}

const real = (pod: Pod): Resources => asked(pod, 0, 0);
const scoring = (pod: Pod): Resources => asked(pod, 100, 200 * 1024 * 1024);
const total = (pods: readonly Pod[], of: (pod: Pod) => Resources): Resources => ({
  cpu: sum(pods.map((pod) => of(pod).cpu)),
  memory: sum(pods.map((pod) => of(pod).memory)),
});

const capacity = (node: Node): Resources => ({
  cpu: milliValue(node.status.allocatable?.['cpu']),
  memory: quantityValue(node.status.allocatable?.['memory']),
});

const isTolerated = (pod: Pod, key: string): boolean =>
  (pod.spec.tolerations ?? []).some((toleration) => toleration.key === undefined || toleration.key === key);

function fits(pod: Pod, node: Node, onNode: readonly Pod[]): boolean {
  const taints = node.spec.taints ?? [];
  const wanted = real(pod);
  const used = total(onNode, real);
  const has = capacity(node);
  const zone = pod.spec.nodeSelector?.['zone'];
  return (
    (node.spec.unschedulable !== true || isTolerated(pod, 'node.kubernetes.io/unschedulable')) &&
    taints.every(({ key, effect }) => effect === 'PreferNoSchedule' || isTolerated(pod, key)) &&
    (zone === undefined || node.metadata.labels?.['zone'] === zone) &&
    onNode.length < quantityValue(node.status.allocatable?.['pods']) &&
    (wanted.cpu === 0 || used.cpu + wanted.cpu <= has.cpu) &&
    (wanted.memory === 0 || used.memory + wanted.memory <= has.memory)
  );
}

/** Totals of all feasible nodes. */
function totals(pod: Pod, nodes: readonly Node[], onNode: (node: Node) => readonly Pod[]): number[] {
  const soft = nodes.map(
    (node) =>
      (node.spec.taints ?? []).filter(({ key, effect }) => effect === 'PreferNoSchedule' && !isTolerated(pod, key))
        .length,
  );
  const most = Math.max(...soft);
  return nodes.map((node, i) => {
    const has = capacity(node);
    const after = total([...onNode(node), pod], scoring);
    const share = (used: number, all: number): number => (used > all ? 0 : Math.floor(((all - used) * 100) / all));
    const least = Math.floor((share(after.cpu, has.cpu) + share(after.memory, has.memory)) / 2);
    const truly = total([...onNode(node), pod], real);
    const fractions = [Math.min(1, truly.cpu / has.cpu), Math.min(1, truly.memory / has.memory)] as const;
    const asksForAnything = real(pod).cpu + real(pod).memory > 0;
    const balanced = asksForAnything ? Math.floor((1 - Math.abs((fractions[0] - fractions[1]) / 2)) * 100) : 0;
    const taints = most === 0 ? 100 : 100 - Math.floor((100 * soft[i]!) / most);
    return 3 * taints + least + balanced;
  });
}

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const nodeShapes = fc.record({
  cpu: oneOf('1', '2', '4'),
  memory: oneOf('1Gi', '2Gi', '8Gi'),
  pods: oneOf(2, 5, 110),
  zone: oneOf('a', 'b'),
  taint: oneOf('', '', '', 'x:NoSchedule', 'y:NoExecute', 'x:PreferNoSchedule'),
  unschedulable: oneOf(false, false, false, true),
});

const podShapes = fc.record({
  requests: oneOf(
    {},
    { cpu: '0' },
    { cpu: '100m' },
    { memory: '100Mi' },
    { cpu: '1', memory: '1Gi' },
    { cpu: '300m', memory: '3Gi' },
  ),
  zone: oneOf('', '', 'a', 'b'),
  tolerates: oneOf('', '', 'x', 'y', '*'),
});

function nodeOf(shape: typeof nodeShapes extends fc.Arbitrary<infer T> ? T : never, i: number): Node {
  const [key = '', effect = ''] = shape.taint.split(':');
  return aNode(`node-${i}`, {
    allocatable: { cpu: shape.cpu, memory: shape.memory, pods: shape.pods },
    labels: { zone: shape.zone },
    ...(key !== '' && { taints: [{ key, effect: effect as 'NoSchedule' }] }),
    unschedulable: shape.unschedulable,
  });
}

function podOf(shape: typeof podShapes extends fc.Arbitrary<infer T> ? T : never, i: number): Pod {
  return aPod(`pod-${i}`, {
    requests: [shape.requests],
    ...(shape.tolerates === '*' && { tolerations: [{ operator: 'Exists' }] }),
    ...(shape.tolerates.length === 1 &&
      shape.tolerates !== '*' && { tolerations: [{ key: shape.tolerates, operator: 'Exists' }] }),
    spec: shape.zone === '' ? {} : { nodeSelector: { zone: shape.zone } },
  });
}

function expectAgreement(
  decision: Fits,
  { given, scores, winners }: { given: readonly number[]; scores: readonly number[]; winners: readonly Node[] },
): void {
  expect(given).toEqual(scores);
  expect(winners.map(({ metadata }) => metadata.name)).toContain(decision.node.name);
  expect(decision.tied).toBe(scores.length === 1 ? 1 : winners.length);
}

it('agrees with a slow and obvious scheduler on every pod of 300 random workloads', () => {
  fc.assert(
    fc.property(
      fc.array(nodeShapes, { minLength: 1, maxLength: 12 }),
      fc.array(podShapes, { maxLength: 25 }),
      (nodeDraws, podDraws) => {
        const nodes = nodeDraws.map(nodeOf);
        const cache = aCache(nodes);
        const placed = new Map<string, Pod[]>(nodes.map((node) => [node.metadata.name, []]));
        const onNode = (node: Node): readonly Pod[] => placed.get(node.metadata.name) ?? [];
        const rotation = { nextStartNodeIndex: 0 };

        podDraws.map(podOf).forEach((pod) => {
          const start = rotation.nextStartNodeIndex;
          const inTurn = [...nodes.slice(start), ...nodes.slice(0, start)];
          const feasible = inTurn.filter((node) => fits(pod, node, onNode(node)));
          const cycle = aCycle(cache, pod);
          const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: start });
          expect(found.feasible.slice(0, found.feasibleCount).map(({ name }) => name)).toEqual(
            feasible.map(({ metadata }) => metadata.name),
          );

          const decision = scheduleOne(aFramework(), cycle, rotation, () => firstChoice);
          expect(decision.outcome === 'fits').toBe(feasible.length > 0);
          if (decision.outcome !== 'fits') return;
          const scores = totals(pod, feasible, onNode);
          const given = decision.scored === null ? scores : [...decision.scored.totals.subarray(0, feasible.length)];
          const winners = feasible.filter((_, i) => scores[i] === Math.max(...scores));
          expectAgreement(decision, { given, scores, winners });

          placed.get(decision.node.name)?.push(pod);
          assumePod(cache, podInfo(pod), decision.node.name);
        });
      },
    ),
    { seed: 20_261_121, numRuns: 300 },
  );
});
