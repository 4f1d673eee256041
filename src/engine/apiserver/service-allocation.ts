/**
 * Addresses and ports of Services: who has which, and which are given next. What is taken is written beside the
 * Service in the same transaction, so that two API servers cannot give the same address twice.
 *
 * @source kubernetes pkg/registry/core/service/storage/alloc.go, ipallocator/{bitmap,ipallocator}.go, portallocator/allocator.go
 */
import { type FieldError, invalid as invalidField } from '#engine/api/field-error';
import { parseIPv4 } from '#engine/api/names';
import type { ResourceInfo } from '#engine/api/registry';
import { mapShared } from '#engine/api/structural-sharing';
import { internalError, invalid } from '#engine/api/status-error';
import type { KubeObject, Service, Status } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import type { Operation } from './state';
import type { Claim } from './storage';
import type { Surroundings } from './surroundings';

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
  const ports = (service.spec.ports ?? []).map((port) => port.nodePort ?? 0).filter((port) => port > 0);
  return [...new Set(ports)];
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
  service = withPorts(service, taken, errors, around);
  if (errors.length > 0) return { type: 'refuse', status: invalid(info, service.metadata.name, errors) };
  const has = claimsOf(service);
  const reference = { group: '', resource: 'services', namespace: operation.namespace, name: service.metadata.name };
  const claims = has.filter((key) => !had.has(key)).map((key): Claim => ({ key, value: reference }));
  const released = [...had].filter((key) => !has.includes(key));
  return { type: 'allocate', object: service, claims, released };
}

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
  if (!needsPorts(service) || !needsPorts(old)) return service;
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
  const families = { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' };
  const asked = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
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
      number === undefined || number < range.base || number >= range.base + range.size
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

const needsPorts = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

function withPorts(service: Service, taken: ReadonlySet<string>, errors: FieldError[], around: Surroundings): Service {
  const wanted = needsPorts(service);
  const ports = service.spec.ports ?? [];
  const mine = new Map<number, string>();
  for (const port of ports) if ((port.nodePort ?? 0) > 0) mine.set(port.nodePort ?? 0, port.protocol ?? 'TCP');
  const next = ports.map((port, index) => {
    const asked = port.nodePort ?? 0;
    if (asked === 0) {
      if (!wanted) return port;
      const isTaken = (offset: number): boolean =>
        taken.has(PORTS + (FIRST_PORT + offset)) || mine.has(FIRST_PORT + offset);
      const offset = drawFree(PORT_COUNT, staticBand(PORT_COUNT, 32, 128), isTaken, around.random('node-port'));
      const free = offset === undefined ? undefined : FIRST_PORT + offset;
      if (free === undefined) {
        errors.push(invalidField(`spec.ports[${index}].nodePort`, 0, 'failed to allocate a nodePort: range is full'));
        return port;
      }
      mine.set(free, port.protocol ?? 'TCP');
      return { ...port, nodePort: free };
    }
    const path = `spec.ports[${index}].nodePort`;
    if (asked < FIRST_PORT || asked >= FIRST_PORT + PORT_COUNT) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${FIRST_PORT + PORT_COUNT - 1}`;
      errors.push(invalidField(path, asked, detail));
    } else if (taken.has(PORTS + asked)) {
      errors.push(invalidField(path, asked, 'provided port is already allocated'));
    }
    return port;
  });
  return next.some((port, index) => port !== ports[index])
    ? { ...service, spec: { ...service.spec, ports: next } }
    : service;
}
