import { describe, expect, it } from 'vitest';
import { errorText } from '../field-error';
import type { JsonValue } from '../json';
import { hasFormat } from './formats';
import type { JsonSchema } from './json-schema';
import { embeddedErrors, listTypeErrors } from './node-checks';
import { validateValue } from './validate-value';
import { walk } from './walk';

/** What is said of `spec.a`. */
const errors = (schema: JsonSchema, a: JsonValue, old?: JsonValue): string[] => {
  const root: JsonSchema = { type: 'object', properties: { spec: { type: 'object', properties: { a: schema } } } };
  return validateValue(root, { spec: { a } }, old === undefined ? undefined : { spec: { a: old } }).map(errorText);
};

const A = 'spec.a in body';

// kube-openapi pkg/validation/validate/schema_test.go, apiextensions-apiserver/pkg/apiserver/validation/validation_test.go
describe('a value by its schema', () => {
  it.each<[string, JsonSchema, JsonValue, string[]]>([
    ['a type', { type: 'integer' }, 'x', [`spec.a: Invalid value: "string": ${A} must be of type integer: "string"`]],
    [
      'a whole number',
      { type: 'integer' },
      1.5,
      [`spec.a: Invalid value: "number": ${A} must be of type integer: "number"`],
    ],
    ['a number that is whole', { type: 'number' }, 1, []],
    [
      'a list',
      { type: 'array', items: { type: 'string' } },
      {},
      [`spec.a: Invalid value: "object": ${A} must be of type array: "object"`],
    ],
    ['null', { type: 'string' }, null, [`spec.a: Invalid value: "null": ${A} must be of type string: "null"`]],
    ['null that may be', { type: 'string', nullable: true }, null, []],
    [
      'a number or text',
      { 'x-kubernetes-int-or-string': true },
      true,
      [`spec.a: Invalid value: "boolean": ${A} must be of type integer,string: "boolean"`],
    ],
    ['a percentage', { 'x-kubernetes-int-or-string': true }, '10%', []],
    [
      'one of',
      { type: 'string', enum: ['S', 'M'] },
      'XL',
      ['spec.a: Unsupported value: "XL": supported values: "S", "M"'],
    ],
    [
      'one of some numbers',
      { type: 'integer', enum: [1, 2] },
      3,
      ['spec.a: Unsupported value: 3: supported values: "1", "2"'],
    ],
    ['a length', { type: 'string', maxLength: 5 }, 'abcdef', ['spec.a: Too long: may not be more than 5 bytes']],
    ['a length in letters', { type: 'string', maxLength: 2 }, '😀😀', []],
    [
      'a shortest',
      { type: 'string', minLength: 3 },
      'a',
      [`spec.a: Invalid value: "a": ${A} should be at least 3 chars long`],
    ],
    [
      'a pattern',
      { type: 'string', pattern: '^[a-z]+$' },
      'A',
      [`spec.a: Invalid value: "A": ${A} should match '^[a-z]+$'`],
    ],
    [
      'a most',
      { type: 'integer', maximum: 10 },
      11,
      [`spec.a: Invalid value: 11: ${A} should be less than or equal to 10`],
    ],
    [
      'less than',
      { type: 'integer', maximum: 10, exclusiveMaximum: true },
      10,
      [`spec.a: Invalid value: 10: ${A} should be less than 10`],
    ],
    [
      'a least',
      { type: 'number', minimum: 1.5 },
      1.25,
      [`spec.a: Invalid value: 1.25: ${A} should be greater than or equal to 1.5`],
    ],
    [
      'more than',
      { type: 'integer', minimum: 1, exclusiveMinimum: true },
      1,
      [`spec.a: Invalid value: 1: ${A} should be greater than 1`],
    ],
    ['a multiple', { type: 'integer', multipleOf: 2 }, 3, [`spec.a: Invalid value: 3: ${A} should be a multiple of 2`]],
    ['a multiple of a tenth', { type: 'number', multipleOf: 0.1 }, 0.3, []],
    [
      'most items',
      { type: 'array', maxItems: 3, items: { type: 'integer' } },
      [1, 2, 3, 4],
      ['spec.a: Too many: 4: must have at most 3 items'],
    ],
    [
      'least items',
      { type: 'array', minItems: 1, items: { type: 'integer' } },
      [],
      [`spec.a: Invalid value: 0: ${A} should have at least 1 items`],
    ],
    [
      'items',
      { type: 'array', items: { type: 'integer' } },
      [1, 'b'],
      ['spec.a[1]: Invalid value: "string": spec.a[1] in body must be of type integer: "string"'],
    ],
    [
      'most properties',
      { type: 'object', maxProperties: 1 },
      { b: 1, c: 2 },
      ['spec.a: Too many: 2: must have at most 1 item'],
    ],
    [
      'least properties',
      { type: 'object', minProperties: 1 },
      {},
      [`spec.a: Invalid value: 0: ${A} should have at least 1 properties`],
    ],
    ['what is required', { type: 'object', required: ['b'] }, {}, ['spec.a.b: Required value']],
    [
      'members of a map',
      { type: 'object', additionalProperties: { type: 'string' } },
      { b: 1 },
      ['spec.a.b: Invalid value: "integer": spec.a.b in body must be of type string: "integer"'],
    ],
    [
      'no other members',
      { type: 'object', additionalProperties: false },
      { b: 1 },
      ['spec.a: Invalid value: "b": spec.a.b in body is a forbidden property'],
    ],
    [
      'a moment',
      { type: 'string', format: 'date-time' },
      'x',
      [`spec.a: Invalid value: "x": ${A} must be of type date-time: "x"`],
    ],
    [
      'a format of a number',
      { type: 'string', format: 'date-time' },
      1,
      [`spec.a: Invalid value: "int64": ${A} must be of type date-time: "int64"`],
    ],
    ['a format that nobody knows', { type: 'string', format: 'phone' }, 'x', []],
    [
      'any of',
      { type: 'string', anyOf: [{ minLength: 3 }, { pattern: '^b' }] },
      'a',
      [
        `<nil>: Invalid value: "": "spec.a" must validate at least one schema (anyOf)`,
        `spec.a: Invalid value: "a": ${A} should be at least 3 chars long`,
      ],
    ],
    [
      'exactly one of',
      { type: 'object', oneOf: [{ required: ['b'] }, { required: ['c'] }] },
      { b: 1, c: 1 },
      ['<nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      'none of one',
      { type: 'object', oneOf: [{ required: ['b'] }, { required: ['c'] }] },
      {},
      [
        '<nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found none valid',
        'spec.a.b: Required value',
      ],
    ],
    [
      'all of',
      { type: 'integer', allOf: [{ minimum: 2 }, { maximum: 5 }] },
      1,
      [
        `spec.a: Invalid value: 1: ${A} should be greater than or equal to 2`,
        '<nil>: Invalid value: "": "spec.a" must validate all the schemas (allOf)',
      ],
    ],
    [
      'not that',
      { type: 'integer', not: { minimum: 2 } },
      3,
      ['<nil>: Invalid value: "": "spec.a" must not validate the schema (not)'],
    ],
  ])('%s', (_, schema, value, expected) => {
    expect(errors(schema, value)).toEqual(expected);
  });

  it('tells what is missing at the root by its name alone', () => {
    expect(validateValue({ type: 'object', required: ['spec'] }, {}).map(errorText)).toEqual(['spec: Required value']);
  });

  // apiextensions-apiserver/pkg/apiserver/validation/ratcheting_test.go
  it('is not refused on update for what stays as it was', () => {
    const list: JsonSchema = {
      type: 'array',
      items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer', maximum: 1 } } },
    };
    const map: JsonSchema = { ...list, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
    const was = [{ k: 'a', v: 5 }];
    const is = [
      { k: 'b', v: 1 },
      { k: 'a', v: 5 },
    ];
    const refusal = 'spec.a[1].v: Invalid value: 5: spec.a[1].v in body should be less than or equal to 1';
    expect(errors(list, was, was)).toEqual([]);
    expect(errors(list, is, was)).toEqual([refusal]);
    expect(errors(map, is, was)).toEqual([]);
    expect(errors(map, [{ k: 'a', v: 6 }], was)).toHaveLength(1);
  });
});

// apiextensions-apiserver/pkg/apiserver/schema/listtype/validation_test.go, schema/objectmeta/validation_test.go
describe('a node of a schema', () => {
  const told = (schema: JsonSchema, value: JsonValue): string[] =>
    [
      ...walk(schema, value, undefined, 'a', listTypeErrors),
      ...walk(schema, value, undefined, 'a', embeddedErrors),
    ].map(errorText);
  const keyed: JsonSchema = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: { type: 'object', properties: { name: { type: 'string' } } },
  };
  const set: JsonSchema = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } };
  const embedded: JsonSchema = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  it.each<[string, JsonSchema, JsonValue, string[]]>([
    ['a set', set, ['a', 'b', 'a', 'a'], ['a[2]: Duplicate value: "a"']],
    ['a map', keyed, [{ name: 'x' }, { name: 'x', v: 1 }], ['a[1]: Duplicate value: {"name":"x"}']],
    ['a map without a key', keyed, [{}, {}], ['a[1]: Duplicate value: {}']],
    ['a map of texts', keyed, ['x'], ['a[0]: Invalid value: "x": must be an object for an array of list-type map']],
    [
      'sets in a map',
      { type: 'object', additionalProperties: set },
      { k: ['a', 'a'] },
      ['a[k][1]: Duplicate value: "a"'],
    ],
    ['an object', embedded, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }, []],
    ['no object', embedded, { kind: '' }, ['a.apiVersion: Required value', 'a.kind: Required value']],
    [
      'an object with bad labels',
      embedded,
      { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { '/': 'x' } } },
      [
        'a.metadata.labels: Invalid value: "/": prefix part must be non-empty',
        'a.metadata.labels: Invalid value: "/": name part must be non-empty',
        "a.metadata.labels: Invalid value: \"/\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
  ])('that is %s', (_, schema, value, expected) => {
    expect(told(schema, value)).toEqual(expected);
  });
});

