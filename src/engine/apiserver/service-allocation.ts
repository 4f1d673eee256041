/**
 * Addresses and ports of Services: who has which, and which are given next. What is taken is written beside the
 * Service in the same transaction, so that two API servers cannot give the same address twice.
 *
 * @source kubernetes pkg/registry/core/service/storage/alloc.go, ipallocator/{bitmap,ipallocator}.go, portallocator/allocator.go
 */
import { type FieldError, invalid as invalidField } from '#engine/api/field-error';
import { parseIPv4 } from '#engine/api/names';
import { needsHealthCheckPort, needsNodePorts } from '#engine/api/kinds/service';
import type { ResourceInfo } from '#engine/api/registry';
import { mapShared } from '#engine/api/structural-sharing';
import { internalError, invalid } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, Service, Status } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import type { Operation } from './state';
import type { Claim } from './storage';
import type { Surroundings } from './surroundings';
import { newUid } from './uid';

const ADDRESSES = '/registry/ipaddresses/';
const PORTS = '/registry/ranges/servicenodeports/';
const FIRST_PORT = 30_000;
const PORT_COUNT = 2_768;

type Allocation =
  | {
      readonly type: 'allocate';
      readonly object: KubeObject;
      readonly claims: readonly Claim[];
      readonly released: readonly string[];
    }
  | { readonly type: 'refuse'; readonly status: Status };

/** How many of `size` numbers at the low end are kept for those who choose: between `min` and `max`, a share of all. */
function staticBand(size: number, divisor: number, max: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(16, Math.floor(size / divisor)), max);
}

/** How many addresses at the low end of a range are kept for those who choose. */
export const addressBand = (cidr: string): number => staticBand(2 ** (32 - Number(cidr.split('/')[1])), 16, 256);

/** A range of IPv4 addresses without its first (the network's) and last. Numbers count from the first usable one. */
interface AddressRange {
  readonly text: string;
  readonly base: number;
  readonly size: number;
}

export function addressRange(cidr: string): AddressRange {
  const [address = '', bits = '32'] = cidr.split('/');
  const base = addressNumber(address) ?? 0;
  return { text: cidr, base: base + 1, size: Math.max(0, 2 ** (32 - Number(bits)) - 2) };
}

function addressNumber(text: string): number | undefined {
  const parts = parseIPv4(text);
  return parts === undefined ? undefined : ((parts[0] * 256 + parts[1]) * 256 + parts[2]) * 256 + parts[3];
}

export const addressText = (number: number): string =>
  [number / 0x1_00_00_00, number / 0x1_00_00, number / 0x1_00, number].map((part) => Math.floor(part) % 256).join('.');

/** A free number below `size`: drawn from above the static band, from the band when all above are taken; undefined: full. */
export function drawFree(
  size: number,
  band: number,
  isTaken: (offset: number) => boolean,
  random: Random,
): number | undefined {
  return drawBetween(band, size, isTaken, random) ?? drawBetween(0, band, isTaken, random);
}

/** The first free number at or, round about, after a random one. */
function drawBetween(
  from: number,
  to: number,
  isTaken: (offset: number) => boolean,
  random: Random,
): number | undefined {
  const size = to - from;
  if (size <= 0) return undefined;
  const start = random.below(size);
  for (let step = 0; step < size; step++) {
    const offset = from + ((start + step) % size);
    if (!isTaken(offset)) return offset;
  }
  return undefined;
}

const hasAddress = (service: Service): boolean =>
  (service.spec.type ?? 'ClusterIP') !== 'ExternalName' && service.spec.clusterIP !== 'None';

const ownAddresses = (service: Service): string[] =>
  hasAddress(service) ? (service.spec.clusterIPs ?? []).filter((address) => address !== '' && address !== 'None') : [];

const ownPorts = (service: Service): number[] => {
  const ports = [...(service.spec.ports ?? []).map(({ nodePort }) => nodePort), service.spec.healthCheckNodePort];
  return [...new Set(ports.filter((port) => port !== undefined && port > 0))] as number[];
};

/** The keys that a Service's addresses and ports are taken by. */
export function claimsOf(object: KubeObject): string[] {
  const service = object as Service;
  return [
    ...ownAddresses(service).map((address) => ADDRESSES + address),
    ...ownPorts(service).map((port) => PORTS + port),
  ];
}

