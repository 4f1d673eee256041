/** What the timeline shows: bars, ticks and markers, in parts of its width. Pure. */
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { Activity } from '../state/activity';
import type { Marker } from '../state/markers';

/** The whole width stands for at least this much. */
const SHORTEST_SPAN: Micros = 60 * SECOND;

/** The span that the width stands for: the run so far with some room ahead, in steps so that it seldom jumps. */
export function timelineSpan(now: Micros): Micros {
  let span = SHORTEST_SPAN;
  while (now > span * 0.92) span *= 1.5;
  return span;
}

export interface Bar {
  readonly from: number;
  readonly width: number;
  /** 0 to 1. */
  readonly height: number;
}

/** Bars of the density; heights by the square root, so that a quiet stretch is still seen beside a burst. */
export function timelineBars({ buckets, bucketWidth }: Activity, span: Micros): readonly Bar[] {
  const most = Math.max(1, ...buckets);
  const width = bucketWidth / span;
  return buckets.flatMap((count, index) =>
    count === 0 ? [] : [{ from: index * width, width, height: Math.max(0.08, Math.sqrt(count / most)) }],
  );
}

const STEPS: readonly Micros[] = [
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  180 * MINUTE,
  720 * MINUTE,
];
const MOST_TICKS = 8;

/** Round times along the axis. */
export function timelineTicks(span: Micros): readonly Micros[] {
  const step = STEPS.find((candidate) => span / candidate <= MOST_TICKS) ?? 24 * 60 * MINUTE;
  return Array.from({ length: Math.ceil(span / step) }, (_, index) => index * step).filter((at) => at < span * 0.96);
}

export interface PlacedMarker {
  readonly marker: Marker;
  readonly at: number;
  /** The part of the width up to the next marker, for its words; 0: there is no room for any. */
  readonly room: number;
}

/** Words need at least this part of the width. */
const LEAST_ROOM = 0.05;

/** Markers in their places, each with the room that the next one leaves to its words. */
export function placeMarkers(markers: readonly Marker[], span: Micros): readonly PlacedMarker[] {
  return markers.map((marker, index) => {
    const at = marker.at / span;
    const room = Math.max(0, (markers[index + 1]?.at ?? span) / span - at);
    return { marker, at, room: room < LEAST_ROOM ? 0 : room };
  });
}
