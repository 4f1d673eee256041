/**
 * Whether who writes a role or a binding has all that it grants.
 *
 * @source kubernetes pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go, pkg/registry/rbac/escalation_check.go
 */
import { deepEqual, semanticEqual } from '#engine/api/json';
import type { ResourceInfo } from '#engine/api/registry';
import { forbidden, notFound } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import type { UserInfo } from '../authentication/user';
import type { Operation } from '../state';
import type { Surroundings } from '../surroundings';
import type { RoleRef } from './rbac';
import { ruleText, uncovered } from './rule-cover';
import type { PolicyRule } from './rules';

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

/** The refusal of a write by somebody who may neither escalate nor bind. */
export function grantRefusal(
  operation: Operation,
  info: ResourceInfo,
  next: KubeObject,
  old: KubeObject | null,
  around: Surroundings,
): Status | null {
  const { user } = operation.asker;
  return info.kind.endsWith('Binding')
    ? bindingRefusal(user, operation, info, next as Binding, old as Binding | null, around)
    : roleRefusal(user, operation, info, next, old, around);
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
  const rules = around.rulesOfRole(next.roleRef, namespace);
  if (typeof rules === 'string') return notFound({ group: info.group, resource }, name);
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
