import { describe, expect, it } from 'vitest';
import '../late-api';
import { builtIn } from '../registry';
import type { CustomResourceDefinition, ValidatingAdmissionPolicy } from '../types';
import { policyTypeWarnings } from './type-checking';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
const metadata = { name: 'policy', uid: '1', resourceVersion: '1', creationTimestamp: '' };
const rule = (group: string, version: string, ...resources: string[]) => ({
  apiGroups: [group],
  apiVersions: [version],
  operations: ['CREATE' as const],
  resources,
});
const DEPLOYMENTS = [rule('apps', 'v1', 'deployments')];

const reproducers: CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { ...metadata, name: 'reproducers.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'reproducers', kind: 'Reproducer' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { text: { type: 'string' } } } },
          },
        },
      },
    ],
  },
};

function warningsOf(expression: string, spec: Spec = {}): Record<string, string> {
  const policy: ValidatingAdmissionPolicy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: { matchConstraints: { resourceRules: DEPLOYMENTS }, validations: [{ expression }], ...spec },
  };
  const warnings = policyTypeWarnings(policy, builtIn, [reproducers]);
  return Object.fromEntries(warnings.map(({ fieldRef, warning }) => [fieldRef, warning]));
}
const of = (...resourceRules: ReturnType<typeof rule>[]): Spec => ({ matchConstraints: { resourceRules } });
const FIELD = 'spec.validations[0].expression';

describe('type checking of policies', () => {
  // https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy (Type checking)
  it('says for each kind, in the order of the alphabet, what is wrong', () => {
    expect(warningsOf('object.replicas > 1')).toEqual({
      [FIELD]: `apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'
 | object.replicas > 1
 | ......^
`,
    });
    expect(warningsOf('object.replicas > 1', of(rule('apps', 'v1', 'replicasets', 'deployments')))).toEqual({
      [FIELD]: `apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'
 | object.replicas > 1
 | ......^

apps/v1, Kind=ReplicaSet: ERROR: <input>:1:7: undefined field 'replicas'
 | object.replicas > 1
 | ......^
`,
    });
  });

  // apiserver/pkg/admission/plugin/policy/validating/typechecking_test.go (TestTypeCheck, TestExtractTypeNames)
  it.each<[expression: string, spec: Spec, ...warned: string[]]>([
    ["object.metadata.name == 'bar'", {}],
    ["oldObject == null || oldObject.spec.replicas == object.spec.replicas && request.name != ''", {}],
    ["object.spec.replicas == 'bar'", {}, FIELD, "found no matching overload for '_==_' applied to '(int, string)'"],
    ['object.spec.template.spec.containers.all(c, c.ports.all(p, p.containerPort > 1024))', {}],
    ['object.spec.template.spec.containers.all(c, c.port > 1)', {}, FIELD, "undefined field 'port'"],
    ['object.metadata.creationTimestamp < timestamp("2030-01-01T00:00:00Z")', {}],
    ['object.spec.strategy.rollingUpdate.maxSurge == 1 || object.spec.strategy.rollingUpdate.maxSurge == "1"', {}],
    ["object.data['a'] == b'x'", of(rule('', 'v1', 'secrets'))],
    ['object.spec.containers[0].resources.limits.size() > 0', of(rule('', 'v1', 'pods')), FIELD, "field 'limits'"],
    ["authorizer.group('').resource('endpoints').check('create').allowed()", {}],
    [
      'authorizer.allowed()',
      {},
      FIELD,
      "found no matching overload for 'allowed' applied to 'kubernetes.authorization.Authorizer",
    ],
    ['params.data.size() > 0', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }],
    ['params.bar == 1', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }, FIELD, "undefined field 'bar'"],
    ['params.a == 1', { paramKind: { apiVersion: 'a.b/v1', kind: 'C' } }, FIELD, "undeclared reference to 'params'"],
    ['variables.works', { variables: [{ name: 'works', expression: 'true' }] }],
    ['variables.none', { variables: [{ name: 'works', expression: 'true' }] }, FIELD, "undefined field 'none'"],
    [
      'variables.name == object.spec.replicas',
      { variables: [{ name: 'name', expression: "'something'" }] },
      FIELD,
      "found no matching overload for '_==_' applied to '(string, int)'",
    ],
    ['has(object.spec.text)', of(rule('example.com', 'v1alpha1', 'reproducers'))],
    ['has(object.metadata.labels)', of(rule('example.com', 'v1alpha1', 'reproducers'))],
    ['has(object.text)', of(rule('example.com', 'v1alpha1', 'reproducers')), FIELD, 'example.com/v1alpha1, Kind=R'],
    ['object.foo', of(rule('apps', 'v1', '*'))],
    ['object.foo', of(rule('apps', '*', 'deployments'))],
    ['object.foo', of(rule('', 'v1', 'pods/*', 'pods/status'))],
    ['object.foo', of(rule('apps', 'v1beta1', 'deployments'))],
    ['object.foo', of(rule('', 'v1', 'pods')), FIELD, '/v1, Kind=Pod: ERROR'],
    [
      'true',
      { validations: [{ expression: 'true', messageExpression: 'object.kind + 114514' }] },
      'spec.validations[0].messageExpression',
      "found no matching overload for '_+_' applied to '(string, int)'",
    ],
  ])('%s', (expression, spec, ...[field, text]) => {
    const warnings = warningsOf(expression, spec);
    expect(Object.keys(warnings)).toEqual(field === undefined ? [] : [field]);
    expect(warnings[field ?? ''] ?? '').toContain(text ?? '');
  });

  it('looks at ten kinds', () => {
    const many = ['configmaps', 'endpoints', 'limitranges', 'namespaces', 'nodes', 'persistentvolumeclaims', 'pods'];
    const more = ['persistentvolumes', 'podtemplates', 'resourcequotas', 'secrets', 'services'];
    const kinds = warningsOf('object.foo', of(rule('', 'v1', ...many, ...more)))[FIELD]!.match(/Kind=\w+/g);
    expect(kinds).toHaveLength(10);
    expect(kinds).not.toContain('Kind=Service');
  });
});
