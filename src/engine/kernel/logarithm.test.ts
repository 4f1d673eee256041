import { expect, it } from 'vitest';
import { naturalLogarithm } from './logarithm';

it('agrees with the library to the last bits', () => {
  for (let x = 2; x < 20_000; x += 7) {
    expect(Math.abs(naturalLogarithm(x) / Math.log(x) - 1)).toBeLessThan(5e-16);
  }
  expect(naturalLogarithm(1)).toBe(0);
  expect(naturalLogarithm(0.25)).toBeCloseTo(-1.3862943611198906, 14);
});
