/** The columns of kinds that lead traffic to pods. @source kubernetes pkg/printers/internalversion/printers.go */
import { byteOrder } from '../json';
import { formatLabels, formatLabelSelector } from '../label-selector';
import type { Kinds } from '../types';
import { ageText, columns, groupedName, listed, NONE, type Printers, UNSET } from './printer';

function loadBalancerText(status: Kinds['Service']['status'] | Kinds['Ingress']['status']): string {
  const names = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(names.filter((name) => name !== ''))].sort(byteOrder).join(',');
}

function externalIpText(service: Kinds['Service']): string {
  const { type, externalIPs = [], externalName } = service.spec;
  switch (type) {
    case 'LoadBalancer': {
      const balancer = loadBalancerText(service.status);
      return [...(balancer === '' ? [] : [balancer]), ...externalIPs].join(',') || '<pending>';
    }
    case 'ExternalName':
      return externalName ?? '';
    default:
      return externalIPs.join(',') || NONE;
  }
}

const hostPort = (ip: string | undefined, port: number): string =>
  ip?.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

function endpointsText({ subsets = [] }: Kinds['Endpoints']): string {
  if (subsets.length === 0) return NONE;
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  );
  return listed(all);
}

const MAX_HOSTS = 3;

/** The first three hosts; `more` counts all rules beyond three, as long as one follows the third host. */
function hostsText(rules: readonly { readonly host?: string }[]): string {
  const hosts: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (hosts.length === MAX_HOSTS) more = true;
    else if (host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return more ? `${hosts.join(',')} + ${rules.length - MAX_HOSTS} more...` : hosts.join(',');
}

export const networkPrinters: Printers = {
  Service: {
    columns: columns('Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector+'),
    cells(service, now) {
      const ports = (service.spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
        nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
      );
      return [
        service.metadata.name,
        service.spec.type ?? '',
        service.spec.clusterIPs?.[0] ?? (service.spec.clusterIP || NONE),
        externalIpText(service),
        ports.join(',') || NONE,
        ageText(service.metadata, now),
        formatLabels(service.spec.selector),
      ];
    },
  },
  EndpointSlice: {
    columns: columns('Name,AddressType,Ports,Endpoints,Age'),
    cells(slice, now) {
      const ports = (slice.ports ?? []).map(({ port, name }) => (port === undefined ? name || '*' : String(port)));
      const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
      return [
        slice.metadata.name,
        slice.addressType,
        listed(ports) || UNSET,
        listed(addresses) || UNSET,
        ageText(slice.metadata, now),
      ];
    },
  },
  Endpoints: {
    columns: columns('Name,Endpoints,Age'),
    cells: (endpoints, now) => [endpoints.metadata.name, endpointsText(endpoints), ageText(endpoints.metadata, now)],
  },
  Ingress: {
    columns: columns('Name,Class,Hosts,Address,Ports,Age'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.ingressClassName ?? NONE,
      hostsText(spec?.rules ?? []),
      loadBalancerText(status),
      (spec?.tls ?? []).length > 0 ? '80, 443' : '80',
      ageText(metadata, now),
    ],
  },
  IngressClass: {
    columns: columns('Name,Controller,Parameters,Age'),
    cells({ metadata, spec }, now) {
      const { kind, apiGroup, name } = spec?.parameters ?? {};
      const parameters = name === undefined ? NONE : `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
      return [metadata.name, spec?.controller ?? '', parameters, ageText(metadata, now)];
    },
  },
  NetworkPolicy: {
    columns: columns('Name,Pod-Selector,Age'),
    cells: ({ metadata, spec }, now) => [
      metadata.name,
      formatLabelSelector(spec?.podSelector ?? {}),
      ageText(metadata, now),
    ],
  },
  IPAddress: {
    // Upstream's rows have an age for which there is no column.
    columns: columns('Name,ParentRef'),
    cells({ metadata, spec }, now) {
      const parent = spec?.parentRef;
      const path = parent?.namespace ? `${parent.namespace}/${parent.name}` : parent?.name;
      return [
        metadata.name,
        parent === undefined ? NONE : groupedName(parent.group ?? '', parent.resource, path ?? ''),
        ageText(metadata, now),
      ];
    },
  },
  ServiceCIDR: {
    columns: columns('Name,CIDRs,Age'),
    cells: ({ metadata, spec }, now) => [metadata.name, (spec?.cidrs ?? []).join(','), ageText(metadata, now)],
  },
};
