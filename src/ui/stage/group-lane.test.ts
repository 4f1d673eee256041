import { describe, expect, it } from 'vitest';
import { peerWire } from '../motion/pulses';
import { groupLane } from './group-lane';
import { layoutStage, type StageLayout } from './layout';

const layout = (masters: number, aspect = 1.9): StageLayout =>
  layoutStage({
    machines: [
      ...Array.from({ length: masters }, (_, at) => ({
        name: `control-plane-${at + 1}`,
        role: 'control-plane' as const,
        zone: 'zone-a',
      })),
      { name: 'node-1', role: 'worker', zone: 'zone-a' },
    ],
    fullest: 0,
    aspect,
  });

describe('the lane of several control planes', () => {
  it.each([2, 3, 4, 5, 6, 7])('leads from each of %i members to each other, beside all machines', (count) => {
    for (const aspect of [0.8, 1.9, 3]) {
      const placed = layout(count, aspect);
      const { lines, stubs, gaps } = groupLane(placed);
      expect(lines.size).toBe(count * (count - 1));
      expect(stubs).toHaveLength(count);
      expect(gaps.map(({ before, behind }) => [before.length, behind.length])).toEqual(
        Array.from({ length: count - 1 }, (_, at) => [at + 1, count - 1 - at]),
      );
      for (const { points } of lines.values()) {
        for (const point of points.slice(1, -1)) {
          const over = placed.controlPlanes.filter(
            ({ x, y, width, height }) => point.x > x && point.x < x + width && point.y >= y && point.y <= y + height,
          );
          expect(over).toEqual([]);
        }
      }
    }
  });

  it('begins and ends at the machines', () => {
    const placed = layout(3);
    const [first, , last] = placed.controlPlanes;
    const line = groupLane(placed).lines.get(peerWire('control-plane-1', 'control-plane-3'))!;
    expect(line.points[0]!.y).toBe(first!.y);
    expect(line.points.at(-1)!.y).toBe(last!.y);
    expect(line.points.at(-1)!.x).toBeGreaterThan(last!.x);
    expect(line.length).toBeGreaterThan(last!.x - first!.x);
  });

  it('is not there for one that is alone', () => {
    expect(groupLane(layout(1))).toEqual({ stubs: [], gaps: [], lines: new Map() });
  });
});
