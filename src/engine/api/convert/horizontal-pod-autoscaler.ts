/**
 * autoscaling/v1, whose HorizontalPodAutoscalers are stored as those of v2. What v1 has no field for it carries in annotations.
 *
 * @source kubernetes pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/{annotations,helpers}.go
 */
import { without } from '../structural-sharing';
import type { HorizontalPodAutoscaler, KubeObject, KubeObjectInput } from '../types';
import type { Conversion } from './conversion';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Condition = NonNullable<Status['conditions']>[number];
type Loose = Readonly<Record<string, unknown>>;

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const CURRENT_METRICS = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;
const BEHAVIOR = `${PREFIX}behavior`;
const ALL = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR] as const;

/** Where each kind of metric stands in a MetricSpec. */
const SOURCES: Readonly<Record<string, string>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
  External: 'external',
};

/** Without what is undefined. */
const present = (object: Loose): Loose =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** The names that v1 has for what is wanted (`target`) or measured (`current`) of a metric. */
function valueNames(type: string, side: 'target' | 'current'): Readonly<Record<string, string>> {
  const prefix = side === 'target' ? 'targetA' : 'currentA';
  const average = `${prefix}verageValue`;
  switch (type) {
    case 'Object':
      return { value: side === 'target' ? 'targetValue' : 'currentValue', averageValue: 'averageValue' };
    case 'External':
      return {
        value: side === 'target' ? 'targetValue' : 'currentValue',
        averageValue: side === 'target' ? average : 'currentAverageValue',
      };
    case 'Pods':
      return { averageValue: average };
    default:
      return { averageUtilization: `${prefix}verageUtilization`, averageValue: average };
  }
}

/** A metric in the words of v1's annotations. */
function olderMetric(metric: Loose, side: 'target' | 'current'): unknown {
  const type = metric['type'] as string;
  const field = SOURCES[type] ?? '';
  const source = (metric[field] ?? {}) as Loose;
  const { name, selector } = (source['metric'] ?? {}) as Loose;
  const values = (source[side] ?? {}) as Loose;
  const renamed = Object.entries(valueNames(type, side)).map(([newer, older]) => [older, values[newer]] as const);
  const external = type === 'External';
  return {
    type,
    [field]: present({
      ...(type === 'Object' ? { target: source['describedObject'] } : {}),
      ...(source['metric'] === undefined
        ? { name: source['name'], container: source['container'] }
        : { metricName: name, [external ? 'metricSelector' : 'selector']: selector }),
      ...Object.fromEntries(renamed),
    }),
  };
}

/** A metric from the words of v1's annotations. */
function newerMetric(metric: Loose, side: 'target' | 'current'): unknown {
  const type = typeof metric['type'] === 'string' ? metric['type'] : '';
  const field = SOURCES[type] ?? '';
  const source = (metric[field] ?? {}) as Loose;
  const values = present(
    Object.fromEntries(Object.entries(valueNames(type, side)).map(([newer, older]) => [newer, source[older]])),
  );
  const kind = ['averageUtilization', 'averageValue', 'value'].find((name) => values[name] !== undefined) ?? 'value';
  const named = type === 'Resource' || type === 'ContainerResource';
  const selector = source[type === 'External' ? 'metricSelector' : 'selector'];
  const target = side === 'target' ? { type: TARGET_TYPES[kind], ...values } : values;
  return {
    type,
    [field]: present({
      ...(type === 'Object' ? { describedObject: source['target'] } : {}),
      ...(named
        ? { name: source['name'], container: source['container'] }
        : { metric: present({ name: source['metricName'], selector }) }),
      [side]: target,
    }),
  };
}

const TARGET_TYPES: Readonly<Record<string, string>> = {
  averageUtilization: 'Utilization',
  averageValue: 'AverageValue',
  value: 'Value',
};

const cpuTarget = (percent: number): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
});

const cpuUtilization = ({ type, resource }: Metric): number | undefined =>
  type === 'Resource' && resource?.name === 'cpu' ? resource.target.averageUtilization : undefined;

/** The value of an annotation that holds JSON; undefined when there is none that can be read. */
function readJson(annotations: Readonly<Record<string, string>>, name: string): unknown {
  const text = annotations[name];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const listOf = (value: unknown): Loose[] =>
  Array.isArray(value) ? value.filter((item): item is Loose => typeof item === 'object' && item !== null) : [];

function toStored(object: KubeObjectInput): KubeObjectInput {
  const older = object as KubeObjectInput & { readonly spec?: Loose; readonly status?: Loose };
  const annotations = object.metadata?.annotations ?? {};
  const others = listOf(readJson(annotations, METRICS)).map((metric) => newerMetric(metric, 'target'));
  const current = listOf(readJson(annotations, CURRENT_METRICS)).map((metric) => newerMetric(metric, 'current'));
  const { targetCPUUtilizationPercentage: percent, ...spec } = older.spec ?? {};
  const { currentCPUUtilizationPercentage: _measured, ...status } = older.status ?? {};
  const metrics = [...others, ...(typeof percent === 'number' ? [cpuTarget(percent)] : [])];
  const behavior = readJson(annotations, BEHAVIOR);
  const conditions = readJson(annotations, CONDITIONS);
  const kept = without(annotations, ...ALL);
  const { annotations: _before, ...metadata } = object.metadata ?? {};
  const stored = {
    ...object,
    apiVersion: 'autoscaling/v2',
    ...(object.metadata === undefined
      ? {}
      : { metadata: Object.keys(kept).length === 0 ? metadata : { ...metadata, annotations: kept } }),
    spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
    ...(older.status === undefined
      ? {}
      : {
          status: {
            ...status,
            currentMetrics: current.length === 0 ? null : current,
            ...(conditions === undefined ? {} : { conditions }),
          },
        }),
  };
  return stored;
}

function fromStored(object: KubeObject): KubeObject {
  const newer = object as HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...spec } = newer.spec ?? ({} as Spec);
  const { currentMetrics, conditions, ...status } = newer.status ?? ({} as Status);
  const cpu = metrics.find((metric) => cpuUtilization(metric) !== undefined);
  const others = metrics.filter((metric) => metric !== cpu).map((metric) => olderMetric({ ...metric }, 'target'));
  const current = currentMetrics ?? [];
  const measured = current.find(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')?.resource;
  const text = (name: string, value: unknown): object => ({ [name]: JSON.stringify(value) });
  const annotations = {
    ...newer.metadata.annotations,
    ...(others.length === 0 ? {} : text(METRICS, others)),
    ...(current.length === 0
      ? {}
      : text(
          CURRENT_METRICS,
          current.map((metric) => olderMetric({ ...metric }, 'current')),
        )),
    ...((conditions ?? []).length === 0 ? {} : text(CONDITIONS, conditions satisfies Condition[] | undefined)),
    ...(behavior === undefined ? {} : text(BEHAVIOR, behavior)),
  };
  const percent = cpu === undefined ? undefined : cpuUtilization(cpu);
  const utilization = measured?.current.averageUtilization;
  const older = {
    ...newer,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(annotations).length === 0 ? newer.metadata : { ...newer.metadata, annotations },
    spec: { ...spec, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) },
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }),
    },
  };
  return older;
}

export const autoscalerConversion: Conversion = {
  store: 'horizontalpodautoscalers.autoscaling',
  toStored,
  fromStored,
};
