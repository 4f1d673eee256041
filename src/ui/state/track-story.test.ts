import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { emptyActivity } from './activity';
import { noStories, turnTo } from './track-story';

const marker = (at: number) => ({ id: `${at}`, at, what: 'fault', fault: 'power-off', about: 'node-1' }) as const;

const main = {
  ...noStories,
  activity: { ...emptyActivity, recentWrites: [59 * SECOND], bucketWidth: SECOND, buckets: Array<number>(60).fill(1) },
  markers: [marker(10 * SECOND), marker(50 * SECOND)],
  seenTo: 60 * SECOND,
};

describe('the story of a track', () => {
  it('stays whole while one looks at its past', () => {
    const past = turnTo(1, 20 * SECOND, main);
    expect(past).toMatchObject({ markers: main.markers, seenTo: 60 * SECOND });
    expect(past.activity.buckets).toHaveLength(60);
    expect(past.activity.recentWrites).toEqual([]);
  });

  it('is its parent’s up to where it left it, and the parent’s is there again afterwards', () => {
    const branch = turnTo(2, 20 * SECOND, main);
    expect(branch.markers.map(({ at }) => at)).toEqual([10 * SECOND]);
    expect(branch.activity.buckets).toHaveLength(21);
    expect(branch.seenTo).toBe(20 * SECOND);
    const back = turnTo(1, 60 * SECOND, branch);
    expect(back.markers).toEqual(main.markers);
    expect(back.activity.buckets).toHaveLength(60);
    expect(turnTo(2, 20 * SECOND, back).markers).toHaveLength(1);
  });
});
