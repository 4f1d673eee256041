import { describe, expect, it } from 'vitest';
import { flowLook, isFlow, rateAt, withMore, type Rate } from './flow';

/** The rate after things have happened `every` milliseconds for so long. */
function steady(every: number, forMs: number): Rate | undefined {
  let rate: Rate | undefined;
  for (let at = 0; at < forMs; at += every) rate = withMore(rate, 1, at);
  return rate;
}

describe('a flow', () => {
  it.each([
    [1_000 / 60, 60],
    [100, 10],
    [10, 100],
  ])('of one thing each %f ms has a rate of about %i a second', (every, perSecond) => {
    const measured = rateAt(steady(every, 8_000), 8_000);
    expect(Math.abs(measured - perSecond) / perSecond).toBeLessThan(0.1);
  });

  it('takes the place of single moves when there are many, and gives it back when they are rare', () => {
    expect(isFlow(false, 20)).toBe(false);
    expect(isFlow(false, 30)).toBe(true);
    expect(isFlow(true, 20)).toBe(true);
    expect(isFlow(true, 5)).toBe(false);
  });

  it('of 34 pods that are bound at once is over within five seconds', () => {
    const burst = withMore(undefined, 34, 0);
    expect(isFlow(false, rateAt(burst, 0))).toBe(true);
    expect(flowLook(rateAt(burst, 3_000))).not.toBeNull();
    expect(flowLook(rateAt(burst, 6_000))).toBeNull();
  });

  it('grows thicker and brighter with the rate, and never more than is calm', () => {
    const looks = [1, 4, 16, 63, 1_000, 100_000].map((rate) => flowLook(rate)!);
    for (const [at, look] of looks.slice(1, 4).entries()) {
      expect(look.width).toBeGreaterThan(looks[at]!.width);
      expect(look.alpha).toBeGreaterThan(looks[at]!.alpha);
    }
    expect(looks[5]).toEqual(looks[4]);
    expect(looks[5]!.width).toBeLessThan(8);
    expect(looks[5]!.alpha).toBeLessThan(0.9);
  });
});
