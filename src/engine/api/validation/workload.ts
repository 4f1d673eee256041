/** Rules that the kinds with a pod template share. @source kubernetes pkg/apis/apps/validation/validation.go */
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { matchesSelector } from '../label-selector';
import type { LabelSelector, PodTemplateSpec } from '../types';
import { printedSelector, validateLabelSelector } from './label-selector';
import { invalidAll, notNegative } from './object-meta';
import { validatePodTemplate } from './pod-spec';
import { podSpecWarnings } from './pod-warnings';
import { percentErrors } from '../names';
import { percentOf, type IntOrString } from '../int-or-string';

const OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** The selector of a workload. It must be there and may not be empty. */
export function validateWorkloadSelector(selector: LabelSelector | undefined, word = 'deployment'): FieldError[] {
  const field = 'spec.selector';
  if (selector === undefined) return [required(field)];
  const errors = [...validateLabelSelector(selector, field), ...emptySelector(selector, word)];
  const expressions = selector.matchExpressions ?? [];
  if (expressions.some(({ operator }) => !OPERATORS.has(operator))) {
    errors.push(invalid(field, printedSelector(selector), 'invalid label selector'));
  }
  return errors;
}

/** A selector that is there and chooses everything. */
export const emptySelector = (selector: LabelSelector | undefined, word: string): FieldError[] =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
    ? [invalid('spec.selector', printedSelector(selector), `empty selector is invalid for ${word}`)]
    : [];

export function validateTemplateLabels(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): FieldError[] {
  const labels = template?.metadata?.labels;
  return matchesSelector(selector, labels)
    ? []
    : [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')];
}

/** Pods of a workload run forever. */
export function validateTemplateLifetime(template: PodTemplateSpec, kind: string): FieldError[] {
  const path = 'spec.template.spec';
  const policy = template.spec?.restartPolicy ?? '';
  return [
    ...(policy === 'Always' ? [] : [notSupported(`${path}.restartPolicy`, policy, ['Always'])]),
    ...(template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbidden(`${path}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
}

/** The template of a workload whose pods run forever. */
export function validateWorkloadTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): FieldError[] {
  const given = template ?? {};
  return [
    ...validateTemplateLabels(given, selector),
    ...validatePodTemplate(given, 'spec.template'),
    ...validateTemplateLifetime(given, 'ReplicaSet'),
  ];
}

/** A whole number from 0, or a percentage. */
export function validateCountOrPercent(value: IntOrString, field: string): FieldError[] {
  if (typeof value === 'string') return invalidAll(field, value, percentErrors(value));
  return value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** A share of a total that may not be more than all of it. */
export const notAboveAll = (value: IntOrString, field: string): FieldError[] =>
  (percentOf(value) ?? 0) > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];

/** Counts in a status that may not exceed its `replicas`. */
export function notAboveReplicas(status: Readonly<Record<string, unknown>>, names: readonly string[]): FieldError[] {
  const replicas = typeof status['replicas'] === 'number' ? status['replicas'] : 0;
  return names.flatMap((name) => {
    const value = status[name];
    if (typeof value !== 'number' || value <= replicas) return [];
    return [invalid(`status.${name}`, value, 'cannot be greater than status.replicas')];
  });
}

/** Counts in a status that are negative. `names` are words with spaces between. */
export const negativeCounts = (status: object, names: string): FieldError[] =>
  names
    .split(' ')
    .flatMap((name) => notNegative(`status.${name}`, (status as Readonly<Record<string, number | undefined>>)[name]));

/** The count of name collisions only grows. */
export const notDecremented = (next: number | undefined, old: number | undefined): FieldError[] =>
  old !== undefined && (next ?? -1) < old ? [invalid('status.collisionCount', next ?? 0, 'cannot be decremented')] : [];

export const isZero = (value: IntOrString): boolean => value === 0 || percentOf(value) === 0;

/** Warnings about a template, when it is new. */
export const templateWarnings = (
  template: PodTemplateSpec | undefined,
  old: PodTemplateSpec | undefined,
  path = 'spec.template',
): readonly string[] =>
  template?.spec === undefined || template === old ? [] : podSpecWarnings(template.spec, `${path}.spec`);
