/**
 * What may be a name, a label key or a label value, with the API server's messages; and how names are generated.
 * A text that is absent is checked as the empty one, as Go has it.
 * Each check answers the messages of all rules that the text breaks; none means that it is fine.
 * @source kubernetes apimachinery/pkg/util/validation/validation.go, pkg/util/rand/rand.go, apiserver/pkg/storage/names/generate.go
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const within = (regex: string, ...examples: readonly string[]): string =>
  `(e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${regex}')`;

export const DNS_LABEL_MESSAGE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${within(LABEL, 'my-name', '123-abc')}`;
export const DNS_SUBDOMAIN_MESSAGE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${within(SUBDOMAIN, 'example.com')}`;
export const DNS_1035_MESSAGE = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${within('[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')}`;
export const QUALIFIED_NAME_MESSAGE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${within(QUALIFIED, 'MyName', 'my.name', '123-abc')}`;
export const LABEL_VALUE_MESSAGE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${within(`(${QUALIFIED})?`, 'MyValue', 'my_value', '12345')}`;
export const CONFIG_KEY_MESSAGE = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${within('[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name')}`;
const PERCENT_MESSAGE = `a valid percent string must be a numeric string followed by an ending '%' ${within('[0-9]+%', '1%', '93%')}`;
const HEADER_MESSAGE = `a valid HTTP header must consist of alphanumeric characters or '-' ${within('[-A-Za-z0-9]+', 'X-Header-Name')}`;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME_CHARACTERS = /^[-A-Za-z0-9_.]+$/;
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
const DIGITS_PERCENT = /^[0-9]+%$/;
const HEADER = /^[-A-Za-z0-9]+$/;
const PRINTABLE_ENV = /^[ -<>-~]+$/;

const tooLong = (max: number): string => `must be no more than ${max} characters`;

const DASH = 45;
const DOT = 46;

const isLowerAlphanumeric = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

/** A DNS label of any length: one pass, no backtracking. */
function isLabelShape(text: string): boolean {
  if (text === '') return false;
  if (!isLowerAlphanumeric(text.charCodeAt(0)) || !isLowerAlphanumeric(text.charCodeAt(text.length - 1))) return false;
  for (let index = 1; index < text.length - 1; index++) {
    const code = text.charCodeAt(index);
    if (!isLowerAlphanumeric(code) && code !== DASH) return false;
  }
  return true;
}

/** Labels with dots between them, of any length: one pass. */
function isSubdomainShape(text: string): boolean {
  let before = DOT;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!isLowerAlphanumeric(code)) {
      const isInside = code === DASH ? before !== DOT : code === DOT && before !== DOT && before !== DASH;
      if (!isInside) return false;
    }
    before = code;
  }
  return before !== DOT && before !== DASH;
}

const ends = (text: string): boolean => {
  const first = text.charAt(0);
  const last = text.charAt(text.length - 1);
  return first !== '-' && first !== '_' && first !== '.' && last !== '-' && last !== '_' && last !== '.';
};

const isQualifiedShape = (text: string): boolean => NAME_CHARACTERS.test(text) && ends(text);

const NONE: readonly string[] = [];

/** RFC 1123 label: at most 63 characters, e.g. Namespace and container names. */
export function dnsLabelErrors(text = ''): readonly string[] {
  if (DNS_LABEL.test(text)) return NONE;
  const errors: string[] = [];
  if (text.length > 63) errors.push(tooLong(63));
  if (!isLabelShape(text)) {
    errors.push(isSubdomainShape(text) ? 'must not contain dots' : DNS_LABEL_MESSAGE);
  }
  return errors;
}

/** RFC 1123 subdomain: at most 253 characters, the name of most kinds. */
export function dnsSubdomainErrors(text = ''): readonly string[] {
  const errors: string[] = [];
  if (text.length > 253) errors.push(tooLong(253));
  if (!isSubdomainShape(text)) errors.push(DNS_SUBDOMAIN_MESSAGE);
  return errors.length === 0 ? NONE : errors;
}

/** RFC 1035 label: as RFC 1123 but beginning with a letter, e.g. Service names. */
export function dns1035LabelErrors(text = ''): readonly string[] {
  if (DNS_1035.test(text)) return NONE;
  const errors: string[] = [];
  if (text.length > 63) errors.push(tooLong(63));
  const first = text.charCodeAt(0);
  if (!isLabelShape(text) || first < 97) errors.push(DNS_1035_MESSAGE);
  return errors;
}

/** A subdomain with `*.` in front, as hosts of an Ingress may have it. */
export function wildcardDomainErrors(text = ''): readonly string[] {
  if (text.length > 253) return [tooLong(253)];
  if (text.startsWith('*.') && isSubdomainShape(text.slice(2))) return NONE;
  return [
    `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character ${within(`\\*\\.${SUBDOMAIN}`, '*.example.com')}`,
  ];
}

const labelKeys = new Map<string, readonly string[]>();
const MEMO_SIZE = 4096;

/** A label key, annotation key, finalizer or extended resource: an optional subdomain, `/`, and a name of at most 63. */
export function labelKeyErrors(text = ''): readonly string[] {
  const known = labelKeys.get(text);
  if (known !== undefined) return known;
  const errors = computeLabelKeyErrors(text);
  if (labelKeys.size >= MEMO_SIZE) labelKeys.clear();
  labelKeys.set(text, errors);
  return errors;
}

