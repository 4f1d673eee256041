import { describe, expect, it } from 'vitest';
import { certificateFor, certificateRequest, readRequest } from './certificate';

const subject = { commonName: 'system:node:knoten-ü', organizations: ['system:nodes', 'dev'] };

/** `openssl req -new -newkey ed25519 -nodes -keyout /dev/null -subj '/O=dev/O=ops/CN=jane'` */
const OPENSSL = `-----BEGIN CERTIFICATE REQUEST-----
MIGqMF4CAQAwKzEMMAoGA1UECgwDZGV2MQwwCgYDVQQKDANvcHMxDTALBgNVBAMM
BGphbmUwKjAFBgMrZXADIQA27uhAQpYlPQg+XOhUanElWahS6U+zT3Dxn7FpMd20
mKAAMAUGAytlcANBABVgRNCK43u0eXZ2z36ooLbEiAPiz1YcxEHiiqzMrHNp06EY
mKWiTWLVx3Ntp3vuySHvoczC/PEUYM4GdLDlHww=
-----END CERTIFICATE REQUEST-----
`;

describe('A certificate request', () => {
  it('gives back the names that were put in', () => {
    expect(readRequest(certificateRequest(subject))).toEqual(subject);
  });

  it('made by openssl is read', () => {
    expect(readRequest(OPENSSL)).toEqual({ commonName: 'jane', organizations: ['dev', 'ops'] });
  });

  it.each([
    ['', 'PEM block type must be CERTIFICATE REQUEST'],
    [certificateFor(subject, 'kubernetes', 1, 0, 1e6), 'PEM block type must be CERTIFICATE REQUEST'],
    ['-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', 'asn1: structure error'],
  ])('%j is none', (text, why) => expect(readRequest(text)).toBe(why));
});
