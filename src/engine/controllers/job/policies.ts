/** What a Job's own rules make of failed pods and of indexes that are done. @source kubernetes pkg/controller/job/pod_failure_policy.go, success_policy.go */
import type { Pod } from '#engine/api/types';
import { type Indexes, parseIndexes } from './indexes';
import type { JobSpec } from './job-pods';

export interface Verdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count' | null;
  /** Of FailJob. */
  readonly message: string;
}

const NO_RULE: Verdict = { action: null, message: '' };
type Rule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];

/** The first rule that a failed pod meets. */
export function judgeFailure(policy: JobSpec['podFailurePolicy'], pod: Pod): Verdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const why = rule.onExitCodes === undefined ? metCondition(rule, pod) : metExitCode(rule.onExitCodes, pod);
    if (why === null) continue;
    return {
      action: rule.action,
      message: `${why} matching ${rule.action} rule at index ${index}`,
    };
  }
  return NO_RULE;
}

const shown = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}`;

function metExitCode({ containerName, operator, values }: NonNullable<Rule['onExitCodes']>, pod: Pod): string | null {
  for (const { name, state } of [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []),
  ]) {
    if (containerName !== undefined && containerName !== name) continue;
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || values.includes(code) !== (operator === 'In')) continue;
    return `Container ${name} for pod ${shown(pod)} failed with exit code ${code}`;
  }
  return null;
}

function metCondition({ onPodConditions = [] }: Rule, pod: Pod): string | null {
  for (const { type, status } of onPodConditions)
    if (pod.status.conditions?.some((one) => one.type === type && one.status === (status ?? 'True')) === true)
      return `Pod ${shown(pod)} has condition ${type}`;
  return null;
}

/** The message of the first rule of success that is met; null: none is. */
export function metSuccess(
  { successPolicy, completions = 0 }: Pick<JobSpec, 'successPolicy' | 'completions'>,
  succeeded: Indexes,
): string | null {
  for (const [index, { succeededIndexes, succeededCount }] of (successPolicy?.rules ?? []).entries()) {
    const wanted = succeededIndexes === undefined ? null : parseIndexes(succeededIndexes, completions);
    const done = wanted === null ? succeeded.size : [...wanted].filter((one) => succeeded.has(one)).length;
    const isMet = (succeededCount !== undefined && done >= succeededCount) || (wanted !== null && done >= wanted.size);
    if (isMet) return `Matched rules at index ${index}`;
  }
  return null;
}
