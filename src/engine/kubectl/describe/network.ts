/** Services and what leads to them. @source kubernetes kubectl/pkg/describe/describe.go */
import type {
  Endpoints,
  EndpointSlice,
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  Service,
  ServiceCIDR,
} from '#engine/api/types';
import { ask } from '../call/context';
import type { Doing } from '../call/effects';
import { type Description, describeEvents, labelsText, NONE, selectorText, UNSET } from './description';
import { statusText } from '../call/errors';
import { statusOf } from '../call/context';

function* slicesOf(d: Description, namespace: string, service: string): Doing<readonly EndpointSlice[]> {
  const reply = yield* ask(d.call, {
    method: 'GET',
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    query: { labelSelector: `kubernetes.io/service-name=${service}`, limit: '500' },
  });
  return reply.ok ? (reply.body as { readonly items: readonly EndpointSlice[] }).items : [];
}

const MOST = 3;

/** `10.244.1.7:8080,…`: what is ready behind a port of a Service. */
function endpointsText(slices: readonly EndpointSlice[], port: string | null): string {
  if (slices.length === 0) return NONE;
  const all: string[] = [];
  for (const { ports, endpoints } of slices) {
    const numbers = (ports ?? []).filter(({ name = '' }) => port === null || name === port).map((one) => one.port);
    const bare = (ports ?? []).length === 0;
    for (const number of bare ? [undefined] : numbers)
      for (const { conditions, addresses } of endpoints ?? []) {
        if (conditions?.ready === false) continue;
        for (const address of addresses)
          all.push(
            number === undefined ? address : address.includes(':') ? `[${address}]:${number}` : `${address}:${number}`,
          );
      }
  }
  return all.length <= MOST ? all.join(',') : `${all.slice(0, MOST).join(',')} + ${all.length - MOST} more...`;
}

export function* describeService(d: Description, service: Service): Doing<void> {
  const { metadata, spec, status } = service;
  d.head(service);
  d.marks(service);
  d.field('Selector', labelsText(spec.selector));
  d.field('Type', spec.type ?? '');
  if (spec.ipFamilyPolicy !== undefined) d.field('IP Family Policy', spec.ipFamilyPolicy);
  d.field('IP Families', (spec.ipFamilies ?? []).join(',') || NONE);
  d.field('IP', spec.clusterIP ?? '');
  d.field('IPs', (spec.clusterIPs ?? []).join(',') || NONE);
  if ((spec.externalIPs ?? []).length > 0) d.field('External IPs', spec.externalIPs!.join(','));
  if (spec.loadBalancerIP) d.field('Desired LoadBalancer IP', spec.loadBalancerIP);
  if (spec.externalName) d.field('External Name', spec.externalName);
  const balanced = status?.loadBalancer?.ingress ?? [];
  if (balanced.length > 0)
    d.field(
      'LoadBalancer Ingress',
      balanced
        .map(({ ip = '', hostname = '', ipMode }) =>
          ip === '' ? hostname : `${ip}${ipMode === undefined ? '' : ` (${ipMode})`}`,
        )
        .join(', '),
    );
  const slices = yield* slicesOf(d, metadata.namespace ?? '', metadata.name);
  for (const { name = '', port, protocol = 'TCP', targetPort, nodePort = 0 } of spec.ports ?? []) {
    const shown = name === '' ? UNSET : name;
    d.line(0, `Port:\t${shown}\t${port}/${protocol}`);
    d.line(0, `TargetPort:\t${typeof targetPort === 'string' ? targetPort : (targetPort ?? port)}/${protocol}`);
    if (nodePort !== 0) d.line(0, `NodePort:\t${shown}\t${nodePort}/${protocol}`);
    d.field('Endpoints', endpointsText(slices, name));
  }
  d.field('Session Affinity', spec.sessionAffinity ?? '');
  if (spec.externalTrafficPolicy) d.field('External Traffic Policy', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy) d.field('Internal Traffic Policy', spec.internalTrafficPolicy);
  if (spec.healthCheckNodePort) d.field('HealthCheck NodePort', spec.healthCheckNodePort);
  if ((spec.loadBalancerSourceRanges ?? []).length > 0)
    d.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges!.join(','));
  if (spec.trafficDistribution) d.field('Traffic Distribution', spec.trafficDistribution);
  yield* describeEvents(d, service);
}

