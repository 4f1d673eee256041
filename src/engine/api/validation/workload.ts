/** Rules that Deployments and ReplicaSets share. @source kubernetes pkg/apis/apps/validation/validation.go */
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { matchesSelector } from '../label-selector';
import type { LabelSelector, PodTemplateSpec } from '../types';
import { validateLabelSelector } from './label-selector';
import { invalidAll } from './object-meta';
import { validatePodTemplate } from './pod-spec';
import { percentErrors } from '../names';
import { percentOf, type IntOrString } from '../int-or-string';

const OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** The selector of a workload. It must be there and may not be empty. */
export function validateWorkloadSelector(selector: LabelSelector | undefined): FieldError[] {
  const field = 'spec.selector';
  if (selector === undefined) return [required(field)];
  const errors = validateLabelSelector(selector, field);
  const expressions = selector.matchExpressions ?? [];
  if (Object.keys(selector.matchLabels ?? {}).length + expressions.length === 0) {
    errors.push(invalid(field, selector, 'empty selector is invalid for deployment'));
  }
  if (expressions.some(({ operator }) => !OPERATORS.has(operator))) {
    errors.push(invalid(field, selector, 'invalid label selector'));
  }
  return errors;
}

/** The template of a workload whose pods run forever. */
export function validateWorkloadTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): FieldError[] {
  const path = 'spec.template';
  const errors: FieldError[] = [];
  const given = template ?? {};
  const labels = given.metadata?.labels;
  if (!matchesSelector(selector, labels)) {
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'));
  }
  errors.push(...validatePodTemplate(given, path));
  const policy = given.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, policy, ['Always']));
  if (given.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported'),
    );
  }
  return errors;
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
