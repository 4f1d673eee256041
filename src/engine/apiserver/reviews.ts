/**
 * Requests that ask and store nothing: who am I, who is this token, may somebody do something. Each is answered by its own
 * object with a status.
 *
 * @source kubernetes pkg/registry/authentication/{tokenreview,selfsubjectreview}, pkg/registry/authorization, pkg/apis/authorization/validation
 */
import { type FieldError, invalid as invalidField } from '#engine/api/field-error';
import { badRequest, invalid } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { API_AUDIENCES, tokenUser } from './authentication/authenticate';
import type { UserInfo } from './authentication/user';
import type { Attributes } from './authorization/attributes';
import { authorize } from './authorization/authorize';
import { nodeIdentity } from './authorization/node';
import { rulesFor } from './authorization/rbac';
import { decodeBody } from './decoding';
import { isStatus, writeOptions } from './query';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import type { ApiServerState, Asker } from './state';
import type { ApiRequest } from './wire';

interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly fieldSelector?: { readonly rawSelector?: string };
}

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface Review extends KubeObject {
  readonly spec?: AccessSpec & {
    readonly token?: string;
    readonly audiences?: readonly string[];
    readonly namespace?: string;
  };
}

const GROUP = 'authorization.k8s.io';

/** Answers a POST of a review. */
export function answerReview(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  { info, namespace }: ResourceRequest,
): void {
  const refuse = (status: Status): void => sendResponse(state, ctx, asker, status.code ?? 500, status);
  const how = writeOptions(request.query, 'CreateOptions', false);
  if (isStatus(how)) return refuse(how);
  const decoded = decodeBody(request, info, '', how.fieldValidation);
  if (decoded.type === 'refuse') return refuse(decoded.status);
  const review = decoded.object as Review;
  const answer = statusOf(state, ctx, asker.user, info.kind, namespace, review);
  if ('refusal' in answer) return refuse(answer.refusal);
  const { apiVersion, kind } = info;
  const { metadata, spec } = review;
  const shown = 'spec' in answer ? answer.spec : spec;
  sendResponse(
    state,
    ctx,
    asker,
    201,
    {
      kind,
      apiVersion,
      metadata: kind === 'SelfSubjectReview' ? { creationTimestamp: timestamp(ctx.now) } : (metadata ?? {}),
      ...(shown === undefined ? {} : { spec: shown }),
      status: answer.status,
    },
    decoded.warnings,
  );
}

type Answer = { readonly status: unknown; readonly spec?: unknown } | { readonly refusal: Status };

function statusOf(
  state: ApiServerState,
  ctx: Context,
  user: UserInfo,
  kind: string,
  namespace: string,
  { metadata, spec = {} }: Review,
): Answer {
  switch (kind) {
    case 'SelfSubjectReview':
      return { status: { userInfo: user } };
    case 'TokenReview':
      return tokenStatus(state, ctx, spec.token ?? '', spec.audiences ?? []);
    case 'SelfSubjectRulesReview':
      return rulesStatus(state, user, spec.namespace ?? '');
    case 'SelfSubjectAccessReview':
      return accessStatus(state, kind, user, spec, []);
    case 'SubjectAccessReview':
      return accessStatus(state, kind, subjectOf(spec), spec, subjectErrors(spec));
    default:
      return accessStatus(state, kind, subjectOf(spec), spec, [
        ...subjectErrors(spec),
        ...localErrors(spec, metadata?.namespace ?? namespace),
      ]);
  }
}

function tokenStatus(state: ApiServerState, ctx: Context, token: string, wanted: readonly string[]): Answer {
  if (token === '') return { refusal: badRequest('token is required for TokenReview in authentication') };
  const found = tokenUser(state, token, ctx.now, wanted.length === 0 ? API_AUDIENCES : wanted);
  if (found === null) return { status: { user: {}, error: 'invalid bearer token' } };
  if (typeof found === 'string') return { status: { user: {}, error: `[invalid bearer token, ${found}]` } };
  return { status: { authenticated: true, user: found.user, audiences: found.audiences } };
}

function rulesStatus(state: ApiServerState, user: UserInfo, namespace: string): Answer {
  if (namespace === '') return { refusal: badRequest('no namespace on request') };
  const { rules, errors } = rulesFor(state, user, namespace);
  const isNode = nodeIdentity(user) !== null;
  const texts = [...(isNode ? ['node authorizer does not support user rule resolution'] : []), ...errors];
  return {
    spec: {},
    status: {
      resourceRules: rules
        .filter(({ resources }) => resources !== undefined)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames === undefined ? {} : { resourceNames }),
        })),
      nonResourceRules: rules
        .filter(({ nonResourceURLs }) => nonResourceURLs !== undefined)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: isNode,
      ...(texts.length === 0 ? {} : { evaluationError: texts.length === 1 ? texts[0] : `[${texts.join(', ')}]` }),
    },
  };
}

const subjectOf = ({ user = '', uid, groups = [], extra }: AccessSpec): UserInfo => ({
  username: user,
  groups,
  ...(uid === undefined ? {} : { uid }),
  ...(extra === undefined ? {} : { extra }),
});

const subjectErrors = ({ user = '', groups = [] }: AccessSpec): FieldError[] =>
  user === '' && groups.length === 0
    ? [invalidField('spec.user', '', 'at least one of user or group must be specified')]
    : [];

function localErrors({ resourceAttributes, nonResourceAttributes }: AccessSpec, namespace: string): FieldError[] {
  const errors: FieldError[] = [];
  if (resourceAttributes !== undefined && (resourceAttributes.namespace ?? '') !== namespace) {
    const given = resourceAttributes.namespace ?? '';
    errors.push(invalidField('spec.resourceAttributes.namespace', given, 'must match metadata.namespace'));
  }
  if (nonResourceAttributes !== undefined) {
    const text = 'disallowed on this kind of request';
    errors.push(invalidField('spec.nonResourceAttributes', nonResourceAttributes, text));
  }
  return errors;
}

function accessStatus(
  state: ApiServerState,
  kind: string,
  user: UserInfo,
  spec: AccessSpec,
  subject: readonly FieldError[],
): Answer {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const errors: FieldError[] = [];
  if (resource !== undefined && path !== undefined) {
    const text = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalidField('spec.nonResourceAttributes', 'nonResourceAttributes', text));
  }
  if (resource === undefined && path === undefined) {
    const text = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalidField('spec.resourceAttributes', 'resourceAttributes', text));
  }
  errors.push(...subject);
  if (errors.length > 0) return { refusal: invalid({ group: GROUP, kind }, '', errors) };
  const { allowed, reason } = authorize(state, attributesOf(user, resource, path));
  return { status: { allowed, ...(reason === '' ? {} : { reason }) } };
}

function attributesOf(
  user: UserInfo,
  resource: ResourceAttributes | undefined,
  path: AccessSpec['nonResourceAttributes'],
): Attributes {
  return {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    group: resource?.group ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: path?.path ?? '',
    fieldSelector: resource?.fieldSelector?.rawSelector,
  };
}
