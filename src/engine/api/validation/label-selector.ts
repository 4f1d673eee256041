/** @source kubernetes apimachinery/pkg/apis/meta/v1/validation/validation.go */
import { forbidden, goStruct, invalid, required, type FieldError } from '../field-error';
import { semanticEqual, sortedKeys } from '../json';
import { labelKeyErrors, labelValueErrors } from '../names';
import type { LabelSelector } from '../types';
import { invalidAll, validateLabels } from './object-meta';

/** A selector as errors print it: a Go struct whose fields have their JSON names. */
export const printedSelector = ({ matchLabels, matchExpressions }: LabelSelector): unknown =>
  goStruct({
    ...(matchLabels === undefined
      ? {}
      : { matchLabels: Object.fromEntries(sortedKeys(matchLabels).map((key) => [key, matchLabels[key]])) }),
    ...(matchExpressions === undefined ? {} : { matchExpressions }),
  });

/** A selector of a workload is for ever. */
export const selectorKept = (next: LabelSelector | undefined, old: LabelSelector | undefined): FieldError[] =>
  semanticEqual(next, old)
    ? []
    : [invalid('spec.selector', next === undefined ? null : printedSelector(next), 'field is immutable')];

/** Rules of a LabelSelector object. */
export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, expression] of (selector.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${index}]`;
    const values = expression.values ?? [];
    switch (expression.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0)
          errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) {
          errors.push(
            forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
          );
        }
        break;
      default:
        errors.push(invalid(`${path}.operator`, expression.operator ?? '', 'not a valid selector operator'));
    }
    errors.push(...invalidAll(`${path}.key`, expression.key ?? '', labelKeyErrors(expression.key ?? '')));
    for (const [at, value] of values.entries()) {
      errors.push(...invalidAll(`${path}.values[${at}]`, value, labelValueErrors(value)));
    }
  }
  return errors;
}
