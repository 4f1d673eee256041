/**
 * Which landmark stands for each event of a chunk, packed: of the thousand events of a chunk most lead to the same few
 * landmarks, so that these are kept once, and a byte for each event.
 */
import type { EventId } from './process';

/** Frozen. */
export interface StandIns {
  /** The landmarks' events, and what stands for none. */
  readonly events: Float64Array;
  /** By the event's place in the chunk, where its stand-in is among `events`. */
  readonly places: Uint8Array | Uint16Array;
}

/** @param standIns - by the event's place in the chunk: at most 65,536 */
export function packed(standIns: Float64Array): StandIns {
  const known = new Map<EventId, number>();
  const places = new Uint16Array(standIns.length);
  for (let place = 0; place < standIns.length; place++) {
    const event = standIns[place]!;
    let at = known.get(event);
    if (at === undefined) known.set(event, (at = known.size));
    places[place] = at;
  }
  return Object.freeze({
    events: Float64Array.from(known.keys()),
    places: known.size <= 256 ? Uint8Array.from(places) : places,
  });
}

/** @returns undefined when the chunk has no such place */
export const standInAt = ({ events, places }: StandIns, place: number): EventId | undefined => events[places[place]!];
