/**
 * Where metrics are read, and what the answers say.
 *
 * @source kubernetes pkg/controller/podautoscaler/metrics/client.go, staging/src/k8s.io/metrics/pkg/client
 */
import { formatRequirements, requirementsOf } from '#engine/api/label-selector';
import { milliValue } from '#engine/api/quantity';
import { parseTimestamp } from '#engine/api/timestamp';
import type { HorizontalPodAutoscaler, LabelSelector, Status } from '#engine/api/types';
import type { ReadAnswer } from '#engine/client/plan';
import { MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import type { PodMetric, PodMetrics } from './replica-calculator';

export type MetricSpec = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];

export type Read<T> = T | { readonly error: string };

/** A selector as a query has it. */
const encoded = (selector: string): string => encodeURIComponent(selector);
const selectorText = (selector: LabelSelector | undefined): string =>
  formatRequirements(requirementsOf(selector ?? {}) ?? []);

/** Metrics of a custom API are per minute unless they say otherwise. */
const DEFAULT_WINDOW: Micros = MINUTE;

/** Paths that have to be read for a metric. @param selector - of the target's pods */
export function pathsFor(metric: MetricSpec, namespace: string, selector: string): readonly string[] {
  const custom = `${CUSTOM}/namespaces/${namespace}`;
  switch (metric.type) {
    case 'Resource':
    case 'ContainerResource':
      return [resourcePath(namespace, selector)];
    case 'Pods': {
      const named = metricSelector(selectorText(metric.pods?.metric.selector));
      return [GROUPS, `${custom}/pods/*/${metric.pods?.metric.name}?labelSelector=${encoded(selector)}${named}`];
    }
    case 'Object': {
      const { kind = '', name = '' } = metric.object?.describedObject ?? {};
      const named = metricSelector(selectorText(metric.object?.metric.selector), '?');
      return [GROUPS, `${custom}/${pluralOf(kind)}/${name}/${metric.object?.metric.name}${named}`];
    }
    case 'External': {
      const labels = encoded(selectorText(metric.external?.metric.selector));
      return [`${EXTERNAL}/namespaces/${namespace}/${metric.external?.metric.name}?labelSelector=${labels}`];
    }
    default:
      return [];
  }
}

export const GROUPS = '/apis';
const CUSTOM = '/apis/custom.metrics.k8s.io/v1beta2';
const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1';

const resourcePath = (namespace: string, selector: string): string =>
  `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=${encoded(selector)}`;
const metricSelector = (selector: string, by = '&'): string =>
  selector === '' ? '' : `${by}metricLabelSelector=${encoded(selector)}`;

/** @simplified the plurals of Kubernetes' own kinds, by the rule of English */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('s')) return `${word}es`;
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** What a client of Go makes of an answer that is none. */
function failureText({ code, body }: ReadAnswer, what: string): string {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Status>;
  if (code === 404 && (message === undefined || typeof body === 'string'))
    return `the server could not find the requested resource (get ${what})`;
  if (code === 503) return `the server is currently unable to handle the request (get ${what})`;
  return message ?? `an error on the server ("unknown") has prevented the request from succeeding (get ${what})`;
}

/** Go's `15s`, `1m0s`, `15.012s`. */
export function windowOf(text: string | undefined): Micros {
  const match = /^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9.]+)s)?$/.exec(text ?? '');
  const [, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND);
}

interface PodMetricsList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly timestamp: string;
    readonly window: string;
    readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
  }[];
}

/** @param container - empty: all of a pod's */
export function resourceMetrics(
  answers: readonly ReadAnswer[],
  resource: string,
  namespace: string,
  selector: string,
  container: string,
): Read<PodMetrics> {
  const answer = answers.find(({ path }) => path === resourcePath(namespace, selector));
  if (answer?.code !== 200)
    return {
      error: `unable to fetch metrics from resource metrics API: ${answer === undefined ? '' : failureText(answer, 'pods.metrics.k8s.io')}`,
    };
  const { items } = answer.body as PodMetricsList;
  if (items.length === 0) return { error: 'no metrics returned from resource metrics API' };
  const metrics = new Map<string, PodMetric>();
  for (const { metadata, timestamp, window, containers } of items) {
    const counted = container === '' ? containers : containers.filter(({ name }) => name === container);
    if (container !== '' && counted.length === 0)
      return {
        error: `failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${metadata.name}`,
      };
    if (counted.some(({ usage }) => usage[resource] === undefined)) continue;
    const value = counted.reduce((sum, { usage }) => sum + milliValue(usage[resource]), 0);
    metrics.set(metadata.name, { value, at: parseTimestamp(timestamp), window: windowOf(window) });
  }
  return metrics;
}

interface MetricValues {
  readonly items: readonly {
    readonly describedObject?: { readonly name?: string };
    readonly timestamp?: string;
    readonly windowSeconds?: number;
    readonly value: string;
  }[];
}

function valuesOf(
  answers: readonly ReadAnswer[],
  path: string,
  api: 'custom' | 'external',
  what: string,
): Read<MetricValues> {
  const failed = `unable to fetch metrics from ${api} metrics API: `;
  if (api === 'custom') {
    const { groups = [] } = (answers.find((each) => each.path === GROUPS)?.body ?? {}) as {
      readonly groups?: readonly { readonly name: string }[];
    };
    if (!groups.some(({ name }) => name === 'custom.metrics.k8s.io'))
      return { error: `${failed}no custom metrics API (custom.metrics.k8s.io) registered` };
  }
  const answer = answers.find((each) => each.path === path);
  if (answer?.code !== 200) return { error: `${failed}${answer === undefined ? '' : failureText(answer, what)}` };
  const list = answer.body as MetricValues;
  return list.items.length === 0 ? { error: `no metrics returned from ${api} metrics API` } : list;
}

/** A metric of each pod, in thousandths. */
export function podsMetrics(answers: readonly ReadAnswer[], path: string, name: string): Read<PodMetrics> {
  const values = valuesOf(answers, path, 'custom', `pods.custom.metrics.k8s.io *`);
  if ('error' in values) return { error: `unable to get metric ${name}: ${values.error}` };
  return new Map(
    values.items.map(({ describedObject, timestamp, windowSeconds, value }) => [
      describedObject?.name ?? '',
      {
        value: milliValue(value),
        at: timestamp === undefined ? 0 : parseTimestamp(timestamp),
        window: windowSeconds === undefined ? DEFAULT_WINDOW : windowSeconds * SECOND,
      },
    ]),
  );
}

/** The sum of an object's or an external metric, in thousandths. */
export function summedMetric(
  answers: readonly ReadAnswer[],
  path: string,
  api: 'custom' | 'external',
  what: string,
): Read<number> {
  const values = valuesOf(answers, path, api, what);
  return 'error' in values ? values : values.items.reduce((sum, { value }) => sum + milliValue(value), 0);
}
