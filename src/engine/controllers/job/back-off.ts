/** How long a Job waits before it replaces failed pods. @source kubernetes pkg/controller/job/backoff_utils.go */
import type { Pod } from '#engine/api/types';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { finishedAt } from './job-pods';

const FIRST: Micros = 10 * SECOND;
/** @source kubernetes pkg/controller/job/job_controller.go (MaxJobPodFailureBackOff) */
const LONGEST: Micros = 10 * MINUTE;

/** How often pods of a Job have failed since the last one succeeded. */
export interface FailureRecord {
  readonly failures: number;
  /** When the last one failed; null: none has since. */
  readonly lastFailure: Micros | null;
  /** Pods that are counted already and may still be there. */
  readonly counted: ReadonlySet<string>;
}

export const NO_FAILURES: FailureRecord = { failures: 0, lastFailure: null, counted: new Set() };

/** The record with pods counted that have ended since. */
export function withFinished(
  { failures, lastFailure, counted }: FailureRecord,
  pods: readonly Pod[],
  isFailure: (pod: Pod) => boolean,
): FailureRecord {
  const fresh = pods.filter(({ metadata }) => !counted.has(metadata.uid)).sort((a, b) => finishedAt(a) - finishedAt(b));
  for (const pod of fresh) {
    failures = isFailure(pod) ? failures + 1 : 0;
    lastFailure = isFailure(pod) ? finishedAt(pod) : null;
  }
  return { failures, lastFailure, counted: new Set(pods.map(({ metadata }) => metadata.uid)) };
}

export const backOffAfter = (failures: number, first = FIRST, longest = LONGEST): Micros =>
  failures === 0 ? 0 : Math.min(first * 2 ** Math.min(failures - 1, 40), longest);

/** What is left of a back-off; 0: nothing. */
export const backOffLeft = (failures: number, lastFailure: Micros | null, now: Micros): Micros =>
  lastFailure === null ? 0 : Math.max(0, backOffAfter(failures) - (now - lastFailure));
