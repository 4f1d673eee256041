/** @source kubernetes pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/v1/{conversion,defaults}.go, pkg/apis/apps/validation/validation.go */
import { defaultPodTemplate } from '../defaults/pod-spec';
import { goStruct, invalid, notSupported, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { semanticEqual } from '../json';
import { withChanges, withDefaults } from '../structural-sharing';
import type { DaemonSet } from '../types';
import { selectorKept, validateLabelSelector } from '../validation/label-selector';
import { notNegative } from '../validation/object-meta';
import { validatePodTemplate } from '../validation/pod-spec';
import {
  emptySelector,
  isZero,
  negativeCounts,
  notAboveAll,
  notDecremented,
  templateWarnings,
  validateCountOrPercent,
  validateTemplateLabels,
  validateTemplateLifetime,
} from '../validation/workload';

type Spec = NonNullable<DaemonSet['spec']>;
type Strategy = NonNullable<Spec['updateStrategy']>;

const NO_SPEC = {} as Spec;
const STRATEGIES = ['RollingUpdate', 'OnDelete'] as const;
/** The count of changes of the template, which apps/v1 has no field for. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function defaultStrategy(given: Strategy): Strategy {
  const strategy = withDefaults(given, { type: 'RollingUpdate' });
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withChanges(strategy, {
    rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 }),
  });
}

function templateGeneration({ metadata }: DaemonSet): number {
  const count = Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  return Number.isSafeInteger(count) && count >= 1 ? count : 1;
}

const withTemplateGeneration = (set: DaemonSet, count: number): DaemonSet =>
  set.metadata.annotations?.[TEMPLATE_GENERATION] === String(count)
    ? set
    : {
        ...set,
        metadata: {
          ...set.metadata,
          annotations: { ...set.metadata.annotations, [TEMPLATE_GENERATION]: String(count) },
        },
      };

function validateStrategy({ type, rollingUpdate }: Strategy): FieldError[] {
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [notSupported(path, goStruct({ Type: type ?? '', RollingUpdate: rollingUpdate ?? null }), STRATEGIES)];
  const unavailable = rollingUpdate?.maxUnavailable ?? 0;
  const surge = rollingUpdate?.maxSurge ?? 0;
  const [unavailableField, surgeField] = [`${path}.rollingUpdate.maxUnavailable`, `${path}.rollingUpdate.maxSurge`];
  const errors = [
    ...validateCountOrPercent(unavailable, unavailableField),
    ...validateCountOrPercent(surge, surgeField),
    ...notAboveAll(unavailable, unavailableField),
    ...notAboveAll(surge, surgeField),
  ];
  if (isZero(unavailable) && isZero(surge)) errors.push(required(unavailableField, 'cannot be 0 when maxSurge is 0'));
  else if (!isZero(unavailable) && !isZero(surge))
    errors.push(invalid(surgeField, surge, 'may not be set when maxUnavailable is non-zero'));
  return errors;
}

const validateSpec = ({ template, selector, ...spec }: Spec): FieldError[] => [
  ...validateLabelSelector(selector, 'spec.selector'),
  ...validateTemplateLabels(template, selector),
  ...emptySelector(selector, 'daemonset'),
  ...validatePodTemplate(template, 'spec.template'),
  ...validateTemplateLifetime(template, 'DaemonSet'),
  ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...validateStrategy(spec.updateStrategy ?? {}),
  ...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
];

export const daemonSetRules = genericRules<DaemonSet>({
  status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  generation: true,
  applyDefaults(set) {
    const spec = withDefaults(set.spec ?? NO_SPEC, { revisionHistoryLimit: 10 });
    return withChanges(set, {
      spec: withChanges(spec, {
        updateStrategy: defaultStrategy(spec.updateStrategy ?? {}),
        template: defaultPodTemplate(spec.template ?? {}),
      }),
    });
  },
  prepareForCreate: (set) => withTemplateGeneration(set, templateGeneration(set)),
  prepareForUpdate(next, old) {
    const same = next.spec === old.spec || semanticEqual(next.spec?.template, old.spec?.template);
    return withTemplateGeneration(next, templateGeneration(old) + (same ? 0 : 1));
  },
  validate: ({ spec = NO_SPEC }) => validateSpec(spec),
  validateUpdate: (next, old) => selectorKept(next.spec?.selector, old.spec?.selector),
  validateStatusUpdate: (next, old) => [
    ...negativeCounts(
      { ...next.status },
      'currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady observedGeneration updatedNumberScheduled numberAvailable numberUnavailable collisionCount',
    ),
    ...notDecremented(next.status?.collisionCount, old.status?.collisionCount),
  ],
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
});
