/**
 * What prometheus-adapter does; importing it is enough.
 *
 * @simplified there is no Prometheus: the adapter itself asks the pods that say so (`prometheus.io/scrape`), and keeps two minutes
 */
import type { FromBackend, HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import { certified } from '#engine/apiserver/wire';
import type { Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { newClient, receive, reflect, startClient } from '#engine/client/client';
import type { HealthzAnswer, HealthzRequest } from '#engine/client/healthz';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { answerCustomMetrics } from './api';
import { exposedIn } from './exposition';
import { latePrometheusAdapter, type PrometheusAdapterArgs, type PrometheusAdapterState } from './prometheus-adapter';
import { nextSeries } from './series';

const ACCOUNT = certified(
  'system:serviceaccount:monitoring:prometheus-adapter',
  'system:serviceaccounts',
  'system:serviceaccounts:monitoring',
);
const USER_AGENT = 'adapter/v0.12.0 (linux/amd64) kubernetes/kubarium';
/** Prometheus' `scrape_interval` of most set-ups. */
const EVERY: Micros = 15 * SECOND;

function start(ctx: Context, args: PrometheusAdapterArgs): PrometheusAdapterState {
  const { server: servers, endpoint } = args;
  const client = newClient({ servers, endpoint, userAgent: USER_AGENT, credentials: ACCOUNT, qps: 50, burst: 100 });
  reflect(client, 'Pod');
  reflect(client, 'Service');
  startClient(client, ctx);
  ctx.after(SECOND, { type: 'prometheus-adapter/scrape' });
  // Numbers of events are never used twice: an answer for a process that ran here before is none for this one.
  return { args, client, pods: new Map(), asked: new Map(), nextAsk: Math.max(1, ctx.event) };
}

function handle(state: PrometheusAdapterState, message: Message, ctx: Context): void {
  if (receive(state.client, message, ctx) !== null) return;
  const told = message as FromBackend | HttpRequest | HealthzRequest | { readonly type: 'prometheus-adapter/scrape' };
  switch (told.type) {
    case 'prometheus-adapter/scrape':
      return scrape(state, ctx);
    case 'http/response':
      return scraped(state, told, ctx);
    case 'http/request': {
      const response: HttpResponse = { type: 'http/response', id: told.id, ...answerCustomMetrics(state, told) };
      return ctx.from === null ? undefined : ctx.send(ctx.from, response);
    }
    case 'healthz/request': {
      const answer: HealthzAnswer = { type: 'healthz/answer', id: told.id, code: 200 };
      return ctx.from === null ? undefined : ctx.send(ctx.from, answer);
    }
    default:
      return;
  }
}

/** Asks every pod that wants to be asked. Who has not answered since the last time is forgotten until it does. */
function scrape(state: PrometheusAdapterState, ctx: Context): void {
  const { client, pods, asked } = state;
  for (const { namespace, name } of asked.values()) pods.delete(`${namespace}/${name}`);
  asked.clear();
  const known = new Set<string>();
  for (const pod of cacheOf(client, 'Pod').list()) {
    const target = targetOf(pod);
    if (target === null) continue;
    const { name, namespace = '' } = pod.metadata;
    known.add(`${namespace}/${name}`);
    const id = state.nextAsk++;
    asked.set(id, { namespace, name });
    const request: HttpRequest = {
      type: 'http/request',
      id,
      method: 'GET',
      path: target.path,
      query: {},
      userAgent: 'Prometheus/3.5.0',
      to: { address: target.address, port: target.port },
    };
    ctx.send(`${target.node}/containerd`, request);
  }
  for (const key of [...pods.keys()]) if (!known.has(key)) pods.delete(key);
  ctx.after(EVERY, { type: 'prometheus-adapter/scrape' });
}

interface Target {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

/** Null: it does not want to be asked, or does not run. @source prometheus documentation/examples/prometheus-kubernetes.yml */
function targetOf({ metadata, spec, status }: Pod): Target | null {
  const { annotations = {} } = metadata;
  const { nodeName: node } = spec;
  const address = status.podIP;
  if (annotations['prometheus.io/scrape'] !== 'true' || node === undefined || address === undefined) return null;
  if (status.phase !== 'Running') return null;
  const declared = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? 80;
  const port = Number(annotations['prometheus.io/port'] ?? declared);
  const path = annotations['prometheus.io/path'] ?? '/metrics';
  return Number.isInteger(port) && port > 0 ? { node, address, port, path } : null;
}

function scraped(state: PrometheusAdapterState, { id, code, body }: HttpResponse, ctx: Context): void {
  const asked = state.asked.get(id);
  if (asked === undefined) return;
  state.asked.delete(id);
  const key = `${asked.namespace}/${asked.name}`;
  if (code !== 200) {
    state.pods.delete(key);
    return;
  }
  const series = nextSeries(state.pods.get(key)?.series, exposedIn(body), ctx.now);
  state.pods.set(key, { ...asked, series });
}

latePrometheusAdapter.provide({ start, handle });
