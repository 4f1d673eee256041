import { describe, expect, it } from 'vitest';
import { frameworkOf } from '../framework';
import type { Profile, ScoringStrategy, WeightedResource } from '../profile';
import { nodeOrder } from '../cache';
import { scoreNodes } from '../scoring';
import { type Quantities, aCache, aCycle, aNode, aPod, aProfile } from '../testing';
import { balance } from './node-resources-balanced-allocation';
import { brokenLine } from './resource-allocation';

type Pair = readonly [milliCpu: number, memory: number];

const both = (weightOfMemory = 1): readonly WeightedResource[] => [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: weightOfMemory },
];

const requestsOf = ([milliCpu, memory]: Pair): Quantities => ({ cpu: `${milliCpu}m`, memory });

interface Case {
  readonly id?: string;
  readonly pod: Pair | null;
  readonly capacity: readonly Pair[];
  readonly load: readonly (Pair | null)[];
  readonly expected: readonly number[];
}

function scoresOf(plugin: string, profile: Profile, { pod, capacity, load }: Case): number[] {
  const nodes = capacity.map((pair, i) => aNode(`node-${i}`, { allocatable: requestsOf(pair) }));
  const pods = load.flatMap((pair, i) =>
    pair === null ? [] : [aPod(`load-${i}`, { node: `node-${i}`, requests: [requestsOf(pair)] })],
  );
  const cache = aCache(nodes, pods);
  const wanted = aPod('new', { requests: pod === null ? [] : [requestsOf(pod)] });
  const { plugins, normalized, isUniform, count } = scoreNodes(
    frameworkOf(profile),
    aCycle(cache, wanted, profile),
    nodeOrder(cache),
    capacity.length,
  );
  const at = plugins.findIndex((ready) => ready.plugin.name === plugin);
  const scores = normalized[at];
  if (scores === undefined) return [];
  return isUniform[at] === true ? Array.from({ length: count }, () => scores[0]!) : [...scores.subarray(0, count)];
}

const fitProfile = (scoringStrategy: ScoringStrategy): Profile =>
  aProfile({ NodeResourcesFit: { scoringStrategy, ignoredResources: [], ignoredResourceGroups: [] } });

const small: readonly Pair[] = [
  [4000, 10_000],
  [6000, 10_000],
];
const twice: readonly Pair[] = [
  [10_000, 20_000],
  [10_000, 20_000],
];

describe('LeastAllocated', () => {
  // kubernetes pkg/scheduler/framework/plugins/noderesources/least_allocated_test.go
  const cases: readonly Case[] = [
    { id: 'least-1', pod: [3000, 5000], capacity: small, load: [null, null], expected: [37, 50] },
    {
      id: 'least-2',
      pod: null,
      capacity: twice,
      load: [
        [6000, 0],
        [6000, 5000],
      ],
      expected: [70, 57],
    },
    {
      id: 'least-3',
      pod: [3000, 5000],
      capacity: twice,
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [57, 45],
    },
    {
      id: 'least-4',
      pod: [3000, 5000],
      capacity: [
        [10_000, 20_000],
        [10_000, 50_000],
      ],
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [57, 60],
    },
    {
      id: 'least-5',
      pod: [3000, 0],
      capacity: [
        [4000, 10_000],
        [4000, 10_000],
      ],
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [50, 25],
    },
  ];
  it.each(cases)('[$id] scores $expected for $pod beside $load', (row) => {
    const strategy = { type: 'LeastAllocated' as const, resources: both() };
    expect(scoresOf('NodeResourcesFit', fitProfile(strategy), row)).toEqual(row.expected);
  });

  it('scores the same on its fast way as on its general one', () => {
    const doubled = {
      type: 'LeastAllocated' as const,
      resources: [
        { name: 'cpu', weight: 2 },
        { name: 'memory', weight: 2 },
      ],
    };
    for (const row of cases) expect(scoresOf('NodeResourcesFit', fitProfile(doubled), row)).toEqual(row.expected);
  });

  it('[least-1 weighted] weighs resources', () => {
    const row: Case = { pod: [3000, 5000], capacity: small, load: [null, null], expected: [41, 50] };
    const strategy = { type: 'LeastAllocated' as const, resources: both(2) };
    expect(scoresOf('NodeResourcesFit', fitProfile(strategy), row)).toEqual(row.expected);
  });
});

