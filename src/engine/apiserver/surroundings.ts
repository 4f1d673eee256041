/** What deciding a write may look at besides the request and the object itself. Valid while one message is handled. */
import type { ResourceSet } from '#engine/api/resource-set';
import type { KubeObject } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import type { Micros } from '#engine/kernel/time';
import type { UserInfo } from './authentication/user';
import type { Attributes } from './authorization/attributes';
import type { Decision as AuthorizationDecision, RoleRef, rulesFor } from './authorization/rbac';
import type { PolicyRule } from './authorization/rules';
import type { ApiServerArgs, Operation } from './state';

export interface Surroundings {
  /** The API server's clock. */
  readonly now: Micros;
  readonly args: ApiServerArgs;
  /** All that is served. */
  readonly resources: ResourceSet;
  /** From the watch cache; `resource` e.g. `pods`, `deployments.apps`. */
  find(resource: string, namespace: string, name: string): KubeObject | undefined;
  /** All of a resource, or of one namespace, in order of namespace and name. */
  all(resource: string, namespace?: string): readonly KubeObject[];
  random(purpose: string): Random;
  authorize(of: Attributes): AuthorizationDecision;
  /** The rules that a user has in a namespace, and which roles are missing. */
  rulesFor(user: UserInfo, namespace: string): ReturnType<typeof rulesFor>;
  /** The rules of a role that a binding refers to, or that there is none. */
  rulesOfRole(ref: RoleRef, namespace: string): readonly PolicyRule[] | string;
}

/** An object that must not be missed: the cache's, or what a look-up in etcd found. `undefined`: look it up. */
export function findForCertain(
  around: Surroundings,
  operation: Operation,
  resource: string,
  namespace: string,
  name: string,
): KubeObject | null | undefined {
  const known = around.find(resource, namespace, name);
  return known ?? operation.lookedUp?.get(`${resource}/${namespace}/${name}`);
}
