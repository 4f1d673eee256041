/**
 * What is wrong with the arguments of plug-ins, in the words of upstream.
 *
 * @source kubernetes pkg/scheduler/apis/config/validation/validation_pluginargs.go, component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
import { type FieldError, duplicate, forbidden, invalid, notSupported, required } from '#engine/api/field-error';
import { labelKeyErrors, labelValueErrors } from '#engine/api/names';
import type { NodeAffinity, NodeSelectorTerm } from '#engine/api/node-selector';
import type { ScoringStrategyArgs } from './configuration';
import type { DefaultConstraint, ShapePoint } from './profile';

type Args = Readonly<Record<string, unknown>>;
type Resources = ScoringStrategyArgs['resources'];

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;
const MAX_WEIGHT = 100;
const MAX_SHAPE_SCORE = 10;

/** By the plug-in that they are checked for when the file is read; those of NodeResourcesFit are when it starts. */
export const ARGUMENT_ERRORS: Readonly<Record<string, (args: Args, at: string) => readonly FieldError[]>> = {
  DefaultPreemption: preemptionErrors,
  InterPodAffinity: ({ hardPodAffinityWeight = 1 }, at) =>
    within(`${at}.hardPodAffinityWeight`, hardPodAffinityWeight as number, MAX_WEIGHT),
  NodeAffinity: ({ addedAffinity }, at) => affinityErrors(addedAffinity as NodeAffinity | undefined, at),
  NodeResourcesBalancedAllocation: ({ resources }, at) => balancedErrors(resources as Resources, `${at}.resources`),
  PodTopologySpread: spreadErrors,
  VolumeBinding: ({ bindTimeoutSeconds, shape }, at) => [
    ...((bindTimeoutSeconds as number | undefined) !== undefined && (bindTimeoutSeconds as number) < 0
      ? [
          invalid(
            `${at}.bindTimeoutSeconds`,
            bindTimeoutSeconds,
            'invalid BindTimeoutSeconds, should not be a negative value',
          ),
        ]
      : []),
    ...(shape === undefined
      ? []
      : [
          invalid(
            `${at}.shape`,
            shape,
            'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring',
          ),
        ]),
  ],
};

const within = (at: string, value: number, most: number): FieldError[] =>
  value >= 0 && value <= most ? [] : [invalid(at, value, `not in valid range [0, ${most}]`)];

function preemptionErrors(args: Args, at: string): readonly FieldError[] {
  const { minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 } = args as {
    minCandidateNodesPercentage?: number;
    minCandidateNodesAbsolute?: number;
  };
  const errors = within(`${at}.minCandidateNodesPercentage`, percentage, 100);
  if (absolute < 0) errors.push(invalid(`${at}.minCandidateNodesAbsolute`, absolute, 'not in valid range [0, inf)'));
  if (percentage === 0 && absolute === 0) {
    const detail = 'cannot be zero at the same time as';
    errors.push(
      invalid(`${at}.minCandidateNodesPercentage`, 0, `${detail} minCandidateNodesAbsolute`),
      invalid(`${at}.minCandidateNodesAbsolute`, 0, `${detail} minCandidateNodesPercentage`),
    );
  }
  return errors;
}

function spreadErrors(args: Args, at: string): readonly FieldError[] {
  const { defaultingType = 'System', defaultConstraints = [] } = args as {
    defaultingType?: string;
    defaultConstraints?: readonly Partial<DefaultConstraint & { readonly labelSelector: unknown }>[];
  };
  const errors: FieldError[] = [];
  if (defaultingType !== 'System' && defaultingType !== 'List') {
    errors.push(notSupported(`${at}.defaultingType`, defaultingType, ['System', 'List']));
  } else if (defaultingType === 'System' && defaultConstraints.length > 0) {
    errors.push(invalid(`${at}.defaultingType`, defaultingType, 'when .defaultConstraints are not empty'));
  }
  for (const [i, constraint] of defaultConstraints.entries()) {
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint;
    const place = `${at}.defaultConstraints[${i}]`;
    if (maxSkew <= 0) errors.push(invalid(`${place}.maxSkew`, maxSkew, 'not in valid range (0, inf)'));
    if (topologyKey === '') errors.push(required(`${place}.topologyKey`, 'can not be empty'));
    else errors.push(...nameErrors(topologyKey, `${place}.topologyKey`));
    if (whenUnsatisfiable === '') errors.push(required(`${place}.whenUnsatisfiable`, 'can not be empty'));
    else if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      const supported = ['DoNotSchedule', 'ScheduleAnyway'];
      errors.push(notSupported(`${place}.whenUnsatisfiable`, whenUnsatisfiable, supported));
    }
    if (labelSelector !== undefined) {
      const detail = 'constraint must not define a selector, as they deduced for each pod';
      errors.push(forbidden(`${place}.labelSelector`, detail));
    }
    const isRepeated = defaultConstraints
      .slice(0, i)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated) errors.push(duplicate(place, `{${topologyKey}, ${whenUnsatisfiable}}`));
  }
  return errors;
}

function balancedErrors(resources: Resources = [], at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { name, weight = 1 }] of resources.entries()) {
    if (seen.has(name)) errors.push(duplicate(`${at}[${i}].name`, name));
    seen.add(name);
    if (weight !== 1) errors.push(invalid(`${at}[${i}].weight`, weight, 'must be 1'));
  }
  return errors;
}

