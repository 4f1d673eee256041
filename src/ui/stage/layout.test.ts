import { describe, expect, it } from 'vitest';
import { layoutStage, type Box, type LayoutInput } from './layout';
import { pointOn, wirePath, wiresOf } from './wires';

const cluster = (workers: number, zones: number, given: Partial<LayoutInput> = {}): LayoutInput => ({
  machines: [
    { name: 'control-plane-1', role: 'control-plane', zone: 'zone-a' },
    { name: 'laptop', role: 'laptop', zone: '' },
    ...Array.from({ length: workers }, (_, index) => ({
      name: `node-${index + 1}`,
      role: 'worker' as const,
      zone: `zone-${'abcdef'[index % zones] ?? 'a'}`,
    })),
  ],
  fullest: 0,
  aspect: 1.9,
  ...given,
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const inside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe('the layout of the stage', () => {
  it.each([
    [1, 1],
    [4, 1],
    [4, 2],
    [6, 3],
    [11, 4],
    [50, 3],
  ])('puts %i workers in %i zones so that none overlap and each is in its zone', (workers, zones) => {
    const layout = layoutStage(cluster(workers, zones, { fullest: 30 }));
    const boxes = [...layout.controlPlanes, ...layout.workers];
    expect(layout.workers).toHaveLength(workers);
    expect(layout.zones).toHaveLength(zones);
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).some((other) => overlap(box, other))).toBe(false);
    }
    for (const worker of layout.workers) {
      const zone = layout.zones.find(({ name }) => name === worker.zone);
      expect(zone && inside(worker, zone)).toBe(true);
    }
    const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
    for (const box of [...boxes, ...layout.zones]) expect(inside(box, whole)).toBe(true);
  });

  it('stands the control plane above the zones', () => {
    const layout = layoutStage(cluster(4, 2));
    const [master] = layout.controlPlanes;
    expect(master && layout.zones.every((zone) => zone.y > master.y + master.height)).toBe(true);
  });

  it.each([2, 3, 4, 5, 6, 7])('stands %i control planes beside each other, wide enough to be read', (count) => {
    const { machines } = cluster(4, 2);
    const masters = Array.from({ length: count }, (_, index) => ({
      name: `control-plane-${index + 1}`,
      role: 'control-plane' as const,
      zone: 'zone-a',
    }));
    const layout = layoutStage({ ...cluster(4, 2), machines: [...masters, ...machines.slice(1)] });
    const boxes = [...layout.controlPlanes, ...layout.zones];
    expect(layout.controlPlanes.map(({ name }) => name)).toEqual(masters.map(({ name }) => name));
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).some((other) => overlap(box, other))).toBe(false);
      expect(inside(box, { x: 0, y: 0, width: layout.width, height: layout.height })).toBe(true);
    }
    expect(Math.min(...layout.controlPlanes.map(({ width }) => width))).toBeGreaterThan(280);
    const wires = wiresOf(layout, (worker) => (worker === 'node-1' ? 'control-plane-2' : undefined));
    const [held] = wires;
    const second = layout.controlPlanes[1];
    expect(held?.server).toBe('control-plane-2');
    expect(held?.points.at(-1)).toEqual({ x: second!.x + second!.width / 2, y: second!.y + second!.height });
    expect(new Set(wires.slice(1).map(({ server }) => server))).toEqual(new Set([`control-plane-${count}`]));
  });

  it('counts node-2 before node-10', () => {
    const names = layoutStage(cluster(12, 1)).workers.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(names.at(-1)).toBe('node-12');
  });

  it('draws pods smaller when a machine is full, and never beyond its box', () => {
    const sizes = [0, 18, 60, 110, 250].map((fullest) => {
      const { chip, workers } = layoutStage(cluster(4, 1, { fullest }));
      const [worker] = workers;
      const perRow = Math.floor(((worker?.width ?? 0) - 24 + chip.gap) / (chip.size + chip.gap));
      expect(Math.ceil(fullest / perRow) * (chip.size + chip.gap) + 58).toBeLessThanOrEqual((worker?.height ?? 0) + 4);
      return chip.size;
    });
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[0]).toBe(20);
  });

  it('goes without a zone while no worker is known', () => {
    expect(layoutStage(cluster(0, 1)).zones).toEqual([]);
  });

  it('is the same for the same input in another order', () => {
    const input = cluster(7, 3);
    expect(layoutStage({ ...input, machines: [...input.machines].reverse() })).toEqual(layoutStage(input));
  });
});

describe('wires', () => {
  const layout = layoutStage(cluster(4, 2));
  const [wire] = wiresOf(layout, () => undefined);

  it('run from each worker to the API server', () => {
    expect(wiresOf(layout, () => undefined).map(({ machine }) => machine)).toEqual(
      layout.workers.map(({ name }) => name),
    );
    const [worker] = layout.workers;
    expect(wire && pointOn(wire, 0)).toEqual({ x: worker?.x, y: (worker?.y ?? 0) + 20 });
    expect(wire && pointOn(wire, 1)).toEqual(wire?.points.at(-1));
  });

  it('are drawn with round corners', () => {
    expect(wirePath(wire?.points ?? []).match(/Q/g)).toHaveLength(3);
    expect(wirePath([])).toBe('');
  });
});
