/**
 * Flights that wait for their chip to appear. Filled just before a frame is applied (where a chip stood until now can then
 * still be measured), emptied by the chips as they are mounted.
 */
import type { Flight, Stop } from './flights';
import { isFlow, rateAt, withMore, type Rate } from './flow';

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface FlightBoard {
  /**
   * Announces what moves in a frame, and measures where each begins.
   *
   * @param isPace - whether single flights can be followed at this pace
   * @returns what does not fly, because it is too much for an eye
   */
  announce(moved: readonly Flight[], isPace: boolean, nowMs: number): readonly Flight[];
  /** The points on the screen that the pod comes along, or null when it does not fly. Only the first caller gets them. */
  take(uid: string): readonly ScreenPoint[] | null;
}

function middleOf(element: Element | null): ScreenPoint | null {
  if (!element) return null;
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

const anchorOf = (root: ParentNode, stop: Stop): ScreenPoint | null =>
  middleOf(root.querySelector(`[data-anchor="${stop}"]`));

const NOTHING: readonly Flight[] = [];

/** A board for the chips under `root`. */
export function createFlightBoard(root: ParentNode): FlightBoard {
  let waiting = new Map<string, readonly ScreenPoint[]>();
  let rate: Rate | undefined;
  let flows = false;
  return {
    announce(moved, isPace, nowMs) {
      waiting = new Map();
      if (moved.length > 0) rate = withMore(rate, moved.length, nowMs);
      flows = isFlow(flows, rateAt(rate, nowMs));
      if (flows || !isPace) return moved;
      for (const { uid, stops } of moved) {
        const points: ScreenPoint[] = [];
        for (const stop of stops) {
          const chip = stop === 'scheduler' ? root.querySelector(`[data-uid="${CSS.escape(uid)}"]`) : null;
          const point = middleOf(chip) ?? anchorOf(root, stop);
          if (point) points.push(point);
        }
        if (points.length > 0) waiting.set(uid, points);
      }
      return NOTHING;
    },
    take(uid) {
      const points = waiting.get(uid);
      if (!points) return null;
      waiting.delete(uid);
      return points;
    },
  };
}
