/**
 * Tokens of service accounts: what is in them, and whether one is still good. A token is bound to its account, and to a pod, a secret or
 * a node if it was asked for so; when that is gone, the token is worth nothing.
 *
 * @source kubernetes pkg/serviceaccount/claims.go, staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go
 */
import { EPOCH_SECONDS, parseTimestamp } from '#engine/api/timestamp';
import type { KubeObject } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { keyOf } from '../storage';
import type { ApiServerState } from '../state';
import { signedToken, verifiedClaims } from './jwt';
import type { UserInfo } from './user';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
/** A token outlives the deletion of what it is bound to by this, in seconds. @source claims.go (leeway of a pod's deletion) */
const DELETION_LEEWAY: Micros = 60 * SECOND;
const USER_PREFIX = 'system:serviceaccount:';

export interface Reference {
  readonly name: string;
  readonly uid: string;
}

/** Claims in order of their names, as they are written. Times are seconds of Unix. */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: Reference;
    readonly pod?: Reference;
    readonly secret?: Reference;
    readonly serviceaccount: Reference;
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

/** Seconds of Unix at a moment. */
export const unixSeconds = (now: Micros): number => EPOCH_SECONDS + Math.floor(now / SECOND);

export const serviceAccountName = (namespace: string, name: string): string => `${USER_PREFIX}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** Namespace and name of the service account that a user name stands for; null: it is none. */
export function splitServiceAccount(username: string): { readonly namespace: string; readonly name: string } | null {
  if (!username.startsWith(USER_PREFIX)) return null;
  const [namespace = '', name = '', ...more] = username.slice(USER_PREFIX.length).split(':');
  return namespace === '' || name === '' || more.length > 0 ? null : { namespace, name };
}

export const issue = (state: ApiServerState, claims: Claims): string =>
  signedToken(claims, state.args.serviceAccountKey);

/** What a token of a service account says of its user; a text: why it is refused; null: it is no such token. */
export function serviceAccountUser(
  state: ApiServerState,
  token: string,
  now: Micros,
  audiences: readonly string[],
): { readonly user: UserInfo; readonly audiences: readonly string[] } | string | null {
  const claims = verifiedClaims(token, state.args.serviceAccountKey) as Claims | null;
  if (claims?.iss !== ISSUER) return null;
  const seconds = unixSeconds(now);
  if (seconds > claims.exp) return 'service account token has expired';
  if (seconds < claims.nbf) return 'service account token is not valid yet';
  const meant = claims.aud.filter((audience) => audiences.includes(audience));
  if (meant.length === 0) {
    return `token audiences ${JSON.stringify(claims.aud)} is invalid for the target audiences ${JSON.stringify(audiences)}`;
  }
  const { namespace, serviceaccount, pod, node, secret } = claims['kubernetes.io'];
  const has = (resource: string, place: string, bound: Reference | undefined): boolean =>
    bound === undefined || isThere(state, resource, place, bound, now);
  if (
    !has('serviceaccounts', namespace, serviceaccount) ||
    !has('pods', namespace, pod) ||
    !has('secrets', namespace, secret) ||
    !has('nodes', '', node)
  )
    return 'service account token has been invalidated';
  const extra = {
    'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
    ...(node === undefined
      ? {}
      : { 'authentication.kubernetes.io/node-name': [node.name], 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(pod === undefined
      ? {}
      : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
  };
  const user = {
    username: serviceAccountName(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: serviceAccountGroups(namespace),
    extra,
  };
  return { user, audiences: meant };
}

/** Whether the object that a token is bound to exists and is not long since deleted. */
function isThere(state: ApiServerState, resource: string, namespace: string, of: Reference, now: Micros): boolean {
  const cache = state.caches.get(resource);
  const object: KubeObject | undefined = cache?.objects.get(keyOf(cache.prefix, namespace, of.name));
  if (object === undefined || object.metadata.uid !== of.uid) return false;
  const deleted = object.metadata.deletionTimestamp;
  return deleted === undefined || now <= parseTimestamp(deleted) + DELETION_LEEWAY;
}
