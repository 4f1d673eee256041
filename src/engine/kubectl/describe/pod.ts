/** Pods and nodes. @source kubernetes kubectl/pkg/describe/describe.go (describePod, describeNode) */
import { byteOrder } from '#engine/api/json';
import { isSidecar } from '#engine/api/pod-resources';
import {
  canonicalQuantity,
  compareQuantities,
  milliValue,
  type Quantity,
  quantityValue,
  sumOfQuantities,
} from '#engine/api/quantity';
import type { Event, Lease, Node, Pod, Taint } from '#engine/api/types';
import { ask } from '../call/context';
import type { Doing } from '../call/effects';
import { describeContainers, describeResources, describeSpread, describeTolerations, qosOf } from './containers';
import {
  agoText,
  controllerText,
  type Description,
  describeEvents,
  eventsOf,
  eventsTable,
  momentText,
  NONE,
} from './description';
import { describeVolumes } from './volumes';

export function* describePod(d: Description, pod: Pod): Doing<void> {
  const { metadata, spec, status } = pod;
  d.head(pod);
  if (spec.priority !== undefined) d.field('Priority', spec.priority);
  if (spec.priorityClassName) d.field('Priority Class Name', spec.priorityClassName);
  if (spec.runtimeClassName) d.field('Runtime Class Name', spec.runtimeClassName);
  if (spec.serviceAccountName) d.field('Service Account', spec.serviceAccountName);
  d.field('Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : NONE);
  if (status.startTime) d.field('Start Time', momentText(status.startTime));
  d.marks(pod);
  const phase = status.phase ?? '';
  if (metadata.deletionTimestamp !== undefined && phase !== 'Failed' && phase !== 'Succeeded') {
    d.field('Status', `Terminating (lasts ${agoText(metadata.deletionTimestamp, d.now)})`);
    d.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else d.field('Status', phase);
  if (status.reason) d.field('Reason', status.reason);
  if (status.message) d.field('Message', status.message);
  const profile = spec.securityContext?.seccompProfile;
  if (profile !== undefined) {
    d.field('SeccompProfile', profile.type);
    if (profile.type === 'Localhost') d.field('LocalhostProfile', profile.localhostProfile ?? '');
  }
  d.field('IP', status.podIP ?? '');
  const ips = status.podIPs ?? [];
  if (ips.length === 0) d.field('IPs', NONE);
  else d.line(0, 'IPs:');
  for (const { ip } of ips) d.field('IP', ip, 1);
  const controller = controllerText(pod);
  if (controller !== null) d.field('Controlled By', controller);
  if (status.nominatedNodeName) d.field('NominatedNodeName', status.nominatedNodeName);
  if (spec.resources !== undefined) {
    d.line(0, 'Resources:');
    describeResources(d, spec, 1);
  }
  if ((spec.initContainers ?? []).length > 0)
    describeContainers(d, 'Init Containers', spec.initContainers ?? [], status.initContainerStatuses ?? [], pod);
  describeContainers(d, 'Containers', spec.containers, status.containerStatuses ?? [], pod);
  if ((spec.ephemeralContainers ?? []).length > 0)
    describeContainers(
      d,
      'Ephemeral Containers',
      spec.ephemeralContainers ?? [],
      status.ephemeralContainerStatuses ?? [],
      pod,
    );
  const conditions = status.conditions ?? [];
  const gates = spec.readinessGates ?? [];
  if (gates.length > 0) {
    d.line(0, 'Readiness Gates:');
    d.line(1, 'Type\tStatus');
    for (const { conditionType } of gates)
      d.line(1, `${conditionType} \t${conditions.find(({ type }) => type === conditionType)?.status ?? NONE} `);
  }
  if (conditions.length > 0) {
    d.line(0, 'Conditions:');
    d.line(1, 'Type\tStatus');
    for (const { type, status: value } of conditions) d.line(1, `${type} \t${value} `);
  }
  describeVolumes(d, spec.volumes ?? []);
  d.field('QoS Class', qosOf(pod));
  d.labels('Node-Selectors', spec.nodeSelector);
  describeTolerations(d, spec.tolerations);
  describeSpread(d, spec);
  yield* describeEvents(d, pod, null);
}

const taintText = ({ key, value, effect }: Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`;

/** Labels that make a role of a node. */
function rolesOf({ metadata }: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith('node-role.kubernetes.io/')) roles.add(key.slice('node-role.kubernetes.io/'.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return (
    [...roles]
      .filter((role) => role !== '')
      .sort(byteOrder)
      .join(',') || NONE
  );
}

export function* describeNode(d: Description, node: Node): Doing<void> {
  const { metadata, spec, status } = node;
  d.field('Name', metadata.name);
  d.field('Roles', rolesOf(node));
  d.marks(node);
  d.field('CreationTimestamp', momentText(metadata.creationTimestamp));
  const taints = (spec.taints ?? [])
    .toSorted((a, b) => byteOrder(`${a.effect},${a.key}`, `${b.effect},${b.key}`))
    .map(taintText);
  if (taints.length === 0) d.field('Taints', NONE);
  taints.forEach((text, index) => d.line(0, `${index === 0 ? 'Taints:' : ''}\t${text}`));
  d.field('Unschedulable', spec.unschedulable ?? false);
  yield* describeLease(d, metadata.name);
  const conditions = status.conditions ?? [];
  if (conditions.length > 0) {
    d.line(0, 'Conditions:');
    d.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
    d.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of conditions)
      d.line(
        1,
        `${type} \t${value} \t${momentText(lastHeartbeatTime)} \t${momentText(lastTransitionTime)} \t${reason} \t${message}`,
      );
  }
  d.line(0, 'Addresses:');
  for (const { type, address } of status.addresses ?? []) d.field(type, address, 1);
  for (const [name, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    const keys = Object.keys(list ?? {}).sort(byteOrder);
    if (keys.length === 0) continue;
    d.line(0, `${name}:`);
    for (const key of keys) d.field(key, list![key], 1);
  }
  const info = status.nodeInfo;
  d.line(0, 'System Info:');
  d.field('Machine ID', info?.machineID ?? '', 1);
  d.field('System UUID', info?.systemUUID ?? '', 1);
  d.field('Boot ID', info?.bootID ?? '', 1);
  d.field('Kernel Version', info?.kernelVersion ?? '', 1);
  d.field('OS Image', info?.osImage ?? '', 1);
  d.field('Operating System', info?.operatingSystem ?? '', 1);
  d.field('Architecture', info?.architecture ?? '', 1);
  d.field('Container Runtime Version', info?.containerRuntimeVersion ?? '', 1);
  d.field('Kubelet Version', info?.kubeletVersion ?? '', 1);
  d.field('Kube-Proxy Version', info?.kubeProxyVersion ?? '', 1);
  if (spec.podCIDR) d.field('PodCIDR', spec.podCIDR);
  if ((spec.podCIDRs ?? []).length > 0) d.field('PodCIDRs', spec.podCIDRs!.join(','));
  if (spec.providerID) d.field('ProviderID', spec.providerID);
  const fieldSelector = `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded`;
  const pods = yield* ask(d.call, { method: 'GET', path: '/api/v1/pods', query: { fieldSelector, limit: '500' } });
  if (pods.ok) describePods(d, node, (pods.body as { readonly items: readonly Pod[] }).items);
  else d.field('Pods', 'not authorized');
  if (!d.call.flags.on('show-events', true)) return;
  const own = yield* eventsOf(d.call, node);
  // Kubelets tell of their node by its name where it has no uid yet.
  const byName = yield* eventsOf(d.call, { ...node, metadata: { ...metadata, uid: metadata.name } });
  eventsTable(d, [...own, ...byName] as readonly Event[]);
}

function* describeLease(d: Description, name: string): Doing<void> {
  const reply = yield* ask(d.call, {
    method: 'GET',
    path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`,
  });
  if (!reply.ok) {
    d.field('Lease', `Failed to get lease: ${(reply.body as { readonly message?: string }).message ?? ''}`);
    return;
  }
  const { spec } = reply.body as Lease;
  d.line(0, 'Lease:');
  d.field('HolderIdentity', spec?.holderIdentity ?? '<unset>', 1);
  d.field('AcquireTime', spec?.acquireTime ? momentText(spec.acquireTime) : '<unset>', 1);
  d.field('RenewTime', spec?.renewTime ? momentText(spec.renewTime) : '<unset>', 1);
}

