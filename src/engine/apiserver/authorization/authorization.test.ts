import { describe, expect, it } from 'vitest';
import { issue, ISSUER, unixSeconds } from '../authentication/service-account-token';
import { encodeBase64 } from '#engine/api/base64';
import { bind, configMap, DEPLOYMENTS, message, pod, PODS, TestApi, withAccount } from '../testing';
import { certified, type Credentials, type Impersonation } from '../wire';

const JANE = certified('jane', 'dev');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const api = withAccount();
const as = (credentials: Credentials) => ({ credentials });
const object = (kind: string, name: string, more: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  ...more,
});
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const user = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name });

describe('Who has no role', () => {
  it.each([
    [
      'GET',
      PODS,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      `${PODS}/p`,
      'pods "p" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/pods',
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'PUT',
      `${DEPLOYMENTS}/d`,
      'deployments.apps "d" is forbidden: User "jane" cannot update resource "deployments" in API group "apps" in the namespace "default"',
    ],
    [
      'POST',
      `${PODS}/p/exec`,
      'pods "p" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/namespaces/x',
      'namespaces "x" is forbidden: User "jane" cannot get resource "namespaces" in API group "" in the namespace "x"',
    ],
    [
      'GET',
      '/apis/none.io/v1/things',
      'things.none.io is forbidden: User "jane" cannot list resource "things" in API group "none.io" at the cluster scope',
    ],
    ['GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
  ] as const)('may not %s %s', (method, path, text) => {
    const answer = api.ask(method, path, {}, as(JANE));
    expect([answer.code, message(answer)]).toEqual([403, text]);
  });

  it('may still discover what there is, and anonymous only what is public', () => {
    expect(api.ask('GET', '/apis', undefined, as(JANE)).code).toBe(200);
    expect(api.ask('GET', '/version', undefined, as({})).code).toBe(200);
    expect(message(api.ask('GET', '/apis', undefined, as({})))).toBe(
      'forbidden: User "system:anonymous" cannot get path "/apis"',
    );
  });
});

describe('A role', () => {
  it('allows from the moment it is bound until it is unbound', () => {
    const reader = { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] };
    api.want('POST', `${RBAC}/namespaces/default/roles`, object('Role', 'reader', reader));
    const binding = object('RoleBinding', 'jane', { roleRef: roleRef('Role', 'reader'), subjects: [user('jane')] });
    api.want('POST', `${RBAC}/namespaces/default/rolebindings`, binding);
    api.advance(1000);
    const list = (namespace: string) =>
      api.ask('GET', `/api/v1/namespaces/${namespace}/configmaps`, undefined, as(JANE)).code;
    expect([list('default'), list('kube-system')]).toEqual([200, 403]);
    expect(api.ask('POST', '/api/v1/namespaces/default/configmaps', configMap('c'), as(JANE)).code).toBe(403);
    api.want('DELETE', `${RBAC}/namespaces/default/rolebindings/jane`);
    api.advance(1000);
    expect(list('default')).toBe(403);
  });

  it('that is not there is told', () => {
    const binding = object('ClusterRoleBinding', 'lost', {
      roleRef: roleRef('ClusterRole', 'x'),
      subjects: [user('bob')],
    });
    api.want('POST', `${RBAC}/clusterrolebindings`, binding);
    api.advance(1000);
    expect(message(api.ask('GET', '/api/v1/nodes', undefined, as(certified('bob'))))).toBe(
      'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found',
    );
  });
});

describe('The default roles', () => {
  it('are 68 ClusterRoles and 7 others with their bindings, marked as defaults', () => {
    const api = new TestApi();
    const count = (path: string) => (api.want('GET', RBAC + path) as unknown as { items: unknown[] }).items.length;
    expect(['/clusterroles', '/roles', '/rolebindings'].map(count)).toEqual([68, 7, 7]);
    expect(api.want('GET', `${RBAC}/clusterroles/system:controller:ttl-controller`)).toMatchObject({
      metadata: {
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
        labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      },
      rules: [
        { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'patch', 'update', 'watch'] },
        { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
      ],
    });
  });
});

