// long: tables of what upstream tests of rules
import { describe, expect, it } from 'vitest';
import { compileRule } from '../cel/rules';
import { declaredType } from '../cel/schema-types';
import { errorText } from '../field-error';
import type { JsonValue } from '../json';
import { expressionErrors } from './expression-rules';
import type { JsonSchema, ValidationRule } from './json-schema';
import { ruleFindings } from './rule-evaluation';

const VALIDATIONS = 'x-kubernetes-validations';
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const of = (type: string, format?: string): JsonSchema => ({ type, ...(format === undefined ? {} : { format }) });
const [INTEGER, NUMBER, TEXT, BOOLEAN] = ['integer', 'number', 'string', 'boolean'].map((type) => of(type)) as [
  JsonSchema,
  JsonSchema,
  JsonSchema,
  JsonSchema,
];
const list = (items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: 'array', items, ...more });
const map = (additionalProperties: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties });
const INT_OR_STRING: JsonSchema = { 'x-kubernetes-int-or-string': true };
const withRule = (schema: JsonSchema, ...rules: readonly (string | ValidationRule)[]): JsonSchema => ({
  ...schema,
  [VALIDATIONS]: rules.map((rule) => (typeof rule === 'string' ? { rule } : rule)),
});
const findings = (schema: JsonSchema, value: JsonValue, old?: JsonValue): string[] =>
  ruleFindings(schema, value, old).errors.map(errorText);

/** A schema and an object of fields val1, val2 … */
function fields(...pairs: readonly (readonly [JsonSchema, JsonValue])[]): readonly [JsonSchema, JsonValue] {
  const names = pairs.map((_, at) => `val${at + 1}`);
  return [
    object(Object.fromEntries(pairs.map(([schema], at) => [names[at]!, schema]))),
    Object.fromEntries(pairs.map(([, value], at) => [names[at]!, value])),
  ];
}

const LIST_MAP = list(object({ k: TEXT, v: TEXT, v2: TEXT }), {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
});
const META = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'foo', generateName: 'pickItForMe', namespace: 'xyz' },
};

// apiextensions-apiserver/pkg/apiserver/schema/cel/validation_test.go (TestValidationExpressions)
const CASES: Readonly<
  Record<string, readonly [readonly [JsonSchema, JsonValue], readonly string[], Readonly<Record<string, string>>?]>