export function* describeEndpointSlice(d: Description, slice: EndpointSlice): Doing<void> {
  d.head(slice);
  d.marks(slice);
  d.field('AddressType', slice.addressType);
  const ports = slice.ports ?? [];
  if (ports.length === 0) d.line(0, `Ports: ${UNSET}`);
  else {
    d.line(0, 'Ports:');
    d.line(1, 'Name\tPort\tProtocol');
    d.line(1, '----\t----\t--------');
    for (const { name, port, protocol = 'TCP' } of ports) d.line(1, `${name || UNSET}\t${port ?? UNSET}\t${protocol}`);
  }
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length === 0) d.line(0, `Endpoints: ${NONE}`);
  else d.line(0, 'Endpoints:');
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
    d.field('- Addresses', addresses.join(', ') || NONE, 1);
    d.line(2, 'Conditions:');
    d.field('Ready', conditions?.ready ?? UNSET, 3);
    d.field('Hostname', hostname ?? UNSET, 2);
    if (targetRef !== undefined) d.field('TargetRef', `${targetRef.kind}/${targetRef.name}`, 2);
    d.field('NodeName', nodeName ?? UNSET, 2);
    d.field('Zone', zone ?? UNSET, 2);
  }
  yield* describeEvents(d, slice);
}

export function* describeEndpoints(d: Description, endpoints: Endpoints): Doing<void> {
  d.head(endpoints);
  d.marks(endpoints);
  d.line(0, 'Subsets:');
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    d.field('Addresses', addresses.map(({ ip }) => ip).join(',') || NONE, 1);
    d.field('NotReadyAddresses', notReadyAddresses.map(({ ip }) => ip).join(',') || NONE, 1);
    if (ports.length > 0) {
      d.line(1, 'Ports:');
      d.line(2, 'Name\tPort\tProtocol');
      d.line(2, '----\t----\t--------');
      for (const { name, port, protocol = 'TCP' } of ports) d.line(2, `${name || UNSET}\t${port}\t${protocol}`);
    }
    d.line(0, '');
  }
  yield* describeEvents(d, endpoints);
}

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

function* backendText(d: Description, namespace: string, { service, resource }: Backend): Doing<string> {
  if (service === undefined)
    return `APIGroup: ${resource?.apiGroup ?? ''}, Kind: ${resource?.kind ?? ''}, Name: ${resource?.name ?? ''}`;
  const port = service.port?.name || String(service.port?.number ?? '');
  const text = `${service.name}:${port}`;
  const reply = yield* ask(d.call, { method: 'GET', path: `/api/v1/namespaces/${namespace}/services/${service.name}` });
  if (!reply.ok) return `${text} (<error: ${statusOf(reply).message ?? statusText(statusOf(reply))}>)`;
  const found = (reply.body as Service).spec?.ports?.find(
    ({ port: number, name }) => number === service.port?.number || (name !== undefined && name === service.port?.name),
  );
  const slices = yield* slicesOf(d, namespace, service.name);
  return `${text} (${endpointsText(slices, found?.name ?? '')})`;
}

export function* describeIngress(d: Description, ingress: Ingress): Doing<void> {
  const { metadata, spec = {}, status } = ingress;
  const namespace = metadata.namespace ?? '';
  d.field('Name', metadata.name);
  d.labels('Labels', metadata.labels);
  d.field('Namespace', namespace);
  d.field('Address', (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(','));
  d.field('Ingress Class', spec.ingressClassName ?? NONE);
  const fallback =
    spec.defaultBackend === undefined ? '<default>' : yield* backendText(d, namespace, spec.defaultBackend);
  d.field('Default backend', fallback);
  const tls = spec.tls ?? [];
  if (tls.length > 0) d.line(0, 'TLS:');
  for (const { secretName = '', hosts = [] } of tls)
    d.line(1, secretName === '' ? `SNI routes ${hosts.join(',')}` : `${secretName} terminates ${hosts.join(',')}`);
  d.line(0, 'Rules:');
  d.line(1, 'Host\tPath\tBackends');
  d.line(1, '----\t----\t--------');
  let any = false;
  for (const { host = '', http } of spec.rules ?? []) {
    if (http === undefined) continue;
    any = true;
    d.line(1, `${host || '*'}\t`);
    for (const { path = '', backend } of http.paths)
      d.line(2, `\t${path} \t${yield* backendText(d, namespace, backend)}`);
  }
  if (!any) d.line(1, `*\t*\t${fallback}`);
  d.annotations('Annotations', metadata.annotations);
  yield* describeEvents(d, ingress);
}

export function* describeIngressClass(d: Description, { metadata, spec, ...rest }: IngressClass): Doing<void> {
  d.field('Name', metadata.name);
  d.labels('Labels', metadata.labels);
  d.annotations('Annotations', metadata.annotations);
  d.field('Controller', spec?.controller ?? '');
  if (spec?.parameters !== undefined) {
    d.line(0, 'Parameters:');
    if (spec.parameters.apiGroup !== undefined) d.field('APIGroup', spec.parameters.apiGroup, 1);
    d.field('Kind', spec.parameters.kind, 1);
    d.field('Name', spec.parameters.name, 1);
  }
  yield* describeEvents(d, { metadata, ...rest });
}

type Rule = NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number];
type Peer = NonNullable<Rule['from']>[number];

