/** Pods as little pictures of a given size: the shapes of the chips, as far as so many pixels can show them. Pure. */
import { HUES } from '../chips/hue';
import { POD_SHAPES, type PodShape } from '../chips/pod-shape';
import { mixed } from './pixels';
import { ORPHAN, SYSTEM_HUE } from './pod-codes';

/** Colours of the theme, as pixels. */
export interface Palette {
  readonly zone: number;
  readonly card: number;
  readonly part: number;
  readonly line: number;
  readonly dim: number;
  readonly ok: number;
  readonly amber: number;
  readonly red: number;
  readonly accent: number;
  /** By hue; the last one is the system's. */
  readonly owners: readonly number[];
}

/** By code of `podCodes`; squares of `size`. */
export type Sprites = readonly (Uint32Array | undefined)[];

/** Below so many pixels a shape is a colour: as much of its owner's as the pod is well; red when it fails. */
export const SHAPES_FROM_PX = 5;

const HEALTH: Readonly<Record<PodShape, number>> = {
  running: 1,
  'not-ready': 0.6,
  absent: 0.3,
  pending: 0.4,
  creating: 0.6,
  terminating: 0.4,
  crashing: 0,
  'image-error': 0,
  completed: 0.35,
  failed: 0,
  unknown: 0.3,
};

/** Whether a pixel belongs to a shape: where it is in the square, and how large the square is. */
const SHAPES: Readonly<Record<PodShape, (x: number, y: number, size: number) => boolean>> = {
  running: (x, y, size) => !isCorner(x, y, size),
  'not-ready': (x, y, size) => isRim(x, y, size) || isCore(x, y, size),
  absent: (x, y, size) => isRim(x, y, size) || (y === size >> 1 && x > 1 && x < size - 2),
  pending: (x, y, size) => isRim(x, y, size) && ((x + y) & 3) < 2,
  creating: (x, y, size) => isRim(x, y, size) || (y >= size / 2 && !isCorner(x, y, size)),
  terminating: (x, y, size) => isRim(x, y, size) || (x + y) % 3 === 0,
  crashing: (x, y, size) => Math.abs(2 * x - (size - 1)) <= y + 0.5,
  'image-error': (x, y, size) => {
    const off = Math.abs(2 * x - (size - 1)) + Math.abs(2 * y - (size - 1));
    return off <= size - 1 && off >= size - 4;
  },
  completed: (x, y, size) => isRim(x, y, size) || x + y === Math.round(size * 0.9),
  failed: (x, y, size) => isRim(x, y, size) || x === y || x === size - 1 - y,
  unknown: (x, y, size) => isRim(x, y, size) && ((x + y) & 1) === 0,
};

const isCorner = (x: number, y: number, size: number): boolean =>
  (x === 0 || x === size - 1) && (y === 0 || y === size - 1);
const isRim = (x: number, y: number, size: number): boolean =>
  (x === 0 || y === 0 || x === size - 1 || y === size - 1) && !isCorner(x, y, size);
const isCore = (x: number, y: number, size: number): boolean => {
  const edge = Math.max(2, Math.round(size * 0.35));
  return x >= edge && y >= edge && x < size - edge && y < size - edge;
};

/** All pods' pictures of one size, in pixels from 1 up. */
export function spritesOf(size: number, palette: Palette): Sprites {
  const sprites: (Uint32Array | undefined)[] = [];
  for (let hue = 0; hue <= HUES; hue++) {
    const owner = palette.owners[hue] ?? palette.dim;
    for (const [code, shape] of POD_SHAPES.entries()) {
      sprites[(code << 4) | hue] =
        size < SHAPES_FROM_PX
          ? new Uint32Array(size * size).fill(
              HEALTH[shape] === 0 ? palette.red : mixed(owner, palette.card, HEALTH[shape]),
            )
          : drawn(size, owner, SHAPES[shape]);
    }
  }
  sprites[(ORPHAN << 4) | SYSTEM_HUE] =
    size < SHAPES_FROM_PX
      ? new Uint32Array(size * size).fill(palette.amber)
      : drawn(size, palette.amber, SHAPES['not-ready']);
  return sprites;
}

function drawn(size: number, colour: number, isIn: (x: number, y: number, size: number) => boolean): Uint32Array {
  const sprite = new Uint32Array(size * size);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (isIn(x, y, size)) sprite[y * size + x] = colour;
  return sprite;
}
