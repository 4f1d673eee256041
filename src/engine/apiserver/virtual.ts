/**
 * Resources of which nothing is stored: each request is answered by a rule of its own. The next one is a row in
 * `virtualResources` and an entry in `RULES`.
 */
import { builtIn } from '#engine/api/registry';
import { badRequest, notFound, unknownMethod } from '#engine/api/status-error';
import type { KubeObject } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { apiServices } from './api-services';
import { storedServices } from './aggregation-status';
import { API_SERVICES } from './feed';
import { componentStatuses } from './component-statuses';
import { listBody } from './list-body';
import { isSelected, isSelection, selectionOf } from './selection';
import { sendResponse } from './respond';
import { answerReview } from './reviews';
import type { ResourceRequest } from './routes';
import { cacheOf } from './served';
import type { ApiServerState, Asker } from './state';
import { keyOf, prefixOf } from './storage';
import { wantsTable } from './form';
import { tableOf } from './table';
import type { ApiRequest } from './wire';
import { beginWrite } from './writes';

type Rule = (state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest) => void;

const byName = ({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** What answers the requests for each virtual resource, by its `id`. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['bindings', bind],
  ['componentstatuses', readOnly(componentStatuses)],
  [API_SERVICES, readOnly((state) => [...storedServices(state), ...apiServices(state)].sort(byName))],
]);

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

export function answerVirtual(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  const { info } = route;
  const rule = info.group === AUTHENTICATION || info.group === AUTHORIZATION ? answerReview : RULES.get(info.id);
  if (rule === undefined) return sendResponse(state, ctx, asker, 405, unknownMethod());
  rule(state, ctx, asker, request, route);
}

/** A binding posted for itself is one of the pod that it names. @source kubernetes pkg/registry/core/pod/storage/storage.go */
function bind(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest): void {
  const name = (request.body as Partial<KubeObject> | null | undefined)?.metadata?.name;
  if (typeof name !== 'string' || name === '') {
    const status = badRequest('name is required');
    return sendResponse(state, ctx, asker, 400, status);
  }
  const info = builtIn.byId('pods')!;
  beginWrite(state, ctx, asker, request, { ...route, info, name, subresource: 'binding' });
}

/** Answers get and list from objects that are worked out anew for each request. */
function readOnly(objectsOf: (state: ApiServerState, now: number) => readonly KubeObject[]): Rule {
  return (state, ctx, asker, request, { info, verb, name }) => {
    const all = objectsOf(state, ctx.now);
    if (verb === 'get') {
      const object = all.find(({ metadata }) => metadata.name === name);
      if (object === undefined) return sendResponse(state, ctx, asker, 404, notFound(info, name));
      return sendResponse(
        state,
        ctx,
        asker,
        200,
        wantsTable(request) ? tableOf(info, [object], request, ctx.now) : object,
      );
    }
    const selection = selectionOf(info, '', '', request.query);
    if (!isSelection(selection)) return sendResponse(state, ctx, asker, selection.code ?? 400, selection);
    const objects = all.filter((object) =>
      isSelected(selection, info, keyOf(prefixOf(info), '', object.metadata.name), object),
    );
    const body = wantsTable(request)
      ? tableOf(info, objects, request, ctx.now, {})
      : listBody(info, objects, cacheOf(state, info.id)?.revision ?? 0);
    sendResponse(state, ctx, asker, 200, body);
  };
}
