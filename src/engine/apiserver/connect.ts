/**
 * Subresources that somebody else answers: log, exec, attach and portforward (the pod's kubelet), proxy (a pod, a Service's
 * pod, a kubelet). Says who that is and what he is asked, or why not.
 *
 * @source kubernetes pkg/registry/core/pod/strategy.go (LogLocation, streamLocation, validateContainer), pkg/registry/core/pod/rest
 */
import { badRequest, notFound, serviceUnavailable, tooManyRequests } from '#engine/api/status-error';
import type { Container, EndpointSlice, KubeObject, Node, Pod, Service, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { podLogOptionsError } from './pod-log-options';
import { isStatus } from './query';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import type { ApiServerState, Asker } from './state';
import { keyOf } from './storage';
import { type Location, openBehind } from './streams';
import { connectOptions, subresourceRefusal } from './subresource-admission';
import type { ApiRequest } from './wire';

export function beginConnect(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  state.counters.get++;
  const options = connectOptions(request, route);
  const refusal =
    options === null ? null : subresourceRefusal(state, ctx, asker, route, { verb: 'connect', object: options });
  if (refusal !== null) return sendResponse(state, ctx, asker, refusal.code ?? 500, refusal);
  const location =
    route.subresource === 'proxy' ? proxyLocation(state, request, route) : podLocation(state, request, route);
  if (location === null) return sendResponse(state, ctx, asker, 200, '');
  if (isStatus(location)) return sendResponse(state, ctx, asker, location.code ?? 500, location);
  openBehind(state, ctx, asker, location);
}

/** The object that a path names, from the watch cache. */
function find<Kind extends KubeObject>(
  state: ApiServerState,
  resource: string,
  namespace: string,
  name: string,
): Kind | undefined {
  const cache = state.caches.get(resource);
  return cache?.objects.get(keyOf(cache.prefix, namespace, name)) as Kind | undefined;
}

const notReady = (state: ApiServerState): Status | null =>
  state.caches.get('pods')?.ready === true ? null : tooManyRequests('storage is (re)initializing', 1);

/** The kubelet of a node; 404 when there is no such node. */
function kubeletOf(state: ApiServerState, nodeName: string): Pick<Location, 'backend' | 'host'> | Status {
  const node = find<Node>(state, 'nodes', '', nodeName);
  if (node === undefined) return notFound({ group: '', resource: 'nodes' }, nodeName);
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? nodeName;
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10_250;
  return { backend: `${nodeName}/kubelet`, host: `${address}:${port}` };
}

const COMMANDS: Readonly<Record<string, string>> = {
  log: 'containerLogs',
  exec: 'exec',
  attach: 'attach',
  portforward: 'portForward',
};
/** The kubelet's names of the parameters of exec and attach. */
const STREAM_FLAGS = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' } as const;
const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1';

/** Null: a log of a pod that is on no node yet, which is empty. */
function podLocation(state: ApiServerState, request: ApiRequest, route: ResourceRequest): Location | Status | null {
  const { namespace, name, subresource, info } = route;
  const { query = {} } = request;
  const busy = notReady(state);
  if (busy !== null) return busy;
  const pod = find<Pod>(state, 'pods', namespace, name);
  if (pod === undefined) return notFound(info, name);
  if (subresource === 'log') {
    const wrong = podLogOptionsError(name, query);
    if (wrong !== null) return wrong;
  }
  const container = subresource === 'portforward' ? '' : containerOf(pod, query['container'] ?? '');
  if (typeof container === 'object') return container;
  const { nodeName = '' } = pod.spec;
  if (nodeName === '') return subresource === 'log' ? null : badRequest(`pod ${name} does not have a host assigned`);
  const kubelet = kubeletOf(state, nodeName);
  if (isStatus(kubelet)) return kubelet;
  if (subresource !== 'log' && request.upgrade !== true) return badRequest('Upgrade request required');
  const path = `/${COMMANDS[subresource]}/${namespace}/${name}${container === '' ? '' : `/${container}`}`;
  const { repeated, userAgent } = request;
  return {
    ...kubelet,
    kind: subresource === 'log' ? 'log' : 'upgrade',
    request: {
      method: request.method,
      path,
      query: subresource === 'log' ? logQuery(query, request.streaming === true) : kubeletQuery(query),
      ...(repeated === undefined ? null : { repeated }),
      userAgent,
    },
  };
}

/** Who does not take a body in parts gets what there is. */
function logQuery(query: Readonly<Record<string, string>>, streaming: boolean): Readonly<Record<string, string>> {
  const { container: _, follow, ...rest } = query;
  return follow === undefined || !streaming ? rest : { follow, ...rest };
}

function kubeletQuery(query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, flag] of Object.entries(STREAM_FLAGS)) if (isTrue(query[name])) result[flag] = '1';
  for (const name of ['command', 'ports']) if (query[name] !== undefined) result[name] = query[name];
  return result;
}

