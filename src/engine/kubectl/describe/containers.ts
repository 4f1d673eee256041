/** Containers and volumes of pods and of templates. @source kubernetes kubectl/pkg/describe/describe.go (describeContainers, describeVolumes) */
import { byteOrder } from '#engine/api/json';
import { milliValue, type Quantity, quantityValue } from '#engine/api/quantity';
import { computeQosClass } from '#engine/api/qos-class';
import type {
  Container,
  ContainerStatus,
  Kinds,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Probe,
  Toleration,
} from '#engine/api/types';
import { type Description, goList, momentText, NONE, selectorText, UNSET } from './description';
import { describeVolumes } from './volumes';

type ContainerState = NonNullable<ContainerStatus['state']>;

export function describeContainers(
  d: Description,
  title: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[] | null,
  pod: Pod | null,
  indent = '',
): void {
  if (containers.length === 0) return d.line(0, `${indent}${title}: ${NONE}`);
  d.line(0, `${indent}${title}:`);
  const blank = indent === '' ? '' : ' ';
  for (const container of containers) {
    const status = statuses?.find(({ name }) => name === container.name);
    d.line(1, `${blank}${container.name}:`);
    if (status !== undefined) d.field('Container ID', status.containerID ?? '', 2);
    d.field('Image', container.image ?? '', 2);
    if (status !== undefined) d.field('Image ID', status.imageID ?? '', 2);
    const ports = container.ports ?? [];
    const texts = (host: boolean): string[] =>
      ports.map(
        ({ containerPort, hostPort = 0, protocol = 'TCP', name }) =>
          `${host ? hostPort : containerPort}/${protocol}${name === undefined || name === '' ? '' : ` (${name})`}`,
      );
    d.field(ports.length > 1 ? 'Ports' : 'Port', texts(false).join(', ') || NONE, 2);
    d.field(ports.length > 1 ? 'Host Ports' : 'Host Port', texts(true).join(', ') || NONE, 2);
    const profile = container.securityContext?.seccompProfile;
    if (profile !== undefined) {
      d.field('SeccompProfile', profile.type, 2);
      if (profile.type === 'Localhost') d.field('LocalhostProfile', profile.localhostProfile ?? '', 3);
    }
    for (const [name, words] of [
      ['Command', container.command],
      ['Args', container.args],
    ] as const) {
      if (words === undefined || words.length === 0) continue;
      d.line(2, `${name}:`);
      for (const word of words) for (const line of word.split('\n')) d.line(3, line);
    }
    if (status !== undefined) describeStatus(d, status);
    describeResources(d, container);
    for (const [name, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const)
      if (probe !== undefined) d.field(name, probeText(probe), 2);
    describeEnvironment(d, container, pod);
    const mounts = container.volumeMounts ?? [];
    if (mounts.length === 0) d.field('Mounts', NONE, 2);
    else d.line(2, 'Mounts:');
    for (const { mountPath, name, readOnly = false, subPath } of mounts.toSorted((a, b) =>
      byteOrder(a.mountPath, b.mountPath),
    ))
      d.line(
        3,
        `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath === undefined || subPath === '' ? '' : `,path=${JSON.stringify(subPath)}`})`,
      );
    const devices = container.volumeDevices ?? [];
    if (devices.length > 0) d.line(2, 'Devices:');
    for (const { devicePath, name } of devices) d.line(3, `${devicePath} from ${name}`);
  }
}

function describeStatus(d: Description, { state, lastState, ready, restartCount }: ContainerStatus): void {
  describeState(d, 'State', state ?? {});
  if (lastState?.terminated !== undefined) describeState(d, 'Last State', lastState);
  d.field('Ready', ready ? 'True' : 'False', 2);
  d.field('Restart Count', restartCount, 2);
}

function describeState(d: Description, title: string, { running, waiting, terminated }: ContainerState): void {
  if (running !== undefined) {
    d.field(title, 'Running', 2);
    d.field('Started', momentText(running.startedAt), 3);
  } else if (waiting !== undefined) {
    d.field(title, 'Waiting', 2);
    if (waiting.reason) d.field('Reason', waiting.reason, 3);
  } else if (terminated !== undefined) {
    d.field(title, 'Terminated', 2);
    if (terminated.reason) d.field('Reason', terminated.reason, 3);
    if (terminated.message) d.field('Message', terminated.message, 3);
    d.field('Exit Code', terminated.exitCode, 3);
    if ((terminated.signal ?? 0) > 0) d.field('Signal', terminated.signal, 3);
    d.field('Started', momentText(terminated.startedAt), 3);
    d.field('Finished', momentText(terminated.finishedAt), 3);
  } else d.field(title, 'Waiting', 2);
}

export function describeResources(d: Description, { resources }: Pick<Container, 'resources'>, level = 2): void {
  for (const [name, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const keys = Object.keys(list ?? {}).sort(byteOrder);
    if (keys.length === 0) continue;
    d.line(level, `${name}:`);
    for (const key of keys) d.field(key, list![key], level + 1);
  }
}

function probeText(probe: Probe): string {
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 1,
    periodSeconds = 10,
    successThreshold = 1,
    failureThreshold = 3,
  } = probe;
  const rest = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  return `${actionText(probe)} ${rest}`;
}

function actionText({ httpGet, tcpSocket, exec, grpc }: Probe): string {
  if (exec !== undefined) return `exec ${goList(exec.command)}`;
  if (httpGet !== undefined) {
    const path = httpGet.path ?? '';
    return `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${path === '' || path.startsWith('/') ? path : `/${path}`}`;
  }
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`;
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''}`;
  return 'unknown';
}

function describeEnvironment(d: Description, { env = [], envFrom = [], resources }: Container, pod: Pod | null): void {
  if (envFrom.length > 0) {
    d.line(2, 'Environment Variables from:');
    for (const { prefix = '', configMapRef, secretRef } of envFrom) {
      const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
      const { name, optional = false } = configMapRef ?? secretRef ?? { name: '' };
      d.line(3, `${name}\t${kind}${prefix === '' ? '' : ` with prefix '${prefix}'`}\tOptional: ${optional}`);
    }
  }
  if (env.length === 0) return d.field('Environment', NONE, 2);
  d.line(2, 'Environment:');
  for (const { name, value = '', valueFrom } of env) {
    if (valueFrom === undefined) {
      value.split('\n').forEach((line, index) => d.line(3, `${index === 0 ? `${name}:` : ''}\t${line}`));
      continue;
    }
    const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
    if (fieldRef !== undefined)
      d.line(
        3,
        `${name}:\t${pod === null ? '' : fieldValue(pod, fieldRef.fieldPath)} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`,
      );
    else if (resourceFieldRef !== undefined) {
      const { resource, divisor } = resourceFieldRef;
      const amount = amountText(resources, resource, divisor);
      const whole = amount === '0' && (resource === 'limits.cpu' || resource === 'limits.memory');
      d.line(3, `${name}:\t${whole ? 'node allocatable' : amount} (${resource})`);
    } else if (secretKeyRef !== undefined)
      d.line(
        3,
        `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>\tOptional: ${secretKeyRef.optional ?? false}`,
      );
    else if (configMapKeyRef !== undefined)
      d.line(
        3,
        `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>\tOptional: ${configMapKeyRef.optional ?? false}`,
      );
  }
}

/** What a field of the downward API is: kubectl knows of two. @source apimachinery/pkg/runtime/conversion.go (DefaultMetaV1FieldSelectorConversion) */
const fieldValue = ({ metadata }: Pod, path: string): string =>
  path === 'metadata.name' ? metadata.name : path === 'metadata.namespace' ? (metadata.namespace ?? '') : '';

/** How many of the divisor, rounded up. @source kubectl/pkg/util/resource/resource.go (ExtractContainerResourceValue) */
function amountText(resources: Container['resources'], resource: string, divisor: Quantity | undefined): string {
  const [list = '', key = ''] = resource.split('.');
  const amount = (list === 'limits' ? resources?.limits : resources?.requests)?.[key] ?? '0';
  const valueOf = key === 'cpu' ? milliValue : quantityValue;
  return String(Math.ceil(valueOf(amount) / (valueOf(divisor ?? '0') || valueOf('1'))));
}

export function tolerationsText(tolerations: readonly Toleration[] | undefined): readonly string[] {
  return (tolerations ?? [])
    .toSorted((a, b) => byteOrder(a.key ?? '', b.key ?? ''))
    .map(({ key = '', value = '', effect = '', operator, tolerationSeconds }) => {
      let text = key;
      if (value !== '') text += `=${value}`;
      if (effect !== '') text += `:${effect}`;
      if (operator === 'Exists' && value === '') text += key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists';
      if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
      return text;
    });
}

export function describeTolerations(d: Description, tolerations: readonly Toleration[] | undefined, level = 0): void {
  const texts = tolerationsText(tolerations);
  if (texts.length === 0) return d.line(level, `Tolerations:\t${NONE}`);
  texts.forEach((text, index) => d.line(level, `${index === 0 ? 'Tolerations:' : ''}\t${text}`));
}

export function describeSpread(d: Description, { topologySpreadConstraints = [] }: PodSpec, level = 0): void {
  topologySpreadConstraints
    .toSorted((a, b) => byteOrder(a.topologyKey, b.topologyKey))
    .forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, index) => {
      const selected = labelSelector === undefined ? '' : ` for selector ${selectorText(labelSelector)}`;
      d.line(
        level,
        `${index === 0 ? 'Topology Spread Constraints:' : ''}\t${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selected}`,
      );
    });
}

export function describeTemplate(d: Description, template: PodTemplateSpec | undefined): void {
  d.line(0, 'Pod Template:');
  if (template === undefined) return d.write(1, UNSET);
  const { metadata = {}, spec } = template;
  d.labels('Labels', metadata.labels, 1);
  if (Object.keys(metadata.annotations ?? {}).length > 0) d.annotations('Annotations', metadata.annotations, 1);
  if (spec === undefined) return;
  if (spec.serviceAccountName) d.field('Service Account', spec.serviceAccountName, 1);
  if ((spec.initContainers ?? []).length > 0)
    describeContainers(d, 'Init Containers', spec.initContainers ?? [], null, null, '  ');
  describeContainers(d, 'Containers', spec.containers, null, null, '  ');
  describeVolumes(d, spec.volumes ?? [], '  ');
  describeSpread(d, spec, 1);
  if (spec.priorityClassName) d.field('Priority Class Name', spec.priorityClassName, 1);
  d.labels('Node-Selectors', spec.nodeSelector, 1);
  describeTolerations(d, spec.tolerations, 1);
}

export const qosOf = (pod: Kinds['Pod']): string => pod.status?.qosClass ?? computeQosClass(pod.spec);
