import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import {
  bind,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  get,
  MERGE,
  message,
  names,
  pod,
  PODS,
  TestApi,
  withAccount,
} from './testing';

describe('deletion', () => {
  it('keeps an object until its last finalizer is gone', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a', { finalizers: ['example.com/x', 'example.com/y'] }));
    const deleting = api.want('DELETE', `${CONFIG_MAPS}/a`);
    expect(deleting).toMatchObject({ kind: 'ConfigMap', metadata: { deletionGracePeriodSeconds: 0 } });
    const added = api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: ['example.com/z'] } }, MERGE);
    expect(message(added)).toContain(
      'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/z"}',
    );
    expect(
      api.want('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: ['example.com/y'] } }, MERGE).metadata.finalizers,
    ).toEqual(['example.com/y']);
    expect(api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: null } }, MERGE).code).toBe(200);
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(404);
  });

  it('adds the finalizers of the garbage collector as the policy says', () => {
    const api = new TestApi();
    for (const [name, policy, finalizer] of [
      ['f', 'Foreground', 'foregroundDeletion'],
      ['o', 'Orphan', 'orphan'],
    ] as const) {
      api.want('POST', DEPLOYMENTS, deployment(name));
      expect(api.want('DELETE', `${DEPLOYMENTS}/${name}`, { propagationPolicy: policy }).metadata.finalizers).toEqual([
        finalizer,
      ]);
    }
  });

  it.each<[string, boolean, string | null, number | null, string]>([
    ['a pod on no node goes at once', false, null, null, 'gone'],
    ['a finished pod goes at once', true, 'Succeeded', null, 'gone'],
    ['a bound pod gets its own grace', true, null, null, '30'],
    ['a bound pod gets the grace that was asked for', true, null, 5, '5'],
    ['grace 0 removes it at once', true, null, 0, 'gone'],
    ['a negative grace is 1', true, null, -1, '1'],
  ])('%s', (_what, bound, phase, grace, result) => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    if (bound) bind(api, 'p', 'node-1');
    if (phase !== null) api.want('PATCH', `${PODS}/p/status`, { status: { phase } }, MERGE);
    api.want('DELETE', `${PODS}/p`, grace === null ? undefined : { gracePeriodSeconds: grace });
    const now = api.ask('GET', `${PODS}/p`);
    expect(now.code === 404 ? 'gone' : String((now.body as KubeObject).metadata.deletionGracePeriodSeconds)).toBe(
      result,
    );
  });

  it('shortens a grace that is running, and never lengthens it', () => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    bind(api, 'p', 'node-1');
    const first = api.want('DELETE', `${PODS}/p`);
    const generation = first.metadata.generation ?? 0;
    expect(first.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-01-01T00:00:31Z' });
    api.advance(10 * SECOND);
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 60 }).metadata).toEqual(first.metadata);
    expect(api.want('DELETE', `${PODS}/p`).metadata).toEqual(first.metadata);
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 20 }).metadata).toMatchObject({
      deletionGracePeriodSeconds: 20,
      deletionTimestamp: '2026-01-01T00:00:21Z',
      generation,
    });
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 2 }).metadata).toMatchObject({
      deletionGracePeriodSeconds: 1,
      deletionTimestamp: '2026-01-01T00:00:11Z',
    });
    const watch = api.watch(`${PODS}?watch=true&resourceVersion=${get(api, `${PODS}/p`).metadata.resourceVersion}`);
    api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(watch.events()).toEqual(['MODIFIED p', 'DELETED p']);
  });

  it('minds preconditions', () => {
    const api = new TestApi();
    const { uid } = api.want('POST', CONFIG_MAPS, configMap('a')).metadata;
    const refused = api.ask('DELETE', `${CONFIG_MAPS}/a`, { preconditions: { uid: 'x' } });
    expect([refused.code, message(refused)]).toEqual([
      409,
      `Operation cannot be fulfilled on configmaps "a": the UID in the precondition (x) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    ]);
    expect(api.ask('DELETE', `${CONFIG_MAPS}/a`, { preconditions: { uid } }).code).toBe(200);
  });

  it('deletes a collection by selector and answers what it was', () => {
    const api = new TestApi();
    for (const name of ['a', 'b', 'c'])
      api.want('POST', CONFIG_MAPS, configMap(name, { labels: { keep: name === 'b' ? 'yes' : 'no' } }));
    expect(names(api.want('DELETE', `${CONFIG_MAPS}?labelSelector=keep%3Dno`))).toEqual(['a', 'c']);
    expect(names(api.want('GET', CONFIG_MAPS))).toEqual(['b']);
  });

  it('marks a namespace, closes it for new objects, and removes it once it is finalized', () => {
    const api = new TestApi();
    expect(message(api.ask('DELETE', '/api/v1/namespaces/default'))).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
    api.want('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(get(api, '/api/v1/namespaces/shop')).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
      metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
    });
    expect(api.want('DELETE', '/api/v1/namespaces/shop')).toMatchObject({ status: { phase: 'Terminating' } });
    const refused = api.ask('POST', '/api/v1/namespaces/shop/configmaps', configMap('a'));
    expect([refused.code, message(refused)]).toEqual([
      403,
      'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
    ]);
    const marked = get(api, '/api/v1/namespaces/shop');
    api.want('PUT', '/api/v1/namespaces/shop/finalize', { ...marked, spec: { finalizers: [] } });
    expect(api.ask('GET', '/api/v1/namespaces/shop').code).toBe(404);
  });
});
