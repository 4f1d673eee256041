import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { heartbeat } from '../testing/builders';
import { addActivity, emptyActivity, perSecond, type Activity } from './activity';

const write = (at: number) => heartbeat('node-1', at, { resource: 'pods' });

describe('activity', () => {
  it('makes its buckets wider as the run gets longer, and loses no write', () => {
    let activity: Activity = emptyActivity;
    for (let second = 0; second < 3_600; second++) {
      activity = addActivity(activity, [write(second * SECOND)], () => false, second * SECOND);
    }
    expect(activity.buckets.length).toBeLessThanOrEqual(320);
    expect(activity.buckets.reduce((sum, count) => sum + count, 0)).toBe(3_600);
  });

  it('gives rates per virtual second over the last ten', () => {
    const writes = Array.from({ length: 40 }, (_, index) => write(index * SECOND));
    const activity = addActivity(emptyActivity, writes, () => false, 39 * SECOND);
    expect(perSecond(activity.recentWrites, 39 * SECOND)).toBeCloseTo(1, 1);
  });
});
