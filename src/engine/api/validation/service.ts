/** Rules of Services. @source kubernetes pkg/apis/core/validation/validation.go (ValidateService, ValidateServiceUpdate) */
import { duplicate, forbidden, goStruct, invalid, notSupported, required, type FieldError } from '../field-error';
import { deepEqual } from '../json';
import { lateApi } from '../late';
import {
  cidrErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  ipErrors,
  isIPv6,
  labelKeyErrors,
  parseIPv4,
  portNumberErrors,
} from '../names';
import type { Service } from '../types';
import { invalidAll, validateLabels } from './object-meta';
import { validatePort } from './probe';

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const;
const AFFINITIES = ['ClientIP', 'None'] as const;
const TRAFFIC = ['Cluster', 'Local'] as const;
const FAMILIES = ['IPv4', 'IPv6'] as const;
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'] as const;
const DAY_SECONDS = 86_400;

const includes = (list: readonly string[], value: string): boolean => list.includes(value);
const isHeadless = (spec: Spec): boolean => clusterIPsOf(spec)[0] === 'None';
const clusterIPsOf = (spec: Spec): readonly string[] => spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);

export function validateServiceSpec(spec: Spec): FieldError[] {
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  errors.push(...validateByType(spec));
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    errors.push(...validateServicePort(port, ports.length > 1, names, `spec.ports[${index}]`));
  }
  errors.push(...validateLabels(spec.selector, 'spec.selector'), ...validateAffinity(spec), ...validateAddresses(spec));
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    errors.push(...validateExternalIp(address, `spec.externalIPs[${index}]`));
  }
  const type = spec.type ?? '';
  if (type === ('' as string)) errors.push(required('spec.type'));
  else if (!includes(TYPES, type)) errors.push(notSupported('spec.type', type, TYPES));
  errors.push(...validateNodePorts(spec, ports), ...validatePortsUnique(ports));
  return [...errors, ...validateLoadBalancer(spec), ...validateTraffic(spec)];
}

function validateByType(spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type !== 'ExternalName') return errors;
  const detail = 'may not be set for ExternalName services';
  if (clusterIPsOf(spec).length > 0) errors.push(forbidden('spec.clusterIPs', detail));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden('spec.ipFamilies', detail));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', detail));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  else errors.push(...invalidAll('spec.externalName', name, dnsSubdomainErrors(name)));
  return errors;
}

