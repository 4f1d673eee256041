/** Rules of tolerations and taints. @source kubernetes pkg/apis/core/validation/validation.go */
import { duplicate, goInternal, type GoShape, invalid, notSupported, required, type FieldError } from '../field-error';
import { labelKeyErrors, labelValueErrors } from '../names';
import type { Taint, Toleration } from '../types';
import { invalidAll } from './object-meta';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

function validateEffect(effect: string | undefined, allowEmpty: boolean, field: string): FieldError[] {
  if (!effect) return allowEmpty ? [] : [required(field)];
  return (EFFECTS as readonly string[]).includes(effect) ? [] : [notSupported(field, effect, EFFECTS)];
}

export function validateTolerations(tolerations: readonly Toleration[] | undefined, path: string): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, index) => {
    const field = `${path}[${index}]`;
    const { key, operator, value, effect } = toleration;
    const errors: FieldError[] = [];
    if (key) errors.push(...invalidAll(`${field}.key`, key, labelKeyErrors(key)));
    if (!key && operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${field}.operator`, operator ?? '', detail));
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        invalid(`${field}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    }
    switch ((operator ?? '') as string) {
      case '':
      case 'Equal':
        errors.push(...invalidAll(`${field}.operator`, value ?? '', labelValueErrors(value ?? '')));
        break;
      case 'Exists':
        if (value) errors.push(invalid(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
        break;
      default:
        errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
    }
    return [...errors, ...validateEffect(effect, true, `${field}.effect`)];
  });
}

const TAINT: GoShape = { Key: '', Value: '', Effect: '', TimeAdded: null };

export function validateTaints(taints: readonly Taint[] | undefined, path: string): FieldError[] {
  const seen = new Set<string>();
  return (taints ?? []).flatMap((taint, index) => {
    const field = `${path}[${index}]`;
    const errors = invalidAll(`${field}.key`, taint.key, labelKeyErrors(taint.key));
    errors.push(...invalidAll(`${field}.value`, taint.value ?? '', labelValueErrors(taint.value ?? '')));
    errors.push(...validateEffect(taint.effect, false, `${field}.effect`));
    const id = `${taint.key}=${taint.effect}`;
    if (seen.has(id))
      errors.push(duplicate(field, goInternal(taint, TAINT), 'taints must be unique by key and effect pair'));
    seen.add(id);
    return errors;
  });
}
