/**
 * Where everything stands on the stage: control-plane machines on top, zones below with their workers. A pure function of
 * the machines' names, roles and zones, of the fullest machine, and of the shape of the window; nothing else moves a thing.
 */
import type { MachineRecord } from '#engine/cluster/records';
import { compareNames } from '../state/compare-names';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedMachine extends Box {
  readonly name: string;
  readonly zone: string;
}

export interface PlacedZone extends Box {
  readonly name: string;
  /** The button that adds a worker. */
  readonly add: Box;
}

/** How big a pod is drawn: the fuller the fullest machine, the smaller. */
export interface ChipSize {
  readonly size: number;
  readonly gap: number;
}

export interface StageLayout {
  readonly controlPlanes: readonly PlacedMachine[];
  readonly zones: readonly PlacedZone[];
  readonly workers: readonly PlacedMachine[];
  readonly chip: ChipSize;
  readonly width: number;
  readonly height: number;
}

/** What the layout needs to know of the machines: compared by value, so that a heartbeat lays nothing out anew. */
export interface LayoutInput {
  readonly machines: readonly Pick<MachineRecord, 'name' | 'role' | 'zone'>[];
  /** Pods on the fullest worker. */
  readonly fullest: number;
  /** Width over height of the window that it should fill. */
  readonly aspect: number;
}

export const CONTROL_PLANE_HEIGHT = 154;
const CONTROL_PLANE_MIN_WIDTH = 868;
const WORKER_WIDTH = 264;
const WIDEST_WORKER = 420;
const WORKER_HEAD = 58;
const WORKER_FOOT = 12;
const WORKER_PADDING = 12;
export const GUTTER = 22;
const ZONE_HEAD = 34;
const ZONE_GAP = 14;
const MACHINE_GAP = 12;
const STOREY_GAP = 38;
const ADD_WIDTH = 120;
const ADD_HEIGHT = 26;

const CHIPS: readonly { readonly upTo: number; readonly chip: ChipSize; readonly rows: number }[] = [
  { upTo: 18, chip: { size: 20, gap: 7 }, rows: 2 },
  { upTo: 27, chip: { size: 20, gap: 7 }, rows: 3 },
  { upTo: 56, chip: { size: 13, gap: 4 }, rows: 4 },
  { upTo: 84, chip: { size: 13, gap: 4 }, rows: 6 },
  { upTo: Infinity, chip: { size: 10, gap: 3 }, rows: 7 },
];

/** Chips in one row of a worker of the least width. */
export const chipsPerRow = ({ size, gap }: ChipSize): number =>
  Math.floor((WORKER_WIDTH - 2 * WORKER_PADDING + gap) / (size + gap));

function chipsFor(fullest: number): { readonly chip: ChipSize; readonly height: number } {
  const step = CHIPS.find(({ upTo }) => fullest <= upTo) ?? { chip: { size: 10, gap: 3 }, rows: 7 };
  const rows = Math.max(step.rows, Math.ceil(fullest / chipsPerRow(step.chip)));
  const pods = rows * (step.chip.size + step.chip.gap) - step.chip.gap;
  return { chip: step.chip, height: WORKER_HEAD + pods + WORKER_FOOT };
}

/** Few workers are drawn wider, so that they stand flush with the control plane above them. */
function workerWidth(zones: number, columns: number): number {
  const each = (CONTROL_PLANE_MIN_WIDTH + ZONE_GAP) / Math.max(1, zones) - ZONE_GAP - MACHINE_GAP;
  return Math.max(WORKER_WIDTH, Math.min(WIDEST_WORKER, Math.floor(each / columns) - GUTTER));
}

const zoneWidth = (columns: number, worker: number): number => columns * (GUTTER + worker) + MACHINE_GAP;

const zoneHeight = (rows: number, machine: number): number =>
  ZONE_HEAD + rows * (machine + MACHINE_GAP);

/** The number of columns per zone with which the whole stage is drawn largest in a window of that shape. */
function bestColumns(zones: number, most: number, machineHeight: number, controlPlanes: number, aspect: number): number {
  let best = 1;
  let bestScale = 0;
  for (let columns = 1; columns <= Math.max(1, most); columns++) {
    const width = Math.max(CONTROL_PLANE_MIN_WIDTH, zones * (zoneWidth(columns, WORKER_WIDTH) + ZONE_GAP) - ZONE_GAP);
    const height =
      controlPlanes * (CONTROL_PLANE_HEIGHT + MACHINE_GAP) +
      STOREY_GAP +
      zoneHeight(Math.ceil(most / columns), machineHeight);
    const scale = Math.min(aspect / width, 1 / height);
    if (scale > bestScale * 1.02) {
      bestScale = scale;
      best = columns;
    }
  }
  return best;
}

function byZone(input: LayoutInput): ReadonlyMap<string, readonly string[]> {
  const zones = new Map<string, string[]>();
  for (const machine of input.machines) {
    if (machine.role !== 'worker') continue;
    const names = zones.get(machine.zone);
    if (names) names.push(machine.name);
    else zones.set(machine.zone, [machine.name]);
  }
  const sorted = [...zones].sort(([a], [b]) => compareNames(a, b));
  return new Map(sorted.map(([zone, names]) => [zone, names.sort(compareNames)]));
}

/** Lays the stage out. */
export function layoutStage(input: LayoutInput): StageLayout {
  const { chip, height: machineHeight } = chipsFor(input.fullest);
  const zones = byZone(input);
  const masters = input.machines
    .filter(({ role }) => role === 'control-plane')
    .map(({ name, zone }) => ({ name, zone }))
    .sort((a, b) => compareNames(a.name, b.name));
  const most = Math.max(1, ...[...zones.values()].map((names) => names.length));
  const columns = bestColumns(Math.max(1, zones.size), most, machineHeight, masters.length, input.aspect);
  const worker = workerWidth(zones.size, columns);
  const oneZone = zoneWidth(columns, worker);
  const width = Math.max(CONTROL_PLANE_MIN_WIDTH, zones.size * (oneZone + ZONE_GAP) - ZONE_GAP);

  const controlPlanes = masters.map((machine, index) => ({
    ...machine,
    x: 0,
    y: index * (CONTROL_PLANE_HEIGHT + MACHINE_GAP),
    width,
    height: CONTROL_PLANE_HEIGHT,
  }));

  const top = masters.length * (CONTROL_PLANE_HEIGHT + MACHINE_GAP) - MACHINE_GAP + STOREY_GAP;
  const height = zoneHeight(Math.ceil(most / columns), machineHeight);
  const placedZones: PlacedZone[] = [];
  const workers: PlacedMachine[] = [];
  const left = (width - (zones.size * (oneZone + ZONE_GAP) - ZONE_GAP)) / 2;
  for (const [index, [zone, names]] of [...zones].entries()) {
    const x = left + index * (oneZone + ZONE_GAP);
    names.forEach((name, place) => {
      workers.push({
        name,
        zone,
        x: x + GUTTER + (place % columns) * (GUTTER + worker),
        y: top + ZONE_HEAD + Math.floor(place / columns) * (machineHeight + MACHINE_GAP),
        width: worker,
        height: machineHeight,
      });
    });
    const add = { x: x + oneZone - ADD_WIDTH - MACHINE_GAP, y: top + 4, width: ADD_WIDTH, height: ADD_HEIGHT };
    placedZones.push({ name: zone, x, y: top, width: oneZone, height, add });
  }
  return { controlPlanes, zones: placedZones, workers, chip, width, height: top + height };
}
