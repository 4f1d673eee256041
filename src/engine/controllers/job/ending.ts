/** Whether a Job is to end now, and how. @source kubernetes pkg/controller/job/job_controller.go (syncJob) */
import { conditionOf } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import { type Micros, seconds } from '#engine/kernel/time';
import { hasLimitPerIndex, isFailed, isIndexed, isSuspended, restartsOf, specOf } from './job-pods';
import { judgeFailure, metSuccess } from './policies';
import type { Sight } from './sight';

export interface Ending {
  /** What comes before Failed and Complete. */
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet';
  readonly reason: string;
  readonly message: string;
}

const failing = (reason: string, message: string): Ending => ({ type: 'FailureTarget', reason, message });

/** The first that holds, in upstream's order; null: the Job goes on. */
export function endingOf(sight: Sight): Ending | null {
  const { job, status, pods, failed, failedIndexes, succeededIndexes } = sight;
  const spec = specOf(job);
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const known = conditionOf(status.conditions, type);
    if (known?.status === 'True') return { type, reason: known.reason ?? '', message: known.message ?? '' };
  }
  for (const pod of pods) {
    const verdict = isFailed(pod, job) ? judgeFailure(spec.podFailurePolicy, pod) : null;
    if (verdict?.action === 'FailJob') return failing('PodFailurePolicy', verdict.message);
  }
  if (failed > (spec.backoffLimit ?? 6) || isPastRestarts(sight))
    return failing('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if ((untilDeadline(sight) ?? 1) <= 0)
    return failing('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (isIndexed(job) && hasLimitPerIndex(job)) {
    if (spec.maxFailedIndexes !== undefined && failedIndexes.size > spec.maxFailedIndexes)
      return failing('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
    if (failedIndexes.size > 0 && failedIndexes.size + succeededIndexes.size >= (spec.completions ?? 0))
      return failing('FailedIndexes', 'Job has failed indexes');
  }
  const met = isIndexed(job) ? metSuccess(spec, succeededIndexes) : null;
  return met === null ? null : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: met };
}

/** Where the kubelet starts containers again, their restarts count. */
function isPastRestarts({ job, pods }: Sight): boolean {
  const { template, backoffLimit = 6 } = specOf(job);
  if (template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = restartsOf(pods);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

/** µs until the Job has been active for as long as it may; null: for ever. */
export function untilDeadline({ job, status, now }: Sight): Micros | null {
  const { activeDeadlineSeconds } = specOf(job);
  if (activeDeadlineSeconds === undefined || status.startTime === undefined || isSuspended(job)) return null;
  return parseTimestamp(status.startTime) + seconds(activeDeadlineSeconds) - now;
}

/** Whether as many pods have succeeded as were asked for. */
export function isComplete({ job, succeeded }: Sight, activeLeft: number): boolean {
  const { completions } = specOf(job);
  return completions === undefined ? succeeded > 0 && activeLeft === 0 : succeeded >= completions && activeLeft === 0;
}

export const COMPLETED: Ending = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