describe('MostAllocated', () => {
  // kubernetes pkg/scheduler/framework/plugins/noderesources/most_allocated_test.go
  const cases: readonly (Case & { readonly memoryWeight?: number })[] = [
    { id: 'most-1', pod: [3000, 5000], capacity: small, load: [null, null], expected: [62, 50] },
    {
      id: 'most-1 weighted',
      pod: [3000, 5000],
      capacity: small,
      load: [null, null],
      expected: [58, 50],
      memoryWeight: 2,
    },
    {
      id: 'most-2',
      pod: null,
      capacity: twice,
      load: [
        [6000, 0],
        [6000, 5000],
      ],
      expected: [30, 42],
    },
    {
      id: 'most-3',
      pod: [3000, 5000],
      capacity: twice,
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [42, 55],
    },
    {
      id: 'most-4',
      pod: [5000, 9000],
      capacity: [
        [5000, 10_000],
        [10_000, 9000],
      ],
      load: [null, null],
      expected: [95, 75],
    },
  ];
  it.each(cases)('[$id] scores $expected for $pod beside $load', (row) => {
    const strategy = { type: 'MostAllocated' as const, resources: both(row.memoryWeight) };
    expect(scoresOf('NodeResourcesFit', fitProfile(strategy), row)).toEqual(row.expected);
  });

  it('[most-5] counts containers without requests with 100 m and 200 MiB', () => {
    const nodes = ['node-0', 'node-1'].map((name) => aNode(name, { allocatable: { cpu: '250m', memory: '1000Mi' } }));
    const cache = aCache(nodes, [aPod('a', { node: 'node-0' }), aPod('b', { node: 'node-0' })]);
    const profile = fitProfile({ type: 'MostAllocated', resources: both() });
    const scored = scoreNodes(frameworkOf(profile), aCycle(cache, aPod('new'), profile), nodeOrder(cache), 2);
    const at = scored.plugins.findIndex(({ plugin }) => plugin.name === 'NodeResourcesFit');
    expect([...scored.raw[at]!.subarray(0, 2)]).toEqual([80, 30]);
  });
});

