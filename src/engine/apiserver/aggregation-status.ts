/**
 * Whether who answers for a group's version can be asked: the condition `Available` of APIServices. All API servers of a cluster
 * look; whoever is late meets a conflict.
 *
 * @source kubernetes staging/src/k8s.io/kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go
 * @simplified one check at a time and not five at once
 */
import type { JsonObject } from '#engine/api/json';
import { conditionOf } from '#engine/api/meta';
import { timestamp } from '#engine/api/timestamp';
import type { APIService, EndpointSlice, Service } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { API_SERVICES } from './feed';
import { CONTROLLERS } from './respond';
import type { ApiServerState, Proxied } from './state';
import type { HttpResponse } from './stream-wire';
import { keyOf } from './storage';
import { objectsUnder } from './watch-cache';
import { startOperation } from './writes';

/** Where a group's requests go. */
export interface Backend {
  readonly node: string;
  readonly address: string;
  readonly port: number;
}

interface Condition {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const unavailable = (reason: string, message: string): Condition => ({ status: 'False', reason, message });

/** The APIServices that name a Service. */
export function storedServices(state: ApiServerState): readonly APIService[] {
  const cache = state.caches.get(API_SERVICES);
  return cache === undefined ? [] : (objectsUnder(cache, cache.prefix) as APIService[]);
}

/** An endpoint of the Service that answers, or why there is none. */
export function backendOf(state: ApiServerState, apiService: APIService): Backend | Condition {
  const { namespace = '', name = '', port = 443 } = apiService.spec?.service ?? {};
  const services = state.caches.get('services');
  const service = services?.objects.get(keyOf(services.prefix, namespace, name)) as Service | undefined;
  const called = `service/${name} in "${namespace}"`;
  if (service === undefined) return unavailable('ServiceNotFound', `${called} is not present`);
  const wanted = service.spec.ports?.find((each) => each.port === port);
  if (wanted === undefined) return unavailable('ServicePortError', `${called} is not listening on port ${port}`);
  const slices = slicesOf(state, namespace, name);
  if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${called}`);
  const portName = wanted.name ?? '';
  for (const { endpoints = [], ports = [] } of slices) {
    const number = ports?.find((each) => (each.name ?? '') === portName)?.port;
    const ready = endpoints?.find(({ conditions }) => conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (number !== undefined && ready?.nodeName !== undefined && address !== undefined)
      return { node: ready.nodeName, address, port: number };
  }
  return unavailable('MissingEndpoints', `endpointslices for ${called} have no addresses with port name "${portName}"`);
}

function slicesOf(state: ApiServerState, namespace: string, name: string): readonly EndpointSlice[] {
  const cache = state.caches.get('endpointslices.discovery.k8s.io');
  if (cache === undefined) return [];
  const all = objectsUnder(cache, keyOf(cache.prefix, namespace, '')) as EndpointSlice[];
  return all.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
}

/** Writes the condition where it is another. */
export function settle(state: ApiServerState, ctx: Context, apiService: APIService, next: Condition): void {
  const { metadata, status } = apiService;
  const known = conditionOf(status?.conditions, 'Available');
  const group = state.aggregated?.get(metadata.name);
  if (known?.status === next.status && known.reason === next.reason && known.message === next.message) return;
  if (group === undefined || group.written === metadata.resourceVersion) return;
  group.written = metadata.resourceVersion;
  const changed = known?.status !== next.status;
  const condition = {
    lastTransitionTime: changed ? timestamp(ctx.now) : known?.lastTransitionTime,
    message: next.message,
    reason: next.reason,
    status: next.status,
    type: 'Available',
  };
  startOperation(state, ctx, {
    asker: CONTROLLERS,
    verb: 'update',
    subresource: 'status',
    body: { ...apiService, status: { conditions: [condition] } },
    resource: API_SERVICES,
    namespace: '',
    name: metadata.name,
    contentType: '',
    shape: null,
    fieldValidation: 'Ignore',
    manager: 'kube-apiserver',
    force: false,
    options: {
      dryRun: false,
      gracePeriodSeconds: null,
      preconditions: null,
      propagationPolicy: null,
      orphanDependents: null,
    },
    warnings: [],
    collection: 0,
  });
}

/** A check has been answered, or (then it is said why) cannot be. */
export function discovered(
  state: ApiServerState,
  ctx: Context,
  stream: Pick<Proxied, 'url' | 'group' | 'host'>,
  answer: HttpResponse | string,
): void {
  const group = state.aggregated?.get(stream.group ?? '');
  const apiService = storedServices(state).find(({ metadata }) => metadata.name === stream.group);
  if (group === undefined) return;
  group.checking = false;
  const isGood = typeof answer !== 'string' && answer.code < 300;
  group.resources = isGood
    ? (JSON.parse(answer.body) as { readonly resources: readonly JsonObject[] }).resources
    : null;
  if (apiService === undefined) return;
  if (isGood) return settle(state, ctx, apiService, { status: 'True', reason: 'Passed', message: 'all checks passed' });
  const error =
    typeof answer === 'string'
      ? `Get "${stream.url}": dial tcp ${stream.host}: ${answer}`
      : `bad status from ${stream.url}: ${answer.code}`;
  settle(
    state,
    ctx,
    apiService,
    unavailable('FailedDiscoveryCheck', `failing or missing response from ${stream.url}: ${error}`),
  );
}