// kube-openapi pkg/validation/strfmt/{default,date,time,duration,kubernetes-extensions}_test.go
describe('a format', () => {
  it.each([
    ['date', '2014-12-15', '2014-02-30'],
    ['date-time', '2014-12-15T19:30:20.000Z', '2014-12-15'],
    ['date-time', '2024-01-01t00:00:00+02:00', '2024-01-01T24:00:00Z'],
    ['duration', '22 ns', '22 moons'],
    ['duration', '1h2m3.5s', '1x'],
    ['uuid', 'a8098c1a-f86e-11da-bd1a-00112444be1e', 'not-a-uuid'],
    ['uuid4', '025b0d74-00a2-4048-bf57-227c5111bb34', 'a8098c1a-f86e-11da-bd1a-00112444be1e'],
    ['uuid5', '886313e1-3b8a-5372-9b90-0c9aee199e5d', '025b0d74-00a2-4048-bf57-227c5111bb3'],
    ['isbn', '0321751043', '836217463'],
    ['isbn13', '978-0321751041', '978-0321751042'],
    ['creditcard', '4111-1111-1111-1111', '4111-1111-1111-1112'],
    ['ssn', '111-11-1111', '999 99 999'],
    ['hexcolor', '#FFFFFF', '#fffffffz'],
    ['rgbcolor', 'rgb(100,100,100)', 'rgb(300,0,0)'],
    ['byte', 'YWJj', '!'],
    ['ipv4', '192.168.254.1', '198.168.254.2.2'],
    ['ipv6', '::1', '127.0.0.1'],
    ['cidr', '192.168.254.1/24', '192.168.254.2/33'],
    ['mac', '01:02:03:04:05:06', '01:02:03:04:05'],
    ['hostname', 'somewhere.com', 'somewhere.com!'],
    ['email', 'somebody@somewhere.com', 'somebody'],
    ['uri', 'http://somewhere.com', 'somewhere.com'],
    ['bsonobjectid', '507f1f77bcf86cd799439011', '507f1f77'],
    ['quantity', '10Gi', '10Gigs'],
    ['k8s-short-name', 'my-name', 'My.name'],
    ['k8s-long-name', 'my.name', 'my..name'],
  ])('%s takes %s and not %s', (format, good, bad) => {
    expect([hasFormat(format, good), hasFormat(format, bad)]).toEqual([true, false]);
  });
});
