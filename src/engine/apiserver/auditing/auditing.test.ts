/** @source kubernetes staging/src/k8s.io/apiserver/pkg/audit/policy/checker_test.go, pkg/endpoints/filters/audit_test.go */
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../authorization/attributes';
import { CONFIG_MAPS, configMap, pod, PODS, SUPER_ADMIN, TestApi } from '../testing';
import { certified } from '../wire';
import type { AuditPolicy, Level, PolicyRule } from '#engine/api/audit-policy';
import { auditConfig } from './policy';

const TIM = { username: 'tim@k8s.io', groups: ['humans', 'developers'] };
const of = (more: Partial<Attributes>): Attributes => ({
  user: TIM,
  verb: 'update',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: 'default',
  name: 'busybox',
  path: '',
  ...more,
});
const NAMESPACED = of({});
const CLUSTER = of({
  group: 'rbac.authorization.k8s.io',
  resource: 'clusterroles',
  namespace: '',
  name: 'edit',
  verb: 'get',
});
const NON_RESOURCE = of({ resource: '', namespace: '', name: '', path: '/logs/kubelet.log', verb: 'get' });
const SUBRESOURCE = of({ subresource: 'log', verb: 'get' });

describe('the level of a request', () => {
  const rule = (level: Level, more: Partial<PolicyRule> = {}): PolicyRule => ({ level, ...more });
  it.each<[Attributes, Partial<PolicyRule>, fits: boolean]>([
    [NAMESPACED, {}, true],
    [NON_RESOURCE, {}, true],
    [NAMESPACED, { users: ['tim@k8s.io'] }, true],
    [NAMESPACED, { users: ['ericchiang@k8s.io'] }, false],
    [NAMESPACED, { userGroups: ['humans'] }, true],
    [NAMESPACED, { userGroups: ['admins'] }, false],
    [NAMESPACED, { verbs: ['update'] }, true],
    [NAMESPACED, { verbs: ['get'] }, false],
    [NAMESPACED, { namespaces: ['default'] }, true],
    [NAMESPACED, { namespaces: ['other'] }, false],
    [CLUSTER, { namespaces: ['default'] }, false],
    [CLUSTER, { namespaces: [''] }, true],
    [NON_RESOURCE, { namespaces: [''] }, false],
    [NAMESPACED, { resources: [{ resources: ['pods'] }] }, true],
    [NAMESPACED, { resources: [{ group: '' }] }, true],
    [NAMESPACED, { resources: [{ group: 'apps' }] }, false],
    [NAMESPACED, { resources: [{ resources: ['pods'], resourceNames: ['busybox'] }] }, true],
    [NAMESPACED, { resources: [{ resources: ['pods'], resourceNames: ['leader'] }] }, false],
    [CLUSTER, { resources: [{ group: 'rbac.authorization.k8s.io', resources: ['clusterroles'] }] }, true],
    [SUBRESOURCE, { resources: [{ resources: ['pods'] }] }, false],
    [SUBRESOURCE, { resources: [{ resources: ['pods/log'] }] }, true],
    [SUBRESOURCE, { resources: [{ resources: ['pods/*'] }] }, true],
    [SUBRESOURCE, { resources: [{ resources: ['*/log'] }] }, true],
    [SUBRESOURCE, { resources: [{ resources: ['*'] }] }, true],
    [NAMESPACED, { resources: [{ resources: ['pods/*'] }] }, false],
    [NON_RESOURCE, { nonResourceURLs: ['/logs*'] }, true],
    [NON_RESOURCE, { nonResourceURLs: ['*'] }, true],
    [NON_RESOURCE, { nonResourceURLs: ['/logs'] }, false],
    [NAMESPACED, { nonResourceURLs: ['*'] }, false],
  ])('%j by %j: %s', (attributes, more, fits) => {
    const { level } = auditConfig({ rules: [rule('Request', more), rule('Metadata')] }, attributes);
    expect(level).toBe(fits ? 'Request' : 'Metadata');
  });

  it('is None without a rule, and stages are left out by the policy and by the rule', () => {
    expect(auditConfig({ rules: [rule('Metadata', { verbs: ['list'] })] }, NAMESPACED).level).toBe('None');
    const policy: AuditPolicy = {
      omitStages: ['RequestReceived'],
      omitManagedFields: true,
      rules: [rule('Metadata', { omitStages: ['ResponseStarted'] })],
    };
    expect(auditConfig(policy, NAMESPACED)).toEqual({
      level: 'Metadata',
      omitStages: ['RequestReceived', 'ResponseStarted'],
      omitManagedFields: true,
    });
  });
});

