/**
 * Keeps the Endpoints of a Service: its pods' addresses, ready or not, and the ports at which they serve. What only few Services
 * need, several sets of ports or more than a thousand addresses, comes late.
 *
 * @source kubernetes pkg/controller/endpoint/endpoints_controller.go (syncService)
 */
import { byteOrder, deepEqual } from '#engine/api/json';
import { includesLabels } from '#engine/api/label-selector';
import { isPodReady, podCondition } from '#engine/api/meta';
import type { Endpoints, Pod, Service } from '#engine/api/types';
import { NOTHING, type Plan, type View } from '#engine/client/plan';
import { type AddressType, addressesOf, belongsInEndpoints, portMapKey, portsOf } from '../endpointslice/endpoints';
import { HEADLESS, isHeadless, LAST_CHANGE_TRIGGER_TIME } from '../endpointslice/slices';
import { splitKey } from '../keys';
import { lateReconcilers } from '../late';
import { create, remove, update, warning } from '../steps';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const TRUNCATED = 'truncated';
/** Addresses that one Endpoints holds. */
const MAX_CAPACITY = 1000;

export function reconcileEndpoints(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key);
  const service = view.get('Service', namespace, name);
  const current = view.get('Endpoints', namespace, name);
  if (service === undefined)
    return current === undefined ? NOTHING : { steps: [remove(current)], because: `Service ${name} is gone` };
  const { selector, type, publishNotReadyAddresses = false } = service.spec;
  if (selector === undefined || type === 'ExternalName') return NOTHING;
  const pods = view
    .list('Pod', namespace)
    .filter(
      (pod) =>
        includesLabels(pod.metadata.labels, selector) &&
        belongsInEndpoints(pod) &&
        (publishNotReadyAddresses || pod.metadata.deletionTimestamp === undefined),
    );
  return written(service, current, pods);
}

function written(service: Service, current: Endpoints | undefined, pods: readonly Pod[]): Plan {
  const { namespace = '', name } = service.metadata;
  const known = addressesBefore(current);
  const { subsets: all, since } = subsetsOf(service, pods, known);
  const count = all.reduce((so, subset) => so + sizeOf(subset), 0);
  const isOver = count > MAX_CAPACITY;
  const subsets = isOver ? lateReconcilers.code.truncateSubsets(all, MAX_CAPACITY) : all;
  const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY]: 'endpoint-controller' };
  delete labels[HEADLESS];
  if (current !== undefined) {
    const { [HEADLESS]: _, ...before } = current.metadata.labels ?? {};
    const said = current.metadata.annotations?.[OVER_CAPACITY];
    if (
      said === (isOver ? TRUNCATED : undefined) &&
      deepEqual(before, labels) &&
      deepEqual(current.subsets ?? [], subsets)
    )
      return NOTHING;
  }
  if (isHeadless(service.spec)) labels[HEADLESS] = '';
  const annotations: Record<string, string> = { ...current?.metadata.annotations };
  const triggeredAt = current === undefined ? service.metadata.creationTimestamp : since;
  delete annotations[LAST_CHANGE_TRIGGER_TIME];
  delete annotations[OVER_CAPACITY];
  if (triggeredAt !== null) annotations[LAST_CHANGE_TRIGGER_TIME] = triggeredAt;
  if (isOver) annotations[OVER_CAPACITY] = TRUNCATED;
  const metadata = { ...current?.metadata, name, namespace, labels, annotations };
  const next = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets };
  const because = `Service ${name} selects ${pods.length} pods with addresses: writing ${Math.min(count, MAX_CAPACITY)}`;
  const failed = (reason: string, text: string) => ({
    onFailure: warning(
      { apiVersion: 'v1', kind: 'Endpoints', namespace, name },
      reason,
      `${text} ${namespace}/${name}: {error}`,
    ),
  });
  const step =
    current === undefined
      ? create(next, failed('FailedToCreateEndpoint', 'Failed to create endpoint for service'))
      : update(
          { ...current, ...next, metadata: { ...current.metadata, ...metadata } },
          failed('FailedToUpdateEndpoint', 'Failed to update endpoint'),
        );
  return { steps: [step], because };
}

