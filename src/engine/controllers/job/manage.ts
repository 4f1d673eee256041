/** How many pods a Job should have at work now: which are made, which go. @source kubernetes pkg/controller/job/job_controller.go (manageJob), indexed_job_utils.go */
import type { Job, Pod, PodTemplateSpec } from '#engine/api/types';
import type { Step } from '#engine/client/plan';
import type { Micros } from '#engine/kernel/time';
import { podFromTemplate } from '../pod-from-template';
import { podsToDelete } from '../replicaset/deletion-order';
import { create, normal, referenceTo, remove, strategicPatch, targetOf, warning } from '../steps';
import { backOffLeft } from './back-off';
import { firstPending } from './indexes';
import {
  COMPLETION_INDEX,
  countOf,
  FAILURE_COUNT,
  FINALIZER,
  finishedAt,
  hasLimitPerIndex,
  IGNORED_COUNT,
  indexOf,
  isIndexed,
  isSuspended,
  isTracked,
  replacesFailedOnly,
  specOf,
} from './job-pods';
import { judgeFailure } from './policies';
import type { Sight } from './sight';

/** Most creations or deletions in one plan. */
const BURST = 500;

export interface Managed {
  readonly steps: readonly Step[];
  /** Active pods when the steps are carried out. */
  readonly active: number;
  /** µs until a back-off is over. */
  readonly again: Micros | null;
  readonly because: string | null;
}

export function manageJob(sight: Sight): Managed {
  const { job, active } = sight;
  const wanted = isSuspended(job) ? 0 : wantedActive(sight);
  const tooMany = Math.max(0, active.length - wanted);
  const removed = toRemove(sight, tooMany).slice(0, BURST);
  if (removed.length > 0) {
    const steps = removed.flatMap((pod) => removal(job, pod));
    const because = isSuspended(job) ? 'is suspended' : `wants ${wanted} at work and sees ${active.length}`;
    return { steps, active: active.length - removed.length, again: null, because };
  }
  const ending = replacesFailedOnly(job) ? sight.terminating : 0;
  const missing = Math.min(wanted - ending - active.length, BURST);
  if (missing <= 0) return { steps: [], active: active.length, again: null, because: null };
  const next = hasLimitPerIndex(job) ? independent(sight, missing) : together(sight, missing);
  if (next.indexes.length === 0) return { steps: [], active: active.length, again: next.again, because: null };
  const steps = next.indexes.map((index) => creation(sight, index));
  const because = `wants ${wanted} at work and sees ${active.length}: creating ${steps.length}`;
  return { steps, active: active.length + steps.length, again: null, because };
}