export function describeNetworkPolicy(d: Description, policy: NetworkPolicy): void {
  const { metadata, spec } = policy;
  d.head(policy);
  d.field('Created on', `${(metadata.creationTimestamp ?? '').replace('T', ' ').replace('Z', '')} +0000 UTC`);
  d.marks(policy);
  d.line(0, 'Spec:');
  d.write(1, 'PodSelector: ');
  const selected = selectorText(spec!.podSelector);
  d.line(2, selected === NONE ? `${NONE} (Allowing the specific traffic to all pods in this namespace)` : selected);
  const types = spec!.policyTypes ?? [];
  if (types.includes('Ingress')) {
    d.line(1, 'Allowing ingress traffic:');
    describeRules(
      d,
      'ingress',
      (spec!.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from })),
    );
  } else d.line(1, 'Not affecting ingress traffic');
  if (types.includes('Egress')) {
    d.line(1, 'Allowing egress traffic:');
    describeRules(
      d,
      'egress',
      (spec!.egress ?? []).map(({ ports, to }) => ({ ports, peers: to })),
    );
  } else d.line(1, 'Not affecting egress traffic');
  d.line(1, `Policy Types: ${types.join(', ') || NONE}`);
}

function describeRules(
  d: Description,
  way: 'ingress' | 'egress',
  rules: readonly { readonly ports: Rule['ports']; readonly peers: readonly Peer[] | undefined }[],
): void {
  if (rules.length === 0) return d.line(2, `${NONE} (Selected pods are isolated for ${way} connectivity)`);
  const end = way === 'ingress' ? 'From' : 'To';
  rules.forEach(({ ports = [], peers = [] }, index) => {
    if (ports.length === 0) d.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const { port, endPort, protocol = 'TCP' } of ports)
      d.line(
        2,
        endPort === undefined
          ? `To Port: ${port ?? '<nil>'}/${protocol}`
          : `To Port Range: ${port}-${endPort}/${protocol}`,
      );
    if (peers.length === 0)
      d.line(2, `${end}: <any> (traffic not restricted by ${way === 'ingress' ? 'source' : 'destination'})`);
    for (const { namespaceSelector, podSelector, ipBlock } of peers) {
      d.line(2, `${end}:`);
      if (ipBlock !== undefined) {
        d.line(3, 'IPBlock:');
        d.line(4, `CIDR: ${ipBlock.cidr}`);
        d.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
        continue;
      }
      if (namespaceSelector !== undefined) d.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`);
      if (podSelector !== undefined) d.line(3, `PodSelector: ${selectorText(podSelector)}`);
    }
    if (index < rules.length - 1) d.line(2, '----------');
  });
}

export function* describeAddress(d: Description, address: IPAddress): Doing<void> {
  d.field('Name', address.metadata.name);
  d.marks(address);
  const { group, resource, namespace, name } = address.spec.parentRef;
  d.line(0, 'Parent Reference:');
  d.field('Group', group ?? '', 1);
  d.field('Resource', resource, 1);
  d.field('Namespace', namespace ?? '', 1);
  d.field('Name', name, 1);
  yield* describeEvents(d, address);
}

export function* describeRange(d: Description, range: ServiceCIDR): Doing<void> {
  d.field('Name', range.metadata.name);
  d.marks(range);
  d.field('CIDRs', (range.spec?.cidrs ?? []).join(', '));
  yield* describeEvents(d, range);
}
