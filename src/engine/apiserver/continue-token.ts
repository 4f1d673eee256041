/**
 * The token with which a list goes on: base64url without padding of a small JSON text.
 *
 * @source kubernetes apiserver/pkg/storage/continue.go
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VERSION = 'meta.k8s.io/v1';

export interface ContinueToken {
  /** −1: go on at the newest revision. */
  readonly revision: number;
  /** Key to go on from, relative to the resource's prefix. */
  readonly start: string;
}

/** Base64url of a text of characters below 256. */
function encode(text: string): string {
  let result = '';
  for (let at = 0; at < text.length; at += 3) {
    const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    const digits = Number.isNaN(b) ? 2 : Number.isNaN(c) ? 3 : 4;
    for (let digit = 0; digit < digits; digit++) result += ALPHABET[(bits >>> (18 - 6 * digit)) & 63]!;
  }
  return result;
}

function decode(text: string): string | null {
  let result = '';
  let bits = 0;
  let count = 0;
  for (const symbol of text) {
    const digit = ALPHABET.indexOf(symbol);
    if (digit < 0) return null;
    bits = (bits << 6) | digit;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += String.fromCharCode((bits >>> count) & 255);
    bits &= (1 << count) - 1;
  }
  return result;
}

export const encodeToken = (token: ContinueToken): string =>
  encode(`{"v":"${VERSION}","rv":${token.revision},"start":${JSON.stringify(token.start)}}\n`);

/** The token, or why it is none. */
export function decodeToken(text: string): ContinueToken | { readonly error: string } {
  const json = decode(text);
  if (json === null) return { error: 'continue key is not valid: illegal base64 data' };
  let read: { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown };
  try {
    read = JSON.parse(json) as typeof read;
  } catch {
    return { error: 'continue key is not valid: it is no JSON' };
  }
  if (read.v !== VERSION)
    return { error: `continue key is not valid: server does not recognize this encoded version "${String(read.v)}"` };
  if (typeof read.rv !== 'number' || read.rv === 0)
    return { error: `continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)` };
  if (typeof read.start !== 'string' || read.start === '')
    return { error: 'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)' };
  if (read.start.includes('..')) return { error: `continue key is not valid: ${read.start}` };
  return { revision: read.rv, start: read.start };
}
