/** Whether a field of an object is as expected, and words for it. */
import { deepEqual } from '#engine/api/json';
import { compareQuantities, quantityError } from '#engine/api/quantity';
import type { FieldCheck, Range, ValueTest } from './condition';
import { valuesAt } from './field-path';
import { matchesGlob } from './glob';

/** What is wrong with an object, e.g. `status.readyReplicas is 2, not 3`; null when the check holds. */
export function failureOf(object: unknown, check: FieldCheck): string | null {
  const values = valuesAt(object, check.path);
  if (check.tests.every((test) => holds(values, test))) return null;
  const seen = values.length === 0 ? 'absent' : values.map(shown).join(', ');
  return `${check.pathText} is ${seen}, expected ${check.tests.map(describeTest).join(' and ')}`;
}

/** Several values (of a path with `[*]`): one that fits is enough; `not` wants none that is. */
function holds(values: readonly unknown[], test: ValueTest): boolean {
  switch (test.type) {
    case 'equals':
      return test.value === null ? values.length === 0 : values.some((value) => deepEqual(value, test.value));
    case 'text':
      return values.some((value) => sameText(scalarText(value), test.value, test.anyCase));
    case 'in':
      return values.some((value) => test.values.some((wanted) => deepEqual(value, wanted)));
    case 'not':
      return !values.some((value) => test.values.some((unwanted) => deepEqual(value, unwanted)));
    case 'matches':
      return values.some((value) => matchesGlob(test.pattern, scalarText(value)));
    case 'exists':
      return values.length > 0 === test.value;
    case 'min':
    case 'max':
      return values.some((value) => isWithin(value, test));
  }
}

const sameText = (a: string, b: string, anyCase: boolean): boolean =>
  anyCase ? a.toLowerCase() === b.toLowerCase() : a === b;

function isWithin(value: unknown, { type, value: bound }: Extract<ValueTest, { type: 'min' | 'max' }>): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  if (quantityError(value) !== undefined) return false;
  const order = compareQuantities(value, bound);
  return type === 'min' ? order >= 0 : order <= 0;
}

const scalarText = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;

const LONGEST_SHOWN = 200;

/** A value as JSON; a long one shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

export const describeCheck = ({ pathText, tests }: FieldCheck): string =>
  `${pathText} ${tests.map(describeTest).join(' and ')}`;

function describeTest(test: ValueTest): string {
  switch (test.type) {
    case 'equals':
      return test.value === null ? 'absent' : shown(test.value);
    case 'text':
      return shown(test.value);
    case 'in':
      return `one of ${shown(test.values)}`;
    case 'not':
      return test.values.length === 1 ? `not ${shown(test.values[0])}` : `none of ${shown(test.values)}`;
    case 'matches':
      return `like ${test.pattern}`;
    case 'exists':
      return test.value ? 'present' : 'absent';
    case 'min':
      return `at least ${test.value}`;
    case 'max':
      return `at most ${test.value}`;
  }
}

export const isInRange = (count: number, { min = 0, max = Infinity }: Range): boolean => count >= min && count <= max;

export function describeRange({ min, max }: Range): string {
  if (min !== undefined && min === max) return `${min}`;
  if (max === undefined) return `at least ${min ?? 0}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}
