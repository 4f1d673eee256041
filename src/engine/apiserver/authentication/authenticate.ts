/**
 * Turns credentials into a user, or refuses them.
 *
 * @source kubernetes pkg/kubeapiserver/authenticator/config.go (order), apiserver/pkg/authentication/request/x509/x509.go
 *   (CommonNameUserConversion), request/anonymous
 */
import type { Credentials } from '../wire';
import { ANONYMOUS, authenticated, type UserInfo } from './user';

/** Clients keep their credentials, and their certificate says the same each time. */
const certifiedUsers = new WeakMap<Credentials, UserInfo>();

/** Who asks; null: the credentials are no good, the answer is 401. */
export function authenticate(credentials: Credentials): UserInfo | null {
  const known = certifiedUsers.get(credentials);
  if (known !== undefined) return known;
  const { certificate, token } = credentials;
  if (certificate !== undefined && certificate.commonName !== '') {
    const user = authenticated({ username: certificate.commonName, groups: certificate.organizations });
    certifiedUsers.set(credentials, user);
    return user;
  }
  return token === undefined || token === '' ? ANONYMOUS : null;
}
