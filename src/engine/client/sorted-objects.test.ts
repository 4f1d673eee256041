import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { insert, newSorted, placeOf, published, remove } from './sorted-objects';

const named = (number: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `n${number}`, namespace: 'a', uid: '', resourceVersion: '', creationTimestamp: '' },
});

/** Enough for several blocks. */
const NUMBERS = fc.array(fc.nat(3_000), { maxLength: 2_500, size: 'max' });

it('what comes, is replaced and goes stands in order of its name, however many there are', () => {
  fc.assert(
    fc.property(NUMBERS, NUMBERS, NUMBERS, (first, coming, going) => {
      const expected = new Map(first.map((number) => [`n${number}`, named(number)]));
      const sorted = newSorted(expected.values());
      for (const number of coming) {
        const object = named(number);
        expected.set(object.metadata.name, object);
        insert(sorted, object, placeOf(object));
      }
      for (const number of going) {
        const known = expected.delete(`n${number}`);
        expect(remove(sorted, placeOf(named(number)))).toBe(known && expected.size === 0);
      }
      const inOrder = [...expected.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      const list = published(sorted);
      expect(list.length).toBe(inOrder.length);
      expect(list.every((object, at) => object === inOrder[at])).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('answers the last to go', () => {
  const sorted = newSorted([named(1), named(2)]);
  expect([
    remove(sorted, placeOf(named(1))),
    remove(sorted, placeOf(named(1))),
    remove(sorted, placeOf(named(2))),
  ]).toEqual([false, false, true]);
  expect(published(sorted)).toEqual([]);
});
