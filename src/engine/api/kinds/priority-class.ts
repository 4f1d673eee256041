/** @source kubernetes pkg/registry/scheduling/priorityclass/strategy.go, pkg/apis/scheduling/validation/validation.go */
import { forbidden, notSupported, required, type FieldError } from '../field-error';
import { CLUSTER_FIELDS, metadataFields, withGeneration, type KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { withDefaults } from '../structural-sharing';
import type { PriorityClass } from '../types';
import { immutable, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

const MAX_USER_PRIORITY = 1_000_000_000;
const POLICIES = ['PreemptLowerPriority', 'Never'] as const;

/** The two classes that every cluster has. */
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function validateValue({ metadata, value }: PriorityClass): FieldError[] {
  const name = metadata.name ?? '';
  if (name.startsWith('system-')) {
    if (SYSTEM_PRIORITIES[name] === value) return [];
    const why = Object.hasOwn(SYSTEM_PRIORITIES, name)
      ? `value of ${name} PriorityClass must be ${SYSTEM_PRIORITIES[name]}`
      : `${name} is not a known system priority class`;
    const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
    return [forbidden('metadata.name', detail)];
  }
  return value > MAX_USER_PRIORITY
    ? [forbidden('value', `maximum allowed value of a user defined priority is ${MAX_USER_PRIORITY}`)]
    : [];
}

function validatePolicy(policy: string | undefined): FieldError[] {
  if (policy === undefined || policy === '') return [required('preemptionPolicy')];
  return (POLICIES as readonly string[]).includes(policy) ? [] : [notSupported('preemptionPolicy', policy, POLICIES)];
}

export const priorityClassRules: KindRules<PriorityClass> = {
  applyDefaults: (priorityClass) => withDefaults(priorityClass, { preemptionPolicy: 'PreemptLowerPriority', value: 0 }),
  prepareForCreate: (priorityClass) => withGeneration(priorityClass, 1),
  prepareForUpdate: (next) => next,
  prepareForStatusUpdate: (_next, old) => old,
  validate: (priorityClass) => [
    ...validateObjectMeta(priorityClass, false, dnsSubdomainErrors),
    ...validateValue(priorityClass),
    ...validatePolicy(priorityClass.preemptionPolicy),
  ],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, false, dnsSubdomainErrors),
    ...(next.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', next.preemptionPolicy, old.preemptionPolicy),
  ],
  selectableFields: CLUSTER_FIELDS,
  fields: metadataFields,
};
