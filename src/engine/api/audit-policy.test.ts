import { describe, expect, it } from 'vitest';
import { auditPolicyErrors } from './audit-policy';

const policy = (...rules: readonly object[]) => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules });

// kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/validation/validation_test.go, TestValidatePolicy
const VALID = [
  { level: 'Metadata' },
  { level: 'None', userGroups: ['system:serviceaccounts', 'system:nodes'] },
  {
    level: 'RequestResponse',
    verbs: ['get'],
    resources: [{ group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'] }],
    namespaces: ['kube-system'],
  },
  { level: 'Metadata', userGroups: ['developers'], nonResourceURLs: ['/logs*', '/healthz*', '/metrics', '*'] },
];

describe('an audit policy', () => {
  it.each(VALID.map((rule) => [rule]))('may have the rule %j', (rule) => {
    expect(auditPolicyErrors(policy(rule))).toEqual([]);
  });

  it('may have many rules', () => {
    expect(auditPolicyErrors({ ...policy(...VALID), omitStages: ['RequestReceived'] })).toEqual([]);
  });

  const mixed = 'rules cannot apply to both regular resources and non-resource URLs';
  const last = "non-resource URL wildcards '*' must be the final character of the rule";
  const slash = "non-resource URL rules must begin with a '/' character";
  it.each<[object, string]>([
    [{}, 'rules[0].level: Required value'],
    [
      { verbs: ['get'], resources: [{ resources: ['secrets'] }], namespaces: ['kube-system'] },
      'rules[0].level: Required value',
    ],
    [
      { level: 'FooBar' },
      'rules[0].level: Unsupported value: "FooBar": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [
      { level: 'Metadata', namespaces: ['default'], nonResourceURLs: ['/logs*'] },
      `rules[0].nonResourceURLs: Invalid value: ["/logs*"]: ${mixed}`,
    ],
    [
      { level: 'Metadata', resources: [{ resources: ['secrets'] }], nonResourceURLs: ['/logs*'] },
      `rules[0].nonResourceURLs: Invalid value: ["/logs*"]: ${mixed}`,
    ],
    [
      { level: 'Metadata', resources: [{ group: 'rbac.authorization.k8s.io/v1beta1', resources: ['roles'] }] },
      'rules[0].resources.group: Invalid value: "rbac.authorization.k8s.io/v1beta1": a lowercase RFC 1123 subdomain must consist',
    ],
    [
      { level: 'Metadata', nonResourceURLs: ['logs', '/healthz*'] },
      `rules[0].nonResourceURLs[0]: Invalid value: "logs": ${slash}`,
    ],
    [
      { level: 'Metadata', nonResourceURLs: ['', '/healthz*'] },
      `rules[0].nonResourceURLs[0]: Invalid value: "": ${slash}`,
    ],
    [
      { level: 'Metadata', nonResourceURLs: ['/logs/*/*', '/metrics'] },
      `rules[0].nonResourceURLs[0]: Invalid value: "/logs/*/*": ${last}`,
    ],
    [
      { level: 'Metadata', nonResourceURLs: ['/logs/*.log', '/metrics'] },
      `rules[0].nonResourceURLs[0]: Invalid value: "/logs/*.log": ${last}`,
    ],
    [
      { level: 'Metadata', resources: [{ resourceNames: ['a'] }] },
      'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
    ],
    [
      { level: 'Metadata', omitStages: ['Later'] },
      'rules[0].omitStages[0]: Invalid value: "Later": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    [{ level: 'Metadata', omitStage: [] }, 'strict decoding error: unknown field "rules[0].omitStage"'],
    [{ level: 3 }, 'rules[0].level: must be a string'],
    [{ level: 'None', users: 'jane' }, 'rules[0].users: must be a list'],
  ])('may not have the rule %j', (rule, message) => {
    expect(auditPolicyErrors(policy(rule))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [policy(), 'loaded illegal policy with 0 rules'],
    [{ rules: VALID }, 'unknown group version field , Kind= in policy'],
    [{ ...policy(...VALID), kind: 'Polity' }, 'unknown group version field audit.k8s.io/v1, Kind=Polity in policy'],
    [null, 'it must be a map'],
    ['x', 'it must be a map'],
  ])('is not %j', (value, message) => expect(auditPolicyErrors(value)).toEqual([message]));
});
