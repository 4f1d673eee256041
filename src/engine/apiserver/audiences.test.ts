import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { TestApi } from './testing';
import type { WatchEvent } from './wire';

const PATH = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app } },
});

describe('watches of one client', () => {
  it('hear what they select, also when others that hear the same have ended', () => {
    const api = new TestApi();
    const seen: { id: number; raw(): readonly WatchEvent[] }[] = [];
    const watch = (query: string): number => {
      const watched = api.watch(`${PATH}?watch=true${query}`);
      seen.push(watched);
      return watched.id;
    };
    const names = (id: number): string[] =>
      seen
        .find((one) => one.id === id)!
        .raw()
        .map(({ object }) => (object as KubeObject).metadata.name);
    const all = [watch(''), watch(''), watch('')];
    const a = watch('&labelSelector=app%3Da');
    const b = watch('&labelSelector=app%3Db');
    const audiences = () => [...api.state.caches.get('configmaps')!.watchers.byNamespace.get('default')!.values()];
    expect(audiences().map(({ ids }) => ids)).toEqual([all, [a], [b]]);

    api.want('POST', PATH, configMap('one', 'a'));
    api.tell({ type: 'api/cancel', id: all[1]! } as { type: string });
    api.want('POST', PATH, configMap('two', 'b'));
    expect(all.map(names)).toEqual([['one', 'two'], ['one'], ['one', 'two']]);
    expect([names(a), names(b)]).toEqual([['one'], ['two']]);
    expect(audiences().map(({ ids }) => ids)).toEqual([[all[0], all[2]], [a], [b]]);

    for (const id of [all[0], all[2], a, b]) api.tell({ type: 'api/cancel', id } as { type: string });
    api.advance(1_000);
    expect(api.state.caches.get('configmaps')!.watchers.byNamespace.size).toBe(0);
  });

  it('may be ten thousand: each hears of a change, and when they are given up nothing of them is kept', () => {
    const api = new TestApi();
    const watches = Array.from({ length: 10_000 }, () => api.watch(`${PATH}?watch=true`));
    const { watchers } = api.state.caches.get('configmaps')!;
    const open = api.state.counters.watchesOpen;
    api.want('POST', PATH, configMap('one', 'a'));
    expect(watches.filter(({ raw }) => raw().length === 1)).toHaveLength(10_000);
    for (const { id } of watches) api.tell({ type: 'api/cancel', id } as { type: string });
    api.advance(1_000);
    expect(open - api.state.counters.watchesOpen).toBe(10_000);
    expect(watchers.byNamespace.size).toBe(0);
  });
});
