/**
 * Tokens on request: `serviceaccounts/NAME/token`.
 *
 * @source kubernetes pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation/validation.go
 */
import { type FieldError, invalid as invalidField } from '#engine/api/field-error';
import { badRequest, conflict, forbidden, invalid, notFound } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, Pod, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { API_AUDIENCES } from './authentication/authenticate';
import { type Claims, issue, ISSUER, serviceAccountName, unixSeconds } from './authentication/service-account-token';
import { authorize } from './authorization/authorize';
import { nodeIdentity } from './authorization/node';
import { decodeBody } from './decoding';
import { isStatus, writeOptions } from './query';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import { keyOf } from './storage';
import type { ApiServerState, Asker } from './state';
import type { ApiRequest } from './wire';
import { subresourceRefusal } from './subresource-admission';
import { newUid } from './uid';

/** Seconds. */
const DEFAULT_EXPIRATION = 3600;
const LEAST_EXPIRATION = 600;
const MOST_EXPIRATION = 2 ** 32;
/** What the ServiceAccount admission plug-in asks for: such a token lives a year, and its use after this is warned of. */
const WARN_AFTER = 3607;
const EXTENDED = 365 * 24 * 3600;

interface TokenRequest extends KubeObject {
  readonly spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: {
      readonly kind?: string;
      readonly apiVersion?: string;
      readonly name?: string;
      readonly uid?: string;
    };
  };
}

type Bound = Pick<Claims['kubernetes.io'], 'pod' | 'secret' | 'node'>;
type BoundRef = NonNullable<NonNullable<TokenRequest['spec']>['boundObjectRef']>;

/** Answers a POST of a TokenRequest. */
export function createToken(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  const { info, namespace, name } = route;
  const refuse = (status: Status): void => sendResponse(state, ctx, asker, status.code ?? 500, status);
  const how = writeOptions(request.query, 'CreateOptions', false);
  if (isStatus(how)) return refuse(how);
  const { options } = how;
  const decoded = decodeBody(request, info, 'token', how.fieldValidation);
  if (decoded.type === 'refuse') return refuse(decoded.status);
  const node = nodeIdentity(asker.user);
  const why = node === null ? null : nodeRefusal(state, asker, node, route, decoded.object);
  if (why !== null) return refuse(typeof why === 'string' ? forbidden(info, name, why) : why);
  const account = cached(state, 'serviceaccounts', namespace, name);
  if (account === undefined) return refuse(notFound(info, name));
  const { spec = {} } = decoded.object as TokenRequest;
  const { expirationSeconds = DEFAULT_EXPIRATION, boundObjectRef } = spec;
  const object = { ...decoded.object, kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' };
  const { dryRun } = options;
  const warnings = [...decoded.warnings];
  const denied = subresourceRefusal(state, ctx, asker, route, { verb: 'create', object, dryRun }, warnings);
  if (denied !== null) return refuse(denied);
  const errors = expirationErrors(expirationSeconds);
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  if (errors.length > 0) return refuse(invalid(kind, '', errors));
  const bound = boundObjectRef === undefined ? {} : boundTo(state, namespace, name, boundObjectRef);
  if (isStatus(bound)) return refuse(bound);
  const audiences = (spec.audiences ?? []).length === 0 ? API_AUDIENCES : spec.audiences!;
  const now = unixSeconds(ctx.now);
  const forApi = audiences.every((audience) => API_AUDIENCES.includes(audience));
  const extended = expirationSeconds === WARN_AFTER && forApi && boundObjectRef?.kind === 'Pod';
  const claims: Claims = {
    aud: audiences,
    exp: now + (extended ? EXTENDED : expirationSeconds),
    iat: now,
    iss: ISSUER,
    jti: newUid(ctx.random('token')),
    'kubernetes.io': {
      namespace,
      ...bound,
      serviceaccount: { name, uid: account.metadata.uid },
      ...(extended ? { warnafter: now + WARN_AFTER } : {}),
    },
    nbf: now,
    sub: serviceAccountName(namespace, name),
  };
  const body = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(ctx.now) },
    spec: { audiences, expirationSeconds, boundObjectRef: boundObjectRef ?? null },
    status: {
      token: options.dryRun ? '' : issue(state, claims),
      expirationTimestamp: timestamp(ctx.now + expirationSeconds * SECOND),
    },
  };
  sendResponse(state, ctx, asker, 201, body, warnings);
}

