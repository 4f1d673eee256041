/**
 * Sends traffic: looks who answers for an app, and tells their machines how many requests a second come to them. Importing it
 * is enough.
 *
 * @simplified requests are a number, not messages: neither DNS nor the Service's address nor kube-proxy is on their way, and
 * whoever has no time for them loses them without a trace
 */
import type { EndpointSlice, Pod } from '#engine/api/types';
import { certified } from '#engine/apiserver/wire';
import { type Client, newClient, receive, request, startClient } from '#engine/client/client';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import type { Flow, Traffic } from '../runtime/cri';
import {
  lateLoadGenerator,
  type LoadGeneratorState,
  type SetTraffic,
  type Stream,
  type TrafficEndpoint,
} from './load-generator';

/** How often it looks who answers, and tells them again. */
const LOOK_EVERY: Micros = 2 * SECOND;
const ROOT = { apps: '/apis/apps/v1', core: '/api/v1' };
const PLURALS: Readonly<Record<string, string>> = {
  Deployment: `${ROOT.apps}:deployments`,
  ReplicaSet: `${ROOT.apps}:replicasets`,
  StatefulSet: `${ROOT.apps}:statefulsets`,
  ReplicationController: `${ROOT.core}:replicationcontrollers`,
};

interface Asked extends Message {
  readonly type: 'traffic/slices' | 'traffic/scale' | 'traffic/pods';
  readonly stream: string;
}

function handle(state: LoadGeneratorState, message: Message, ctx: Context): void {
  if (message.type === 'traffic/set') return set(state, message as SetTraffic, ctx);
  if (message.type === 'traffic/look') return look(state, ctx);
  for (const delivery of receive(clientOf(state, ctx), message, ctx) ?? []) {
    if (delivery.type !== 'answer' || !delivery.ok) continue;
    const { type, stream: key } = delivery.tag as Asked;
    const stream = state.streams.get(key);
    if (stream === undefined) continue;
    if (type === 'traffic/scale') askPods(state, key, stream, delivery.body, ctx);
    else {
      stream.endpoints = type === 'traffic/slices' ? inSlices(delivery.body) : inPods(delivery.body);
      tell(key, stream, ctx);
    }
  }
}

function clientOf(state: LoadGeneratorState, ctx: Context): Client {
  if (state.client === null) {
    const { server: servers, endpoint } = state.args;
    const credentials = certified('kubernetes-admin', 'kubeadm:cluster-admins');
    state.client = newClient({ servers, endpoint, userAgent: 'load-generator', credentials, qps: 50, burst: 100 });
    startClient(state.client, ctx);
  }
  return state.client;
}

function set(state: LoadGeneratorState, { to, requestsPerSecond }: SetTraffic, ctx: Context): void {
  const key = `${to.kind} ${to.namespace}/${to.name}`;
  const known = state.streams.get(key);
  if (requestsPerSecond <= 0) {
    state.streams.delete(key);
    for (const node of known?.told ?? []) send(node, key, [], ctx);
    return;
  }
  const stream = known ?? { to, rate: 0, endpoints: [], told: new Set<string>() };
  stream.rate = requestsPerSecond;
  state.streams.set(key, stream);
  tell(key, stream, ctx);
  if (state.looking) ask(state, key, stream, ctx);
  else look(state, ctx);
}

function look(state: LoadGeneratorState, ctx: Context): void {
  state.looking = state.streams.size > 0;
  for (const [key, stream] of state.streams) {
    tell(key, stream, ctx);
    ask(state, key, stream, ctx);
  }
  if (state.looking) ctx.after(LOOK_EVERY, { type: 'traffic/look' });
}

function get(
  state: LoadGeneratorState,
  path: string,
  query: Readonly<Record<string, string>>,
  tag: Asked,
  ctx: Context,
): void {
  request(clientOf(state, ctx), ctx, { method: 'GET', path, query }, tag);
}

function ask(state: LoadGeneratorState, key: string, { to }: Stream, ctx: Context): void {
  const { kind, namespace, name } = to;
  if (kind === 'Service') {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    const query = { labelSelector: `kubernetes.io/service-name=${name}` };
    return get(state, path, query, { type: 'traffic/slices', stream: key }, ctx);
  }
  const [root = '', plural = ''] = (PLURALS[kind] ?? '').split(':');
  get(
    state,
    `${root}/namespaces/${namespace}/${plural}/${name}/scale`,
    {},
    { type: 'traffic/scale', stream: key },
    ctx,
  );
}

function askPods(state: LoadGeneratorState, key: string, { to }: Stream, scale: unknown, ctx: Context): void {
  const { status } = scale as { readonly status?: { readonly selector?: string } };
  const query = { labelSelector: status?.selector ?? '' };
  get(state, `/api/v1/namespaces/${to.namespace}/pods`, query, { type: 'traffic/pods', stream: key }, ctx);
}

/** The ready endpoints of a Service's first port. */
function inSlices(body: unknown): readonly TrafficEndpoint[] {
  const { items } = body as { readonly items: readonly EndpointSlice[] };
  return items.flatMap(({ endpoints = [], ports = [] }) => {
    const port = ports?.[0]?.port;
    if (port === undefined) return [];
    return (endpoints ?? []).flatMap(({ addresses, conditions, nodeName }) => {
      const [address] = addresses;
      const answers = conditions?.ready !== false && nodeName !== undefined && address !== undefined;
      return answers ? [{ node: nodeName, address, port }] : [];
    });
  });
}

/** The first port of pods that are ready. */
function inPods(body: unknown): readonly TrafficEndpoint[] {
  const { items } = body as { readonly items: readonly Pod[] };
  return items.flatMap(({ metadata, spec, status }) => {
    const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
    if (!ready || metadata.deletionTimestamp !== undefined || status.podIP === undefined) return [];
    const port = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? 80;
    return [{ node: spec.nodeName ?? '', address: status.podIP, port }];
  });
}

/** Tells the machines what comes to them; those that were told before and have none of it, that nothing does. */
function tell(key: string, { rate, endpoints, told }: Stream, ctx: Context): void {
  const flows = new Map<string, Flow[]>();
  for (const { node, address, port } of endpoints) {
    const flow = { address, port, rate: rate / endpoints.length };
    const known = flows.get(node);
    if (known === undefined) flows.set(node, [flow]);
    else known.push(flow);
  }
  for (const node of [...told]) {
    if (flows.has(node)) continue;
    send(node, key, [], ctx);
    told.delete(node);
  }
  for (const [node, own] of flows) {
    send(node, key, own, ctx);
    told.add(node);
  }
}

function send(node: string, source: string, flows: readonly Flow[], ctx: Context): void {
  const traffic: Traffic = { type: 'node/traffic', source, flows };
  ctx.send(`${node}/containerd`, traffic);
}

lateLoadGenerator.provide(handle);
