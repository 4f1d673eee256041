/** @source kubernetes pkg/registry/apps/statefulset/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go */
import { defaultPodTemplate } from '../defaults/pod-spec';
import { forbidden, goStruct, invalid, notSupported, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { semanticEqual } from '../json';
import { dnsLabelErrors } from '../names';
import { mapShared, withChanges, withDefaults, without } from '../structural-sharing';
import type { StatefulSet } from '../types';
import { invalidAll, notNegative, validateAnnotations, validateLabels } from '../validation/object-meta';
import {
  negativeCounts,
  notAboveReplicas,
  notDecremented,
  templateWarnings,
  validateTemplateLabels,
  validateTemplateLifetime,
  validateWorkloadSelector,
} from '../validation/workload';

type Spec = NonNullable<StatefulSet['spec']>;
type Strategy = NonNullable<Spec['updateStrategy']>;
type Claim = NonNullable<Spec['volumeClaimTemplates']>[number];

const NO_SPEC = {} as Spec;
const RETENTION = ['Retain', 'Delete'] as const;
const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

function defaultStrategy(given: Strategy): Strategy {
  const strategy =
    given.type === undefined ? withDefaults<Strategy>(given, { type: 'RollingUpdate', rollingUpdate: {} }) : given;
  if (strategy.type !== 'RollingUpdate' || strategy.rollingUpdate === undefined) return strategy;
  return withChanges(strategy, { rollingUpdate: withDefaults(strategy.rollingUpdate, { partition: 0 }) });
}

const defaultClaim = (claim: Claim): Claim =>
  withChanges(withDefaults<Claim>(claim, { kind: 'PersistentVolumeClaim', apiVersion: 'v1' }), {
    spec: withDefaults(claim.spec ?? {}, { volumeMode: 'Filesystem' }),
    status: withDefaults(claim.status ?? {}, { phase: 'Pending' }),
  });

/** `maxUnavailable` belongs to a gate that is off: it is dropped unless it was stored already. */
function withoutGated(set: StatefulSet, old?: StatefulSet): StatefulSet {
  const strategy = set.spec?.updateStrategy;
  const rolling = strategy?.rollingUpdate;
  if (rolling?.maxUnavailable === undefined) return set;
  if (old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return set;
  const updateStrategy = { ...strategy, rollingUpdate: without(rolling, 'maxUnavailable') };
  return { ...set, spec: { ...(set.spec ?? NO_SPEC), updateStrategy } };
}

function validateStrategy({ type, rollingUpdate }: Strategy): FieldError[] {
  const path = 'spec.updateStrategy';
  const rolling =
    rollingUpdate === undefined
      ? null
      : { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
  switch (type ?? '') {
    case '':
      return [required(path)];
    case 'RollingUpdate':
      return notNegative(`${path}.rollingUpdate.partition`, rollingUpdate?.partition);
    case 'OnDelete': {
      if (rolling === null) return [];
      return [invalid(`${path}.rollingUpdate`, goStruct(rolling), "only allowed for updateStrategy 'RollingUpdate'")];
    }
    default: {
      const value = goStruct({ Type: type, RollingUpdate: rolling });
      return [invalid(path, value, "must be 'RollingUpdate' or 'OnDelete'")];
    }
  }
}

/** Containers and volumes of the template are not looked at: only the pods that are made of it are. */
function validateSpec(spec: Spec): FieldError[] {
  const policy = spec.podManagementPolicy ?? '';
  const errors: FieldError[] = [];
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...validateStrategy(spec.updateStrategy ?? {}));
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[name] ?? 'Retain';
    if (!(RETENTION as readonly string[]).includes(value))
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${name}`, value, RETENTION));
  }
  const { template } = spec;
  return [
    ...errors,
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.ordinals.start', spec.ordinals?.start),
    ...validateWorkloadSelector(spec.selector, 'statefulset'),
    ...validateTemplateLabels(template, spec.selector),
    ...validateLabels(template.metadata?.labels, 'spec.template.labels'),
    ...validateAnnotations(template.metadata?.annotations, 'spec.template.annotations'),
    ...validateTemplateLifetime(template, 'StatefulSet'),
  ];
}

export const statefulSetRules = genericRules<StatefulSet>({
  name: dnsLabelErrors,
  status: { replicas: 0, availableReplicas: 0 },
  generation: true,
  applyDefaults(set) {
    const spec = withDefaults(set.spec ?? NO_SPEC, {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
    });
    const { updateStrategy, persistentVolumeClaimRetentionPolicy: retention, volumeClaimTemplates: claims } = spec;
    return withChanges(set, {
      spec: withChanges(spec, {
        updateStrategy: defaultStrategy(updateStrategy ?? {}),
        persistentVolumeClaimRetentionPolicy: withDefaults(retention ?? {}, {
          whenDeleted: 'Retain',
          whenScaled: 'Retain',
        }),
        template: defaultPodTemplate(spec.template ?? {}),
        ...(claims === undefined ? {} : { volumeClaimTemplates: mapShared(claims, defaultClaim) }),
      }),
    });
  },
  prepareForCreate: (set) => withoutGated(set),
  prepareForUpdate: withoutGated,
  validate: ({ spec = NO_SPEC }) => validateSpec(spec),
  validateCreate: ({ spec = NO_SPEC }) =>
    spec.serviceName ? invalidAll('spec.serviceName', spec.serviceName, dnsLabelErrors(spec.serviceName)) : [],
  validateUpdate: (next, old) =>
    semanticEqual(without(next.spec ?? NO_SPEC, ...CHANGEABLE), without(old.spec ?? NO_SPEC, ...CHANGEABLE))
      ? []
      : [
          forbidden(
            'spec',
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ],
  validateStatusUpdate(next, old) {
    const status = { ...next.status } as Readonly<Record<string, unknown>>;
    const ready = next.status?.readyReplicas ?? 0;
    const available = next.status?.availableReplicas ?? 0;
    return [
      ...negativeCounts(
        status,
        'replicas readyReplicas currentReplicas updatedReplicas availableReplicas observedGeneration collisionCount',
      ),
      ...notAboveReplicas(status, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']),
      ...(available > ready
        ? [invalid('status.availableReplicas', available, 'cannot be greater than status.readyReplicas')]
        : []),
      ...notDecremented(next.status?.collisionCount, old.status?.collisionCount),
    ];
  },
  warnings: ({ spec = NO_SPEC }, old) => [
    ...templateWarnings(spec.template, old?.spec?.template),
    ...((spec.revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
});
