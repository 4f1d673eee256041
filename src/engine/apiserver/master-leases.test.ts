/** @source kubernetes pkg/controlplane/reconcilers/lease_test.go */
import { describe, expect, it } from 'vitest';
import type { Endpoints, EndpointSlice } from '#engine/api/types';
import type { TxnRequest } from '#engine/etcd/wire';
import { SECOND } from '#engine/kernel/time';
import { ETCD, TestApi } from './testing';

const SLICE = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
const addresses = (api: TestApi): readonly string[] =>
  ((api.want('GET', SLICE) as unknown as EndpointSlice).endpoints ?? []).flatMap((one) => one.addresses);

/** Another API server has its key in etcd. */
function joinedBy(address: string): TestApi {
  const api = new TestApi();
  const key = `/registry/masterleases/${address}`;
  const success = [{ op: 'put', key, value: {}, bytes: 10 }] as const;
  const request: TxnRequest = { type: 'etcd/txn', id: 1, compare: [], success, failure: [] };
  api.world.send(ETCD, request);
  return api;
}

describe('the endpoints of the Service kubernetes', () => {
  it('are those whose keys are in etcd, in both kinds, from the next renewal on', () => {
    const api = joinedBy('192.168.0.12');
    expect(addresses(api)).toEqual(['192.168.0.11']);
    api.advance(10 * SECOND);
    expect(addresses(api)).toEqual(['192.168.0.11', '192.168.0.12']);
    const endpoints = api.want('GET', '/api/v1/namespaces/default/endpoints/kubernetes') as unknown as Endpoints;
    expect(endpoints).toMatchObject({
      metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [
        {
          addresses: [{ ip: '192.168.0.11' }, { ip: '192.168.0.12' }],
          ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('come back after somebody changed them, and are not written where nothing is to be changed', () => {
    const api = new TestApi();
    const { metadata } = api.want('GET', SLICE);
    api.advance(30 * SECOND);
    expect(api.want('GET', SLICE).metadata.resourceVersion).toBe(metadata.resourceVersion);
    api.want('DELETE', SLICE);
    api.advance(10 * SECOND);
    expect(addresses(api)).toEqual(['192.168.0.11']);
  });

  it('lose the address of a server that stops, before it has stopped', () => {
    const api = joinedBy('192.168.0.12');
    api.advance(10 * SECOND);
    const watch = api.watch(`${SLICE.slice(0, SLICE.lastIndexOf('/'))}?watch=true`);
    watch.raw();
    api.tell({ type: 'apiserver/stop' });
    const [event] = watch.raw();
    const slice = event?.object as EndpointSlice | undefined;
    expect(slice?.endpoints?.map((one) => one.addresses[0])).toEqual(['192.168.0.12']);
    expect(api.state).toBeUndefined();
  });
});
