/** Rules of a Job's spec, which a CronJob's template shares. @source kubernetes pkg/apis/batch/validation/validation.go */
import {
  duplicate,
  goStruct,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  type FieldError,
} from '../field-error';
import { dnsSubdomainErrors, labelKeyErrors } from '../names';
import type { Job } from '../types';
import { invalidAll, notNegative } from './object-meta';
import { validatePodTemplate } from './pod-spec';

export type JobSpec = NonNullable<Job['spec']>;
type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];

const HIGH = 100_000;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
] as const;

/** One of `values`, and there. */
function choice(field: string, value: string | undefined, values: readonly string[]): FieldError[] {
  if (!value) return [required(field, `valid values: [${values.map((text) => JSON.stringify(text)).join(' ')}]`)];
  return values.includes(value) ? [] : [notSupported(field, value, values)];
}

/** @source kubernetes apimachinery/pkg/util/validation/validation.go (IsDomainPrefixedPath) */
function managedByErrors(name: string | undefined, field: string): FieldError[] {
  if (name === undefined) return [];
  if (name === '') return [required(field)];
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1)
    return [invalid(field, name, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = invalidAll(field, name.slice(0, slash), dnsSubdomainErrors(name.slice(0, slash)));
  const rest = name.slice(slash + 1);
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest))
    errors.push(invalid(field, rest, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"));
  if (name.length > 63) errors.push(tooLong(field, 63));
  return errors;
}

function exitCodeErrors(rule: FailureRule, containers: readonly string[], path: string): FieldError[] {
  if (rule.onExitCodes === undefined) return [];
  const { operator, containerName, values = [] } = rule.onExitCodes as Partial<typeof rule.onExitCodes>;
  const errors = choice(`${path}.operator`, operator, OPERATORS);
  if (containerName !== undefined && !containers.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(`${path}.containerName`, containerName, detail));
  }
  const field = `${path}.values`;
  if (values.length === 0) errors.push(invalid(field, values, 'at least one value is required'));
  else if (values.length > 255) errors.push(tooMany(field, values.length, 255));
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalid(`${field}[${index}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(duplicate(`${field}[${index}]`, value));
  }
  if (values.some((value, index) => index > 0 && values[index - 1]! > value))
    errors.push(invalid(field, values, 'must be ordered'));
  return errors;
}

function failurePolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const { containers = [], initContainers = [] } = spec.template.spec ?? {};
  const names = [...containers, ...initContainers].map(({ name }) => name);
  const errors = rules.length > 20 ? [tooMany(path, rules.length, 20)] : [];
  for (const [index, rule] of rules.entries()) {
    const field = `${path}[${index}]`;
    if (rule.action !== 'FailIndex') errors.push(...choice(`${field}.action`, rule.action, ACTIONS));
    else if (spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${field}.action`, rule.action, 'requires the backoffLimitPerIndex to be set'));
    errors.push(...exitCodeErrors(rule, names, `${field}.onExitCodes`));
    const patterns = rule.onPodConditions ?? [];
    if (patterns.length > 20) errors.push(tooMany(`${field}.onPodConditions`, patterns.length, 20));
    for (const [at, { type, status }] of patterns.entries()) {
      const pattern = `${field}.onPodConditions[${at}]`;
      errors.push(...invalidAll(`${pattern}.type`, type, labelKeyErrors(type)));
      errors.push(...choice(`${pattern}.status`, status, STATUSES));
    }
    const both = rule.onExitCodes !== undefined && patterns.length > 0;
    const neither = rule.onExitCodes === undefined && patterns.length === 0;
    if (both)
      errors.push(invalid(field, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (neither)
      errors.push(invalid(field, undefined, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

/** How many indexes a text such as `1,3-5` names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | string {
  let total = 0;
  let last = -1;
  for (const interval of text === '' ? [] : text.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2)
      return `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^\+?\d{1,10}$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`;
      if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`;
      numbers.push(Number(limit));
    }
    const [from = 0, to = from] = numbers;
    if (numbers.length === 2 && from >= to) return `non-increasing order, previous: ${from}, current: ${to}`;
    if (last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    total += to - from + 1;
    last = to;
  }
  return total;
}

function successPolicyErrors({ successPolicy, completions }: JobSpec, path: string): FieldError[] {
  const rules = successPolicy?.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length === 0)
    errors.push(required(path, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > 20) errors.push(tooMany(path, rules.length, 20));
  for (const [index, { succeededCount: count, succeededIndexes: indexes }] of rules.entries()) {
    const field = `${path}[${index}]`;
    if (count === undefined && indexes === undefined)
      errors.push(required(field, 'at least one of succeededCount or succeededIndexes must be specified'));
    const total = indexes === undefined ? 0 : countIndexes(indexes, completions ?? 0);
    if (indexes !== undefined && indexes.length > 65_536) errors.push(tooLong(`${field}.succeededIndexes`, 65_536));
    if (typeof total === 'string')
      errors.push(invalid(`${field}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${total}`));
    if (count === undefined) continue;
    errors.push(...notNegative(`${field}.succeededCount`, count));
    const above = (limit: number, what: string): void => {
      if (count > limit)
        errors.push(
          invalid(`${field}.succeededCount`, count, `must be less than or equal to ${limit} (the number of ${what})`),
        );
    };
    if (completions !== undefined) above(completions, 'specified completions');
    if (indexes !== undefined)
      above(typeof total === 'string' ? 0 : total, 'indexes in the specified succeededIndexes field');
  }
  return errors;
}

function indexedErrors(spec: JobSpec, path: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes: failed, backoffLimitPerIndex: perIndex } = spec;
  const errors: FieldError[] = [];
  const above = (name: string, value: number | undefined, limit: number, detail = ''): void => {
    if (value !== undefined && value > limit)
      errors.push(invalid(`${path}.${name}`, value, `must be less than or equal to ${limit}${detail}`));
  };
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  above('parallelism', parallelism, HIGH, ' when completion mode is Indexed');
  if (completions !== undefined && failed !== undefined && failed > completions)
    errors.push(invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions'));
  above('maxFailedIndexes', failed, HIGH);
  if ((completions ?? 0) <= HIGH || perIndex === undefined) return errors;
  const field = `${path}.maxFailedIndexes`;
  if (failed === undefined) errors.push(required(field, `must be specified when completions is above ${HIGH}`));
  const detail = ` when completions are above ${HIGH} and used with backoff limit per index`;
  above('parallelism', parallelism, 10_000, detail);
  above('maxFailedIndexes', failed, 10_000, detail);
  return errors;
}

/** All but the selector. `path` is of the spec, e.g. `spec.jobTemplate.spec`. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const mode = spec.completionMode ?? 'NonIndexed';
  const { maxFailedIndexes: failed, backoffLimitPerIndex: perIndex, podFailurePolicy, podReplacementPolicy } = spec;
  const errors = COUNTS.flatMap((name) => notNegative(`${path}.${name}`, spec[name]));
  errors.push(...notNegative(`${path}.maxFailedIndexes`, failed));
  if (failed !== undefined && perIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  errors.push(...managedByErrors(spec.managedBy, `${path}.managedBy`));
  if (mode === 'Indexed') errors.push(...indexedErrors(spec, path));
  else if (mode !== 'NonIndexed') errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']));
  else
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[name] !== undefined)
        errors.push(invalid(`${path}.${name}`, spec[name], 'requires indexed completion mode'));
  if (podFailurePolicy !== undefined) errors.push(...failurePolicyErrors(spec, `${path}.podFailurePolicy.rules`));
  if (spec.successPolicy !== undefined) {
    const rules = (spec.successPolicy.rules ?? []).map((rule) => ({
      SucceededIndexes: rule.succeededIndexes ?? null,
      SucceededCount: rule.succeededCount ?? null,
    }));
    errors.push(
      ...(mode === 'Indexed'
        ? successPolicyErrors(spec, `${path}.successPolicy.rules`)
        : [invalid(`${path}.successPolicy`, goStruct({ Rules: rules }), 'requires indexed completion mode')]),
    );
  }
  const replacements = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (podReplacementPolicy !== undefined && !replacements.includes(podReplacementPolicy))
    errors.push(notSupported(`${path}.podReplacementPolicy`, podReplacementPolicy, replacements));
  errors.push(...validatePodTemplate(spec.template, `${path}.template`));
  const restart = spec.template.spec?.restartPolicy ?? 'Always';
  const field = `${path}.template.spec.restartPolicy`;
  if (restart === 'Always') errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (restart !== 'OnFailure' && restart !== 'Never')
    errors.push(notSupported(field, restart, ['OnFailure', 'Never']));
  else if (podFailurePolicy !== undefined && restart !== 'Never')
    errors.push(invalid(field, restart, 'only "Never" is supported when podFailurePolicy is specified'));
  return errors;
}
