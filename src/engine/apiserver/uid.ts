/** Names that no two objects ever share. */
import { hex16, hex32 } from '#engine/kernel/hex';
import type { Random } from '#engine/kernel/random';

/** A random UUID, version 4. */
export function newUid(random: Random): string {
  const [a, b, c, d] = [random.word(), random.word(), random.word(), random.word()];
  const groups = [
    hex32(a),
    hex16(b >>> 16),
    hex16(0x4000 | (b & 0xfff)),
    hex16(0x8000 | ((c >>> 16) & 0x3fff)),
    hex16(c) + hex32(d),
  ];
  return groups.join('-'); // in one piece: it is kept for as long as the object is
}
