/** What the kernel remembers of a run beside its causes: what processes explained, and their logs. */
import type { EventId, Explanation, ProcessId } from './process';
import type { Micros } from './time';

export interface ExplanationRecord extends Explanation {
  readonly event: EventId;
  readonly at: Micros;
  readonly process: ProcessId;
}

export interface LogLine {
  readonly event: EventId;
  readonly at: Micros;
  readonly process: ProcessId;
  readonly text: string;
}

/** Explanations, and log lines, that are kept at least. */
export const KEPT_ENTRIES = 8192;
