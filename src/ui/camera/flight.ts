/** Where the camera goes, and how: frame by frame, never by React Flow's durations. */
import type { Subject } from '#engine/cluster/records';
import { wantsLessMotion } from '../motion/motion';
import type { Box, StageLayout } from '../stage/layout';
import { findObject, type Mirror } from '../state/mirror';

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const FLIGHT_MS = 420;
/** A machine that the camera goes to is drawn as large as this, unless it was larger. */
const ZOOM_AT_TARGET = 1;

/** The machine where a subject is to be seen: itself, that of a pod or of a process; null: nowhere on the stage. */
export function machineOf(mirror: Mirror, { kind, namespace, name }: Subject): string | null {
  if (kind === 'Machine') return name;
  if (kind === 'Process') return name.slice(0, name.indexOf('/'));
  const object = kind === 'Pod' ? findObject(mirror, { kind, namespace, name }) : undefined;
  return object?.kind === 'Pod' ? object.node : null;
}

export const boxOf = ({ workers, controlPlanes }: StageLayout, machine: string): Box | undefined =>
  workers.find(({ name }) => name === machine) ?? controlPlanes.find(({ name }) => name === machine);

/** Whether all of a box is in the window. */
export const isWhollyInView = (box: Box, { x, y, zoom }: Viewport, { width, height }: Size): boolean =>
  box.x * zoom + x >= 0 &&
  box.y * zoom + y >= 0 &&
  (box.x + box.width) * zoom + x <= width &&
  (box.y + box.height) * zoom + y <= height;

/** A view with the box in the middle. */
export function viewOf(box: Box, before: Viewport, { width, height }: Size): Viewport {
  const most = Math.min(width / box.width, height / box.height) * 0.9;
  const zoom = Math.min(most, Math.max(before.zoom, ZOOM_AT_TARGET));
  return { x: width / 2 - (box.x + box.width / 2) * zoom, y: height / 2 - (box.y + box.height / 2) * zoom, zoom };
}

/** The view a part (0 to 1) of the way on: eased, and the zoom evenly in powers, so that things grow evenly. Pure. */
export function between(from: Viewport, to: Viewport, part: number, { width, height }: Size): Viewport {
  const eased = part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
  const zoom = from.zoom * (to.zoom / from.zoom) ** eased;
  const middle = (view: Viewport, axis: 'x' | 'y', span: number): number => (span / 2 - view[axis]) / view.zoom;
  const at = (axis: 'x' | 'y', span: number): number => {
    const [start, end] = [middle(from, axis, span), middle(to, axis, span)];
    return span / 2 - (start + (end - start) * eased) * zoom;
  };
  return { x: at('x', width), y: at('y', height), zoom };
}

/** Goes there, at once for whoever wants less motion. @returns the way to stop on the way */
export function fly(from: Viewport, to: Viewport, size: Size, set: (view: Viewport) => void): () => void {
  if (wantsLessMotion()) {
    set(to);
    return () => undefined;
  }
  const begun = performance.now();
  let frame = 0;
  const step = (now: number): void => {
    const part = Math.min(1, Math.max(0, (now - begun) / FLIGHT_MS));
    set(part === 1 ? to : between(from, to, part, size));
    if (part < 1) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}
