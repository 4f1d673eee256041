import '../late-api';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json';
import { deepFreeze } from '../testing';
import { applyPatch, JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from './apply-patch';
import { applyMergePatch } from './merge-patch';
import { applyStrategicMerge } from './strategic-merge';
import { patchSchemaOf, type PatchSchema } from './strategies';
import { createThreeWayPatch } from './three-way';

/** The fields of MergeItem in upstream's tests. */
const mergeItem: PatchSchema = {
  strategyOf: (field) =>
    field === 'mergingIntList'
      ? { merge: true }
      : field === 'mergingList'
        ? { merge: true, key: 'name' }
        : field === 'retainKeysMap'
          ? { retainKeys: true }
          : {},
  at: () => mergeItem,
};
const apply = (target: JsonObject, patch: JsonObject) =>
  applyStrategicMerge(deepFreeze(target), deepFreeze(patch), mergeItem);
const item = (name: number | string, more: object = {}) => ({ name, ...more }) as JsonObject;
const list = (...items: JsonObject[]): JsonObject => ({ mergingList: items });

// kubernetes apimachinery/pkg/util/strategicpatch/patch_test.go (A21 to A27)
describe('strategic merge patch', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'A21 merges lists of scalars',
      { mergingIntList: [1, 2] },
      { mergingIntList: [2, 3] },
      { mergingIntList: [1, 2, 3] },
    ],
    [
      'A22 keeps unpatched items in place',
      list(item(1), item(2, { value: 'b' }), item(3)),
      list(item(3, { value: 'c' }), item(1, { value: 'a' })),
      list(item(2, { value: 'b' }), item(3, { value: 'c' }), item(1, { value: 'a' })),
    ],
    [
      'A23 deletes items',
      list(item(1), item(1), item(2, { value: 'a' }), item(3), item(3)),
      list(item(1, { $patch: 'delete' }), item(3, { $patch: 'delete' })),
      list(item(2, { value: 'a' })),
    ],
    ['A24 replaces a list', list(item(1), item(2)), { mergingList: [{ $patch: 'replace' }] }, list()],
    [
      'A25 sets the order',
      list(item(1, { other: 'a' }), item(3), item(4), item(2), item(9)),
      { '$setElementOrder/mergingList': [item(4), item(2), item(3), item(1)] },
      list(item(4), item(2), item(3), item(1, { other: 'a' }), item(9)),
    ],
    [
      'merges in place what stands in the order of the old list',
      list(item('a', { a: 1 }), item('b'), item('c', { c: 1, d: 1 })),
      {
        ...list(item('a', { b: 2 }), item('c', { c: null })),
        '$setElementOrder/mergingList': [item('a'), item('b'), item('c')],
      },
      list(item('a', { a: 1, b: 2 }), item('b'), item('c', { d: 1 })),
    ],
    [
      'adds items where the order wants them',
      list(item('b', { a: 1 })),
      {
        ...list(item('a', { a: 1, b: null }), item('b', { a: 2 }), item('c')),
        '$setElementOrder/mergingList': [item('a'), item('b'), item('c')],
      },
      list(item('a', { a: 1 }), item('b', { a: 2 }), item('c')),
    ],
    [
      'deletes an item that the order does not name',
      list(item('a'), item('b'), item('c')),
      { ...list(item('b', { $patch: 'delete' })), '$setElementOrder/mergingList': [item('a'), item('c')] },
      list(item('a'), item('c')),
    ],
    [
      'A26 retains keys',
      { retainKeysMap: { value: 'foo' } },
      { retainKeysMap: { $retainKeys: ['other'], other: 'bar' } },
      { retainKeysMap: { other: 'bar' } },
    ],
    [
      'replaces a map',
      { simpleMap: { a: 1, b: 2 } },
      { simpleMap: { $patch: 'replace', c: 3 } },
      { simpleMap: { c: 3 } },
    ],
    ['deletes a map', { simpleMap: { a: 1 }, b: 1 }, { simpleMap: { $patch: 'delete' } }, { b: 1 }],
    [
      'deletes scalars',
      { mergingIntList: [1, 2, 3] },
      { '$deleteFromPrimitiveList/mergingIntList': [1, 3] },
      { mergingIntList: [2] },
    ],
  ])('%s', (_name, target, patch, expected) => expect(apply(target, patch)).toEqual(expected));

  it('shares what it does not touch', () => {
    const target = deepFreeze({ a: { b: 1 }, c: { d: 1 } });
    const result = apply(target, { a: { b: 2 } });
    expect(result['c']).toBe(target.c);
    expect(apply(target, { a: { b: 1 } })).toBe(target);
  });

  it('makes one list of the same change to one list, and another of one that is written otherwise', () => {
    const old = list(item('a', { x: 1 }), item('b'));
    const change = () => list(item('a', { y: 2, z: { one: 1, two: 2 } }));
    const first = apply(old, change());
    expect(apply(old, change())['mergingList']).toBe(first['mergingList']);
    const others: [JsonObject, string][] = [
      [
        list(item('a', { z: { one: 1, two: 2 }, y: 2 })),
        '[{"name":"a","x":1,"z":{"one":1,"two":2},"y":2},{"name":"b"}]',
      ],
      [
        list(item('a', { y: 2, z: { two: 2, one: 1 } })),
        '[{"name":"a","x":1,"y":2,"z":{"two":2,"one":1}},{"name":"b"}]',
      ],
      [
        list(item('a', { y: 3, z: { one: 1, two: 2 } })),
        '[{"name":"a","x":1,"y":3,"z":{"one":1,"two":2}},{"name":"b"}]',
      ],
      [
        { ...change(), '$setElementOrder/mergingList': [item('b'), item('a')] },
        '[{"name":"b"},{"name":"a","x":1,"y":2,"z":{"one":1,"two":2}}]',
      ],
    ];
    for (const [patch, wanted] of others) expect(JSON.stringify(apply(old, patch)['mergingList'])).toBe(wanted);
  });

  it('merges the containers of a Deployment by name', () => {
    const at = (containers: object[]) => ({ spec: { template: { spec: { containers } } } }) as unknown as JsonObject;
    const patched = applyPatch(
      STRATEGIC_MERGE_PATCH,
      at([{ name: 'a', image: '1' }, { name: 'b' }]),
      at([{ name: 'a', image: '2' }]),
      'Deployment',
    );
    // Items that the patch does not name keep their place behind it.
    expect(patched).toEqual({ ok: true, value: at([{ name: 'a', image: '2' }, { name: 'b' }]) });
    const broken = applyPatch(STRATEGIC_MERGE_PATCH, at([]), at([{ image: '2' }]), 'Deployment');
    expect(!broken.ok && broken.status.message).toBe('map: map[image:2] does not contain declared merge key: name');
  });
});

