import { describe, expect, it } from 'vitest';
import { message, withAccount } from '../testing';
import { certified } from '../wire';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROLES = `${RBAC}/namespaces/default/roles`;
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`;
const api = withAccount();
const jane = { credentials: certified('jane', 'dev') };
const rule = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });
const roles = (...verbs: string[]) => ({
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['roles', 'rolebindings', 'clusterroles'],
  verbs,
});
const role = (name: string, ...rules: object[]) => ({ metadata: { name }, rules });
const binding = (name: string, kind: string, ref: string, user = 'jane') => ({
  metadata: { name },
  roleRef: { kind, name: ref },
  subjects: [{ kind: 'User', name: user }],
});

api.want('POST', ROLES, role('manager', roles('create', 'update', 'get'), rule('pods', 'get', 'list')));
api.want('POST', BINDINGS, binding('jane', 'Role', 'manager'));
api.want('POST', `${RBAC}/clusterroles`, { metadata: { name: 'secrets' }, rules: [rule('secrets', 'get')] });
api.advance(1000);

describe('Granting', () => {
  it('what one has is allowed, what one has not is refused, rule by rule', () => {
    expect(api.ask('POST', ROLES, role('same', rule('pods', 'get')), jane).code).toBe(201);
    const more = role('more', rule('secrets', 'get', 'delete'), rule('pods', 'list', 'watch'));
    expect(message(api.ask('POST', ROLES, more, jane))).toBe(
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}',
    );
  });

  it('by collecting the rules of others is for those who may do all', () => {
    api.want('POST', `${RBAC}/clusterroles`, role('collector', roles('create')));
    const bound = { ...binding('collector', 'ClusterRole', 'collector'), metadata: { name: 'collector' } };
    api.want('POST', `${RBAC}/clusterrolebindings`, bound);
    api.advance(1000);
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
    expect(message(api.ask('POST', `${RBAC}/clusterroles`, { metadata: { name: 'c' }, aggregationRule }, jane))).toBe(
      'clusterroles.rbac.authorization.k8s.io "c" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    );
  });

  it('by a binding needs the same, or the verb bind', () => {
    const bound = binding('b', 'ClusterRole', 'secrets', 'bob');
    expect(message(api.ask('POST', BINDINGS, bound, jane))).toBe(
      'rolebindings.rbac.authorization.k8s.io "b" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    );
    expect(message(api.ask('POST', BINDINGS, binding('c', 'ClusterRole', 'none'), jane))).toBe(
      'clusterroles.rbac.authorization.k8s.io "none" not found',
    );
    api.want('POST', ROLES, role('binder', roles('bind')));
    api.want('POST', BINDINGS, binding('binder', 'Role', 'binder'));
    api.advance(1000);
    expect(api.ask('POST', BINDINGS, bound, jane).code).toBe(201);
  });

  it('anything needs the verb escalate', () => {
    const more = role('more', rule('secrets', 'get'));
    expect(api.ask('POST', ROLES, more, jane).code).toBe(403);
    api.want('POST', ROLES, role('escalator', roles('escalate')));
    api.want('POST', BINDINGS, binding('escalator', 'Role', 'escalator'));
    api.advance(1000);
    expect(api.ask('POST', ROLES, more, jane).code).toBe(201);
  });
});

describe('Creating by PUT', () => {
  it('needs the right to create', () => {
    api.want(
      'POST',
      ROLES,
      role('updater', { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['update'] }),
    );
    api.want('POST', BINDINGS, binding('updater', 'Role', 'updater'));
    api.advance(1000);
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
    expect(message(api.ask('PUT', path, { metadata: { name: 'l' }, spec: {} }, jane))).toBe(
      'leases.coordination.k8s.io "l" is forbidden: User "jane" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "default"',
    );
  });
});

// pkg/apis/rbac/validation/validation.go, rows 289-292 and message 52 of the validation reference
describe('Validation', () => {
  const group = 'rbac.authorization.k8s.io';
  it.each([
    [
      ROLES,
      role('r', { verbs: ['get'], nonResourceURLs: ['/x'] }),
      'Role.rbac.authorization.k8s.io "r" is invalid: rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
    ],
    [
      ROLES,
      role('r', { verbs: [], apiGroups: [''], resources: ['pods'] }),
      'Role.rbac.authorization.k8s.io "r" is invalid: rules[0].verbs: Required value: verbs must contain at least one value',
    ],
    [
      ROLES,
      role('r', { verbs: ['get'] }),
      'Role.rbac.authorization.k8s.io "r" is invalid: [rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource]',
    ],
    [
      `${RBAC}/clusterroles`,
      { metadata: { name: 'r' }, aggregationRule: {} },
      'ClusterRole.rbac.authorization.k8s.io "r" is invalid: aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      `${RBAC}/clusterrolebindings`,
      { ...binding('b', 'Role', 'x') },
      `ClusterRoleBinding.rbac.authorization.k8s.io "b" is invalid: roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"`,
    ],
    [
      `${RBAC}/clusterrolebindings`,
      {
        metadata: { name: 'b' },
        roleRef: { kind: 'ClusterRole', name: 'x' },
        subjects: [
          { kind: 'ServiceAccount', name: 's' },
          { kind: 'Robot', name: 'r' },
        ],
      },
      'ClusterRoleBinding.rbac.authorization.k8s.io "b" is invalid: [subjects[0].namespace: Required value, subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"]',
    ],
  ])('%s', (path, body, text) => expect(message(api.ask('POST', path, body))).toBe(text));

  it('keeps the role of a binding', () => {
    expect(message(api.ask('PUT', `${BINDINGS}/jane`, binding('jane', 'Role', 'y')))).toBe(
      `RoleBinding.rbac.authorization.k8s.io "jane" is invalid: roleRef: Invalid value: {"APIGroup":"${group}","Kind":"Role","Name":"y"}: cannot change roleRef`,
    );
  });
});
