/**
 * What every request passes before anything is done about it: who asks, as whom, and whether that one may.
 *
 * @source kubernetes apiserver/pkg/server/config.go (DefaultBuildHandlerChain)
 */
import { unauthorized } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { Context, ProcessId } from '#engine/kernel/process';
import { recordRequest, type WriteVerb } from './audit';
import { authenticate } from './authentication/authenticate';
import { ANONYMOUS, type UserInfo } from './authentication/user';
import { refusalOf } from './authorization/authorize';
import { attributesOf, pathAttributes } from './authorization/request-attributes';
import { lateAnswers } from './late';
import { sendResponse } from './respond';
import { type ResourceRequest, routeOf } from './routes';
import { resourcesOf } from './served';
import type { ApiServerState, Asker } from './state';
import type { ApiRequest } from './wire';
import { truth } from './parameter';

/** A request that may go on. */
export interface Admitted {
  readonly asker: Asker;
  /** Null: it is for no resource that is served. */
  readonly route: ResourceRequest | null;
}

/** Subresources that a GET with an upgrade opens as a POST does. @source pkg/registry/core/pod/rest/subresources.go */
const CONNECTING: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

export const routeOfRequest = (state: ApiServerState, { method, path, query }: ApiRequest): ResourceRequest | null =>
  routeOf(resourcesOf(state), method, path, truth(query?.['watch']));

/** What is told to whoever asks for these. @source apiserver/pkg/endpoints/deprecation/deprecation.go */
const DEPRECATED: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

/** Lets a request through, or answers its refusal and returns null. */
export function admitRequest(
  state: ApiServerState,
  ctx: Context,
  client: ProcessId,
  request: ApiRequest,
): Admitted | null {
  const { id, credentials } = request;
  let user: UserInfo = ANONYMOUS;
  const route = routeOfRequest(state, request);
  const refuse = (status: Status): null => {
    const code = status.code ?? 500;
    const asker: Asker = { client, id, user };
    if (route !== null && request.method !== 'GET') recordRefusal(state, ctx, asker, route, code);
    sendResponse(state, ctx, asker, code, status);
    return null;
  };
  const found = authenticate(state, credentials, ctx.now);
  if (found === null) return refuse(unauthorized());
  user = found;
  if (credentials.impersonate !== undefined) {
    const acting = lateAnswers.code.impersonate(state, user, credentials.impersonate);
    if ('refusal' in acting) return refuse(acting.refusal);
    user = acting.user;
  }
  if (state.args.auditPolicy !== undefined)
    lateAnswers.code.auditor.received(state, ctx, { client, id, user }, found, request, route);
  const asked = route === null ? pathAttributes(user, request) : attributesOf(user, request, route);
  let refusal = refusalOf(state, asked);
  if (refusal === null && asked.verb === 'get' && CONNECTING.has(asked.subresource))
    refusal = refusalOf(state, { ...asked, verb: 'create' });
  if (refusal !== null) return refuse(refusal);
  const warning = route === null ? undefined : DEPRECATED[route.info.id];
  return { asker: warning === undefined ? { client, id, user } : { client, id, user, warning }, route };
}

function recordRefusal(
  state: ApiServerState,
  ctx: Context,
  { client, user }: Asker,
  { info, verb, namespace, name, subresource }: ResourceRequest,
  code: number,
): void {
  recordRequest(state.audit, ctx, {
    event: ctx.event,
    at: ctx.monotonic,
    from: client,
    user: user.username,
    verb: verb as WriteVerb,
    resource: info.id,
    subresource,
    namespace,
    name,
    code,
  });
}
