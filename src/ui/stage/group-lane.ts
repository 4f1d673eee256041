/** The lane above several control planes, where the members of etcd talk to each other: its lines, and where it can be cut. Pure. */
import { peerWire } from '../motion/pulses';
import { GROUP_LANE, type PlacedMachine, type StageLayout } from './layout';
import { lineOf, type Line, type Point } from './wires';

/** A place between two control planes that stand next to each other. */
export interface LaneGap extends Point {
  /** Those before it and those behind it, in their order. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** The lane on both sides, as an SVG path. */
  readonly path: string;
}

export interface GroupLane {
  /** From the lane down to each machine. */
  readonly stubs: readonly { readonly machine: string; readonly path: string }[];
  readonly gaps: readonly LaneGap[];
  /** The way from one member to another, by `peerWire`. */
  readonly lines: ReadonlyMap<string, Line>;
}

/** Left of the machines, where the lanes of two rows meet. */
const EDGE = -9;
/** What goes one way keeps so far from what goes the other way. */
const APART = 3;

const railOf = ({ y }: PlacedMachine): number => y - GROUP_LANE / 2;
const middleOf = ({ x, width }: PlacedMachine): number => x + width / 2;
const pathOf = (points: readonly Point[]): string => `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`;

/** Along the lane, `aside` of its middle. */
function along(from: PlacedMachine, to: PlacedMachine, aside: number): readonly Point[] {
  const start = { x: middleOf(from) - APART, y: railOf(from) + aside };
  const end = { x: middleOf(to) + APART, y: railOf(to) + aside };
  if (from.y === to.y) return [start, end];
  return [start, { x: EDGE + aside, y: start.y }, { x: EDGE + aside, y: end.y }, end];
}

function lineBetween(from: PlacedMachine, to: PlacedMachine, aside: number): Line {
  const way = along(from, to, aside);
  const [start, end] = [way[0]!, way.at(-1)!];
  return lineOf([{ x: start.x, y: from.y }, ...way, { x: end.x, y: to.y }]);
}

function gapBetween(machines: readonly PlacedMachine[], at: number): LaneGap {
  const [one, next] = [machines[at]!, machines[at + 1]!];
  const names = machines.map(({ name }) => name);
  const sides = { before: names.slice(0, at + 1), behind: names.slice(at + 1) };
  const [start, end] = [
    { x: middleOf(one), y: railOf(one) },
    { x: middleOf(next), y: railOf(next) },
  ];
  if (one.y === next.y) {
    return { ...sides, x: (one.x + one.width + next.x) / 2, y: start.y, path: pathOf([start, end]) };
  }
  const corner = [
    { x: EDGE, y: start.y },
    { x: EDGE, y: end.y },
  ];
  return { ...sides, x: EDGE, y: (start.y + end.y) / 2, path: pathOf([start, ...corner, end]) };
}

const NO_LANE: GroupLane = { stubs: [], gaps: [], lines: new Map() };

/** The lane of a layout; empty for a control plane that is alone. */
export function groupLane({ controlPlanes }: StageLayout): GroupLane {
  if (controlPlanes.length < 2) return NO_LANE;
  const lines = new Map<string, Line>();
  for (const [at, from] of controlPlanes.entries()) {
    for (const [to, target] of controlPlanes.entries()) {
      if (at !== to) lines.set(peerWire(from.name, target.name), lineBetween(from, target, at < to ? -APART : APART));
    }
  }
  return {
    stubs: controlPlanes.map((machine) => ({
      machine: machine.name,
      path: pathOf([
        { x: middleOf(machine), y: railOf(machine) },
        { x: middleOf(machine), y: machine.y },
      ]),
    })),
    gaps: controlPlanes.slice(1).map((_, at) => gapBetween(controlPlanes, at)),
    lines,
  };
}
