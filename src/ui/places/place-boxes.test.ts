import { describe, expect, it } from 'vitest';
import { rackBoxes, racksOf, regionBoxes } from './place-boxes';

const at = (name: string, x: number, y: number) => ({ name, x, y, width: 100, height: 50 });

describe('the lines around a rack', () => {
  it('are one box for each row of its machines, the first with its name', () => {
    const machines = [at('node-1', 0, 0), at('node-2', 120, 0), at('node-3', 0, 60), at('node-4', 120, 60)];
    const rackOf = new Map([
      ['node-1', 'rack-1'],
      ['node-2', 'rack-1'],
      ['node-3', 'rack-1'],
      ['node-4', 'rack-2'],
    ]);
    expect(rackBoxes(machines, rackOf)).toEqual([
      { name: 'rack-1', first: true, x: -5, y: -5, width: 230, height: 60 },
      { name: 'rack-1', first: false, x: -5, y: 55, width: 110, height: 60 },
      { name: 'rack-2', first: true, x: 115, y: 55, width: 110, height: 60 },
    ]);
  });

  it('are one box for rows of the same width', () => {
    const machines = [at('node-1', 0, 0), at('node-2', 0, 60), at('node-3', 0, 120)];
    const rackOf = new Map([
      ['node-1', 'rack-1'],
      ['node-2', 'rack-1'],
      ['node-3', 'rack-2'],
    ]);
    expect(rackBoxes(machines, rackOf).map(({ name, y, height }) => [name, y, height])).toEqual([
      ['rack-1', -5, 120],
      ['rack-2', 115, 60],
    ]);
  });

  it('leave out what stands in none', () => {
    expect(rackBoxes([at('laptop', 0, 0)], new Map())).toEqual([]);
  });
});

describe('the grounds of racks', () => {
  const placed = [at('node-1', 0, 0), at('node-2', 120, 0), at('node-3', 0, 60), at('node-4', 120, 60)];
  const inRacks = (...racks: readonly string[]) =>
    racks.map((rack, index) => ({ name: `node-${index + 1}`, role: 'worker' as const, zone: 'zone-a', rack }));

  it('go on from row to row, and end where another rack begins', () => {
    expect(racksOf(placed, inRacks('rack-1', 'rack-1', 'rack-1', 'rack-2'))).toEqual([
      { x: -5, y: 0, width: 230, height: 60 },
      { x: -5, y: 60, width: 110, height: 50 },
      { x: 115, y: 60, width: 110, height: 50 },
    ]);
  });

  it('are none where each zone is one rack', () => {
    expect(racksOf(placed, inRacks('rack-1', 'rack-1', 'rack-1', 'rack-1'))).toEqual([]);
  });
});

describe('the line around a region', () => {
  it('goes around its zones and leaves room for its name above them', () => {
    const zones = [at('zone-a', 0, 100), at('zone-b', 120, 100), at('zone-c', 240, 100)];
    const regionOf = new Map([
      ['zone-a', 'region-1'],
      ['zone-b', 'region-1'],
      ['zone-c', 'region-2'],
    ]);
    expect(regionBoxes(zones, regionOf).map(({ name, x, y, width, height }) => [name, x, y, width, height])).toEqual([
      ['region-1', -6, 70, 232, 86],
      ['region-2', 234, 70, 112, 86],
    ]);
  });
});
