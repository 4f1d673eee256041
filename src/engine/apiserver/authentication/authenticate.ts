/**
 * Turns credentials into a user, or refuses them.
 *
 * @source kubernetes pkg/kubeapiserver/authenticator/config.go (order), apiserver/pkg/authentication/request/x509/x509.go
 *   (CommonNameUserConversion), request/anonymous
 */
import { hex32 } from '#engine/kernel/hex';
import { hashName } from '#engine/kernel/random';
import type { Micros } from '#engine/kernel/time';
import type { ApiServerState } from '../state';
import type { Credentials } from '../wire';
import { lateAnswers } from '../late';
import { bootstrapUser } from './bootstrap-token';
import { verifiedClaims } from './jwt';
import { ISSUER, serviceAccountUser } from './service-account-token';
import { ANONYMOUS, authenticated, type UserInfo } from './user';

/** Clients keep their credentials, and a certificate says the same each time. */
const certifiedUsers = new WeakMap<Credentials, UserInfo>();
/** Users by what they are, so that one who comes again is the same object, of which more is remembered. */
const sameUsers = new WeakMap<Credentials, UserInfo>();

/** Whom the API itself is meant for, of a token's audiences. */
export const API_AUDIENCES: readonly string[] = [ISSUER];

/** Who a bearer token is; null: nobody. */
export function tokenUser(
  state: ApiServerState,
  token: string,
  now: Micros,
  audiences: readonly string[],
): { readonly user: UserInfo; readonly audiences: readonly string[] } | string | null {
  const account = serviceAccountUser(state, token, now, audiences);
  if (typeof account === 'string') return account;
  if (account !== null) return { user: authenticated(account.user), audiences: account.audiences };
  const claims = verifiedClaims(token, state.args.serviceAccountKey) as { readonly iss?: unknown } | null;
  if (claims?.iss === 'kubernetes/serviceaccount') {
    const legacy = lateAnswers.code.legacyUser(state, token, claims);
    return typeof legacy === 'string' ? legacy : { user: authenticated(legacy), audiences };
  }
  const bootstrap = bootstrapUser(state, token, now);
  return bootstrap === null ? null : { user: authenticated(bootstrap), audiences };
}

/** Who asks; null: the credentials are no good, the answer is 401. */
export function authenticate(state: ApiServerState, credentials: Credentials, now: Micros): UserInfo | null {
  const known = certifiedUsers.get(credentials);
  if (known !== undefined) return known;
  const { certificate, token } = credentials;
  if (certificate !== undefined && certificate.commonName !== '') {
    const user = authenticated({
      username: certificate.commonName,
      groups: certificate.organizations,
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint(certificate)}`] },
    });
    certifiedUsers.set(credentials, user);
    return user;
  }
  if (token === undefined || token === '') return ANONYMOUS;
  const found = tokenUser(state, token, now, API_AUDIENCES);
  if (found === null || typeof found === 'string') return null;
  const before = sameUsers.get(credentials);
  if (before !== undefined && isSame(before, found.user)) return before;
  sameUsers.set(credentials, found.user);
  return found.user;
}

/** Names a certificate, 64 hexadecimal digits: by its subject, for there are no bytes of it. */
function fingerprint({ commonName, organizations }: NonNullable<Credentials['certificate']>): string {
  const subject = JSON.stringify([commonName, organizations]);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((part) => hex32(hashName(subject, hashName(String(part))))).join('');
}

const isSame = (a: UserInfo, b: UserInfo): boolean =>
  a.username === b.username && a.uid === b.uid && a.groups.join() === b.groups.join();
