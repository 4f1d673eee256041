import { describe, expect, it } from 'vitest';
import { gridAllOver, gridOfChips, paintDots, type DotGrid } from './pod-dots';
import type { Pixels } from './pixels';

const room = { width: 264, height: 130, chip: { size: 20, gap: 7 } };
const codes = Uint8Array.from({ length: 20 }, (_, index) => index % 3);
const pictureOf = (width: number, height: number): Pixels => ({
  data: new Uint32Array(width * height),
  width,
  height,
});
const spritesOf = (dot: number) => [1, 2, 3].map((colour) => new Uint32Array(dot * dot).fill(colour));

function painted(grid: DotGrid, x: number, y: number): Pixels {
  const pixels = pictureOf(90, 60);
  paintDots(pixels, grid, x, y, codes, spritesOf(grid.dot));
  return pixels;
}

describe('the pods of a machine from far', () => {
  it.each([0.05, 0.1, 0.2])(
    'look the same at the edge of the picture, as far as they are in it, at zoom %d',
    (zoom) => {
      const grid = zoom < 0.2 ? gridAllOver(room, zoom, 1) : gridOfChips(room, zoom);
      const whole = painted(grid, 10, 10);
      for (const [dx, dy] of [
        [-12, 0],
        [0, -13],
        [75, 0],
        [0, 47],
      ] as const) {
        const cut = painted(grid, 10 + dx, 10 + dy);
        for (let y = 0; y < 60; y++)
          for (let x = 0; x < 90; x++) {
            const [fromX, fromY] = [x - dx, y - dy];
            if (fromX < 0 || fromX >= 90 || fromY < 0 || fromY >= 60) continue;
            expect([x, y, cut.data[y * 90 + x]]).toEqual([x, y, whole.data[fromY * 90 + fromX]]);
          }
      }
    },
  );

  it('have room on a machine that is too small for more, all of them', () => {
    const { columns, top, pitch, dot } = gridAllOver(room, 0.1, 1);
    const rows = Math.ceil(codes.length / columns.length);
    expect(columns.at(-1)! + dot).toBeLessThanOrEqual(Math.ceil(room.width * 0.1));
    expect(top + (rows - 1) * pitch + dot).toBeLessThanOrEqual(Math.ceil(room.height * 0.1));
  });
});
