/**
 * Nobody may grant by a role or a binding what he may not do himself, unless he is told so by the verbs `escalate` and `bind`. What
 * is granted is looked at late: whoever writes roles in a starting cluster is told so.
 *
 * @source kubernetes pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go, pkg/registry/rbac/escalation_check.go
 */
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, Status } from '#engine/api/types';
import { PRIVILEGED } from '../authentication/user';
import { lateAnswers } from '../late';
import type { Operation } from '../state';
import type { Surroundings } from '../surroundings';
import type { RoleRef } from './rbac';

const GROUP = 'rbac.authorization.k8s.io';

/** The refusal of a write that would grant too much; null: it may be. */
export function escalationRefusal(
  operation: Operation,
  info: ResourceInfo,
  next: KubeObject & { readonly roleRef?: RoleRef },
  old: KubeObject | null,
  around: Surroundings,
): Status | null {
  if (info.group !== GROUP || operation.subresource !== '') return null;
  const { namespace, asker } = operation;
  const { user } = asker;
  if (user.groups.includes(PRIVILEGED)) return null;
  const { roleRef } = next;
  const of =
    roleRef === undefined
      ? { verb: 'escalate', resource: info.resource, name: next.metadata.name }
      : { verb: 'bind', resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles', name: roleRef.name };
  return around.authorize({ user, group: GROUP, subresource: '', namespace, path: '', ...of }).allowed
    ? null
    : lateAnswers.code.grantRefusal(operation, info, next, old, around);
}
