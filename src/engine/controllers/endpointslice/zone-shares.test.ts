import { describe, expect, it } from 'vitest';
import type { Endpoint, Node } from '#engine/api/types';
import { node } from '../testing/builders';
import { allocationsOf, type Allocation, cpuShares, hintsThatStay, isOverloaded, movesBetween } from './zone-shares';

const map = <T>(record: Record<string, T>): ReadonlyMap<string, T> => new Map(Object.entries(record));

type Given = readonly [zone: string, cpu: string, ready?: 'True' | 'False', label?: string];
const machine = ([zone, cpu, ready = 'True', label]: Given, index: number): Node => ({
  ...node(`node-${index}`, {
    ready,
    ...(zone === '' ? {} : { zone }),
    ...(label === undefined ? {} : { labels: { [label]: '' } }),
  }),
  status: { ...node('x', { ready }).status, allocatable: { cpu } },
});

// endpointslice/topologycache/topologycache_test.go, TestSetNodes
describe('the shares of zones', () => {
  const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
  it.each<[string, readonly Given[], Record<string, number> | null]>([
    ['without nodes', [], null],
    ['of one node', [['a', '1000m']], null],
    [
      'of one zone',
      [
        ['a', '1000m'],
        ['a', '1000m'],
      ],
      null,
    ],
    [
      'of two zones',
      [
        ['a', '1000m'],
        ['b', '1000m'],
      ],
      { a: 0.5, b: 0.5 },
    ],
    [
      'where the node of one zone is not ready',
      [
        ['a', '1000m', 'False'],
        ['b', '1000m'],
      ],
      null,
    ],
    [
      'where one zone has a control plane alone',
      [
        ['a', '1'],
        ['b', '1', 'True', CONTROL_PLANE],
      ],
      null,
    ],
    [
      'where one zone has a master alone',
      [
        ['a', '1'],
        ['b', '1', 'True', 'node-role.kubernetes.io/master'],
      ],
      null,
    ],
    [
      'leave out what is not ready',
      [
        ['a', '1'],
        ['b', '1'],
        ['b', '1', 'False'],
      ],
      { a: 0.5, b: 0.5 },
    ],
    [
      'leave out control planes',
      [
        ['a', '1'],
        ['b', '1'],
        ['b', '1', 'True', CONTROL_PLANE],
      ],
      { a: 0.5, b: 0.5 },
    ],
    [
      'are of CPU, not of nodes',
      [
        ['a', '1000m'],
        ['a', '1000m'],
        ['a', '1000m'],
        ['a', '2000m'],
        ['b', '3000m'],
        ['b', '1500m'],
        ['c', '500m'],
      ],
      { a: 0.5, b: 0.45, c: 0.05 },
    ],
    [
      'where one node has no zone',
      [
        ['a', '1'],
        ['b', '1'],
        ['', '1'],
      ],
      null,
    ],
    [
      'where one node has no CPU',
      [
        ['a', '1'],
        ['b', '1'],
        ['c', '0'],
      ],
      null,
    ],
    [
      'where a node without a zone is not ready',
      [
        ['a', '1'],
        ['b', '1'],
        ['', '1', 'False'],
      ],
      { a: 0.5, b: 0.5 },
    ],
  ])('%s', (_, given, expected) => {
    expect(cpuShares(given.map(machine))).toEqual(expected === null ? null : map(expected));
  });
});

// endpointslice/topologycache/topologycache.go, getAllocations
describe('what zones are to have', () => {
  it('is at most a fifth less than their share, and what is spare can go to any', () => {
    expect(allocationsOf(map({ a: 0.35, b: 0.35, c: 0.3 }), 10)).toEqual(
      map({
        a: { minimum: 3, maximum: 4, desired: 3.5 },
        b: { minimum: 3, maximum: 4, desired: 3.5 },
        c: { minimum: 3, maximum: 4, desired: 3 },
      }),
    );
  });

  it('is nothing where the least of all zones is more than there is', () => {
    expect(allocationsOf(map({ a: 0.7, b: 0.3 }), 2)).toBeNull();
    expect(allocationsOf(map({ a: 0.6, b: 0.4 }), 2)).toEqual(
      map({ a: { minimum: 1, maximum: 1, desired: 1.2 }, b: { minimum: 1, maximum: 1, desired: 1 } }),
    );
  });
});

