/**
 * What caused what: for each handled event its time, its cause, who handled it, what it was and what is told of it. Kept for
 * the last events only, in chunks that are never touched again once full, so that checkpoints share them; of what was before,
 * the landmarks stay (`landmarks.ts`).
 */
import { digest, findLandmark, noLandmarks } from './landmarks';
import type { Landmark, LandmarksState, Living } from './landmarks';
import type { EventId, ProcessId, Told } from './process';
import type { Micros } from './time';

const CHUNK = 1024;

interface Chunk {
  readonly at: Float64Array;
  readonly cause: Float64Array;
  /** Index into `names`. */
  readonly process: Uint32Array;
  readonly type: Uint32Array;
  /** What was told while these events were handled, of them or of earlier ones. */
  readonly told: Told[];
}

export interface CausesState {
  /** Events to be kept; rounded up to whole chunks. */
  readonly limit: number;
  /** Process ids and message types, by the number that stands for them. */
  readonly names: string[];
  readonly numbers: Map<string, number>;
  /** Number of the first event in `chunks`, a multiple of the chunk's size. */
  first: EventId;
  /** The event that will be recorded next: ids are dense and rise by one. */
  next: EventId;
  readonly chunks: Chunk[];
  readonly landmarks: LandmarksState;
}

/** One event as it is remembered. */
export interface CauseRecord {
  readonly event: EventId;
  readonly at: Micros;
  /** The event that caused it; −1 for inputs and the start of the run. */
  readonly cause: EventId;
  readonly process: ProcessId;
  readonly type: string;
}

export const noCauses = (limit: number): CausesState => ({
  limit,
  names: [],
  numbers: new Map(),
  first: 0,
  next: 0,
  chunks: [],
  landmarks: noLandmarks(),
});

/**
 * Records the next event.
 *
 * @param living - the events that something hangs on which exists: asked now and then
 * @returns its id
 */
export function recordCause(
  state: CausesState,
  at: Micros,
  cause: EventId,
  process: string,
  type: string,
  living: Living,
): EventId {
  const event = state.next++;
  const row = event % CHUNK;
  if (row === 0) openChunk(state, living);
  const chunk = state.chunks[state.chunks.length - 1]!;
  chunk.at[row] = at;
  chunk.cause[row] = cause;
  chunk.process[row] = numberOf(state, process);
  chunk.type[row] = numberOf(state, type);
  return event;
}

/** Keeps something, frozen from now on, with the event that it is told of. */
export function recordTold(state: CausesState, record: Told): void {
  state.chunks[state.chunks.length - 1]?.told.push(Object.freeze(record));
}

/** What is told of the events that the ring holds, by event. */
export function toldInRing({ chunks }: CausesState): Map<EventId, Told[]> {
  const told = new Map<EventId, Told[]>();
  for (const chunk of chunks) {
    for (const record of chunk.told) {
      const group = told.get(record.event);
      if (group === undefined) told.set(record.event, [record]);
      else group.push(record);
    }
  }
  return told;
}

/** The landmark that stands for an event which the ring has let go of: itself or its nearest ancestor. Null: forgotten. */
export const landmarkOf = (state: CausesState, event: EventId): Landmark | null => findLandmark(state.landmarks, event);

/** The record of an event, or null when the ring no longer holds it. */
export function findCause(state: CausesState, event: EventId): CauseRecord | null {
  if (event < state.first || event >= state.next) return null;
  const chunk = state.chunks[Math.floor((event - state.first) / CHUNK)]!;
  const row = event % CHUNK;
  return {
    event,
    at: chunk.at[row]!,
    cause: chunk.cause[row]!,
    process: state.names[chunk.process[row]!]!,
    type: state.names[chunk.type[row]!]!,
  };
}

function openChunk(state: CausesState, living: Living): void {
  const full = state.chunks[state.chunks.length - 1];
  if (full !== undefined) {
    Object.freeze(full.told);
    Object.freeze(full);
  }
  state.chunks.push({
    at: new Float64Array(CHUNK),
    cause: new Float64Array(CHUNK),
    process: new Uint32Array(CHUNK),
    type: new Uint32Array(CHUNK),
    told: [],
  });
  if (state.chunks.length > Math.ceil(state.limit / CHUNK) + 1) letGo(state, living);
}

/** The oldest chunk goes; its landmarks stay. */
function letGo(state: CausesState, living: Living): void {
  const { chunks, first } = state;
  const causes = chunks[0]!.cause;
  const told: (Told[] | undefined)[] = [];
  // What is told of an event may be told a little later, as an answer comes after its question.
  for (const chunk of chunks.slice(0, 2)) {
    for (const record of chunk.told) {
      const row = record.event - first;
      if (row >= 0 && row < CHUNK) (told[row] ??= []).push(record);
    }
  }
  const record = (event: EventId): CauseRecord => findCause(state, event)!;
  digest(state.landmarks, { first, causes, told, record }, function* standing() {
    yield* living();
    for (const { cause } of chunks) for (const event of cause) if (event < first) yield event;
  });
  chunks.shift();
  state.first += CHUNK;
}

function numberOf(state: CausesState, name: string): number {
  const known = state.numbers.get(name);
  if (known !== undefined) return known;
  const number = state.names.length;
  state.names.push(name);
  state.numbers.set(name, number);
  return number;
}
