/**
 * The scheduler against a slow, obvious one that knows neither cache nor sampling tricks: on random clusters both must
 * find the same feasible nodes, give the same scores and choose the same node.
 */
import { afterEach, expect, it } from 'vitest';
import fc from 'fast-check';
import { milliValue, quantityValue } from '#engine/api/quantity';
import type { KubeObject, Node, Pod, PodSpec } from '#engine/api/types';
import { assumePod } from './cache';
import { findNodesThatFit } from './filtering';
import { manyNodes } from './many';
import { podInfo } from './pod-info';
import type { SpreadConstraint } from './profile';
import { type Fits, scheduleOne } from './schedule-one';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile, aView, firstChoice } from './testing';

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

type Placed = (node: Node) => readonly Pod[];
const HOSTNAME = 'kubernetes.io/hostname';

const labelOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key];
const appOf = (pod: Pod): string | undefined => pod.metadata.labels?.['app'];
const isChosen = (pod: Pod, node: Node): boolean => {
  const zone = pod.spec.nodeSelector?.['zone'];
  return zone === undefined || labelOf(node, 'zone') === zone;
};

/** Whether the labels of `pod` match a selector of one label. */
const isMeant = (selector: { matchLabels?: Record<string, string> } | undefined, pod: Pod): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value);

/** Pods of a domain that a constraint or term means. */
const inDomain = (
  selector: { matchLabels?: Record<string, string> } | undefined,
  key: string,
  value: string | undefined,
  nodes: readonly Node[],
  placed: Placed,
): number =>
  sum(
    nodes
      .filter((node) => labelOf(node, key) === value)
      .map((node) => placed(node).filter((pod) => isMeant(selector, pod)).length),
  );

function isSpread(pod: Pod, node: Node, nodes: readonly Node[], placed: Placed): boolean {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
    .every(({ labelSelector, topologyKey, maxSkew, minDomains = 1 }) => {
      const counted = nodes.filter((other) => isChosen(pod, other));
      const domains = [...new Set(counted.map((other) => labelOf(other, topologyKey)))];
      const counts = domains.map((value) => inDomain(labelSelector, topologyKey, value, counted, placed));
      const least = domains.length < minDomains ? 0 : Math.min(...counts);
      const here = inDomain(labelSelector, topologyKey, labelOf(node, topologyKey), counted, placed);
      return here + (isMeant(labelSelector, pod) ? 1 : 0) - least <= maxSkew;
    });
}

function isWelcome(pod: Pod, node: Node, nodes: readonly Node[], placed: Placed): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const isThere = (term: { labelSelector?: object; topologyKey: string }): boolean =>
    inDomain(term.labelSelector, term.topologyKey, labelOf(node, term.topologyKey), nodes, placed) > 0;
  const near = (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).every((term) => {
    const isNowhere = nodes.every((other) => placed(other).every((one) => !isMeant(term.labelSelector, one)));
    return isThere(term) || (isNowhere && isMeant(term.labelSelector, pod));
  });
  const far = !(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(isThere);
  const isLeftAlone = nodes.every((other) =>
    placed(other).every((one) =>
      (one.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).every(
        ({ labelSelector, topologyKey }) =>
          !isMeant(labelSelector, pod) || labelOf(other, topologyKey) !== labelOf(node, topologyKey),
      ),
    ),
  );
  return near && far && isLeftAlone;
}

/** Raw scores of spreading, normalised; null: it has nothing to say. All nodes have all labels, or none has the default zone. */
function spreadScores(pod: Pod, feasible: readonly Node[], nodes: readonly Node[], placed: Placed): number[] | null {
  const own = pod.spec.topologySpreadConstraints ?? [];
  const defaults = appOf(pod) === SERVED && own.length === 0 ? [{ topologyKey: HOSTNAME, maxSkew: 3 }] : [];
  const soft = [
    ...own.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway'),
    ...defaults.map((one) => ({ ...one, labelSelector: { matchLabels: { app: SERVED } } })),
  ];
  if (soft.length === 0) return null;
  const raw = feasible.map((node) =>
    Math.round(
      sum(
        soft.map(({ labelSelector, topologyKey, maxSkew }) => {
          const size = new Set(feasible.map((other) => labelOf(other, topologyKey))).size;
          const counted = topologyKey === HOSTNAME ? [node] : nodes.filter((other) => isChosen(pod, other));
          const count = inDomain(labelSelector, topologyKey, labelOf(node, topologyKey), counted, placed);
          return count * Math.log(size + 2) + maxSkew - 1;
        }),
      ),
    ),
  );
  const most = Math.max(...raw);
  const least = Math.min(...raw);
  return raw.map((score) => (most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most)));
}

