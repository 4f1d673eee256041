import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '#engine/api/types';
import { nodeOrder } from '../cache';
import { findNodesThatFit, tryOn } from '../filtering';
import { frameworkOf } from '../framework';
import { copyNodeInfo, removePodFrom } from '../node-info';
import type { SpreadConstraint } from '../profile';
import { scoreNodes } from '../scoring';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile, aView } from '../testing';

const LABELS = { foo: '' };
const MEANT = { matchExpressions: [{ key: 'foo', operator: 'Exists' as const }] };
const constraint = (topologyKey: string, more: Partial<SpreadConstraint> = {}): SpreadConstraint => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: MEANT,
  ...more,
});
const soft = (topologyKey: string, more: Partial<SpreadConstraint> = {}): SpreadConstraint =>
  constraint(topologyKey, { whenUnsatisfiable: 'ScheduleAnyway', ...more });

const spreading = (...topologySpreadConstraints: SpreadConstraint[]): Pod =>
  aPod('new', { metadata: { labels: LABELS }, spec: { topologySpreadConstraints } });

/** So many pods that are meant, on each of these nodes. */
const loads = (counts: Readonly<Record<string, number>>, labels: Record<string, string> = LABELS): Pod[] =>
  Object.entries(counts).flatMap(([node, count]) =>
    Array.from({ length: count }, (_, i) => aPod(`${node}-${i}`, { node, metadata: { labels } })),
  );

/** Nodes in these zones; an empty zone means no label. */
const zoned = (zones: Readonly<Record<string, string>>): Node[] =>
  Object.entries(zones).map(([name, zone]) => aNode(name, { labels: { node: name, ...(zone !== '' && { zone }) } }));

const ZONES = { a: 'zone1', b: 'zone1', x: 'zone2', y: 'zone2' };

const TOO_SKEWED = "Unschedulable: node(s) didn't match pod topology spread constraints";
const NO_LABEL =
  "UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)";

function verdicts(pod: Pod, nodes: readonly Node[], pods: readonly Pod[]): Record<string, string> {
  const found = findNodesThatFit(aFramework(), aCycle(aCache(nodes, pods), pod), { nextStartNodeIndex: 0 });
  return Object.fromEntries(
    found.rejected
      .slice(0, found.rejectedCount)
      .map(({ name }, i) => [name, `${found.statuses[i]!.code}: ${found.statuses[i]!.reasons.join()}`]),
  );
}

const skewed = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, TOO_SKEWED]));

// kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering_test.go
describe('what a spread constraint forbids', () => {
  const zone = (more?: Partial<SpreadConstraint>): Pod => spreading(constraint('zone', more));
  const node = (more?: Partial<SpreadConstraint>): Pod => spreading(constraint('node', more));
  const threeNodes = zoned({ a: 'z', b: 'z', x: 'z' });

  it.each<{ name: string; pod: Pod; nodes?: Node[]; pods: Pod[]; rejected: Record<string, string> }>([
    { name: '[spread-filter-1] no pods', pod: zone(), pods: [], rejected: {} },
    {
      name: '[spread-filter-1 not itself] no pods, and the pod does not mean itself',
      pod: zone({ labelSelector: { matchLabels: { bar: '' } } }),
      pods: [],
      rejected: {},
    },
    { name: '[spread-filter-2] three pods in each zone', pod: zone(), pods: loads({ a: 2, b: 1, y: 3 }), rejected: {} },
    {
      name: '[spread-filter-3] pods of other namespaces do not count',
      pod: zone(),
      pods: [
        ...['ns1', 'ns2'].map((namespace) => aPod(namespace, { node: 'a', metadata: { labels: LABELS, namespace } })),
        ...loads({ x: 1, y: 1 }),
      ],
      rejected: skewed('x', 'y'),
    },
    {
      name: '[spread-filter-4] without selector nothing counts',
      pod: spreading({ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }),
      pods: loads({ x: 1, y: 1 }),
      rejected: {},
    },
    {
      name: 'an empty selector counts nothing but the pod itself',
      pod: zone({ labelSelector: {} }),
      pods: loads({ x: 5 }),
      rejected: {},
    },
    {
      name: '[spread-filter-5] a node without the label',
      pod: zone(),
      nodes: zoned({ a: 'zone1', b: '', x: 'zone2', y: 'zone2' }),
      pods: loads({ a: 1, x: 1, y: 1 }),
      rejected: { b: NO_LABEL, ...skewed('x', 'y') },
    },
    {
      name: '[spread-filter-6] a label that no node has',
      pod: spreading(constraint('rack')),
      pods: loads({ a: 1 }),
      rejected: { a: NO_LABEL, b: NO_LABEL, x: NO_LABEL, y: NO_LABEL },
    },
    {
      name: '[spread-filter-7] 2/1/0/3',
      pod: node(),
      pods: loads({ a: 2, b: 1, y: 3 }),
      rejected: skewed('a', 'b', 'y'),
    },
    {
      name: '[spread-filter-8] 2/1/0/3 with a skew of 2',
      pod: node({ maxSkew: 2 }),
      pods: loads({ a: 2, b: 1, y: 3 }),
      rejected: skewed('a', 'y'),
    },
    {
      name: 'terminating pods do not count',
      pod: node(),
      pods: [
        aPod('going', { node: 'a', metadata: { labels: LABELS, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
        ...loads({ x: 1 }),
      ],
      rejected: skewed('x'),
    },
    {
      name: '[spread-filter-9] fewer domains than there should be',
      pod: node({ maxSkew: 2, minDomains: 4 }),
      nodes: threeNodes,
      pods: loads({ a: 2, b: 2, x: 1 }),
      rejected: skewed('a', 'b'),
    },
    {
      name: '[spread-filter-10] as many domains as there should be',
      pod: node({ maxSkew: 2, minDomains: 3 }),
      nodes: threeNodes,
      pods: loads({ a: 2, b: 2, x: 1 }),
      rejected: {},
    },
    {
      name: 'zones and nodes at once: 3/3 and 2/1/0/3',
      pod: spreading(constraint('zone'), constraint('node')),
      pods: loads({ a: 2, b: 1, y: 3 }),
      rejected: skewed('a', 'b', 'y'),
    },
    {
      name: 'zones and nodes at once: the sets do not meet',
      pod: spreading(constraint('zone'), constraint('node')),
      pods: loads({ a: 1, x: 2, y: 0 }),
      rejected: skewed('a', 'x', 'y'),
    },
    {
      name: 'nodes that the pod may not go to do not count',
      pod: aPod('new', {
        metadata: { labels: LABELS },
        spec: { topologySpreadConstraints: [constraint('node')], nodeSelector: { zone: 'zone1' } },
      }),
      pods: loads({ a: 2, b: 1 }),
      rejected: {
        ...skewed('a'),
        x: "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector",
        y: "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector",
      },
    },
    {
      name: 'unless they are to count all the same',
      pod: aPod('new', {
        metadata: { labels: LABELS },
        spec: {
          topologySpreadConstraints: [constraint('node', { nodeAffinityPolicy: 'Ignore' })],
          nodeSelector: { zone: 'zone1' },
        },
      }),
      pods: loads({ a: 2, b: 1 }),
      rejected: {
        ...skewed('a', 'b'),
        x: "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector",
        y: "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector",
      },
    },
  ])('$name', ({ pod, nodes = zoned(ZONES), pods, rejected }) => {
    expect(verdicts(pod, nodes, pods)).toEqual(rejected);
  });

  it('leaves tainted nodes out when it is told to', () => {
    const nodes = [...zoned({ a: 'z', b: 'z' }), aNode('x', { taints: [{ key: 'k', effect: 'NoSchedule' }] })];
    const labelled = nodes.map((each) => ({
      ...each,
      metadata: { ...each.metadata, labels: { ...each.metadata.labels, node: each.metadata.name } },
    }));
    const pods = loads({ a: 1, b: 1 });
    const untolerated = 'UnschedulableAndUnresolvable: node(s) had untolerated taint(s)';
    expect(verdicts(node(), labelled, pods)).toEqual({ ...skewed('a', 'b'), x: untolerated });
    expect(verdicts(node({ nodeTaintsPolicy: 'Honor' }), labelled, pods)).toEqual({ x: untolerated });
  });

  it('reckons with pods that would have to go', () => {
    const pods = loads({ a: 2, b: 1, x: 1, y: 1 });
    const cache = aCache(zoned(ZONES), pods);
    const cycle = aCycle(cache, node());
    const found = findNodesThatFit(aFramework(), cycle, { nextStartNodeIndex: 0 });
    const original = cache.nodes.get('a')!;
    const trial = copyNodeInfo(original);
    expect(tryOn(cycle, found.active, original, trial)?.reasons).toEqual([
      "node(s) didn't match pod topology spread constraints",
    ]);
    removePodFrom(trial, pods[0]!.metadata.uid);
    expect(tryOn(cycle, found.active, original, trial)).toBeNull();
    removePodFrom(trial, pods[1]!.metadata.uid);
    expect(tryOn(cycle, found.active, original, trial)).toBeNull();
  });
});

interface Scored {
  readonly pod: Pod;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Names of nodes that the pod does not fit on. */
  readonly unfit?: readonly string[];
  readonly objects?: readonly KubeObject[];
}

function scores({ pod, nodes, pods, unfit = [], objects = [] }: Scored, profile = aProfile()): number[] {
  const cache = aCache(nodes, pods);
  const fit = nodeOrder(cache).filter(({ name }) => !unfit.includes(name));
  const sorted = nodes.flatMap(({ metadata }) => fit.filter(({ name }) => name === metadata.name));
  const cycle = aCycle(cache, pod, profile, aView(...objects));
  const scored = scoreNodes(frameworkOf(profile), cycle, sorted, sorted.length);
  const at = scored.plugins.findIndex(({ plugin }) => plugin.name === 'PodTopologySpread');
  return [...(scored.normalized[at]?.subarray(0, sorted.length) ?? [])];
}

const HOSTNAME = 'kubernetes.io/hostname';
const hosts = (count: number): Node[] => Array.from({ length: count }, (_, i) => aNode(`n${i}`));
const onHosts = (...counts: number[]): Pod[] => loads(Object.fromEntries(counts.map((count, i) => [`n${i}`, count])));

// kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring_test.go
describe('how well a node keeps pods spread', () => {
  it.each<Scored & { name: string; expected: number[] }>([
    {
      name: '[spread-score-1] no pods',
      pod: spreading(soft(HOSTNAME)),
      nodes: hosts(2),
      pods: [],
      expected: [100, 100],
    },
    {
      name: '[spread-score-2] 2/1/0/3',
      pod: spreading(soft(HOSTNAME)),
      nodes: hosts(4),
      pods: onHosts(2, 1, 0, 3),
      expected: [20, 60, 100, 0],
    },
    {
      name: '[spread-score-3] 2/1/0/3 with a skew of 2',
      pod: spreading(soft(HOSTNAME, { maxSkew: 2 })),
      nodes: hosts(4),
      pods: onHosts(2, 1, 0, 3),
      expected: [33, 66, 100, 16],
    },
    {
      name: '[spread-score-4] 2/1/0/3 without selector',
      pod: spreading({ topologyKey: HOSTNAME, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' }),
      nodes: hosts(4),
      pods: onHosts(2, 1, 0, 3),
      expected: [100, 100, 100, 100],
    },
    {
      name: '[spread-score-5] 4/3/2/1 with a skew of 3',
      pod: spreading(soft(HOSTNAME, { maxSkew: 3 })),
      nodes: hosts(4),
      pods: onHosts(4, 3, 2, 1),
      expected: [44, 66, 77, 100],
    },
    {
      name: '[spread-score-6] 4/2/1/(3)',
      pod: spreading(soft(HOSTNAME)),
      nodes: hosts(4),
      pods: onHosts(4, 2, 1, 3),
      unfit: ['n3'],
      expected: [33, 83, 100],
    },
    {
      name: '[spread-score-7] 4/[2]/1/(3): a node without the label',
      pod: spreading(soft('node')),
      nodes: [...zoned({ n0: 'z' }), aNode('n1'), ...zoned({ n2: 'z', n3: 'z' })],
      pods: onHosts(4, 2, 1, 3),
      unfit: ['n3'],
      expected: [16, 0, 100],
    },
    {
      name: '[spread-score-8] zones 4+2 and 1+(3)',
      pod: spreading(soft('zone')),
      nodes: zoned({ n0: 'zone1', n1: 'zone1', n2: 'zone2', n3: 'zone2' }),
      pods: onHosts(4, 2, 1, 3),
      unfit: ['n3'],
      expected: [75, 75, 100],
    },
    {
      name: '[spread-score-9] zones and nodes: 2/(1) and 2/(4)',
      pod: spreading(soft('zone'), soft(HOSTNAME)),
      nodes: zoned({ n0: 'zone1', n1: 'zone1', n2: 'zone2', n3: 'zone2' }),
      pods: onHosts(2, 1, 2, 4),
      unfit: ['n1', 'n3'],
      expected: [100, 63],
    },
    {
      name: '[spread-score-13] another namespace',
      pod: spreading(soft(HOSTNAME)),
      nodes: hosts(2),
      pods: [...onHosts(1, 2), aPod('other', { node: 'n0', metadata: { labels: LABELS, namespace: 'ns1' } })],
      expected: [100, 33],
    },
    {
      name: '[spread-score-14] a terminating pod',
      pod: spreading(soft(HOSTNAME)),
      nodes: hosts(2),
      pods: [
        ...onHosts(0, 1),
        aPod('going', { node: 'n0', metadata: { labels: LABELS, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      ],
      expected: [100, 0],
    },
  ])('$name', ({ expected, ...row }) => {
    expect(scores(row)).toEqual(expected);
  });

  it('[spread-score-10] [spread-score-11] [spread-score-12] weighs two constraints with different selectors', () => {
    const bar = { matchExpressions: [{ key: 'bar', operator: 'Exists' as const }] };
    const pod = spreading(soft('zone'), soft(HOSTNAME, { labelSelector: bar }));
    const nodes = zoned({ n0: 'zone1', n1: 'zone1', n2: 'zone2', n3: 'zone2' });
    const foos = (counts: Record<string, number>): Pod[] => loads(counts, { foo: '' });
    const bars = (counts: Record<string, number>): Pod[] => loads(counts, { bar: '' });
    expect(scores({ pod, nodes, pods: [...foos({ n0: 2, n2: 1 }), ...bars({ n1: 1, n3: 1 })] })).toEqual([
      60, 20, 100, 60,
    ]);
    expect(scores({ pod, nodes, pods: [...foos({ n2: 2 }), ...bars({ n1: 1, n3: 1 })] })).toEqual([100, 60, 40, 0]);
    const both = spreading(soft('zone'), soft('zone', { labelSelector: bar }));
    const two = zoned({ n0: 'zone1', n1: 'zone2' });
    expect(scores({ pod: both, nodes: two, pods: [...foos({ n0: 3, n1: 3 }), ...bars({ n0: 2, n1: 1 })] })).toEqual([
      85, 100,
    ]);
  });
});

describe('default constraints', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: LABELS },
  } as unknown as KubeObject;
  const owned = aPod('new', {
    metadata: {
      labels: { app: 'a' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u', controller: true }],
    },
  });
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'a' } } },
  } as unknown as KubeObject;

  it('[spread-score-5 default] spread the pods of a Service, also without zones', () => {
    const pod = aPod('new', { metadata: { labels: LABELS } });
    const row = { pod, nodes: hosts(4), pods: onHosts(4, 3, 2, 1) };
    expect(scores({ ...row, objects: [service] })).toEqual([44, 66, 77, 100]);
    expect(scores(row)).toEqual([]);
  });

  it('spread the pods of a ReplicaSet', () => {
    const pods = loads({ n0: 4, n1: 3, n2: 2, n3: 1 }, { app: 'a' });
    expect(scores({ pod: owned, nodes: hosts(4), pods, objects: [replicaSet] })).toEqual([44, 66, 77, 100]);
    expect(scores({ pod: owned, nodes: hosts(4), pods })).toEqual([]);
  });

  it('can be others, or none', () => {
    const pods = loads({ n0: 2, n1: 1, n3: 3 }, { app: 'a' });
    const row = { pod: owned, nodes: hosts(4), pods, objects: [replicaSet] };
    const others = [{ topologyKey: HOSTNAME, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' as const }];
    const list = (defaultConstraints: typeof others): ReturnType<typeof aProfile> =>
      aProfile({ PodTopologySpread: { defaultingType: 'List', defaultConstraints } });
    expect(scores(row, list(others))).toEqual([20, 60, 100, 0]);
    expect(scores(row, list([]))).toEqual([]);
  });

  it('do not apply to pods that have their own', () => {
    const pod = aPod('new', {
      metadata: { labels: LABELS },
      spec: { topologySpreadConstraints: [constraint('zone')] },
    });
    expect(scores({ pod, nodes: zoned(ZONES), pods: loads({ a: 1 }), objects: [service] })).toEqual([]);
  });
});
