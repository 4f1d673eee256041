/** JSON Web Signatures by HMAC with SHA-256. @source RFC 7515 (section 3.2, appendix F), RFC 2104 */
import { encodeBase64, encodeBytes, utf8Bytes } from '#engine/api/base64';
import { sha256 } from '#engine/api/sha256';

const BLOCK = 64;

/** The signature of a text that is not in it: whoever looks at it has the text. */
export function detachedSignature(content: string, id: string, secret: string): string {
  const header = forUrls(encodeBase64(JSON.stringify({ alg: 'HS256', kid: id })));
  const signed = `${header}.${forUrls(encodeBase64(content))}`;
  return `${header}..${forUrls(encodeBytes(hmac(utf8Bytes(secret), signed)))}`;
}

const forUrls = (base64: string): string => base64.replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');

/** Of a text of ASCII. */
function hmac(given: readonly number[], text: string): number[] {
  const key = given.length > BLOCK ? digest(given, '') : given;
  const padded = (by: number): number[] => Array.from({ length: BLOCK }, (_, at) => (key[at] ?? 0) ^ by);
  return digest([...padded(0x5c), ...digest(padded(0x36), text)], '');
}

const digest = (bytes: readonly number[], text: string): number[] =>
  sha256(String.fromCharCode(...bytes) + text)
    .match(/../g)!
    .map((pair) => parseInt(pair, 16));