/** Gives a Service what its type needs and takes back what it no longer does. */
export function allocateForService(
  object: KubeObject,
  before: KubeObject | null,
  operation: Operation,
  info: ResourceInfo,
  around: Surroundings,
): Allocation {
  const had = new Set(before === null ? [] : claimsOf(before));
  const taken = takenBy(operation, around, had);
  const errors: FieldError[] = [];
  let service = withAddress(object as Service, before as Service | null, taken, errors, around);
  if (service === null)
    return { type: 'refuse', status: internalError('failed to allocate a serviceIP: range is full') };
  const given = withPorts(service, taken, errors, around);
  if (typeof given === 'string') return { type: 'refuse', status: internalError(given) };
  service = given;
  if (errors.length > 0) return { type: 'refuse', status: invalid(info, service.metadata.name, errors) };
  const has = claimsOf(service);
  const parent = { resource: 'services', namespace: operation.namespace, name: service.metadata.name };
  const claims = has
    .filter((key) => !had.has(key))
    .map((key): Claim => ({ key, value: key.startsWith(ADDRESSES) ? addressTaken(key, parent, around) : parent }));
  const released = [...had].filter((key) => !has.includes(key));
  return { type: 'allocate', object: service, claims, released };
}

/**
 * The IPAddress that says whose an address is.
 *
 * @source kubernetes pkg/registry/core/service/ipallocator/ipallocator.go (newIPAddress)
 */
const addressTaken = (key: string, parentRef: object, around: Surroundings): KubeObject => {
  const spec = { parentRef };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: key.slice(ADDRESSES.length),
      uid: newUid(around.random('ip-addresses')),
      resourceVersion: '',
      creationTimestamp: timestamp(around.now),
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec,
  } as KubeObject;
};

/** All claims of other Services, and those that etcd said are somebody's. */
function takenBy(operation: Operation, around: Surroundings, own: ReadonlySet<string>): Set<string> {
  const taken = new Set<string>(operation.refusedClaims ?? []);
  for (const other of around.all('services')) for (const key of claimsOf(other)) if (!own.has(key)) taken.add(key);
  return taken;
}

/**
 * An update that leaves out what was allocated keeps it.
 *
 * @source pkg/registry/core/service/storage/storage.go (patchAllocatedValues)
 */
