/** CRC-32C (Castagnoli), as etcd's write-ahead log uses it. @source RFC 3720 appendix B.4; Go hash/crc32 */

const TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  TABLE[byte] = crc;
}

/** The checksum of all that `crc` stands for and a text's low bytes after it. */
export function crcOfText(crc: number, text: string): number {
  let value = ~crc;
  for (let at = 0; at < text.length; at++) value = TABLE[(value ^ text.charCodeAt(at)) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}

/** The checksum of all that `crc` stands for and a whole number (its low 32 bits, least first) after it. */
export function crcOfNumber(crc: number, number: number): number {
  let value = ~crc ^ number;
  for (let byte = 0; byte < 4; byte++) value = TABLE[value & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
