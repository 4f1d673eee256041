import { describe, expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import { CheckpointPace, Ladder, type Rung } from './ladder';

const MB = 1_000_000;
const rung = (minute: number, bytes = MB): Rung => ({
  at: minute * MINUTE,
  event: minute * 100,
  bytes,
  saved: { version: '', state: minute },
});

const laddered = (minutes: readonly number[], bytes = MB): Ladder => {
  const ladder = new Ladder();
  for (const minute of minutes) ladder.add(rung(minute, bytes), minute * MINUTE);
  return ladder;
};
const minutesOf = (ladder: Ladder): number[] => ladder.rungs.map(({ at }) => at / MINUTE);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the ladder of checkpoints', () => {
  it('finds the last one before a moment', () => {
    const ladder = laddered([1, 2, 5]);
    const before = (minute: number) => ladder.last(({ at }) => at <= minute * MINUTE)?.saved.state;
    expect([0, 1, 4, 5, 9].map(before)).toEqual([undefined, 1, 2, 5, 5]);
  });

  it('takes one that was made in the past to its place, and none twice', () => {
    const ladder = laddered([1, 5]);
    ladder.add(rung(3), 5 * MINUTE);
    ladder.add(rung(3), 5 * MINUTE);
    expect(minutesOf(ladder)).toEqual([1, 3, 5]);
    expect(ladder.bytes).toBe(3 * MB);
  });

  it('keeps the last hour, and thins out what is older, within its weight', () => {
    const ladder = laddered(range(240));
    expect(ladder.bytes).toBeLessThanOrEqual(60 * MB);
    const near = minutesOf(ladder).filter((minute) => minute >= 180);
    expect(near.length).toBeGreaterThanOrEqual(59);
  });

  it('thins out where checkpoints stand closest when the last hour alone is too heavy', () => {
    const ladder = new Ladder();
    for (const minute of [10, 11, 12, 20, 30, 40]) ladder.add(rung(minute, 8 * MB), minute * MINUTE, 1 / 3);
    ladder.add(rung(50, 20 * MB), 50 * MINUTE, 1 / 3);
    expect(minutesOf(ladder)).toEqual([10, 12, 20, 30, 40, 50]);
  });

  it('has more room for a large cluster, some of a very large one, and none of one that is larger than all of it', () => {
    expect(laddered(range(60), 2 * MB).rungs).toHaveLength(30);
    expect(laddered(range(60), 8 * MB).rungs).toHaveLength(20);
    expect(laddered(range(60), 10 * MB).rungs).toHaveLength(18);
    expect(laddered(range(20), 50 * MB).rungs).toHaveLength(6);
    expect(laddered(range(20), 130 * MB).rungs).toHaveLength(0);
  });

  it('costs a small part of the work, and is not thrown off by one that took long', () => {
    const pace = new CheckpointPace();
    const workUntilDue = (): number => {
      for (let worked = 1; ; worked++) if (pace.worked(1)) return worked;
    };
    const dueAfter = (...costs_ms: readonly number[]): number => {
      for (const cost_ms of costs_ms) pace.made(cost_ms);
      return workUntilDue();
    };
    expect(dueAfter(3)).toBe(123);
    expect(dueAfter(40)).toBe(123);
    expect(dueAfter(4)).toBe(164);
    expect(dueAfter(10, 10, 10, 1)).toBe(410);
  });

  it('of a large cluster costs more, so that little has to be played again', () => {
    const dueAfter = (cost_ms: number): number => {
      const pace = new CheckpointPace();
      pace.made(cost_ms);
      for (let worked = 1; ; worked++) if (pace.worked(1)) return worked;
    };
    expect([1, 20, 30, 50, 100].map(dueAfter)).toEqual([50, 820, 900, 900, 1800]);
  });
});
