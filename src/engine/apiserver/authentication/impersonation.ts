/**
 * Acting as somebody else: who may is asked for each part of whom the headers name.
 *
 * @source kubernetes apiserver/pkg/endpoints/filters/impersonation.go
 */
import { internalError } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { Attributes } from '../authorization/attributes';
import { refusalOf } from '../authorization/authorize';
import type { ApiServerState } from '../state';
import type { Impersonation } from '../wire';
import { serviceAccountGroups, splitServiceAccount } from './service-account-token';
import { ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS_NAME, type UserInfo } from './user';

const AUTHENTICATION = 'authentication.k8s.io';

type Part = Pick<Attributes, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;

const part = (resource: string, name: string, group = '', subresource = '', namespace = ''): Part => ({
  group,
  resource,
  subresource,
  namespace,
  name,
});

function partsOf({ user, uid, groups, extra }: Impersonation): Part[] {
  const account = splitServiceAccount(user);
  return [
    account === null ? part('users', user) : part('serviceaccounts', account.name, '', '', account.namespace),
    ...(groups ?? []).map((group) => part('groups', group)),
    ...Object.entries(extra ?? {}).flatMap(([key, values]) =>
      values.map((value) => part('userextras', value, AUTHENTICATION, key)),
    ),
    ...(uid === undefined || uid === '' ? [] : [part('uids', uid, AUTHENTICATION)]),
  ];
}

/** Whom a user acts as; a Status: may not. */
export function impersonate(
  state: ApiServerState,
  user: UserInfo,
  wanted: Impersonation,
): { readonly user: UserInfo } | { readonly refusal: Status } {
  if (wanted.user === '') return { refusal: internalError('requested impersonation without impersonating a user') };
  for (const asked of partsOf(wanted)) {
    const refusal = refusalOf(state, { ...asked, user, verb: 'impersonate', path: '' });
    if (refusal !== null) return { refusal };
  }
  const { user: username, uid, extra } = wanted;
  const groups = [...(wanted.groups ?? [])];
  const account = splitServiceAccount(username);
  if (account !== null && groups.length === 0) groups.push(...serviceAccountGroups(account.namespace));
  const anonymous = username === ANONYMOUS_NAME;
  if (anonymous) {
    if (!groups.includes(ALL_UNAUTHENTICATED)) groups.push(ALL_UNAUTHENTICATED);
  } else if (!groups.includes(ALL_AUTHENTICATED) && !groups.includes(ALL_UNAUTHENTICATED)) {
    groups.push(ALL_AUTHENTICATED);
  }
  return {
    user: {
      username,
      ...(uid === undefined || uid === '' ? {} : { uid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    },
  };
}
