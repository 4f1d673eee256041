import { describe, expect, it } from 'vitest';
import type { CountdownRecord } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { countdownProgress, firstToEnd, progressStep, secondsLeft } from './countdown';

const clock = (startedAt: number, endsAt: number): CountdownRecord => ({
  id: `${startedAt}-${endsAt}`,
  subject: { kind: 'Node', namespace: '', name: 'node-1' },
  what: 'grace-period',
  startedAt,
  endsAt,
  text: 'no heartbeat',
});

describe('a countdown', () => {
  it.each([
    [5 * SECOND, 0],
    [10 * SECOND, 0],
    [35 * SECOND, 0.5],
    [60 * SECOND, 1],
    [90 * SECOND, 1],
  ])('at %i has run %f of its way', (now, part) => {
    expect(countdownProgress(clock(10 * SECOND, 60 * SECOND), now)).toBe(part);
  });

  it('says 1 second until it is over, never 0 before', () => {
    const running = clock(0, 50 * SECOND);
    expect(secondsLeft(running, 49.999 * SECOND)).toBe(1);
    expect(secondsLeft(running, 50 * SECOND)).toBe(0);
    expect(secondsLeft(running, 70 * SECOND)).toBe(0);
  });

  it('moves in as many steps as are asked for', () => {
    expect(progressStep(clock(0, 100), 24, 4)).toBe(1);
  });

  it('that ends first is the one to show', () => {
    expect(firstToEnd([clock(0, 30), clock(0, 20), clock(5, 40)])?.endsAt).toBe(20);
    expect(firstToEnd([])).toBeUndefined();
  });

  it('without length has ended', () => {
    expect(countdownProgress(clock(10, 10), 0)).toBe(1);
  });
});