const deployment = patchSchemaOf('Deployment');
const podSpec = patchSchemaOf('PodSpec');
const meta = patchSchemaOf('Pod');

// V1 to V11 of the kubectl reference, and A27.
describe('three-way patch of kubectl apply', () => {
  it.each<[string, PatchSchema, JsonObject, JsonObject, JsonObject, JsonObject]>([
    [
      'A27',
      mergeItem,
      { simpleMap: { key1: 1, key2: 1 } },
      { simpleMap: { key1: 1 } },
      { simpleMap: { key1: 'a', key2: 1, other: 'a' } },
      { simpleMap: { key1: 1, key2: null } },
    ],
    [
      'V1',
      deployment,
      { spec: { replicas: 2 } },
      { spec: { replicas: 3 } },
      { spec: { replicas: 5, paused: true } },
      { spec: { replicas: 3 } },
    ],
    [
      'V2',
      deployment,
      { spec: { replicas: 2, minReadySeconds: 5 } },
      { spec: { replicas: 2 } },
      { spec: { replicas: 2, minReadySeconds: 5 } },
      { spec: { minReadySeconds: null } },
    ],
    ['V3', deployment, {}, {}, { spec: { replicas: 4 } }, {}],
    [
      'V4',
      meta,
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { a: '9', b: '2', live: 'x' } } },
      { metadata: { labels: { a: '1', b: null } } },
    ],
    [
      'V5',
      podSpec,
      { containers: [{ name: 'web', image: 'i:1' }, { name: 'old' }] },
      { containers: [{ name: 'web', image: 'i:2' }] },
      { containers: [{ name: 'web', image: 'i:1', imagePullPolicy: 'Always' }, { name: 'old' }, { name: 'mesh' }] },
      {
        '$setElementOrder/containers': [{ name: 'web' }],
        containers: [
          { image: 'i:2', name: 'web' },
          { $patch: 'delete', name: 'old' },
        ],
      },
    ],
    [
      'V6',
      podSpec,
      { containers: [{ name: 'c', args: ['a', 'b'] }] },
      { containers: [{ name: 'c', args: ['b', 'c'] }] },
      { containers: [{ name: 'c', args: ['a', 'b'] }] },
      { '$setElementOrder/containers': [{ name: 'c' }], containers: [{ args: ['b', 'c'], name: 'c' }] },
    ],
    [
      'V7',
      patchSchemaOf('ObjectMeta'),
      { finalizers: ['x/a', 'x/b'] },
      { finalizers: ['x/b'] },
      { finalizers: ['x/a', 'x/b', 'x/live'] },
      { '$deleteFromPrimitiveList/finalizers': ['x/a'], '$setElementOrder/finalizers': ['x/b'] },
    ],
    [
      'V8',
      patchSchemaOf('DeploymentSpec'),
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
      { strategy: { type: 'Recreate' } },
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
      { strategy: { $retainKeys: ['type'], rollingUpdate: null, type: 'Recreate' } },
    ],
    [
      'V9',
      deployment,
      { spec: { minReadySeconds: 5 } },
      { spec: {} },
      { spec: {} },
      { spec: { minReadySeconds: null } },
    ],
    [
      'V10',
      patchSchemaOf('ServiceSpec'),
      { ports: [{ port: 80, targetPort: 8080 }] },
      { ports: [{ port: 81, targetPort: 8080 }] },
      { ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
      {
        '$setElementOrder/ports': [{ port: 81 }],
        ports: [
          { port: 81, targetPort: 8080 },
          { $patch: 'delete', port: 80 },
        ],
      },
    ],
    [
      'V11',
      deployment,
      {},
      { spec: { replicas: 3 } },
      { spec: { replicas: 1, minReadySeconds: 9 } },
      { spec: { replicas: 3 } },
    ],
  ])('%s', (_name, schema, original, modified, current, patch) => {
    expect(createThreeWayPatch(deepFreeze(original), deepFreeze(modified), deepFreeze(current), schema)).toEqual(patch);
  });

  it('leads from the live object to the manifest, and keeps what only lives there', () => {
    const original = { containers: [{ name: 'web', image: 'i:1' }, { name: 'old' }] };
    const modified = { containers: [{ name: 'web', image: 'i:2' }] };
    const current = {
      containers: [{ name: 'web', image: 'i:1', imagePullPolicy: 'Always' }, { name: 'old' }, { name: 'mesh' }],
    };
    const patch = createThreeWayPatch(original, modified, current, podSpec);
    expect(applyStrategicMerge(current, patch, podSpec)).toEqual({
      containers: [{ name: 'web', image: 'i:2', imagePullPolicy: 'Always' }, { name: 'mesh' }],
    });
  });
});