// endpointslice/topologycache/utils_test.go, Test_getGivingAndReceivingZones
describe('what zones give and get', () => {
  const desired = (record: Record<string, number>): ReadonlyMap<string, Pick<Allocation, 'desired'>> =>
    new Map(Object.entries(record).map(([zone, count]) => [zone, { desired: count }]));
  it.each<[string, Record<string, number>, Record<string, number>, Record<string, number>, Record<string, number>]>([
    ['nothing', {}, {}, {}, {}],
    ['without need', { a: 1.2, b: 1.1, c: 1 }, { a: 1, b: 1, c: 1 }, {}, {}],
    ['not more than makes it better', { a: 5.1, b: 5.1, c: 5.8 }, { a: 16 }, { a: 10 }, { b: 5, c: 5 }],
    ['a part to who needs it most', { a: 5, b: 5.6, c: 5.4 }, { a: 16 }, { a: 11 }, { b: 6, c: 5 }],
    ['from who has most', { a: 5, b: 5.6, c: 5.4 }, { b: 8, c: 8 }, { b: 2, c: 3 }, { a: 5 }],
    ['with more than there is', { a: 5, b: 5, c: 5 }, { a: 6, b: 6, c: 6 }, {}, {}],
    ['with less than nothing', { a: 5, b: 5, c: 5 }, { a: -40, b: 20, c: 20 }, { b: 15, c: 15 }, { a: 30 }],
  ])('%s', (_, wanted, hinted, giving, receiving) => {
    expect(movesBetween(desired(wanted), map(hinted))).toEqual({ giving: map(giving), receiving: map(receiving) });
  });
});

// endpointslice/topologycache/utils_test.go, Test_getHintsByZone
describe('hints that can stay', () => {
  const endpoint = (zones: readonly string[] | null, ready: boolean | null = true): Endpoint => ({
    addresses: ['10.0.0.1'],
    conditions: ready === null ? {} : { ready },
    ...(zones === null ? {} : { hints: { forZones: zones.map((name) => ({ name })) } }),
  });
  it.each<[string, readonly Endpoint[], number, Record<string, number> | null]>([
    ['none', [], 3, {}],
    ['one', [endpoint(['a'])], 3, { a: 1 }],
    ['those of what is ready', [endpoint(['a']), endpoint(['a'], false), endpoint(['a'], null)], 3, { a: 1 }],
    ['several', [endpoint(['a']), endpoint(['b']), endpoint(['b'])], 3, { a: 1, b: 2 }],
    ['not of a zone that gets none', [endpoint(['x'])], 3, null],
    ['not where one is missing', [endpoint(null)], 3, null],
    ['not where one is empty', [endpoint([])], 3, null],
    ['not where they are too many', [endpoint(['a']), endpoint(['a'])], 2, null],
  ])('%s', (_, endpoints, maximum, expected) => {
    const allocations = map({ a: { maximum }, b: { maximum }, c: { maximum } });
    const taken = map({ a: 1, b: 1, c: 1 });
    const counts = hintsThatStay({ endpoints: [...endpoints] }, taken, allocations);
    expect(counts).toEqual(expected === null ? null : map(expected));
  });
});

// endpointslice/topologycache/utils.go, serviceOverloaded
it.each<[string, Record<string, number>, Record<string, number> | null, boolean]>([
  ['without hints', {}, { a: 0.5, b: 0.5 }, false],
  ['when nodes do not tell', { a: 1, b: 1 }, null, true],
  ['in shares', { a: 5, b: 5 }, { a: 0.5, b: 0.5 }, false],
  ['a fifth below its share', { a: 5, b: 7 }, { a: 0.5, b: 0.5 }, false],
  ['below that', { a: 4, b: 8 }, { a: 0.5, b: 0.5 }, true],
  ['with a zone that has none', { a: 5, b: 5 }, { a: 0.4, b: 0.4, c: 0.2 }, true],
])('overloaded: %s', (_, hinted, shares, expected) => {
  expect(isOverloaded(map(hinted), shares === null ? null : map(shares))).toBe(expected);
});
