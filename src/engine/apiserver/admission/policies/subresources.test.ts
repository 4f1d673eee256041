/**
 * @source kubernetes apiserver/pkg/admission/plugin/policy/validating/{dispatcher,admission_test}.go,
 *   test/integration/apiserver/cel/validatingadmissionpolicy_test.go (Test_ValidatingAdmissionPolicy_..._Audit)
 */
import { describe, expect, it } from 'vitest';
import { bind, CONFIG_MAPS, configMap, message, pod, PODS, type TestApi, withAccount } from '../../testing';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** A server with a policy about this subresource, its binding, a node and a bound pod. */
function guarded(
  subresource: string,
  operation: string,
  spec: object,
  bound: object = {},
  more: Parameters<typeof withAccount>[0] = {},
): TestApi {
  const api = withAccount(more);
  api.want('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
  api.want('POST', PODS, pod('web'));
  api.want('POST', PODS, pod('other'));
  bind(api, 'web', 'n');
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: [subresource] };
  api.want('POST', `${ADMISSION}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [rule] }, ...spec },
  });
  api.want('POST', `${ADMISSION}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'], ...bound },
  });
  return api;
}
const only = (...expressions: readonly string[]) => ({
  validations: expressions.map((expression) => ({ expression })),
});
const denied = (what: string, expression: string): string =>
  `${what} is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: ${expression}`;

const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: 'default' } };
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
const POD = 'pods "web"';

describe('a policy about a subresource', () => {
  type Row = [
    subresource: string,
    operation: string,
    method: string,
    path: string,
    body: object | undefined,
    holds: string,
    fails: string,
    what: string,
  ];
  it.each<Row>([
    [
      'pods/binding',
      'CREATE',
      'POST',
      `${PODS}/other/binding`,
      { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'other' }, target: { kind: 'Node', name: 'n' } },
      'request.kind.kind == "Binding" && request.kind.group == "" && object.target.name == "n"',
      'object.target.name != "n"',
      'pods "other"',
    ],
    [
      'pods/eviction',
      'CREATE',
      'POST',
      `${PODS}/web/eviction`,
      EVICTION,
      'request.kind.kind == "Eviction" && request.kind.group == "policy" && object.metadata.name == "web"',
      'object.metadata.name != "web"',
      POD,
    ],
    [
      'pods/exec',
      'CONNECT',
      'POST',
      `${PODS}/web/exec?command=sh&stdin=true`,
      undefined,
      'request.kind.kind == "PodExecOptions" && object.command == ["sh"] && object.stdin && !has(object.tty) && oldObject == null && !has(request.options)',
      '!object.stdin',
      POD,
    ],
    [
      'pods/attach',
      'CONNECT',
      'POST',
      `${PODS}/web/attach?stdout=1`,
      undefined,
      'object.stdout == true',
      'request.operation != "CONNECT"',
      POD,
    ],
    [
      'pods/portforward',
      'CONNECT',
      'POST',
      `${PODS}/web/portforward?ports=80`,
      undefined,
      'object.ports == [80]',
      '!(80 in object.ports)',
      POD,
    ],
    [
      'pods/proxy',
      'CONNECT',
      'GET',
      `${PODS}/web/proxy/healthz`,
      undefined,
      'object.path == "/healthz"',
      'object.path != "/healthz"',
      POD,
    ],
    [
      'nodes/proxy',
      'CONNECT',
      'GET',
      '/api/v1/nodes/n/proxy/pods',
      undefined,
      'object.kind == "NodeProxyOptions"',
      'false',
      'nodes "n"',
    ],
    [
      'serviceaccounts/token',
      'CREATE',
      'POST',
      '/api/v1/namespaces/default/serviceaccounts/default/token',
      TOKEN,
      'object.spec.expirationSeconds == 600 && request.kind.kind == "TokenRequest"',
      'object.spec.expirationSeconds > 600',
      'serviceaccounts "default"',
    ],
  ])('%s (%s) is asked', (subresource, operation, method, path, body, holds, fails, what) => {
    const [plain = '', text = ''] = path.split('?');
    const query: Record<string, string> = Object.fromEntries(new URLSearchParams(text));
    const ask = (expression: string): string => {
      const api = guarded(subresource, operation, only(expression));
      return message(api.ask(method as 'POST', plain, body, { query })) ?? '';
    };
    expect(ask(fails)).toBe(denied(what, fails));
    const saying = `!(${holds})`;
    expect(ask(saying)).toBe(denied(what, saying));
  });

  it('lets through what it has nothing against', () => {
    const token = '/api/v1/namespaces/default/serviceaccounts/default/token';
    guarded('pods/eviction', 'CREATE', only('true')).want('POST', `${PODS}/web/eviction`, EVICTION);
    guarded('serviceaccounts/token', 'CREATE', only('true')).want('POST', token, TOKEN);
    expect(bind(guarded('pods/binding', 'CREATE', only('true')), 'other', 'n').code).toBe(201);
  });

  it('on pods alone has no say about evictions', () => {
    const api = guarded('pods', '*', only('false'));
    expect(api.ask('POST', `${PODS}/web/eviction`, EVICTION).code).toBe(201);
  });
});

describe('what a policy tells the audit log', () => {
  const auditPolicy = { rules: [{ level: 'Metadata' as const, resources: [{ resources: ['configmaps'] }] }] };
  const noted = (spec: object, bound: object = {}): Readonly<Record<string, string>> => {
    const api = guarded('configmaps', 'CREATE', spec, bound, { auditPolicy });
    api.ask('POST', CONFIG_MAPS, { ...configMap('c'), data: { k: 'v' } });
    const last = api.world.kernel.logs.entries.findLast(({ text }) => text.startsWith('{"kind":"Event"'));
    const { annotations } = JSON.parse(last?.text ?? '{}') as { readonly annotations: Record<string, string> };
    return Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('authorization')));
  };
  const audit = (valueExpression: string, key = 'key') => ({ auditAnnotations: [{ key, valueExpression }] });

  it.each<[spec: object, annotations: Readonly<Record<string, string>>]>([
    [audit("'value is ' + object.data.k"), { 'p/key': 'value is v' }],
    [audit("'  v '"), { 'p/key': 'v' }],
    [audit("''"), {}],
    [audit('null'), {}],
    [{ failurePolicy: 'Ignore', ...audit("object.data.x + ''") }, {}],
    [{ ...only('false'), ...audit("'v'") }, { 'p/key': 'v' }],
    [{ matchConditions: [{ name: 'no', expression: 'false' }], ...audit("'v'") }, {}],
  ])('%j', (spec, annotations) => {
    expect(noted(spec)).toEqual(annotations);
  });

  it('is also what it would have refused', () => {
    const spec = { validations: [{ expression: 'true' }, { expression: 'false', message: 'a < b' }] };
    expect(noted(spec, { validationActions: ['Audit', 'Warn'] })).toEqual({
      'validation.policy.admission.k8s.io/validation_failure':
        '[{"message":"a \\u003c b","policy":"p","binding":"b","expressionIndex":1,"validationActions":["Audit","Warn"]}]',
    });
    expect(noted(only('true'), { validationActions: ['Audit'] })).toEqual({});
  });
});
