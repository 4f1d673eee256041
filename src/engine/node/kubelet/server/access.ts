/**
 * Whether somebody who is no API server may ask the kubelet: it asks the API server (webhook authorization), and remembers the
 * answer for a while.
 *
 * @source kubernetes pkg/kubelet/server/{auth,server}.go, cmd/kubelet/app/auth.go; apiserver
 *   plugin/pkg/authorizer/webhook (5 min for yes, 30 s for no)
 * @simplified who it is, is what his certificate says; tokens are not looked at
 */
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { Credentials } from '#engine/apiserver/wire';
import { type Delivery, request as ask } from '#engine/client/client';
import type { Context, Message } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { KubeletState } from '../state';
import { respond } from './sessions';
import type { ServerPeer } from './state';

const REMEMBERED = { yes: 5 * MINUTE, no: 30 * SECOND };

export interface AccessTag extends Message {
  readonly type: 'kubelet/access';
  readonly peer: ServerPeer;
  readonly request: HttpRequest;
}

/** `/stats/summary` is nodes/stats, `/metrics/…` nodes/metrics, the rest nodes/proxy. */
function subresourceOf(path: string): string {
  const [, first = ''] = path.split('/');
  return first === 'metrics' || first === 'stats' ? first : 'proxy';
}

const userOf = ({ certificate }: Credentials): string => certificate?.commonName ?? 'system:anonymous';
const keyOf = (request: HttpRequest): string =>
  `${userOf(request.credentials ?? {})} ${request.method} ${subresourceOf(request.path)}`;
const verbOf = (method: string): string => (method === 'POST' ? 'create' : method.toLowerCase());

/** @returns whether it is known that he may; else he is refused, or served once it is known */
export function mayAsk(
  state: KubeletState,
  ctx: Context,
  peer: ServerPeer,
  request: HttpRequest,
  credentials: Credentials,
): boolean {
  const known = state.access?.get(keyOf(request));
  if (known !== undefined && known.until > ctx.monotonic) {
    if (!known.allowed) refuse(ctx, peer, request);
    return known.allowed;
  }
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: userOf(credentials),
      groups: [...(credentials.certificate?.organizations ?? []), 'system:authenticated'],
      resourceAttributes: {
        verb: verbOf(request.method),
        version: 'v1',
        resource: 'nodes',
        subresource: subresourceOf(request.path),
        name: state.args.node.name,
      },
    },
  };
  const tag: AccessTag = { type: 'kubelet/access', peer, request };
  ask(state.client, ctx, { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body }, tag);
  return false;
}

function refuse(ctx: Context, peer: ServerPeer, request: HttpRequest): void {
  const { method, path, credentials = {} } = request;
  const text = `Forbidden (user=${userOf(credentials)}, verb=${verbOf(method)}, resource=nodes, subresource(s)=[${subresourceOf(path)}])`;
  respond(ctx, peer, 403, text);
}

/** The API server has answered. @returns whether the request may be served */
export function accessAnswered(
  state: KubeletState,
  ctx: Context,
  { peer, request }: AccessTag,
  answer: Extract<Delivery, { type: 'answer' }>,
): boolean {
  if (!answer.ok) {
    respond(ctx, peer, 500, 'Internal Error');
    return false;
  }
  const allowed = (answer.body as { readonly status?: { readonly allowed?: boolean } }).status?.allowed === true;
  const until = ctx.monotonic + (allowed ? REMEMBERED.yes : REMEMBERED.no);
  (state.access ??= new Map()).set(keyOf(request), { allowed, until });
  if (!allowed) refuse(ctx, peer, request);
  return allowed;
}
