import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod, PodSpec } from '#engine/api/types';
import { assumePod, forgetPod, nodeOrder, putNode } from '../cache';
import { findNodesThatFit, tryOn } from '../filtering';
import { frameworkOf } from '../framework';
import { copyNodeInfo, removePodFrom } from '../node-info';
import { podInfo } from '../pod-info';
import { scoreNodes } from '../scoring';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile, aView } from '../testing';
import { interPodAffinity } from './inter-pod-affinity';

type Affinity = NonNullable<PodSpec['affinity']>;
type Term = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number];

const term = (labels: Record<string, string>, topologyKey = 'zone', more: Partial<Term> = {}): Term => ({
  topologyKey,
  labelSelector: { matchLabels: labels },
  ...more,
});
const wants = (...terms: Term[]): Affinity => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const shuns = (...terms: Term[]): Affinity => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
type Weighted = readonly [weight: number, term: Term];
const weighted = (terms: readonly Weighted[]): { weight: number; podAffinityTerm: Term }[] =>
  terms.map(([weight, podAffinityTerm]) => ({ weight, podAffinityTerm }));
const likes = (...terms: Weighted[]): Affinity => ({
  podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(terms) },
});
const dislikes = (...terms: Weighted[]): Affinity => ({
  podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(terms) },
});

interface Shape {
  readonly labels?: Record<string, string>;
  readonly namespace?: string;
  readonly priority?: number;
}

let serial = 0;
const pod = (
  affinity: Affinity | null,
  { labels = {}, namespace = 'default', priority = 0 }: Shape = {},
  node?: string,
): Pod =>
  aPod(`p${++serial}`, {
    metadata: { labels, namespace },
    priority,
    ...(node !== undefined && { node }),
    spec: affinity === null ? {} : { affinity },
  });
const on = (
  node: string,
  labels: Record<string, string>,
  affinity: Affinity | null = null,
  namespace = 'default',
): Pod => pod(affinity, { labels, namespace }, node);

const zoned = (zones: Readonly<Record<string, string>>): Node[] =>
  Object.entries(zones).map(([name, zone]) => aNode(name, { labels: zone === '' ? {} : { zone } }));

const AFFINITY = "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules";
const ANTI = "Unschedulable: node(s) didn't match pod anti-affinity rules";
const EXISTING = "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules";

function verdicts(
  wanted: Pod,
  nodes: readonly Node[],
  pods: readonly Pod[],
  objects: readonly KubeObject[] = [],
): Record<string, string> {
  const cycle = aCycle(aCache(nodes, pods), wanted, aProfile(), aView(...objects));
  const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 0 });
  return Object.fromEntries(
    found.rejected
      .slice(0, found.rejectedCount)
      .map(({ name }, i) => [name, `${found.statuses[i]!.code}: ${found.statuses[i]!.reasons.join()}`]),
  );
}

const S1 = { security: 'S1' };
const S2 = { security: 'S2' };
const NODES = zoned({ a: 'z1', b: 'z1', c: 'z2' });

const namespace = (name: string, labels: Record<string, string>): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }) as unknown as KubeObject;
const TEAMS = [namespace('red', { team: 'red' }), namespace('blue', { team: 'blue' }), namespace('default', {})];

// kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering_test.go
describe('what affinity between pods forbids', () => {
  it.each<{ name: string; pod: Pod; nodes?: Node[]; pods: Pod[]; rejected: Record<string, string> }>([
    { name: 'nothing without rules', pod: pod(null), pods: [on('a', S1)], rejected: {} },
    { name: 'near a pod', pod: pod(wants(term(S1))), pods: [on('a', S1)], rejected: { c: AFFINITY } },
    {
      name: 'near a pod that is nowhere',
      pod: pod(wants(term(S1))),
      pods: [on('a', S2)],
      rejected: { a: AFFINITY, b: AFFINITY, c: AFFINITY },
    },
    {
      name: 'the first of a group that wants itself',
      pod: pod(wants(term(S1)), { labels: S1 }),
      pods: [on('a', S2)],
      rejected: {},
    },
    {
      name: 'the first of a group needs the label all the same',
      pod: pod(wants(term(S1)), { labels: S1 }),
      nodes: zoned({ a: 'z1', b: '' }),
      pods: [],
      rejected: { b: AFFINITY },
    },
    {
      name: 'near pods of its own namespace only',
      pod: pod(wants(term(S1))),
      pods: [on('a', S1, null, 'red')],
      rejected: { a: AFFINITY, b: AFFINITY, c: AFFINITY },
    },
    {
      name: 'near pods of a named namespace',
      pod: pod(wants(term(S1, 'zone', { namespaces: ['red'] }))),
      pods: [on('a', S1, null, 'red'), on('c', S1)],
      rejected: { c: AFFINITY },
    },
    {
      name: 'near pods of chosen namespaces',
      pod: pod(wants(term(S1, 'zone', { namespaceSelector: { matchLabels: { team: 'red' } } }))),
      pods: [on('a', S1, null, 'red'), on('c', S1, null, 'blue')],
      rejected: { c: AFFINITY },
    },
    {
      name: 'near pods of any namespace',
      pod: pod(wants(term(S1, 'zone', { namespaceSelector: {} }))),
      pods: [on('c', S1, null, 'blue')],
      rejected: { a: AFFINITY, b: AFFINITY },
    },
    {
      name: 'two terms are met by one pod, not by two',
      pod: pod(wants(term(S1), term({ app: 'x' }))),
      pods: [on('a', S1), on('a', { app: 'x' }), on('c', { ...S1, app: 'x' })],
      rejected: { a: AFFINITY, b: AFFINITY },
    },
    { name: 'far from a pod', pod: pod(shuns(term(S1))), pods: [on('a', S1)], rejected: { a: ANTI, b: ANTI } },
    {
      name: 'far from a pod: nodes without the label are far from everything',
      pod: pod(shuns(term(S1))),
      nodes: zoned({ a: 'z1', b: '' }),
      pods: [on('a', S1), on('b', S1)],
      rejected: { a: ANTI },
    },
    {
      name: 'far from any of several',
      pod: pod(shuns(term(S1), term(S2))),
      pods: [on('a', S1), on('c', S2)],
      rejected: { a: ANTI, b: ANTI, c: ANTI },
    },
    {
      name: 'a pod that wants to be alone is left alone',
      pod: pod(null, { labels: S1 }),
      pods: [on('a', {}, shuns(term(S1)))],
      rejected: { a: EXISTING, b: EXISTING },
    },
    {
      name: 'a pod that wants to be alone among those of a namespace',
      pod: pod(null, { labels: S1, namespace: 'red' }),
      pods: [
        on('a', {}, shuns(term(S1, 'zone', { namespaceSelector: { matchLabels: { team: 'red' } } }))),
        on('c', {}, shuns(term(S1))),
      ],
      rejected: { a: EXISTING, b: EXISTING },
    },
    {
      name: 'its own rules are looked at first',
      pod: pod(shuns(term(S1)), { labels: S1 }),
      pods: [on('a', S1, shuns(term(S1)))],
      rejected: { a: ANTI, b: ANTI },
    },
    {
      name: 'near and far at once',
      pod: pod({ ...wants(term(S1)), ...shuns(term(S2, 'kubernetes.io/hostname')) }),
      pods: [on('a', S1), on('b', S2)],
      rejected: { b: ANTI, c: AFFINITY },
    },
    {
      name: 'pods that are going still count',
      pod: pod(shuns(term(S1))),
      pods: [aPod('going', { node: 'c', metadata: { labels: S1, deletionTimestamp: '2026-01-01T00:00:00Z' } })],
      rejected: { c: ANTI },
    },
  ])('$name', ({ pod: wanted, nodes = NODES, pods, rejected }) => {
    expect(verdicts(wanted, nodes, pods, TEAMS)).toEqual(rejected);
  });

  it('reckons with pods that would have to go', () => {
    const lonely = on('a', S2, shuns(term(S1)));
    const enemy = on('a', S2);
    const cache = aCache(NODES, [lonely, enemy]);
    const cycle = aCycle(cache, pod(shuns(term(S2)), { labels: S1 }));
    const { active } = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 0 });
    const original = cache.nodes.get('a')!;
    const trial = copyNodeInfo(original);
    const reasons = (): readonly string[] => tryOn(cycle, active, original, trial)?.reasons ?? [];
    expect(reasons()).toEqual(["node(s) didn't match pod anti-affinity rules"]);
    removePodFrom(trial, enemy.metadata.uid);
    expect(reasons()).toEqual(["node(s) didn't match pod anti-affinity rules"]);
    removePodFrom(trial, lonely.metadata.uid);
    expect(reasons()).toEqual([]);
  });

  it('sees the pods that are nominated', () => {
    const nominee = podInfo(pod(shuns(term(S1)), { priority: 10 }));
    const cycle = {
      ...aCycle(aCache(NODES, []), pod(shuns(term(S2)), { labels: S1 })),
      nominees: new Map([['a', [nominee]]]),
      promisedNode: '',
    };
    const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 0 });
    const rejected = found.rejected.slice(0, found.rejectedCount).map(({ name }) => name);
    // In the zone of the nominee, but only on its node are filters run with it, as upstream.
    expect(rejected).toEqual(['a']);
  });

  it('follows pods and nodes as they change', () => {
    const cache = aCache(NODES, [on('a', S1)]);
    const wanted = pod(wants(term(S1)));
    const feasible = (): string[] => {
      const found = findNodesThatFit(aFramework(), aCycle(cache, wanted), { nextStartNodeIndex: 0 });
      return found.feasible
        .slice(0, found.feasibleCount)
        .map(({ name }) => name)
        .toSorted();
    };
    expect(feasible()).toEqual(['a', 'b']);
    const assumed = podInfo(pod(null, { labels: S1 }));
    assumePod(cache, assumed, 'c');
    expect(feasible()).toEqual(['a', 'b', 'c']);
    forgetPod(cache, assumed.uid);
    expect(feasible()).toEqual(['a', 'b']);
    putNode(cache, zoned({ a: 'z2' })[0]!);
    expect(feasible()).toEqual(['a', 'c']);
  });
});

