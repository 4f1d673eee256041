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
  readonly machines: readonly (Pick<MachineRecord, 'name' | 'role' | 'zone'> &
    Partial<Pick<MachineRecord, 'rack' | 'region'>>)[];
  /** Pods on the fullest worker. */
  readonly fullest: number;
  /** Width over height of the window that it should fill. */
  readonly aspect: number;
}

export const CONTROL_PLANE_HEIGHT = 154;
const CONTROL_PLANE_MIN_WIDTH = 868;
/** However wide the stage is. */
const CONTROL_PLANE_MAX_WIDTH = 1400;
/** One of several control planes, side by side. */
const MASTER_HEIGHT = 218;
const MASTER_MIN_WIDTH = 281;
const WORKER_WIDTH = 264;
const WIDEST_WORKER = 420;
const WORKER_HEAD = 58;
const WORKER_FOOT = 12;
const WORKER_PADDING = 12;
export const GUTTER = 22;
const ZONE_HEAD = 34;
const ZONE_GAP = 14;
const MACHINE_GAP = 12;
/** Above each row of several control planes: where what they tell each other passes. */
export const GROUP_LANE = 28;
const STOREY_GAP = 38;
const ADD_WIDTH = 120;
const ADD_HEIGHT = 26;

/** Chip sizes from big to small, each with the rows that a worker may have of it. */
const CHIPS: readonly { readonly chip: ChipSize; readonly mostRows: number }[] = [
  { chip: { size: 20, gap: 7 }, mostRows: 3 },
  { chip: { size: 16, gap: 5 }, mostRows: 4 },
  { chip: { size: 13, gap: 4 }, mostRows: 6 },
];
const SMALLEST_CHIP: ChipSize = { size: 10, gap: 3 };
const FEWEST_ROWS = 2;

/** Where in a worker its first chip stands. */
export const PODS_AT = { x: WORKER_PADDING, y: WORKER_HEAD } as const;

/** Chips in one row of a worker. */
export const chipsPerRow = ({ size, gap }: ChipSize, worker: number): number =>
  Math.floor((worker - 2 * WORKER_PADDING + gap) / (size + gap));

interface WorkerSize {
  readonly width: number;
  readonly height: number;
  readonly chip: ChipSize;
}

/** Few workers are drawn wider, so that they stand flush with the control plane above them. */
function workerSize(zones: number, columns: number, fullest: number): WorkerSize {
  const each = (CONTROL_PLANE_MIN_WIDTH + ZONE_GAP) / zones - ZONE_GAP - MACHINE_GAP;
  const width = Math.max(WORKER_WIDTH, Math.min(WIDEST_WORKER, Math.floor(each / columns) - GUTTER));
  const rowsOf = (chip: ChipSize): number => Math.max(FEWEST_ROWS, Math.ceil(fullest / chipsPerRow(chip, width)));
  const chip = CHIPS.find((step) => rowsOf(step.chip) <= step.mostRows)?.chip ?? SMALLEST_CHIP;
  const pods = rowsOf(chip) * (chip.size + chip.gap) - chip.gap;
  return { width, height: WORKER_HEAD + pods + WORKER_FOOT, chip };
}

const zoneWidth = (columns: number, worker: number): number => columns * (GUTTER + worker) + MACHINE_GAP;

/** The taller a zone, the higher its head, so that its name can be read where the whole zone is seen. */
const zoneHead = (rows: number): number => ZONE_HEAD + Math.max(0, rows - 6) * 5;

const zoneHeight = (rows: number, worker: number): number => zoneHead(rows) + rows * (worker + MACHINE_GAP);

interface Arrangement {
  readonly columns: number;
  /** Control planes in a row. */
  readonly abreast: number;
  readonly worker: WorkerSize;
  readonly width: number;
  readonly height: number;
}

const masterHeight = (count: number): number => (count === 1 ? CONTROL_PLANE_HEIGHT : MASTER_HEIGHT);

const lane = (count: number): number => (count > 1 ? GROUP_LANE : 0);

const masterStorey = (count: number, abreast: number): number =>
  Math.ceil(count / abreast) * (masterHeight(count) + lane(count)) + STOREY_GAP;

interface Counts {
  readonly zones: number;
  /** Workers of the fullest zone. */
  readonly most: number;
  readonly masters: number;
  /** Pods on the fullest worker. */
  readonly fullest: number;
}

