/** The columns of the kinds that a plain cluster is made of. @source kubernetes pkg/printers/internalversion/printers.go */
import { byteOrder } from '../json';
import { conditionOf } from '../meta';
import { podReadyText, podRestartsText, podStatusWord } from '../pod-status';
import type { Kinds } from '../types';
import { ageText, columns, NONE, type Printers, sinceText, UNKNOWN } from './printer';

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

function eventSource({ source, reportingComponent, reportingInstance }: Kinds['Event']): string {
  const component = source?.component || reportingComponent || '';
  const host = source?.host || reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

export const corePrinters: Printers = {
  Pod: {
    columns: columns('Name,Ready,Status,Restarts,Age,IP+,Node+,Nominated Node+,Readiness Gates+'),
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
        ageText(pod.metadata, now),
        pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || NONE,
        pod.spec.nodeName || NONE,
        pod.status?.nominatedNodeName || NONE,
        gates.length === 0 ? NONE : `${passed.length}/${gates.length}`,
      ];
    },
  },
  Node: {
    columns: columns(
      'Name,Status,Roles,Age,Version,Internal-IP+,External-IP+,OS-Image+,Kernel-Version+,Container-Runtime+',
    ),
    cells(node, now) {
      const info = node.status?.nodeInfo;
      return [
        node.metadata.name,
        nodeStatusText(node),
        nodeRolesText(node),
        ageText(node.metadata, now),
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
    columns: columns('Name,Status,Age'),
    cells: (namespace, now) => [
      namespace.metadata.name,
      namespace.status?.phase ?? '',
      ageText(namespace.metadata, now),
    ],
  },
  Event: {
    columns: columns('Last Seen,Type,Reason,Object,Subobject+,Source+,Message,First Seen+,Count:integer+,Name+'),
    cells(event, now) {
      const { kind = '', name, fieldPath = '' } = event.involvedObject;
      const first = event.firstTimestamp ? event.firstTimestamp : event.eventTime;
      const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? first;
      return [
        sinceText(last, now),
        event.type ?? '',
        event.reason ?? '',
        name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
        fieldPath,
        eventSource(event),
        (event.message ?? '').trim(),
        sinceText(first, now),
        event.series?.count ?? (event.count || 1),
        event.metadata.name,
      ];
    },
  },
  ConfigMap: {
    columns: columns('Name,Data,Age'),
    cells: (configMap, now) => [
      configMap.metadata.name,
      Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
      ageText(configMap.metadata, now),
    ],
  },
  Secret: {
    columns: columns('Name,Type,Data,Age'),
    cells: (secret, now) => [
      secret.metadata.name,
      secret.type ?? '',
      Object.keys(secret.data ?? {}).length,
      ageText(secret.metadata, now),
    ],
  },
  ServiceAccount: {
    columns: columns('Name,Age'),
    cells: (account, now) => [account.metadata.name, ageText(account.metadata, now)],
  },
};
