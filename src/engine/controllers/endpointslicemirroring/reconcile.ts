/** @source kubernetes pkg/controller/endpointslicemirroring/{endpointslicemirroring_controller,reconciler,utils}.go */
import { deepEqual } from '#engine/api/json';
import { ownerReference } from '#engine/api/meta';
import { ipErrors, isIPv6 } from '#engine/api/names';
import type { Endpoint, Endpoints, EndpointSlice, KubeObjectInput } from '#engine/api/types';
import { NOTHING, type Plan, type Step, type View } from '#engine/client/plan';
import { type AddressType, type EndpointPorts, endpointKey, portMapKey } from '../endpointslice/endpoints';
import { LAST_CHANGE_TRIGGER_TIME, MANAGED_BY, SERVICE_NAME, slicePrefix } from '../endpointslice/slices';
import { splitKey } from '../keys';
import { create, record, referenceTo, remove, update, warning } from '../steps';
import { isMirrored, MIRRORING } from './controller';

/** @source kubernetes pkg/controller/endpointslicemirroring/config/v1alpha1/defaults.go (MirroringMaxEndpointsPerSubset) */
const MAX_PER_SUBSET = 1000;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

/** @param key - namespace and name of Endpoints, and of a Service */
export function reconcileMirror(view: View, key: string, most = MAX_PER_SUBSET): Plan {
  const { namespace, name } = splitKey(key);
  const endpoints = view.get('Endpoints', namespace, name);
  const service = view.get('Service', namespace, name);
  const slices = view
    .list('EndpointSlice', namespace)
    .filter(({ metadata: { labels } }) => labels?.[MANAGED_BY] === MIRRORING && labels[SERVICE_NAME] === name);
  if (endpoints === undefined || !isMirrored(endpoints) || service === undefined || service.spec.selector !== undefined)
    return slices.length === 0
      ? NOTHING
      : { steps: slices.map((slice) => remove(slice)), because: `Endpoints ${name} are copied no longer` };
  const { groups, events } = groupsOf(endpoints, most);
  const steps = [...events, ...writes(endpoints, slices, groups)];
  return steps.length === 0
    ? NOTHING
    : { steps, because: `Endpoints ${name} of a Service without a selector are copied` };
}

/** What one slice holds. */
interface Group {
  readonly addressType: AddressType;
  readonly ports: EndpointPorts;
  readonly endpoints: Map<string, Endpoint>;
}

const groupKey = (addressType: string, ports: EndpointPorts | undefined): string =>
  `${addressType} ${portMapKey(ports)}`;

function groupsOf(
  endpoints: Endpoints,
  most: number,
): { readonly groups: ReadonlyMap<string, Group>; readonly events: readonly Step[] } {
  const groups = new Map<string, Group>();
  let invalid = 0;
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports: own = [] } of endpoints.subsets ?? []) {
    const ports: EndpointPorts = own.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? null : { appProtocol }),
    }));
    for (const addressType of ['IPv4', 'IPv6'] as const) {
      const key = groupKey(addressType, ports);
      if (!groups.has(key)) groups.set(key, { addressType, ports, endpoints: new Map() });
    }
    let added = 0;
    for (const [list, ready] of [
      [addresses, true],
      [notReadyAddresses, false],
    ] as const) {
      for (const address of list) {
        if (added >= most) break;
        if (ipErrors(address.ip).length > 0) {
          invalid++;
          continue;
        }
        const endpoint = endpointOf(address, ready);
        groups
          .get(groupKey(isIPv6(address.ip) ? 'IPv6' : 'IPv4', ports))
          ?.endpoints.set(endpointKey(endpoint), endpoint);
        added++;
      }
    }
    skipped += addresses.length + notReadyAddresses.length - added;
  }
  const told = (reason: string, text: string): Step => record(warning(referenceTo(endpoints), reason, text));
  const events: Step[] = [];
  if (invalid > 0)
    events.push(told('InvalidIPAddress', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`));
  if (skipped > invalid)
    events.push(
      told(
        'TooManyAddressesToMirror',
        `A max of ${most} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
      ),
    );
  return { groups, events };
}

const endpointOf = ({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname === undefined || hostname === '' ? null : { hostname }),
  ...(targetRef === undefined ? null : { targetRef }),
  ...(nodeName === undefined ? null : { nodeName }),
});

function writes(
  endpoints: Endpoints,
  slices: readonly EndpointSlice[],
  groups: ReadonlyMap<string, Group>,
): readonly Step[] {
  const known = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = groupKey(slice.addressType, slice.ports);
    known.set(key, [...(known.get(key) ?? []), slice]);
  }
  const creates: KubeObjectInput[] = [];
  const updates: EndpointSlice[] = [];
  const deletes: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const [first, ...others] = known.get(key) ?? [];
    if (group.endpoints.size === 0) {
      deletes.push(...(known.get(key) ?? []));
      continue;
    }
    deletes.push(...others);
    const next = sliceOf(endpoints, group);
    if (first === undefined)
      creates.push({ ...next, metadata: { ...next.metadata, generateName: slicePrefix(endpoints.metadata.name) } });
    else if (!isCopy(first, next))
      updates.push({ ...first, ...next, metadata: { ...first.metadata, ...next.metadata } } as EndpointSlice);
  }
  for (const [key, unwanted] of known) if (!groups.has(key)) deletes.push(...unwanted);
  // What would go is written over by what would come, where the addresses are of one family.
  for (const slice of [...deletes]) {
    const index = creates.findIndex((each) => (each as { addressType?: string }).addressType === slice.addressType);
    const [taken] = index < 0 ? [] : creates.splice(index, 1);
    if (taken === undefined) continue;
    deletes.splice(deletes.indexOf(slice), 1);
    const { generateName: _, ...metadata } = taken.metadata ?? {};
    updates.push({ ...slice, ...taken, metadata: { ...slice.metadata, ...metadata } } as EndpointSlice);
  }
  const created = endpoints.metadata.deletionTimestamp === undefined ? creates : [];
  return [
    ...created.map((slice) => create(slice)),
    ...updates.map((slice) => update(slice)),
    ...deletes.map((slice) => remove(slice)),
  ];
}

interface Copy extends KubeObjectInput, Pick<EndpointSlice, 'addressType' | 'ports' | 'endpoints'> {
  readonly kind: 'EndpointSlice';
}

function sliceOf(endpoints: Endpoints, { addressType, ports, endpoints: all }: Group): Copy {
  const { metadata } = endpoints;
  const { [LAST_CHANGE_TRIGGER_TIME]: _, [LAST_APPLIED]: __, ...annotations } = metadata.annotations ?? {};
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: metadata.namespace ?? '',
      labels: { ...metadata.labels, [SERVICE_NAME]: metadata.name, [MANAGED_BY]: MIRRORING },
      annotations,
      ownerReferences: [ownerReference(endpoints)],
    },
    addressType,
    endpoints: [...all.values()],
    ports,
  };
}

/** Whether a slice says the same, in whatever order. */
function isCopy({ metadata, endpoints = [] }: EndpointSlice, next: Copy): boolean {
  const wanted = new Map((next.endpoints ?? []).map((endpoint) => [endpointKey(endpoint), endpoint]));
  return (
    deepEqual(metadata.labels ?? {}, next.metadata?.labels) &&
    deepEqual(metadata.annotations ?? {}, next.metadata?.annotations) &&
    endpoints.length === wanted.size &&
    endpoints.every((endpoint) => deepEqual(endpoint, wanted.get(endpointKey(endpoint))))
  );
}
