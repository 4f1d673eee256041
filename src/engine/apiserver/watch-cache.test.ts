import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import {
  applyChange,
  changesSince,
  forgetOld,
  newWatchCache,
  oldestRevision,
  replaceAll,
  type WatchCache,
} from './watch-cache';

const node = (revision: number): KubeObject =>
  ({ kind: 'Node', metadata: { name: 'a', resourceVersion: String(revision) } }) as unknown as KubeObject;

function filled(): WatchCache {
  const cache = newWatchCache('nodes', '/registry/minions/');
  replaceAll(cache, new Map(), 10, 0, (object) => object);
  return cache;
}

const change = (cache: WatchCache, revision: number, at: number): unknown =>
  applyChange(cache, '/registry/minions/a', node(revision), false, revision, at);

const revisions = (cache: WatchCache, since: number): number[] =>
  changesSince(cache, since).map((event) => event.revision);

describe('what the watch cache remembers', () => {
  it('is everything since it was filled, while that is young', () => {
    const cache = filled();
    change(cache, 11, MINUTE);
    change(cache, 20, 10 * MINUTE);
    expect(oldestRevision(cache)).toBe(10);
    expect(revisions(cache, 10)).toEqual([11, 20]);
  });

  it('is not what is older than ten minutes; a watch from the last dropped change misses nothing', () => {
    const cache = filled();
    change(cache, 11, MINUTE);
    change(cache, 20, 5 * MINUTE);
    change(cache, 30, 12 * MINUTE);
    expect(oldestRevision(cache)).toBe(11);
    expect(revisions(cache, 11)).toEqual([20, 30]);
    expect(cache.events).toHaveLength(3);
    change(cache, 31, 40 * MINUTE);
    expect(oldestRevision(cache)).toBe(30);
    expect(cache.events.map((event) => event.revision)).toEqual([31]); // what was dropped is not held on to
  });

  it('is not what is older than ten minutes when nothing has changed since either', () => {
    const cache = filled();
    change(cache, 11, MINUTE);
    change(cache, 20, 5 * MINUTE);
    forgetOld(cache, 12 * MINUTE);
    expect(revisions(cache, oldestRevision(cache))).toEqual([20]);
    forgetOld(cache, 16 * MINUTE);
    expect(oldestRevision(cache)).toBe(20);
    expect(cache.events).toEqual([]); // what was dropped is not held on to
    change(cache, 21, 17 * MINUTE);
    expect(revisions(cache, 20)).toEqual([21]);
  });

  it('grows past a hundred changes when they are fast, and then does not promise again what was dropped before', () => {
    const cache = filled();
    for (let n = 1; n <= 101; n++) change(cache, 10 + n, n * SECOND); // the 101st: the oldest is 100 s old, so one goes
    expect(oldestRevision(cache)).toBe(11);
    for (let n = 102; n <= 190; n++) change(cache, 10 + n, 101 * SECOND + n); // faster now: it grows
    expect(cache.capacity).toBeGreaterThan(100);
    expect(oldestRevision(cache)).toBeGreaterThanOrEqual(11);
    const all = revisions(cache, oldestRevision(cache));
    expect(all).toEqual(all.map((_, index) => oldestRevision(cache) + 1 + index));
    expect(all.at(-1)).toBe(200);
  });
});
