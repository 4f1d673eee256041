/**
 * The aggregation layer: groups that an add-on answers for (`metrics.k8s.io`). The API server asks who and whether he may, and
 * passes the request on to an endpoint of the Service that an APIService names.
 *
 * @source kubernetes staging/src/k8s.io/kube-aggregator/pkg/apiserver/{apiserver,handler_proxy}.go
 */
import type { APIService } from '#engine/api/types';
import { conditionOf } from '#engine/api/meta';
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { backendOf, settle, storedServices } from './aggregation-status';
import { CONTROLLERS, NO_WARNINGS, sendResponse } from './respond';
import type { ApiServerState, Asker } from './state';
import { type Location, openBehind } from './streams';
import { tick } from './tick';
import type { ApiRequest } from './wire';

/** @simplified upstream looks when something changes, and every 30 s */
const LOOK_EVERY: Micros = 5 * SECOND;

/** Looks whether those who answer for other groups can be asked. */
export function lookAtAggregation(state: ApiServerState, ctx: Context): void {
  const { aggregated } = state;
  if (aggregated === null) return;
  const stored = storedServices(state);
  for (const name of [...aggregated.keys()])
    if (!stored.some(({ metadata }) => metadata.name === name)) aggregated.delete(name);
  for (const apiService of stored) {
    const { name } = apiService.metadata;
    if (apiService.spec?.service === undefined) continue;
    const group = aggregated.get(name) ?? { resources: null, checking: false, written: '' };
    aggregated.set(name, group);
    const backend = backendOf(state, apiService);
    if ('reason' in backend) {
      group.resources = null;
      settle(state, ctx, apiService, backend);
    } else if (!group.checking) {
      group.checking = true;
      const path = `/apis/${apiService.spec.group ?? ''}/${apiService.spec.version ?? ''}`;
      const request = { method: 'GET', path, query: {}, userAgent: 'Go-http-client/2.0' };
      openBehind(state, ctx, CONTROLLERS, { ...locationOf(backend, request), kind: 'discovery', group: name });
    }
  }
  if (stored.length === 0) state.aggregated = null;
  else ctx.after(LOOK_EVERY, tick('apiserver/aggregation'));
}

function locationOf(
  { node, address, port }: { readonly node: string; readonly address: string; readonly port: number },
  request: Omit<Location['request'], 'to'>,
): Location {
  return {
    backend: `${node}/containerd`,
    host: `${address}:${port}`,
    kind: 'aggregate',
    request: { ...request, to: { address, port } },
  };
}

/** The APIService of a path of its version. */
function serviceFor(state: ApiServerState, path: string): APIService | undefined {
  const [, root, group = '', version] = path.split('/');
  if (root !== 'apis' || version === undefined) return undefined;
  return storedServices(state).find(({ metadata }) => metadata.name === `${version}.${group}`);
}

/** @returns false when no APIService is for that path */
export function answerAggregated(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): boolean {
  const apiService = serviceFor(state, request.path);
  if (apiService?.spec?.service === undefined) return false;
  const available = conditionOf(apiService.status?.conditions, 'Available')?.status === 'True';
  const backend = backendOf(state, apiService);
  if (!available || 'reason' in backend) {
    sendResponse(state, ctx, asker, 503, 'service unavailable\n', NO_WARNINGS, {
      contentType: 'text/plain; charset=utf-8',
    });
    return true;
  }
  const { method, path, query = {}, userAgent, accept } = request;
  const asked = { method, path, query, userAgent, ...(accept === undefined ? null : { accept }) };
  openBehind(state, ctx, asker, locationOf(backend, asked));
  return true;
}
