/**
 * Nobody may grant by a role or a binding what he may not do himself, unless he is told so by the verbs `escalate` and `bind`.
 *
 * @source kubernetes pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go, pkg/registry/rbac/escalation_check.go
 */
import { deepEqual, semanticEqual } from '#engine/api/json';
import type { ResourceInfo } from '#engine/api/registry';
import { forbidden, notFound } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import { PRIVILEGED, type UserInfo } from '../authentication/user';
import type { Operation } from '../state';
import type { Surroundings } from '../surroundings';
import type { Attributes } from './attributes';
import type { RoleRef } from './rbac';
import { type PolicyRule, ruleText, uncovered } from './rules';

const GROUP = 'rbac.authorization.k8s.io';
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: unknown;
}
interface Binding extends KubeObject {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly unknown[];
}

/** The refusal of a write that would grant too much; null: it may be. */
export function escalationRefusal(
  operation: Operation,
  info: ResourceInfo,
  next: KubeObject,
  old: KubeObject | null,
  around: Surroundings,
): Status | null {
  if (info.group !== GROUP || operation.subresource !== '') return null;
  const { user } = operation.asker;
  if (user.groups.includes(PRIVILEGED)) return null;
  const binds = info.kind.endsWith('Binding');
  return binds
    ? bindingRefusal(user, operation, info, next as Binding, old as Binding | null, around)
    : roleRefusal(user, operation, info, next, old, around);
}

function may(around: Surroundings, user: UserInfo, verb: string, resource: string, namespace: string, name: string) {
  const of: Attributes = { user, verb, group: GROUP, resource, subresource: '', namespace, name, path: '' };
  return around.authorize(of).allowed;
}

function roleRefusal(
  user: UserInfo,
  { namespace }: Operation,
  info: ResourceInfo,
  next: Role,
  old: Role | null,
  around: Surroundings,
): Status | null {
  const { name } = next.metadata;
  if (may(around, user, 'escalate', info.resource, namespace, name)) return null;
  const rules = next.rules ?? [];
  const aggregates = next.aggregationRule !== undefined && next.aggregationRule !== null;
  if (old !== null && semanticEqual(old.rules ?? [], rules) && deepEqual(old.aggregationRule, next.aggregationRule))
    return null;
  const missing = ungranted(user, namespace, rules, around);
  if (missing !== null) return forbidden(info, name, missing);
  if (aggregates && ungranted(user, namespace, EVERYTHING, around) !== null)
    return forbidden(info, name, 'must have cluster-admin privileges to use the aggregationRule');
  return null;
}

function bindingRefusal(
  user: UserInfo,
  { namespace }: Operation,
  info: ResourceInfo,
  next: Binding,
  old: Binding | null,
  around: Surroundings,
): Status | null {
  if (old !== null && deepEqual(old.roleRef, next.roleRef) && deepEqual(old.subjects, next.subjects)) return null;
  const { kind, name } = next.roleRef;
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  if (may(around, user, 'bind', resource, namespace, name)) return null;
  const rules = around.rulesOfRole(next.roleRef, namespace);
  if (typeof rules === 'string') return notFound({ group: GROUP, resource }, name);
  const missing = ungranted(user, namespace, rules, around);
  return missing === null ? null : forbidden(info, next.metadata.name, missing);
}

/** What of these rules a user does not have, as it is told; null: nothing. */
function ungranted(
  user: UserInfo,
  namespace: string,
  wanted: readonly PolicyRule[],
  around: Surroundings,
): string | null {
  const { rules, errors } = around.rulesFor(user, namespace);
  const missing = uncovered(rules, wanted);
  if (missing.length === 0) return null;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  const lines = [...new Set(missing.map(ruleText))].toSorted();
  const text = `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
  return errors.length === 0 ? text : `${text}; resolution errors: [${errors.join(' ')}]`;
}
