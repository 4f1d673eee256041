/**
 * Certificates and requests for them, as far as they carry names: DER in PEM, as any tool reads it. Keys and signatures are bytes
 * without meaning; whoever is shown one believes it.
 *
 * @source RFC 5280, RFC 2986, ITU-T X.690
 */
import { decodeBytes, encodeBytes, utf8Bytes, utf8Text } from './base64';
import { timestamp } from './timestamp';

export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

type Bytes = readonly number[];

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const EXPLICIT_0 = 0xa0;
const COMMON_NAME = [0x55, 4, 3];
const ORGANIZATION = [0x55, 4, 10];
const RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
const REQUEST = 'CERTIFICATE REQUEST';
/** Letters of a line of PEM. */
const LINE = 64;
/** Of a key and of a signature: fewer than RSA has. */
const OPAQUE = Array.from({ length: 32 }, (_, index) => (index * 37 + 11) & 255);

function der(tag: number, ...parts: readonly Bytes[]): number[] {
  const content = parts.flat();
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return [tag, ...size, ...content];
}

const attribute = (id: Bytes, value: string): number[] =>
  der(SEQUENCE, der(OBJECT_ID, id), der(UTF8_STRING, utf8Bytes(value)));

const nameOf = ({ commonName, organizations }: Subject): number[] =>
  der(
    SEQUENCE,
    ...(organizations.length === 0 ? [] : [der(SET, ...organizations.map((each) => attribute(ORGANIZATION, each)))]),
    der(SET, attribute(COMMON_NAME, commonName)),
  );

const algorithm = (last: number): number[] => der(SEQUENCE, der(OBJECT_ID, [...RSA, last]), der(NULL));
const bits = (content: Bytes): number[] => der(BIT_STRING, [0], content);
const publicKey = (): number[] =>
  der(SEQUENCE, algorithm(1), bits(der(SEQUENCE, der(INTEGER, [0, ...OPAQUE]), der(INTEGER, [1, 0, 1]))));
const signed = (content: Bytes): number[] => der(SEQUENCE, content, algorithm(11), bits(OPAQUE));

/** `2026-01-01T00:00:12Z` as `260101000012Z`. */
const utcTime = (micros: number): number[] =>
  der(
    UTC_TIME,
    utf8Bytes(
      `${timestamp(micros)
        .slice(2)
        .replace(/[^0-9]/g, '')}Z`,
    ),
  );

function pem(type: string, bytes: Bytes): string {
  const text = encodeBytes(bytes);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE));
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}

/** A request for a certificate in this name, as PEM. */
export const certificateRequest = (subject: Subject): string =>
  pem(REQUEST, signed(der(SEQUENCE, der(INTEGER, [0]), nameOf(subject), publicKey(), der(EXPLICIT_0))));

/** A certificate as PEM. Times are virtual microseconds. */
export function certificateFor(
  subject: Subject,
  issuer: string,
  serial: number,
  notBefore: number,
  notAfter: number,
): string {
  // Never negative, never with a needless zero in front.
  const number = [0x40 | ((serial >>> 24) & 0x3f), (serial >>> 16) & 255, (serial >>> 8) & 255, serial & 255];
  const content = der(
    SEQUENCE,
    der(EXPLICIT_0, der(INTEGER, [2])),
    der(INTEGER, number),
    algorithm(11),
    nameOf({ commonName: issuer, organizations: [] }),
    der(SEQUENCE, utcTime(notBefore), utcTime(notAfter)),
    nameOf(subject),
    publicKey(),
  );
  return pem('CERTIFICATE', signed(content));
}

/** One element of DER at a place: where its content begins and ends. Null: there is none. */
function elementAt(
  bytes: Bytes,
  at: number,
): { readonly tag: number; readonly from: number; readonly to: number } | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  let from = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count < 1 || count > 3) return null;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from++] ?? 0);
  }
  const to = from + length;
  return to > bytes.length ? null : { tag, from, to };
}

const isId = (bytes: Bytes, from: number, to: number, id: Bytes): boolean =>
  to - from === id.length && id.every((byte, index) => bytes[from + index] === byte);

/** Values of an attribute within a name, in order. */
function attributesIn(bytes: Bytes, from: number, to: number, id: Bytes): string[] {
  const values: string[] = [];
  for (let at = from; at < to;) {
    const set = elementAt(bytes, at);
    if (set === null) break;
    for (let inner = set.from; inner < set.to;) {
      const pair = elementAt(bytes, inner);
      if (pair === null) break;
      const key = elementAt(bytes, pair.from);
      const value = key === null ? null : elementAt(bytes, key.to);
      if (key !== null && value !== null && isId(bytes, key.from, key.to, id))
        values.push(utf8Text(bytes.slice(value.from, value.to)));
      inner = pair.to;
    }
    at = set.to;
  }
  return values;
}

function bytesOfPem(text: string, type: string): number[] | null {
  const begin = `-----BEGIN ${type}-----`;
  const start = text.indexOf(begin);
  const end = text.indexOf(`-----END ${type}-----`);
  if (start < 0 || end < start) return null;
  return decodeBytes(text.slice(start + begin.length, end).replace(/\s/g, '')) ?? null;
}

/** The names in a request in PEM; a text: why it cannot be read. @source pkg/apis/certificates/helpers.go (ParseCSR) */
export function readRequest(text: string): Subject | string {
  const bytes = bytesOfPem(text, REQUEST);
  if (bytes === null) return 'PEM block type must be CERTIFICATE REQUEST';
  const outer = elementAt(bytes, 0);
  const content = outer === null ? null : elementAt(bytes, outer.from);
  const version = content === null ? null : elementAt(bytes, content.from);
  const name = version === null ? null : elementAt(bytes, version.to);
  if (name === null || name.tag !== SEQUENCE) return 'asn1: structure error';
  return {
    commonName: attributesIn(bytes, name.from, name.to, COMMON_NAME)[0] ?? '',
    organizations: attributesIn(bytes, name.from, name.to, ORGANIZATION),
  };
}