export function keepAllocated(object: KubeObject, before: KubeObject): KubeObject {
  let service = object as Service;
  const old = before as Service;
  const type = (given: Service): string => given.spec.type ?? 'ClusterIP';
  if (type(service) !== 'ExternalName' && type(old) !== 'ExternalName' && (service.spec.clusterIP ?? '') === '') {
    const { clusterIP, clusterIPs } = old.spec;
    if (clusterIP !== undefined && (service.spec.clusterIPs ?? []).length === 0) {
      service = {
        ...service,
        spec: { ...service.spec, clusterIP, ...(clusterIPs === undefined ? {} : { clusterIPs }) },
      };
    }
  }
  const healthPort = old.spec.healthCheckNodePort ?? 0;
  if (healthPort > 0 && needsHealthCheckPort(service.spec) && (service.spec.healthCheckNodePort ?? 0) === 0)
    service = { ...service, spec: { ...service.spec, healthCheckNodePort: healthPort } };
  if (!needsNodePorts(service.spec) || !needsNodePorts(old.spec)) return service;
  const used = new Set(ownPorts(service));
  const ports = mapShared(service.spec.ports ?? [], (port) => {
    if ((port.nodePort ?? 0) > 0) return port;
    const same = old.spec.ports?.find(
      (other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    );
    const kept = same?.nodePort ?? 0;
    return kept > 0 && !used.has(kept) ? { ...port, nodePort: kept } : port;
  });
  return ports === (service.spec.ports ?? ports)
    ? service
    : ({ ...service, spec: { ...service.spec, ports } } as Service);
}

function withAddress(
  service: Service,
  before: Service | null,
  taken: ReadonlySet<string>,
  errors: FieldError[],
  around: Surroundings,
): Service | null {
  const { spec } = service;
  if ((spec.type ?? 'ClusterIP') === 'ExternalName') return service;
  const asked = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  const families = familiesOf(spec, asked, errors);
  if (errors.length > 0) return service;
  if (asked === 'None') return { ...service, spec: { ...spec, ...families, clusterIP: 'None', clusterIPs: ['None'] } };
  const range = addressRange(around.args.serviceCidr);
  let address = asked;
  if (asked === '') {
    const kept = before === null ? undefined : ownAddresses(before)[0];
    if (kept !== undefined) address = kept;
    else {
      const band = addressBand(around.args.serviceCidr);
      const isTaken = (offset: number): boolean => taken.has(ADDRESSES + addressText(range.base + offset));
      const offset = drawFree(range.size, band, isTaken, around.random('cluster-ip'));
      if (offset === undefined) return null;
      address = addressText(range.base + offset);
    }
  } else {
    const number = addressNumber(asked);
    const cause =
      number === undefined || number < range.base - 1 || number > range.base + range.size
        ? 'the provided network does not match the current range'
        : number < range.base || number >= range.base + range.size
          ? `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${range.text}`
          : taken.has(ADDRESSES + asked)
            ? 'provided IP is already allocated'
            : null;
    if (cause !== null) {
      errors.push(invalidField('spec.clusterIPs', [asked], `failed to allocate IP ${asked}: ${cause}`));
      return service;
    }
  }
  return { ...service, spec: { ...spec, ...families, clusterIP: address, clusterIPs: [address] } };
}

type Families = Pick<Service['spec'], 'ipFamilies' | 'ipFamilyPolicy'>;

/**
 * The families of a Service, in a cluster of IPv4 alone.
 *
 * @source alloc.go (initIPFamilyFields)
 */
function familiesOf(spec: Service['spec'], address: string, errors: FieldError[]): Families {
  const { ipFamilyPolicy: policy, clusterIPs = [], selector = {} } = spec;
  const several = clusterIPs.length === 2 ? 'cluster IPs' : spec.ipFamilies?.length === 2 ? 'IP families' : '';
  if (several !== '' && (policy === 'SingleStack' || (policy === undefined && address !== 'None'))) {
    const detail = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${several} are specified`;
    errors.push(invalidField('spec.ipFamilyPolicy', policy ?? null, detail));
  }
  const addresses = clusterIPs.length > 0 || address === '' ? clusterIPs : [address];
  const inferred = addresses.filter((ip) => ip !== 'None').map((ip) => (ip.includes(':') ? 'IPv6' : 'IPv4'));
  const ipFamilies = [...(spec.ipFamilies ?? []), ...inferred.slice(spec.ipFamilies?.length ?? 0)];
  if (address === 'None' && Object.keys(selector).length === 0) {
    // Whoever writes the endpoints of such a Service may write any.
    const ipFamilyPolicy = policy ?? 'RequireDualStack';
    if (ipFamilies.length === 0) ipFamilies.push('IPv4');
    if (ipFamilies.length === 1 && ipFamilyPolicy !== 'SingleStack')
      ipFamilies.push(ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    return { ipFamilies, ipFamilyPolicy };
  }
  if (policy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(invalidField('spec.ipFamilyPolicy', policy, detail));
  }
  for (const [index, family] of ipFamilies.entries())
    if (family !== 'IPv4')
      errors.push(invalidField(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  return {
    ipFamilies: ipFamilies.length === 0 ? ['IPv4'] : ipFamilies,
    ipFamilyPolicy: policy ?? 'SingleStack',
  };
}

/** Gives the ports that are missing. Answers a text when there are none left. */
function withPorts(
  service: Service,
  taken: ReadonlySet<string>,
  errors: FieldError[],
  around: Surroundings,
): Service | string {
  const wanted = needsNodePorts(service.spec);
  const ports = service.spec.ports ?? [];
  const mine = new Set(ownPorts(service));
  const draw = (): number | undefined => {
    const isTaken = (offset: number): boolean =>
      taken.has(PORTS + (FIRST_PORT + offset)) || mine.has(FIRST_PORT + offset);
    const offset = drawFree(PORT_COUNT, staticBand(PORT_COUNT, 32, 128), isTaken, around.random('node-port'));
    if (offset !== undefined) mine.add(FIRST_PORT + offset);
    return offset === undefined ? undefined : FIRST_PORT + offset;
  };
  let isFull = false;
  const next = ports.map((port, index) => {
    const asked = port.nodePort ?? 0;
    if (asked === 0) {
      if (!wanted) return port;
      const nodePort = draw();
      isFull ||= nodePort === undefined;
      return nodePort === undefined ? port : { ...port, nodePort };
    }
    const refusal = portRefusal(asked, taken);
    if (refusal !== undefined) errors.push(invalidField(`spec.ports[${index}].nodePort`, asked, refusal));
    return port;
  });
  if (isFull) return 'failed to allocate a nodePort: range is full';
  const given = next.some((port, index) => port !== ports[index])
    ? { ...service, spec: { ...service.spec, ports: next } }
    : service;
  if (errors.length > 0 || !needsHealthCheckPort(service.spec)) return given;
  const asked = service.spec.healthCheckNodePort ?? 0;
  if (asked !== 0) {
    const refusal = portRefusal(asked, taken);
    return refusal === undefined ? given : `failed to allocate requested HealthCheck NodePort ${asked}: ${refusal}`;
  }
  const healthCheckNodePort = draw();
  return healthCheckNodePort === undefined
    ? 'failed to allocate a HealthCheck NodePort 0: range is full'
    : { ...given, spec: { ...given.spec, healthCheckNodePort } };
}

/** Why a port cannot be had. */
function portRefusal(port: number, taken: ReadonlySet<string>): string | undefined {
  if (port < FIRST_PORT || port >= FIRST_PORT + PORT_COUNT)
    return `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${FIRST_PORT + PORT_COUNT - 1}`;
  return taken.has(PORTS + port) ? 'provided port is already allocated' : undefined;
}
