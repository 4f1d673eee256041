import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import type { Marker } from '../state/markers';
import { placeMarkers, timelineBars, timelineSpan, timelineTicks } from './timeline-scale';

const marker = (at: number): Marker => ({ id: `${at}`, at, what: 'fault', fault: 'power-off', about: 'node-1' });

describe('the timeline', () => {
  it.each([0, 30, 59, 400, 5_000, 400_000])('has room ahead after %i s, and few ticks', (passed) => {
    const span = timelineSpan(passed * SECOND);
    expect(passed * SECOND).toBeLessThanOrEqual(span * 0.92);
    expect(timelineTicks(span).length).toBeLessThanOrEqual(8);
    expect(timelineTicks(span).length).toBeGreaterThan(1);
  });

  it('shows a quiet stretch beside a burst', () => {
    const activity = { buckets: [1, 0, 10_000], bucketWidth: SECOND, recentWrites: [], recentRenewals: [] };
    const bars = timelineBars(activity, 60 * SECOND);
    expect(bars.map(({ height }) => height)).toEqual([0.08, 1]);
    expect(bars[1]?.from).toBeCloseTo(2 / 60);
  });

  it('leaves words out where the next marker is too near', () => {
    const placed = placeMarkers([marker(0), marker(SECOND), marker(30 * SECOND)], 60 * SECOND);
    expect(placed.map(({ room }) => room > 0)).toEqual([false, true, true]);
  });
});
