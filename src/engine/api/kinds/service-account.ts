/** @source kubernetes pkg/registry/core/serviceaccount/strategy.go, pkg/apis/core/validation/validation.go (ValidateServiceAccount) */
import { metadataFields, NAMESPACED_FIELDS, unprepared, type KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import type { ServiceAccount } from '../types';
import { validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

export const serviceAccountRules: KindRules<ServiceAccount> = {
  ...unprepared,
  applyDefaults: (account) => account,
  validate: (account) => validateObjectMeta(account, true, dnsSubdomainErrors),
  validateUpdate: (next, old) => validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
};
