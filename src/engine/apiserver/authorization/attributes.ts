/**
 * What authorization looks at: who wants to do what to which resource, or to which path that is none.
 *
 * @source kubernetes apiserver/pkg/authorization/authorizer/interfaces.go, endpoints/request/requestinfo.go
 */
import type { UserInfo } from '../authentication/user';

export interface Attributes {
  readonly user: UserInfo;
  /** `get`, `list`, `impersonate`, …; for paths the method in lower case. */
  readonly verb: string;
  readonly group: string;
  /** Plural; empty: the request is for `path`. */
  readonly resource: string;
  readonly subresource: string;
  /** Empty: cluster scope, or all namespaces. */
  readonly namespace: string;
  /** Empty: no single object, or one whose name is not in the path. */
  readonly name: string;
  readonly path: string;
  /** As in the query. */
  readonly fieldSelector?: string | undefined;
}

/** The resource as rules and messages name it: `pods`, `pods/exec`. */
export const resourcePath = ({ resource, subresource }: Pick<Attributes, 'resource' | 'subresource'>): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;

/** The value that a field selector requires of a field, or undefined. */
export function requiredField(selector: string | undefined, field: string): string | undefined {
  if (selector === undefined || !selector.includes(field)) return undefined;
  for (const term of selector.split(',')) {
    if (!term.startsWith(field)) continue;
    const rest = term.slice(field.length);
    if (rest.startsWith('==')) return rest.slice(2);
    if (rest.startsWith('=')) return rest.slice(1);
  }
  return undefined;
}