/**
 * Why a kubelet does not get a token: only for a pod bound to its node, and only for an audience that the pod has a volume for.
 *
 * @source kubernetes plugin/pkg/admission/noderestriction/admission.go (admitServiceAccount, validateNodeServiceAccountAudience)
 * @simplified audiences that a pod's CSI driver asks for are not looked at
 */
function nodeRefusal(
  state: ApiServerState,
  { user }: Asker,
  node: string,
  { namespace, name }: ResourceRequest,
  { spec }: TokenRequest,
): string | Status | null {
  const { kind, apiVersion, name: podName = '', uid = '' } = spec?.boundObjectRef ?? {};
  if (apiVersion !== 'v1' || kind !== 'Pod' || podName === '') return 'node requested token not bound to a pod';
  if (uid === '') return 'node requested token with a pod binding without a uid';
  const pod = cached(state, 'pods', namespace, podName) as Pod | undefined;
  if (pod === undefined) return notFound({ group: '', resource: 'pod' }, podName);
  if (pod.metadata.uid !== uid)
    return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  if (pod.spec.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node';
  const [audience = '', another] = spec?.audiences ?? [];
  if (another !== undefined) return 'node may only request 0 or 1 audiences';
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  const tokens = sources.flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
  if (tokens.some((token) => (token.audience ?? '') === audience)) return null;
  const verb = 'request-serviceaccounts-token-audience';
  const asked = { user, verb, group: '', resource: audience, subresource: '', namespace, name, path: '' };
  return authorize(state, asked).allowed
    ? null
    : `audience ${JSON.stringify(audience)} not found in pod spec volume, ${user.username} is not authorized to request tokens for this audience`;
}

function expirationErrors(seconds: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < LEAST_EXPIRATION)
    return [invalidField(field, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > MOST_EXPIRATION)
    return [invalidField(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

function cached(state: ApiServerState, resource: string, namespace: string, name: string): KubeObject | undefined {
  const cache = state.caches.get(resource);
  return cache?.objects.get(keyOf(cache.prefix, namespace, name));
}

/** What a token is bound to, with the node of a pod. */
function boundTo(state: ApiServerState, namespace: string, account: string, ref: BoundRef): Bound | Status {
  const { kind = '', name = '', uid = '' } = ref;
  const resource = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind];
  if (resource === undefined || (ref.apiVersion ?? '') !== 'v1') {
    return badRequest(`cannot bind token to object of type ${goKind(ref.apiVersion ?? '', kind)}`);
  }
  const object = cached(state, resource, kind === 'Node' ? '' : namespace, name);
  const of = { group: '', resource };
  if (object === undefined) return notFound(of, name);
  if (uid !== '' && uid !== object.metadata.uid) {
    return conflict(
      of,
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const reference = { name, uid: object.metadata.uid };
  if (kind === 'Secret') return { secret: reference };
  if (kind === 'Node') return { node: reference };
  const { serviceAccountName, nodeName } = (object as Pod).spec;
  if (serviceAccountName !== account) {
    return badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  }
  const node = nodeName === undefined ? undefined : cached(state, 'nodes', '', nodeName);
  return { ...(node === undefined ? {} : { node: { name: nodeName!, uid: node.metadata.uid } }), pod: reference };
}

/** A kind as Go prints it: `apps/v1, Kind=Deployment`. */
const goKind = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
