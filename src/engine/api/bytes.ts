/** Texts as bytes on a wire: a string of characters 0 to 255, and back. Malformed bytes are kept, see `utf8Text`. */
import { utf8Bytes, utf8Text } from './base64';

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};

const CHUNK = 4096;

export function bytesOf(text: string): string {
  if (isAscii(text)) return text;
  const bytes = utf8Bytes(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += CHUNK) out += String.fromCharCode(...bytes.slice(at, at + CHUNK));
  return out;
}

export const textOf = (bytes: string): string =>
  isAscii(bytes) ? bytes : utf8Text(Array.from(bytes, (byte) => byte.charCodeAt(0) & 255));
