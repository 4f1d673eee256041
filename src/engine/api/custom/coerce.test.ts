import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json';
import { coerceObject } from './coerce';
import { findJsonPath, parseJsonPath, printedValue } from './json-path';
import type { JsonSchema } from './json-schema';
import { compareVersions } from './version-priority';

const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const PRESERVE = { 'x-kubernetes-preserve-unknown-fields': true };
const string: JsonSchema = { type: 'string' };

// apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm_test.go, defaulting/{algorithm,prunenulls}_test.go
describe('a custom object', () => {
  it.each<[string, JsonSchema, JsonObject, JsonObject, string[]]>([
    [
      'loses what its schema does not know',
      object({ spec: object({ a: string }) }),
      { spec: { a: 'x', b: 1 }, c: 2 },
      { spec: { a: 'x' } },
      ['c', 'spec.b'],
    ],
    [
      'keeps its metadata',
      object({}),
      { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'a' } },
      { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'a' } },
      [],
    ],
    [
      'keeps what it does not know where that is preserved',
      object({ spec: object({ a: object({ b: string }) }, PRESERVE) }),
      { spec: { a: { b: 'x', c: 1 }, d: { e: 1 } } },
      { spec: { a: { b: 'x' }, d: { e: 1 } } },
      ['spec.a.c'],
    ],
    [
      'loses it in lists and maps',
      object({
        l: { type: 'array', items: object({ a: string }) },
        m: { type: 'object', additionalProperties: object({ a: string }) },
      }),
      { l: [{ a: 'x', b: 1 }], m: { k: { b: 1 } } },
      { l: [{ a: 'x' }], m: { k: {} } },
      ['l[0].b', 'm.k.b'],
    ],
    [
      'keeps the items of lists that are preserved',
      object({ l: { type: 'array', ...PRESERVE } }),
      { l: [{ b: 1 }] },
      { l: [{ b: 1 }] },
      [],
    ],
    [
      'gets its defaults',
      object({
        spec: object({ a: { type: 'integer', default: 3 }, b: object({ c: { type: 'string', default: 'x' } }) }),
      }),
      { spec: { b: {} } },
      { spec: { b: { c: 'x' }, a: 3 } },
      [],
    ],
    [
      'gets defaults of defaults',
      object({ spec: object({ a: { type: 'integer', default: 3 } }, { default: {} }) }),
      {},
      { spec: { a: 3 } },
      [],
    ],
    ['gets none where something is', object({ a: { type: 'integer', default: 3 } }), { a: 0 }, { a: 0 }, []],
    ['gets them for null', object({ a: { type: 'integer', default: 3 } }), { a: null }, { a: 3 }, []],
    [
      'keeps null where it may be',
      object({ a: { type: 'integer', default: 3, nullable: true } }),
      { a: null },
      { a: null },
      [],
    ],
    [
      'loses null without a default',
      object({ a: string, m: { type: 'object', additionalProperties: string } }),
      { a: null, m: { k: null } },
      { m: {} },
      [],
    ],
    [
      'has sound metadata in it',
      object({ t: { type: 'object', 'x-kubernetes-embedded-resource': true, ...PRESERVE } }),
      { t: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', shoe: 1 }, spec: { a: 1 } } },
      { t: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { a: 1 } } },
      ['t.metadata.shoe'],
    ],
  ])('%s', (_, schema, value, expected, unknown) => {
    const coerced = coerceObject(value, schema);
    expect(coerced).toEqual({ object: expected, unknown });
    const again = coerceObject(coerced.object, schema);
    expect(again.object).toBe(coerced.object);
  });

  it('cannot hold an object with metadata of another type', () => {
    const schema = object({ t: { type: 'object', 'x-kubernetes-embedded-resource': true, ...PRESERVE } });
    expect(() => coerceObject({ t: { metadata: { labels: 1 } } }, schema)).toThrow(
      't.metadata: Invalid value: {"labels":1}',
    );
    expect(() => coerceObject({ t: { kind: 1 } }, schema)).toThrow('t.kind: Invalid value: 1: must be a string');
  });
});

// client-go/util/jsonpath/jsonpath_test.go
describe('a path', () => {
  const value: JsonValue = {
    spec: { replicas: 3, 'a.b': 'dotted', list: [1, 2, 3] },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Old', status: 'False', n: 2 },
      ],
    },
  };
  it.each<[string, JsonValue[]]>([
    ['.spec.replicas', [3]],
    ['.spec.nothing', []],
    ['.spec.a\\.b', ['dotted']],
    [".spec['a.b']", ['dotted']],
    ['.spec.list[1]', [2]],
    ['.spec.list[-1]', [3]],
    ['.spec.list[0,2]', [1, 3]],
    ['.spec.list[*]', [1, 2, 3]],
    ['.spec.list[1:]', [2, 3]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type == 'Old')].status", ['False']],
    ['.status.conditions[?(@.n>1)].type', ['Old']],
    ['.status.conditions[?(@.n)].type', ['Old']],
    ['..type', ['Ready', 'Old']],
    ['.', [value]],
  ])('%s', (path, expected) => {
    expect(findJsonPath(parseJsonPath(path)!, value)).toEqual(expected);
  });
  it.each(['.spec[', '.spec{x}', 'spec', '.a[x]'])('%s is none', (path) => {
    expect(parseJsonPath(path)).toBeNull();
  });
  it('prints texts as they are and the rest as JSON', () => {
    expect(['x', 1, { b: [true] }].map(printedValue)).toEqual(['x', '1', '{"b":[true]}']);
  });
});

// apimachinery/pkg/version/helpers_test.go
it('puts versions in the order in which they are preferred', () => {
  const versions = ['foo10', 'v1alpha1', 'v2', 'v11beta2', 'v1', 'foo1', 'v12alpha1', 'v3beta1', 'v10', 'v10beta3'];
  expect(versions.toSorted(compareVersions)).toEqual([
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v1alpha1',
    'foo1',
    'foo10',
  ]);
});
