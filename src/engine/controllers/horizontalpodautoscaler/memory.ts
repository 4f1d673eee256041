/** What the controller remembers of each autoscaler. Plain data, by key; a controller manager that starts anew knows nothing of it. */
import type { Micros } from '#engine/kernel/time';

export type Autoscalers = Readonly<Record<string, AutoscalerMemory>>;

/** A count that was asked for, before it was limited. */
export interface Recommendation {
  readonly at: Micros;
  readonly replicas: number;
}

/** So many replicas were added, or taken away. */
export interface ScaleEvent {
  readonly at: Micros;
  readonly change: number;
}

export interface AutoscalerMemory {
  /** When it is looked at next. */
  readonly due: Micros;
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
  /** Of its target's pods, as it was last; empty: not known. */
  readonly selector: string;
}