> = {
  integers: [
    fields([INTEGER, 5], [INTEGER, 5], [of('integer', 'int32'), 2147483647]),
    ['self.val1 == self.val2', 'type(self.val1) == int', 'self.val3 + 1 == 2147483647 + 1', 'type(self.val3) == int'],
    {
      '9223372036854775807 + self.val1 == 0': 'integer overflow evaluating rule: 9223372036854775807 + self.val1 == 0',
      '1 / 0 == 1 / 0': 'division by zero',
    },
  ],
  numbers: [
    fields([NUMBER, 1.5], [NUMBER, 1], [of('number', 'double'), 10], [INTEGER, 10]),
    [
      'type(self.val1) == double',
      'type(self.val2) == double',
      'self.val2 == 1.0',
      'double(self.val4) == self.val3',
      'self.val4 == int(self.val3)',
      'self.val1 < self.val4',
    ],
  ],
  'unicode strings': [
    fields([TEXT, 'Rook takes 👑'], [TEXT, 'Rook takes 👑']),
    [
      "self.val1 == self.val2 && self.val1 == 'Rook takes 👑'",
      "self.val1.startsWith('Rook') && !self.val1.startsWith('knight')",
      "self.val1.endsWith('👑') && self.val1.matches('^[^0-9]*$') && size(self.val1) == 12",
      "self.val1.charAt(3) == 'k' && self.val1.indexOf('o') == 1 && self.val1.indexOf('o', 2) == 2",
      "self.val1.replace(' ', 'x') == 'Rookxtakesx👑' && self.val1.replace(' ', 'x', 1) == 'Rookxtakes 👑'",
      "self.val1.split(' ') == ['Rook', 'takes', '👑'] && self.val1.split(' ', 2) == ['Rook', 'takes 👑']",
      "self.val1.substring(5) == 'takes 👑' && self.val1.substring(4, 10).trim() == 'takes'",
      "self.val1.upperAscii() == 'ROOK TAKES 👑' && self.val1.lowerAscii() == 'rook takes 👑'",
    ],
    {
      "self.val1.matches(')')": 'rule compile error: compilation failed: ERROR: <input>:1:19: invalid matches argument',
    },
  ],
  bytes: [
    fields([of('string', 'byte'), 'QUI='], [of('string', 'byte'), 'QUI=']),
    [
      "self.val1 == self.val2 && self.val1 == b'AB' && self.val1 == b'\\x41\\x42' && size(self.val1) == 2",
      'type(self.val1) == bytes',
    ],
  ],
  durations: [
    fields([of('string', 'duration'), '1h2m3s4ms']),
    [
      "self.val1 == duration('1h2m') + duration('3s4ms')",
      'self.val1.getHours() == 1 && self.val1.getMinutes() == 62',
      'self.val1.getSeconds() == 3723 && self.val1.getMilliseconds() == 3723004',
      'type(self.val1) == google.protobuf.Duration',
    ],
  ],
  moments: [
    fields([of('string', 'date'), '1997-07-16'], [of('string', 'date-time'), '2011-08-18T19:03:37.010000000+01:00']),
    [
      "self.val1 == timestamp('1997-07-16T00:00:00.000Z') && self.val1.getDate() == 16 && self.val1.getMonth() == 6",
      "self.val2 == timestamp('2011-08-18T00:00:00.000+01:00') + duration('19h3m37s10ms')",
      "self.val2.getDate('01:00') == 18 && self.val2.getHours('01:00') == 19 && self.val2.getMilliseconds('01:00') == 10",
      "self.val2.getHours('UTC') == 18",
      "string(self.val2) == '2011-08-18T19:03:37.01+01:00'",
    ],
  ],
  lists: [
    fields([list(INTEGER), [1, 2, 3]], [list(INTEGER), [1, 2, 3]]),
    [
      'self.val1 == self.val2 && self.val1 == [1, 2, 3] && 1 in self.val1 && !(0 in self.val1)',
      'self.val1 + self.val2 == [1, 2, 3, 1, 2, 3] && self.val1 + [4, 5] == [1, 2, 3, 4, 5]',
      'self.val1.map(e, e * 20).filter(e, e > 30).exists(e, e == 60)',
    ],
    { 'self.val1[100] == 0': 'index out of bounds: 100' },
  ],
  sets: [
    fields(
      [list(TEXT, { 'x-kubernetes-list-type': 'set' }), ['a', 'b', 'c']],
      [list(TEXT, { 'x-kubernetes-list-type': 'set' }), ['a', 'c', 'b']],
    ),
    [
      "self.val1 == ['c', 'b', 'a'] && self.val1 == self.val2 && 'a' in self.val1",
      "self.val1 + self.val2 == ['a', 'b', 'c'] && self.val1 + ['c', 'd'] == ['a', 'b', 'c', 'd']",
    ],
  ],
  'lists that are maps': [
    [
      object({ objs: list(LIST_MAP) }),
      {
        objs: [
          [
            { k: 'a', v: '1' },
            { k: 'b', v: '2' },
          ],
          [
            { k: 'b', v: '2' },
            { k: 'a', v: '1' },
          ],
          [
            { k: 'b', v: '3' },
            { k: 'a', v: '1' },
          ],
          [{ k: 'c', v: '4' }],
        ],
      },
    ],
    [
      'self.objs[0] == self.objs[1]',
      'self.objs[0] + self.objs[2] == self.objs[2]',
      'self.objs[2] + self.objs[0] == self.objs[0]',
      'self.objs[0] == [self.objs[0][1], self.objs[0][0]]',
      'size(self.objs[0] + [self.objs[3][0]]) == 3',
    ],
    { "self.objs[0] == {'k': 'a', 'v': '1'}": "found no matching overload for '_==_'" },
  ],
  maps: [
    fields([map(TEXT), { k1: 'a', k2: 'b' }], [map(INTEGER), { b: 1, d: 2 }]),
    [
      "'k1' in self.val1 && !('k3' in self.val1) && self.val1 == {'k1': 'a', 'k2': 'b'}",
      'has(self.val2.b) && !has(self.val2.a) && self.val2.all(k, self.val2[k] > 0) && size(self.val2) == 2',
      'self.val2.exists_one(k, self.val2[k] == 2) && self.val2.map(k, self.val2[k]).exists(v, v == 1)',
    ],
    { "self.val2['c'] == 1": "no such key: c evaluating rule: self.val2['c'] == 1" },
  ],
  objects: [
    [
      object({
        a: object({ b: INTEGER, c: INTEGER, d: { ...INTEGER, nullable: true } }),
        a1: object({ b1: object({ c1: INTEGER }), d2: object({ e2: INTEGER }) }),
      }),
      { a: { b: 1, d: null }, a1: { b1: { c1: 4 } } },
    ],
    [
      'has(self.a.b) && !has(self.a.c) && !has(self.a.d)',
      'has(self.a1.b1.c1) && !has(self.a1.d2)',
      '!(has(self.a1.d2) && has(self.a1.d2.e2))',
    ],
    {
      'has(self.a.z)': "undefined field 'z'",
      "self.a['b'] == 1": "found no matching overload for '_[_]' applied to '(selfType.a, string)'",
      'has(self.a1.d2.e2)': 'no such key: d2',
    },
  ],
  'comprehensions over what not all have': [
    [
      object({ listMap: LIST_MAP }),
      {
        listMap: [
          { k: 'a1', v: 'b1' },
          { k: 'a2', v: 'b2' },
          { k: 'a3', v: 'b3', v2: 'z' },
        ],
      },
    ],
    [
      "self.listMap.all(m, !has(m.v2) || m.v2 == 'z') && self.listMap.exists_one(m, m.k == 'a3')",
      "self.listMap.map(m, has(m.v2) && m.v2 == 'z', m.v2).size() == 1",
      "self.listMap.exists(m, m.v2 == 'z') && !self.listMap.all(m, m.v2 != 'z')",
    ],
    {
      "self.listMap.all(m, m.v2 == 'z')": 'no such key: v2',
      "self.listMap.exists_one(m, m.v2 == 'z')": 'no such key: v2',
      "self.listMap.filter(m, m.v2 == 'z').size() == 1": 'no such key: v2',
      'self.listMap.map(m, m.v2).size() == 1': 'no such key: v2',
    },
  ],
  'the root of an object': [
    [object({ spec: object({ field1: TEXT }) }), { ...META, spec: { field1: 'a' } }],
    ["self.kind == 'Pod' && self.apiVersion == 'v1' && self.metadata.name == 'foo'", "self.spec.field1 == 'a'"],
    { 'has(self.metadata.namespace)': "undefined field 'namespace'" },
  ],
  'an embedded object': [
    [
      object({
        embedded: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
      }),
      { embedded: { ...META, spec: { field1: 'a' } } },
    ],
    ["self.embedded.kind == 'Pod' && self.embedded.metadata.generateName == 'pickItForMe'"],
    { 'has(self.embedded.spec)': "undefined field 'spec'" },
  ],
  'numbers or texts': [
    fields([INT_OR_STRING, '25%'], [INT_OR_STRING, 1], [INTEGER, 5], [INTEGER, 10], [INT_OR_STRING, '50%']),
    [
      "self.val1 == '25%' && self.val1 != 1 && type(self.val1) == string && self.val1 != ['anything']",
      "self.val2 == 1 && self.val2 != 'some string' && type(self.val2) == int",
      "type(self.val5) == int ? self.val3 <= self.val5 : double(self.val3) / double(self.val4) >= double(self.val5.replace('%', '')) / 100.0",
    ],
    {
      'self.val1 > 3':
        "'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self.val1 > 3",
    },
  ],
  // apiserver/pkg/cel/escaping_test.go
  'names that must be escaped': [
    [
      object({ namespace: TEXT, 'x-prop': INTEGER, redact__d: TEXT, 'a.b': TEXT }),
      { namespace: 'n', 'x-prop': 1, redact__d: 'r', 'a.b': 'c' },
    ],
    [
      "self.__namespace__ == 'n' && self.x__dash__prop > 0 && self.redact__underscores__d == 'r' && self.a__dot__b == 'c'",
    ],
  ],
};

