/**
 * Rules of a Job's status. Most of them hold only for a write that changes what they speak of.
 *
 * @source kubernetes pkg/apis/batch/validation/validation.go (validateJobStatus), pkg/registry/batch/job/strategy.go
 * (getStatusValidationOptions)
 */
import { duplicate, invalid, required, type FieldError } from '../field-error';
import { deepEqual, semanticEqual } from '../json';
import type { Job } from '../types';
import { countIndexes } from './job';
import { negativeCounts } from './workload';

type Status = NonNullable<Job['status']>;

const isTrue = (status: Status, type: string): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

/** The first index that two sound lists of indexes share. */
function overlap(completed: string, failed: string): number | undefined {
  const intervals = (text: string): number[][] => text.split(',').map((interval) => interval.split('-').map(Number));
  const taken = intervals(completed);
  for (const [from = 0, to = from] of intervals(failed))
    for (const [first = 0, last = first] of taken) if (first <= to && from <= last) return Math.max(first, from);
  return undefined;
}

function indexErrors(next: Job, status: Status, before: Status): FieldError[] {
  const { completions, backoffLimitPerIndex, completionMode } = next.spec ?? {};
  const { completedIndexes: completed = '', failedIndexes: failed } = status;
  const errors: FieldError[] = [];
  const unsound = (name: string, text: string): boolean => {
    const count = completions === undefined ? 0 : countIndexes(text, completions);
    if (typeof count === 'string') errors.push(invalid(`status.${name}`, text, `error parsing ${name}: ${count}`));
    return typeof count === 'string';
  };
  const completedChanged = completed !== (before.completedIndexes ?? '');
  const failedChanged = failed !== before.failedIndexes;
  let sound = true;
  if (completedChanged && unsound('completedIndexes', completed)) sound = false;
  const perIndex = backoffLimitPerIndex !== undefined;
  if (failedChanged && perIndex && failed !== undefined && unsound('failedIndexes', failed)) sound = false;
  if (completedChanged && completed !== '' && completionMode !== 'Indexed') {
    const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    errors.push(invalid('status.completedIndexes', completed, detail));
  }
  if (failedChanged && !perIndex && failed !== undefined)
    errors.push(
      invalid('status.failedIndexes', failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'),
    );
  if (!(completedChanged || failedChanged) || !sound || !completed || !failed) return errors;
  const shared = overlap(completed, failed);
  if (shared !== undefined)
    errors.push(
      invalid('status.failedIndexes', failed, `failedIndexes and completedIndexes overlap at index: ${shared}`),
    );
  return errors;
}

/** Uids of pods that have ended and are not counted yet. */
const uncountedErrors = ({ uncountedTerminatedPods: uncounted }: Status): FieldError[] =>
  (['succeeded', 'failed'] as const).flatMap((name) =>
    (uncounted?.[name] ?? []).flatMap((uid, index, all) => {
      const field = `status.uncountedTerminatedPods.${name}[${index}]`;
      if (uid === '') return [invalid(field, uid, 'must not be empty')];
      return all.indexOf(uid) < index ? [duplicate(field, uid)] : [];
    }),
  );

export function validateJobStatus(next: Job, old: Job): FieldError[] {
  const status = next.status ?? {};
  const before = old.status ?? {};
  const spec = next.spec ?? ({} as NonNullable<Job['spec']>);
  const errors = [...negativeCounts(status, 'active succeeded failed ready terminating'), ...uncountedErrors(status)];
  const is = (type: string): boolean => isTrue(status, type);
  const was = (type: string): boolean => isTrue(before, type);
  const turned = (...types: string[]): boolean => types.some((type) => is(type) !== was(type));
  const changed = (...names: (keyof Status)[]): boolean =>
    names.some((name) => !semanticEqual(status[name], before[name]));
  const refuse = (wrong: boolean, detail: string, field = 'conditions', value?: unknown): void => {
    if (wrong) errors.push(invalid(`status.${field}`, value, detail));
  };
  const [complete, failed, met, target] = ['Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget'].map(is);
  const finished = complete === true || failed === true;
  const ended = finished !== (was('Complete') || was('Failed'));
  const { active = 0, ready, terminating = 0, startTime, completionTime, uncountedTerminatedPods } = status;
  refuse(turned('Complete', 'Failed') && !!complete && !!failed, 'cannot set Complete=True and Failed=true conditions');
  refuse(
    turned('Complete', 'FailureTarget') && !!complete && !!target,
    'cannot set Complete=True and FailureTarget=true conditions',
  );
  const timed = turned('Complete') || changed('completionTime');
  const early = 'cannot set completionTime when there is no Complete=True condition';
  refuse(timed && !complete && completionTime !== undefined, early, 'completionTime', completionTime);
  if (timed && complete && completionTime === undefined)
    errors.push(required('status.completionTime', 'completionTime is required for Complete jobs'));
  refuse(
    changed('startTime', 'completionTime') && !!startTime && !!completionTime && completionTime < startTime,
    'must be equal to or after `startTime`',
    'completionTime',
    completionTime,
  );
  refuse(
    (turned('Failed') || changed('failedIndexes')) && !!failed && !target,
    'cannot set Failed=True condition without the FailureTarget=true condition',
  );
  refuse(
    turned('Complete', 'SuccessCriteriaMet') && !!complete && !met,
    'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
  );
  const running = (ended || changed('active')) && active > 0 && finished;
  refuse(running, 'active>0 is invalid for finished job', 'active', active);
  const empty = spec.suspend === true && spec.completions === 0;
  if ((ended || changed('startTime')) && !empty && finished && startTime === undefined)
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  refuse(
    (ended || changed('uncountedTerminatedPods')) &&
      finished &&
      [uncountedTerminatedPods?.succeeded, uncountedTerminatedPods?.failed].some((list) => (list ?? []).length > 0),
    'must be empty for finished job',
    'uncountedTerminatedPods',
    uncountedTerminatedPods,
  );
  errors.push(...indexErrors(next, status, before));
  refuse(
    (ended || changed('terminating')) && finished && terminating > 0,
    'terminating>0 is invalid for finished job',
    'terminating',
    terminating,
  );
  refuse(
    changed('ready', 'active') && ready !== undefined && ready > active,
    'cannot set more ready pods than active',
    'ready',
    ready,
  );
  refuse(!!met && !!failed, 'cannot set SuccessCriteriaMet=True and Failed=true conditions');
  refuse(!!met && !!target, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  refuse(
    spec.successPolicy !== undefined && !met && !!complete,
    'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
  );
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    refuse(was(type) && !is(type), `cannot disable the terminal ${type}=True condition`);
  const fewer = (name: 'failed' | 'succeeded'): void => {
    const count = status[name] ?? 0;
    refuse(count < (before[name] ?? 0), `cannot decrease the ${name} counter`, name, count);
  };
  fewer('failed');
  if (spec.completionMode !== 'Indexed' || spec.completions !== spec.parallelism) fewer('succeeded');
  refuse(
    completionTime !== undefined &&
      before.completionTime !== undefined &&
      !deepEqual(completionTime, before.completionTime),
    'field is immutable',
    'completionTime',
    completionTime,
  );
  const resumes =
    was('Suspended') &&
    (status.conditions ?? []).some(({ type, status: is }) => type === 'Suspended' && is === 'False');
  if (changed('startTime') && !resumes && before.startTime !== undefined && spec.suspend !== true)
    errors.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  refuse(was('SuccessCriteriaMet') && !met, 'cannot disable the SuccessCriteriaMet=True condition');
  refuse(
    was('Complete') && !was('SuccessCriteriaMet') && !!met,
    'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
  );
  return errors;
}
