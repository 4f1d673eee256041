/** Starts the Jobs of a CronJob when they are due, and clears away old ones. @source kubernetes pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob, cleanupFinishedJobs) */
import { cronScheduleError } from '#engine/api/cron';
import { quote } from '#engine/api/field-error';
import { byteOrder, semanticEqual } from '#engine/api/json';
import { hasCondition, ownerReference } from '#engine/api/meta';
import { EPOCH_SECONDS, parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { CronJob, Job, KubeObjectInput } from '#engine/api/types';
import { zoneOffset, type ZoneOffset } from '#engine/api/zone-offsets';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { create, normal, record, referenceTo, remove, updateStatus, warning } from '../steps';
import { type Clock, mostRecentDue, untilNext } from './due';
import { rfc1123z } from './rfc1123';
import { scheduleOf } from './schedule';

type Spec = NonNullable<CronJob['spec']>;
type Status = NonNullable<CronJob['status']>;
type Reference = NonNullable<Status['active']>[number];

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const NO_SPEC = {} as Spec;
const UTC: ZoneOffset = () => 0;

export function reconcileCronJob(view: View, key: string, { now }: Pick<Situation, 'now'>): Plan {
  const { namespace, name } = splitKey(key);
  const cron = view.get('CronJob', namespace, name);
  if (cron === undefined) return NOTHING;
  const jobs = view.ownedBy('Job', cron.metadata.uid);
  const known = followJobs(cron, jobs);
  const cleanup = cleanupOf(cron, jobs);
  const status = (active: readonly Reference[], last: Micros | null = null): readonly Step[] =>
    statusSteps(cron, { ...known.status, ...(last === null ? {} : { lastScheduleTime: timestamp(last) }) }, active);
  const rest = (why: string, steps: readonly Step[] = [], again: Micros | null = null): Plan => {
    const all = [...known.events, ...steps, ...cleanup, ...status(known.active)];
    return {
      steps: all,
      ...(again === null ? {} : { again }),
      ...(all.length === 0 ? {} : { because: `${name} ${why}` }),
    };
  };

  const { suspend, timeZone, concurrencyPolicy } = cron.spec ?? NO_SPEC;
  if (cron.metadata.deletionTimestamp !== undefined) return rest('is being deleted');
  const offset = timeZone === undefined ? UTC : zoneOffset(timeZone);
  if (offset === undefined) {
    const message = `invalid timeZone: ${quote(timeZone ?? '')}: unknown time zone ${timeZone}`;
    return rest('has no such time zone', [record(warning(referenceTo(cron), 'UnknownTimeZone', message))]);
  }
  if (suspend === true) return rest('is suspended');
  const read = readSchedule(cron, offset);
  if (typeof read === 'string')
    return rest('cannot be scheduled', [record(warning(referenceTo(cron), 'UnparseableSchedule', read))]);

  const seconds = EPOCH_SECONDS + now / SECOND;
  const next = untilNext(read.clock, seconds);
  const again = next === null ? null : Math.ceil(next * SECOND);
  const due = mostRecentDue(read.clock, seconds, true);
  const warnings: Step[] = [...read.warnings];
  if (due.missed === 'many' && due.at !== null) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    warnings.push(record(warning(referenceTo(cron), 'TooManyMissedTimes', message)));
  }
  if (due.error !== null) {
    const message = `invalid schedule: ${cron.spec?.schedule} : ${due.error}`;
    return rest('is never due', [...warnings, record(warning(referenceTo(cron), 'InvalidSchedule', message))]);
  }
  if (due.at === null) return rest('is not due', warnings, again);
  const at = (due.at - EPOCH_SECONDS) * SECOND;
  const deadline = read.clock.startingDeadline;
  if (deadline !== null && due.at + deadline < seconds) {
    const message = `Missed scheduled time to start a job: ${rfc1123z(at)}`;
    return rest(
      'was due too long ago',
      [...warnings, record(warning(referenceTo(cron), 'MissSchedule', message))],
      again,
    );
  }
  const jobName = nameOf(cron, due.at);
  const isStarted =
    jobs.some(({ metadata }) => metadata.name === jobName) || known.status.lastScheduleTime === timestamp(at);
  if (isStarted) return rest('tells its status', warnings, again);
  if (concurrencyPolicy === 'Forbid' && known.active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    return rest(
      'waits for its last run',
      [...warnings, record(normal(referenceTo(cron), 'JobAlreadyActive', message))],
      again,
    );
  }
  const replaced = concurrencyPolicy === 'Replace' ? jobs.filter((job) => isActive(job, known.active)) : [];
  const start = create(jobOf(cron, jobName, at, timeZone === undefined ? undefined : offset), {
    onSuccess: normal(referenceTo(cron), 'SuccessfulCreate', 'Created job {name}'),
    onFailure: warning(referenceTo(cron), 'FailedCreate', 'Error creating job: {error}'),
  });
  const gone = new Set(replaced.map(({ metadata }) => metadata.uid));
  return {
    steps: [
      ...known.events,
      ...warnings,
      ...replaced.map((job) => removal(cron, job)),
      start,
      ...cleanup,
      ...status(known.active.filter(({ uid }) => !gone.has(uid ?? ''))),
    ],
    ...(again === null ? {} : { again }),
    because: `${name} is due since ${timestamp(at)}: starting ${jobName}`,
  };
}

