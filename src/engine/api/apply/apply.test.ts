import '../late-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json';
import { compare } from './compare';
import { compareKeys, difference, type FieldSet, intersection, parseFieldSet, pathsOf, union } from './field-set';
import { fieldsOf, mergeValue, removeFields } from './merge';
import { EMPTY, typeOf, typeOfKind } from './typed';

const POD_SPEC = typeOf('PodSpec');
const containers = (...names: string[]) => ({ containers: names.map((name) => ({ name })) });
const namesOf = (value: unknown): string[] =>
  (value as { containers: { name: string }[] }).containers.map(({ name }) => name);
const set = (value: unknown): FieldSet | null => parseFieldSet(value)!;

describe('field sets', () => {
  const keys = fc.constantFrom('f:a', 'f:b', 'f:c', 'k:{"name":"x"}', 'v:"y"');
  const { tree } = fc.letrec<{ tree: object }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constant({}),
      fc.dictionary(fc.oneof(keys, fc.constant('.')), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const sets = tree
    .filter((value) => Object.keys(value).length > 0)
    .map(clean)
    .filter((value) => value !== null);

  function clean(value: object): FieldSet | null {
    const withLeaf = Object.fromEntries(
      Object.entries(value).map(([key, below]) => [key, key === '.' ? {} : (below as object)]),
    );
    return set({ 'f:root': withLeaf });
  }
  const text = (value: FieldSet | null): string[] => pathsOf(value).sort();

  it('obeys the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [new Set(text(a)), new Set(text(b))];
        expect(text(union(a, b))).toEqual([...new Set([...left, ...right])].sort());
        expect(text(difference(a, b))).toEqual([...left].filter((path) => !right.has(path)));
        expect(text(intersection(a, b))).toEqual([...left].filter((path) => right.has(path)));
        expect(union(a, a)).toBe(a);
        expect(JSON.stringify(set(JSON.parse(JSON.stringify(a))))).toBe(JSON.stringify(a));
      }),
    );
  });

  it('obeys them after many unions with one set', () => {
    fc.assert(
      fc.property(sets, fc.array(sets, { minLength: 2, maxLength: 6 }), (a, others) => {
        for (const b of others) expect(text(union(a, b))).toEqual([...new Set([...text(a), ...text(b)])].sort());
      }),
    );
  });

  it('keeps one object for sets that say the same', () => {
    expect(set({ 'f:b': {}, 'f:a': { '.': {}, 'f:x': {} } })).toBe(set({ 'f:a': { 'f:x': {}, '.': {} }, 'f:b': {} }));
  });

  // structured-merge-diff fieldpath/element_test.go (TestPathElementLess)
  it.each([
    ['f:anteater', 'f:zebra'],
    ['f:zebra', 'k:{"name":"a"}'],
    ['k:{"name":"a"}', 'k:{"name":"a-b"}'],
    ['k:{"containerPort":9,"protocol":"TCP"}', 'k:{"containerPort":80,"protocol":"TCP"}'],
    ['k:{"containerPort":80,"protocol":"TCP"}', 'k:{"containerPort":80,"protocol":"UDP"}'],
    ['k:{"name":"z"}', 'v:1'],
    ['v:9', 'v:10'],
    ['v:"x"', 'i:0'],
    ['i:2', 'i:10'],
  ])('puts %s before %s', (a, b) => {
    expect([compareKeys(a, b) < 0, compareKeys(b, a) > 0, compareKeys(a, a)]).toEqual([true, true, 0]);
  });

  it('prints paths as errors do', () => {
    const fields = set({
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {} } }, 'f:list': { 'i:2': {} } },
      'f:metadata': { 'f:finalizers': { 'v:"x"': {} } },
    });
    expect(pathsOf(fields)).toEqual([
      '.metadata.finalizers[="x"]',
      '.spec.list[2]',
      '.spec.ports[port=80,protocol="TCP"]',
    ]);
  });

  it.each([
    ['no map', 3],
    ['an unknown key', { x: {} }],
    ['an item that is no map', { 'k:3': {} }],
    ['a broken item', { 'k:{': {} }],
  ])('does not read %s', (_what, value) => {
    expect(parseFieldSet(value)).toBeUndefined();
  });
});

