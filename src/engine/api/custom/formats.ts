/**
 * The formats of strings that schemas may ask for.
 *
 * @source kube-openapi pkg/validation/strfmt/{default,date,time,duration,kubernetes-extensions}.go,
 *   kubernetes apiextensions-apiserver/pkg/apiserver/validation/formats.go
 */
import { decodeBase64 } from '../base64';
import { dnsLabelErrors, dnsSubdomainErrors, isIPv6, parseIPv4 } from '../names';
import { quantityError } from '../quantity';
import { compileRegExp } from '../regexp/regexp';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/;
const GO_DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const DURATION = /^(\d+)\s*([A-Za-zµ]+)$/;
const UNITS: ReadonlySet<string> = new Set(
  'ns nano nanos nanosecond nanoseconds us micro micros microsecond microseconds µs ms milli millis millisecond milliseconds s sec secs second seconds m min mins minute minutes h hr hour hours d day days w week weeks'.split(
    ' ',
  ),
);
const HOSTNAME =
  '^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$';
const CREDIT_CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
const RGB = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/;
const MAC =
  /^(?:[0-9A-Fa-f]{2}(?<by>[:-])[0-9A-Fa-f]{2}(?:\k<by>[0-9A-Fa-f]{2}){4}(?:(?:\k<by>[0-9A-Fa-f]{2}){2})?|(?:[0-9A-Fa-f]{4}\.){2,3}[0-9A-Fa-f]{4})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  const parts = time === undefined ? null : TIME.exec(time);
  return parts !== null && isDate(date) && parts[1]! <= '23' && parts[2]! <= '59' && parts[3]! <= '59';
}

function isDuration(text: string): boolean {
  if (GO_DURATION.test(text)) return true;
  const parts = DURATION.exec(text);
  return parts !== null && UNITS.has(parts[2]!.toLowerCase());
}

function isUri(text: string): boolean {
  if (text === '' || /[\p{Cc} ]/u.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  return text.startsWith('/') || /^[A-Za-z][A-Za-z0-9+.-]*:./.test(text);
}

/** @simplified names and comments of RFC 5322 are not read, but for `Name <address>` */
function isEmail(text: string): boolean {
  const [, inside] = /^[^<>@]*<([^<>]+)>$/.exec(text) ?? [];
  return /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/.test(inside ?? text);
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  const max = parseIPv4(address) === undefined ? (isIPv6(address) ? 128 : -1) : 32;
  return more === undefined && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= max;
}

function isIsbn(text: string, length: 10 | 13): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (length === 10) {
    if (!/^\d{9}[\dX]$/.test(digits)) return false;
    const sum = Array.from(digits).reduce(
      (all, digit, at) => all + (10 - at) * (digit === 'X' ? 10 : Number(digit)),
      0,
    );
    return sum % 11 === 0;
  }
  if (!/^\d{13}$/.test(digits)) return false;
  return Array.from(digits).reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  if (!CREDIT_CARD.test(digits)) return false;
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    const digit = Number(digits[at]) * (twice ? 2 : 1);
    sum += digit > 9 ? (digit % 10) + 1 : digit;
  }
  return sum % 10 === 0;
}

const uuid = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const matching =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

function isHostname(text: string): boolean {
  const pattern = compileRegExp(HOSTNAME);
  return (
    text.length <= 255 && pattern.ok && pattern.value.matches(text) && text.split('.').every((part) => part.length < 64)
  );
}

/** By name without hyphens. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matching(/^[0-9a-fA-F]{24}$/),
  uri: isUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => parseIPv4(text) !== undefined,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: matching(MAC),
  uuid: matching(uuid('[0-9a-f]', '[0-9a-f]')),
  uuid3: matching(uuid('3', '[0-9a-f]')),
  uuid4: matching(uuid('4', '[89ab]')),
  uuid5: matching(uuid('5', '[89ab]')),
  isbn: (text) => isIsbn(text, 10) || isIsbn(text, 13),
  isbn10: (text) => isIsbn(text, 10),
  isbn13: (text) => isIsbn(text, 13),
  creditcard: isCreditCard,
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matching(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: (text) => (RGB.exec(text) ?? [undefined, '256']).slice(1).every((part) => Number(part) <= 255),
  byte: (text) => decodeBase64(text) !== undefined,
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  quantity: (text) => quantityError(text) === undefined,
  k8sshortname: (text) => dnsLabelErrors(text).length === 0,
  k8slongname: (text) => dnsSubdomainErrors(text).length === 0,
};

const normal = (format: string): string => format.replaceAll('-', '');

const formatOf = (format: string): ((text: string) => boolean) | undefined =>
  Object.hasOwn(FORMATS, normal(format)) ? FORMATS[normal(format)] : undefined;

/** The format that counts for a type; others are not looked at. */
export function effectiveFormat(type: string | undefined, format: string | undefined): string {
  if (format === undefined) return '';
  const known =
    type === 'integer'
      ? format === 'int32' || format === 'int64'
      : type === 'number'
        ? format === 'float' || format === 'double'
        : (type === undefined || type === 'string') && formatOf(format) !== undefined;
  return known ? format : '';
}

/** Whether a string has a format; none has one that nobody knows. */
export const hasFormat = (format: string, text: string): boolean => formatOf(format)?.(text) ?? true;

export const isKnownFormat = (format: string): boolean => formatOf(format) !== undefined;
