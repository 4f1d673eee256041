/**
 * The deprecated list of control plane components.
 *
 * @source kubernetes pkg/registry/core/componentstatus/{rest,validator}.go
 * @simplified a component is taken for healthy while it renews its lease; upstream dials its health port
 */
import { parseTimestamp } from '#engine/api/timestamp';
import type { KubeObject, Lease } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import type { ApiServerState } from './state';

const COMPONENTS: readonly (readonly [name: string, lease: string, port: number])[] = [
  ['scheduler', 'kube-scheduler', 10_259],
  ['controller-manager', 'kube-controller-manager', 10_257],
];

function leaseIsFresh(state: ApiServerState, name: string, now: number): boolean {
  const cache = state.caches.get('leases.coordination.k8s.io');
  const { spec } = (cache?.objects.get(`${cache.prefix}kube-system/${name}`) ?? {}) as Partial<Lease>;
  if (spec?.renewTime === undefined) return false;
  return now - parseTimestamp(spec.renewTime) <= (spec.leaseDurationSeconds ?? 0) * SECOND;
}

function statusOf(name: string, healthy: boolean, message: string, error: string): KubeObject {
  const condition = {
    type: 'Healthy',
    status: healthy ? 'True' : 'False',
    message,
    ...(error === '' ? {} : { error }),
  };
  const object = { kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name }, conditions: [condition] };
  return object as unknown as KubeObject;
}

export function componentStatuses(state: ApiServerState, now: number): KubeObject[] {
  const refused = (port: number): string =>
    `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;
  const components = COMPONENTS.map(([name, lease, port]) => {
    const healthy = leaseIsFresh(state, lease, now);
    return statusOf(name, healthy, healthy ? 'ok' : refused(port), '');
  });
  const etcd = state.etcd.up
    ? statusOf('etcd-0', true, 'ok', '')
    : statusOf('etcd-0', false, '', 'context deadline exceeded');
  return [...components, etcd];
}
