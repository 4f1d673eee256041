/** Everything that a Job's pods and its status say, put together once for all decisions. */
import { isPodActive, isPodReady, isPodTerminal } from '#engine/api/meta';
import type { Job, Pod } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { type Indexes, parseIndexes } from './indexes';
import {
  countOf,
  FAILURE_COUNT,
  hasIndexBelow,
  hasLimitPerIndex,
  indexOf,
  isFailed,
  isIndexed,
  isTracked,
  specOf,
  type JobStatus,
} from './job-pods';
import { judgeFailure } from './policies';
import { type FailureRecord, withFinished } from './back-off';

export interface Sight {
  readonly job: Job;
  readonly status: JobStatus;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  /** Pods that are being deleted and have not ended. */
  readonly terminating: number;
  readonly uncountedSucceeded: ReadonlySet<string>;
  readonly uncountedFailed: ReadonlySet<string>;
  /** Pods that have ended and are neither counted nor noted. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** With all that have ended and are still to be counted. */
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job. */
  readonly succeededIndexes: Indexes;
  /** Of a Job with a limit for each index. */
  readonly failedIndexes: Indexes;
  /** For each index the failed pod that is kept until it is replaced, since it knows how often the index has failed. */
  readonly kept: ReadonlyMap<number, Pod>;
  readonly record: FailureRecord;
  readonly now: Micros;
}

export function lookAt(job: Job, pods: readonly Pod[], before: FailureRecord, now: Micros): Sight {
  const spec = specOf(job);
  const status = job.status ?? {};
  const completions = spec.completions ?? 0;
  const active = pods.filter(isPodActive);
  const uncountedSucceeded = new Set(status.uncountedTerminatedPods?.succeeded);
  const uncountedFailed = new Set(status.uncountedTerminatedPods?.failed);
  const tracked = pods.filter(isTracked);
  const isNew = ({ metadata }: Pod): boolean =>
    !uncountedSucceeded.has(metadata.uid) && !uncountedFailed.has(metadata.uid);
  const counts = (pod: Pod): boolean => !isIndexed(job) || hasIndexBelow(pod, completions);
  const newSucceeded = tracked.filter((pod) => pod.status.phase === 'Succeeded' && isNew(pod) && counts(pod));
  const newFailed = tracked.filter((pod) => isFailed(pod, job) && isNew(pod) && counts(pod));
  const isCounted = (pod: Pod): boolean => judgeFailure(spec.podFailurePolicy, pod).action !== 'Ignore';
  const succeededIndexes = isIndexed(job) ? parseIndexes(status.completedIndexes, completions) : new Set<number>();
  if (isIndexed(job)) for (const pod of newSucceeded) succeededIndexes.add(indexOf(pod));
  const failedIndexes = failedIndexesOf(job, pods, status);
  const ended = [...newSucceeded, ...newFailed].filter((pod) => isPodTerminal(pod) || isFailed(pod, job));
  return {
    job,
    status,
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod)).length,
    uncountedSucceeded,
    uncountedFailed,
    newSucceeded,
    newFailed,
    succeeded: isIndexed(job)
      ? succeededIndexes.size
      : (status.succeeded ?? 0) + newSucceeded.length + uncountedSucceeded.size,
    failed: (status.failed ?? 0) + newFailed.filter(isCounted).length + uncountedFailed.size,
    succeededIndexes,
    failedIndexes,
    kept: keptPods(job, tracked, active, succeededIndexes, failedIndexes),
    record: withFinished(before, ended, (pod) => pod.status.phase !== 'Succeeded'),
    now,
  };
}

/** Indexes that have failed as often as they may, or for which a rule says so. */
function failedIndexesOf(job: Job, pods: readonly Pod[], status: JobStatus): Indexes {
  const { completions = 0, backoffLimitPerIndex, podFailurePolicy } = specOf(job);
  if (backoffLimitPerIndex === undefined) return new Set();
  const failed = parseIndexes(status.failedIndexes, completions);
  for (const pod of pods) {
    if (!isTracked(pod) || !isFailed(pod, job) || !hasIndexBelow(pod, completions)) continue;
    const { action } = judgeFailure(podFailurePolicy, pod);
    if (action === 'Ignore') continue;
    if (action === 'FailIndex' || countOf(pod, FAILURE_COUNT) >= backoffLimitPerIndex) failed.add(indexOf(pod));
  }
  return failed;
}

function keptPods(
  job: Job,
  tracked: readonly Pod[],
  active: readonly Pod[],
  succeeded: Indexes,
  failed: Indexes,
): ReadonlyMap<number, Pod> {
  const kept = new Map<number, Pod>();
  if (!hasLimitPerIndex(job)) return kept;
  const running = new Set(active.map(indexOf));
  for (const pod of tracked) {
    const index = indexOf(pod);
    if (!isFailed(pod, job) || !hasIndexBelow(pod, specOf(job).completions ?? 0)) continue;
    if (succeeded.has(index) || failed.has(index) || running.has(index)) continue;
    const other = kept.get(index);
    if (other === undefined || countOf(other, FAILURE_COUNT) < countOf(pod, FAILURE_COUNT)) kept.set(index, pod);
  }
  return kept;
}
