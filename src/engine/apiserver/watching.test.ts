import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { decodeToken } from './continue-token';
import { APISERVER, ETCD, TestApi } from './testing';
import type { ApiResponse, WatchEvent } from './wire';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { contentType: 'application/merge-patch+json' };

const configMap = (name: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
});
const names = (body: unknown): string[] => (body as { items: KubeObject[] }).items.map((item) => item.metadata.name);
const meta = (body: unknown) =>
  (body as { metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number } }).metadata;
const message = (response: ApiResponse): string => (response.body as { message: string }).message;
const label = (api: TestApi, name: string, value: string | null) =>
  api.want('PATCH', `${CONFIG_MAPS}/${name}`, { metadata: { labels: { app: value } } }, MERGE);

function withObjects(...list: readonly string[]): TestApi {
  const api = new TestApi();
  for (const name of list) api.want('POST', CONFIG_MAPS, configMap(name));
  return api;
}

describe('a list', () => {
  it('comes in pages of one revision, with the number of those that remain', () => {
    const api = withObjects('a', 'b', 'c', 'd', 'e');
    const first = api.want('GET', `${CONFIG_MAPS}?limit=2`);
    expect([names(first), meta(first).remainingItemCount]).toEqual([['a', 'b'], 3]);
    expect(decodeToken(meta(first).continue!)).toEqual({
      revision: Number(meta(first).resourceVersion),
      start: 'default/b\0',
    });
    api.want('DELETE', `${CONFIG_MAPS}/d`);
    const second = api.want('GET', `${CONFIG_MAPS}?limit=2&continue=${meta(first).continue}`);
    expect([names(second), meta(second).resourceVersion]).toEqual([['c', 'd'], meta(first).resourceVersion]);
    const third = api.want('GET', `${CONFIG_MAPS}?limit=2&continue=${meta(second).continue}`);
    expect([names(third), meta(third).continue, meta(third).remainingItemCount]).toEqual([['e'], undefined, undefined]);
  });

  it('fills its pages when a selector leaves few, and then tells no remaining count', () => {
    const api = new TestApi();
    for (let i = 0; i < 30; i++) api.want('POST', CONFIG_MAPS, configMap(`m${10 + i}`, { odd: String(i % 2) }));
    const first = api.want('GET', `${CONFIG_MAPS}?limit=10&labelSelector=odd%3D1`);
    expect(names(first).length).toBe(10);
    expect(meta(first).remainingItemCount).toBeUndefined();
    expect(
      names(api.want('GET', `${CONFIG_MAPS}?limit=10&labelSelector=odd%3D1&continue=${meta(first).continue}`)).length,
    ).toBe(5);
  });

  it('is exact where that is asked, and says when it cannot be', () => {
    const api = withObjects('a', 'b');
    const { resourceVersion } = meta(api.want('GET', `${CONFIG_MAPS}/a`));
    expect(
      names(api.want('GET', `${CONFIG_MAPS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)),
    ).toEqual(['a']);
    expect(names(api.want('GET', `${CONFIG_MAPS}?resourceVersion=${resourceVersion}`))).toEqual(['a', 'b']);
    const first = api.want('GET', `${CONFIG_MAPS}?limit=1`);
    api.advance(16 * MINUTE);
    const old = api.ask('GET', `${CONFIG_MAPS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
    expect([old.code, message(old)]).toEqual([410, 'The resourceVersion for the provided list is too old.']);
    const page = api.ask('GET', `${CONFIG_MAPS}?limit=1&continue=${meta(first).continue}`);
    expect([page.code, message(page).slice(0, 80)]).toEqual([
      410,
      'The provided continue parameter is too old to display a consistent list result. ',
    ]);
    expect(names(api.want('GET', `${CONFIG_MAPS}?limit=1&continue=${meta(page.body).continue}`))).toEqual(['b']);
  });

  it.each([
    [
      'resourceVersionMatch=Exact',
      422,
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'resourceVersion=0&resourceVersionMatch=Exact',
      422,
      'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    ['sendInitialEvents=true', 422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
    ['resourceVersion=5&continue=abc', 400, 'specifying resource version is not allowed when using continue'],
    [
      'watch=true&sendInitialEvents=true',
      422,
      'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
    [
      'watch=true&resourceVersion=1&resourceVersionMatch=NotOlderThan',
      422,
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('refuses %s', (query, code, text) => {
    const response = new TestApi().ask('GET', `${CONFIG_MAPS}?${query}`);
    expect(response.code).toBe(code);
    expect(message(response)).toContain(text);
  });

  it('waits three seconds for a revision that has not been, and then says so', () => {
    const api = withObjects('a');
    const id = api.send('GET', `${CONFIG_MAPS}?resourceVersion=1000`);
    api.advance(2.9 * SECOND);
    expect(api.answerTo(id)).toBeUndefined();
    api.advance(SECOND);
    expect(api.answerTo(id)?.code).toBe(504);
    expect(message(api.answerTo(id)!)).toMatch(/^Timeout: Too large resource version: 1000, current: \d+$/);
  });

  it('is a Table for those who ask', () => {
    const api = withObjects('a');
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    expect(api.want('GET', CONFIG_MAPS, undefined, { accept })).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
      rows: [{ cells: ['a', 0, '0s'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
    });
  });
});

describe('a watch', () => {
  it('begins with what exists, or with what came after a revision', () => {
    const api = withObjects('a', 'b');
    const version = meta(api.want('GET', `${CONFIG_MAPS}/a`)).resourceVersion;
    expect(api.watch(`${CONFIG_MAPS}?watch=true`).events()).toEqual(['ADDED a', 'ADDED b']);
    expect(api.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${version}`).events()).toEqual(['ADDED b']);
    expect(api.watch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Db`).events()).toEqual(['ADDED b']);
    expect(api.watch('/api/v1/namespaces/kube-system/configmaps?watch=true').events()).toEqual([]);
  });

  it('ends its initial events with a bookmark', () => {
    const api = withObjects('a');
    const events = api
      .watch(
        `${CONFIG_MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      )
      .raw();
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(events[1]!.object).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  it('tells of objects that begin and cease to be selected', () => {
    const api = withObjects('a');
    const watch = api.watch(`${CONFIG_MAPS}?watch=true&labelSelector=app%3Dweb`);
    label(api, 'a', 'web');
    expect(watch.events()).toEqual(['ADDED a']);
    api.want('PATCH', `${CONFIG_MAPS}/a`, { data: { k: 'v' } }, MERGE);
    expect(watch.events()).toEqual(['MODIFIED a']);
    label(api, 'a', 'other');
    const [left] = watch.raw() as [WatchEvent];
    expect(left).toMatchObject({ type: 'DELETED', object: { metadata: { labels: { app: 'web' } } } });
    expect((left.object as KubeObject).metadata.resourceVersion).toBe(
      meta(api.want('GET', `${CONFIG_MAPS}/a`)).resourceVersion,
    );
    label(api, 'a', 'web');
    api.want('DELETE', `${CONFIG_MAPS}/a`);
    const [, gone] = watch.raw() as [WatchEvent, WatchEvent];
    expect(gone.type).toBe('DELETED');
  });

  it('of one node hears of that node only, and shares the events of all others', () => {
    const api = new TestApi();
    api.want('POST', '/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    const all = api.watch('/api/v1/pods?watch=true');
    const unbound = api.watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3D');
    const one = api.watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dnode-1');
    for (const name of ['a', 'b'])
      api.want('POST', PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
    expect([unbound.events(), one.events()]).toEqual([['ADDED a', 'ADDED b'], []]);
    for (const [name, node] of [
      ['a', 'node-1'],
      ['b', 'node-2'],
    ]) {
      api.want('POST', `${PODS}/${name}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { kind: 'Node', name: node },
      });
    }
    expect([unbound.events(), one.events()]).toEqual([['DELETED a', 'DELETED b'], ['ADDED a']]);
    all.raw();
    api.want('PATCH', `${PODS}/a/status`, { status: { phase: 'Running' } }, MERGE);
    const [there] = one.raw();
    expect(all.raw()[0]!.object).toBe(there!.object);
    expect(names(api.want('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1'))).toEqual(['a']);
  });

  it('from before the window is told so, and ends', () => {
    const api = withObjects('a');
    const version = meta(api.want('GET', `${CONFIG_MAPS}/a`)).resourceVersion;
    for (let i = 0; i < 150; i++) {
      label(api, 'a', String(i));
      api.advance(2 * SECOND);
    }
    const watch = api.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${version}`);
    const [event] = watch.raw();
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect((event!.object as { message: string }).message).toMatch(
      new RegExp(`^too old resource version: ${version} \\(\\d+\\)$`),
    );
    expect(api.closed.has(watch.id)).toBe(true);
  });

  it('keeps its events as long as they are young', () => {
    const api = withObjects('a');
    const version = meta(api.want('GET', `${CONFIG_MAPS}/a`)).resourceVersion;
    for (let i = 0; i < 300; i++) label(api, 'a', String(i));
    expect(api.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${version}`).events().length).toBe(300);
  });

  it('gets a bookmark a minute, one before its end, and ends in time', () => {
    const api = withObjects('a');
    const version = meta(api.want('GET', `${CONFIG_MAPS}/a`)).resourceVersion;
    const watch = api.watch(
      `${CONFIG_MAPS}?watch=true&resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=90`,
    );
    api.advance(70 * SECOND);
    expect(watch.events()).toEqual(['BOOKMARK']);
    api.advance(18 * SECOND);
    expect(watch.events()).toEqual(['BOOKMARK']);
    expect(api.closed.has(watch.id)).toBe(false);
    api.advance(2 * SECOND);
    expect(api.closed.has(watch.id)).toBe(true);
    expect(api.state.counters.watchesOpen).toBe(0);
  });

  it('can be given up, and a ping tells which ones are held', () => {
    const api = withObjects('a');
    const watch = api.watch(`${CONFIG_MAPS}?watch=true`);
    api.tell({ type: 'api/ping' });
    api.advance(1000);
    expect(api.others).toEqual([{ type: 'api/pong', watches: [watch.id] }]);
    api.tell({ type: 'api/cancel', id: watch.id } as never);
    api.advance(1000);
    expect(api.state.counters.watchesOpen).toBe(0);
  });

  it('tells of several writes that reach the disk together in one message', () => {
    const api = withObjects('a');
    const watch = api.watch(`${CONFIG_MAPS}?watch=true`);
    watch.raw();
    for (let i = 0; i < 10; i++) api.send('POST', CONFIG_MAPS, configMap(`b${i}`));
    expect(watch.events()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `ADDED b${i}`));
  });
});

describe('when etcd is away', () => {
  it('answers after the real timeouts, serves what the cache has, and goes on when it is back', () => {
    const api = withObjects('a');
    const watch = api.watch(`${CONFIG_MAPS}?watch=true`);
    watch.raw();
    api.world.stop(ETCD);
    api.advance(1000);
    expect(names(api.want('GET', `${CONFIG_MAPS}?resourceVersion=0`))).toEqual(['a']);
    expect(api.ask('GET', '/readyz').code).toBe(500);
    const write = api.send('POST', CONFIG_MAPS, configMap('b'));
    const read = api.send('GET', `${CONFIG_MAPS}/a`);
    api.advance(33 * SECOND);
    expect(api.answerTo(write)).toBeUndefined();
    api.advance(7 * SECOND);
    expect([api.answerTo(write)?.code, message(api.answerTo(write)!)]).toEqual([
      504,
      'Timeout: request did not complete within requested timeout - context deadline exceeded',
    ]);
    api.advance(26 * SECOND);
    expect(message(api.answerTo(read)!)).toBe('Timeout: request did not complete within the allotted timeout');
    const waiting = api.send('POST', CONFIG_MAPS, configMap('c'));
    api.world.boot(ETCD);
    api.advance(3 * SECOND);
    expect(api.answerTo(waiting)?.code).toBe(201);
    expect(watch.events()).toEqual(['ADDED c']);
    expect(names(api.want('GET', CONFIG_MAPS))).toEqual(['a', 'c']);
  });

  it('fails the writes that were under way, which may have happened', () => {
    const api = withObjects('a');
    const id = api.send('POST', CONFIG_MAPS, configMap('b'));
    while (api.etcdState.writing === null) api.world.advance(10);
    api.world.restart(ETCD);
    api.advance(3 * SECOND);
    expect([api.answerTo(id)?.code, message(api.answerTo(id)!)]).toEqual([
      500,
      'rpc error: code = Unavailable desc = error reading from server: EOF',
    ]);
    expect(names(api.want('GET', CONFIG_MAPS))).toEqual(['a', 'b']);
  });

  it('begins watching anew when what it missed is compacted', () => {
    const api = withObjects('a', 'b');
    const watch = api.watch(`${CONFIG_MAPS}?watch=true`);
    watch.raw();
    api.world.stop(APISERVER);
    api.world.boot(APISERVER);
    api.advance(SECOND);
    expect(names(api.want('GET', `${CONFIG_MAPS}?resourceVersion=0`))).toEqual(['a', 'b']);
  });
});

describe('compaction', () => {
  it('keeps five to ten minutes of history', () => {
    const api = withObjects('a');
    for (let i = 0; i < 40; i++) {
      label(api, 'a', String(i));
      api.advance(MINUTE);
    }
    const { store } = api.etcdState;
    const kept = store.history.filter(({ kv }) => kv.key === '/registry/configmaps/default/a');
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.length).toBeLessThanOrEqual(11);
    expect(store.compactRevision).toBeGreaterThan(30);
  });
});
