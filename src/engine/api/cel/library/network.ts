/**
 * Addresses, networks and URLs.
 *
 * @source kubernetes apiserver/pkg/cel/library/{ip,cidr,urls}.go; Go net/netip, net/url
 */
import { addressBits, isIPv6, parseIPv4 } from '../../names';
import { type Declarations, traversal, traversed } from '../environment';
import { EntryMap, fail, listValue, Opaque, sizeOf, type Value } from '../values';
import { readUrl, type Url } from './url';

interface Address {
  readonly text: string;
  readonly bits: string;
  readonly costSize: number;
  equals(other: Address): boolean;
}
interface Network {
  readonly address: Address;
  readonly prefix: number;
  readonly costSize: number;
  equals(other: Network): boolean;
}

const IP = 'net.IP';
const CIDR = 'net.CIDR';

function canonical(bits: string): string {
  if (bits.length === 32) return [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    Number.parseInt(bits.slice(at * 16, at * 16 + 16), 2).toString(16),
  );
  let [best, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === '0') end++;
    if (end - at > length) [best, length] = [at, end - at];
  }
  if (best < 0) return groups.join(':');
  return `${groups.slice(0, best).join(':')}::${groups.slice(best + length).join(':')}`;
}

function addressOf(bits: string): Address {
  return {
    text: canonical(bits),
    bits,
    costSize: Math.ceil(bits.length / 8),
    equals: (other) => other.bits === bits,
  };
}

/** What is wrong with a text that should be an address. */
function addressError(text: string): string | null {
  const error = (what: string): string => `ParseAddr(${JSON.stringify(text)}): ${what}`;
  if (text.includes('%')) return `IP address ${JSON.stringify(text)} with zone value is not allowed`;
  if (!/[.:]/.test(text)) return error('unable to parse IP');
  if (!text.includes(':')) {
    if (parseIPv4(text) !== undefined) return null;
    const fields = text.split('.');
    if (fields.some((field) => /[^0-9]/.test(field))) return error('unexpected character');
    if (fields.includes('')) return error('IPv4 field must have at least one digit');
    if (fields.length < 4) return error('IPv4 address too short');
    if (fields.length > 4) return error('IPv4 address too long');
    return error(
      fields.some((field) => Number(field) > 255)
        ? 'IPv4 field has value >255'
        : 'IPv4 field has octet with leading zero',
    );
  }
  if (!isIPv6(text)) return error('unable to parse IP');
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) || /^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/i.test(text)
    ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`
    : null;
}

function ip(text: string): Opaque {
  const error = addressError(text);
  if (error !== null)
    return fail(`IP Address ${JSON.stringify(text)} parse error during conversion from string: ${error}`);
  return new Opaque(IP, addressOf(addressBits(text)));
}

function networkError(text: string): string | null {
  const error = (what: string): string => `netip.ParsePrefix(${JSON.stringify(text)}): ${what}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return error("no '/'");
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  const inner = addressError(address);
  if (inner !== null) return inner.startsWith('ParseAddr') ? error(inner) : inner;
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return error(`bad bits after slash: ${JSON.stringify(length)}`);
  return Number(length) > (address.includes(':') ? 128 : 32) ? error('prefix length out of range') : null;
}

function networkOf(address: Address, prefix: number): Network {
  return {
    address,
    prefix,
    costSize: Math.ceil(prefix / 8),
    equals: (other) => other.prefix === prefix && other.address.bits === address.bits,
  };
}

function cidr(text: string): Opaque {
  const error = networkError(text);
  if (error !== null) return fail(`network address parse error during conversion from string: ${error}`);
  const [address = '', prefix = ''] = text.split('/');
  return new Opaque(CIDR, networkOf(addressOf(addressBits(address)), Number(prefix)));
}

const addressIn = (value: Opaque): Address => value.data as Address;
const networkIn = (value: Opaque): Network => value.data as Network;

const masked = ({ address, prefix }: Network): string => address.bits.slice(0, prefix).padEnd(address.bits.length, '0');

const containsAddress = (network: Opaque, address: Opaque | string): boolean => {
  const { bits } = addressIn(typeof address === 'string' ? ip(address) : address);
  const outer = networkIn(network);
  return bits.length === outer.address.bits.length && bits.startsWith(outer.address.bits.slice(0, outer.prefix));
};

const containsNetwork = (network: Opaque, other: Opaque | string): boolean => {
  const inner = networkIn(typeof other === 'string' ? cidr(other) : other);
  const outer = networkIn(network);
  return (
    inner.prefix >= outer.prefix &&
    inner.address.bits.length === outer.address.bits.length &&
    masked(inner).startsWith(outer.address.bits.slice(0, outer.prefix))
  );
};

