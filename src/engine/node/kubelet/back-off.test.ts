import { describe, expect, it } from 'vitest';
import { goMilliseconds } from '#engine/kernel/go-duration';
import { SECOND } from '#engine/kernel/time';
import { backOffEnd, goSeconds, nextBackOff, type BackOff } from './back-off';

describe('back-off (client-go flowcontrol/backoff.go)', () => {
  it('restarts at once, then waits 10, 20, 40, 80, 160, 300, 300 s', () => {
    let entry: BackOff | undefined;
    let now = 0;
    const waits: number[] = [];
    for (let crash = 0; crash < 8; crash++) {
      now += SECOND;
      const failedAt = now;
      now = Math.max(now, backOffEnd(entry, failedAt));
      waits.push((now - failedAt) / SECOND);
      entry = nextBackOff(entry, failedAt, now);
    }
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('starts anew after a run of more than ten minutes', () => {
    const entry: BackOff = { delay: 160 * SECOND, changedAt: 0 };
    expect(backOffEnd(entry, 600 * SECOND)).toBe(760 * SECOND);
    expect(backOffEnd(entry, 601 * SECOND)).toBe(0);
    expect(nextBackOff(entry, 601 * SECOND, 601 * SECOND).delay).toBe(10 * SECOND);
  });

  it('prints durations as Go does', () => {
    expect([10, 60, 160, 300, 3_600].map((span) => goSeconds(span * SECOND))).toEqual([
      '10s',
      '1m0s',
      '2m40s',
      '5m0s',
      '1h0m0s',
    ]);
    expect([350_000, 1_200_000, 62_500_000, 12].map(goMilliseconds)).toEqual(['350ms', '1.2s', '1m2.5s', '0s']);
  });
});
