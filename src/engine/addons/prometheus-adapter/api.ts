/**
 * `custom.metrics.k8s.io` in its two versions: which metrics there are of pods, Services and namespaces, and their values.
 *
 * @source kubernetes-sigs/custom-metrics-apiserver pkg/{apiserver/installer,registry/custom_metrics,provider}; k8s.io/metrics
 *   pkg/apis/custom_metrics/v1beta{1,2}/types.go
 */
import type { JsonObject } from '#engine/api/json';
import { matchesRequirement, parseLabelSelector } from '#engine/api/label-selector';
import { canonicalQuantity } from '#engine/api/quantity';
import { badRequest, unknownMethod } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { Service, Status } from '#engine/api/types';
import type { HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import { cacheOf } from '#engine/client/cache';
import type { PodSeries, PrometheusAdapterState, Sample } from './prometheus-adapter';
import { metricName, valueOf } from './series';

const GROUP = 'custom.metrics.k8s.io';
const PATH = /^\/apis\/custom\.metrics\.k8s\.io\/(v1beta1|v1beta2)\/?(.*)$/;
const KINDS: Readonly<Record<string, string>> = { pods: 'Pod', services: 'Service', namespaces: 'Namespace' };

type Answer = Pick<HttpResponse, 'code' | 'body' | 'contentType'>;

const json = (code: number, body: unknown): Answer => ({
  code,
  body: JSON.stringify(body),
  contentType: 'application/json',
});
const refusal = (status: Status): Answer => json(status.code ?? 500, status);
const notThere = (message: string): Answer =>
  json(404, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NotFound',
    code: 404,
  });
const NO_PAGE: Answer = { code: 404, body: '404 page not found\n', contentType: 'text/plain' };

/** What is asked for: a metric of one thing, or of all (`*`) that a selector takes. */
interface Question {
  readonly version: string;
  readonly resource: string;
  /** Empty: of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly metric: string;
}

export function answerCustomMetrics(state: PrometheusAdapterState, request: HttpRequest): Answer {
  const [, version = '', rest = ''] = PATH.exec(request.path) ?? [];
  if (version === '') return NO_PAGE;
  if (rest === '') return json(200, resourcesOf(state, version));
  if (request.method !== 'GET') return refusal(unknownMethod());
  const parts = rest.split('/');
  // A namespace's own metrics stand where a resource's name would: namespaces/default/metrics/http_requests.
  if (parts[0] === 'namespaces' && parts.length === 4 && parts[2] === 'metrics')
    return values(
      state,
      { version, resource: 'namespaces', namespace: '', name: parts[1]!, metric: parts[3]! },
      request,
    );
  if (parts[0] === 'namespaces' && parts.length === 5)
    return values(
      state,
      { version, namespace: parts[1]!, resource: parts[2]!, name: parts[3]!, metric: parts[4]! },
      request,
    );
  return NO_PAGE;
}

function resourcesOf(state: PrometheusAdapterState, version: string): JsonObject {
  const metrics = new Set<string>();
  for (const { series } of state.pods.values()) for (const [name, one] of series) metrics.add(metricName(name, one));
  const resources = [...metrics].toSorted().flatMap((metric) =>
    Object.keys(KINDS).map((resource) => ({
      name: `${resource}/${metric}`,
      singularName: '',
      namespaced: resource !== 'namespaces',
      kind: 'MetricValueList',
      verbs: ['get'],
    })),
  );
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/${version}`, resources };
}

function values(state: PrometheusAdapterState, question: Question, { query }: HttpRequest): Answer {
  const { resource, metric, name } = question;
  const known = [...state.pods.values()].some(({ series }) =>
    [...series].some(([told, one]) => metricName(told, one) === metric),
  );
  if (!known || KINDS[resource] === undefined)
    return notThere(`the server could not find the metric ${metric} for ${resource}`);
  const chosen = parseLabelSelector(query['labelSelector'] ?? '');
  if (!chosen.ok) return refusal(badRequest(chosen.error));
  const takes = (labels: Readonly<Record<string, string>> | undefined): boolean =>
    chosen.requirements.every((requirement) => matchesRequirement(requirement, labels ?? {}));
  const items = thingsOf(state, question, takes).flatMap(({ name: thing, pods }) => {
    const value = sumOf(pods, metric);
    return value === null ? [] : [itemOf(question, thing, value)];
  });
  if (items.length === 0 && name !== '*')
    return notThere(`the server could not find the metric ${metric} for ${resource} ${name}`);
  return json(200, { kind: 'MetricValueList', apiVersion: `${GROUP}/${question.version}`, metadata: {}, items });
}

interface Thing {
  readonly name: string;
  /** Whose metrics are added up. */
  readonly pods: readonly PodSeries[];
}

function thingsOf(
  { client, pods }: PrometheusAdapterState,
  { resource, namespace, name }: Question,
  takes: (labels: Readonly<Record<string, string>> | undefined) => boolean,
): readonly Thing[] {
  if (resource === 'namespaces') return [{ name, pods: [...pods.values()].filter((pod) => pod.namespace === name) }];
  const isMeant = ({
    metadata,
  }: {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  }): boolean => (name === '*' ? takes(metadata.labels) : metadata.name === name);
  if (resource === 'pods')
    return cacheOf(client, 'Pod')
      .list(namespace)
      .filter(isMeant)
      .flatMap(({ metadata }) => {
        const told = pods.get(`${namespace}/${metadata.name}`);
        return told === undefined ? [] : [{ name: metadata.name, pods: [told] }];
      });
  return cacheOf(client, 'Service')
    .list(namespace)
    .filter(isMeant)
    .map((service) => ({ name: service.metadata.name, pods: podsBehind({ client, pods }, service) }));
}

/** The pods that a Service selects and that have told something. */
function podsBehind(
  { client, pods }: Pick<PrometheusAdapterState, 'client' | 'pods'>,
  { metadata, spec }: Service,
): readonly PodSeries[] {
  const selector = Object.entries(spec.selector ?? {});
  if (selector.length === 0) return [];
  return cacheOf(client, 'Pod')
    .list(metadata.namespace)
    .filter(({ metadata: { labels = {} } }) => selector.every(([key, value]) => labels[key] === value))
    .flatMap((pod) => pods.get(`${pod.metadata.namespace}/${pod.metadata.name}`) ?? []);
}

/** Of series that have a value; null: none has. */
function sumOf(pods: readonly PodSeries[], metric: string): Sample | null {
  const values = pods.flatMap(({ series }) =>
    [...series].flatMap(([name, one]) => (metricName(name, one) === metric ? (valueOf(one) ?? []) : [])),
  );
  if (values.length === 0) return null;
  return {
    at: Math.max(...values.map(({ at }) => at)),
    value: values.reduce((sum, { value }) => sum + value, 0),
  };
}

function itemOf({ version, resource, namespace, metric }: Question, name: string, { at, value }: Sample): JsonObject {
  return {
    describedObject: {
      kind: KINDS[resource] ?? '',
      ...(namespace === '' ? null : { namespace }),
      name,
      apiVersion: '/v1',
    },
    ...(version === 'v1beta1' ? { metricName: metric } : { metric: { name: metric, selector: null } }),
    timestamp: timestamp(at),
    value: canonicalQuantity(`${value}m`),
    ...(version === 'v1beta1' ? { selector: null } : null),
  };
}
