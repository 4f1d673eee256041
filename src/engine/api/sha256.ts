/** SHA-256 of a text of ASCII. @source FIPS 180-4 */

const CONSTANTS = constants();

/** The digest, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  const words = padded(text);
  const digest = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  for (let at = 0; at < words.length; at += 16) compress(digest, words.slice(at, at + 16));
  return digest.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
function constants(): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < 64; candidate++) {
    let isPrime = true;
    for (let by = 2; by * by <= candidate; by++) if (candidate % by === 0) isPrime = false;
    if (isPrime) found.push(Number(BigInt.asUintN(32, cubeRoot(BigInt(candidate) << 96n))));
  }
  return found;
}

/** Rounded down; of less than 2 ** 120. */
function cubeRoot(of: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** 3n <= of) root += bit;
  return root;
}

/** The text, a one, zeros, and how many bits it has. */
function padded(text: string): number[] {
  const words = Array<number>(((text.length + 8) >> 6) * 16 + 16).fill(0);
  for (let at = 0; at <= text.length; at++) {
    const byte = at === text.length ? 0x80 : text.charCodeAt(at) & 0xff;
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - (at % 4) * 8));
  }
  words[words.length - 1] = text.length * 8;
  return words;
}

function compress(digest: number[], schedule: number[]): void {
  const word = (at: number): number => schedule[at] ?? 0;
  for (let at = 16; at < 64; at++) {
    const [early, late] = [word(at - 15), word(at - 2)];
    const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    schedule[at] = (word(at - 16) + first + word(at - 7) + second) | 0;
  }
  let [a, b, c, d, e, f, g, h] = digest as [number, number, number, number, number, number, number, number];
  for (let at = 0; at < 64; at++) {
    const sum = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const one = (h + sum + ((e & f) ^ (~e & g)) + (CONSTANTS[at] ?? 0) + word(at)) | 0;
    const two = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, at) => (digest[at] = ((digest[at] ?? 0) + value) | 0));
}