// RFC 7386 appendix A
describe('merge patch', () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyMergePatch(deepFreeze(target) as JsonObject, deepFreeze(patch) as JsonObject)).toEqual(result);
  });
});

describe('patches by media type', () => {
  const target = deepFreeze({ spec: { replicas: 1 } });
  it('applies JSON patches without touching the target', () => {
    const result = applyPatch(JSON_PATCH, target, [{ op: 'replace', path: '/spec/replicas', value: 3 }], 'Deployment');
    expect(result).toEqual({ ok: true, value: { spec: { replicas: 3 } } });
  });
  it('refuses a failed test with 422, an unknown media type with 415', () => {
    const failed = applyPatch(JSON_PATCH, target, [{ op: 'test', path: '/spec/replicas', value: 3 }], 'Deployment');
    expect(!failed.ok && failed.status.code).toBe(422);
    expect(!failed.ok && failed.status.message).toBe('the server rejected our request due to an error in our request');
    const unknown = applyPatch('text/plain', target, {}, 'Deployment');
    expect(!unknown.ok && unknown.status.code).toBe(415);
    expect(applyPatch(MERGE_PATCH, target, { spec: { replicas: 2 } }, 'Deployment')).toEqual({
      ok: true,
      value: { spec: { replicas: 2 } },
    });
  });
});