describe('rules see of an object', () => {
  it.each(
    Object.entries(CASES).flatMap(([name, [pair, holding]]) => holding.map((rule) => [name, rule, pair] as const)),
  )('%s: %s', (_, rule, [schema, value]) => expect(findings(withRule(schema, rule), value)).toEqual([]));

  it.each(
    Object.entries(CASES).flatMap(([name, [pair, , failing = {}]]) =>
      Object.entries(failing).map(([rule, error]) => [name, rule, error, pair] as const),
    ),
  )('%s: %s fails: %s', (_, rule, error, [schema, value]) => {
    const [found = '', ...more] = findings(withRule(schema, rule), value);
    expect(more).toEqual([]);
    expect(found).toMatch(/^<nil>: Invalid value: "object": /);
    expect(found).toContain(error);
  });
});

// apiextensions-apiserver/pkg/apiserver/schema/cel/validation_test.go (reasons, messages, transition rules, ratcheting)
describe('a rule that fails', () => {
  const spec = (rule: ValidationRule | string, schema = object({ min: INTEGER, max: INTEGER })): JsonSchema =>
    object({ spec: withRule(schema, rule) });
  const BAD = { spec: { min: 2, max: 1 } };

  it.each<[ValidationRule, string]>([
    [{ rule: 'self.min <= self.max' }, 'spec: Invalid value: failed rule: self.min <= self.max'],
    [{ rule: 'self.min <= self.max', message: ' min above max ' }, 'spec: Invalid value: min above max'],
    [
      { rule: 'self.min <= self.max', message: 'm', messageExpression: '"min " + string(self.min) + " above max"' },
      'spec: Invalid value: min 2 above max',
    ],
    [{ rule: 'self.min <= self.max', message: 'm', messageExpression: 'string(1 / 0)' }, 'spec: Invalid value: m'],
    [{ rule: 'self.min <= self.max', message: 'm', messageExpression: '"a\\nb"' }, 'spec: Invalid value: m'],
    [
      { rule: 'self.min <= self.max', reason: 'FieldValueForbidden' },
      'spec: Forbidden: failed rule: self.min <= self.max',
    ],
    [
      { rule: 'self.min <= self.max', reason: 'FieldValueRequired', fieldPath: '.min' },
      'spec.min: Required value: failed rule: self.min <= self.max',
    ],
    [{ rule: 'self.min <= self.max', reason: 'FieldValueDuplicate' }, 'spec: Duplicate value'],
  ])('%j: %s', (rule, expected) => expect(findings(spec(rule), BAD)).toEqual([expected]));

  it('shows values that are neither lists nor maps', () => {
    const schema = object({ spec: object({ n: withRule(INTEGER, 'self > 3'), t: withRule(TEXT, "self != 'x'") }) });
    expect(findings(schema, { spec: { n: 2, t: 'x' } })).toEqual([
      'spec.n: Invalid value: 2: failed rule: self > 3',
      `spec.t: Invalid value: "x": failed rule: self != 'x'`,
    ]);
  });

  it('is found in items and entries', () => {
    const schema = object({ l: list(withRule(INTEGER, 'self > 0')), m: map(withRule(INTEGER, 'self > 0')) });
    expect(findings(schema, { l: [1, 0], m: { a: 0, b: 1 } })).toEqual([
      'l[1]: Invalid value: 0: failed rule: self > 0',
      'm[a]: Invalid value: 0: failed rule: self > 0',
    ]);
  });

  it('compares with what was there before, where that can be told', () => {
    const schema = object({
      spec: withRule(object({ x: INTEGER }), 'self.x >= oldSelf.x'),
      items: list(withRule(object({ k: TEXT, v: TEXT }), 'self.v == oldSelf.v'), {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      }),
    });
    expect(findings(schema, { spec: { x: 1 } })).toEqual([]);
    expect(findings(schema, { spec: { x: 1 } }, { spec: { x: 2 } })).toEqual([
      'spec: Invalid value: failed rule: self.x >= oldSelf.x',
    ]);
    const items = (...pairs: readonly string[]): JsonValue => ({
      items: pairs.map((pair) => ({ k: pair[0]!, v: pair[1]! })),
    });
    expect(findings(schema, items('c1', 'b3', 'a1'), items('a1', 'b2'))).toEqual([
      'items[1]: Invalid value: failed rule: self.v == oldSelf.v',
    ]);
  });

  it('may ask for what was there before also where there was nothing', () => {
    const schema = spec({ rule: 'oldSelf.hasValue() || self.min > 2', optionalOldSelf: true });
    expect(findings(schema, BAD)).toHaveLength(1);
    expect(findings(schema, BAD, BAD)).toEqual([]);
  });

  it('is only warned of when nobody has touched it', () => {
    const schema = object({ spec: withRule(object({ x: INTEGER }), 'self.x > 3'), other: TEXT });
    const found = ruleFindings(schema, { spec: { x: 1 }, other: 'b' }, { spec: { x: 1 }, other: 'a' });
    expect(found).toMatchObject({ errors: [], warnings: ['spec: Invalid value: failed rule: self.x > 3'] });
    expect(findings(schema, { spec: { x: 2 } }, { spec: { x: 1 } })).toHaveLength(1);
  });

  it('ends all when it costs too much', () => {
    const schema = object({
      a: withRule(list(INTEGER), 'self.all(x, self.all(y, self.all(z, x + y + z >= 0)))'),
      b: withRule(INTEGER, 'self > 3'),
    });
    const value = { a: Array.from({ length: 200 }, () => 1), b: 1 };
    expect(findings(schema, value)).toEqual([
      'a: Invalid value: "array": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: self.all(x, self.all(y, self.all(z, x + y + z >= 0)))',
    ]);
  });
});

