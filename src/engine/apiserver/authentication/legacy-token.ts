/**
 * Tokens of service accounts that stand in a Secret and do not expire: good as long as the Secret holds them and the account is there.
 *
 * @source kubernetes pkg/serviceaccount/legacy.go (legacyValidator.Validate)
 * @simplified when a token was used last is not noted on its Secret
 */
import { decodeBase64 } from '#engine/api/base64';
import type { Secret } from '#engine/api/types';
import { keyOf } from '../storage';
import type { ApiServerState } from '../state';
import { serviceAccountGroups, serviceAccountName } from './service-account-token';
import type { UserInfo } from './user';

export const LEGACY_ISSUER = 'kubernetes/serviceaccount';

export interface LegacyClaims {
  readonly iss: typeof LEGACY_ISSUER;
  readonly 'kubernetes.io/serviceaccount/namespace': string;
  readonly 'kubernetes.io/serviceaccount/secret.name': string;
  readonly 'kubernetes.io/serviceaccount/service-account.name': string;
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string;
  readonly sub: string;
}

/** The user of a token with these claims; a text: why it is refused. */
export function legacyUser(state: ApiServerState, token: string, claims: LegacyClaims): UserInfo | string {
  const namespace = claims['kubernetes.io/serviceaccount/namespace'];
  const name = claims['kubernetes.io/serviceaccount/service-account.name'];
  const uid = claims['kubernetes.io/serviceaccount/service-account.uid'];
  const stored = <T>(resource: string, of: string): T | undefined => {
    const cache = state.caches.get(resource);
    return cache?.objects.get(keyOf(cache.prefix, namespace, of)) as T | undefined;
  };
  const secret = stored<Secret>('secrets', claims['kubernetes.io/serviceaccount/secret.name']);
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined)
    return 'service account token has been invalidated';
  if (decodeBase64(secret.data?.['token'] ?? '') !== token) return "service account token does not match server's copy";
  const account = stored<Secret>('serviceaccounts', name);
  if (account === undefined || account.metadata.deletionTimestamp !== undefined)
    return `serviceaccounts "${name}" not found`;
  if (account.metadata.uid !== uid)
    return `service account UID (${account.metadata.uid}) does not match claim (${uid})`;
  return { username: serviceAccountName(namespace, name), uid, groups: serviceAccountGroups(namespace) };
}