describe('The Node authorizer', () => {
  const node = certified('system:node:node-1', 'system:nodes');
  const answer = (method: 'GET' | 'POST' | 'PUT', path: string) => {
    const { code, body } = api.ask(method, path, {}, as(node));
    return code === 403 ? (body as { message: string }).message.replace(/^.*(scope|namespace "[^"]*"): /, '') : code;
  };

  it('lets a kubelet read what the pods on its node refer to, and nothing else', () => {
    api.want('POST', '/api/v1/namespaces/default/configmaps', configMap('wanted'));
    api.want('POST', '/api/v1/namespaces/default/configmaps', configMap('other'));
    const volumes = [{ name: 'v', configMap: { name: 'wanted' } }];
    api.want('POST', PODS, pod('reader', {}, { volumes }));
    bind(api, 'reader', 'node-1');
    api.advance(1000);
    const refused = "no relationship found between node 'node-1' and this object";
    expect(answer('GET', '/api/v1/namespaces/default/configmaps/wanted')).toBe(200);
    expect(answer('GET', '/api/v1/namespaces/default/configmaps/other')).toBe(refused);
    expect(answer('GET', '/api/v1/namespaces/default/secrets')).toBe('No Object name found');
    expect(answer('PUT', '/api/v1/namespaces/default/secrets/s')).toBe('can only read resources of this type');
    expect(answer('GET', '/api/v1/nodes/node-1')).toBe(404);
    expect(answer('GET', '/api/v1/nodes')).toBe("node 'node-1' cannot read all nodes, only its own Node object");
    expect(answer('GET', PODS)).toBe('can only list/watch pods with spec.nodeName field selector');
    expect(answer('GET', `${PODS}?fieldSelector=spec.nodeName%3Dnode-1`)).toBe(200);
    expect(answer('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-2')).toBe(
      'can only access node lease with the same name as the requesting node',
    );
    expect(answer('POST', '/api/v1/namespaces/default/serviceaccounts/other/token')).toBe(refused);
  });
});

describe('Impersonation', () => {
  const acting = (impersonate: Impersonation): Credentials => ({ ...certified('boss', 'system:masters'), impersonate });

  it('acts with the rights of the other one', () => {
    expect(api.ask('GET', PODS, undefined, as(acting({ user: 'jane' }))).code).toBe(403);
    expect(api.ask('GET', PODS, undefined, as(acting({ user: 'x', groups: ['system:masters'] }))).code).toBe(200);
    expect(
      message(api.ask('GET', PODS, undefined, as(acting({ user: 'system:serviceaccount:default:default' })))),
    ).toBe(
      'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    );
  });

  it('needs the right to do so for each part', () => {
    const refused = (impersonate: Impersonation) =>
      message(api.ask('GET', PODS, undefined, as({ ...JANE, impersonate })));
    expect(refused({ user: 'bob' })).toBe(
      'users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    expect(refused({ user: 'system:serviceaccount:ns:a' })).toBe(
      'serviceaccounts "a" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "ns"',
    );
  });
});

describe('Tokens', () => {
  const account = api.want('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  const seconds = unixSeconds(0);
  const claims = {
    aud: [ISSUER],
    exp: seconds + 3600,
    iat: seconds,
    iss: ISSUER,
    jti: 'j',
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid: account.metadata.uid } },
    nbf: seconds,
    sub: 'system:serviceaccount:default:default',
  };
  const list = (token: string) => api.ask('GET', PODS, undefined, as({ token }));

  it('of a service account name it until they expire or it is gone', () => {
    expect(message(list(issue(api.state, claims)))).toContain(
      'User "system:serviceaccount:default:default" cannot list',
    );
    expect(list(issue(api.state, { ...claims, exp: seconds - 1 })).code).toBe(401);
    expect(list(issue(api.state, { ...claims, aud: ['elsewhere'] })).code).toBe(401);
    const gone = { namespace: 'default', serviceaccount: { name: 'default', uid: 'another' } };
    expect(list(issue(api.state, { ...claims, 'kubernetes.io': gone })).code).toBe(401);
    expect(list(`${issue(api.state, claims)}x`).code).toBe(401);
  });

  it('of a bootstrap secret name whoever joins', () => {
    const data = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
    };
    const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encodeBase64(text)]));
    api.want('POST', '/api/v1/namespaces/kube-system/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bootstrap-token-abcdef' },
      type: 'bootstrap.kubernetes.io/token',
      data: encoded,
    });
    api.advance(1000);
    expect(message(list('abcdef.0123456789abcdef'))).toContain('User "system:bootstrap:abcdef" cannot list');
    expect(list('abcdef.0123456789abcdee').code).toBe(401);
  });
});
