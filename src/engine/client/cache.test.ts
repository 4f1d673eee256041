import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controllerOf } from '#engine/api/meta';
import { standingOf } from '#engine/api/pod-standing';
import type { KubeObject } from '#engine/api/types';
import { cacheOf, dropObject, newStore, putObject, replaceObjects, viewOf } from './cache';
import { newClient } from './client';

/** What `o2` owns it does not control. */
const REFERENCE = { apiVersion: 'v1', kind: 'X' };

const pod = (namespace: string, name: string, version = 1, node = '', owner = ''): KubeObject =>
  Object.freeze({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      uid: `${namespace}/${name}`,
      resourceVersion: String(version),
      creationTimestamp: '',
      ...(owner === ''
        ? {}
        : { ownerReferences: [{ ...REFERENCE, name: owner, uid: owner, controller: owner !== 'o2' }] }),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {},
  });

function fresh(): ReturnType<typeof newClient> {
  const client = newClient({ servers: ['s/a'], userAgent: '', credentials: {}, qps: 0, burst: 0 });
  client.stores.set('Pod', newStore('Pod'));
  return client;
}

describe('cache', () => {
  it('lists in order of namespace, then name, by bytes', () => {
    const client = fresh();
    const store = client.stores.get('Pod')!;
    for (const [namespace, name] of [
      ['b', 'a'],
      ['a-b', 'z'],
      ['a', 'Z'],
      ['a', 'b-1'],
      ['a', 'b'],
    ] as const) {
      putObject(store, pod(namespace, name));
    }
    const names = cacheOf(client, 'Pod')
      .list()
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(names).toEqual(['a/Z', 'a/b', 'a/b-1', 'a-b/z', 'b/a']);
    expect(
      cacheOf(client, 'Pod')
        .list('a')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['Z', 'b', 'b-1']);
  });

  it('hands out lists that do not change under their reader, and the same one while nothing changes', () => {
    const client = fresh();
    const store = client.stores.get('Pod')!;
    putObject(store, pod('a', 'x'));
    const before = cacheOf(client, 'Pod').list();
    expect(cacheOf(client, 'Pod').list()).toBe(before);
    putObject(store, pod('a', 'y'));
    expect([before.length, cacheOf(client, 'Pod').list().length]).toEqual([1, 2]);
  });

  it('tells an object of the same name and another uid as a deletion and an addition', () => {
    const store = newStore('Pod');
    const first = pod('a', 'x');
    putObject(store, first);
    const second = { ...pod('a', 'x', 2), metadata: { ...pod('a', 'x', 2).metadata, uid: 'another' } };
    expect(putObject(store, second).map(({ type }) => type)).toEqual(['deleted', 'added']);
    expect(putObject(store, second)).toEqual([]);
    expect(dropObject(store, second).map(({ type }) => type)).toEqual(['deleted']);
    expect(dropObject(store, second)).toEqual([]);
  });

  it('is empty for kinds that the client does not reflect', () => {
    const view = viewOf(fresh());
    expect([view.list('Node'), view.get('Node', '', 'n'), view.ownedBy('Node', 'u')]).toEqual([[], undefined, []]);
  });

  it('answers from its indexes what a search through all objects finds, whatever its history', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const deed = fc.record({
      drop: fc.boolean(),
      namespace: fc.constantFrom('x', 'y'),
      name: names,
      node: fc.constantFrom('', 'n1', 'n2'),
      owner: fc.constantFrom('', 'o1', 'o2'),
      read: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 120 }), fc.integer({ min: 0, max: 120 }), (deeds, relistAt) => {
        const client = fresh();
        const store = client.stores.get('Pod')!;
        const cache = cacheOf(client, 'Pod');
        deeds.forEach(({ drop, namespace, name, node, owner, read }, index) => {
          const object = pod(namespace, name, index + 1, node, owner);
          if (index === relistAt) replaceObjects(store, [object]);
          else if (drop) dropObject(store, object);
          else putObject(store, object);
          if (read) cache.list(namespace);
          if (read && index % 2 === 0) cache.list();
        });
        const all = [...store.objects.values()] as ReturnType<typeof cache.list>[number][];
        const order = (objects: readonly { metadata: { namespace?: string; name: string } }[]): string[] =>
          objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
        const keys = (objects: readonly { metadata: { namespace?: string; name: string } }[]): string[] =>
          objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
        expect(keys(cache.list())).toEqual(order(all));
        expect(cache.size).toBe(all.length);
        for (const namespace of ['x', 'y']) {
          expect(keys(cache.list(namespace))).toEqual(
            order(all.filter(({ metadata }) => metadata.namespace === namespace)),
          );
          const orphans = all.filter((object) => object.metadata.namespace === namespace && !controllerOf(object));
          expect(keys(cache.orphans(namespace))).toEqual(order(orphans));
        }
        for (const node of ['n1', 'n2'])
          expect(keys(cache.byNode(node))).toEqual(order(all.filter(({ spec }) => spec.nodeName === node)));
        for (const owner of ['o1', 'o2']) {
          const owned = all.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === owner);
          expect(cache.standings(owner)).toEqual(cache.ownedBy(owner).map(standingOf));
          expect(cache.ownedBy(owner)).toEqual([...owned].sort((a, b) => (keys([a])[0]! < keys([b])[0]! ? -1 : 1)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds 50,000 objects through many changes with a list read after each', () => {
    const client = fresh();
    const store = client.stores.get('Pod')!;
    for (let i = 0; i < 50_000; i++) putObject(store, pod(`ns-${i % 50}`, `pod-${(i * 7919) % 50_000}`));
    const cache = cacheOf(client, 'Pod');
    cache.list();
    const start = performance.now();
    for (let i = 0; i < 500; i++) {
      putObject(store, pod(`ns-${i % 50}`, `new-${i}`, i));
      cache.list(`ns-${i % 50}`);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
