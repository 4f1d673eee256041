/**
 * The certificates of one server's life: an authority that signs the server's own and the administrator's, as kubeadm makes
 * them. X.509 v3 in DER, with keys on P-256.
 *
 * @source RFC 5280, RFC 5480; kubernetes cmd/kubeadm/app/phases/certs/certlist.go (names and organizations)
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certified {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Certificates {
  /** PEM of the authority that signed the others. */
  readonly authority: string;
  readonly server: Certified;
  readonly admin: Certified;
}

/** @source kubernetes cmd/kubeadm/app/constants (ClusterAdminsGroupAndClusterRoleBinding) */
export const ADMIN = { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] } as const;

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

const SEQUENCE = 0x30;
const SET = 0x31;
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const context = (tag: number): number => 0x80 | tag;
const constructed = (tag: number): number => 0xa0 | tag;

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Bits of KeyUsage with the count of unused ones before them. */
const SIGNS_CERTIFICATES = Uint8Array.of(0x02, 0xa4); // digitalSignature, keyEncipherment, keyCertSign
const SIGNS_HANDSHAKES = Uint8Array.of(0x05, 0xa0); // digitalSignature, keyEncipherment

/** New certificates, good from a day ago for a year. `names` are the server's: addresses and DNS names. */
export function newCertificates(names: readonly string[], now_ms: number): Certificates {
  const authorityKeys = newKeys();
  const name = nameOf('kubernetes', []);
  const issuer: Issuer = { name, keys: authorityKeys, now_ms };
  const authority = issue(issuer, name, authorityKeys.publicKey, [
    extension(BASIC_CONSTRAINTS, true, der(SEQUENCE, der(BOOLEAN, [0xff]))),
    extension(KEY_USAGE, true, der(BIT_STRING, SIGNS_CERTIFICATES)),
  ]);
  const leaf = (
    commonName: string,
    organizations: readonly string[],
    purpose: string,
    alternatives: Uint8Array[],
  ): Certified => {
    const keys = newKeys();
    const certificate = issue(issuer, nameOf(commonName, organizations), keys.publicKey, [
      extension(BASIC_CONSTRAINTS, true, der(SEQUENCE)),
      extension(KEY_USAGE, true, der(BIT_STRING, SIGNS_HANDSHAKES)),
      extension(EXTENDED_KEY_USAGE, false, der(SEQUENCE, oid(purpose))),
      ...alternatives,
    ]);
    return { certificate, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  };
  const alternatives = extension(SUBJECT_ALT_NAME, false, der(SEQUENCE, ...names.map(alternativeName)));
  return {
    authority,
    server: leaf('kube-apiserver', [], SERVER_AUTH, [alternatives]),
    admin: leaf(ADMIN.commonName, ADMIN.organizations, CLIENT_AUTH, []),
  };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Issuer {
  readonly name: Uint8Array;
  readonly keys: Keys;
  readonly now_ms: number;
}

const newKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A signed certificate as PEM. */
function issue(issuer: Issuer, subject: Uint8Array, subjectKey: KeyObject, extensions: readonly Uint8Array[]): string {
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const keyId = keyIdOf(subjectKey);
  const issuerId = keyIdOf(issuer.keys.publicKey);
  const body = der(
    SEQUENCE,
    der(constructed(0), der(INTEGER, [2])), // v3
    der(INTEGER, [0x01, ...randomBytes(15)]),
    algorithm,
    issuer.name,
    der(SEQUENCE, time(issuer.now_ms - DAY_MS), time(issuer.now_ms + YEAR_MS)),
    subject,
    publicKeyInfo(subjectKey),
    der(
      constructed(3),
      der(
        SEQUENCE,
        ...extensions,
        extension(SUBJECT_KEY_ID, false, der(OCTET_STRING, keyId)),
        extension(AUTHORITY_KEY_ID, false, der(SEQUENCE, der(context(0), issuerId))),
      ),
    ),
  );
  const signature = sign('sha256', body, issuer.keys.privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, [0], signature));
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const publicKeyInfo = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' });

const keyIdOf = (key: KeyObject): Uint8Array => createHash('sha1').update(publicKeyInfo(key)).digest();

/** A distinguished name. */
function nameOf(commonName: string, organizations: readonly string[]): Uint8Array {
  const attribute = (type: string, value: string): Uint8Array =>
    der(SET, der(SEQUENCE, oid(type), der(UTF8_STRING, Buffer.from(value))));
  return der(
    SEQUENCE,
    ...organizations.map((name) => attribute(ORGANIZATION, name)),
    attribute(COMMON_NAME, commonName),
  );
}

const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
  der(SEQUENCE, oid(id), ...(critical ? [der(BOOLEAN, [0xff])] : []), der(OCTET_STRING, value));

/** A DNS name or an IP address (IPv4, or `::1`). */
function alternativeName(name: string): Uint8Array {
  if (isIPv4(name)) return der(context(7), name.split('.').map(Number));
  if (name === '::1') return der(context(7), [...Array.from({ length: 15 }, () => 0), 1]);
  return der(context(2), Buffer.from(name));
}

/** `YYMMDDHHMMSSZ` */
const time = (at_ms: number): Uint8Array =>
  der(UTC_TIME, Buffer.from(`${new Date(at_ms).toISOString().slice(2, 19).replace(/\D/g, '')}Z`));

function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(OBJECT_IDENTIFIER, bytes);
}

/** Tag, length, value. */
function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const value = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), value]);
}
