import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { timestamp } from '#engine/api/timestamp';
import { HOUR, MINUTE, SECOND } from '#engine/kernel/time';
import { pod, readyCondition } from '../testing/builders';
import { podsToDelete, rankedForDeletion } from './deletion-order';
import { ageBucket } from './log2-bucket';

const NOW = 60 * 24 * HOUR;
const ago = (age: number): string => timestamp(NOW - age);
const MONTH = 30 * 24 * HOUR;

const unscheduled = (name: string): Pod =>
  pod(name, { spec: { nodeName: '' }, status: { phase: 'Pending', conditions: [] } });
const pending = (name: string): Pod => pod(name, { status: { phase: 'Pending', conditions: [] } });
const unknown = (name: string): Pod => pod(name, { status: { phase: 'Unknown', conditions: [] } });
const notReady = (name: string): Pod => pod(name, { status: { conditions: [] } });
const ready = (
  name: string,
  since: string | null,
  more: { restarts?: number; sidecarRestarts?: number; cost?: string } = {},
): Pod =>
  pod(name, {
    meta: more.cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': more.cost } },
    spec: { initContainers: [{ name: 'side', restartPolicy: 'Always' }] },
    status: {
      conditions: [readyCondition('True', since)],
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: true, restartCount: more.restarts ?? 0 }],
      initContainerStatuses: [
        { name: 'side', image: '', imageID: '', ready: true, restartCount: more.sidecarRestarts ?? 0 },
      ],
    },
  });
const created = (name: string, time: string): Pod =>
  pod(name, { meta: { creationTimestamp: time }, status: { conditions: [] } });

// pkg/controller/controller_utils_test.go, TestSortingActivePodsWithRanks
describe('the order in which pods are deleted', () => {
  it.each<[string, [Pod, number], [Pod, number]]>([
    ['unscheduled before scheduled', [unscheduled('b'), 1], [pending('a'), 2]],
    ['unscheduled before scheduled whatever the rank', [unscheduled('b'), 2], [pending('a'), 1]],
    ['Pending before Unknown', [pending('b'), 1], [unknown('a'), 2]],
    ['Unknown before Running', [unknown('b'), 1], [notReady('a'), 2]],
    ['not Ready before Ready without a time', [notReady('b'), 1], [ready('a', null), 1]],
    ['Ready without a time before Ready just now', [ready('b', null), 1], [ready('a', ago(SECOND)), 1]],
    ['a higher rank before no transition time', [ready('b', ago(SECOND)), 2], [ready('a', null), 1]],
    ['a higher rank before restarts', [ready('b', ago(SECOND)), 2], [ready('a', ago(SECOND), { restarts: 9001 }), 1]],
    ['Ready now before Ready for a month', [ready('b', ago(SECOND)), 1], [ready('a', ago(MONTH)), 1]],
    ['more restarts first', [ready('b', ago(SECOND), { restarts: 9001 }), 1], [ready('a', ago(SECOND)), 1]],
    [
      'more sidecar restarts first',
      [ready('b', ago(SECOND), { restarts: 9001, sidecarRestarts: 9001 }), 1],
      [ready('a', ago(SECOND), { restarts: 9001 }), 1],
    ],
    ['created now before created a month ago', [created('b', ago(SECOND)), 1], [created('a', ago(MONTH)), 1]],
    [
      'the cheaper first, whatever the rank',
      [ready('b', ago(SECOND), { cost: '10' }), 2],
      [ready('a', ago(SECOND), { cost: '100' }), 1],
    ],
    ['Ready for 2 h before Ready for 5 h', [ready('b', ago(2 * HOUR)), 1], [ready('a', ago(5 * HOUR)), 1]],
    [
      'a malformed cost counts as 0',
      [ready('b', ago(SECOND), { cost: '+10' }), 1],
      [ready('a', ago(SECOND), { cost: '1' }), 1],
    ],
  ])('%s', (_, [first, firstRank], [second, secondRank]) => {
    const inOrder = [first.metadata.name, second.metadata.name];
    expect(
      rankedForDeletion([second, first], [secondRank, firstRank], NOW).map(({ metadata }) => metadata.name),
    ).toEqual(inOrder);
    expect(
      rankedForDeletion([first, second], [firstRank, secondRank], NOW).map(({ metadata }) => metadata.name),
    ).toEqual(inOrder);
  });

  it('takes ages of the same power of two for equal, and then the smaller uid first', () => {
    const five = ready('a', ago(5 * HOUR));
    const eight = ready('b', ago(8 * HOUR));
    expect(rankedForDeletion([eight, five], [1, 1], NOW)).toEqual([five, eight]);
  });
});

describe('log2 age buckets', () => {
  it.each([
    [0, -1],
    [-5, -1],
    [1, 9],
    [SECOND, 29],
    [5 * SECOND, 32],
    [2 * HOUR, 42],
    [5 * HOUR, 44],
    [8 * HOUR, 44],
    [MINUTE, 35],
    [9_007_199_254_740_991, 62],
  ])('%d µs falls into 2^%d ns', (age, bucket) => {
    expect(ageBucket(age)).toBe(bucket);
  });
});

// pkg/controller/replicaset/replica_set_test.go, TestGetPodsToDelete
describe('the pods that a scale-down takes', () => {
  const good = ready('ready', ago(HOUR));
  const bad = notReady('not-ready');

  it('takes all without ranking them when all must go', () => {
    expect(podsToDelete([bad, good], [bad, good], 2, NOW)).toEqual([bad, good]);
  });
  it('takes the pod that is not Ready first', () => {
    expect(podsToDelete([good, bad], [good, bad], 1, NOW)).toEqual([bad]);
  });
  it('takes the unscheduled pod before the pending one', () => {
    const pods = [pending('a'), unscheduled('b')];
    expect(podsToDelete(pods, pods, 1, NOW)).toEqual([pods[1]]);
  });
  it('takes both that are not Ready', () => {
    const pods = [good, notReady('x'), notReady('y')];
    expect(podsToDelete(pods, pods, 2, NOW)).toEqual([pods[1], pods[2]]);
  });
  it('thins out the node with more related pods', () => {
    const elsewhere = pod('b', {
      spec: { nodeName: 'node-2' },
      status: { conditions: [readyCondition('True', ago(HOUR))] },
    });
    const related = pod('c', { spec: { nodeName: 'node-2' } });
    expect(podsToDelete([good, elsewhere], [good, elsewhere, related], 1, NOW)).toEqual([elsewhere]);
  });
  it('takes the first three of the ranking', () => {
    const other = pod('ready-2', { spec: { nodeName: 'node-2' } });
    const pods = [good, other, bad, pending('p'), unscheduled('u')];
    expect(podsToDelete(pods, pods, 3, NOW).map(({ metadata }) => metadata.name)).toEqual(['u', 'p', 'not-ready']);
  });
});
