/** The cables between the API server and the machines: where they run, and where on a line a pulse is. Pure. */
import { GUTTER, type PlacedMachine, type StageLayout } from './layout';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A way that pulses take, from its first point to its last. */
export interface Line {
  readonly points: readonly Point[];
  readonly length: number;
}

/** From the machine to the API server. */
export interface Wire extends Line {
  readonly machine: string;
  /** The machine whose API server it leads to. */
  readonly server: string;
}

/** Where in a control-plane machine's box the API server stands, as parts of its width: shared with its drawing. */
export const API_SERVER_SPAN = { from: 0.26, to: 0.565 } as const;

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** Wires of several API servers run side by side, so far apart. */
const LANE = 4;

function wireTo(machine: PlacedMachine, server: PlacedMachine, start: Point, bus: number, lane: number): Wire {
  const rail = machine.x - GUTTER / 2 + lane;
  const end = { x: machine.x, y: machine.y + 20 };
  const turn = bus - lane;
  const points = [end, { x: rail, y: end.y }, { x: rail, y: turn }, { x: start.x, y: turn }, start];
  return { machine: machine.name, server: server.name, ...lineOf(points) };
}

export function lineOf(points: readonly Point[]): Line {
  let length = 0;
  for (let index = 1; index < points.length; index++) {
    const from = points[index - 1];
    const to = points[index];
    if (from && to) length += distance(from, to);
  }
  return { points, length };
}

/**
 * One wire per worker, from the API server that its kubelet holds.
 *
 * @param serverOf - the machine of that API server; where it is not known the last one's is taken
 */
export function wiresOf(layout: StageLayout, serverOf: (worker: string) => string | undefined): readonly Wire[] {
  const { controlPlanes, workers, zones } = layout;
  const last = controlPlanes.at(-1);
  const firstZone = zones[0];
  if (!last || !firstZone) return [];
  const bus = (last.y + last.height + firstZone.y) / 2;
  const part = controlPlanes.length === 1 ? (API_SERVER_SPAN.from + API_SERVER_SPAN.to) / 2 : 0.5;
  return workers.map((worker) => {
    const held = serverOf(worker.name);
    const home = controlPlanes.find(({ name }) => name === held) ?? last;
    const lane = (controlPlanes.indexOf(home) - (controlPlanes.length - 1) / 2) * LANE;
    const start = { x: home.x + home.width * part, y: home.y + home.height };
    return wireTo(worker, home, start, bus, Math.max(-GUTTER / 2 + 2, Math.min(GUTTER / 2 - 2, lane)));
  });
}

const towards = (from: Point, to: Point, by: number): Point => {
  const length = distance(from, to);
  if (length === 0) return from;
  const part = Math.min(1, by / length);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
};

const CORNER = 9;

/** The wire as an SVG path with rounded corners. */
export function wirePath(points: readonly Point[]): string {
  const [first] = points;
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  for (let index = 1; index < points.length; index++) {
    const here = points[index];
    const before = points[index - 1];
    const after = points[index + 1];
    if (!here || !before) continue;
    if (!after) {
      path += `L${here.x} ${here.y}`;
      continue;
    }
    const radius = Math.min(CORNER, distance(before, here) / 2, distance(here, after) / 2);
    const enter = towards(here, before, radius);
    const leave = towards(here, after, radius);
    path += `L${enter.x} ${enter.y}Q${here.x} ${here.y} ${leave.x} ${leave.y}`;
  }
  return path;
}

/** The point so far (0 to 1) along a line. */
export function pointOn(wire: Line, part: number): Point {
  let left = Math.min(1, Math.max(0, part)) * wire.length;
  for (let index = 1; index < wire.points.length; index++) {
    const from = wire.points[index - 1];
    const to = wire.points[index];
    if (!from || !to) continue;
    const length = distance(from, to);
    if (left <= length) return towards(from, to, left);
    left -= length;
  }
  return wire.points.at(-1) ?? { x: 0, y: 0 };
}