function affinityScores(pod: Pod, feasible: readonly Node[], nodes: readonly Node[], placed: Placed): number[] {
  const preferences = (one: Pod): { weight: number; selector: object | undefined; topologyKey: string }[] => [
    ...(one.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ weight, podAffinityTerm: { labelSelector: selector, topologyKey } }) => ({ weight, selector, topologyKey }),
    ),
    ...(one.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ weight, podAffinityTerm: { labelSelector: selector, topologyKey } }) => ({
        weight: -weight,
        selector,
        topologyKey,
      }),
    ),
  ];
  const needs = (one: Pod): { weight: number; selector: object | undefined; topologyKey: string }[] =>
    (one.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ labelSelector: selector, topologyKey }) => ({ weight: 1, selector, topologyKey }),
    );
  const raw = feasible.map((node) => {
    let score = 0;
    for (const other of nodes) {
      for (const neighbour of placed(other)) {
        const says = [
          ...preferences(pod).filter(({ selector }) => isMeant(selector, neighbour)),
          ...[...preferences(neighbour), ...needs(neighbour)].filter(({ selector }) => isMeant(selector, pod)),
        ];
        for (const { weight, topologyKey } of says) {
          if (labelOf(other, topologyKey) === labelOf(node, topologyKey)) score += weight;
        }
      }
    }
    return score;
  });
  const least = Math.min(...raw);
  const range = Math.max(...raw) - least;
  return raw.map((score) => (range === 0 ? 0 : Math.floor(100 * ((score - least) / range))));
}

function fits(pod: Pod, node: Node, nodes: readonly Node[], placed: Placed): boolean {
  const onNode = placed(node);
  const taints = node.spec.taints ?? [];
  const wanted = real(pod);
  const used = total(onNode, real);
  const has = capacity(node);
  return (
    (node.spec.unschedulable !== true || isTolerated(pod, 'node.kubernetes.io/unschedulable')) &&
    taints.every(({ key, effect }) => effect === 'PreferNoSchedule' || isTolerated(pod, key)) &&
    isChosen(pod, node) &&
    isSpread(pod, node, nodes, placed) &&
    isWelcome(pod, node, nodes, placed) &&
    onNode.length < quantityValue(node.status.allocatable?.['pods']) &&
    (wanted.cpu === 0 || used.cpu + wanted.cpu <= has.cpu) &&
    (wanted.memory === 0 || used.memory + wanted.memory <= has.memory)
  );
}

/** Totals of all feasible nodes. */
function totals(pod: Pod, nodes: readonly Node[], all: readonly Node[], onNode: Placed): number[] {
  const spread = spreadScores(pod, nodes, all, onNode);
  const affinity = affinityScores(pod, nodes, all, onNode);
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
    return 3 * taints + least + balanced + 2 * (spread?.[i] ?? 0) + 2 * affinity[i]!;
  });
}

/** A Service selects its pods. */
const SERVED = 'served';
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'service', namespace: 'default' },
  spec: { selector: { app: SERVED } },
} as unknown as KubeObject;

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
  app: oneOf('a', 'b', SERVED),
  spread: oneOf<SpreadConstraint['whenUnsatisfiable'] | ''>('', '', '', 'DoNotSchedule', 'ScheduleAnyway'),
  spreadBy: oneOf('zone', HOSTNAME),
  maxSkew: oneOf(1, 2),
  minDomains: oneOf(1, 2, 3),
  affinity: oneOf('', '', '', '', 'near', 'far', 'nearer', 'farther'),
  affinityTo: oneOf('a', 'b'),
  affinityBy: oneOf('zone', HOSTNAME),
});