function validateServicePort(port: Port, needsName: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name) {
    if (needsName) errors.push(required(`${path}.name`));
  } else {
    errors.push(...invalidAll(`${path}.name`, port.name, dnsLabelErrors(port.name)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  errors.push(...invalidAll(`${path}.port`, port.port ?? 0, portNumberErrors(port.port ?? 0)));
  const protocol = port.protocol ?? '';
  if (protocol === ('' as string)) errors.push(required(`${path}.protocol`));
  else if (!includes(PROTOCOLS, protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  errors.push(...validatePort(port.targetPort, `${path}.targetPort`));
  const application = port.appProtocol;
  if (application !== undefined)
    errors.push(...invalidAll(`${path}.appProtocol`, application, labelKeyErrors(application)));
  return errors;
}

function validateAffinity(spec: Spec): FieldError[] {
  const affinity = spec.sessionAffinity ?? '';
  if (affinity === ('' as string)) return [required('spec.sessionAffinity')];
  if (!includes(AFFINITIES, affinity)) return [notSupported('spec.sessionAffinity', affinity, AFFINITIES)];
  const config = spec.sessionAffinityConfig;
  if (affinity === 'None') {
    return config === undefined
      ? []
      : [forbidden('spec.sessionAffinityConfig', 'must not be set when session affinity is None')];
  }
  const timeout = config?.clientIP?.timeoutSeconds;
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  if (timeout === undefined) return [required(field)];
  return timeout > 0 && timeout <= DAY_SECONDS
    ? []
    : [invalid(field, timeout, `must be greater than 0 and less than ${DAY_SECONDS}`)];
}

function validateAddresses(spec: Spec): FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const errors: FieldError[] = [];
  const addresses = clusterIPsOf(spec);
  const families = spec.ipFamilies ?? [];
  for (const [index, family] of families.entries()) {
    const field = `spec.ipFamilies[${index}]`;
    if (!includes(FAMILIES, family)) errors.push(notSupported(field, family, FAMILIES));
    else if (families.indexOf(family) < index) errors.push(duplicate(field, family));
  }
  const policy = spec.ipFamilyPolicy;
  if (policy !== undefined && !includes(FAMILY_POLICIES, policy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', policy, FAMILY_POLICIES));
  }
  const field = 'spec.clusterIPs';
  if (addresses.length > 0 && addresses[0] !== (spec.clusterIP ?? '')) {
    const detail = spec.clusterIP
      ? 'first value must match `clusterIP`'
      : 'must be empty when `clusterIP` is not specified';
    errors.push(invalid(field, addresses, detail));
  }
  if (addresses.includes('None')) {
    if (addresses.length > 1) errors.push(invalid(field, addresses, "'None' must be the first and only value"));
    return errors;
  }
  if (addresses.length > 2) errors.push(invalid(field, addresses, 'may only hold up to 2 values'));
  for (const [index, address] of addresses.entries()) {
    const messages = ipErrors(address);
    errors.push(...invalidAll(`${field}[${index}]`, address, messages));
    const family = families[index];
    if (messages.length > 0 || family === undefined || isIPv6(address) === (family === 'IPv6')) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalid(`${field}[${index}]`, address, detail));
  }
  if (addresses.length === 2 && isIPv6(addresses[0] ?? '') === isIPv6(addresses[1] ?? '')) {
    errors.push(invalid(field, addresses, 'may specify no more than one IP for each IP family'));
  }
  return errors;
}

/** An address outside the cluster: none of the special ranges. */
export function validateExternalIp(address: string, field: string): FieldError[] {
  const errors = invalidAll(field, address, ipErrors(address));
  if (errors.length > 0) return errors;
  const [a, b] = parseIPv4(address) ?? [-1, -1];
  const lower = address.toLowerCase();
  if (address === '0.0.0.0' || lower === '::')
    errors.push(invalid(field, address, `may not be unspecified (${address})`));
  if (a === 127 || lower === '::1') {
    errors.push(invalid(field, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  }
  if ((a === 169 && b === 254) || lower.startsWith('fe80:')) {
    errors.push(invalid(field, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  }
  if ((a === 224 && b === 0) || lower.startsWith('ff02:')) {
    errors.push(invalid(field, address, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  }
  return errors;
}

function validateNodePorts(spec: Spec, ports: readonly Port[]): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `spec.ports[${index}].nodePort`;
    if (!port.nodePort) continue;
    if (spec.type === 'ClusterIP') errors.push(forbidden(field, "may not be used when `type` is 'ClusterIP'"));
    const key = `${port.protocol ?? ''}/${port.nodePort}`;
    if (taken.has(key)) errors.push(duplicate(field, port.nodePort));
    taken.add(key);
  }
  return errors;
}

function validatePortsUnique(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, index) => {
    const key = `${port.protocol ?? ''}/${port.port}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const value = goStruct({
      Name: '',
      Protocol: port.protocol,
      AppProtocol: null,
      Port: port.port,
      TargetPort: 0,
      NodePort: 0,
    });
    return [duplicate(`spec.ports[${index}]`, value)];
  });
}

function validateLoadBalancer(spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const detail = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0 && spec.type !== 'LoadBalancer')
    errors.push(forbidden('spec.LoadBalancerSourceRanges', detail));
  for (const [index, range] of ranges.entries()) {
    errors.push(...invalidAll(`spec.LoadBalancerSourceRanges[${index}]`, range, cidrErrors(range)));
  }
  if (spec.type === 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === undefined) errors.push(required('spec.allocateLoadBalancerNodePorts'));
  } else {
    if (spec.allocateLoadBalancerNodePorts !== undefined) {
      errors.push(forbidden('spec.allocateLoadBalancerNodePorts', detail));
    }
    if (spec.loadBalancerClass !== undefined) errors.push(forbidden('spec.loadBalancerClass', detail));
  }
  return errors;
}

function validateTraffic(spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  const outside = spec.externalTrafficPolicy;
  if (outside !== undefined) {
    const field = 'spec.externalTrafficPolicy';
    if (!external) errors.push(invalid(field, outside, 'may only be set for externally-accessible services'));
    else if (!includes(TRAFFIC, outside)) errors.push(notSupported(field, outside, TRAFFIC));
  }
  const inside = spec.internalTrafficPolicy;
  if (inside !== undefined && !includes(TRAFFIC, inside)) {
    errors.push(notSupported('spec.internalTrafficPolicy', inside, TRAFFIC));
  }
  const healthPort = spec.healthCheckNodePort ?? 0;
  if (healthPort !== 0 && (spec.type !== 'LoadBalancer' || outside !== 'Local')) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid('spec.healthCheckNodePort', healthPort, detail));
  }
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined) errors.push(...lateApi.code.validateTrafficDistribution(distribution));
  return errors;
}

/** What may not change in a Service. */
export function validateServiceUpdate(next: Spec, old: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const after = clusterIPsOf(next);
  const before = clusterIPsOf(old);
  const bothServe = next.type !== 'ExternalName' && old.type !== 'ExternalName';
  if (bothServe && before[0] !== undefined && before[0] !== after[0]) {
    const detail = after[0] === undefined ? 'primary clusterIP can not be unset' : 'may not change once set';
    errors.push(invalid('spec.clusterIPs[0]', after.length === 0 ? null : after, detail));
  }
  if (bothServe && old.ipFamilies?.[0] !== undefined && next.ipFamilies?.[0] !== undefined) {
    if (old.ipFamilies[0] !== next.ipFamilies[0]) {
      errors.push(invalid('spec.ipFamilies[0]', next.ipFamilies, 'may not change once set'));
    }
  }
  if (next.type === 'LoadBalancer' && old.type === 'LoadBalancer') {
    if (!deepEqual(next.loadBalancerClass, old.loadBalancerClass)) {
      errors.push(invalid('spec.loadBalancerClass', next.loadBalancerClass ?? null, 'may not change once set'));
    }
  }
  const port = old.healthCheckNodePort ?? 0;
  if (port !== 0 && next.healthCheckNodePort !== undefined && next.healthCheckNodePort !== port) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}