describe('RequestedToCapacityRatio', () => {
  // kubernetes pkg/scheduler/framework/plugins/noderesources/requested_to_capacity_ratio_test.go
  const falling = [
    { utilization: 0, score: 10 },
    { utilization: 100, score: 0 },
  ];
  it('[ratio-1] [ratio-1 as load] follows a falling line', () => {
    const strategy = { type: 'RequestedToCapacityRatio' as const, resources: both(), shape: falling };
    const row: Case = { pod: [3000, 5000], capacity: small, load: [null, null], expected: [38, 50] };
    expect(scoresOf('NodeResourcesFit', fitProfile(strategy), row)).toEqual(row.expected);
    const loaded: Case = {
      pod: null,
      capacity: small,
      load: [
        [3000, 5000],
        [3000, 5000],
      ],
      expected: [38, 50],
    };
    expect(scoresOf('NodeResourcesFit', fitProfile(strategy), loaded)).toEqual(loaded.expected);
  });

  it.each([
    { id: 'ratio-2a', use: 2, allocatable: 8, expected: 2 },
    { id: 'ratio-2b', use: 2, allocatable: 4, expected: 5 },
    { id: 'ratio-2c', use: 4, allocatable: 4, expected: 10 },
  ])('[$id] scores an extended resource $use of $allocatable as $expected', ({ use, allocatable, expected }) => {
    const name = 'intel.com/foo';
    const profile = fitProfile({
      type: 'RequestedToCapacityRatio',
      resources: [{ name, weight: 1 }],
      shape: [
        { utilization: 0, score: 0 },
        { utilization: 100, score: 1 },
      ],
    });
    const cache = aCache([aNode('node-0', { allocatable: { [name]: allocatable } })]);
    const pod = aPod('new', { requests: [{ [name]: use }] });
    const scored = scoreNodes(frameworkOf(profile), aCycle(cache, pod, profile), nodeOrder(cache), 1);
    const at = scored.plugins.findIndex(({ plugin }) => plugin.name === 'NodeResourcesFit');
    expect(scored.raw[at]![0]).toBe(expected);
  });

  // kubernetes pkg/scheduler/framework/plugins/helper/shape_score.go, its test
  it('[ratio-3] [ratio-4] interpolates a broken line in whole numbers', () => {
    const rising = [
      { utilization: 10, score: 1 },
      { utilization: 90, score: 9 },
    ];
    expect([9, 15, 20, 89, 110].map((x) => brokenLine(rising, x))).toEqual([1, 1, 2, 8, 9]);
    const bent = [
      { utilization: 0, score: 2 },
      { utilization: 40, score: 10 },
      { utilization: 100, score: 0 },
    ];
    expect([20, 30, 70].map((x) => brokenLine(bent, x))).toEqual([6, 8, 5]);
  });
});

describe('BalancedAllocation', () => {
  // kubernetes pkg/scheduler/framework/plugins/noderesources/balanced_allocation_test.go
  const cases: readonly Case[] = [
    { id: 'balanced-1', pod: [3000, 5000], capacity: small, load: [null, null], expected: [87, 100] },
    {
      id: 'balanced-2',
      pod: [3000, 5000],
      capacity: twice,
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [82, 95],
    },
    {
      id: 'balanced-2 more memory',
      pod: [3000, 5000],
      capacity: [
        [10_000, 20_000],
        [10_000, 50_000],
      ],
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [82, 80],
    },
    {
      id: 'balanced-3',
      pod: [3000, 0],
      capacity: [
        [6000, 10_000],
        [6000, 10_000],
      ],
      load: [
        [3000, 0],
        [3000, 5000],
      ],
      expected: [50, 75],
    },
    { id: 'none', pod: null, capacity: small, load: [null, null], expected: [] },
  ];
  it.each(cases)('[$id] scores $expected for $pod beside $load', (row) => {
    expect(scoresOf('NodeResourcesBalancedAllocation', aProfile(), row)).toEqual(row.expected);
  });

  it('[balanced-4] takes extended resources that the pod asks for into account', () => {
    const gpu = 'nvidia.com/gpu';
    const resources = [...both(), { name: gpu, weight: 1 }];
    const profile = aProfile({ NodeResourcesBalancedAllocation: { resources } });
    const allocatable = { cpu: '3500m', memory: 40_000, [gpu]: 8 };
    const nodes = [aNode('node-0', { allocatable }), aNode('node-1', { allocatable })];
    const cache = aCache(nodes, [
      aPod('a', { node: 'node-0', requests: [{ cpu: '3', memory: 5000, [gpu]: 3 }] }),
      aPod('b', { node: 'node-1', requests: [{ cpu: '3', memory: 5000 }] }),
    ]);
    const pod = aPod('new', { requests: [{ [gpu]: 1 }] });
    const scored = scoreNodes(frameworkOf(profile), aCycle(cache, pod, profile), nodeOrder(cache), 2);
    const at = scored.plugins.findIndex(({ plugin }) => plugin.name === 'NodeResourcesBalancedAllocation');
    expect([...scored.raw[at]!.subarray(0, 2)]).toEqual([70, 65]);
  });

  it('is 100 for a single resource', () => {
    expect(balance([0.3])).toBe(100);
  });
});