describe('the audit log', () => {
  type Told = Record<string, unknown> & { readonly stage: string };
  function withPolicy(auditPolicy: AuditPolicy): { readonly api: TestApi; told(): readonly Told[] } {
    const api = new TestApi(true, { auditPolicy });
    return {
      api,
      told: () =>
        api.world.kernel.logs.entries.flatMap(({ text }) =>
          text.startsWith('{"kind":"Event"') ? [JSON.parse(text) as Told] : [],
        ),
    };
  }
  const only = (level: Level, more: Partial<AuditPolicy> = {}): AuditPolicy => ({
    rules: [{ level, resources: [{ resources: ['configmaps'] }] }],
    ...more,
  });

  it('tells who asked what of whom, and what came of it', () => {
    const { api, told } = withPolicy(only('Metadata'));
    api.want('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, configMap('a'));
    const [first, last, ...others] = told();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      stage: 'RequestReceived',
      requestURI: `${CONFIG_MAPS}?fieldValidation=Strict`,
      verb: 'create',
      user: { username: 'kubernetes-super-admin', groups: ['system:masters', 'system:authenticated'] },
      userAgent: 'kubectl',
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'a', apiVersion: 'v1' },
    });
    expect(last).toMatchObject({
      auditID: first?.['auditID'],
      stage: 'ResponseComplete',
      responseStatus: { metadata: {}, code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    });
    expect(last).not.toHaveProperty('requestObject');
    expect(api.state.audited.size).toBe(0);
  });

  it('tells of refusals, and in whose name somebody asked', () => {
    const { api, told } = withPolicy(only('Metadata', { omitStages: ['RequestReceived'] }));
    api.ask('GET', `${CONFIG_MAPS}/a`, undefined, { credentials: certified('jane') });
    api.ask('GET', `${CONFIG_MAPS}/a`, undefined, { credentials: { ...SUPER_ADMIN, impersonate: { user: 'joe' } } });
    const [jane, joe] = told();
    expect(jane).toMatchObject({
      stage: 'ResponseComplete',
      responseStatus: { status: 'Failure', reason: 'Forbidden', code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
    expect(joe).toMatchObject({
      user: { username: 'kubernetes-super-admin' },
      impersonatedUser: { username: 'joe' },
    });
  });

  it('tells bodies where the level says so', () => {
    const { api, told } = withPolicy(only('RequestResponse', { omitManagedFields: true }));
    api.want('POST', CONFIG_MAPS, configMap('a'));
    const [, last] = told();
    expect(last).toMatchObject({ requestObject: configMap('a'), responseObject: { metadata: { name: 'a' } } });
    expect(last).not.toHaveProperty('responseObject.metadata.managedFields');
  });

  it('tells what Pod Security would have refused', () => {
    const { api, told } = withPolicy({ rules: [{ level: 'Metadata', verbs: ['create'] }] });
    api.want('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/audit': 'baseline' } },
    });
    api.want('POST', '/api/v1/namespaces/n/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    api.want('POST', PODS.replace('default', 'n'), pod('p', {}, { hostNetwork: true }));
    expect(told().at(-1)).toMatchObject({
      annotations: {
        'pod-security.kubernetes.io/enforce-policy': 'privileged:latest',
        'pod-security.kubernetes.io/audit-violations':
          'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      },
    });
  });
});
