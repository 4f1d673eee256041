/** @source kubernetes pkg/registry/apps/replicaset/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go */
import { defaultPodTemplate } from '../defaults/pod-spec';
import type { FieldError } from '../field-error';
import {
  metadataFields,
  NAMESPACED_FIELDS,
  nextGeneration,
  statusOnly,
  withGeneration,
  withStatusOf,
  type KindRules,
} from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { withChanges, withDefaults } from '../structural-sharing';
import type { ReplicaSet } from '../types';
import { selectorKept } from '../validation/label-selector';
import { notNegative, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import {
  notAboveReplicas,
  templateWarnings,
  validateWorkloadSelector,
  validateWorkloadTemplate,
} from '../validation/workload';

type Spec = ReplicaSet['spec'];

const validateSpec = (spec: Spec): FieldError[] => [
  ...notNegative('spec.replicas', spec.replicas),
  ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...validateWorkloadSelector(spec.selector),
  ...validateWorkloadTemplate(spec.template, spec.selector),
];

const NO_SPEC = {} as Spec;

export const replicaSetRules: KindRules<ReplicaSet> = {
  applyDefaults(replicaSet) {
    const spec = withDefaults(replicaSet.spec ?? NO_SPEC, { replicas: 1 });
    return withChanges(replicaSet, { spec: withChanges(spec, { template: defaultPodTemplate(spec.template ?? {}) }) });
  },
  prepareForCreate: (replicaSet) => withGeneration({ ...replicaSet, status: { replicas: 0 } }, 1),
  prepareForUpdate: (next, old) => withGeneration(withStatusOf(next, old), nextGeneration(next, old)),
  prepareForStatusUpdate: statusOnly,
  validate: (replicaSet) => [
    ...validateObjectMeta(replicaSet, true, dnsSubdomainErrors),
    ...validateSpec(replicaSet.spec),
  ],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...(next.spec === old.spec ? [] : validateSpec(next.spec)),
    ...selectorKept(next.spec.selector, old.spec.selector),
  ],
  validateStatusUpdate: (next) =>
    notAboveReplicas({ ...next.status }, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
  warnings: ({ spec }, old) => templateWarnings(spec.template, old?.spec.template),
};
