/** Events have no standing watch cache. @source kubernetes pkg/kubeapiserver/default_storage_factory_builder.go */
import { describe, expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import type { KubeObject } from '#engine/api/types';
import { message, names, TestApi } from './testing';

const PATH = '/api/v1/namespaces/default/events';
const event = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name },
  involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
  reason: 'Told',
  type: 'Normal',
});
const versionOf = (list: KubeObject): string => list.metadata.resourceVersion;

describe('events', () => {
  it('are read from etcd while nobody watches them', () => {
    const api = new TestApi();
    api.want('POST', PATH, event('a'));
    expect(names(api.want('GET', PATH))).toEqual(['a']);
    expect(names(api.want('GET', `${PATH}?resourceVersion=0`))).toEqual(['a']);
    expect(api.want('GET', `${PATH}/a?resourceVersion=0`).metadata.name).toBe('a');
    expect(api.state.caches.has('events')).toBe(false);
    const future = api.ask('GET', `${PATH}?resourceVersion=100000`);
    expect(future.code).toBe(504);
    expect(message(future)).toMatch(/^Timeout: Too large resource version: 100000, current: \d+$/);
  });

  it('are watched from the version of a list that is older than the watch, in both of their groups', () => {
    const api = new TestApi();
    api.want('POST', PATH, event('a'));
    const version = versionOf(api.want('GET', PATH));
    api.want('POST', PATH, event('b'));
    const core = api.watch(`${PATH}?watch=true&resourceVersion=${version}`);
    const named = api.watch(`/apis/events.k8s.io/v1/namespaces/default/events?watch=true&resourceVersion=${version}`);
    api.want('POST', PATH, event('c'));
    const seen = ({ raw }: typeof core): unknown[] =>
      raw().map(({ type, object }) => [type, (object as KubeObject).apiVersion, (object as KubeObject).metadata.name]);
    expect(seen(core)).toEqual([
      ['ADDED', 'v1', 'b'],
      ['ADDED', 'v1', 'c'],
    ]);
    expect(seen(named)).toEqual([
      ['ADDED', 'events.k8s.io/v1', 'b'],
      ['ADDED', 'events.k8s.io/v1', 'c'],
    ]);
  });

  it('have a cache no longer than somebody watches them', () => {
    const api = new TestApi();
    const { id } = api.watch(`${PATH}?watch=true`);
    api.want('POST', PATH, event('a'));
    expect(api.state.caches.get('events')?.objects.size).toBe(1);
    api.advance(2 * MINUTE);
    expect(api.state.caches.has('events')).toBe(true);
    api.tell({ type: 'api/cancel', id } as { type: string });
    api.advance(2 * MINUTE);
    expect(api.state.caches.has('events')).toBe(false);
    expect(names(api.want('GET', PATH))).toEqual(['a']);
  });

  it('are deleted as a collection', () => {
    const api = new TestApi();
    for (const name of ['a', 'b']) api.want('POST', PATH, event(name));
    expect(names(api.want('DELETE', PATH))).toEqual(['a', 'b']);
    expect(names(api.want('GET', PATH))).toEqual([]);
  });
});
