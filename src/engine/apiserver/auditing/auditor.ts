/**
 * The audit log of a policy: an event for every stage of a request, written to standard output as lines of JSON.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/filters/audit.go, pkg/audit/request.go, pkg/apis/audit/v1/types.go
 * @simplified a watch's event is the one of its start; addresses are names of machines
 */
import { microTimestamp } from '#engine/api/timestamp';
import type { KubeObject, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import type { UserInfo } from '../authentication/user';
import { attributesOf, pathAttributes } from '../authorization/request-attributes';
import { authorize } from '../authorization/authorize';
import type { Auditor } from '../late';
import type { ResourceRequest } from '../routes';
import type { ApiServerState, Asker, AuditedRequest } from '../state';
import { newUid } from '../uid';
import type { ApiRequest } from '../wire';
import type { Stage } from '#engine/api/audit-policy';
import { auditConfig } from './policy';

const keyOf = ({ client, id }: Asker): string => `${client}/${id}`;

const userOf = ({ username, uid, groups, extra }: UserInfo): object => ({
  username,
  ...(uid === undefined ? null : { uid }),
  groups,
  ...(extra === undefined ? null : { extra }),
});

function uriOf({ path, query = {} }: ApiRequest): string {
  const pairs = Object.entries(query).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function objectRef({ info, namespace, name, subresource }: ResourceRequest, body: unknown): object {
  const { metadata } = (body ?? {}) as Partial<KubeObject>;
  const uid = metadata?.uid ?? '';
  return {
    resource: info.resource,
    ...(namespace === '' ? null : { namespace }),
    ...(name || metadata?.name ? { name: name || metadata?.name } : null),
    ...(uid === '' ? null : { uid }),
    ...(info.group === '' ? null : { apiGroup: info.group }),
    apiVersion: info.version,
    ...(metadata?.resourceVersion ? { resourceVersion: metadata.resourceVersion } : null),
    ...(subresource === '' ? null : { subresource }),
  };
}

/** An object without its managed fields, as the policy may want it. */
function shown(body: unknown, audited: AuditedRequest): unknown {
  if (!audited.omitManagedFields || typeof body !== 'object' || body === null || !('metadata' in body)) return body;
  const { managedFields: _managed, ...metadata } = (body as KubeObject).metadata;
  return { ...body, metadata };
}

function tell(ctx: Context, audited: AuditedRequest, stage: Stage, more: object = {}): void {
  if (audited.omitStages.includes(stage)) return;
  const { event, annotations } = audited;
  const told = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    ...event,
    stage,
    ...more,
    stageTimestamp: microTimestamp(ctx.now),
    ...(Object.keys(annotations).length === 0 ? null : { annotations }),
  };
  ctx.log(JSON.stringify(told));
}

function received(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  user: UserInfo,
  request: ApiRequest,
  route: ResourceRequest | null,
): void {
  const of = route === null ? pathAttributes(user, request) : attributesOf(user, request, route);
  const { level, ...config } = auditConfig(state.args.auditPolicy ?? {}, of);
  if (level === 'None') return;
  const bodies = level === 'Request' || level === 'RequestResponse';
  const audited: AuditedRequest = {
    ...config,
    responses: level === 'RequestResponse',
    event: {
      level,
      auditID: newUid(ctx.random('audit')),
      requestURI: uriOf(request),
      verb: of.verb,
      user: userOf(user),
      ...(asker.user === user ? null : { impersonatedUser: userOf(asker.user) }),
      sourceIPs: [asker.client.split('/')[0] ?? ''],
      userAgent: request.userAgent,
      ...(route === null ? null : { objectRef: objectRef(route, request.body) }),
      ...(bodies && request.body !== undefined ? { requestObject: request.body } : null),
      requestReceivedTimestamp: microTimestamp(ctx.now),
    },
    annotations: {},
  };
  tell(ctx, audited, 'RequestReceived');
  const { allowed, reason } = authorize(state, { ...of, user: asker.user });
  audited.annotations['authorization.k8s.io/decision'] = allowed ? 'allow' : 'forbid';
  audited.annotations['authorization.k8s.io/reason'] = reason;
  if (of.verb === 'watch' && allowed) return tell(ctx, audited, 'ResponseStarted', { responseStatus: OK });
  state.audited.set(keyOf(asker), audited);
}

const OK = Object.freeze({ metadata: {}, code: 200 });

function annotate(state: ApiServerState, asker: Asker, annotations: Readonly<Record<string, string>>): void {
  const audited = state.audited.get(keyOf(asker));
  if (audited !== undefined) Object.assign(audited.annotations, annotations);
}

function answered(state: ApiServerState, ctx: Context, asker: Asker, code: number, body: unknown): void {
  const audited = state.audited.get(keyOf(asker));
  if (audited === undefined) return;
  state.audited.delete(keyOf(asker));
  const isStatus = typeof body === 'object' && body !== null && (body as Status).kind === 'Status';
  const { status, message, reason, details } = isStatus ? (body as Status) : ({} as Partial<Status>);
  const failed = code >= 400;
  const responseStatus = {
    metadata: {},
    ...(failed && status !== undefined ? { status, message, reason, details } : null),
    code,
  };
  tell(ctx, audited, 'ResponseComplete', {
    responseStatus,
    ...(audited.responses && body !== null ? { responseObject: shown(body, audited) } : null),
  });
}

export const auditor: Auditor = { received, annotate, answered };
