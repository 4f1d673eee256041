import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { manualContext } from './testing';
import {
  addKey,
  addKeyAfter,
  addKeyRateLimited,
  doneWithKey,
  forgetKey,
  newWorkQueue,
  queueAlarm,
  takeKey,
} from './work-queue';

describe('work queue (client-go util/workqueue/queue_test.go)', () => {
  it('hands out keys in the order in which they were first added, each once', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    for (const key of ['a', 'b', 'a', 'c', 'b']) addKey(queue, key, 1);
    expect([takeKey(queue, ctx), takeKey(queue, ctx), takeKey(queue, ctx), takeKey(queue, ctx)]).toEqual([
      'a',
      'b',
      'c',
      null,
    ]);
  });

  it('does not hand out a key that is being worked on, but does again once it is done', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    addKey(queue, 'a', 1);
    takeKey(queue, ctx);
    addKey(queue, 'a', 2);
    addKey(queue, 'a', 3);
    expect(takeKey(queue, ctx)).toBeNull();
    doneWithKey(queue, 'a');
    expect(takeKey(queue, ctx)).toBe('a');
    doneWithKey(queue, 'a');
    expect(takeKey(queue, ctx)).toBeNull();
  });

  it('names the event that first asked for the key as the cause of what follows', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    addKey(queue, 'a', 11);
    addKey(queue, 'a', 12);
    takeKey(queue, ctx);
    addKey(queue, 'a', 13);
    doneWithKey(queue, 'a');
    takeKey(queue, ctx);
    expect(ctx.causes).toEqual([11, 13]);
  });

  it('keeps thousands of keys in order', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`);
    for (const key of keys) addKey(queue, key, 1);
    expect(keys.map(() => takeKey(queue, ctx))).toEqual(keys);
  });
});

describe('delayed keys (client-go util/workqueue/delaying_queue_test.go)', () => {
  it('come when they are due, by one timer', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    addKeyAfter(queue, ctx, 'late', 3 * SECOND);
    addKeyAfter(queue, ctx, 'soon', SECOND);
    addKeyAfter(queue, ctx, 'also soon', SECOND);
    expect(ctx.timers.size).toBe(1);
    ctx.fire();
    queueAlarm(queue, ctx);
    expect([ctx.monotonic, takeKey(queue, ctx), takeKey(queue, ctx), takeKey(queue, ctx)]).toEqual([
      SECOND,
      'soon',
      'also soon',
      null,
    ]);
    expect(ctx.timers.size).toBe(1);
    ctx.fire();
    queueAlarm(queue, ctx);
    expect([ctx.monotonic, takeKey(queue, ctx), ctx.timers.size]).toEqual([3 * SECOND, 'late', 0]);
  });

  it('of two delays of a key the one that ends first counts, and it comes once', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    addKeyAfter(queue, ctx, 'a', 2 * SECOND);
    addKeyAfter(queue, ctx, 'a', SECOND);
    addKeyAfter(queue, ctx, 'a', 5 * SECOND);
    const taken: unknown[] = [];
    while (ctx.fire() !== null) {
      queueAlarm(queue, ctx);
      const key = takeKey(queue, ctx);
      if (key === null) continue;
      taken.push([ctx.monotonic, key]);
      doneWithKey(queue, key);
    }
    expect(taken).toEqual([[SECOND, 'a']]);
  });
});

describe('back-off (client-go util/workqueue/default_rate_limiters_test.go)', () => {
  const delayOf = (failures: number): number => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    for (let i = 0; i < failures; i++) {
      queue.waiting.clear();
      ctx.monotonic += 2000 * SECOND;
      addKeyRateLimited(queue, ctx, 'a');
    }
    return queue.waiting.get('a')!.at - ctx.monotonic;
  };

  it.each([
    [1, 5 * MILLISECOND],
    [2, 10 * MILLISECOND],
    [3, 20 * MILLISECOND],
    [10, 2560 * MILLISECOND],
    [18, 655_360 * MILLISECOND],
    [19, 1000 * SECOND],
    [60, 1000 * SECOND],
  ])('after %i failures waits %i µs', (failures, delay) => {
    expect(delayOf(failures)).toBe(delay);
  });

  it('starts from the beginning when the key was forgotten', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    for (let i = 0; i < 5; i++) addKeyRateLimited(queue, ctx, 'a');
    forgetKey(queue, 'a');
    queue.waiting.clear();
    addKeyRateLimited(queue, ctx, 'a');
    expect(queue.waiting.get('a')!.at).toBe(5 * MILLISECOND);
  });

  it('lets no more than ten failed keys a second back in, after a hundred at once', () => {
    const queue = newWorkQueue('q');
    const ctx = manualContext();
    for (let i = 0; i < 103; i++) addKeyRateLimited(queue, ctx, `k${i}`);
    const at = (key: string): number => queue.waiting.get(key)!.at / MILLISECOND;
    expect([at('k0'), at('k99'), at('k100'), at('k101'), at('k102')]).toEqual([5, 5, 100, 200, 300]);
  });
});
