/** Runs a Job's pods until as many have succeeded as it asks for, or it has failed. @source kubernetes pkg/controller/job/job_controller.go (syncJob, syncOrphanPod) */
import { semanticEqual } from '#engine/api/json';
import { matchesSelector } from '#engine/api/label-selector';
import { controllerOf, hasCondition } from '#engine/api/meta';
import type { Job, Pod } from '#engine/api/types';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { claim } from '../ownership';
import { record, referenceTo, updateStatus, warning } from '../steps';
import { type FailureRecord, NO_FAILURES } from './back-off';
import { COMPLETED, endingOf, isComplete, untilDeadline } from './ending';
import { isTracked, specOf } from './job-pods';
import { type Managed, manageJob, stop, untrack } from './manage';
import { lookAt } from './sight';
import { nextStatus } from './status';

/** Back-offs, by the Job's uid. */
export type JobMemory = ReadonlyMap<string, FailureRecord>;

export const isFinished = ({ status }: Job): boolean =>
  hasCondition(status?.conditions, 'Complete') || hasCondition(status?.conditions, 'Failed');

export function reconcileJob(view: View, key: string, { now, memory }: Situation<JobMemory>): Plan<JobMemory> {
  const { namespace, name } = splitKey(key);
  const job = view.get('Job', namespace, name);
  if (job === undefined) return NOTHING;
  const { managedBy = OWN_NAME, completionMode, selector } = specOf(job);
  const { uid } = job.metadata;
  if (isFinished(job)) return memory.has(uid) ? { steps: [], memory: without(memory, uid) } : NOTHING;
  if (managedBy !== OWN_NAME) return NOTHING;
  if (completionMode !== undefined && completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
    const message = 'Skipped Job sync because completion mode is unknown';
    return { steps: [record(warning(referenceTo(job), 'UnknownCompletionMode', message))] };
  }
  const orphans = view.orphans('Pod', namespace);
  const matches = (pod: Pod): boolean => matchesSelector(selector, pod.metadata.labels);
  const claimed = claim(job, matches, [...view.ownedBy('Pod', uid), ...orphans]);

  const sight = lookAt(job, claimed.owned, memory.get(uid) ?? NO_FAILURES, now);
  const isManaged = job.metadata.deletionTimestamp === undefined;
  let ending = endingOf(sight);
  const managed: Managed =
    ending !== null
      ? { steps: sight.active.map((pod) => stop(job, pod)), active: 0, again: null, because: ending.message }
      : isManaged
        ? manageJob(sight)
        : { steps: [], active: sight.active.length, again: null, because: null };
  if (ending === null && isComplete(sight, managed.active)) ending = COMPLETED;
  const { status, untracked, events } = nextStatus(sight, ending, managed.active, isManaged);
  const changed = !semanticEqual(status, job.status ?? {});
  const steps: readonly Step[] = [
    ...claimed.patches,
    ...managed.steps,
    ...(changed ? [updateStatus({ ...job, status })] : []),
    ...untracked.map(untrack),
    ...events.map(record),
  ];
  const deadline = untilDeadline(sight);
  const times = [managed.again, deadline !== null && deadline > 0 ? deadline : null].filter((time) => time !== null);
  return {
    steps,
    ...(times.length === 0 ? {} : { again: Math.min(...times) }),
    memory: new Map(memory).set(uid, sight.record),
    ...(steps.length === 0 ? {} : { because: `${name}: ${managed.because ?? 'telling its status'}` }),
  };
}

const OWN_NAME = 'kubernetes.io/job-controller';

function without(memory: JobMemory, uid: string): JobMemory {
  const next = new Map(memory);
  next.delete(uid);
  return next;
}

/** A pod whose Job is gone or over keeps nobody waiting. @param key - of the pod */
export function reconcileOrphanedPod(view: View, key: string): Plan<JobMemory> {
  const { namespace, name } = splitKey(key);
  const pod = view.get('Pod', namespace, name);
  if (pod === undefined || !isTracked(pod)) return NOTHING;
  const reference = controllerOf(pod);
  const job = reference?.kind === 'Job' ? view.get('Job', namespace, reference.name) : undefined;
  const isLive = job !== undefined && job.metadata.uid === reference?.uid && !isFinished(job);
  return isLive ? NOTHING : { steps: [untrack(pod)], because: `${name} is of a Job that is gone or over` };
}
