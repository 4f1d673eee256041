/**
 * @source kubernetes apiserver/pkg/admission/plugin/policy/validating/{validator,admission}_test.go,
 *   test/integration/apiserver/cel/validatingadmissionpolicy_test.go,
 *   https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy
 */
import { describe, expect, it } from 'vitest';
import { certified } from '../../wire';
import type { TestApi } from '../../testing';
import {
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  type Loose,
  MERGE,
  message,
  pod,
  PODS,
  withAccount,
} from '../../testing';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ADMISSION}/validatingadmissionpolicies`;
const BINDINGS = `${ADMISSION}/validatingadmissionpolicybindings`;

const ruleFor = (resources: string, more: object = {}) => {
  const [resource = '', group = ''] = resources.split('.');
  return {
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    resources: [resource],
    ...more,
  };
};

const policy = (spec: object, name = 'demo-policy.example.com') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { matchConstraints: { resourceRules: [ruleFor('configmaps')] }, ...spec },
});
const binding = (spec: object = {}, name = 'demo-binding-test.example.com') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName: 'demo-policy.example.com', validationActions: ['Deny'], ...spec },
});

/** A server with a policy and its binding. */
function guarded(spec: object, bound: object = {}): TestApi {
  const api = withAccount();
  api.want('POST', POLICIES, policy(spec));
  api.want('POST', BINDINGS, binding(bound));
  return api;
}

const validations = (...expressions: readonly string[]) => ({
  validations: expressions.map((expression) => ({ expression })),
});
const DENIED =
  "ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: ";

/** What refuses `configmap/c` with these data; undefined: nothing does. */
function refusal(api: TestApi, data: object = {}, metadata: object = {}): string | undefined {
  const response = api.ask('POST', CONFIG_MAPS, { ...configMap('c'), metadata: { name: 'c', ...metadata }, data });
  return response.code < 400 ? undefined : message(response).replace(`configmaps "c" is forbidden: ${DENIED}`, '…');
}

describe('a policy', () => {
  const LIMIT = {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [ruleFor('deployments.apps'), ruleFor('deployments/scale.apps')] },
    ...validations('object.spec.replicas <= 5'),
  };

  it('limits replicas, of deployments and of what scales them', () => {
    const api = guarded(LIMIT);
    const made = deployment('web') as unknown as Loose;
    const many = { ...made, spec: { ...made.spec, replicas: 6 } };
    const text = `deployments.apps "web" is forbidden: ${DENIED}failed expression: object.spec.replicas <= 5`;
    const refused = api.ask('POST', DEPLOYMENTS, many);
    expect(refused).toMatchObject({ code: 422, body: { reason: 'Invalid', message: text } });
    expect(refused.body).toMatchObject({
      details: {
        name: 'web',
        group: 'apps',
        kind: 'deployments',
        causes: [{ message: `${DENIED}failed expression: object.spec.replicas <= 5` }],
      },
    });
    api.want('POST', DEPLOYMENTS, { ...made, spec: { ...made.spec, replicas: 5 } });
    const scaled = api.ask('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 6 } }, MERGE);
    expect(message(scaled)).toBe(text);
    api.want('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } }, MERGE);
    expect(message(api.ask('PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 7 } }, MERGE))).toBe(text);
  });

  it.each([
    [{ validations: [{ expression: 'false', message: ' told ' }] }, '…told'],
    [{ validations: [{ expression: 'false', message: 'm', messageExpression: "'no ' + object.data.k" }] }, '…no v'],
    [{ validations: [{ expression: 'false', message: 'm', messageExpression: "'no ' + object.data.x" }] }, '…m'],
    [{ validations: [{ expression: 'false', message: 'm', messageExpression: "''" }] }, '…m'],
    [validations('object.data.x == ""'), '…expression \'object.data.x == ""\' resulted in error: no such key: x'],
    [{ failurePolicy: 'Ignore', ...validations('object.data.x == ""') }, undefined],
    [{ failurePolicy: 'Ignore', ...validations('false') }, '…failed expression: false'],
    [validations('true', 'object.metadata.name != "c"'), '…failed expression: object.metadata.name != "c"'],
    [
      { variables: [{ name: 'k', expression: 'object.data.k' }], ...validations('variables.k == "w"') },
      '…failed expression: variables.k == "w"',
    ],
    [
      {
        variables: [
          { name: 'a', expression: 'object.data.x' },
          { name: 'b', expression: 'variables.a' },
        ],
        ...validations('variables.b == "w"'),
      },
      '…expression \'variables.b == "w"\' resulted in error: composited variable "b" fails to evaluate: composited variable "a" fails to evaluate: no such key: x',
    ],
    [{ matchConditions: [{ name: 'a', expression: 'object.data.k == "w"' }], ...validations('false') }, undefined],
    [
      { matchConditions: [{ name: 'a', expression: 'object.data.x == "w"' }], ...validations('false') },
      '…expression \'object.data.x == "w"\' resulted in error: no such key: x',
    ],
    [
      validations('request.operation == "CREATE" && request.userInfo.username == "x"'),
      '…failed expression: request.operation == "CREATE" && request.userInfo.username == "x"',
    ],
    [
      validations(
        'request.kind.kind == "ConfigMap" && request.resource.resource == "configmaps" && request.name == "c" && request.namespace == "default"',
      ),
      undefined,
    ],
    [validations('namespaceObject.metadata.name == "default" && namespaceObject.status.phase == "Active"'), undefined],
    [validations('oldObject == null && !request.dryRun'), undefined],
    [validations("authorizer.group('').resource('pods').namespace('default').check('create').allowed()"), undefined],
    [
      validations(
        "authorizer.serviceAccount('default', 'default').group('').resource('pods').check('create').allowed()",
      ),
      "…failed expression: authorizer.serviceAccount('default', 'default').group('').resource('pods').check('create').allowed()",
    ],
    [
      validations(
        "authorizer.requestResource.check('create').allowed() && authorizer.path('/healthz').check('get').allowed()",
      ),
      undefined,
    ],
    [
      { auditAnnotations: [{ key: 'a', valueExpression: "object.data.x + ''" }] },
      "…expression 'object.data.x + ''' resulted in error: no such key: x",
    ],
    [{ auditAnnotations: [{ key: 'a', valueExpression: "'v'" }] }, undefined],
    [
      validations(
        '[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, a+b+c+d+e+f > int(object.data.n)))))))',
      ),
      expect.stringContaining('resulted in error: operation cancelled: actual cost limit exceeded'),
    ],
  ])('%j: %s', (spec, expected) => {
    expect(refusal(guarded(spec), { k: 'v', n: '0' })).toEqual(expected);
  });

  it('has a reason of its own', () => {
    const api = guarded({ validations: [{ expression: 'false', reason: 'Unauthorized' }] });
    expect(api.ask('POST', CONFIG_MAPS, configMap('c'))).toMatchObject({ code: 401, body: { reason: 'Unauthorized' } });
  });

  it('sees what was there before, and what goes', () => {
    const api = guarded(
      validations('request.operation != "UPDATE" || object.data.k == oldObject.data.k', 'object != null'),
    );
    expect(refusal(api, { k: 'v' })).toBeUndefined();
    const text = 'request.operation != "UPDATE" || object.data.k == oldObject.data.k';
    expect(message(api.ask('PATCH', `${CONFIG_MAPS}/c`, { data: { k: 'w' } }, MERGE))).toContain(text);
    expect(message(api.ask('DELETE', `${CONFIG_MAPS}/c`))).toContain('failed expression: object != null');
  });

  it('warns where its binding says so, and does not refuse', () => {
    const api = guarded(
      { validations: [{ expression: 'false', message: 'careful' }] },
      { validationActions: ['Warn', 'Audit'] },
    );
    const response = api.ask('POST', CONFIG_MAPS, configMap('c'));
    expect(response.code).toBe(201);
    expect(response.warnings).toEqual([
      "Validation failed for ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com': careful",
    ]);
  });

  it.each([
    [{ resourceRules: [ruleFor('pods')] }, false],
    [{ resourceRules: [ruleFor('*')] }, true],
    [{ resourceRules: [ruleFor('configmaps', { operations: ['DELETE'] })] }, false],
    [{ resourceRules: [ruleFor('configmaps', { scope: 'Cluster' })] }, false],
    [{ resourceRules: [ruleFor('configmaps', { resourceNames: ['d'] })] }, false],
    [
      {
        resourceRules: [ruleFor('configmaps')],
        excludeResourceRules: [ruleFor('configmaps', { resourceNames: ['c'] })],
      },
      false,
    ],
    [{ resourceRules: [ruleFor('configmaps')], objectSelector: { matchLabels: { a: 'b' } } }, true],
    [{ resourceRules: [ruleFor('configmaps')], objectSelector: { matchLabels: { a: 'c' } } }, false],
    [
      {
        resourceRules: [ruleFor('configmaps')],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      },
      true,
    ],
    [
      {
        resourceRules: [ruleFor('configmaps')],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] }],
        },
      },
      false,
    ],
  ])('about %j: %s', (matchConstraints, expected) => {
    const api = guarded({ matchConstraints, ...validations('false') });
    expect(refusal(api, {}, { labels: { a: 'b' } }) !== undefined).toBe(expected);
    const narrowed = guarded(validations('false'), { matchResources: matchConstraints });
    expect(refusal(narrowed, {}, { labels: { a: 'b' } }) !== undefined).toBe(expected);
  });

  it('counts other versions of a resource unless they are to be the same', () => {
    const rules = (matchPolicy: string) => ({
      matchConstraints: {
        matchPolicy,
        resourceRules: [{ ...ruleFor('horizontalpodautoscalers.autoscaling'), apiVersions: ['v2'] }],
      },
      ...validations('request.kind.version == "v2" && object.spec.metrics.size() > 1'),
    });
    const scaler = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h' },
      spec: {
        maxReplicas: 2,
        targetCPUUtilizationPercentage: 50,
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
      },
    };
    const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
    expect(message(guarded(rules('Equivalent')).ask('POST', path, scaler))).toContain('failed expression');
    expect(guarded(rules('Exact')).ask('POST', path, scaler).code).toBe(201);
  });

  it('has no say about policies', () => {
    const api = guarded({
      matchConstraints: { resourceRules: [{ ...ruleFor('*'), apiGroups: ['*'] }] },
      ...validations('false'),
    });
    expect(api.ask('DELETE', `${POLICIES}/demo-policy.example.com`).code).toBe(200);
    expect(refusal(api)).toBeUndefined();
  });

  it('lets nobody but its friends in', () => {
    const api = guarded(validations('"friends" in request.userInfo.groups'));
    const friend = certified('ann', 'friends', 'system:masters');
    expect(api.ask('POST', CONFIG_MAPS, configMap('a'), { credentials: friend }).code).toBe(201);
    expect(refusal(api)).toContain('failed expression');
  });
});

describe('parameters', () => {
  const WITH_PARAMS = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: { resourceRules: [ruleFor('pods')] },
    ...validations('params == null || object.metadata.name != params.data.bad'),
  };
  const limits = (api: TestApi, name: string, bad: string): void => {
    api.want('POST', CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: { limits: 'yes' } }, data: { bad } });
  };
  const outcome = (api: TestApi, name: string): string => {
    const response = api.ask('POST', PODS, pod(name));
    return response.code < 400 ? 'made' : message(response).replace(DENIED, '…');
  };

  it('are objects that a binding names, or chooses by their labels', () => {
    const named = guarded(WITH_PARAMS, { paramRef: { name: 'l1', parameterNotFoundAction: 'Deny' } });
    expect(outcome(named, 'a')).toBe(
      'pods "a" is forbidden: …failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
    limits(named, 'l1', 'b');
    expect(outcome(named, 'a')).toBe('made');
    expect(outcome(named, 'b')).toBe(
      'pods "b" is forbidden: …failed expression: params == null || object.metadata.name != params.data.bad',
    );

    const chosen = guarded(WITH_PARAMS, {
      paramRef: { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Allow' },
    });
    expect(outcome(chosen, 'a')).toBe('made');
    limits(chosen, 'l1', 'b');
    limits(chosen, 'l2', 'c');
    expect(outcome(chosen, 'b')).toContain('failed expression');
    expect(outcome(chosen, 'c')).toContain('failed expression');
  });

  it('may be left out', () => {
    expect(outcome(guarded(WITH_PARAMS), 'a')).toBe('made');
  });

  it('must be of a kind that there is', () => {
    const api = guarded(
      { ...WITH_PARAMS, paramKind: { apiVersion: 'rules.example.com/v1', kind: 'ReplicaLimit' } },
      { paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } },
    );
    expect(message(api.ask('POST', PODS, pod('a')))).toBe(
      "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'demo-policy.example.com' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=ReplicaLimit'",
    );
  });
});

describe('a webhook', () => {
  const hook = (kind: string, more: object = {}) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'w' },
    webhooks: [
      {
        name: 'check.example.com',
        clientConfig: { service: { name: 's', namespace: 'n', path: '/check' } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        ...more,
      },
    ],
  });
  it.each(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])('of a %s is not called', (kind) => {
    const path = `${ADMISSION}/${kind.toLowerCase()}s`;
    const tried = (more: object): string | undefined => {
      const api = withAccount();
      api.want('POST', path, hook(kind, more));
      const response = api.ask('POST', CONFIG_MAPS, { ...configMap('c'), data: { k: 'v' } });
      return response.code < 400 ? undefined : `${response.code} ${message(response)}`;
    };
    expect(tried({})).toBe(
      '500 Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://s.n.svc:443/check?timeout=10s": webhooks are not called in this cluster',
    );
    expect(tried({ failurePolicy: 'Ignore' })).toBeUndefined();
    expect(tried({ objectSelector: { matchLabels: { a: 'b' } } })).toBeUndefined();
    expect(tried({ matchConditions: [{ name: 'a', expression: 'object.data.k == "w"' }] })).toBeUndefined();
    expect(tried({ matchConditions: [{ name: 'a', expression: 'object.data.k == "v"' }] })).toContain('failed calling');
  });
});
