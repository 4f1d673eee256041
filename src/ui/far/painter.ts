/**
 * Paints a large cluster as it looks from far: regions, zones, racks, machines with their state, pods as dots that have the colour of their owner.
 * Everything stands where the elements stand that are there from near, so that nothing jumps when they come.
 */
import type { MachineRecord, NodeRecord } from '#engine/cluster/records';
import type { Mirror } from '../state/mirror';
import { podsOn } from '../state/mirror';
import { machineStatus, requestedShare, type Led } from '../stage/machine-status';
import type { Placed } from '../places/place-boxes';
import { chipsPerRow, PODS_AT, type Box, type ChipSize, type PlacedMachine, type StageLayout } from '../stage/layout';
import type { Catalogue } from '../text/en';
import { inView, type View } from './large-cluster';
import { fill, frame, hatch, mixed, type Pixels } from './pixels';
import { podCodes } from './pod-codes';
import { gridAllOver, gridOfChips, paintDots, type DotGrid, type DotRoom } from './pod-dots';
import { spritesOf, type Palette, type Sprites } from './sprites';

/** Words to be written over the picture, in its pixels. */
export interface Label {
  readonly words: string;
  readonly x: number;
  readonly y: number;
  readonly room: number;
  readonly look: 'machine' | 'words' | 'zone';
}

/** How a machine looks, remembered as long as its records are the same. */
interface Look {
  readonly machine: MachineRecord | undefined;
  readonly node: NodeRecord | undefined;
  readonly led: Led;
  readonly words: string;
}

export interface Scene {
  readonly layout: StageLayout;
  readonly mirror: Mirror;
  readonly text: Catalogue;
  readonly palette: Palette;
  /** Machines that are selected or picked. */
  readonly selected: ReadonlySet<string>;
  /** Machines that stand in the page as elements. */
  readonly elements: ReadonlySet<string>;
  /** Zones, racks and control planes are painted, too. */
  readonly far: boolean;
  /** Under the machines of each rack; none where each zone is one rack. */
  readonly racks: readonly Box[];
  /** Around the zones of each region; none where there is but one. */
  readonly regions: readonly Placed[];
}

/** Widths in pixels from which on there is a name, and room for words beside it. */
const NAME_FROM = 58;
const WORDS_FROM = 150;
/** Heights in pixels from which on a machine has a frame, and its corners are cut. */
const FRAME_FROM = 7;
const CORNERS_FROM = 14;
/** What is hit so near to a machine is the machine: nobody aims at a gap. */
const BESIDE = { x: 11, y: 6 };
const METERS_FROM_ZOOM = 0.24;
const PART_FROM = 60;
/** A rack is a ground between its machines: for a line there is no room. */
const RACK_TINT = 0.4;
/** Pixels between a region and the middle of its name: above it stand the control planes, below it nothing. */
const BELOW = 9;
const PARTS = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];

export class Painter {
  #looks = new Map<string, Look>();
  #text: Catalogue | null = null;
  #machines: Mirror['machines'] | null = null;
  #nodes: Mirror['nodes'] | null = null;
  #isAsBefore = false;
  #palette: Palette | null = null;
  readonly #sprites = new Map<number, Sprites>();
  #grid: (DotRoom & { readonly zoom: number; readonly grid: DotGrid }) | null = null;

  /** @param view - in the picture's pixels */
  paint(pixels: Pixels, view: View, scene: Scene): readonly Label[] {
    const { layout, palette, far } = scene;
    const labels: Label[] = [];
    this.#remember(scene);
    pixels.data.fill(0);
    if (far) {
      for (const zone of layout.zones) {
        const box = onScreen(zone, view);
        fill(pixels, box.x, box.y, box.width, box.height, palette.zone);
        const room = this.#zoneHead(layout, view);
        labels.push({ words: zone.name, x: box.x + 8, y: box.y + room / 2, room: box.width - 16, look: 'zone' });
      }
      const ground = mixed(palette.dim, palette.zone, RACK_TINT);
      for (const rack of scene.racks) {
        if (!inView(rack, view, 0)) continue;
        const box = onScreen(rack, view);
        fill(pixels, box.x, box.y, box.width, box.height, ground);
      }
      for (const region of scene.regions) {
        const { x, y, width, height } = onScreen(region, view);
        frame(pixels, x, y, width, height, 1, palette.dim);
        labels.push({ words: region.name, x: x + 8, y: y + height + BELOW, room: width - 16, look: 'zone' });
      }
      for (const master of layout.controlPlanes)
        if (inView(master, view, 0)) {
          const place = onScreen(master, view);
          this.#machine(pixels, master, place, view, scene, labels);
          this.#parts(pixels, master, place, view, scene, labels);
        }
    }
    for (const worker of layout.workers) {
      if (!inView(worker, view, 0) || scene.elements.has(worker.name)) continue;
      const place = onScreen(worker, view);
      this.#machine(pixels, worker, place, view, scene, labels);
      this.#pods(pixels, worker, place, view, scene);
    }
    return labels;
  }

