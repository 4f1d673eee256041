/** What a Job sees in its pods. @source kubernetes pkg/controller/job/job_controller.go, indexed_job_utils.go, backoff_utils.go */
import { podCondition } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Job, Pod } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';

export const FINALIZER = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export type JobSpec = NonNullable<Job['spec']>;
export type JobStatus = NonNullable<Job['status']>;

const NO_SPEC = {} as JobSpec;
export const specOf = ({ spec = NO_SPEC }: Job): JobSpec => spec;
export const isIndexed = (job: Job): boolean => specOf(job).completionMode === 'Indexed';
export const hasLimitPerIndex = (job: Job): boolean => specOf(job).backoffLimitPerIndex !== undefined;
export const isSuspended = (job: Job): boolean => specOf(job).suspend === true;
/** Only pods that have failed for good are replaced, not those that are still ending. */
export const replacesFailedOnly = (job: Job): boolean => specOf(job).podReplacementPolicy === 'Failed';

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(FINALIZER) === true;

/** A deleted pod counts as failed too, unless only those that have failed are replaced. */
export function isFailed(pod: Pod, job: Job): boolean {
  const { phase } = pod.status;
  if (phase === 'Failed') return true;
  return !replacesFailedOnly(job) && pod.metadata.deletionTimestamp !== undefined && phase !== 'Succeeded';
}

/** The index that a pod works on; −1: none that counts. */
export function indexOf({ metadata }: Pod): number {
  const text = metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : -1;
}

export const hasIndexBelow = (pod: Pod, completions: number): boolean =>
  indexOf(pod) >= 0 && indexOf(pod) < completions;

export const countOf = ({ metadata }: Pod, annotation: string): number =>
  Number(metadata.annotations?.[annotation] ?? 0);

/** When the last of a pod's containers ended, or the best that is known instead. */
export function finishedAt(pod: Pod): Micros {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const ends = [...containerStatuses, ...initContainerStatuses]
    .map(({ state }) => state?.terminated?.finishedAt)
    .filter((text) => (text ?? '') !== '');
  if (ends.length > 0) return Math.max(...ends.map((text) => parseTimestamp(text!)));
  const instead =
    podCondition(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp;
  return instead === undefined || instead === '' ? 0 : parseTimestamp(instead);
}

/** Restarts of containers in pods that go on, where the kubelet starts them again. */
export function restartsOf(pods: readonly Pod[]): number {
  let restarts = 0;
  for (const { status } of pods)
    if (status.phase === 'Running' || status.phase === 'Pending')
      for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
        restarts += restartCount;
  return restarts;
}
