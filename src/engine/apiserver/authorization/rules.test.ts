import { describe, expect, it } from 'vitest';
import type { Attributes } from './attributes';
import { ruleText, uncovered } from './rule-cover';
import { denialText, nameMatches, type PolicyRule, ruleAllows } from './rules';

const user = { username: 'jane', groups: ['dev', 'system:authenticated'] };
const asked = (verb: string, resource: string, more: Partial<Attributes> = {}): Attributes => {
  const [plain = '', subresource = ''] = resource.split('/');
  return { user, verb, group: '', resource: plain, subresource, namespace: 'ns', name: '', path: '', ...more };
};
const rule = (verbs: string, groups: string, resources: string, names?: string): PolicyRule => ({
  verbs: verbs.split(','),
  apiGroups: groups.split(','),
  resources: resources.split(','),
  ...(names === undefined ? {} : { resourceNames: names.split(',') }),
});

describe('a rule of a role', () => {
  // plugin/pkg/auth/authorizer/rbac/rbac_test.go (TestAuthorizer, TestRuleMatches)
  it.each<[PolicyRule, Attributes, boolean]>([
    [rule('*', '*', 'resource1/subresource1'), asked('get', 'resource1/subresource1', { group: 'any' }), true],
    [rule('*', '*', 'resource1/subresource1'), asked('get', 'resource1/subresource2'), false],
    [rule('*', '*', 'resource1/subresource1'), asked('get', 'resource2/subresource1'), false],
    [rule('*', '*', '*/scale'), asked('update', 'foo/scale'), true],
    [rule('*', '*', '*/scale'), asked('update', 'foo'), false],
    [rule('get', '', 'pods'), asked('get', 'pods/log'), false],
    [rule('get', '', '*'), asked('get', 'pods/log'), true],
    [rule('get', 'apps', 'deployments'), asked('get', 'deployments'), false],
    [rule('get,delete', '', 'pods', 'a,b'), asked('get', 'pods', { name: 'a' }), true],
    [rule('get,delete', '', 'pods', 'a,b'), asked('get', 'pods', { name: 'c' }), false],
    [rule('list', '', 'pods', 'a'), asked('list', 'pods'), false],
    [{ verbs: ['get'], nonResourceURLs: ['/api*'] }, asked('get', '', { path: '/apis/apps' }), true],
    [{ verbs: ['get'], nonResourceURLs: ['/version'] }, asked('get', '', { path: '/version/' }), false],
    [{ verbs: ['*'], nonResourceURLs: ['*'] }, asked('get', 'pods'), false],
  ])('%j for %j: %s', (given, of, allowed) => expect(ruleAllows(given, of)).toBe(allowed));

  it('without names stands for all names', () => {
    expect(nameMatches(rule('get', '', 'pods'), 'x')).toBe(true);
  });

  it('is written as Go writes it', () => {
    expect(ruleText(rule('get,list', '', 'secrets', 'a'))).toBe(
      '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}',
    );
    expect(ruleText({ verbs: ['get'], nonResourceURLs: ['/metrics'] })).toBe(
      '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    );
  });
});

describe('what is granted and not held', () => {
  // component-helpers/auth/rbac/validation/policy_comparator_test.go
  it.each<[string, PolicyRule[], PolicyRule[], string[]]>([
    ['nothing when all is held', [rule('*', '*', '*')], [rule('delete', 'v1', 'builds')], []],
    [
      'verbs of one resource in one rule',
      [rule('get', '', 'secrets')],
      [rule('get,list,watch', '', 'secrets')],
      ['{APIGroups:[""], Resources:["secrets"], Verbs:["list" "watch"]}'],
    ],
    ['all subresources of a kind', [rule('get', '', '*/scale')], [rule('get', '', 'foo/scale')], []],
    [
      'all names when only one is held',
      [rule('get', '', 'pods', 'a')],
      [rule('get', '', 'pods')],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    ],
    [
      'paths one by one',
      [{ verbs: ['get'], nonResourceURLs: ['/api/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/api/v1', '/metrics'] }],
      ['{NonResourceURLs:["/metrics"], Verbs:["get"]}'],
    ],
  ])('is %s', (_what, owned, wanted, missing) => {
    expect(uncovered(owned, wanted).map(ruleText)).toEqual(missing);
  });
});

describe('a denial', () => {
  // apiserver/pkg/endpoints/handlers/responsewriters/errors_test.go (vectors A28, A29 of the reference)
  it.each<[Attributes, string, string]>([
    [asked('GET', '', { path: '/whatever' }), '', 'User "jane" cannot GET path "/whatever"'],
    [asked('GET', '', { path: '/<script>&' }), '', 'User "jane" cannot GET path "/&lt;script&gt;&amp;"'],
    [
      asked('get', 'pod/quota', { group: 'v2', namespace: 'test' }),
      '',
      'User "jane" cannot get resource "pod/quota" in API group "v2" in the namespace "test"',
    ],
    [
      asked('list', 'nodes', { namespace: '' }),
      'why',
      'User "jane" cannot list resource "nodes" in API group "" at the cluster scope: why',
    ],
  ])('of %j', (of, reason, text) => expect(denialText(of, reason)).toBe(text));
});