  #zoneHead({ zones, workers }: StageLayout, { transform }: View): number {
    const [zone, worker] = [zones[0], workers[0]];
    return zone && worker ? (worker.y - zone.y) * transform[2] : 0;
  }

  #spritesOf(size: number, palette: Palette): Sprites {
    if (this.#palette !== palette) this.#sprites.clear();
    this.#palette = palette;
    let sprites = this.#sprites.get(size);
    if (!sprites) this.#sprites.set(size, (sprites = spritesOf(size, palette)));
    return sprites;
  }

  /** Looks hold while there are the same words; and none needs another look while there are the same records. */
  #remember({ mirror: { machines, nodes }, text }: Scene): void {
    if (this.#text !== text) this.#looks.clear();
    this.#text = text;
    this.#isAsBefore = machines === this.#machines && nodes === this.#nodes;
    this.#machines = machines;
    this.#nodes = nodes;
  }

  #look(name: string, { mirror, text }: Scene): Look {
    const known = this.#looks.get(name);
    if (known && this.#isAsBefore) return known;
    const machine = mirror.machines.get(name);
    const node = mirror.nodes.get(name);
    if (known && known.machine === machine && known.node === node) return known;
    const { led, words } = machineStatus(machine, node, text);
    const look = { machine, node, led, words };
    this.#looks.set(name, look);
    return look;
  }

  #machine(pixels: Pixels, box: PlacedMachine, place: Box, view: View, scene: Scene, labels: Label[]): void {
    const { palette } = scene;
    const { x, y, width, height } = place;
    const { led, words, node, machine } = this.#look(box.name, scene);
    const state = led === 'ok' ? palette.line : led === 'off' ? palette.red : palette.amber;
    const tint = led === 'ok' ? 0 : height < FRAME_FROM ? 0.7 : 0.12;
    const ground = led === 'off' ? palette.zone : tint === 0 ? palette.card : mixed(state, palette.card, tint);
    fill(pixels, x, y, width, height, ground);
    if (led === 'off')
      hatch(pixels, x, y, width, height, height < FRAME_FROM ? 3 : 10, mixed(palette.red, palette.card, 0.4));
    const selected = scene.selected.has(box.name);
    if (height < FRAME_FROM && led !== 'ok') frame(pixels, x - 1, y - 1, width + 2, height + 2, 1, state);
    if (height >= FRAME_FROM || selected) {
      const thick = selected ? 2 : led === 'ok' || height < CORNERS_FROM ? 1 : 2;
      frame(pixels, x, y, width, height, thick, selected ? palette.accent : state);
    }
    if (height >= CORNERS_FROM) cutCorners(pixels, x, y, width, height);
    const zoom = view.transform[2];
    const head = Math.round(28 * zoom);
    if (isNamed(box.width, zoom)) {
      const size = Math.max(3, Math.round(8 * zoom));
      const light = led === 'ok' ? palette.ok : state;
      fill(pixels, x + Math.round(12 * zoom), y + head - (size >> 1) - 1, size, size, light);
      const left = x + Math.round(12 * zoom) + size + 4;
      const room = width - (left - x) - 4;
      labels.push({ words: box.name, x: left, y: y + head, room: led === 'ok' ? room : room / 2, look: 'machine' });
      if (led !== 'ok' && width >= WORDS_FROM)
        labels.push({ words, x: left + room / 2, y: y + head, room: room / 2, look: 'words' });
    }
    if (zoom >= METERS_FROM_ZOOM && led === 'ok' && node && machine?.role === 'worker') {
      const bar = Math.round((box.width / 2 - 34) * zoom);
      const top = y + Math.round(47 * zoom);
      for (const [at, what] of (['milliCpu', 'memory'] as const).entries()) {
        const left = x + Math.round((12 + at * (box.width / 2)) * zoom);
        fill(pixels, left, top, bar, 2, palette.line);
        fill(pixels, left, top, Math.round(bar * Math.min(1, requestedShare(node, what))), 2, palette.dim);
      }
    }
  }

  /** What makes a machine a control plane, each with its light. */
  #parts(pixels: Pixels, box: PlacedMachine, place: Box, view: View, scene: Scene, labels: Label[]): void {
    const { palette, mirror } = scene;
    const running = mirror.machines.get(box.name)?.processes ?? [];
    const parts = PARTS.flatMap((part) => running.filter(({ name }) => name === part));
    const { x, y, width, height } = place;
    const zoom = view.transform[2];
    const top = y + Math.round(50 * zoom);
    const gap = Math.max(2, Math.round(10 * zoom));
    const each = Math.floor((width - gap) / PARTS.length) - gap;
    const tall = y + height - gap - top;
    if (each < PART_FROM || tall < 12) return;
    for (const [at, { name, state }] of parts.entries()) {
      const left = x + gap + at * (each + gap);
      const ground = state === 'running' ? palette.part : mixed(palette.amber, palette.part, 0.25);
      fill(pixels, left, top, each, tall, ground);
      fill(pixels, left + 6, top + (tall >> 1) - 2, 4, 4, state === 'running' ? palette.ok : palette.amber);
      labels.push({ words: name.replace('kube-', ''), x: left + 15, y: top + tall / 2, room: each - 20, look: 'zone' });
    }
  }

  #pods(pixels: Pixels, box: PlacedMachine, { x, y }: Box, view: View, scene: Scene): void {
    const { mirror, layout, palette } = scene;
    const sandboxes = this.#look(box.name, scene).machine?.sandboxes ?? [];
    const codes = podCodes(podsOn(mirror, box.name), sandboxes, mirror.hues);
    if (codes.length === 0) return;
    const grid = this.#gridOf(box, layout.chip, view.transform[2]);
    paintDots(pixels, grid, x, y, codes, this.#spritesOf(grid.dot, palette));
  }

  /** Machines of one size stand behind each other: the grid of the last one is that of the next, as a rule. */
  #gridOf({ width, height }: Box, chip: ChipSize, zoom: number): DotGrid {
    const last = this.#grid;
    if (last?.width === width && last.height === height && last.chip === chip && last.zoom === zoom) return last.grid;
    const room = { width, height, chip };
    const grid = isNamed(width, zoom)
      ? gridOfChips(room, zoom)
      : gridAllOver(room, zoom, Math.floor(height * zoom) >= FRAME_FROM ? 2 : 1);
    this.#grid = { ...room, zoom, grid };
    return grid;
  }
}

