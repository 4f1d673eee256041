/**
 * What one metric of an autoscaler asks for, and what its status says.
 *
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric and what it calls)
 */
import { goSelectorText } from '#engine/api/go-selector';
import { canonicalQuantity, milliValue } from '#engine/api/quantity';
import type { HorizontalPodAutoscaler, Pod } from '#engine/api/types';
import type { ReadAnswer } from '#engine/client/plan';
import type { Micros } from '#engine/kernel/time';
import { type MetricSpec, pathsFor, podsMetrics, resourceMetrics, summedMetric } from './metric-answers';
import {
  averageReplicas,
  type Calculated,
  perPodReplicas,
  type Tolerances,
  utilizationReplicas,
  valueReplicas,
} from './replica-calculator';

export type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

/** What a metric is measured against. */
export interface Measured {
  readonly namespace: string;
  /** What the target asks for, and what it has. */
  readonly current: number;
  readonly running: number;
  readonly selector: string;
  readonly pods: readonly Pod[];
  readonly tolerances: Tolerances;
  readonly answers: readonly ReadAnswer[];
  readonly now: Micros;
}

export type Proposal =
  | { readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  /** `reason` is a condition's and an Event's. */
  | { readonly reason: string; readonly cause: string; readonly error: string };

type Target = NonNullable<MetricSpec['resource']>['target'];

const quantity = (milli: number): string => canonicalQuantity(`${milli}m`);
const failed = (reason: string, cause: string, what: string): Proposal => ({
  reason,
  cause,
  error: `${what}: ${cause}`,
});

export function proposalOf(metric: MetricSpec, at: Measured): Proposal {
  switch (metric.type) {
    case 'Resource': {
      const { name = '', target } = metric.resource ?? {};
      const found = resourceProposal(name, target, '', at);
      if ('error' in found)
        return failed('FailedGetResourceMetric', found.error, `failed to get ${name} resource metric value`);
      return { ...found, status: { type: 'Resource', resource: { name, current: found.current } } };
    }
    case 'ContainerResource': {
      const { name = '', container = '', target } = metric.containerResource ?? {};
      const found = resourceProposal(name, target, container, at);
      if ('error' in found)
        return failed('FailedGetContainerResourceMetric', found.error, `failed to get ${name} container metric value`);
      return {
        ...found,
        status: { type: 'ContainerResource', containerResource: { container, name, current: found.current } },
      };
    }
    case 'Pods':
      return podsProposal(metric, at);
    case 'Object':
      return objectProposal(metric, at);
    case 'External':
      return externalProposal(metric, at);
    default: {
      const cause = `unknown metric source type "${metric.type}"`;
      return { reason: 'InvalidMetricSourceType', cause, error: cause };
    }
  }
}

type Current = NonNullable<MetricStatus['resource']>['current'];
type ResourceProposal =
  { readonly replicas: number; readonly name: string; readonly current: Current } | { readonly error: string };

function resourceProposal(
  resource: string,
  target: Target | undefined,
  container: string,
  at: Measured,
): ResourceProposal {
  const { namespace, selector, answers, current } = at;
  const averageValue = target?.averageValue;
  const metrics = resourceMetrics(answers, resource, namespace, selector, container);
  const unable =
    'error' in metrics ? { error: `unable to get metrics for resource ${resource}: ${metrics.error}` } : null;
  if (averageValue !== undefined) {
    const found =
      unable ?? averageReplicas(current, milliValue(averageValue), { ...at, metrics: metrics as never, resource });
    if ('error' in found) return { error: `failed to get ${resource} usage: ${found.error}` };
    return { replicas: found.replicas, name: `${resource} resource`, current: { averageValue: quantity(found.value) } };
  }
  const { averageUtilization } = target ?? {};
  if (averageUtilization === undefined)
    return {
      error:
        'invalid resource metric source: neither an average utilization nor an average value (or equivalent Pods value) was set',
    };
  const found =
    unable ??
    utilizationReplicas(current, averageUtilization, { ...at, metrics: metrics as never, resource, container });
  if ('error' in found) return { error: `failed to get ${resource} utilization: ${found.error}` };
  const { replicas, utilization, value } = found;
  return {
    replicas,
    name: `${resource} resource utilization (percentage of request)`,
    current: {
      ...(utilization === undefined ? null : { averageUtilization: utilization }),
      averageValue: quantity(value),
    },
  };
}

/** The path of a metric's values, after that of the list of groups. */
const pathOf = (metric: MetricSpec, { namespace, selector }: Measured): string =>
  pathsFor(metric, namespace, selector).at(-1) ?? '';

function podsProposal(metric: MetricSpec, at: Measured): Proposal {
  const { name = '', selector } = metric.pods?.metric ?? {};
  const metrics = podsMetrics(at.answers, pathOf(metric, at), name);
  const target = milliValue(metric.pods?.target.averageValue);
  const found: Calculated = 'error' in metrics ? metrics : averageReplicas(at.current, target, { ...at, metrics });
  if ('error' in found) return failed('FailedGetPodsMetric', found.error, 'failed to get pods metric value');
  const status: MetricStatus = {
    type: 'Pods',
    pods: {
      metric: { name, ...(selector === undefined ? null : { selector }) },
      current: { averageValue: quantity(found.value) },
    },
  };
  return { replicas: found.replicas, name: `pods metric ${name}`, status };
}

function objectProposal(metric: MetricSpec, at: Measured): Proposal {
  const { describedObject, target, metric: named } = metric.object ?? {};
  const { kind = '', name: object = '' } = describedObject ?? {};
  const { name = '', selector } = named ?? {};
  const usage = summedMetric(
    at.answers,
    pathOf(metric, at),
    'custom',
    `${kind.toLowerCase()}s.custom.metrics.k8s.io ${object}`,
  );
  const found = summedReplicas(usage, target, at);
  if ('error' in found) {
    const cause =
      typeof usage === 'number'
        ? found.error
        : `unable to get metric ${name}: ${kind} on ${at.namespace} ${object}/${found.error}`;
    return failed('FailedGetObjectMetric', cause, 'failed to get object metric value');
  }
  const status: MetricStatus = {
    type: 'Object',
    object: {
      metric: { name, ...(selector === undefined ? null : { selector }) },
      describedObject: describedObject ?? { kind, name: object },
      current: found.current,
    },
  };
  return { replicas: found.replicas, name: `${kind} metric ${name}`, status };
}

function externalProposal(metric: MetricSpec, at: Measured): Proposal {
  const { target, metric: named } = metric.external ?? {};
  const { name = '', selector } = named ?? {};
  const usage = summedMetric(at.answers, pathOf(metric, at), 'external', `${name}.external.metrics.k8s.io`);
  const found = summedReplicas(usage, target, at);
  const go = selector === undefined ? 'nil' : goSelectorText(selector);
  if ('error' in found) {
    const cause =
      typeof usage === 'number'
        ? found.error
        : `unable to get external metric ${at.namespace}/${name}/${go}: ${found.error}`;
    return failed('FailedGetExternalMetric', cause, `failed to get ${name} external metric value`);
  }
  const status: MetricStatus = {
    type: 'External',
    external: { metric: { name, ...(selector === undefined ? null : { selector }) }, current: found.current },
  };
  return { replicas: found.replicas, name: `external metric ${name}(${go})`, status };
}

type Summed = { readonly replicas: number; readonly current: Current } | { readonly error: string };

/** Of a metric that is one number: for all pods together, or for each. */
function summedReplicas(usage: number | { readonly error: string }, target: Target | undefined, at: Measured): Summed {
  if (typeof usage !== 'number') return usage;
  if (target?.value !== undefined) {
    const found = valueReplicas(at.current, milliValue(target.value), usage, at.pods, at.tolerances);
    return 'error' in found ? found : { replicas: found.replicas, current: { value: quantity(found.value) } };
  }
  if (target?.averageValue === undefined)
    return { error: 'invalid metric source: neither a value target nor an average value target was set' };
  const found = perPodReplicas(at.running, milliValue(target.averageValue), usage, at.tolerances);
  return { replicas: found.replicas, current: { averageValue: quantity(found.value) } };
}
