/** The columns of the kinds that a plain cluster is made of. @source kubernetes pkg/printers/internalversion/printers.go */
import { byteOrder } from '../json';
import { formatLabels, formatLabelSelector } from '../label-selector';
import { conditionOf } from '../meta';
import { podReadyText, podRestartsText, podStatusWord } from '../pod-status';
import type { Kinds } from '../types';
import { ageText, columns, listed, namesAndImages, NONE, type Printers, sinceText, UNKNOWN } from './printer';

/** `Ready`, `NotReady` or `Unknown`, with `,SchedulingDisabled` on a cordoned node. */
export function nodeStatusText(node: Kinds['Node']): string {
  const ready = conditionOf(node.status?.conditions, 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Roles by labels, sorted, or `<none>`. */
export function nodeRolesText(node: Kinds['Node']): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort(byteOrder).join(',') || NONE;
}

const nodeAddress = (node: Kinds['Node'], type: string): string =>
  (node.status?.addresses ?? []).find((address) => address.type === type)?.address ?? NONE;

function loadBalancerText({ status }: Kinds['Service']): string {
  const names = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(names.filter((name) => name !== ''))].sort(byteOrder).join(',');
}

function externalIpText(service: Kinds['Service']): string {
  const { type, externalIPs = [], externalName } = service.spec;
  switch (type) {
    case 'LoadBalancer': {
      const balancer = loadBalancerText(service);
      return [...(balancer === '' ? [] : [balancer]), ...externalIPs].join(',') || '<pending>';
    }
    case 'ExternalName':
      return externalName ?? '';
    default:
      return externalIPs.join(',') || NONE;
  }
}

function eventSource({ source, reportingComponent, reportingInstance }: Kinds['Event']): string {
  const component = source?.component || reportingComponent || '';
  const host = source?.host || (source?.component ? '' : reportingInstance) || '';
  return host === '' ? component : `${component}, ${host}`;
}

export const corePrinters: Printers = {
  Pod: {
    columns: columns(
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
      'IP+',
      'Node+',
      'Nominated Node+',
      'Readiness Gates+',
    ),
    cells(pod, now) {
      const gates = pod.spec.readinessGates ?? [];
      const passed = gates.filter(
        (gate) => (pod.status?.conditions ?? []).find(({ type }) => type === gate.conditionType)?.status === 'True',
      );
      return [
        pod.metadata.name,
        podReadyText(pod),
        podStatusWord(pod),
        podRestartsText(pod, now),
        ageText(pod, now),
        pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || NONE,
        pod.spec.nodeName || NONE,
        pod.status?.nominatedNodeName || NONE,
        gates.length === 0 ? NONE : `${passed.length}/${gates.length}`,
      ];
    },
  },
  Deployment: {
    columns: columns('Name', 'Ready', 'Up-to-date', 'Available', 'Age', 'Containers+', 'Images+', 'Selector+'),
    cells: (deployment, now) => [
      deployment.metadata.name,
      `${deployment.status?.readyReplicas ?? 0}/${deployment.spec.replicas}`,
      deployment.status?.updatedReplicas ?? 0,
      deployment.status?.availableReplicas ?? 0,
      ageText(deployment, now),
      ...namesAndImages(deployment.spec.template),
      formatLabelSelector(deployment.spec.selector).replace('<error>', '<invalid>'),
    ],
  },
  ReplicaSet: {
    columns: columns(
      'Name',
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Age',
      'Containers+',
      'Images+',
      'Selector+',
    ),
    cells: (replicaSet, now) => [
      replicaSet.metadata.name,
      replicaSet.spec.replicas,
      replicaSet.status?.replicas ?? 0,
      replicaSet.status?.readyReplicas ?? 0,
      ageText(replicaSet, now),
      ...namesAndImages(replicaSet.spec.template),
      formatLabelSelector(replicaSet.spec.selector),
    ],
  },
  Service: {
    columns: columns('Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector+'),
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
        ageText(service, now),
        formatLabels(service.spec.selector),
      ];
    },
  },
  EndpointSlice: {
    columns: columns('Name', 'AddressType', 'Ports', 'Endpoints', 'Age'),
    cells(slice, now) {
      const ports = (slice.ports ?? []).map(({ port, name }) => (port === undefined ? name || '*' : String(port)));
      const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
      return [
        slice.metadata.name,
        slice.addressType,
        listed(ports) || '<unset>',
        listed(addresses) || '<unset>',
        ageText(slice, now),
      ];
    },
  },
  Node: {
    columns: columns(
      'Name',
      'Status',
      'Roles',
      'Age',
      'Version',
      'Internal-IP+',
      'External-IP+',
      'OS-Image+',
      'Kernel-Version+',
      'Container-Runtime+',
    ),
    cells(node, now) {
      const info = node.status?.nodeInfo;
      return [
        node.metadata.name,
        nodeStatusText(node),
        nodeRolesText(node),
        ageText(node, now),
        info?.kubeletVersion ?? '',
        nodeAddress(node, 'InternalIP'),
        nodeAddress(node, 'ExternalIP'),
        info?.osImage || UNKNOWN,
        info?.kernelVersion || UNKNOWN,
        info?.containerRuntimeVersion || UNKNOWN,
      ];
    },
  },
  Namespace: {
    columns: columns('Name', 'Status', 'Age'),
    cells: (namespace, now) => [namespace.metadata.name, namespace.status?.phase ?? '', ageText(namespace, now)],
  },
  Event: {
    columns: columns(
      'Last Seen',
      'Type',
      'Reason',
      'Object',
      'Subobject+',
      'Source+',
      'Message',
      'First Seen+',
      'Count:integer+',
      'Name+',
    ),
    cells(event, now) {
      const first = event.firstTimestamp ? event.firstTimestamp : event.eventTime;
      const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? first;
      return [
        sinceText(last, now),
        event.type ?? '',
        event.reason ?? '',
        `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`,
        event.involvedObject.fieldPath ?? '',
        eventSource(event),
        (event.message ?? '').trim(),
        sinceText(first, now),
        event.series?.count ?? event.count ?? 1,
        event.metadata.name,
      ];
    },
  },
  ConfigMap: {
    columns: columns('Name', 'Data', 'Age'),
    cells: (configMap, now) => [
      configMap.metadata.name,
      Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
      ageText(configMap, now),
    ],
  },
  Secret: {
    columns: columns('Name', 'Type', 'Data', 'Age'),
    cells: (secret, now) => [
      secret.metadata.name,
      secret.type ?? '',
      Object.keys(secret.data ?? {}).length,
      ageText(secret, now),
    ],
  },
  ServiceAccount: {
    columns: columns('Name', 'Age'),
    cells: (account, now) => [account.metadata.name, ageText(account, now)],
  },
  Lease: {
    columns: columns('Name', 'Holder', 'Age'),
    cells: (lease, now) => [lease.metadata.name, lease.spec?.holderIdentity ?? '', ageText(lease, now)],
  },
  PriorityClass: {
    columns: columns('Name', 'Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'),
    cells: (priorityClass, now) => [
      priorityClass.metadata.name,
      priorityClass.value,
      priorityClass.globalDefault ?? false,
      ageText(priorityClass, now),
      priorityClass.preemptionPolicy ?? '',
    ],
  },
};