/** Pods that should be at work now. */
function wantedActive({ job, active, succeeded }: Sight): number {
  const { parallelism = 1, completions } = specOf(job);
  // Of a work queue, no pod is made any more once one has succeeded.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

interface Next {
  /** null: of a Job without indexes. */
  readonly indexes: readonly (number | null)[];
  readonly again: Micros | null;
}

/** All wait for the back-off of the last failure. */
function together({ job, active, succeededIndexes, failedIndexes, record, now }: Sight, missing: number): Next {
  const left = backOffLeft(record.failures, record.lastFailure, now);
  if (left > 0) return { indexes: [], again: left };
  if (!isIndexed(job)) return { indexes: Array<null>(missing).fill(null), again: null };
  const completions = specOf(job).completions ?? 0;
  const indexes = firstPending(missing, completions, new Set(active.map(indexOf)), succeededIndexes, failedIndexes);
  return { indexes, again: null };
}

/** Each index waits for its own. */
function independent({ job, active, succeededIndexes, failedIndexes, kept, now }: Sight, missing: number): Next {
  const completions = specOf(job).completions ?? 0;
  const pending = firstPending(Infinity, completions, new Set(active.map(indexOf)), succeededIndexes, failedIndexes);
  const indexes: number[] = [];
  let again: Micros | null = null;
  for (const index of pending) {
    if (indexes.length === missing) break;
    const failed = kept.get(index);
    const failures = failed === undefined ? 0 : countOf(failed, FAILURE_COUNT) + countOf(failed, IGNORED_COUNT) + 1;
    const left = failed === undefined ? 0 : backOffLeft(failures, finishedAt(failed), now);
    if (left > 0) again = Math.min(again ?? left, left);
    else indexes.push(index);
  }
  return { indexes, again: indexes.length === 0 ? again : null };
}

/** Of an Indexed Job pods with no index or one that another has go first, then as everywhere. */
function toRemove({ job, active, now }: Sight, atLeast: number): readonly Pod[] {
  const first: Pod[] = [];
  let rest: readonly Pod[] = active;
  if (isIndexed(job)) {
    const completions = specOf(job).completions ?? 0;
    const byIndex = new Map<number, Pod[]>();
    for (const pod of active) {
      const index = indexOf(pod);
      if (index < 0 || index >= completions) first.push(pod);
      else if (byIndex.has(index)) byIndex.get(index)!.push(pod);
      else byIndex.set(index, [pod]);
    }
    rest = [...byIndex.values()].map((same) => {
      const ranked = same.length === 1 ? same : podsToDelete(same, [], same.length - 1, now);
      const surplus = same.length === 1 ? [] : ranked;
      first.push(...surplus);
      return same.find((pod) => !surplus.includes(pod))!;
    });
  }
  return first.length >= atLeast ? first : [...first, ...podsToDelete(rest, [], atLeast - first.length, now)];
}

const deletionEvents = (job: Job) => ({
  onSuccess: normal(referenceTo(job), 'SuccessfulDelete', 'Deleted pod: {name}'),
  onFailure: warning(referenceTo(job), 'FailedDelete', 'Error deleting: {error}'),
});

/** Takes the Job's own finalizer off. */
export const untrack = (pod: Pod): Step =>
  strategicPatch(
    targetOf(pod),
    { metadata: { uid: pod.metadata.uid, '$deleteFromPrimitiveList/finalizers': [FINALIZER] } },
    { optional: true },
  );

/** A pod that is one too many is not counted. */
const removal = (job: Job, pod: Pod): readonly Step[] => [
  ...(isTracked(pod) ? [untrack(pod)] : []),
  remove(pod, deletionEvents(job)),
];

/** A pod of a Job that ends is counted as failed. */
export const stop = (job: Job, pod: Pod): Step => remove(pod, deletionEvents(job));

function creation(sight: Sight, index: number | null): Step {
  const { job } = sight;
  const { template } = specOf(job);
  const pod = podFromTemplate(job, index === null ? template : indexedTemplate(sight, template, index));
  const prefix =
    index === null ? pod.metadata?.generateName : `${job.metadata.name.slice(0, 56 - String(index).length)}-${index}-`;
  const finalizers = [...(pod.metadata?.finalizers ?? []).filter((one) => one !== FINALIZER), FINALIZER];
  return create(
    { ...pod, metadata: { ...pod.metadata, generateName: prefix ?? '', finalizers } },
    {
      onSuccess: normal(referenceTo(job), 'SuccessfulCreate', 'Created pod: {name}'),
      onFailure: warning(referenceTo(job), 'FailedCreate', 'Error creating: {error}'),
    },
  );
}

function indexedTemplate({ job, kept }: Sight, { metadata, spec }: PodTemplateSpec, index: number): PodTemplateSpec {
  const failed = kept.get(index);
  const isIgnored = failed !== undefined && judgeFailure(specOf(job).podFailurePolicy, failed).action === 'Ignore';
  const ignored = failed === undefined ? 0 : countOf(failed, IGNORED_COUNT) + (isIgnored ? 1 : 0);
  const failures = failed === undefined ? 0 : countOf(failed, FAILURE_COUNT) + (isIgnored ? 0 : 1);
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
  };
  const withIndex = <C extends { readonly env?: readonly { readonly name: string }[] }>(container: C): C =>
    container.env?.some(({ name }) => name === variable.name) === true
      ? container
      : { ...container, env: [...(container.env ?? []), variable] };
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, [COMPLETION_INDEX]: String(index) },
      annotations: {
        ...metadata?.annotations,
        [COMPLETION_INDEX]: String(index),
        ...(hasLimitPerIndex(job) ? { [FAILURE_COUNT]: String(failures) } : {}),
        ...(ignored > 0 ? { [IGNORED_COUNT]: String(ignored) } : {}),
      },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: (spec?.containers ?? []).map(withIndex),
      ...(spec?.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withIndex) }),
    },
  };
}