function computeLabelKeyErrors(text: string): readonly string[] {
  const parts = text.split('/');
  const errors: string[] = [];
  let name = parts[0] ?? '';
  if (parts.length > 2) {
    return [
      `a valid label key ${QUALIFIED_NAME_MESSAGE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    name = parts[1] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dnsSubdomainErrors(prefix).map((message) => `prefix part ${message}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${tooLong(63)}`);
  if (!isQualifiedShape(name)) errors.push(`name part ${QUALIFIED_NAME_MESSAGE}`);
  return errors.length === 0 ? NONE : errors;
}

/** A label value: empty, or at most 63 characters that begin and end alphanumeric. */
export function labelValueErrors(text = ''): readonly string[] {
  const errors: string[] = [];
  if (text.length > 63) errors.push(tooLong(63));
  if (text !== '' && !isQualifiedShape(text)) errors.push(LABEL_VALUE_MESSAGE);
  return errors.length === 0 ? NONE : errors;
}

/** The name of a port (IANA service name): at most 15 characters, at least one letter. */
export function portNameErrors(text = ''): readonly string[] {
  const errors: string[] = [];
  if (text.length > 15) errors.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(text)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) errors.push('must contain at least one letter (a-z)');
  if (text.includes('--')) errors.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors.length === 0 ? NONE : errors;
}

const PORT_RANGE = ['must be between 1 and 65535, inclusive'] as const;

/** A port number. */
export const portNumberErrors = (port = 0): readonly string[] => (port >= 1 && port <= 65_535 ? NONE : PORT_RANGE);

/** The name of an environment variable (relaxed: any printable ASCII but `=`). */
export const envNameErrors = (text = ''): readonly string[] =>
  PRINTABLE_ENV.test(text)
    ? NONE
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** A key of a ConfigMap or Secret. */
export function configKeyErrors(text = ''): readonly string[] {
  const errors: string[] = [];
  if (text.length > 253) errors.push(tooLong(253));
  if (!CONFIG_KEY.test(text)) errors.push(CONFIG_KEY_MESSAGE);
  if (text === '.') errors.push("must not be '.'");
  else if (text === '..') errors.push("must not be '..'");
  else if (text.startsWith('..')) errors.push("must not start with '..'");
  return errors.length === 0 ? NONE : errors;
}

/** A percentage such as `25%`. */
export const percentErrors = (text = ''): readonly string[] => (DIGITS_PERCENT.test(text) ? NONE : [PERCENT_MESSAGE]);

/** The name of an HTTP header. */
export const headerNameErrors = (text = ''): readonly string[] => (HEADER.test(text) ? NONE : [HEADER_MESSAGE]);

const IP_MESSAGE = ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] as const;

/** The four numbers of an IPv4 address, or undefined. Leading zeros are tolerated, as in fields older than 1.35. */
export function parseIPv4(text: string): readonly [number, number, number, number] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a, b, c, d];
}

/** Whether a text is an IPv6 address (with `::` and an embedded IPv4 tail). */
export function isIPv6(text: string): boolean {
  if (!text.includes(':') || text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  let count = groups.length;
  const last = groups.at(-1) ?? '';
  if (last.includes('.')) {
    if (parseIPv4(last) === undefined) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

/** The bits of a valid address, 32 or 128 of them. */
export function addressBits(text: string): string {
  const bits = (numbers: readonly number[], width: number): string =>
    numbers.map((number) => number.toString(2).padStart(width, '0')).join('');
  const groupsOf = (half = ''): string =>
    half
      .split(':')
      .map((group) =>
        group === '' ? '' : group.includes('.') ? addressBits(group) : bits([Number.parseInt(group, 16)], 16),
      )
      .join('');
  if (!text.includes(':')) return bits(parseIPv4(text) ?? [], 8);
  const [head, tail] = text.split('::');
  const end = groupsOf(tail);
  return groupsOf(head).padEnd(128 - end.length, '0') + end;
}

/** An IP address of either family. */
export const ipErrors = (text = ''): readonly string[] =>
  parseIPv4(text) !== undefined || isIPv6(text) ? NONE : IP_MESSAGE;

/** A network in CIDR notation. */
export function cidrErrors(text = ''): readonly string[] {
  const [address = '', length = '', ...rest] = text.split('/');
  const bits = /^[0-9]{1,3}$/.test(length) ? Number(length) : Number.NaN;
  const fits = parseIPv4(address) !== undefined ? bits <= 32 : isIPv6(address) && bits <= 128;
  return fits && rest.length === 0 ? NONE : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
}

/** The 27 symbols of generated names: no vowels, nothing that looks like another. */
export const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
/** Symbols that the server appends to a `generateName`. */
export const NAME_SUFFIX_LENGTH = 5;
const MAX_GENERATED_BASE = 63 - NAME_SUFFIX_LENGTH;

/** `base` cut to 58 characters, and the suffix that the caller drew from `NAME_ALPHABET`. In one piece: it is kept. */
export const generateName = (base: string, suffix: string): string =>
  [base.slice(0, MAX_GENERATED_BASE), suffix].join('');

/** Each character mapped into the alphabet of generated names by its code modulo 27. */
export function safeEncodeString(text: string): string {
  let result = '';
  for (let index = 0; index < text.length; index++) {
    result += NAME_ALPHABET.charAt(text.charCodeAt(index) % NAME_ALPHABET.length);
  }
  return result;
}

/** What no path can hold. @source apimachinery/pkg/api/validation/path/name.go (IsValidPathSegmentName) */
export function pathSegmentErrors(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}
