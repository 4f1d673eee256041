import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { at, deployment, replicaSet } from '../testing/builders';
import { newestAnnotations } from './annotations';
import { resolveFenceposts } from './fenceposts';
import { generationsOf } from './replica-sets';
import { resizeAll } from './proportional-scaling';
import { isScalingEvent, newSetSize, resizeNew, resizeOld } from './scaling';

/** ReplicaSets of these sizes, the newest first, last sized for `replicas` and `max`. */
function sized(sizes: readonly number[], replicas: number, max: number): readonly ReplicaSet[] {
  return sizes.map((size, index) =>
    replicaSet(`web-${index}`, {
      replicas: size,
      meta: {
        creationTimestamp: at(100 - index),
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(replicas),
          'deployment.kubernetes.io/max-replicas': String(max),
        },
      },
    }),
  );
}

const sizesAfter = (given: Deployment, sets: readonly ReplicaSet[], hasNew = true): readonly number[] => {
  const [first = null, ...rest] = sets;
  const resizes = resizeAll(given, hasNew ? generationsOf(first, rest) : generationsOf(null, sets));
  return sets.map((set) => resizes.find((resize) => resize.set === set)?.to ?? set.spec.replicas);
};

// pkg/controller/deployment/sync_test.go, TestScale
describe('scaling a Deployment outside of a template change', () => {
  it.each<[string, number, number, number, number, number[], number[]]>([
    ['grows its only ReplicaSet', 10, 12, 0, 0, [10], [12]],
    ['shrinks its only ReplicaSet', 10, 5, 0, 0, [10], [5]],
    ['5→10', 5, 10, 0, 0, [2, 3], [4, 6]],
    ['5→3', 5, 3, 0, 0, [2, 3], [1, 2]],
    ['9→4', 9, 4, 0, 0, [8, 1], [4, 0]],
    ['7→10', 7, 10, 0, 0, [2, 3, 2], [3, 4, 3]],
    ['13→8', 13, 8, 0, 0, [2, 8, 3], [1, 5, 2]],
    ['3→4', 3, 4, 0, 0, [1, 1, 1], [2, 1, 1]],
    ['3→2', 3, 2, 0, 0, [1, 1, 1], [1, 1, 0]],
    ['6→0', 6, 0, 0, 0, [3, 2, 1], [0, 0, 0]],
    ['0→6', 0, 6, 0, 0, [0, 0, 0], [6, 0, 0]],
    ['10→20 with a surge of 2', 10, 20, 2, 2, [6, 6], [11, 11]],
    ['10→50 with a surge of 3 that becomes 6', 10, 50, 3, 6, [5, 8], [22, 34]],
  ])('%s', (_, before, after, surgeBefore, surge, sizes, expected) => {
    const web = deployment('web', { replicas: after, maxSurge: surge, maxUnavailable: 1 });
    expect(sizesAfter(web, sized(sizes, before, before + surgeBefore))).toEqual(expected);
  });

  it.each<[string, number, number, number[], number[]]>([
    ['4→5 without a new ReplicaSet', 4, 5, [2, 2], [3, 2]],
    ['10→14 together with a template change', 10, 14, [7, 3], [10, 4]],
  ])('%s', (_, before, after, sizes, expected) => {
    const web = deployment('web', { replicas: after, maxSurge: 0, maxUnavailable: 1 });
    expect(sizesAfter(web, sized(sizes, before, before), false)).toEqual(expected);
  });

  it('is noticed by what the active ReplicaSets were last sized for', () => {
    const [set] = sized([3], 3, 3);
    const sets = generationsOf(set ?? null, []);
    expect(isScalingEvent(deployment('web', { replicas: 3 }), sets)).toBe(false);
    expect(isScalingEvent(deployment('web', { replicas: 4 }), sets)).toBe(true);
  });
});