function arrange(columns: number, abreast: number, { zones, most, masters, fullest }: Counts): Arrangement {
  const worker = workerSize(zones, columns, fullest);
  return {
    columns,
    abreast,
    worker,
    width: Math.max(
      CONTROL_PLANE_MIN_WIDTH,
      abreast * (MASTER_MIN_WIDTH + MACHINE_GAP) - MACHINE_GAP,
      zones * (zoneWidth(columns, worker.width) + ZONE_GAP) - ZONE_GAP,
    ),
    height: masterStorey(masters, abreast) + zoneHeight(Math.ceil(most / columns), worker.height),
  };
}

/** The arrangement that is drawn largest in a window of that shape; of equal ones the one with the fewest columns. */
function bestArrangement(counts: Counts, aspect: number): Arrangement {
  const scaleOf = ({ width, height }: Arrangement): number => Math.min(aspect / width, 1 / height);
  let best = arrange(1, 1, counts);
  for (let abreast = 1; abreast <= Math.max(1, counts.masters); abreast++) {
    for (let columns = 1; columns <= counts.most; columns++) {
      const next = arrange(columns, abreast, counts);
      if (scaleOf(next) > scaleOf(best) * 1.02) best = next;
    }
  }
  return best;
}

/** Control planes side by side, as many abreast, the rows filled evenly. */
function placeMasters(
  masters: readonly Pick<PlacedMachine, 'name' | 'zone'>[],
  abreast: number,
  width: number,
): readonly PlacedMachine[] {
  const rows = Math.ceil(masters.length / abreast);
  const inRow = Math.ceil(masters.length / rows);
  const each = Math.min(CONTROL_PLANE_MAX_WIDTH, (width + MACHINE_GAP) / inRow - MACHINE_GAP);
  const height = masterHeight(masters.length);
  return masters.map((machine, index) => {
    const row = Math.floor(index / inRow);
    const left = Math.min(inRow, masters.length - row * inRow);
    const indent = (width - (left * (each + MACHINE_GAP) - MACHINE_GAP)) / 2;
    return {
      ...machine,
      x: indent + (index % inRow) * (each + MACHINE_GAP),
      y: row * (height + lane(masters.length)) + lane(masters.length),
      width: each,
      height,
    };
  });
}

function byZone(input: LayoutInput): ReadonlyMap<string, readonly string[]> {
  const zones = new Map<string, string[]>();
  // By rack, and in it by name.
  const workers = input.machines
    .filter(({ role }) => role === 'worker')
    .sort((a, b) => compareNames(a.rack ?? '', b.rack ?? '') || compareNames(a.name, b.name));
  for (const { name, zone } of workers) {
    const names = zones.get(zone);
    if (names) names.push(name);
    else zones.set(zone, [name]);
  }
  return new Map([...zones].sort(([a], [b]) => compareNames(a, b)));
}

/** Lays the stage out. */
export function layoutStage(input: LayoutInput): StageLayout {
  const zones = byZone(input);
  const masters = input.machines
    .filter(({ role }) => role === 'control-plane')
    .map(({ name, zone }) => ({ name, zone }))
    .sort((a, b) => compareNames(a.name, b.name));
  const most = Math.max(1, ...[...zones.values()].map((names) => names.length));
  const counts = { zones: Math.max(1, zones.size), most, masters: masters.length, fullest: input.fullest };
  const { columns, abreast, worker, width, height } = bestArrangement(counts, input.aspect);
  const controlPlanes = placeMasters(masters, abreast, width);

  const oneZone = zoneWidth(columns, worker.width);
  const top = masterStorey(masters.length, abreast);
  const left = (width - (zones.size * (oneZone + ZONE_GAP) - ZONE_GAP)) / 2;
  const head = zoneHead(Math.ceil(most / columns));
  const placedZones: PlacedZone[] = [];
  const workers: PlacedMachine[] = [];
  for (const [index, [zone, names]] of [...zones].entries()) {
    const x = left + index * (oneZone + ZONE_GAP);
    names.forEach((name, place) => {
      workers.push({
        name,
        zone,
        x: x + GUTTER + (place % columns) * (GUTTER + worker.width),
        y: top + head + Math.floor(place / columns) * (worker.height + MACHINE_GAP),
        width: worker.width,
        height: worker.height,
      });
    });
    const add = { x: x + oneZone - ADD_WIDTH - MACHINE_GAP, y: top + 4, width: ADD_WIDTH, height: ADD_HEIGHT };
    placedZones.push({ name: zone, x, y: top, width: oneZone, height: height - top, add });
  }
  return { controlPlanes, zones: placedZones, workers, chip: worker.chip, width, height };
}
