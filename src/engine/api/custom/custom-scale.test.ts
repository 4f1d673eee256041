import { expect, it } from 'vitest';
import type { JsonValue } from '../json';
import { scaleErrors } from './custom-scale';

const SCALE = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

// apiextensions-apiserver/pkg/registry/customresource/validator_test.go; unstructured.NestedInt64
it.each<[value: JsonValue, message: string | null]>([
  [3, null],
  [-1, 'should be a non-negative integer'],
  [2 ** 31, 'should be less than or equal to 2147483647'],
  ['many', '.spec.replicas accessor error: many is of the type string, expected int64'],
  [1.5, '.spec.replicas accessor error: 1.5 is of the type float64, expected int64'],
  [true, '.spec.replicas accessor error: true is of the type bool, expected int64'],
  [null, '.spec.replicas accessor error: <nil> is of the type <nil>, expected int64'],
  [
    { b: 'x', a: 1 },
    '.spec.replicas accessor error: map[a:1 b:x] is of the type map[string]interface {}, expected int64',
  ],
  [['x', 1], '.spec.replicas accessor error: [x 1] is of the type []interface {}, expected int64'],
])('%j replicas: %s', (replicas, message) => {
  const errors = scaleErrors(SCALE, { spec: { replicas } }, false).map(({ detail }) => detail);
  expect(errors).toEqual(message === null ? [] : [message]);
});
