/**
 * What a Job's status says. A pod that has ended is first noted by its uid, then loses the Job's finalizer, and is counted when it has:
 * so that none is counted twice or not at all, whenever the controller dies.
 *
 * @source kubernetes pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers, flushUncountedAndRemoveFinalizers,
 *   enactJobFinished)
 */
import { conditionOf, isPodTerminal } from '#engine/api/meta';
import { timestamp } from '#engine/api/timestamp';
import type { Pod } from '#engine/api/types';
import type { EventIntent } from '#engine/client/plan';
import type { Micros } from '#engine/kernel/time';
import { normal, referenceTo, warning } from '../steps';
import type { Ending } from './ending';
import { formatIndexes } from './indexes';
import {
  hasIndexBelow,
  hasLimitPerIndex,
  isFailed,
  isIndexed,
  isSuspended,
  isTracked,
  type JobStatus,
  specOf,
} from './job-pods';
import { judgeFailure } from './policies';
import type { Sight } from './sight';

type Condition = NonNullable<JobStatus['conditions']>[number];

/** Uids that are noted at most. */
const MOST_UNCOUNTED = 500;

export interface NextStatus {
  readonly status: JobStatus;
  /** Pods whose finalizer may go once the status is written. */
  readonly untracked: readonly Pod[];
  readonly events: readonly EventIntent[];
}

/**
 * @param active - pods that are at work once the plan is carried out
 * @param managed - whether the Job is neither ending nor being deleted
 */
export function nextStatus(sight: Sight, ending: Ending | null, active: number, managed: boolean): NextStatus {
  const { job, status: before, now } = sight;
  const counting = count(sight, ending);
  const suspension = ending === null && managed ? suspensionOf(sight) : null;
  const resumed = suspension?.status === 'False';
  const { startTime = isSuspended(job) ? undefined : timestamp(now) } = before;
  let conditions = withCondition(before.conditions ?? [], suspension);
  const events: EventIntent[] = [];
  if (suspension !== null)
    events.push(normal(referenceTo(job), suspension.status === 'True' ? 'Suspended' : 'Resumed', suspension.message!));

  let completionTime = before.completionTime;
  if (ending !== null) {
    if (conditionOf(conditions, ending.type)?.status !== 'True')
      conditions = withCondition(conditions, condition(ending.type, ending, now));
    const isOver = sight.active.length === 0 && sight.terminating === 0 && counting.uncounted === 0;
    if (isOver) {
      const isSuccess = ending.type === 'SuccessCriteriaMet';
      conditions = withCondition(conditions, condition(isSuccess ? 'Complete' : 'Failed', ending, now));
      if (isSuccess) completionTime = timestamp(now);
      events.push(...finishEvents(sight, ending));
    }
  }
  const { succeeded = 0, failed = 0 } = counting.counts;
  const status: JobStatus = {
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
    ...(startTime === undefined ? {} : { startTime: resumed ? timestamp(now) : startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(active === 0 ? {} : { active }),
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    terminating: sight.terminating,
    ...(isIndexed(job) ? completedText(sight) : {}),
    ...(hasLimitPerIndex(job) ? { failedIndexes: formatIndexes(sight.failedIndexes) } : {}),
    uncountedTerminatedPods: counting.lists,
    ready: Math.min(ending === null ? sight.ready : 0, active),
  };
  return { status, untracked: counting.untracked, events };
}

const completedText = ({ succeededIndexes }: Sight): { readonly completedIndexes?: string } =>
  succeededIndexes.size === 0 ? {} : { completedIndexes: formatIndexes(succeededIndexes) };

interface Counting {
  readonly counts: Pick<JobStatus, 'succeeded' | 'failed'>;
  readonly lists: NonNullable<JobStatus['uncountedTerminatedPods']>;
  /** Uids on the lists. */
  readonly uncounted: number;
  readonly untracked: readonly Pod[];
}

/** A Job that ends or is deleted lets go of all pods; those that are left at its failure count as failed. */
function count(sight: Sight, ending: Ending | null): Counting {
  const { job, pods, status, kept } = sight;
  const isEnding = ending !== null || job.metadata.deletionTimestamp !== undefined;
  const failsAll = ending?.type === 'FailureTarget';
  const spec = specOf(job);
  const tracked = pods.filter(isTracked);
  const present = new Set(tracked.map(({ metadata }) => metadata.uid));
  const succeeded = [...sight.uncountedSucceeded].filter((uid) => present.has(uid));
  const failed = [...sight.uncountedFailed].filter((uid) => present.has(uid));
  const countedSucceeded = sight.uncountedSucceeded.size - succeeded.length;
  const countedFailed = sight.uncountedFailed.size - failed.length;
  const keptUids = new Set(isEnding ? [] : [...kept.values()].map(({ metadata }) => metadata.uid));
  const untracked: Pod[] = [];
  for (const pod of tracked) {
    if (succeeded.length + failed.length >= MOST_UNCOUNTED) break;
    const { uid } = pod.metadata;
    const hasFailed = isFailed(pod, job);
    if (keptUids.has(uid) || !(isPodTerminal(pod) || hasFailed || isEnding)) continue;
    untracked.push(pod);
    if (sight.uncountedSucceeded.has(uid) || sight.uncountedFailed.has(uid)) continue;
    if (pod.status.phase === 'Succeeded') {
      if (!isIndexed(job)) succeeded.push(uid);
    } else if ((hasFailed || failsAll) && (!isIndexed(job) || hasIndexBelow(pod, spec.completions ?? 0))) {
      const isIgnored = hasFailed && judgeFailure(spec.podFailurePolicy, pod).action === 'Ignore';
      if (!isIgnored) failed.push(uid);
    }
  }
  return {
    counts: {
      succeeded: isIndexed(job) ? sight.succeededIndexes.size : (status.succeeded ?? 0) + countedSucceeded,
      failed: (status.failed ?? 0) + countedFailed,
    },
    lists: { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) },
    uncounted: succeeded.length + failed.length,
    untracked,
  };
}

const condition = (
  type: string,
  { reason, message }: Omit<Ending, 'type'>,
  now: Micros,
  status: 'True' | 'False' = 'True',
): Condition => ({
  type,
  status,
  lastProbeTime: timestamp(now),
  lastTransitionTime: timestamp(now),
  reason,
  message,
});

const withCondition = (conditions: readonly Condition[], next: Condition | null): readonly Condition[] => {
  if (next === null) return conditions;
  return conditions.some(({ type }) => type === next.type)
    ? conditions.map((one) => (one.type === next.type ? next : one))
    : [...conditions, next];
};

/** The condition Suspended, when it changes: it is not there before the Job was suspended once. */
function suspensionOf({ job, status, now }: Sight): Condition | null {
  const known = conditionOf(status.conditions, 'Suspended');
  if (isSuspended(job))
    return known?.status === 'True'
      ? null
      : condition('Suspended', { reason: 'JobSuspended', message: 'Job suspended' }, now);
  return known?.status !== 'True'
    ? null
    : condition('Suspended', { reason: 'JobResumed', message: 'Job resumed' }, now, 'False');
}

function finishEvents({ job, succeeded }: Sight, { type, reason, message }: Ending): readonly EventIntent[] {
  const regarding = referenceTo(job);
  if (type === 'FailureTarget') return [warning(regarding, reason, message)];
  const { completions } = specOf(job);
  const surplus = 'Too many succeeded pods running after completion count reached';
  return [
    ...(completions !== undefined && succeeded > completions
      ? [warning(regarding, 'TooManySucceededPods', surplus)]
      : []),
    normal(regarding, 'Completed', 'Job completed'),
  ];
}
