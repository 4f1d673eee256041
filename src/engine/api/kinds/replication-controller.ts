/**
 * ReplicationControllers, and the templates that stand alone.
 *
 * @source kubernetes pkg/registry/core/{replicationcontroller,podtemplate}/strategy.go, pkg/apis/core/v1/defaults.go,
 * pkg/apis/core/validation/validation.go
 */
import { defaultPodTemplate } from '../defaults/pod-spec';
import { invalid, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { metadataFields, NAMESPACED_FIELDS } from '../kind-rules';
import { withChanges, withDefaults } from '../structural-sharing';
import type { PodTemplate, ReplicationController } from '../types';
import { notNegative } from '../validation/object-meta';
import { validatePodTemplate } from '../validation/pod-spec';
import {
  negativeCounts,
  notAboveReplicas,
  templateWarnings,
  validateTemplateLabels,
  validateTemplateLifetime,
} from '../validation/workload';

type Spec = NonNullable<ReplicationController['spec']>;

const NO_SPEC = {} as Spec;
const isEmpty = (map: object | undefined): boolean => Object.keys(map ?? {}).length === 0;

function validateSpec(spec: Spec): FieldError[] {
  const { selector = {}, template } = spec;
  const errors = notNegative('spec.minReadySeconds', spec.minReadySeconds);
  if (isEmpty(selector)) errors.push(required('spec.selector'));
  errors.push(...notNegative('spec.replicas', spec.replicas));
  if (template === undefined) return [...errors, required('spec.template')];
  return [
    ...errors,
    ...(isEmpty(selector) ? [] : validateTemplateLabels(template, { matchLabels: selector })),
    ...validatePodTemplate(template, 'spec.template'),
    ...validateTemplateLifetime(template, 'ReplicationController'),
  ];
}

export const replicationControllerRules = genericRules<ReplicationController>({
  status: { replicas: 0 },
  generation: true,
  applyDefaults(controller) {
    const given = withDefaults(controller.spec ?? NO_SPEC, { replicas: 1 });
    const labels = given.template?.metadata?.labels;
    const spec = withChanges(given, {
      ...(given.template === undefined ? {} : { template: defaultPodTemplate(given.template) }),
      ...(labels !== undefined && isEmpty(given.selector) ? { selector: labels } : {}),
    });
    const inherits = labels !== undefined && isEmpty(controller.metadata.labels);
    return withChanges(controller, {
      spec,
      ...(inherits ? { metadata: { ...controller.metadata, labels } } : {}),
    });
  },
  validate: ({ spec = NO_SPEC }) => validateSpec(spec),
  validateStatusUpdate({ status }) {
    const counts = { ...status } as Readonly<Record<string, unknown>>;
    const available = status?.availableReplicas ?? 0;
    return [
      ...negativeCounts(counts, 'replicas fullyLabeledReplicas readyReplicas availableReplicas observedGeneration'),
      ...notAboveReplicas(counts, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
      ...(available > (status?.readyReplicas ?? 0)
        ? [invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas')]
        : []),
    ];
  },
  selectableFields: [...NAMESPACED_FIELDS, 'status.replicas'],
  fields: (controller) => ({
    ...metadataFields(controller),
    'status.replicas': String(controller.status?.replicas ?? 0),
  }),
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
});

export const podTemplateRules = genericRules<PodTemplate>({
  generation: true,
  applyDefaults: (object) => withChanges(object, { template: defaultPodTemplate(object.template ?? {}) }),
  validate: ({ template = {} }) => validatePodTemplate(template, 'template'),
  warnings: ({ template }, old) => templateWarnings(template, old?.template, 'template'),
});
