/** Numbers of a fixed width in hexadecimal, by a table: names and ids are made of them all the time. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The lowest 16 bits, four digits. */
export const hex16 = (bits: number): string => BYTES[(bits >>> 8) & 255]! + BYTES[bits & 255]!;
/** The lowest 24 bits, six digits. */
export const hex24 = (bits: number): string => BYTES[(bits >>> 16) & 255]! + hex16(bits);
/** The lowest 32 bits, eight digits. */
export const hex32 = (bits: number): string => hex16(bits >>> 16) + hex16(bits);
