/**
 * The endpoints of the Service `kubernetes`: every API server keeps a key in etcd under a lease of 15 s, which it renews every
 * 10 s by a new one, and writes down the addresses of all that it finds there. One that stops takes its key with it; of one
 * that dies the lease expires.
 *
 * @source kubernetes pkg/controlplane/reconcilers/{lease,endpointsadapter}.go, controller/kubernetesservice/controller.go
 */
import type { JsonObject } from '#engine/api/json';
import type { Endpoints, EndpointSlice, KubeObject } from '#engine/api/types';
import { type EtcdAnswer, prefixEnd } from '#engine/etcd/wire';
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { sendLeaseGrant, sendRange, sendTxn } from './etcd-connection';
import { lateAnswers } from './late';
import { cacheOf } from './served';
import type { ApiServerState, MasterLeases, MasterLeaseStep } from './state';
import { keyOf } from './storage';
import { tick } from './tick';

/** Seconds. @source kubernetes pkg/controlplane/reconcilers/reconcilers.go (DefaultEndpointReconcilerTTL, DefaultEndpointReconcilerInterval) */
const TTL = 15;
const RENEW_EVERY: Micros = 10 * SECOND;
const MASTER_LEASES = '/registry/masterleases/';
const SERVER_PORT = 6443;

export const noMasterLeases = (): MasterLeases => ({
  generation: 0,
  addresses: [],
  stopping: 0,
  removing: false,
  writing: 0,
});

/** What an API server writes of itself. */
export interface OwnWrite {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: JsonObject;
}

/** Renews the own key, and looks who else is there. */
export function renewMasterLease(state: ApiServerState, ctx: Context): void {
  const { masterLeases, etcd, pending } = state;
  if (masterLeases.stopping !== 0) return;
  if (etcd.up) pending.set(sendLeaseGrant(etcd, ctx, TTL), { type: 'master-lease', step: 'grant' });
  ctx.after(RENEW_EVERY, tick('apiserver/master-lease'));
}

export const ownKey = ({ args }: ApiServerState): string => MASTER_LEASES + args.advertiseAddress;

/** etcd has answered a step. A failed one is left for the next renewal. */
export function masterLeaseAnswered(
  state: ApiServerState,
  ctx: Context,
  step: MasterLeaseStep,
  answer: EtcdAnswer,
): void {
  const { etcd, pending, masterLeases, args } = state;
  if (answer.type === 'etcd/error')
    return masterLeases.removing ? lateAnswers.code.endpointsRemoved(state, ctx) : undefined;
  if (answer.type === 'etcd/lease-answer' && masterLeases.stopping === 0) {
    const subsets = [{ addresses: [{ ip: args.advertiseAddress }] }];
    const metadata = { creationTimestamp: null, generation: ++masterLeases.generation };
    const value = Object.freeze({ kind: 'Endpoints', apiVersion: 'v1', metadata, subsets });
    const put = { op: 'put', key: ownKey(state), value, bytes: 60, lease: answer.lease } as const;
    pending.set(sendTxn(etcd, ctx, { compare: [], success: [put], failure: [] }), {
      type: 'master-lease',
      step: 'put',
    });
  } else if (step === 'put') {
    const range = { key: MASTER_LEASES, rangeEnd: prefixEnd(MASTER_LEASES), keysOnly: true };
    pending.set(sendRange(etcd, ctx, range), { type: 'master-lease', step: 'list' });
  } else if (answer.type === 'etcd/range-answer') {
    masterLeases.addresses = answer.result.kvs.map(({ key }) => key.slice(MASTER_LEASES.length));
    ctx.after(0, tick('apiserver/endpoints'));
  }
}

/** What must be written so that the endpoints are those that were found. */
export function endpointWrites(state: ApiServerState): readonly OwnWrite[] {
  const { addresses } = state.masterLeases;
  // The own key was renewed just now: that nobody is there cannot be.
  if (addresses.length === 0) return [];
  const ports = [{ name: 'https', port: SERVER_PORT, protocol: 'TCP' }];
  const endpoints = found<Endpoints>(state, 'endpoints');
  const slice = found<EndpointSlice>(state, 'endpointslices.discovery.k8s.io');
  const metadata = { name: 'kubernetes', namespace: 'default' };
  return [
    ...written(
      '/api/v1/namespaces/default/endpoints',
      endpoints,
      endpoints?.subsets?.[0]?.addresses?.map(({ ip }) => ip),
      addresses,
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
        subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports }],
      },
    ),
    ...written(
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
      slice,
      slice?.endpoints?.flatMap((one) => one.addresses),
      addresses,
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
        addressType: 'IPv4',
        endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
        ports,
      },
    ),
  ];
}

function found<Kind extends KubeObject>(state: ApiServerState, resource: string): Kind | undefined {
  const cache = cacheOf(state, resource);
  return cache?.objects.get(keyOf(cache.prefix, 'default', 'kubernetes')) as Kind | undefined;
}

function written(
  path: string,
  known: KubeObject | undefined,
  has: readonly (string | undefined)[] | undefined,
  wanted: readonly string[],
  body: JsonObject,
): readonly OwnWrite[] {
  if (known === undefined) return [{ method: 'POST', path, body }];
  const isRight = has?.length === wanted.length && wanted.every((address) => has.includes(address));
  return isRight ? [] : [{ method: 'PUT', path: `${path}/kubernetes`, body }];
}