function scores(wanted: Pod, nodes: readonly Node[], pods: readonly Pod[], profile = aProfile()): number[] {
  const cache = aCache(nodes, pods);
  const sorted = nodes.flatMap(({ metadata }) => nodeOrder(cache).filter(({ name }) => name === metadata.name));
  const scored = scoreNodes(
    frameworkOf(profile),
    aCycle(cache, wanted, profile, aView(...TEAMS)),
    sorted,
    sorted.length,
  );
  const at = scored.plugins.findIndex(({ plugin }) => plugin.name === 'InterPodAffinity');
  return [...(scored.normalized[at]?.subarray(0, sorted.length) ?? [])];
}

// kubernetes pkg/scheduler/framework/plugins/interpodaffinity/scoring_test.go
describe('how well a node suits a pod and its neighbours', () => {
  const regions = zoned({ n1: 'china', n2: 'india', n3: 'azure' });
  const five = zoned({ n1: 'china', n2: 'india', n3: 'china', n4: 'china', n5: 'india' });

  it.each<{ name: string; pod: Pod; nodes?: Node[]; pods: Pod[]; expected: number[] }>([
    { name: 'nobody cares', pod: pod(null, { labels: S1 }), pods: [on('n1', S1)], expected: [] },
    {
      name: '[affinity-score-1] one of three nodes matches',
      pod: pod(likes([5, term(S1)]), { labels: S1 }),
      pods: [on('n1', S1), on('n2', S2), on('n3', S1, null, 'red')],
      expected: [100, 0, 0],
    },
    {
      name: '[affinity-score-2] two nodes share the region of the match',
      pod: pod(likes([5, term(S1)])),
      nodes: zoned({ n1: 'china', n2: 'china', n3: 'india' }),
      pods: [on('n1', S1)],
      expected: [100, 100, 0],
    },
    {
      name: '[affinity-score-3] regions with more matches are better',
      pod: pod(likes([5, term(S1)])),
      nodes: five,
      pods: [on('n1', S1), on('n1', S1), on('n2', S1), on('n3', S1), on('n4', S1), on('n5', S1)],
      expected: [100, 0, 100, 100, 0],
    },
    {
      name: '[affinity-score-4] weights of 8 and 2',
      pod: pod(likes([8, term(S1)], [2, term(S2)])),
      pods: [on('n1', S2), on('n2', S1), on('n2', S2), on('n3', {})],
      expected: [20, 100, 0],
    },
    {
      name: 'pods on nodes would like it as well',
      pod: pod(null, { labels: S2 }),
      pods: [on('n1', S1, likes([5, term(S2)])), on('n2', S2, likes([5, term(S1)]))],
      expected: [100, 0, 0],
    },
    {
      name: '[affinity-score-6] pods on nodes need it: of hardPodAffinityWeight',
      pod: pod(null, { labels: S1 }),
      pods: [on('n1', S1, wants(term(S1))), on('n2', S1, wants(term(S1)))],
      expected: [100, 100, 0],
    },
    {
      name: '[affinity-score-5] far from what it dislikes',
      pod: pod(dislikes([5, term(S1)])),
      nodes: zoned({ n1: 'china', n2: 'india' }),
      pods: [on('n1', S1), on('n2', S2)],
      expected: [0, 100],
    },
    {
      name: 'far from those that dislike it',
      pod: pod(null, { labels: S2 }),
      nodes: zoned({ n1: 'china', n2: 'india' }),
      pods: [on('n1', S1, dislikes([5, term(S2)])), on('n2', S2)],
      expected: [0, 100],
    },
    {
      name: 'likes and dislikes are summed',
      pod: pod({ ...likes([8, term(S1)]), ...dislikes([5, term(S2)]) }),
      pods: [on('n1', S1), on('n1', S2), on('n2', S1), on('n3', S2)],
      expected: [61, 100, 0],
    },
    {
      name: 'namespaces are chosen by their labels, from both sides',
      pod: pod(likes([5, term(S1, 'zone', { namespaceSelector: { matchLabels: { team: 'red' } } })]), {
        labels: S2,
        namespace: 'blue',
      }),
      pods: [
        on('n1', S1, null, 'red'),
        on('n2', {}, likes([10, term(S2, 'zone', { namespaceSelector: { matchLabels: { team: 'blue' } } })])),
      ],
      expected: [50, 100, 0],
    },
  ])('$name', ({ pod: wanted, nodes = regions, pods, expected }) => {
    expect(scores(wanted, nodes, pods)).toEqual(expected);
  });

  it('[affinity-score-7] can leave required affinity of others out', () => {
    const args = { hardPodAffinityWeight: 0, ignorePreferredTermsOfExistingPods: false };
    const pods = [on('n1', S1, wants(term(S1)))];
    expect(scores(pod(null, { labels: S1 }), regions, pods, aProfile({ InterPodAffinity: args }))).toEqual([]);
  });

  it('can leave out what others prefer when the pod prefers nothing', () => {
    const profile = aProfile({
      InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: true },
    });
    const pods = [on('n1', S1, likes([5, term(S2)]))];
    expect(scores(pod(null, { labels: S2 }), regions, pods, profile)).toEqual([]);
    expect(scores(pod(likes([5, term(S1)]), { labels: S2 }), regions, pods, profile)).toEqual([100, 0, 0]);
  });
});