/** Machines alike have names all, or none: whole pixels differ by where a machine stands. Where they have, the pods stand below. */
const isNamed = (width: number, zoom: number): boolean => width * zoom >= NAME_FROM;

/** A box of the stage in whole pixels of the picture. */
function onScreen(box: Box, { transform }: View): Box {
  const zoom = transform[2];
  const x = wholePixels(box.x * zoom + transform[0]);
  const y = wholePixels(box.y * zoom + transform[1]);
  const width = wholePixels((box.x + box.width) * zoom + transform[0]) - x;
  const height = wholePixels((box.y + box.height) * zoom + transform[1]) - y;
  return { x, y, width: width < 1 ? 1 : width, height: height < 1 ? 1 : height };
}

/** A small integer to the machine, which it is quick with. */
const wholePixels = (value: number): number => Math.floor(value + 0.5) | 0;

/** Lets through what is behind the four corners. */
function cutCorners(pixels: Pixels, x: number, y: number, width: number, height: number): void {
  for (const [row, cut] of [2, 1].entries()) {
    for (const line of [y + row, y + height - 1 - row]) {
      const behind = (at: number): number =>
        at < 0 || at >= pixels.width || line < 0 || line >= pixels.height ? 0 : pixels.data[line * pixels.width + at]!;
      fill(pixels, x, line, cut, 1, behind(x - 1));
      fill(pixels, x + width - cut, line, cut, 1, behind(x + width));
    }
  }
}

/** What is painted at a point of the stage: a machine, and the pod of it, if there is one. */
export function hitAt(
  { layout, mirror }: Pick<Scene, 'layout' | 'mirror'>,
  point: { readonly x: number; readonly y: number },
): { readonly machine: string; readonly pod: ReturnType<typeof podsOn>[number] | undefined } | null {
  const inside = ({ x, y, width, height }: Box): boolean =>
    point.x >= x - BESIDE.x &&
    point.x < x + width + BESIDE.x &&
    point.y >= y - BESIDE.y &&
    point.y < y + height + BESIDE.y;
  const found = layout.workers.find(inside) ?? layout.controlPlanes.find(inside);
  if (!found) return null;
  const pitch = layout.chip.size + layout.chip.gap;
  const across = chipsPerRow(layout.chip, found.width);
  const column = Math.floor((point.x - found.x - PODS_AT.x + layout.chip.gap / 2) / pitch);
  const row = Math.floor((point.y - found.y - PODS_AT.y + layout.chip.gap / 2) / pitch);
  const isGrid = column >= 0 && column < across && row >= 0 && layout.workers.includes(found);
  return { machine: found.name, pod: isGrid ? podsOn(mirror, found.name)[row * across + column] : undefined };
}
