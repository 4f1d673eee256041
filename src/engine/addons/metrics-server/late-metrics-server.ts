/**
 * What metrics-server does; importing it is enough.
 *
 * @simplified who asks through the API server is not asked about again; its token and its certificate are one; it finds kubelets
 *   by the names of their nodes
 */
import type { FromBackend, HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import { certified } from '#engine/apiserver/wire';
import { cacheOf } from '#engine/client/cache';
import { newClient, receive, reflect, startClient } from '#engine/client/client';
import type { HealthzAnswer } from '#engine/client/healthz';
import type { Context, Message } from '#engine/kernel/process';
import { answerMetrics } from './api';
import {
  lateMetricsServer,
  type MetricsServerArgs,
  type MetricsServerProbe,
  type MetricsServerState,
} from './metrics-server';
import { nodePoints } from './scrape';
import { nextTracks } from './tracks';

const ACCOUNT = certified(
  'system:serviceaccount:kube-system:metrics-server',
  'system:serviceaccounts',
  'system:serviceaccounts:kube-system',
);
const USER_AGENT = 'metrics-server/v0.8.0 (linux/amd64) kubernetes/kubarium';

function start(ctx: Context, args: MetricsServerArgs): MetricsServerState {
  const { server: servers, endpoint } = args;
  const client = newClient({ servers, endpoint, userAgent: USER_AGENT, credentials: ACCOUNT, qps: 50, burst: 100 });
  reflect(client, 'Node');
  reflect(client, 'Pod');
  startClient(client, ctx);
  ctx.log('I serving.go:380] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)');
  ctx.after(0, { type: 'metrics-server/scrape' });
  // Numbers of events are never used twice: an answer for a process that ran here before is none for this one.
  return { args, client, nodes: new Map(), asked: new Map(), nextAsk: Math.max(1, ctx.event) };
}

function handle(state: MetricsServerState, message: Message, ctx: Context): void {
  if (receive(state.client, message, ctx) !== null) return;
  const told = message as FromBackend | HttpRequest | MetricsServerProbe | { readonly type: 'metrics-server/scrape' };
  switch (told.type) {
    case 'metrics-server/scrape':
      return scrape(state, ctx);
    case 'http/response':
      return scraped(state, told, ctx);
    case 'http/request': {
      const response: HttpResponse = { type: 'http/response', id: told.id, ...answerMetrics(state, told) };
      return ctx.from === null ? undefined : ctx.send(ctx.from, response);
    }
    case 'metrics-server/probe': {
      const code = told.path === '/readyz' && !isReady(state) ? 500 : 200;
      const answer: HealthzAnswer = { type: 'healthz/answer', id: told.id, code };
      return ctx.from === null ? undefined : ctx.send(ctx.from, answer);
    }
    default:
      return;
  }
}

/** metric-storage-ready: there is a rate to tell. @source pkg/storage/storage.go (Ready) */
const isReady = ({ nodes }: MetricsServerState): boolean => {
  for (const { node } of nodes.values()) if (node.previous !== null) return true;
  return false;
};

/** Asks all kubelets. Who has not answered since the last time is forgotten until it does. */
function scrape(state: MetricsServerState, ctx: Context): void {
  const { client, nodes, asked, args } = state;
  for (const name of asked.values()) {
    ctx.log(
      `E scraper.go:149] "Failed to scrape node" err="Get \\"https://${name}:10250/metrics/resource\\": context deadline exceeded" node="${name}"`,
    );
    nodes.delete(name);
  }
  asked.clear();
  const cache = cacheOf(client, 'Node');
  const known = new Set<string>();
  for (const { metadata } of cache.list()) {
    known.add(metadata.name);
    const id = state.nextAsk++;
    asked.set(id, metadata.name);
    const request: HttpRequest = {
      type: 'http/request',
      id,
      method: 'GET',
      path: '/metrics/resource',
      query: {},
      userAgent: USER_AGENT,
      credentials: ACCOUNT,
    };
    ctx.send(`${metadata.name}/kubelet`, request);
  }
  for (const name of [...nodes.keys()]) if (!known.has(name)) nodes.delete(name);
  // Nothing is known before the first list.
  ctx.after(known.size === 0 ? SOON : args.resolution, { type: 'metrics-server/scrape' });
}

const SOON = 1_000_000;

function scraped(state: MetricsServerState, { id, code, body }: HttpResponse, ctx: Context): void {
  const name = state.asked.get(id);
  if (name === undefined) return;
  state.asked.delete(id);
  if (code !== 200) {
    ctx.log(`E scraper.go:149] "Failed to scrape node" err="request failed, status: \\"${code}\\"" node="${name}"`);
    state.nodes.delete(name);
    return;
  }
  const points = nodePoints(body);
  if (points === null) return;
  state.nodes.set(name, nextTracks(state.nodes.get(name), points, state.args.resolution));
}

lateMetricsServer.provide({ start, handle });