describe('comparison', () => {
  it('tells what was touched from what was removed', () => {
    const before = { ...containers('a', 'b'), nodeName: 'n' };
    const after = { containers: [{ name: 'b', image: 'x' }, { name: 'c' }], nodeSelector: { a: 'b' } };
    const { touched, removed } = compare(POD_SPEC, before, after);
    expect(touched).toEqual({
      'f:containers': {
        'k:{"name":"b"}': { 'f:image': {} },
        'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:resources': {} },
      },
      'f:nodeSelector': {},
    });
    expect(removed).toEqual({
      'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:resources': {} } },
      'f:nodeName': {},
    });
  });

  it('takes a struct that Go never leaves out for there', () => {
    const deployment = typeOfKind('Deployment');
    const { touched } = compare(deployment, EMPTY, {
      spec: { strategy: { type: 'Recreate' } },
      metadata: { name: 'x' },
    });
    expect(touched).toEqual({ 'f:spec': { 'f:strategy': { 'f:type': {} } } });
  });

  it('finds nothing between what is equal, however it is built', () => {
    const value = (): JsonObject => ({ ...containers('a'), tolerations: [{ key: 'x' }], nodeSelector: { a: 'b' } });
    expect(compare(POD_SPEC, value(), value())).toEqual({ touched: null, removed: null });
  });
});

describe('comparison of lists', () => {
  const status = typeOf('PodStatus');
  const turned = (status: string, ip: string) => ({ conditions: [{ type: 'Ready', status }], podIPs: [{ ip }] });

  it('tells what changed of each object, whatever it found before', () => {
    const before = turned('False', '10.0.0.1');
    for (const ip of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
      const { touched, removed } = compare(status, before, { ...turned('True', ip), conditions: before.conditions });
      const isOther = ip !== '10.0.0.1';
      expect(pathsOf(touched)).toEqual(isOther ? [`.podIPs[ip="${ip}"]`, `.podIPs[ip="${ip}"].ip`] : []);
      expect(pathsOf(removed)).toEqual(isOther ? ['.podIPs[ip="10.0.0.1"]', '.podIPs[ip="10.0.0.1"].ip'] : []);
    }
  });

  it('tells two changes to the same list apart', () => {
    const after = turned('True', '10.0.0.1');
    const texts = [turned('False', '10.0.0.1'), turned('True', '10.0.0.1'), { ...after, conditions: [] }].map((old) =>
      pathsOf(compare(status, old, after).touched).filter((path) => path.endsWith('.status')),
    );
    const changed = ['.conditions[type="Ready"].status'];
    expect(texts).toEqual([changed, [], changed]);
  });
});

describe('merge', () => {
  // structured-merge-diff merge/key_test.go, list_test.go: order of items
  it.each([
    [['a', 'b', 'c'], ['b'], ['a', 'b', 'c']],
    [
      ['a', 'b', 'c'],
      ['c', 'a'],
      ['b', 'c', 'a'],
    ],
    [
      ['a', 'b'],
      ['x', 'a'],
      ['x', 'a', 'b'],
    ],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'b', 'c', 'd'],
    ],
    [[], ['b', 'a'], ['b', 'a']],
    [
      ['1', '2', '3'],
      ['3', '2', '1'],
      ['3', '2', '1'],
    ],
  ])('merges items %s and %s to %s', (live, config, merged) => {
    expect(namesOf(mergeValue(POD_SPEC, containers(...live), containers(...config)))).toEqual(merged);
  });

  it('keeps every item once, whatever the lists', () => {
    const lists = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });
    fc.assert(
      fc.property(lists, lists, (live, config) => {
        const merged = namesOf(mergeValue(POD_SPEC, containers(...live), containers(...config)));
        expect([...merged].sort()).toEqual([...new Set([...live, ...config])].sort());
        expect(merged.filter((name) => config.includes(name))).toEqual(config);
      }),
    );
  });

  it('removes what a set names, and what is empty then', () => {
    const value = { ...containers('a', 'b'), nodeSelector: { x: 'y' }, hostAliases: [{ ip: '1.1.1.1' }] };
    const gone = set({ 'f:containers': { 'k:{"name":"a"}': {} }, 'f:hostAliases': { 'k:{"ip":"1.1.1.1"}': {} } });
    expect(removeFields(POD_SPEC, value, gone)).toEqual({ ...containers('b'), nodeSelector: { x: 'y' } });
  });

  it('says what a configuration speaks of', () => {
    const config = { containers: [{ name: 'a', resources: { limits: { cpu: '1' } }, ports: [{ containerPort: 80 }] }] };
    expect(fieldsOf(POD_SPEC, config)).toEqual({
      'f:containers': {
        'k:{"name":"a"}': {
          '.': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          'f:resources': { 'f:limits': { 'f:cpu': {} } },
        },
      },
    });
  });
});
