/**
 * `metrics.k8s.io/v1beta1`: NodeMetrics and PodMetrics, as objects and as tables.
 *
 * @source kubernetes-sigs/metrics-server pkg/api/{node,pod,table}.go; k8s.io/metrics/pkg/apis/metrics/v1beta1/types.go
 */
import { parseFieldSelector } from '#engine/api/field-selector';
import type { JsonObject } from '#engine/api/json';
import { matchesRequirement, parseLabelSelector } from '#engine/api/label-selector';
import { canonicalQuantity, formatBytes } from '#engine/api/quantity';
import { badRequest, notFound, unknownMethod } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, Node, Pod, Status } from '#engine/api/types';
import type { HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import { cacheOf } from '#engine/client/cache';
import type { Micros } from '#engine/kernel/time';
import type { MetricsServerState } from './metrics-server';
import { type Rate, rateOf } from './tracks';

const GROUP = 'metrics.k8s.io';
const VERSION = `${GROUP}/v1beta1`;
const ROOT = `/apis/${VERSION}`;

type Answer = Pick<HttpResponse, 'code' | 'body' | 'contentType'>;

const json = (code: number, body: unknown): Answer => ({
  code,
  body: JSON.stringify(body),
  contentType: 'application/json',
});
const refusal = (status: Status): Answer => json(status.code ?? 500, status);

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: VERSION,
  resources: [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};

/** What was measured of one node or pod. */
interface Measured {
  readonly object: JsonObject;
  readonly cells: readonly string[];
}

export function answerMetrics(state: MetricsServerState, request: HttpRequest): Answer {
  const { path, method } = request;
  if (path === ROOT || path === `${ROOT}/`) return json(200, RESOURCES);
  if (!path.startsWith(`${ROOT}/`)) return { code: 404, body: '404 page not found\n', contentType: 'text/plain' };
  if (method !== 'GET' || request.query['watch'] === 'true') return refusal(unknownMethod());
  const parts = path.slice(ROOT.length + 1).split('/');
  const [namespace, resource = '', name = ''] =
    parts[0] === 'namespaces' ? [parts[1] ?? '', parts[2], parts[3]] : ['', parts[0], parts[1]];
  if (resource === 'nodes' && namespace === '') return nodes(state, name, request);
  if (resource === 'pods') return pods(state, namespace, name, request);
  return { code: 404, body: '404 page not found\n', contentType: 'text/plain' };
}

function nodes(state: MetricsServerState, name: string, request: HttpRequest): Answer {
  const metricsOf = (node: Node): Measured | null => {
    const tracks = state.nodes.get(node.metadata.name);
    const rate = tracks === undefined ? null : rateOf(tracks.node);
    return rate === null ? null : measured('NodeMetrics', node, rate, { usage: usageOf(rate) });
  };
  const cache = cacheOf(state.client, 'Node');
  if (name !== '') return one(cache.get('', name), metricsOf, { group: GROUP, resource: 'nodemetrics' }, name, request);
  return all(cache.list(), metricsOf, 'NodeMetricsList', request);
}

function pods(state: MetricsServerState, namespace: string, name: string, request: HttpRequest): Answer {
  const metricsOf = (pod: Pod): Measured | null => {
    const { nodeName = '' } = pod.spec;
    const tracks = state.nodes.get(nodeName)?.pods.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
    if (tracks === undefined || pod.status.phase !== 'Running') return null;
    const rates: (readonly [string, Rate])[] = [];
    for (const [container, track] of tracks) {
      const rate = rateOf(track);
      if (rate === null) return null;
      rates.push([container, rate]);
    }
    const [first] = rates;
    if (first === undefined) return null;
    const sum = rates.reduce<Rate>(
      (total, [, rate]) => ({
        at: Math.min(total.at, rate.at),
        window: Math.max(total.window, rate.window),
        nanoCores: total.nanoCores + rate.nanoCores,
        memory: total.memory + rate.memory,
      }),
      { ...first[1], nanoCores: 0, memory: 0 },
    );
    const containers = rates.map(([container, rate]) => ({ name: container, usage: usageOf(rate) }));
    return measured('PodMetrics', pod, sum, { containers });
  };
  const cache = cacheOf(state.client, 'Pod');
  if (name !== '') {
    const key = `${namespace}/${name}`;
    return one(cache.get(namespace, name), metricsOf, { group: GROUP, resource: 'podmetrics' }, key, request);
  }
  return all(namespace === '' ? cache.list() : cache.list(namespace), metricsOf, 'PodMetricsList', request);
}

const usageOf = ({ nanoCores, memory }: Rate): { readonly cpu: string; readonly memory: string } => ({
  cpu: canonicalQuantity(`${nanoCores}n`),
  memory: formatBytes(memory),
});

function measured(kind: string, { metadata }: KubeObject, rate: Rate, rest: JsonObject): Measured {
  const { name, namespace, labels } = metadata;
  const at = timestamp(rate.at);
  const window = goDuration(rate.window);
  const { cpu, memory } = usageOf(rate);
  return {
    object: {
      kind,
      apiVersion: VERSION,
      metadata: {
        name,
        ...(namespace === undefined ? null : { namespace }),
        creationTimestamp: at,
        ...(labels === undefined ? null : { labels }),
      },
      timestamp: at,
      window,
      ...rest,
    },
    cells: [name, cpu, memory, window],
  };
}

/** Go's `time.Duration.String`, to the millisecond. */
function goDuration(span: Micros): string {
  const millis = Math.round(span / 1000);
  const seconds = (millis % 60_000) / 1000;
  const minutes = Math.floor(millis / 60_000) % 60;
  const hours = Math.floor(millis / 3_600_000);
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}

function one<T extends KubeObject>(
  object: T | undefined,
  metricsOf: (object: T) => Measured | null,
  what: { readonly group: string; readonly resource: string },
  name: string,
  request: HttpRequest,
): Answer {
  const metrics = object === undefined ? null : metricsOf(object);
  if (metrics === null) return refusal(notFound(what, name));
  return json(200, wantsTable(request) ? tableOf([metrics]) : metrics.object);
}

function all<T extends KubeObject>(
  objects: readonly T[],
  metricsOf: (object: T) => Measured | null,
  kind: string,
  request: HttpRequest,
): Answer {
  const { labelSelector = '', fieldSelector = '' } = request.query;
  const labels = parseLabelSelector(labelSelector);
  if (!labels.ok) return refusal(badRequest(labels.error));
  const fields = parseFieldSelector(fieldSelector);
  if (!fields.ok) return refusal(badRequest(fields.error));
  const items: Measured[] = [];
  for (const object of objects) {
    const { metadata } = object;
    const known: Readonly<Record<string, string>> = {
      'metadata.name': metadata.name,
      'metadata.namespace': metadata.namespace ?? '',
    };
    if (!labels.requirements.every((requirement) => matchesRequirement(requirement, metadata.labels ?? {}))) continue;
    if (!fields.terms.every(({ field, value, operator }) => (known[field] === value) === (operator !== '!='))) continue;
    const metrics = metricsOf(object);
    if (metrics !== null) items.push(metrics);
  }
  if (wantsTable(request)) return json(200, tableOf(items));
  return json(200, { kind, apiVersion: VERSION, metadata: {}, items: items.map(({ object }) => object) });
}

const wantsTable = ({ accept = '' }: HttpRequest): boolean => /^application\/json;[^,]*as=Table/.test(accept);

const column = (name: string): JsonObject => ({ name, type: 'string', format: '', description: '', priority: 0 });

function tableOf(items: readonly Measured[]): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: [
      { ...column('Name'), format: 'name', description: 'Name of the resource' },
      ...['cpu', 'memory', 'Window'].map(column),
    ],
    rows: items.map(({ object, cells }) => ({
      cells: [...cells],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] },
    })),
  };
}