// apiextensions-apiserver/pkg/apiserver/schema/cel/compilation_test.go (TestCostEstimation)
describe('what a rule may cost', () => {
  const FORMATS = new Set(['duration', 'date', 'date-time']);
  const scalar = (type: string): JsonSchema =>
    type === 'int-or-string' ? INT_OR_STRING : FORMATS.has(type) ? of('string', type) : of(type);
  const array = (type: string, maxItems?: number): JsonSchema => list(scalar(type), bounds({ maxItems }));
  const bounds = (given: Readonly<Record<string, number | undefined>>): JsonSchema =>
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const mapOf = (type: string, maxProperties?: number): JsonSchema => ({
    ...map(scalar(type)),
    ...bounds({ maxProperties }),
  });
  const text = (maxLength?: number): JsonSchema => ({ ...TEXT, ...bounds({ maxLength }) });
  const required = object({ required: TEXT, optional: TEXT }, { required: ['required'] });

  it.each<[string, (most?: number) => JsonSchema, number, number, number]>([
    ['self.all(x, true)', (most) => array('number', most), 4718591, 10, 32],
    ['self.all(x, true)', (most) => array('string', most), 3145727, 20, 62],
    ['self.all(x, true)', (most) => array('boolean', most), 1887437, 5, 17],
    ['self.all(x, true)', (most) => list(list(NUMBER), bounds({ maxItems: most })), 3145727, 100, 302],
    ['self.all(x, true)', (most) => list(required, bounds({ maxItems: most })), 555128, 50, 152],
    ['self.all(x, true)', (most) => mapOf('number', most), 1348169, 10, 32],
    ['self.all(x, true)', (most) => mapOf('string', most), 1179647, 3, 11],
    ['self.all(x, true)', (most) => mapOf('boolean', most), 943718, 100, 302],
    ["self.contains('test')", text, 314574, 10, 5],
    ["self.startsWith('test')", text, 2, 15, 2],
    ['size(self + "hello") > size("hello")', text, 314578, 4, 7],
    ['self[1] == 0.0', (most) => array('number', most), 2, 5000, 2],
    ['self[1] == self[1]', (most) => array('string', most), 314577, 8, 314577],
    ['self.matches("x")', text, 314574, 50, 22],
    ['"".matches("(((((((((())))))))))[0-9]")', text, 7, 10, 7],
    ['self.matches("")', text, 1, 100, 1],
    ['self.all(x, x == 0.0)', (most) => array('number', most), 6291454, 3 * 1024 * 2048, 25165826],
    ['self[0] == 5', (most) => array('int-or-string', most), 3, 10, 3],
    ['self[0] == false', (most) => array('boolean', most), 2, 25, 2],
    ['self.all(x, true)', (most) => array('duration', most), 2359295, 5, 17],
    ['self[0].getHours() == 2', (most) => array('duration', most), 4, 525, 4],
    ['self.all(x, true)', (most) => array('date', most), 725936, 15, 47],
    ['self.all(x, true)', (most) => array('date-time', most), 428963, 25, 77],
    ['self[2].getMinutes() == 45', (most) => array('date-time', most), 4, 99, 4],
    ['self[0].x > 2.0', (most) => list(mapOf('number'), bounds({ maxItems: most })), 4, 3000, 4],
    ['self == "x"', text, 2, 0, 1],
  ])('%s', (rule, schema, unbounded, most, bounded) => {
    const cost = (one: JsonSchema): number => compileRule({ rule }, declaredType(one, false, 'selfType')!).cost;
    expect(cost(schema())).toBe(unbounded);
    expect(cost(schema(most))).toBe(bounded);
  });
});

