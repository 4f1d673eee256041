import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packed, standInAt } from './stand-ins';

it('stand-ins come out as they went in, whether few or many landmarks stand for a chunk', () => {
  const events = fc.oneof(fc.integer({ min: -2, max: 5 }), fc.integer({ min: -2, max: 2 ** 40 }));
  fc.assert(
    fc.property(fc.array(events, { maxLength: 1024, size: 'max' }), (given) => {
      const standIns = packed(Float64Array.from(given));
      expect(given.map((_, place) => standInAt(standIns, place))).toEqual(given);
      expect(standInAt(standIns, given.length)).toBeUndefined();
      expect(standIns.places.BYTES_PER_ELEMENT).toBe(new Set(given).size <= 256 ? 1 : 2);
    }),
  );
});
