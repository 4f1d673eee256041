/** What is told of the laws of a cluster. Plain data. */
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Subject } from '../records';

export type LawName =
  | 'one-leader'
  | 'nothing-lost'
  | 'bound-once'
  | 'one-of-a-name'
  | 'allocatable'
  | 'budgets'
  | 'one-address'
  | 'agreement';

/** When a law was broken first, and how. */
export interface Breach {
  readonly at: Micros;
  /** The event that was handled last when it was seen. */
  readonly event: EventId;
  readonly text: string;
  readonly subject: Subject | null;
}

export interface LawStatus {
  readonly law: LawName;
  /** Null: it holds. */
  readonly breach: Breach | null;
}

export interface LawReport {
  /** Since when is looked. */
  readonly since: Micros;
  readonly laws: readonly LawStatus[];
}