const nameErrors = (name: string, at: string): readonly FieldError[] =>
  labelKeyErrors(name).map((error) => invalid(at, name, error));

/** Of NodeResourcesFit. */
export function fitErrors(args: Args): readonly FieldError[] {
  const {
    ignoredResources = [],
    ignoredResourceGroups = [],
    scoringStrategy,
  } = args as {
    ignoredResources?: readonly string[];
    ignoredResourceGroups?: readonly string[];
    scoringStrategy?: ScoringStrategyArgs;
  };
  return [
    ...ignoredResources.flatMap((name, i) => nameErrors(name, `ignoredResources[${i}]`)),
    ...ignoredResourceGroups.flatMap((group, i) => {
      const at = `ignoredResourceGroups[${i}]`;
      const slash = group.includes('/') ? [invalid(at, group, "resource group name can't contain '/'")] : [];
      return [...slash, ...nameErrors(group, at)];
    }),
    ...(scoringStrategy === undefined ? [] : strategyErrors(scoringStrategy, 'scoringStrategy')),
  ];
}

function strategyErrors(strategy: ScoringStrategyArgs, at: string): readonly FieldError[] {
  const { type = '', resources = [], requestedToCapacityRatio: ratio } = strategy;
  const errors: FieldError[] = [];
  if (!STRATEGIES.some((known) => known === type)) errors.push(notSupported(`${at}.type`, type, STRATEGIES));
  for (const [i, { name, weight = 1 }] of resources.entries()) {
    if (weight > 0 && weight <= MAX_WEIGHT) continue;
    const detail = `resource weight of ${name} not in valid range (0, 100]`;
    errors.push(invalid(`${at}.resources[${i}].weight`, weight, detail));
  }
  const place = `${at}.requestedToCapacityRatio`;
  if (type !== 'RequestedToCapacityRatio') {
    if (ratio !== undefined) errors.push(forbidden(place, 'must be nil when type is not RequestedToCapacityRatio'));
  } else if (ratio === undefined) {
    errors.push(required(place, 'must be specified when type is RequestedToCapacityRatio'));
  } else errors.push(...shapeErrors(ratio.shape ?? [], `${place}.shape`));
  return errors;
}

function shapeErrors(shape: readonly ShapePoint[], at: string): readonly FieldError[] {
  if (shape.length === 0) return [required(at, 'at least one point must be specified')];
  const errors: FieldError[] = [];
  const unsorted = shape.findIndex(({ utilization }, i) => i > 0 && shape[i - 1]!.utilization >= utilization);
  if (unsorted > 0) {
    const detail = 'values must be sorted in increasing order';
    errors.push(invalid(`${at}[${unsorted}].utilization`, shape[unsorted]!.utilization, detail));
  }
  for (const [i, { utilization, score }] of shape.entries()) {
    errors.push(...within(`${at}[${i}].utilization`, utilization, 100));
    errors.push(...within(`${at}[${i}].score`, score, MAX_SHAPE_SCORE));
  }
  return errors;
}

function affinityErrors(affinity: NodeAffinity | undefined, at: string): readonly FieldError[] {
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const place = `${at}.addedAffinity`;
  return [
    ...terms.flatMap((term, i) =>
      termErrors(term, `${place}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...preferred.flatMap(({ preference }, i) =>
      termErrors(preference, `${place}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`),
    ),
  ];
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

function termErrors({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, at: string): readonly FieldError[] {
  return [
    ...matchExpressions.flatMap(({ key, operator, values = [] }, i) =>
      requirementErrors(key, operator, values, `${at}.matchExpressions[${i}]`),
    ),
    ...matchFields.flatMap(({ operator, values = [] }, i): readonly FieldError[] => {
      const place = `${at}.matchFields[${i}]`;
      if (operator !== 'In' && operator !== 'NotIn') {
        return [notSupported(`${place}.operator`, operator, ['In', 'NotIn'])];
      }
      return values.length === 1 ? [] : [invalid(`${place}.values`, values, 'must have one element')];
    }),
  ];
}

function requirementErrors(
  key: string,
  operator: string,
  values: readonly string[],
  at: string,
): readonly FieldError[] {
  if (!OPERATORS.includes(operator)) return [notSupported(`${at}.operator`, operator, OPERATORS)];
  const keyErrors = labelKeyErrors(key);
  const errors = keyErrors.length === 0 ? [] : [invalid(`${at}.key`, key, keyErrors.join('; '))];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(invalid(`${at}.values`, values, "for 'in', 'notin' operators, values set can't be empty"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(invalid(`${at}.values`, values, 'values set must be empty for exists and does not exist'));
    }
  } else if (values.length !== 1) {
    errors.push(invalid(`${at}.values`, values, "for 'Gt', 'Lt' operators, exactly one value is required"));
  } else if (!/^[+-]?[0-9]{1,19}$/.test(values[0]!)) {
    errors.push(invalid(`${at}.values[0]`, values[0], "for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (const [i, value] of values.entries()) {
    const valueErrors = labelValueErrors(value);
    if (valueErrors.length > 0) errors.push(invalid(`${at}.values[${i}]`, value, valueErrors.join('; ')));
  }
  return errors;
}
