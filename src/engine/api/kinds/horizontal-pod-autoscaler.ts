/** @source kubernetes pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go, pkg/apis/autoscaling/{v2/defaults,validation/validation}.go */
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { deepEqual } from '../json';
import { dnsLabelErrors, pathSegmentErrors } from '../names';
import { canonicalQuantity, compareQuantities, type Quantity } from '../quantity';
import { withChanges, withDefaults } from '../structural-sharing';
import type { HorizontalPodAutoscaler } from '../types';
import { invalidAll } from '../validation/object-meta';
import { negativeCounts } from '../validation/workload';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Reference = Spec['scaleTargetRef'];
type Metric = NonNullable<Spec['metrics']>[number];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;
type Target = NonNullable<Metric['resource']>['target'];

const NO_SPEC = {} as Spec;
const CPU: Metric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
const DOUBLE = { type: 'Percent', value: 100, periodSeconds: 15 };
const UP: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, DOUBLE],
};
const DOWN: Rules = { selectPolicy: 'Max', policies: [DOUBLE] };
/** Fields of a metric in the order in which they are looked at, with its type. */
const SOURCES = [
  ['object', 'Object'],
  ['external', 'External'],
  ['pods', 'Pods'],
  ['resource', 'Resource'],
  ['containerResource', 'ContainerResource'],
] as const;
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];

const segment = (field: string, name: string | undefined, detail = ''): FieldError[] =>
  name ? invalidAll(field, name, pathSegmentErrors(name)) : [required(field, detail)];

const referenceErrors = ({ kind, name }: Partial<Reference>, field: string): FieldError[] => [
  ...segment(`${field}.kind`, kind),
  ...segment(`${field}.name`, name),
];

/** What is scaled must name a group, the core group's one scalable kind apart. */
function versionErrors({ apiVersion = '', kind }: Partial<Reference>): FieldError[] {
  const slashes = apiVersion.split('/').length - 1;
  const field = 'spec.scaleTargetRef.apiVersion';
  if (slashes > 1) return [invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  return slashes === 1 || kind === 'ReplicationController'
    ? []
    : [invalid(field, apiVersion, 'apiVersion must specify API group')];
}

const positive = (field: string, quantity: Quantity | undefined): FieldError[] =>
  quantity !== undefined && compareQuantities(quantity, 0) <= 0
    ? [invalid(field, canonicalQuantity(quantity), 'must be positive')]
    : [];

function targetErrors(target: Partial<Target>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = target.type ?? '';
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type))
    errors.push(invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  errors.push(...positive(`${field}.value`, target.value), ...positive(`${field}.averageValue`, target.averageValue));
  const { averageUtilization } = target;
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return errors;
}

/** Errors of one source, by its field in the metric. */
function sourceErrors(metric: Metric, source: (typeof SOURCES)[number][0], path: string): FieldError[] {
  const given = metric[source] as Partial<NonNullable<Metric['object']> & NonNullable<Metric['containerResource']>>;
  const target: Partial<Target> = given.target ?? {};
  const errors: FieldError[] = [];
  if (source === 'object') errors.push(...referenceErrors(given.describedObject ?? {}, `${path}.describedObject`));
  const named = source === 'resource' || source === 'containerResource';
  if (!named) errors.push(...segment(`${path}.metric.name`, given.metric?.name, 'must specify a metric name'));
  else if (!given.name) errors.push(required(`${path}.name`, 'must specify a resource name'));
  if (source === 'containerResource')
    errors.push(
      ...(given.container
        ? invalidAll(`${path}.container`, given.container, dnsLabelErrors(given.container))
        : [required(`${path}.container`, 'must specify a container')]),
    );
  errors.push(...targetErrors(target, `${path}.target`));
  const average = `${path}.target.averageValue`;
  const hasAverage = target.averageValue !== undefined;
  const other = named ? target.averageUtilization : target.value;
  if (named) {
    if (!hasAverage && other === undefined)
      errors.push(
        required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization'),
      );
    if (hasAverage && other !== undefined)
      errors.push(forbidden(average, 'may not set both a target raw value and a target utilization'));
  } else if (source === 'pods') {
    if (!hasAverage) errors.push(required(average, 'must specify a positive target averageValue'));
  } else if (!hasAverage && other === undefined) {
    const what = source === 'object' ? 'value or averageValue' : 'value for metric or a per-pod target';
    errors.push(required(average, `must set either a target ${what}`));
  } else if (source === 'external' && hasAverage && other !== undefined) {
    const detail = 'may not set both a target value for metric and a per-pod target';
    errors.push(forbidden(`${path}.target.value`, detail));
  }
  return errors;
}

