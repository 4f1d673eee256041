import { describe, expect, it } from 'vitest';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { addressBand, addressRange, addressText, drawFree } from './service-allocation';

describe('service addresses', () => {
  it.each([
    ['10.0.0.0/28', 0],
    ['10.0.0.0/27', 16],
    ['10.0.0.0/22', 64],
    ['10.0.0.0/8', 256],
  ])('of %s keep the first %i for those who choose (ipallocator/bitmap_test.go)', (cidr, band) => {
    expect(addressBand(cidr)).toBe(band);
  });

  it('leave out the network and the broadcast address', () => {
    const range = addressRange('192.168.1.0/24');
    expect([addressText(range.base), addressText(range.base + range.size - 1)]).toEqual([
      '192.168.1.1',
      '192.168.1.254',
    ]);
  });

  it('come from above the band first, from the band when all above are taken, and then not at all', () => {
    const random = new StatefulRandom(seedState(1, 'test'));
    const taken = new Set<number>();
    const drawn: number[] = [];
    for (let i = 0; i < 30; i++) {
      const offset = drawFree(30, 16, (candidate) => taken.has(candidate), random)!;
      taken.add(offset);
      drawn.push(offset);
    }
    expect(drawn.slice(0, 14).every((offset) => offset >= 16)).toBe(true);
    expect(drawn.slice(14).every((offset) => offset < 16)).toBe(true);
    expect(drawFree(30, 16, (candidate) => taken.has(candidate), random)).toBeUndefined();
  });
});