const nameOf = ({ metadata }: CronJob, dueAt: number): string => `${metadata.name}-${Math.floor(dueAt / 60)}`;

/** The due time that a Job's name says; null: it was not made by its CronJob. */
function dueOf(cron: CronJob, { metadata }: Job): Micros | null {
  const minute = metadata.name.slice(cron.metadata.name.length + 1);
  return metadata.name.startsWith(`${cron.metadata.name}-`) && /^\d+$/.test(minute)
    ? (Number(minute) * 60 - EPOCH_SECONDS) * SECOND
    : null;
}

const isComplete = ({ status }: Job): boolean => hasCondition(status?.conditions, 'Complete');
const isFinished = (job: Job): boolean => isComplete(job) || hasCondition(job.status?.conditions, 'Failed');
const isActive = ({ metadata }: Job, active: readonly Reference[]): boolean =>
  active.some(({ uid }) => uid === metadata.uid);

interface Followed {
  readonly active: readonly Reference[];
  readonly status: Status;
  readonly events: readonly Step[];
}

/** What became of the Jobs that were started. */
function followJobs(cron: CronJob, jobs: readonly Job[]): Followed {
  const before = cron.status ?? {};
  const regarding = referenceTo(cron);
  const events: Step[] = [];
  let active: readonly Reference[] = before.active ?? [];
  let { lastScheduleTime, lastSuccessfulTime } = before;
  const tell = (reason: string, message: string): void => void events.push(record(normal(regarding, reason, message)));
  for (const job of jobs) {
    const { name, uid } = job.metadata;
    const due = dueOf(cron, job);
    const isNew = due !== null && (lastScheduleTime === undefined || parseTimestamp(lastScheduleTime) < due);
    if (isNew) lastScheduleTime = timestamp(due);
    if (!isActive(job, active) && !isFinished(job)) {
      if (isNew) active = [...active, referenceTo(job)];
      else
        events.push(
          record(
            warning(regarding, 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`),
          ),
        );
    } else if (isActive(job, active) && isFinished(job)) {
      active = active.filter((one) => one.uid !== uid);
      tell('SawCompletedJob', `Saw completed job: ${name}, condition: ${isComplete(job) ? 'Complete' : 'Failed'}`);
    }
    const completed = isComplete(job) ? job.status?.completionTime : undefined;
    if (completed !== undefined && (lastSuccessfulTime === undefined || byteOrder(lastSuccessfulTime, completed) < 0))
      lastSuccessfulTime = completed;
  }
  for (const { uid, name } of active)
    if (!jobs.some(({ metadata }) => metadata.uid === uid)) {
      active = active.filter((one) => one.uid !== uid);
      tell('MissingJob', `Active job went missing: ${name}`);
    }
  const status: Status = {
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
  };
  return { active, status, events };
}

function statusSteps(cron: CronJob, told: Status, active: readonly Reference[]): readonly Step[] {
  const status: Status = { ...(active.length === 0 ? {} : { active: [...active] }), ...told };
  return semanticEqual(status, cron.status ?? {}) ? [] : [updateStatus({ ...cron, status })];
}

interface Read {
  readonly clock: Clock;
  readonly warnings: readonly Step[];
}

/** @returns the words that refuse the schedule when it is not sound */
function readSchedule(cron: CronJob, offset: ZoneOffset): Read | string {
  const { schedule, timeZone, startingDeadlineSeconds } = cron.spec ?? NO_SPEC;
  const error = cronScheduleError(schedule);
  if (error !== undefined) return `unparseable schedule: ${quote(schedule)} : ${error}`;
  const [, zone, rest = schedule] = /^(?:CRON_)?TZ=(\S*) +(.*)$/.exec(schedule) ?? [];
  const url = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones';
  const message = `CRON_TZ or TZ used in schedule ${quote(schedule)} is not officially supported, see ${url} for more details`;
  const { creationTimestamp } = cron.metadata;
  const last = cron.status?.lastScheduleTime ?? creationTimestamp;
  return {
    clock: {
      earliest: EPOCH_SECONDS + (last === undefined ? 0 : parseTimestamp(last) / SECOND),
      startingDeadline: startingDeadlineSeconds ?? null,
      schedule: scheduleOf(rest, zone === undefined || timeZone !== undefined ? offset : (zoneOffset(zone) ?? UTC)),
    },
    warnings: zone === undefined ? [] : [record(warning(referenceTo(cron), 'UnsupportedSchedule', message))],
  };
}

/** What a CronJob's due times follow from; null: it names no sound schedule or zone. */
export function clockOf(cron: CronJob): Clock | null {
  const { timeZone } = cron.spec ?? NO_SPEC;
  const offset = timeZone === undefined ? UTC : zoneOffset(timeZone);
  const read = offset === undefined ? '' : readSchedule(cron, offset);
  return typeof read === 'string' ? null : read.clock;
}

/** @param offset - of the zone that the CronJob names; absent: it names none */
function jobOf(cron: CronJob, name: string, due: Micros, offset: ZoneOffset | undefined): KubeObjectInput {
  const { metadata, spec } = (cron.spec ?? NO_SPEC).jobTemplate;
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cron.metadata.namespace ?? '',
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED]: localTime(due, offset) },
      ownerReferences: [ownerReference(cron)],
    },
    spec,
  };
  return job;
}

/** As RFC 3339 with the zone's own offset. */
function localTime(at: Micros, offset: ZoneOffset | undefined): string {
  const minutes = offset?.(Math.floor((EPOCH_SECONDS + at / SECOND) / 60)) ?? 0;
  if (minutes === 0) return timestamp(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const ahead = Math.abs(minutes);
  const sign = minutes < 0 ? '-' : '+';
  return `${timestamp(at + minutes * 60 * SECOND).slice(0, -1)}${sign}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

const removal = (cron: CronJob, job: Job): Step =>
  remove(job, {
    propagationPolicy: 'Background',
    onSuccess: normal(referenceTo(cron), 'SuccessfulDelete', 'Deleted job {name}'),
    onFailure: warning(referenceTo(cron), 'FailedDelete', 'Deleted job: {error}'),
  });

/** Finished Jobs over the limits of the history, the oldest first. */
function cleanupOf(cron: CronJob, jobs: readonly Job[]): readonly Step[] {
  const { successfulJobsHistoryLimit: succeeded, failedJobsHistoryLimit: failed } = cron.spec ?? NO_SPEC;
  const finished = jobs.filter((job) => isFinished(job) && job.metadata.deletionTimestamp === undefined);
  const surplus = (of: readonly Job[], limit: number | undefined): readonly Job[] =>
    limit === undefined ? [] : [...of].sort(byStart).slice(0, Math.max(0, of.length - limit));
  return [
    ...surplus(
      finished.filter((job) => !isComplete(job)),
      failed,
    ),
    ...surplus(finished.filter(isComplete), succeeded),
  ].map((job) => removal(cron, job));
}

/** Those that were never started last. */
function byStart(a: Job, b: Job): number {
  const [first, second] = [a.status?.startTime, b.status?.startTime];
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  return byteOrder(first, second) || byteOrder(a.metadata.name, b.metadata.name);
}
