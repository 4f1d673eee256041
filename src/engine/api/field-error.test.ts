/** How errors of fields print: validation.md 0. @source kubernetes apimachinery/pkg/util/validation/field/errors_test.go */
import { describe, expect, it } from 'vitest';
import {
  duplicate,
  errorText,
  type FieldError,
  forbidden,
  goStruct,
  invalid,
  notFoundValue,
  notSupported,
  required,
  tooLong,
  tooMany,
} from './field-error';
import { invalid as invalidStatus } from './status-error';

describe('an error of a field', () => {
  it.each<[FieldError, string, string]>([
    [required('a'), 'FieldValueRequired', 'a: Required value'],
    [required('a', 'why'), 'FieldValueRequired', 'a: Required value: why'],
    [invalid('a', 'b', 'why'), 'FieldValueInvalid', 'a: Invalid value: "b": why'],
    [
      { type: 'FieldValueTypeInvalid', field: 'a', value: 1, detail: 'why' },
      'FieldValueTypeInvalid',
      'a: Invalid value: 1: why',
    ],
    [
      notSupported('a', 'x', ['B', 'A']),
      'FieldValueNotSupported',
      'a: Unsupported value: "x": supported values: "B", "A"',
    ],
    [forbidden('a', 'why'), 'FieldValueForbidden', 'a: Forbidden: why'],
    [tooLong('a', 63), 'FieldValueTooLong', 'a: Too long: may not be more than 63 bytes'],
    [tooLong('a', 1), 'FieldValueTooLong', 'a: Too long: may not be more than 1 byte'],
    [tooLong('a', -1), 'FieldValueTooLong', 'a: Too long: value is too long'],
    [tooMany('a', 9, 8), 'FieldValueTooMany', 'a: Too many: 9: must have at most 8 items'],
    [tooMany('a', 2, 1), 'FieldValueTooMany', 'a: Too many: 2: must have at most 1 item'],
    [tooMany('a', 2, -1), 'FieldValueTooMany', 'a: Too many: 2: has too many items'],
    [duplicate('a', 'b'), 'FieldValueDuplicate', 'a: Duplicate value: "b"'],
    [notFoundValue('a', 'b'), 'FieldValueNotFound', 'a: Not found: "b"'],
    [invalid('', 'b', 'why'), 'FieldValueInvalid', '[]: Invalid value: "b": why'],
  ])('%# prints', (error, reason, text) => {
    expect(errorText(error)).toBe(text);
    const { details } = invalidStatus({ group: '', kind: 'Pod' }, 'p', [error]);
    expect(details?.causes?.[0]?.reason).toBe(reason);
  });

  it.each<[unknown, string]>([
    [-1, '-1'],
    [true, 'true'],
    [null, 'null'],
    ['a"b\\c\n\t\u0001é', String.raw`"a\"b\\c\n\t\x01é"`],
    [['b', 'a'], '["b","a"]'],
    [{ b: '1', a: '2' }, '{"a":"2","b":"1"}'],
    [goStruct({ Type: 'Foo', RollingUpdate: null }), '{"Type":"Foo","RollingUpdate":null}'],
    [[goStruct({ B: 1, A: 2 })], '[{"B":1,"A":2}]'],
  ])('prints the value %j', (value, text) => {
    expect(errorText(invalid('a', value, 'why'))).toBe(`a: Invalid value: ${text}: why`);
  });

  it('is one of several', () => {
    expect(
      invalidStatus({ group: 'apps', kind: 'Deployment' }, 'web', [required('a'), forbidden('b', 'no')]).message,
    ).toBe('Deployment.apps "web" is invalid: [a: Required value, b: Forbidden: no]');
  });
});