type PodShape = typeof podShapes extends fc.Arbitrary<infer T> ? T : never;

function affinityOf({ affinity, affinityTo, affinityBy }: PodShape): PodSpec['affinity'] {
  const term = { topologyKey: affinityBy, labelSelector: { matchLabels: { app: affinityTo } } };
  switch (affinity) {
    case 'near':
      return { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    case 'far':
      return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    case 'nearer':
      return {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, podAffinityTerm: term }] },
      };
    case 'farther':
      return {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term }] },
      };
    default:
      return undefined;
  }
}

function constraintsOf({ spread, spreadBy, maxSkew, minDomains, app }: PodShape): SpreadConstraint[] {
  if (spread === '') return [];
  const labelSelector = { matchLabels: { app } };
  const common = { topologyKey: spreadBy, maxSkew, whenUnsatisfiable: spread, labelSelector };
  return [spread === 'DoNotSchedule' ? { ...common, minDomains } : common];
}

function nodeOf(shape: typeof nodeShapes extends fc.Arbitrary<infer T> ? T : never, i: number): Node {
  const [key = '', effect = ''] = shape.taint.split(':');
  return aNode(`node-${i}`, {
    allocatable: { cpu: shape.cpu, memory: shape.memory, pods: shape.pods },
    labels: { zone: shape.zone },
    ...(key !== '' && { taints: [{ key, effect: effect as 'NoSchedule' }] }),
    unschedulable: shape.unschedulable,
  });
}

function podOf(shape: PodShape, i: number): Pod {
  const constraints = constraintsOf(shape);
  const affinity = affinityOf(shape);
  return aPod(`pod-${i}`, {
    requests: [shape.requests],
    metadata: { labels: { app: shape.app } },
    ...(shape.tolerates === '*' && { tolerations: [{ operator: 'Exists' }] }),
    ...(shape.tolerates.length === 1 &&
      shape.tolerates !== '*' && { tolerations: [{ key: shape.tolerates, operator: 'Exists' }] }),
    spec: {
      ...(shape.zone !== '' && { nodeSelector: { zone: shape.zone } }),
      ...(constraints.length > 0 && { topologySpreadConstraints: constraints }),
      ...(affinity !== undefined && { affinity }),
    },
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

afterEach(() => {
  manyNodes.from = 100;
});

it.each([
  ['looked at one by one', 100],
  ['side by side, as large clusters are gone through', 1],
])('agrees with a slow and obvious scheduler on every pod of 300 random workloads: nodes %s', (_how, from) => {
  manyNodes.from = from;
  fc.assert(
    fc.property(
      fc.array(nodeShapes, { minLength: 1, maxLength: 12 }),
      fc.array(podShapes, { maxLength: 25 }),
      (nodeDraws, podDraws) => {
        const nodes = nodeDraws.map(nodeOf);
        const cache = aCache(nodes);
        const placed = new Map<string, Pod[]>(nodes.map((node) => [node.metadata.name, []]));
        const onNode = (node: Node): readonly Pod[] => placed.get(node.metadata.name) ?? [];
        const view = aView(SERVICE);
        const rotation = { nextStartNodeIndex: 0 };

        podDraws.map(podOf).forEach((pod) => {
          const start = rotation.nextStartNodeIndex;
          const inTurn = [...nodes.slice(start), ...nodes.slice(0, start)];
          const feasible = inTurn.filter((node) => fits(pod, node, nodes, onNode));
          const cycle = aCycle(cache, pod, aProfile(), view);
          const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: start });
          expect(found.feasible.slice(0, found.feasibleCount).map(({ name }) => name)).toEqual(
            feasible.map(({ metadata }) => metadata.name),
          );

          const decision = scheduleOne(aFramework(), cycle, rotation, () => firstChoice);
          expect(decision.outcome === 'fits').toBe(feasible.length > 0);
          if (decision.outcome !== 'fits') return;
          const scores = totals(pod, feasible, nodes, onNode);
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
