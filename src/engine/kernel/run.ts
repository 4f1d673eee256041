/** What a run is given, and what granting it time answers. */
import type { ProcessDefinition } from './process';
import type { Micros } from './time';

export interface KernelOptions {
  readonly seed: number;
  /** How many events `why` can look back; rounded up to whole thousands. */
  readonly causes?: number;
  /** Freeze all that is sent, stored or scheduled, deeply: finds writers of shared data in development and tests. */
  readonly freeze?: boolean;
}

/** Code by kind of process. The `never` stands for "whatever args and state that kind has". */
export type Definitions = ReadonlyMap<string, ProcessDefinition<never, never>>;

/** Something done to the run from outside: plain data that `onInput` understands. */
export interface KernelInput {
  readonly at: Micros;
  readonly input: unknown;
}

/** How far a call of `run` came, and why no further. */
export interface Progress {
  readonly events: number;
  readonly stopped: 'until' | 'budget' | 'breakpoint';
}
