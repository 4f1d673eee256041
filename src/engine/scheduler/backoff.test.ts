import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { backoffDuration } from './backoff';

describe('the back-off of a pod', () => {
  // kubernetes pkg/scheduler/backend/queue/backoff_queue_test.go (TestBackoffQueue_calculateBackoffDuration)
  it.each([
    { id: 'backoff-1', initial: 1, max: 32, count: 0, expected: 0 },
    { id: 'backoff-2', initial: 3, max: 1000, count: 5, expected: 48 },
    { id: 'backoff-3', initial: 1, max: 32, count: 16, expected: 32 },
    { id: 'backoff-4', initial: 1, max: 2147483647, count: 32, expected: 2147483647 },
    { id: 'backoff-4 and more', initial: 1, max: 2147483647, count: 5000, expected: 2147483647 },
  ])('[$id] is $expected for count $count from $initial to $max', ({ initial, max, count, expected }) => {
    expect(backoffDuration(count, initial, max)).toBe(expected);
  });

  it('[backoff-5] is 1, 2, 4, 8, 10, 10 s by default', () => {
    expect([1, 2, 3, 4, 5, 6].map((count) => backoffDuration(count) / SECOND)).toEqual([1, 2, 4, 8, 10, 10]);
  });
});