/** The container that is meant; a Status when that is not clear. */
function containerOf(pod: Pod, given: string): string | Status {
  const { name } = pod.metadata;
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const names = (list: readonly Pick<Container, 'name'>[]): string => list.map((one) => one.name).join(' ');
  if (given !== '') {
    const all = [...containers, ...initContainers, ...ephemeralContainers];
    return all.some((one) => one.name === given)
      ? given
      : badRequest(`container ${given} is not valid for pod ${name}`);
  }
  if (containers.length === 1) return containers[0]!.name;
  const inits = initContainers.length === 0 ? '' : ` or one of the init containers: [${names(initContainers)}]`;
  return badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${inits}`,
  );
}

/** `[SCHEME:]NAME[:PORT]` @source apimachinery/pkg/util/net/port_split.go (SplitSchemeNamePort) */
function splitName(id: string): { readonly name: string; readonly port: string } | null {
  const parts = id.split(':');
  if (parts.length === 1) return { name: id, port: '' };
  if (parts.length === 2) return { name: parts[0]!, port: parts[1]! };
  if (parts.length !== 3 || !['', 'http', 'https'].includes(parts[0]!)) return null;
  return { name: parts[1]!, port: parts[2]! };
}

function proxyLocation(state: ApiServerState, request: ApiRequest, route: ResourceRequest): Location | Status {
  const { info, namespace } = route;
  const split = splitName(route.name);
  const busy = notReady(state);
  if (busy !== null) return busy;
  if (split === null || split.name === '') {
    const what = { pods: 'pod', services: 'service', nodes: 'node' }[info.resource] ?? info.resource;
    return badRequest(`invalid ${what} request ${JSON.stringify(route.name)}`);
  }
  const { method, query = {}, userAgent } = request;
  const asked = { method, path: route.rest === '' ? '/' : route.rest, query, userAgent };
  if (info.resource === 'nodes') {
    const kubelet = kubeletOf(state, split.name);
    return isStatus(kubelet) ? kubelet : { ...kubelet, kind: 'proxy', request: asked };
  }
  const target = info.resource === 'pods' ? podTarget(state, namespace, split) : serviceTarget(state, namespace, split);
  if (isStatus(target)) return target;
  const { nodeName, address, port } = target;
  return {
    backend: `${nodeName}/containerd`,
    host: `${address}:${port}`,
    kind: 'proxy',
    request: { ...asked, to: { address, port } },
  };
}

interface Target {
  readonly nodeName: string;
  readonly address: string;
  readonly port: number;
}

function podTarget(
  state: ApiServerState,
  namespace: string,
  { name, port }: { readonly name: string; readonly port: string },
): Target | Status {
  const pod = find<Pod>(state, 'pods', namespace, name);
  if (pod === undefined) return notFound({ group: '', resource: 'pods' }, name);
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  const address = pod.status?.podIP ?? '';
  const number = port === '' ? (declared[0]?.containerPort ?? 80) : Number(port);
  if (address === '') return badRequest('address not allowed');
  return { nodeName: pod.spec.nodeName ?? '', address, port: number };
}

/** One of the ready endpoints of a Service's port. @source pkg/registry/core/service/storage/storage.go (ResourceLocation) */
function serviceTarget(
  state: ApiServerState,
  namespace: string,
  { name, port }: { readonly name: string; readonly port: string },
): Target | Status {
  const service = find<Service>(state, 'services', namespace, name);
  if (service === undefined) return notFound({ group: '', resource: 'services' }, name);
  const { ports = [] } = service.spec;
  const wanted =
    port === ''
      ? ports.length === 1
        ? ports[0]
        : undefined
      : ports.find((one) => one.name === port || String(one.port) === port);
  if (wanted === undefined)
    return serviceUnavailable(`no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`);
  const cache = state.caches.get('endpointslices.discovery.k8s.io');
  for (const object of cache?.objects.values() ?? []) {
    const slice = object as EndpointSlice;
    if (slice.metadata.namespace !== namespace || slice.metadata.labels?.['kubernetes.io/service-name'] !== name)
      continue;
    const number = slice.ports?.find((one) => (one.name ?? '') === (wanted.name ?? ''))?.port;
    const ready = slice.endpoints?.find(({ conditions }) => conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (number === undefined || ready?.nodeName === undefined || address === undefined) continue;
    return { nodeName: ready.nodeName, address, port: number };
  }
  return serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}
