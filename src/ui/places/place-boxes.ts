/** Where racks and regions are drawn: around what stands in them. Pure. */
import type { Box } from '../stage/layout';

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

/** One box for each row of machines of a rack. */
export function rackBoxes(machines: readonly Placed[], rackOf: ReadonlyMap<string, string>): readonly PlaceBox[] {
  const boxes: PlaceBox[] = [];
  for (const [name, own] of grouped(machines, rackOf)) {
    const rows = new Map<number, Placed[]>();
    for (const machine of own) rows.set(machine.y, [...(rows.get(machine.y) ?? []), machine]);
    const sorted = [...rows.values()].sort(([a], [b]) => (a?.y ?? 0) - (b?.y ?? 0));
    sorted.forEach((row, index) => boxes.push({ name, first: index === 0, ...around(row, RACK_MARGIN) }));
  }
  return boxes;
}

/** One box around the zones of each region. */
export const regionBoxes = (zones: readonly Placed[], regionOf: ReadonlyMap<string, string>): readonly PlaceBox[] =>
  [...grouped(zones, regionOf)].map(([name, own]) => {
    const { y, height, ...box } = around(own, REGION_MARGIN);
    return { name, first: true, ...box, y: y - REGION_HEAD, height: height + REGION_HEAD };
  });
