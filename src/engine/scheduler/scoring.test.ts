import { describe, expect, it } from 'vitest';
import { normalizeByMaximum } from './plugin';
import { selectHost } from './scoring';

describe('selectHost', () => {
  // derived from Go's container/heap as pkg/scheduler/schedule_one.go of 1.35 uses it
  it.each([
    { id: 'tie-1', scores: [5, 5, 9, 9], chosen: 3, tied: 2 },
    { id: 'tie-2', scores: [5, 9, 9], chosen: 1, tied: 2 },
    { id: 'tie-3', scores: [7, 7, 7, 7], chosen: 0, tied: 4 },
    { id: 'no tie', scores: [1, 2, 3], chosen: 2, tied: 1 },
    { id: 'one', scores: [9], chosen: 0, tied: 1 },
  ])('[$id] chooses index $chosen of $scores, of $tied as great', ({ scores, chosen, tied }) => {
    expect(selectHost(scores, scores.length)).toEqual({ chosen, tied });
  });

  it('looks at no more scores than it is told', () => {
    expect(selectHost([1, 2, 100], 2)).toEqual({ chosen: 1, tied: 1 });
  });
});

describe('normalising by the maximum', () => {
  // kubernetes pkg/scheduler/framework/plugins/helper/normalize_score_test.go
  it.each([
    { id: 'normalize-1', raw: [1, 2, 3, 4], reverse: false, expected: [25, 50, 75, 100] },
    { id: 'normalize-2', raw: [1, 2, 3, 4], reverse: true, expected: [75, 50, 25, 0] },
    { id: 'normalize-3', raw: [1000, 10, 20, 30], reverse: false, expected: [100, 1, 2, 3] },
    { id: 'normalize-4', raw: [1000, 10, 20, 30], reverse: true, expected: [0, 99, 98, 97] },
    { id: 'all zero', raw: [0, 0, 0], reverse: false, expected: [0, 0, 0] },
    { id: 'normalize-5', raw: [0, 0, 0], reverse: true, expected: [100, 100, 100] },
  ])('[$id] makes $expected of $raw (reversed: $reverse)', ({ raw, reverse, expected }) => {
    const scores = Float64Array.from(raw);
    normalizeByMaximum(scores, raw.length, reverse);
    expect([...scores]).toEqual(expected);
  });
});
