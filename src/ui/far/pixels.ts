/** A picture as numbers: a pixel is 0xAABBGGRR, as an `ImageData` has it on the machines that browsers run on. */

export interface Pixels {
  readonly data: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** `#rrggbb` or `#rgb` as a pixel; anything else is grey. */
export function pixelOf(colour: string): number {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim())?.[1] ?? '808080';
  const digits = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex;
  const value = Number.parseInt(digits, 16);
  return ((255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/** `part` (0 to 1) of one colour, the rest of the other. */
export function mixed(one: number, other: number, part: number): number {
  const channel = (shift: number): number =>
    Math.round(((one >>> shift) & 255) * part + ((other >>> shift) & 255) * (1 - part)) << shift;
  return ((255 << 24) | channel(16) | channel(8) | channel(0)) >>> 0;
}

/** A row shorter than this is filled sooner by hand. */
const LONG_ROW = 32;

/** Fills a rectangle, as far as it is in the picture. Whole pixels. */
export function fill(
  { data, width, height }: Pixels,
  x: number,
  y: number,
  w: number,
  h: number,
  colour: number,
): void {
  const from = Math.max(0, x);
  const to = Math.min(width, x + w);
  if (to <= from) return;
  const last = Math.min(height, y + h);
  const long = to - from >= LONG_ROW;
  for (let row = Math.max(0, y); row < last; row++) {
    const end = row * width + to;
    if (long) data.fill(colour, row * width + from, end);
    else for (let at = row * width + from; at < end; at++) data[at] = colour;
  }
}

/** A frame of so many pixels inside a rectangle. */
export function frame(pixels: Pixels, x: number, y: number, w: number, h: number, thick: number, colour: number): void {
  fill(pixels, x, y, w, thick, colour);
  fill(pixels, x, y + h - thick, w, thick, colour);
  fill(pixels, x, y + thick, thick, h - 2 * thick, colour);
  fill(pixels, x + w - thick, y + thick, thick, h - 2 * thick, colour);
}

/** Diagonal stripes over a rectangle. */
export function hatch(
  { data, width, height }: Pixels,
  x: number,
  y: number,
  w: number,
  h: number,
  every: number,
  colour: number,
): void {
  for (let row = Math.max(0, y); row < Math.min(height, y + h); row++)
    for (let column = Math.max(0, x); column < Math.min(width, x + w); column++)
      if ((row + column) % every < every / 2) data[row * width + column] = colour;
}

/** Copies a square picture; pixels that are 0 let through what is there. */
export function stamp({ data, width, height }: Pixels, x: number, y: number, sprite: Uint32Array, size: number): void {
  if (x >= width || y >= height || x + size <= 0 || y + size <= 0) return;
  const left = Math.max(0, -x);
  const right = Math.min(size, width - x);
  const bottom = Math.min(size, height - y);
  for (let row = Math.max(0, -y); row < bottom; row++) {
    const at = (y + row) * width + x;
    const from = row * size;
    for (let column = left; column < right; column++) {
      const pixel = sprite[from + column]!;
      if (pixel !== 0) data[at + column] = pixel;
    }
  }
}
