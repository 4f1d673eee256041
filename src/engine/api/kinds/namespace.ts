/** @source kubernetes pkg/registry/core/namespace/strategy.go, pkg/apis/core/validation/validation.go (ValidateNamespace) */
import type { FieldError } from '../field-error';
import { invalid } from '../field-error';
import { metadataFields, statusOnly, withStatusOf, type KindRules } from '../kind-rules';
import { dnsLabelErrors, labelKeyErrors } from '../names';
import { withChanges } from '../structural-sharing';
import type { Namespace } from '../types';
import { invalidAll, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

const NAME_LABEL = 'kubernetes.io/metadata.name';

const validateFinalizers = (namespace: Namespace): FieldError[] =>
  (namespace.spec?.finalizers ?? []).flatMap((finalizer) =>
    invalidAll('spec.finalizers', finalizer, labelKeyErrors(finalizer)),
  );

export const namespaceRules: KindRules<Namespace> = {
  applyDefaults(namespace) {
    const { metadata } = namespace;
    if (!metadata.name || metadata.labels?.[NAME_LABEL] === metadata.name) return namespace;
    return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } };
  },
  prepareForCreate(namespace) {
    const finalizers = namespace.spec?.finalizers ?? [];
    return {
      ...namespace,
      spec: {
        ...namespace.spec,
        finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'],
      },
      status: { phase: 'Active' },
    };
  },
  prepareForUpdate(next, old) {
    return withStatusOf(
      withChanges(next, { spec: withChanges(next.spec ?? {}, { finalizers: old.spec.finalizers }) }),
      old,
    );
  },
  prepareForStatusUpdate: statusOnly,
  validate: (namespace) => [...validateObjectMeta(namespace, false, dnsLabelErrors), ...validateFinalizers(namespace)],
  validateUpdate: (next, old) => validateMetaForUpdate(next, old, false, dnsLabelErrors),
  validateStatusUpdate(next) {
    const phase = next.status?.phase;
    if (next.metadata.deletionTimestamp === undefined) {
      return phase === 'Active'
        ? []
        : [invalid('status.Phase', phase ?? '', "may only be 'Active' if `deletionTimestamp` is empty")];
    }
    return phase === 'Terminating'
      ? []
      : [invalid('status.Phase', phase ?? '', "may only be 'Terminating' if `deletionTimestamp` is not empty")];
  },
  selectableFields: ['metadata.name', 'status.phase', 'name'],
  fields: (namespace) => ({
    ...metadataFields(namespace),
    'status.phase': namespace.status?.phase ?? '',
    name: namespace.metadata.name,
  }),
};
