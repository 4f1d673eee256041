/** Where racks and regions are drawn: around what stands in them. Pure. */
import type { Box, LayoutInput } from '../stage/layout';

export interface Placed extends Box {
  readonly name: string;
}

export interface PlaceBox extends Box {
  readonly name: string;
  /** The first of its boxes carries its name. */
  readonly first: boolean;
}

/** Around machines side by side, within the gaps between them. */
const RACK_MARGIN = 5;
/** Around zones; above them there is room for a name. */
const REGION_MARGIN = 6;
const REGION_HEAD = 24;

function around(boxes: readonly Box[], margin: number): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - margin;
  const y = Math.min(...boxes.map((box) => box.y)) - margin;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + margin;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + margin;
  return { x, y, width: right - x, height: bottom - y };
}

/** Boxes by the name of their place, in the order in which they are first met. */
function grouped(boxes: readonly Placed[], placeOf: ReadonlyMap<string, string>): ReadonlyMap<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const box of boxes) {
    const place = placeOf.get(box.name);
    if (place === undefined) continue;
    const group = groups.get(place);
    if (group) group.push(box);
    else groups.set(place, [box]);
  }
  return groups;
}

/** Its machines as the rows in which they stand, from above. */
function rowsOf(machines: readonly Placed[]): readonly Box[] {
  const rows = new Map<number, Placed[]>();
  for (const machine of machines) rows.set(machine.y, [...(rows.get(machine.y) ?? []), machine]);
  return [...rows.values()].map((row) => around(row, 0)).sort((a, b) => a.y - b.y);
}

/** Boxes around the machines of each rack: rows of the same width are in one. */
export function rackBoxes(machines: readonly Placed[], rackOf: ReadonlyMap<string, string>): readonly PlaceBox[] {
  const boxes: PlaceBox[] = [];
  for (const [name, own] of grouped(machines, rackOf)) {
    const blocks: Box[][] = [];
    for (const row of rowsOf(own)) {
      const block = blocks.at(-1);
      if (block?.[0]?.x === row.x && block[0].width === row.width) block.push(row);
      else blocks.push([row]);
    }
    blocks.forEach((block, index) => boxes.push({ name, first: index === 0, ...around(block, RACK_MARGIN) }));
  }
  return boxes;
}

/** The ground on which the machines of each rack stand: it goes on from row to row, and ends where another rack begins. */
function rackGrounds(machines: readonly Placed[], rackOf: ReadonlyMap<string, string>): readonly Box[] {
  return [...grouped(machines, rackOf).values()].flatMap((own) => {
    const rows = rowsOf(own);
    return rows.map(({ x, y, width, height }, index) => ({
      ...{ x: x - RACK_MARGIN, y, width: width + 2 * RACK_MARGIN },
      height: (rows[index + 1]?.y ?? y + height) - y,
    }));
  });
}

/** Where machines stand, as far as it is worth a line: racks where a zone has more than one, regions where there are several. */
export interface Places {
  /** By worker; empty where each zone is one rack. */
  readonly rackOf: ReadonlyMap<string, string>;
  /** By zone; empty where there is but one. */
  readonly regionOf: ReadonlyMap<string, string>;
  readonly workers: number;
}

const NOWHERE: ReadonlyMap<string, string> = new Map();

export function placesOf(machines: LayoutInput['machines']): Places {
  const workers = machines.filter(({ role }) => role === 'worker');
  const rackOf = new Map(workers.map(({ name, rack = '' }) => [name, rack]));
  const regionOf = new Map(
    workers.flatMap(({ zone, region = '' }) => (region === '' ? [] : [[zone, region] as const])),
  );
  const zones = new Set(workers.map(({ zone }) => zone));
  return {
    rackOf: new Set(rackOf.values()).size > zones.size ? rackOf : NOWHERE,
    regionOf: new Set(regionOf.values()).size > 1 ? regionOf : NOWHERE,
    workers: workers.length,
  };
}

/** The grounds of the racks of workers that are placed; none where each zone is one rack. */
export const racksOf = (workers: readonly Placed[], machines: LayoutInput['machines']): readonly Box[] =>
  rackGrounds(workers, placesOf(machines).rackOf);

/** One box around the zones of each region. */
export const regionBoxes = (zones: readonly Placed[], regionOf: ReadonlyMap<string, string>): readonly PlaceBox[] =>
  [...grouped(zones, regionOf)].map(([name, own]) => {
    const { y, height, ...box } = around(own, REGION_MARGIN);
    return { name, first: true, ...box, y: y - REGION_HEAD, height: height + REGION_HEAD };
  });

/** A box around the zones of each region; none where there is but one. */
export const regionsOf = (zones: readonly Placed[], machines: LayoutInput['machines']): readonly PlaceBox[] =>
  regionBoxes(zones, placesOf(machines).regionOf);
