/**
 * Tokens in the form of JSON Web Tokens: three parts of base64url. The form is the real one; the signature is a hash of the text and
 * the cluster's signing key, of the length of an RSA signature, and keeps nobody out who reads this file.
 *
 * @source RFC 7519; kubernetes pkg/serviceaccount/jwt.go
 */
import { decodeBase64, encodeBase64 } from '#engine/api/base64';
import { hashName, nextWord, type RandomState } from '#engine/kernel/random';

/** Words of 32 bits in an RSA signature of 2048 bits. */
const SIGNATURE_WORDS = 64;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Letters of base64url drawn from a hash of a text. */
function drawn(text: string, letters: number): string {
  const state: RandomState = [hashName(text), hashName(text, 0x9e3779b9), hashName(text, 0x85ebca6b), 1];
  for (let i = 0; i < 12; i++) nextWord(state);
  let result = '';
  for (let i = 0; i < letters; i++) result += ALPHABET[nextWord(state) & 63]!;
  return result;
}

/** The key's name in the header: 43 letters, as of a SHA-256. */
const keyId = (key: string): string => drawn(key, 43);
const signature = (signed: string, key: string): string =>
  drawn(`${signed}.${key}`, Math.ceil((SIGNATURE_WORDS * 32) / 6));

/** The key that checks signatures, as a JSON Web Key. */
export const publicKey = (key: string): Readonly<Record<string, string>> => ({
  use: 'sig',
  kty: 'RSA',
  kid: keyId(key),
  alg: 'RS256',
  n: drawn(`modulus ${key}`, Math.ceil((SIGNATURE_WORDS * 32) / 6)),
  e: 'AQAB',
});

/** A signed token that carries these claims. */
export function signedToken(claims: unknown, key: string): string {
  const header = { alg: 'RS256', kid: keyId(key) };
  const signed = [header, claims].map((part) => urlSafe(encodeBase64(JSON.stringify(part)))).join('.');
  return `${signed}.${signature(signed, key)}`;
}

function readPart(part: string): unknown {
  const padded = part.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (part.length % 4)) % 4);
  const text = decodeBase64(padded);
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The claims of a token that was signed with this key; null: it was not. */
export function verifiedClaims(token: string, key: string): unknown {
  const parts = token.split('.');
  const [header, payload, signed] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) return null;
  return signed === signature(`${header}.${payload}`, key) ? readPart(payload) : null;
}
