/**
 * Semantic zoom of a large cluster: how near one has to be for machines to stand in the page as elements, and which of them do. A small
 * cluster has elements at every zoom. Pure.
 */
import { compareNames } from '../state/compare-names';
import type { Box, PlacedMachine, StageLayout } from '../stage/layout';

/** No nearer than this, whatever the size of the window. */
const LEAST_NEAR_ZOOM = 0.5;
const MOST_NEAR_ZOOM = 0.9;
/** So many machines with all their pods are as much as a page moves smoothly. */
const MOST_NEAR_MACHINES = 60;
/** Machines a frame that get their elements, or lose them. */
const MOUNTED_A_FRAME = 4;
/** Around the window, in its pixels: where elements come, and where they go again. */
const COME_PX = 40;
const GO_PX = 220;

export interface View {
  /** React Flow's transform. */
  readonly transform: readonly [x: number, y: number, zoom: number];
  readonly width: number;
  readonly height: number;
}

/** From this zoom on machines are elements: the larger the window, the nearer. */
export function nearZoom({ workers }: StageLayout, { width, height }: Omit<View, 'transform'>): number {
  const [first] = workers;
  if (!first) return LEAST_NEAR_ZOOM;
  const zoom = Math.sqrt((width * height) / (MOST_NEAR_MACHINES * first.width * first.height));
  return Math.min(MOST_NEAR_ZOOM, Math.max(LEAST_NEAR_ZOOM, zoom));
}

/** Whether a box is in view, or less than so many pixels beside it. */
export function inView(box: Box, { transform: [x, y, zoom], width, height }: View, beside: number): boolean {
  const left = box.x * zoom + x;
  const top = box.y * zoom + y;
  return (
    left < width + beside &&
    top < height + beside &&
    left + box.width * zoom > -beside &&
    top + box.height * zoom > -beside
  );
}

/** What comes after each other when the camera has come near, before the machines: one in a frame, so that no frame has to make them all. */
const PARTS: readonly (readonly string[])[] = [['zone', 'add-machine'], ['control-plane'], ['wires']];

/** What has come of the stage in the frame after this one. */
export function partsNext(before: ReadonlySet<string>): ReadonlySet<string> {
  const next = PARTS.find((parts) => parts.some((part) => !before.has(part)));
  return next === undefined ? before : new Set([...before, ...next]);
}

/** The workers that are elements in the frame after this one: a few more, and a few fewer, until all in view are. */
export function mountedNext(before: ReadonlySet<string>, layout: StageLayout, view: View): ReadonlySet<string> {
  const near = view.transform[2] >= nearZoom(layout, view);
  const coming = near ? layout.workers.filter((box) => !before.has(box.name) && inView(box, view, COME_PX)) : [];
  const going = layout.workers.filter((box) => before.has(box.name) && !(near && inView(box, view, GO_PX)));
  if (coming.length === 0 && going.length === 0 && before.size === 0) return before;
  const centre = { x: view.width / 2, y: view.height / 2 };
  const first = [...coming].sort(
    (a, b) => distance(a, view, centre) - distance(b, view, centre) || compareNames(a.name, b.name),
  );
  const next = new Set(before);
  for (const { name } of first.slice(0, MOUNTED_A_FRAME)) next.add(name);
  for (const { name } of going.slice(0, 2 * MOUNTED_A_FRAME)) next.delete(name);
  return next.size === before.size && first.length === 0 && going.length === 0 ? before : next;
}

function distance(box: PlacedMachine, { transform: [x, y, zoom] }: View, to: { x: number; y: number }): number {
  return Math.hypot((box.x + box.width / 2) * zoom + x - to.x, (box.y + box.height / 2) * zoom + y - to.y);
}
