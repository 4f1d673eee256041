/**
 * Flights that wait for their chip to appear. Filled just before a frame is applied (where a chip stood until now can then
 * still be measured), emptied by the chips as they are mounted.
 */
import type { Flight, Stop } from './flights';

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface FlightBoard {
  /** Announces flights, and measures where they begin. */
  announce(flights: readonly Flight[]): void;
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

/** A board for the chips under `root`. */
export function createFlightBoard(root: ParentNode): FlightBoard {
  let waiting = new Map<string, readonly ScreenPoint[]>();
  return {
    announce(flights) {
      waiting = new Map();
      for (const { uid, stops } of flights) {
        const points: ScreenPoint[] = [];
        for (const stop of stops) {
          const chip = stop === 'scheduler' ? root.querySelector(`[data-uid="${CSS.escape(uid)}"]`) : null;
          const point = middleOf(chip) ?? anchorOf(root, stop);
          if (point) points.push(point);
        }
        if (points.length > 0) waiting.set(uid, points);
      }
    },
    take(uid) {
      const points = waiting.get(uid);
      if (!points) return null;
      waiting.delete(uid);
      return points;
    },
  };
}
