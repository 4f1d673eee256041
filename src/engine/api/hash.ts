/**
 * Hashes that name things: stable over key order, run and machine.
 * @source kubernetes pkg/controller/controller_utils.go (ComputeHash), Go's hash/fnv
 * @simplified upstream hashes Go's dump of the template struct; here it is its JSON with sorted keys. The alphabet, length
 * and use are the same, the letters differ.
 */
import { sortedKeys } from './json';
import { safeEncodeString } from './names';

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

const addByte = (hash: number, byte: number): number => Math.imul(hash ^ byte, PRIME);

function addText(hash: number, text: string): number {
  let result = hash;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) {
      result = addByte(result, code);
    } else if (code < 0x800) {
      result = addByte(addByte(result, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
    } else if (code >= 0xd800 && code < 0xdc00 && index + 1 < text.length) {
      const point = text.codePointAt(index) ?? 0;
      index++;
      result = addByte(result, 0xf0 | (point >> 18));
      result = addByte(result, 0x80 | ((point >> 12) & 0x3f));
      result = addByte(addByte(result, 0x80 | ((point >> 6) & 0x3f)), 0x80 | (point & 0x3f));
    } else {
      result = addByte(result, 0xe0 | (code >> 12));
      result = addByte(addByte(result, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
    }
  }
  return result;
}

/** FNV-1a of the UTF-8 bytes of a text: a whole number below 2^32. */
export const fnv32a = (text: string): number => addText(OFFSET_BASIS, text) >>> 0;

function addValue(hash: number, value: unknown): number {
  if (Array.isArray(value)) {
    return addText(
      value.reduce<number>((sum, item) => addText(addValue(sum, item), ','), addText(hash, '[')),
      ']',
    );
  }
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, unknown>>;
    let result = addText(hash, '{');
    for (const key of sortedKeys(object)) {
      if (object[key] !== undefined) result = addText(addValue(addText(result, JSON.stringify(key)), object[key]), ',');
    }
    return addText(result, '}');
  }
  return addText(hash, JSON.stringify(value ?? null));
}

/** Hash of plain data, the same whatever the order of its keys; a whole number below 2^32. */
export const hashOf = (value: unknown): number => addValue(OFFSET_BASIS, value) >>> 0;

/**
 * The value of the label `pod-template-hash`: hash of a pod template and of how often its name was already taken.
 *
 * @param collisionCount - `status.collisionCount` of the owner; absent before the first collision
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  let hash = addValue(OFFSET_BASIS, template);
  if (collisionCount !== undefined) {
    for (let shift = 0; shift < 64; shift += 8)
      hash = addByte(hash, shift < 32 ? (collisionCount >>> shift) & 0xff : 0);
  }
  return safeEncodeString(String(hash >>> 0));
}
