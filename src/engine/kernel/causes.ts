/**
 * What caused what: for each handled event its time, its cause, who handled it and what it was. Kept for the last events
 * only, in chunks that are never touched again once full, so that checkpoints share them.
 */
import type { EventId, ProcessId } from './process';
import type { Micros } from './time';

const CHUNK = 1024;

interface Chunk {
  readonly at: Float64Array;
  readonly cause: Float64Array;
  /** Index into `names`. */
  readonly process: Uint32Array;
  readonly type: Uint32Array;
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
});

/** Records the next event. @returns its id */
export function recordCause(state: CausesState, at: Micros, cause: EventId, process: string, type: string): EventId {
  const event = state.next++;
  const row = event % CHUNK;
  if (row === 0) openChunk(state);
  const chunk = state.chunks[state.chunks.length - 1]!;
  chunk.at[row] = at;
  chunk.cause[row] = cause;
  chunk.process[row] = numberOf(state, process);
  chunk.type[row] = numberOf(state, type);
  return event;
}

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

function openChunk(state: CausesState): void {
  const full = state.chunks[state.chunks.length - 1];
  if (full !== undefined) Object.freeze(full);
  state.chunks.push({
    at: new Float64Array(CHUNK),
    cause: new Float64Array(CHUNK),
    process: new Uint32Array(CHUNK),
    type: new Uint32Array(CHUNK),
  });
  if (state.chunks.length > Math.ceil(state.limit / CHUNK) + 1) {
    state.chunks.shift();
    state.first += CHUNK;
  }
}

function numberOf(state: CausesState, name: string): number {
  const known = state.numbers.get(name);
  if (known !== undefined) return known;
  const number = state.names.length;
  state.names.push(name);
  state.numbers.set(name, number);
  return number;
}
