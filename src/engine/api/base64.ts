/** Base64 of UTF-8 text and back, without the platform's functions. @source RFC 4648 section 4 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A byte that is no UTF-8 stands in a text as a lone surrogate from here on, so that it comes back as it was. @source Python PEP 383 */
const STRAY = 0xdc00;

export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const symbol of text) {
    const code = symbol.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code >= STRAY + 0x80 && code <= STRAY + 0xff) bytes.push(code - STRAY);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

export const encodeBase64 = (text: string): string => encodeBytes(utf8Bytes(text));

export function encodeBytes(bytes: readonly number[]): string {
  let result = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(at, at + 3);
    const given = bytes.length - at;
    result += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | (b >> 4));
    result += given > 1 ? ALPHABET.charAt(((b & 15) << 2) | (c >> 6)) : '=';
    result += given > 2 ? ALPHABET.charAt(c & 63) : '=';
  }
  return result;
}

/** The text behind base64, or undefined when it is none. Bytes that are no UTF-8 are kept, see `utf8Text`. */
export function decodeBase64(encoded: string): string | undefined {
  const bytes = decodeBytes(encoded);
  return bytes === undefined ? undefined : utf8Text(bytes);
}

/** The bytes behind base64, or undefined when it is none. Line ends do not count. */
export function decodeBytes(encoded: string): number[] | undefined {
  const text = encoded.replace(/[\r\n]/g, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((offset) => ALPHABET.indexOf(text.charAt(at + offset)));
    bytes.push((a << 2) | (b >> 4));
    if (c >= 0) bytes.push(((b & 15) << 4) | (c >> 2));
    if (d >= 0) bytes.push(((c & 3) << 6) | d);
  }
  return bytes;
}

/** The first code that is written in so many bytes. */
const SHORTEST = [0, 0, 0x80, 0x800, 0x10000];

/** A text of UTF-8; bytes that are none become lone surrogates, which `utf8Bytes` takes back. */
export function utf8Text(bytes: readonly number[]): string {
  let result = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i] ?? 0;
      code = byte >> 6 === 2 ? code * 64 + (byte & 63) : Infinity;
    }
    const valid = length > 0 && code >= SHORTEST[length]! && code <= 0x10ffff && code >> 11 !== 27;
    result += String.fromCodePoint(valid ? code : STRAY + first);
    at += valid ? length : 1;
  }
  return result;
}