const sizeOf = ({ addresses = [], notReadyAddresses = [] }: Subset): number =>
  addresses.length + notReadyAddresses.length;

interface Known {
  readonly address: Address;
  readonly isReady: boolean;
}

/** By the uid of the pod. What is written already is written again as it is, and costs nothing. */
function addressesBefore(current: Endpoints | undefined): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const { addresses = [], notReadyAddresses = [] } of current?.subsets ?? []) {
    for (const address of addresses) known.set(address.targetRef?.uid ?? '', { address, isReady: true });
    for (const address of notReadyAddresses) known.set(address.targetRef?.uid ?? '', { address, isReady: false });
  }
  return known;
}

interface Found {
  readonly subsets: NonNullable<Endpoints['subsets']>;
  /** When the first of the pods that are new here, or ready or not otherwise than before, became so. */
  readonly since: string | null;
}

function subsetsOf(service: Service, pods: readonly Pod[], known: ReadonlyMap<string, Known>): Found {
  const { ports = [], ipFamilies = [], clusterIP, publishNotReadyAddresses = false } = service.spec;
  const family = (ipFamilies[0] ?? 'IPv4') as AddressType;
  const groups = new Map<string, Required<Subset>>();
  // Where no port has a name in the pods, all of them serve at the same.
  const areSame = ports.every(({ targetPort }) => typeof targetPort !== 'string');
  let served: ReturnType<typeof portsOf> = [];
  let key = '';
  let since: string | null = null;
  for (const pod of pods) {
    const [ip] = addressesOf(pod, family);
    if (!areSame || pod === pods[0]) {
      served = portsOf(service, pod);
      key = portMapKey(served);
    }
    if (ip === undefined || (served.length === 0 && (ports.length > 0 || clusterIP !== 'None'))) continue;
    const isReady = publishNotReadyAddresses || isPodReady(pod);
    const before = known.get(pod.metadata.uid);
    if (before?.isReady !== isReady) {
      const changed = podCondition(pod, 'Ready')?.lastTransitionTime ?? null;
      if (changed !== null && (since === null || changed < since)) since = changed;
    }
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { addresses: [], notReadyAddresses: [], ports: named(served) }));
    group[isReady ? 'addresses' : 'notReadyAddresses'].push(addressOf(service, pod, ip, before?.address));
  }
  const all = [...groups.values()];
  const subsets = all.length > 1 ? lateReconcilers.code.repackSubsets(all) : all;
  return { subsets: subsets.map(sorted), since };
}

/** Ports of Endpoints leave an empty name out. */
const named = (ports: ReturnType<typeof portsOf>): Required<Subset>['ports'] =>
  ports.map(({ name = '', port = 0, protocol = 'TCP', appProtocol }) => ({
    ...(name === '' ? null : { name }),
    port,
    protocol,
    ...(appProtocol === undefined ? null : { appProtocol }),
  }));

function addressOf({ metadata: { name: service } }: Service, pod: Pod, ip: string, before?: Address): Address {
  const { namespace = '', name, uid } = pod.metadata;
  const { hostname = '', subdomain, nodeName } = pod.spec;
  const next = {
    ip,
    ...(hostname !== '' && subdomain === service ? { hostname } : null),
    ...(nodeName === undefined ? null : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
  return before !== undefined && deepEqual(before, next) ? before : next;
}

const byAddress = (a: Address, b: Address): number =>
  byteOrder(a.ip, b.ip) || byteOrder(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');

/** Its addresses in their order; lists without any are left out. */
function sorted({ addresses = [], notReadyAddresses = [], ports = [] }: Subset): Subset {
  return {
    ...(addresses.length === 0 ? null : { addresses: addresses.toSorted(byAddress) }),
    ...(notReadyAddresses.length === 0 ? null : { notReadyAddresses: notReadyAddresses.toSorted(byAddress) }),
    ...(ports.length === 0 ? null : { ports }),
  };
}
