/**
 * From a pod to an endpoint, and from a Service's ports to those of its pods.
 *
 * @source kubernetes endpointslice/utils.go (podToEndpoint, getEndpointPorts), util/controller_utils.go (ShouldPodBeInEndpoints)
 */
import { byteOrder } from '#engine/api/json';
import { isIPv6 } from '#engine/api/names';
import { isPodReady, isPodTerminal } from '#engine/api/meta';
import type { Endpoint, EndpointSlice, Node, Pod, Service } from '#engine/api/types';

export type AddressType = 'IPv4' | 'IPv6';
export type EndpointPorts = NonNullable<EndpointSlice['ports']>;

/** With an address, and not over. */
export function belongsInEndpoints(pod: Pod): boolean {
  return !isPodTerminal(pod) && (pod.status.podIP ?? '') !== '';
}

/** The endpoint of a pod; `null` when it has no address of that family. */
export function endpointOf(service: Service, pod: Pod, node: Node | undefined, family: AddressType): Endpoint | null {
  const addresses = addressesOf(pod, family);
  if (addresses.length === 0) return null;
  const { namespace = '', name, uid, deletionTimestamp } = pod.metadata;
  const { hostname, subdomain, nodeName } = pod.spec;
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  return {
    addresses: [...addresses],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname !== undefined && hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    ...(zone === undefined || zone === '' ? {} : { zone }),
  };
}

/** A pod's addresses of a family. */
export function addressesOf({ status }: Pod, family: AddressType): readonly string[] {
  const listed = (status.podIPs ?? []).map(({ ip }) => ip ?? '');
  const all = listed.length > 0 ? listed : [status.podIP ?? ''];
  return all.filter((ip) => ip !== '' && isIPv6(ip) === (family === 'IPv6'));
}

/** What stays the same while an endpoint's conditions change. */
export function endpointKey({ addresses, hostname, targetRef }: Endpoint): string {
  return [
    addresses.toSorted(byteOrder).join(','),
    hostname ?? '',
    targetRef?.namespace ?? '',
    targetRef?.name ?? '',
  ].join('|');
}

/** The ports at which a pod serves a Service; a named port that the pod does not have is left out. */
export function portsOf({ spec }: Service, pod: Pod): EndpointPorts {
  const ports: EndpointPorts = [];
  for (const { name = '', port, targetPort, protocol = 'TCP', appProtocol } of spec.ports ?? []) {
    const number = typeof targetPort === 'string' ? namedPort(pod, targetPort, protocol) : targetPort || port;
    if (number === null) continue;
    ports.push({ name, protocol, port: number, ...(appProtocol === undefined ? {} : { appProtocol }) });
  }
  return ports;
}

function namedPort({ spec }: Pod, name: string, protocol: string): number | null {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...spec.containers, ...sidecars]) {
    for (const port of ports)
      if (port.name === name && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
  }
  return null;
}

/** A text for a set of ports, the same in whatever order they come. */
export function portMapKey(ports: EndpointPorts | undefined): string {
  return (ports ?? [])
    .map(({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) => [name, protocol, port, appProtocol].join('/'))
    .toSorted(byteOrder)
    .join(' ');
}
