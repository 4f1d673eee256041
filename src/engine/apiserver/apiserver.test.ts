import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { APISERVER, TestApi } from './testing';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const items = (body: unknown): string[] => (body as { items: KubeObject[] }).items.map((item) => item.metadata.name);

describe('the API server', () => {
  it('creates the namespaces, classes and the service that a cluster begins with, and is ready', () => {
    const api = new TestApi();
    expect(items(api.want('GET', '/api/v1/namespaces'))).toEqual([
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
    expect(items(api.want('GET', '/apis/scheduling.k8s.io/v1/priorityclasses'))).toEqual([
      'system-cluster-critical',
      'system-node-critical',
    ]);
    expect(api.want('GET', '/api/v1/namespaces/default/services/kubernetes')).toMatchObject({
      spec: { clusterIP: '10.96.0.1' },
    });
    expect(items(api.want('GET', '/apis/discovery.k8s.io/v1/endpointslices'))).toEqual(['kubernetes']);
    expect(api.want('GET', '/readyz')).toBe('ok');
    expect(api.want('GET', '/version')).toMatchObject({ gitVersion: 'v1.35.5' });
  });

  it('creates, gets, lists, updates, patches, deletes and watches', () => {
    const api = new TestApi();
    const watch = api.watch(`${CONFIG_MAPS}?watch=true`);
    const created = api.ask('POST', CONFIG_MAPS, configMap('a', { k: '1' }));
    expect(created.code).toBe(201);
    const object = created.body as KubeObject;
    expect(object.metadata).toMatchObject({
      name: 'a',
      namespace: 'default',
      creationTimestamp: '2026-01-01T00:00:01Z',
    });
    expect(object.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(api.want('GET', `${CONFIG_MAPS}/a`)).toEqual(object);
    const updated = api.want('PUT', `${CONFIG_MAPS}/a`, { ...object, data: { k: '2' } });
    expect(Number(updated.metadata.resourceVersion)).toBeGreaterThan(Number(object.metadata.resourceVersion));
    const patched = api.want(
      'PATCH',
      `${CONFIG_MAPS}/a`,
      { data: { more: 'x' } },
      { contentType: 'application/merge-patch+json' },
    );
    expect(patched).toMatchObject({ data: { k: '2', more: 'x' } });
    expect(items(api.want('GET', CONFIG_MAPS))).toEqual(['a']);
    expect(api.want('DELETE', `${CONFIG_MAPS}/a`)).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps' },
    });
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(404);
    expect(watch.events()).toEqual(['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a']);
  });

  it('has everything again after it was killed', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a'));
    api.world.restart(APISERVER);
    api.advance(100_000);
    expect(items(api.want('GET', CONFIG_MAPS))).toEqual(['a']);
  });
});