function metricErrors(metric: Metric, path: string): FieldError[] {
  const type: string = metric.type ?? '';
  const errors: FieldError[] = [];
  const unknown = METRIC_TYPES.includes(type) ? [] : [notSupported(`${path}.type`, type, METRIC_TYPES)];
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'));
  errors.push(...unknown);
  const present = SOURCES.filter(([field]) => metric[field] !== undefined);
  const [first] = present;
  if (first !== undefined) errors.push(...sourceErrors(metric, first[0], `${path}.${first[0]}`));
  const expected = SOURCES.find(([, name]) => name === type)?.[0];
  if (expected !== undefined && metric[expected] === undefined)
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  errors.push(...unknown);
  if (present.length > 1)
    for (const [field] of present)
      if (field !== expected) errors.push(forbidden(`${path}.${field}`, 'must populate the given metric source only'));
  return errors;
}

function scalingErrors(rules: Rules | undefined, path: string): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  const field = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) errors.push(invalid(field, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > 3600) errors.push(invalid(field, window, 'must be less than or equal to 3600'));
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value, periodSeconds }, index) => {
    const policy = `${path}.policies[${index}]`;
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(`${policy}.type`, type ?? '', ['Percent', 'Pods']));
    for (const [name, count] of [['value', value ?? 0] as const, ['periodSeconds', periodSeconds ?? 0] as const])
      if (count <= 0) errors.push(invalid(`${policy}.${name}`, count, 'must be greater than zero'));
    if ((periodSeconds ?? 0) > 1800)
      errors.push(invalid(`${policy}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'));
  });
  if (tolerance !== undefined && compareQuantities(tolerance, 0) < 0)
    errors.push(invalid(`${path}.tolerance`, canonicalQuantity(tolerance), 'must be greater or equal to zero'));
  return errors;
}

function specErrors({ minReplicas = 1, maxReplicas = 0, ...spec }: Partial<Spec>): FieldError[] {
  const errors: FieldError[] = [];
  if (minReplicas < 1) errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  return [
    ...errors,
    ...referenceErrors(spec.scaleTargetRef ?? {}, 'spec.scaleTargetRef'),
    ...(spec.metrics ?? []).flatMap((metric, index) => metricErrors(metric, `spec.metrics[${index}]`)),
    ...scalingErrors(spec.behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...scalingErrors(spec.behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ];
}

export const horizontalPodAutoscalerRules = genericRules<HorizontalPodAutoscaler>({
  status: { desiredReplicas: 0, currentMetrics: null },
  applyDefaults(autoscaler) {
    const spec = withDefaults(autoscaler.spec ?? NO_SPEC, { minReplicas: 1 });
    const { metrics = [], behavior } = spec;
    return withChanges(autoscaler, {
      spec: withChanges(spec, {
        ...(metrics.length === 0 ? { metrics: [CPU] } : {}),
        ...(behavior === undefined
          ? {}
          : {
              behavior: withChanges(behavior, {
                scaleUp: withDefaults(behavior.scaleUp ?? {}, UP),
                scaleDown: withDefaults(behavior.scaleDown ?? {}, DOWN),
              }),
            }),
      }),
    });
  },
  validate: ({ spec }) => specErrors(spec),
  validateCreate: ({ spec }) => versionErrors(spec?.scaleTargetRef ?? {}),
  validateUpdate: ({ spec }, old) =>
    deepEqual(spec?.scaleTargetRef, old.spec?.scaleTargetRef) ? [] : versionErrors(spec?.scaleTargetRef ?? {}),
  validateStatusUpdate: ({ status }) => negativeCounts({ ...status }, 'currentReplicas desiredReplicas'),
});