type Amounts = Readonly<Record<string, Quantity>>;

const larger = (a: Quantity | undefined, b: Quantity): Quantity =>
  a === undefined || compareQuantities(a, b) < 0 ? b : a;
const sum = (a: Amounts, b: Amounts): Amounts => {
  const result: Record<string, Quantity> = { ...a };
  for (const [key, value] of Object.entries(b))
    result[key] = key in result ? sumOfQuantities(result[key]!, value) : value;
  return result;
};

/** What a pod asks for, and is limited to. @source kubectl/pkg/util/resource/resource.go (PodRequestsAndLimits) */
function amountsOf({ spec, status }: Pod, of: 'requests' | 'limits'): Amounts {
  let total: Amounts = {};
  for (const container of spec.containers) {
    const actual =
      of === 'requests'
        ? status?.containerStatuses?.find(({ name }) => name === container.name)?.resources?.requests
        : undefined;
    total = sum(total, actual ?? container.resources?.[of] ?? {});
  }
  let sidecars: Amounts = {};
  const peaks: Record<string, Quantity> = {};
  for (const container of spec.initContainers ?? []) {
    const own = (container.resources?.[of] ?? {}) as Amounts;
    if (isSidecar(container)) {
      sidecars = sum(sidecars, own);
      total = sum(total, own);
    }
    for (const [key, value] of Object.entries(isSidecar(container) ? sidecars : sum(own, sidecars)))
      peaks[key] = larger(peaks[key], value);
  }
  const result: Record<string, Quantity> = { ...total };
  for (const [key, value] of Object.entries(peaks)) result[key] = larger(result[key], value);
  return spec.overhead === undefined ? result : sum(result, spec.overhead);
}

