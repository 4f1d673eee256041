import { describe, expect, it } from 'vitest';
import { createPinBoard, MOST_PINS } from './pin-board';

const pod = (name: string) => ({ kind: 'Pod', namespace: 'default', name });
const names = (board: ReturnType<typeof createPinBoard>) => board.getState().pins.map(({ name }) => name);

describe('pinned things', () => {
  it('stay in the order in which they were pinned, and go when they are pinned again', () => {
    const board = createPinBoard();
    for (const name of ['a', 'b', 'c', 'b']) board.getState().toggle(pod(name));
    expect(names(board)).toEqual(['a', 'c']);
  });

  it('are eight at most: the oldest makes room', () => {
    const board = createPinBoard();
    for (let at = 0; at <= MOST_PINS; at++) board.getState().toggle(pod(`p${at}`));
    expect(names(board)).toHaveLength(MOST_PINS);
    expect(names(board)[0]).toBe('p1');
  });
});