// apiextensions-apiserver/pkg/apis/apiextensions/validation/validation_test.go
describe('rules of a definition', () => {
  const errors = (schema: JsonSchema): string[] => expressionErrors(schema, 'root', true).map(errorText);
  const shown = (rule: string, more = ''): string =>
    `{"Rule":${JSON.stringify(rule)},"Message":"","MessageExpression":"${more}","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
  const AT = 'root.x-kubernetes-validations[0]';
  const ADVICE =
    '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

  it.each<[string, JsonSchema, string[]]>([
    ['sound', withRule(object({ x: INTEGER }), 'self.x > 3'), []],
    [
      'naming nothing',
      withRule(object({ x: INTEGER }), 'self.y'),
      [
        `${AT}.rule: Invalid value: ${shown('self.y')}: compilation failed: ERROR: <input>:1:5: undefined field 'y'\n | self.y\n | ....^`,
      ],
    ],
    [
      'no decision',
      withRule(object({ x: INTEGER }), 'self.x'),
      [`${AT}.rule: Invalid value: ${shown('self.x')}: cel expression must evaluate to a bool`],
    ],
    [
      'a message that is no text',
      withRule(object({ x: INTEGER }), { rule: 'true', messageExpression: 'self.x' }),
      [
        `${AT}.messageExpression: Invalid value: ${shown('true', 'self.x')}: messageExpression must evaluate to a string`,
      ],
    ],
    [
      'too dear',
      withRule(list(TEXT), 'self.all(a, self.all(b, a != b))'),
      [
        `${AT}.rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${ADVICE}`,
        `${AT}.rule: Forbidden: contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `root: Forbidden: x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${ADVICE}`,
      ],
    ],
    [
      // https://github.com/kubernetes/kubernetes/issues/124234
      'a number in a message, of which nobody knows how long its text is',
      withRule(object({ n: INTEGER }), { rule: 'self.n >= 0', messageExpression: "'n: ' + string(self.n)" }),
      [
        `${AT}.messageExpression: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x ${ADVICE}`,
        `${AT}.messageExpression: Forbidden: contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `root: Forbidden: x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${ADVICE}`,
      ],
    ],
    [
      'a little too dear',
      object({ l: list(withRule(TEXT, 'self.contains("a")'), { maxItems: 50 }) }),
      [
        `root.properties[l].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.6x ${ADVICE}`,
      ],
    ],
    [
      'comparing what cannot be found again',
      object({ l: list(withRule(object({ x: INTEGER }), 'self.x == oldSelf.x')) }),
      [
        `root.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self.x == oldSelf.x": oldSelf cannot be used on the uncorrelatable portion of the schema within root.properties[l]`,
      ],
    ],
    [
      'optionalOldSelf for nothing',
      withRule(object({ x: INTEGER }), { rule: 'self.x > 0', optionalOldSelf: true }),
      [`${AT}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`],
    ],
  ])('%s', (_, schema, expected) => expect(errors(schema)).toEqual(expected));
});

describe('a boolean', () => {
  it('may have rules of its own', () =>
    expect(findings(object({ on: withRule(BOOLEAN, 'self') }), { on: true })).toEqual([]));
});