const percent = (part: number, whole: number): string => `(${whole === 0 ? 0 : Math.trunc((part / whole) * 100)}%)`;
const cpuShare = (amount: Quantity | undefined, whole: Quantity | undefined): string =>
  `${amount === undefined ? '0' : canonicalQuantity(amount)} ${percent(milliValue(amount ?? '0'), milliValue(whole ?? '0'))}`;
const share = (amount: Quantity | undefined, whole: Quantity | undefined): string =>
  `${amount === undefined ? '0' : canonicalQuantity(amount)} ${percent(quantityValue(amount ?? '0'), quantityValue(whole ?? '0'))}`;

function describePods(d: Description, { status }: Node, pods: readonly Pod[]): void {
  const whole = (status?.allocatable ?? status?.capacity ?? {}) as Amounts;
  d.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  d.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  d.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  let requested: Amounts = {};
  let limited: Amounts = {};
  for (const pod of pods) {
    const [requests, limits] = [amountsOf(pod, 'requests'), amountsOf(pod, 'limits')];
    requested = sum(requested, requests);
    limited = sum(limited, limits);
    const { namespace, name, creationTimestamp } = pod.metadata;
    d.line(
      1,
      `${namespace}\t${name}\t\t${cpuShare(requests['cpu'], whole['cpu'])}\t${cpuShare(limits['cpu'], whole['cpu'])}\t${share(requests['memory'], whole['memory'])}\t${share(limits['memory'], whole['memory'])}\t${agoText(creationTimestamp, d.now)}`,
    );
  }
  d.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  d.line(1, 'Resource\tRequests\tLimits');
  d.line(1, '--------\t--------\t------');
  d.line(1, `cpu\t${cpuShare(requested['cpu'], whole['cpu'])}\t${cpuShare(limited['cpu'], whole['cpu'])}`);
  for (const name of ['memory', 'ephemeral-storage'])
    d.line(1, `${name}\t${share(requested[name], whole[name])}\t${share(limited[name], whole[name])}`);
  const others = Object.keys(whole)
    .filter((name) => !['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(name))
    .sort(byteOrder);
  for (const name of others.filter((one) => one.startsWith('hugepages-')))
    d.line(1, `${name}\t${share(requested[name], whole[name])}\t${share(limited[name], whole[name])}`);
  for (const name of others.filter((one) => !one.startsWith('hugepages-')))
    d.line(1, `${name}\t${requested[name] ?? '0'}\t${limited[name] ?? '0'}`);
}
