/** @source kubernetes pkg/registry/coordination/lease/strategy.go, pkg/apis/coordination/validation/validation.go */
import { invalid, type FieldError } from '../field-error';
import { metadataFields, NAMESPACED_FIELDS, unprepared, type KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import type { Lease } from '../types';
import { notNegative, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

function validateSpec({ spec }: Lease): FieldError[] {
  const seconds = spec?.leaseDurationSeconds;
  const errors =
    seconds !== undefined && seconds <= 0
      ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : [];
  return [...errors, ...notNegative('spec.leaseTransitions', spec?.leaseTransitions)];
}

export const leaseRules: KindRules<Lease> = {
  ...unprepared,
  applyDefaults: (lease) => lease,
  validate: (lease) => [...validateObjectMeta(lease, true, dnsSubdomainErrors), ...validateSpec(lease)],
  validateUpdate: (next, old) => [...validateMetaForUpdate(next, old, true, dnsSubdomainErrors), ...validateSpec(next)],
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
};