// kubernetes pkg/scheduler/framework/plugins/interpodaffinity/plugin_test.go
describe('what may help a pod that was turned down', () => {
  const [forPods, forNodes] = interPodAffinity.events ?? [];
  const waiting = podInfo(pod({ ...wants(term(S1)), ...shuns(term(S2)) }));
  const changed = (before: Pod, labels: Record<string, string>): Pod => ({
    ...before,
    metadata: { ...before.metadata, labels },
  });

  it.each([
    { name: 'a pod that it wants', objects: { now: on('a', S1) }, helps: true },
    { name: 'another pod', objects: { now: on('a', S2) }, helps: false },
    { name: 'a pod that it shuns goes', objects: { old: on('a', S2) }, helps: true },
    { name: 'another pod goes', objects: { old: on('a', S1) }, helps: false },
  ])('$name: $helps', ({ objects, helps }) => {
    expect(forPods?.hint?.(waiting, objects)).toBe(helps);
  });

  it('a pod becomes one that it wants, or is no more one that it shuns', () => {
    const other = on('a', {});
    const hint = (from: Record<string, string>, to: Record<string, string>): boolean | undefined =>
      forPods?.hint?.(waiting, { old: changed(other, from), now: changed(other, to) });
    expect([hint({}, S1), hint(S1, {}), hint(S2, {}), hint({}, S2), hint({}, { x: 'y' })]).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it.each<{ from: string | null; to: string; wanting: boolean; shunning: boolean }>([
    { from: null, to: 'z1', wanting: true, shunning: true },
    { from: null, to: '', wanting: false, shunning: true },
    { from: '', to: 'z1', wanting: true, shunning: false },
    { from: 'z1', to: '', wanting: false, shunning: true },
    { from: 'z1', to: 'z2', wanting: true, shunning: true },
    { from: 'z1', to: 'z1', wanting: false, shunning: false },
  ])('a node goes from $from to $to', ({ from, to, wanting, shunning }) => {
    const objects = { now: zoned({ n: to })[0]!, ...(from !== null && { old: zoned({ n: from })[0]! }) };
    expect(forNodes?.hint?.(podInfo(pod(wants(term(S1)))), objects)).toBe(wanting);
    expect(forNodes?.hint?.(podInfo(pod(shuns(term(S1)))), objects)).toBe(shunning);
  });
});
