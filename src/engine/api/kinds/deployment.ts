/** @source kubernetes pkg/registry/apps/deployment/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go */
import { defaultPodTemplate } from '../defaults/pod-spec';
import { forbidden, goStruct, invalid, notSupported, type FieldError } from '../field-error';
import { semanticEqual } from '../json';
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
import type { Deployment } from '../types';
import { selectorKept } from '../validation/label-selector';
import { notNegative, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import {
  isZero,
  notAboveAll,
  notAboveReplicas,
  notDecremented,
  templateWarnings,
  validateCountOrPercent,
  validateWorkloadSelector,
  validateWorkloadTemplate,
} from '../validation/workload';

type Spec = Deployment['spec'];
type Strategy = NonNullable<Spec['strategy']>;

const STRATEGIES = ['Recreate', 'RollingUpdate'] as const;

function defaultStrategy(strategy: Strategy): Strategy {
  const typed = withDefaults(strategy, { type: 'RollingUpdate' });
  if (typed.type !== 'RollingUpdate') return typed;
  return withChanges(typed, {
    rollingUpdate: withDefaults(typed.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' }),
  });
}

function validateStrategy(strategy: Strategy): FieldError[] {
  const path = 'spec.strategy';
  const type = strategy.type ?? '';
  if (!(STRATEGIES as readonly string[]).includes(type)) {
    const value = goStruct({ Type: type, RollingUpdate: strategy.rollingUpdate ?? null });
    return [notSupported(path, value, STRATEGIES)];
  }
  const { rollingUpdate } = strategy;
  if (type === 'Recreate') {
    return rollingUpdate === undefined
      ? []
      : [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  const field = `${path}.rollingUpdate`;
  const maxUnavailable = rollingUpdate?.maxUnavailable ?? 0;
  const maxSurge = rollingUpdate?.maxSurge ?? 0;
  const errors = [
    ...validateCountOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...validateCountOrPercent(maxSurge, `${field}.maxSurge`),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...notAboveAll(maxUnavailable, `${field}.maxUnavailable`)];
}

function validateSpec(spec: Spec): FieldError[] {
  const minReady = spec.minReadySeconds ?? 0;
  const deadline = spec.progressDeadlineSeconds;
  const errors = [
    ...notNegative('spec.replicas', spec.replicas),
    ...validateWorkloadSelector(spec.selector),
    ...validateWorkloadTemplate(spec.template, spec.selector),
    ...validateStrategy(spec.strategy ?? {}),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...notNegative('spec.progressDeadlineSeconds', deadline),
  ];
  if (deadline !== undefined && deadline <= minReady) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

const NO_SPEC = {} as Spec;

export const deploymentRules: KindRules<Deployment> = {
  applyDefaults(deployment) {
    const spec = withDefaults(deployment.spec ?? NO_SPEC, {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    return withChanges(deployment, {
      spec: withChanges(spec, {
        strategy: defaultStrategy(spec.strategy ?? {}),
        template: defaultPodTemplate(spec.template ?? {}),
      }),
    });
  },
  prepareForCreate: (deployment) => withGeneration({ ...deployment, status: {} }, 1),
  prepareForUpdate(next, old) {
    const annotationsChanged = !semanticEqual(next.metadata.annotations, old.metadata.annotations);
    return withGeneration(withStatusOf(next, old), nextGeneration(next, old, annotationsChanged));
  },
  /** Annotations come along: the controller notes the revision so. @source kubernetes pkg/registry/apps/deployment/strategy.go */
  prepareForStatusUpdate: (next, old) => {
    const { annotations } = next.metadata;
    const kept = statusOnly(next, old);
    return annotations === undefined ? kept : { ...kept, metadata: { ...kept.metadata, annotations } };
  },
  validate: (deployment) => [
    ...validateObjectMeta(deployment, true, dnsSubdomainErrors),
    ...validateSpec(deployment.spec),
  ],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...(next.spec === old.spec ? [] : validateSpec(next.spec)),
    ...selectorKept(next.spec.selector, old.spec.selector),
  ],
  validateStatusUpdate(next, old) {
    const status = next.status ?? {};
    return [
      ...notAboveReplicas({ ...status }, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
      ...notDecremented(status.collisionCount, old.status?.collisionCount),
    ];
  },
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
  warnings: ({ spec }, old) => templateWarnings(spec.template, old?.spec.template),
};
