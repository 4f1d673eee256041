/**
 * Who a request comes from, as far as authorization, admission and the audit log care.
 *
 * @source kubernetes apiserver/pkg/authentication/user/user.go, authentication/serviceaccount/util.go
 */

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const ALL_AUTHENTICATED = 'system:authenticated';
export const ALL_UNAUTHENTICATED = 'system:unauthenticated';
export const PRIVILEGED = 'system:masters';
export const ANONYMOUS_NAME = 'system:anonymous';

/** Who has shown no credentials. */
export const ANONYMOUS: UserInfo = Object.freeze({
  username: ANONYMOUS_NAME,
  groups: Object.freeze([ALL_UNAUTHENTICATED]),
});

/** The API server itself, over its own loopback. @source apiserver/pkg/server/options/serving_with_loopback.go */
export const API_SERVER: UserInfo = Object.freeze({
  username: 'system:apiserver',
  groups: Object.freeze([PRIVILEGED, ALL_AUTHENTICATED]),
});

/** The user with the group of all who have shown who they are. */
export const authenticated = (user: UserInfo): UserInfo =>
  Object.freeze(
    user.groups.includes(ALL_AUTHENTICATED)
      ? user
      : { ...user, groups: Object.freeze([...user.groups, ALL_AUTHENTICATED]) },
  );
