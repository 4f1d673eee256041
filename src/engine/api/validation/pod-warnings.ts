/** Warnings about pod specs that are accepted all the same. @source kubernetes pkg/api/pod/warnings.go */
import { isSidecar } from '../pod-resources';
import { isIntegerQuantity } from '../quantity';
import type { Container, PodSpec } from '../types';

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
};

export function podSpecWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  for (const key in spec.nodeSelector) {
    const text = DEPRECATED_LABELS[key];
    if (text !== undefined) warnings.push(`${path}.nodeSelector[${key}]: ${text}`);
  }
  for (const name of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (spec[name] ?? []).entries()) {
      warnings.push(...containerWarnings(container, `${path}.${name}[${index}]`));
    }
  }
  warnings.push(...portNameWarnings(spec, path));
  for (const [index, secret] of (spec.imagePullSecrets ?? []).entries()) {
    if (!secret.name) warnings.push(`${path}.imagePullSecrets[${index}].name: invalid empty name ""`);
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  for (const [index, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    if (constraint.labelSelector !== undefined) continue;
    const field = `${path}.topologySpreadConstraints[${index}].labelSelector`;
    warnings.push(`${field}: a null labelSelector results in matching no pod`);
  }
  return warnings;
}

/** Names of ports that several containers of a pod have. Init containers do not count unless they go on running. */
function portNameWarnings(spec: PodSpec, path: string): string[] {
  const first = new Map<string, string>();
  const warnings: string[] = [];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      if (list === 'initContainers' && !isSidecar(container)) continue;
      for (const [at, { name }] of (container.ports ?? []).entries()) {
        if (!name) continue;
        const field = `${path}.${list}[${index}].ports[${at}]`;
        const other = first.get(name);
        if (other === undefined) first.set(name, field);
        else
          warnings.push(
            `${field}: duplicate port name "${name}" with ${other}, services and probes that select ports by name will use ${other}`,
          );
      }
    }
  }
  return warnings;
}

function containerWarnings(container: Container, path: string): string[] {
  const warnings: string[] = [];
  const names = new Set<string>();
  for (const [index, { name }] of (container.env ?? []).entries()) {
    if (names.has(name)) {
      const text = `hides previous definition of "${name}", which may be dropped when using apply`;
      warnings.push(`${path}.env[${index}]: ${text}`);
    }
    names.add(name);
  }
  const ports = new Map<string, number>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    const key = `${port.containerPort}/${port.protocol ?? 'TCP'}/${port.hostIP ?? ''}/${port.hostPort ?? 0}`;
    const before = ports.get(key);
    if (before === undefined) ports.set(key, index);
    else warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${before}]`);
  }
  for (const side of ['limits', 'requests'] as const) {
    for (const resource of ['memory', 'ephemeral-storage']) {
      const quantity = container.resources?.[side]?.[resource];
      if (quantity === undefined || isIntegerQuantity(quantity)) continue;
      const text = `fractional byte value "${quantity}" is invalid, must be an integer`;
      warnings.push(`${path}.resources.${side}[${resource}]: ${text}`);
    }
  }
  return warnings;
}