// pkg/controller/deployment/rolling_test.go
describe('rolling update', () => {
  it.each([
    [10, 0, 10, 0, null],
    [10, 2, 10, 0, 2],
    [10, 2, 5, 0, 7],
    [10, 2, 10, 2, null],
    [10, 0, 2, 11, 10],
  ])('of %d replicas with a surge of %d, %d old and %d new: new goes to %s', (replicas, surge, old, size, expected) => {
    const newSet = replicaSet('new', { replicas: size });
    const sets = generationsOf(newSet, [replicaSet('old', { replicas: old })]);
    const web = deployment('web', { replicas, maxSurge: surge, maxUnavailable: 0 });
    expect(resizeNew(web, sets)?.to ?? null).toBe(expected);
  });

  it.each([
    ['maxUnavailable 0 becomes 1', 0, 10, 10, 0, 0, [9]],
    ['two may be unavailable', 2, 10, 10, 0, 0, [8]],
    ['two that are unhealthy go first', 2, 10, 8, 0, 0, [8]],
    ['one that is unhealthy and one that is ready', 2, 10, 9, 0, 0, [9, 8]],
    ['new ones that are not ready use up the room', 2, 8, 8, 2, 0, []],
  ])('%s', (_, maxUnavailable, old, available, size, newAvailable, expected) => {
    const oldSet = replicaSet('old', { replicas: old, available });
    const newSet = replicaSet('new', { replicas: size, available: newAvailable });
    const web = deployment('web', { replicas: 10, maxSurge: 0, maxUnavailable });
    expect(resizeOld(web, generationsOf(newSet, [oldSet])).map(({ to }) => to)).toEqual(expected);
  });

  it('begins with as many new pods as the surge has room for', () => {
    const web = deployment('web', { replicas: 10, maxSurge: '25%' });
    expect(newSetSize(web, [replicaSet('old', { replicas: 10 })], 0)).toBe(3);
    expect(newSetSize(web, [], 0)).toBe(10);
  });
});

// pkg/controller/deployment/util/deployment_util_test.go, TestResolveFenceposts
describe('fenceposts', () => {
  it.each<[string | undefined, string | undefined, number, number, number]>([
    ['0%', '0%', 0, 0, 1],
    ['39%', '39%', 10, 4, 3],
    [undefined, '39%', 10, 0, 3],
    ['39%', undefined, 10, 4, 0],
    [undefined, undefined, 10, 0, 1],
  ])('surge %s and unavailable %s of %d are %d and %d', (maxSurge, maxUnavailable, desired, surge, unavailable) => {
    expect(resolveFenceposts(maxSurge, maxUnavailable, desired)).toEqual({ surge, unavailable });
  });
});

// pkg/controller/deployment/util/deployment_util_test.go, TestAnnotationUtils
describe('annotations of the newest ReplicaSet', () => {
  const web = deployment('web', {
    replicas: 4,
    meta: {
      annotations: {
        team: 'a',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'deployment.kubernetes.io/revision': '3',
      },
    },
  });

  it('are those of the Deployment, the revision and the sizes when it is created', () => {
    expect(newestAnnotations(web, undefined, 4)).toEqual({
      team: 'a',
      'deployment.kubernetes.io/revision': '4',
      'deployment.kubernetes.io/desired-replicas': '4',
      'deployment.kubernetes.io/max-replicas': '5',
    });
  });
  it('remember the revisions that it had before', () => {
    const stored = {
      team: 'a',
      'deployment.kubernetes.io/revision': '2',
      'deployment.kubernetes.io/revision-history': '1',
    };
    expect(newestAnnotations(web, stored, 4)).toMatchObject({
      'deployment.kubernetes.io/revision': '4',
      'deployment.kubernetes.io/revision-history': '1,2',
    });
  });
  it('keep a history of at most 2000 characters', () => {
    const history = Array.from({ length: 500 }, () => '100').join(',');
    const stored = {
      team: 'a',
      'deployment.kubernetes.io/revision': '2',
      'deployment.kubernetes.io/revision-history': history,
    };
    const next = newestAnnotations(web, stored, 4)['deployment.kubernetes.io/revision-history'] ?? '';
    expect(next.length).toBeLessThanOrEqual(2000);
    expect(next.endsWith(',100,2')).toBe(true);
  });
  it('never go down', () => {
    const stored = { team: 'a', 'deployment.kubernetes.io/revision': '9' };
    expect(newestAnnotations(web, stored, 4)).toBe(stored);
  });
});