const begins = (value: Opaque, ...prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => addressIn(value).bits.startsWith(prefix));
const isV4 = (value: Opaque): boolean => addressIn(value).bits.length === 32;
const V4 = {
  loopback: '01111111',
  linkLocal: '1010100111111110',
  multicast: '1110',
  localMulticast: '111000000000000000000000',
};
const V6 = { linkLocal: '1111111010', multicast: '11111111', localMulticast: '1111111100000010' };

const isUnspecified = (value: Opaque): boolean => !addressIn(value).bits.includes('1');
const isLoopback = (value: Opaque): boolean =>
  isV4(value) ? begins(value, V4.loopback) : addressIn(value).bits === '1'.padStart(128, '0');
const isLinkLocal = (value: Opaque): boolean => begins(value, isV4(value) ? V4.linkLocal : V6.linkLocal);
const isLocalMulticast = (value: Opaque): boolean =>
  begins(value, isV4(value) ? V4.localMulticast : V6.multicast.slice(0, 12)) &&
  (isV4(value) || addressIn(value).bits.slice(12, 16) === '0010');
const isMulticast = (value: Opaque): boolean => begins(value, isV4(value) ? V4.multicast : V6.multicast);

const networkCost =
  (isNetwork: boolean, isText: boolean) =>
  ([network = null, other = null]: readonly Value[]): number => {
    const size = sizeOf(network);
    return traversed(size + size) + (isNetwork ? traversed(size) + 1 : 0) + (isText ? traversed(sizeOf(other)) : 0);
  };

export const network: Declarations = {
  'ip(string): net.IP': [ip, traversal()],
  'isIP(string): bool': [(text: string) => addressError(text) === null, traversal()],
  'ip.isCanonical(string): bool': [(text: string) => addressIn(ip(text)).text === text, traversal(2)],
  'string(net.IP): string': (value: Opaque) => addressIn(value).text,
  'net.IP -> family(): int': (value: Opaque) => (isV4(value) ? 4n : 6n),
  'net.IP -> isUnspecified(): bool': isUnspecified,
  'net.IP -> isLoopback(): bool': isLoopback,
  'net.IP -> isLinkLocalMulticast(): bool': isLocalMulticast,
  'net.IP -> isLinkLocalUnicast(): bool': isLinkLocal,
  'net.IP -> isGlobalUnicast(): bool': (value: Opaque) =>
    !isUnspecified(value) &&
    !isLoopback(value) &&
    !isMulticast(value) &&
    !isLinkLocal(value) &&
    addressIn(value).text !== '255.255.255.255',
  'cidr(string): net.CIDR': [cidr, traversal()],
  'isCIDR(string): bool': [(text: string) => networkError(text) === null, traversal()],
  'string(net.CIDR): string': (value: Opaque) => `${networkIn(value).address.text}/${networkIn(value).prefix}`,
  'net.CIDR -> containsIP(net.IP): bool': [containsAddress, networkCost(false, false)],
  'net.CIDR -> containsIP(string): bool': [containsAddress, networkCost(false, true)],
  'net.CIDR -> containsCIDR(net.CIDR): bool': [containsNetwork, networkCost(true, false)],
  'net.CIDR -> containsCIDR(string): bool': [containsNetwork, networkCost(true, true)],
  'net.CIDR -> ip(): net.IP': (value: Opaque) => new Opaque(IP, networkIn(value).address),
  'net.CIDR -> masked(): net.CIDR': (value: Opaque) =>
    new Opaque(CIDR, networkOf(addressOf(masked(networkIn(value))), networkIn(value).prefix)),
  'net.CIDR -> prefixLength(): int': (value: Opaque) => BigInt(networkIn(value).prefix),
};

const URL_TYPE = 'kubernetes.URL';

function url(text: string): Opaque {
  const read = readUrl(text);
  if (typeof read === 'string') return fail(`URL parse error during conversion from string: ${read}`);
  return new Opaque(URL_TYPE, { ...read, equals: (other: Url) => other.text === read.text });
}

const urlIn = (value: Opaque): Url => value.data as Url;

export const urls: Declarations = {
  'url(string): kubernetes.URL': [url, traversal()],
  'isURL(string): bool': (text: string) => typeof readUrl(text) !== 'string',
  'kubernetes.URL -> getScheme(): string': (value: Opaque) => urlIn(value).scheme,
  'kubernetes.URL -> getHost(): string': (value: Opaque) => urlIn(value).host,
  'kubernetes.URL -> getHostname(): string': (value: Opaque) => urlIn(value).hostname,
  'kubernetes.URL -> getPort(): string': (value: Opaque) => urlIn(value).port,
  'kubernetes.URL -> getEscapedPath(): string': (value: Opaque) => urlIn(value).escapedPath,
  'kubernetes.URL -> getQuery(): map<string, list<string>>': (value: Opaque) =>
    new EntryMap(
      new Map([...urlIn(value).query].map(([key, values]) => [`s${key}`, { key, value: listValue([...values]) }])),
    ),
};
