import { describe, expect, it } from 'vitest';
import { rowsInView } from './use-rows-in-view';

describe('the rows that are drawn of a long list', () => {
  it.each([
    ['at the top', 0, 100, 1000, { from: 0, to: 12 }],
    ['in the middle', 2500, 100, 1000, { from: 92, to: 112 }],
    ['at the end', 24_900, 100, 1000, { from: 988, to: 1000 }],
    ['of a list shorter than what is seen', 0, 500, 3, { from: 0, to: 3 }],
    ['of none', 0, 500, 0, { from: 0, to: 0 }],
    ['of a list that became shorter than where it was scrolled to', 5000, 100, 10, { from: 10, to: 10 }],
  ])('%s', (_, scrollTop, height, count, expected) => {
    expect(rowsInView(scrollTop, height, 25, count)).toEqual(expected);
  });
});
