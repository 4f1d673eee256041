/** Where the pods of a machine are painted from far, and their painting, of which a frame does a hundred thousand and more. Pure. */
import { chipsPerRow, PODS_AT, type ChipSize } from '../stage/layout';
import { stamp, type Pixels } from './pixels';
import { SHAPES_FROM_PX, type Sprites } from './sprites';

/** Lengths in pixels of the picture. Machines of one size have the same. */
export interface DotGrid {
  /** From the machine's left edge to each column. */
  readonly columns: Int32Array;
  /** From its upper edge to the first row. */
  readonly top: number;
  /** From row to row. */
  readonly pitch: number;
  readonly dot: number;
}

/** Sizes of a machine on the stage, and of its chips. */
export interface DotRoom {
  readonly width: number;
  readonly height: number;
  readonly chip: ChipSize;
}

/** Where the chips stand from near. */
export function gridOfChips({ width, chip }: DotRoom, zoom: number): DotGrid {
  const pitch = (chip.size + chip.gap) * zoom;
  return {
    columns: columnsOf(chipsPerRow(chip, width), PODS_AT.x * zoom, pitch),
    top: PODS_AT.y * zoom,
    pitch,
    dot: Math.max(1, Math.round(chip.size * zoom)),
  };
}

/** All over a machine that is too small for more than its pods. @param edge - left free around them */
export function gridAllOver({ width, height, chip }: DotRoom, zoom: number, edge: number): DotGrid {
  const rows = Math.round((height - PODS_AT.y) / (chip.size + chip.gap));
  const most = chipsPerRow(chip, width) * rows;
  const room = {
    width: Math.max(1, Math.floor(width * zoom) - 2 * edge),
    height: Math.max(1, Math.floor(height * zoom) - 2 * edge),
  };
  let pitch = Math.sqrt((room.width * room.height) / most);
  let across = Math.max(1, Math.floor(room.width / pitch));
  while (across * Math.floor(room.height / pitch) < most && pitch > 1) {
    pitch *= 0.96;
    across = Math.max(1, Math.floor(room.width / pitch));
  }
  const dot = Math.max(1, Math.round(pitch) - (pitch >= 3.5 ? 1 : 0)); // small ones touch each other
  return { columns: columnsOf(across, edge, pitch), top: edge, pitch, dot };
}

const columnsOf = (count: number, left: number, pitch: number): Int32Array =>
  Int32Array.from({ length: count }, (_, column) => Math.round(left + column * pitch));

/** Paints pods by their codes; `x` and `y` are the machine's left upper corner, whole pixels. */
export function paintDots(
  pixels: Pixels,
  { columns, top, pitch, dot }: DotGrid,
  x: number,
  y: number,
  codes: Uint8Array,
  sprites: Sprites,
): void {
  const across = columns.length;
  const beside = x < 0 || x + columns[across - 1]! + dot > pixels.width;
  for (let row = 0, index = 0; index < codes.length; row++) {
    const line = y + Math.round(top + row * pitch);
    const isWhole = !beside && line >= 0 && line + dot <= pixels.height && dot < SHAPES_FROM_PX;
    const end = Math.min(codes.length, index + across);
    for (let column = 0; index < end; index++, column++) {
      const sprite = sprites[codes[index]!];
      if (sprite === undefined) continue;
      const left = x + columns[column]!;
      if (isWhole) square(pixels, left, line, sprite[0]!, dot);
      else stamp(pixels, left, line, sprite, dot);
    }
  }
}

/** A dot too small for a shape, all of it in the picture. */
function square({ data, width }: Pixels, x: number, y: number, colour: number, size: number): void {
  for (let row = 0, at = y * width + x; row < size; row++, at += width)
    for (let column = 0; column < size; column++) data[at + column] = colour;
}
