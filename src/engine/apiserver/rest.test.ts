import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { type Asked, TestApi } from './testing';
import type { ApiResponse, Method } from './wire';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MERGE: Asked = { contentType: 'application/merge-patch+json' };
type Loose = KubeObject & { spec: Record<string, unknown>; status: Record<string, unknown>; data: unknown };

const configMap = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } });
const pod = (name: string, metadata: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec },
});
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } },
  },
});
const names = (body: unknown): string[] => (body as { items: KubeObject[] }).items.map((item) => item.metadata.name);
const message = (response: ApiResponse): string => (response.body as { message: string }).message;
const get = (api: TestApi, path: string): Loose => api.want('GET', path) as unknown as Loose;

function withAccount(): TestApi {
  const api = new TestApi();
  api.want('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  return api;
}
function bind(api: TestApi, name: string, node: string): ApiResponse {
  return api.ask('POST', `${PODS}/${name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } });
}

describe('optimistic concurrency', () => {
  it('refuses an update of what has changed, and takes one without resourceVersion', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    api.want('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { k: '1' } });
    const stale = api.ask('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { k: '2' } });
    expect([stale.code, message(stale)]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ]);
    expect(api.want('PUT', `${CONFIG_MAPS}/a`, { ...configMap('a'), data: { k: '3' } })).toMatchObject({ data: { k: '3' } });
  });

  it('does not write what changes nothing', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const again = api.want('PUT', `${CONFIG_MAPS}/a`, first);
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('lets concurrent patches all happen and only one conditional update', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const patches = [1, 2, 3, 4].map((i) => api.send('PATCH', `${CONFIG_MAPS}/a`, { data: { [`k${i}`]: 'x' } }, MERGE));
    const updates = [1, 2].map((i) => api.send('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { u: String(i) } }));
    api.advance(SECOND);
    expect(patches.map((id) => api.answerTo(id)?.code)).toEqual([200, 200, 200, 200]);
    expect(updates.map((id) => api.answerTo(id)?.code)).toEqual([409, 409]);
    expect(Object.keys(get(api, `${CONFIG_MAPS}/a`).data as object)).toEqual(['k1', 'k2', 'k3', 'k4']);
  });

  it('refuses another uid, and a patch that names an old resourceVersion', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const other = api.ask('PUT', `${CONFIG_MAPS}/a`, configMap('a', { uid: 'x' }));
    expect(message(other)).toBe(
      `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: x, UID in object meta: ${first.metadata.uid}`,
    );
    expect(api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { resourceVersion: '1' }, data: { a: 'b' } }, MERGE).code).toBe(409);
  });

  it('demands a resourceVersion for a Lease', () => {
    const api = new TestApi();
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
    expect(api.ask('PUT', `${leases}/l`, lease).code).toBe(201);
    const blind = api.ask('PUT', `${leases}/l`, { ...lease, spec: { holderIdentity: 'x' } });
    expect([blind.code, message(blind)]).toEqual([422, 'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update']);
  });
});

describe('create', () => {
  it('says when the object exists, also while it is being deleted', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a', { finalizers: ['example.com/x'] }));
    expect(message(api.ask('POST', CONFIG_MAPS, configMap('a')))).toBe('configmaps "a" already exists');
    api.want('DELETE', `${CONFIG_MAPS}/a`);
    const again = api.ask('POST', CONFIG_MAPS, configMap('a'));
    expect([again.code, message(again)]).toEqual([409, 'object is being deleted: configmaps "a" already exists']);
  });

  it('generates names that differ, from a base cut to 58 characters', () => {
    const api = new TestApi();
    const made = [1, 2, 3].map(() => api.want('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: `${'x'.repeat(60)}-` } }).metadata.name);
    expect(new Set(made).size).toBe(3);
    for (const name of made) expect(name).toMatch(/^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('stores nothing with dryRun=All, and still finds what is wrong', () => {
    const api = new TestApi();
    const dry = api.want('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a'));
    expect(dry.metadata.uid).not.toBe('');
    expect(dry.metadata.resourceVersion ?? '').toBe('');
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(404);
    api.want('POST', CONFIG_MAPS, configMap('a'));
    expect(api.ask('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a')).code).toBe(409);
    expect(api.want('DELETE', `${CONFIG_MAPS}/a?dryRun=All`)).toMatchObject({ status: 'Success' });
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(200);
    expect(message(api.ask('POST', `${CONFIG_MAPS}?dryRun=Some`, configMap('b')))).toContain('dryRun: Unsupported value');
  });

  it('waits for namespaces and service accounts that exist', () => {
    const api = new TestApi();
    expect(message(api.ask('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a')))).toBe('namespaces "nowhere" not found');
    const refused = api.ask('POST', PODS, pod('p'));
    expect([refused.code, message(refused)]).toEqual([
      403,
      'pods "p" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
    ]);
  });

  it.each<[string, Method, string, unknown, Asked, number, string]>([
    ['an unknown path', 'GET', '/api/v1/nothing', undefined, {}, 404, 'the server could not find the requested resource'],
    ['a wrong method', 'POST', `${CONFIG_MAPS}/a`, configMap('a'), {}, 405, 'create is not supported on resources of kind "configmaps"'],
    ['a deletion of all namespaces', 'DELETE', '/api/v1/namespaces', undefined, {}, 405, 'deletecollection is not supported on resources of kind "namespaces"'],
    ['an unknown media type', 'POST', CONFIG_MAPS, configMap('a'), { contentType: 'text/plain' }, 415, 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf'],
    ['a body of 5 MB', 'POST', CONFIG_MAPS, { ...configMap('a'), data: { k: 'x'.repeat(5_000_000) } }, {}, 413, 'Request entity too large: limit is 3145728'],
    ['another namespace', 'POST', CONFIG_MAPS, configMap('a', { namespace: 'other' }), {}, 400, 'the namespace of the provided object does not match the namespace sent on the request'],
    ['another name', 'PUT', `${CONFIG_MAPS}/a`, configMap('b'), {}, 404, 'configmaps "a" not found'],
    ['another apiVersion', 'POST', DEPLOYMENTS, { ...deployment('d'), apiVersion: 'apps/v1beta1' }, {}, 400, 'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)'],
    ['a resourceVersion on create', 'POST', CONFIG_MAPS, configMap('a', { resourceVersion: '5' }), {}, 500, 'resourceVersion should not be set on objects to be created'],
    ['no name', 'POST', CONFIG_MAPS, configMap(''), {}, 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
    ['an unknown field, strictly', 'POST', `${DEPLOYMENTS}?fieldValidation=Strict`, { ...deployment('d'), spec: { ...deployment('d').spec, foo: 1 } }, {}, 400, 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"'],
    ['a wrong type', 'POST', DEPLOYMENTS, { ...deployment('d'), spec: { ...deployment('d').spec, replicas: 'two' } }, {}, 400, 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['a bad selector', 'GET', `${CONFIG_MAPS}?fieldSelector=spec.x%3D1`, undefined, {}, 400, '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['a pod without its service account', 'POST', '/api/v1/namespaces/kube-system/pods', pod('p'), {}, 403, 'pods "p" is forbidden: error looking up service account kube-system/default: serviceaccount "default" not found'],
  ])('refuses %s', (_what, method, path, body, more, code, text) => {
    const api = new TestApi();
    const response = api.ask(method, path, body, more);
    expect([response.code, message(response)]).toEqual([code, text]);
  });

  it('warns of an unknown field', () => {
    const api = new TestApi();
    const response = api.ask('POST', CONFIG_MAPS, { ...configMap('a'), foo: 1 });
    expect([response.code, response.warnings]).toEqual([201, ['unknown field "foo"']]);
  });
});

describe('deletion', () => {
  it('keeps an object until its last finalizer is gone', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a', { finalizers: ['example.com/x', 'example.com/y'] }));
    const deleting = api.want('DELETE', `${CONFIG_MAPS}/a`);
    expect(deleting).toMatchObject({ kind: 'ConfigMap', metadata: { deletionGracePeriodSeconds: 0 } });
    const added = api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: ['example.com/z'] } }, MERGE);
    expect(message(added)).toContain('no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/z"}');
    expect(api.want('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: ['example.com/y'] } }, MERGE).metadata.finalizers).toEqual(['example.com/y']);
    expect(api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: null } }, MERGE).code).toBe(200);
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(404);
  });

  it('adds the finalizers of the garbage collector as the policy says', () => {
    const api = new TestApi();
    for (const [name, policy, finalizer] of [['f', 'Foreground', 'foregroundDeletion'], ['o', 'Orphan', 'orphan']] as const) {
      api.want('POST', DEPLOYMENTS, deployment(name));
      expect(api.want('DELETE', `${DEPLOYMENTS}/${name}`, { propagationPolicy: policy }).metadata.finalizers).toEqual([finalizer]);
    }
  });

  it.each<[string, boolean, string | null, number | null, string]>([
    ['a pod on no node goes at once', false, null, null, 'gone'],
    ['a finished pod goes at once', true, 'Succeeded', null, 'gone'],
    ['a bound pod gets its own grace', true, null, null, '30'],
    ['a bound pod gets the grace that was asked for', true, null, 5, '5'],
    ['grace 0 removes it at once', true, null, 0, 'gone'],
    ['a negative grace is 1', true, null, -1, '1'],
  ])('%s', (_what, bound, phase, grace, result) => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    if (bound) bind(api, 'p', 'node-1');
    if (phase !== null) api.want('PATCH', `${PODS}/p/status`, { status: { phase } }, MERGE);
    api.want('DELETE', `${PODS}/p`, grace === null ? undefined : { gracePeriodSeconds: grace });
    const now = api.ask('GET', `${PODS}/p`);
    expect(now.code === 404 ? 'gone' : String((now.body as KubeObject).metadata.deletionGracePeriodSeconds)).toBe(result);
  });

  it('shortens a grace that is running, and never lengthens it', () => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    bind(api, 'p', 'node-1');
    const first = api.want('DELETE', `${PODS}/p`);
    const generation = first.metadata.generation ?? 0;
    expect(first.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-01-01T00:00:31Z' });
    api.advance(10 * SECOND);
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 60 }).metadata).toEqual(first.metadata);
    expect(api.want('DELETE', `${PODS}/p`).metadata).toEqual(first.metadata);
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 20 }).metadata).toMatchObject({ deletionGracePeriodSeconds: 20, deletionTimestamp: '2026-01-01T00:00:21Z', generation });
    expect(api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 2 }).metadata).toMatchObject({ deletionGracePeriodSeconds: 1, deletionTimestamp: '2026-01-01T00:00:11Z' });
    const watch = api.watch(`${PODS}?watch=true&resourceVersion=${get(api, `${PODS}/p`).metadata.resourceVersion}`);
    api.want('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(watch.events()).toEqual(['MODIFIED p', 'DELETED p']);
  });

  it('minds preconditions', () => {
    const api = new TestApi();
    const { uid } = api.want('POST', CONFIG_MAPS, configMap('a')).metadata;
    const refused = api.ask('DELETE', `${CONFIG_MAPS}/a`, { preconditions: { uid: 'x' } });
    expect([refused.code, message(refused)]).toEqual([
      409,
      `Operation cannot be fulfilled on configmaps "a": the UID in the precondition (x) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    ]);
    expect(api.ask('DELETE', `${CONFIG_MAPS}/a`, { preconditions: { uid } }).code).toBe(200);
  });

  it('deletes a collection by selector and answers what it was', () => {
    const api = new TestApi();
    for (const name of ['a', 'b', 'c']) api.want('POST', CONFIG_MAPS, configMap(name, { labels: { keep: name === 'b' ? 'yes' : 'no' } }));
    expect(names(api.want('DELETE', `${CONFIG_MAPS}?labelSelector=keep%3Dno`))).toEqual(['a', 'c']);
    expect(names(api.want('GET', CONFIG_MAPS))).toEqual(['b']);
  });

  it('marks a namespace, closes it for new objects, and removes it once it is finalized', () => {
    const api = new TestApi();
    expect(message(api.ask('DELETE', '/api/v1/namespaces/default'))).toBe('namespaces "default" is forbidden: this namespace may not be deleted');
    api.want('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(get(api, '/api/v1/namespaces/shop')).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' }, metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } } });
    expect(api.want('DELETE', '/api/v1/namespaces/shop')).toMatchObject({ status: { phase: 'Terminating' } });
    const refused = api.ask('POST', '/api/v1/namespaces/shop/configmaps', configMap('a'));
    expect([refused.code, message(refused)]).toEqual([403, 'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated']);
    const marked = get(api, '/api/v1/namespaces/shop');
    api.want('PUT', '/api/v1/namespaces/shop/finalize', { ...marked, spec: { finalizers: [] } });
    expect(api.ask('GET', '/api/v1/namespaces/shop').code).toBe(404);
  });
});

describe('subresources', () => {
  it('keeps status and the rest apart', () => {
    const api = new TestApi();
    const made = api.want('POST', DEPLOYMENTS, deployment('web')) as unknown as Loose;
    expect(made.metadata.generation).toBe(1);
    const spec = { ...made.spec, replicas: 5 };
    const status = { observedGeneration: 1, replicas: 2 };
    const afterStatus = api.want('PUT', `${DEPLOYMENTS}/web/status`, { ...made, spec, status }) as unknown as Loose;
    expect([afterStatus.spec['replicas'], afterStatus.status['replicas'], afterStatus.metadata.generation]).toEqual([2, 2, 1]);
    const afterSpec = api.want('PUT', `${DEPLOYMENTS}/web`, { ...afterStatus, spec, status: {} }) as unknown as Loose;
    expect([afterSpec.spec['replicas'], afterSpec.status['replicas'], afterSpec.metadata.generation]).toEqual([5, 2, 2]);
  });

  it('scales', () => {
    const api = new TestApi();
    api.want('POST', DEPLOYMENTS, deployment('web'));
    const scale = get(api, `${DEPLOYMENTS}/web/scale`);
    expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 }, status: { selector: 'app=web' } });
    expect(api.want('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 7 } })).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
    expect(api.want('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 3 } }, MERGE)).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect(get(api, `${DEPLOYMENTS}/web`)).toMatchObject({ spec: { replicas: 3 }, metadata: { generation: 3 } });
    const negative = api.ask('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: -1 } }, MERGE);
    expect([negative.code, message(negative)]).toEqual([422, 'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0']);
  });

  it('binds a pod once', () => {
    const api = withAccount();
    api.want('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'zone-a' } } });
    api.want('POST', PODS, pod('p'));
    expect(bind(api, 'p', 'node-1')).toMatchObject({ code: 201, body: { kind: 'Status', status: 'Success' } });
    expect(get(api, `${PODS}/p`)).toMatchObject({
      metadata: { labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
      spec: { nodeName: 'node-1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    const again = bind(api, 'p', 'node-2');
    expect([again.code, message(again)]).toEqual([409, 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"']);
    expect(bind(api, 'q', 'node-2').code).toBe(404);
  });

  it('evicts like a deletion while there are no budgets', () => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    bind(api, 'p', 'node-1');
    const answer = api.ask('POST', `${PODS}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } });
    expect([answer.code, (answer.body as { status: string }).status]).toEqual([201, 'Success']);
    expect(get(api, `${PODS}/p`)).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 } });
  });
});

describe('admission', () => {
  it('gives a pod its account, token, tolerations and priority', () => {
    const api = withAccount();
    const made = api.want('POST', PODS, pod('p', {}, { priorityClassName: 'system-node-critical' })) as unknown as Loose;
    expect(made.spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 2000001000,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      containers: [{ volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }] }],
    });
    expect((made.spec['volumes'] as { name: string }[])[0]?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(message(api.ask('POST', PODS, pod('q', {}, { priorityClassName: 'x' })))).toBe('pods "q" is forbidden: no PriorityClass with name x was found');
    expect(message(api.ask('POST', PODS, pod('q', {}, { priority: 5 })))).toBe(
      'pods "q" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    );
  });

  it('taints a new node', () => {
    const api = new TestApi();
    expect(api.want('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })).toMatchObject({
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    });
  });

  it('allows one default priority class', () => {
    const api = new TestApi();
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const priorityClass = (name: string) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 5, globalDefault: true });
    api.want('POST', classes, priorityClass('a'));
    expect(message(api.ask('POST', classes, priorityClass('b')))).toBe(
      'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
    );
  });
});

describe('Services', () => {
  const SERVICES = '/api/v1/namespaces/default/services';
  const service = (name: string, spec: object = {}) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });

  it('get addresses above the static band and ports above theirs, and give them back', () => {
    const api = new TestApi();
    const made = api.want('POST', SERVICES, service('a', { type: 'NodePort' })) as unknown as Loose;
    const address = made.spec['clusterIP'] as string;
    expect(made.spec).toMatchObject({ clusterIPs: [address], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    expect(address).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    const port = (made.spec['ports'] as { nodePort: number }[])[0]!.nodePort;
    expect(port).toBeGreaterThanOrEqual(30_086);
    const taken = api.ask('POST', SERVICES, service('b', { clusterIP: address }));
    expect([taken.code, message(taken)]).toEqual([422, `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${address}"]: failed to allocate IP ${address}: provided IP is already allocated`]);
    expect(message(api.ask('POST', SERVICES, service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] })))).toContain(
      `spec.ports[0].nodePort: Invalid value: ${port}: provided port is already allocated`,
    );
    expect(message(api.ask('POST', SERVICES, service('b', { clusterIP: '1.2.3.4' })))).toContain('the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12');
    api.want('DELETE', `${SERVICES}/a`);
    expect(api.want('POST', SERVICES, service('b', { clusterIP: address }))).toMatchObject({ spec: { clusterIP: address } });
  });

  it('keep their address through updates, and lose the port with the type', () => {
    const api = new TestApi();
    const made = api.want('POST', SERVICES, service('a', { type: 'NodePort' })) as unknown as Loose;
    const next = api.want('PUT', `${SERVICES}/a`, service('a', { ports: [{ port: 80 }, { port: 81, name: 'b' }].map((port, i) => ({ name: `p${i}`, ...port })) })) as unknown as Loose;
    expect(next.spec['clusterIP']).toBe(made.spec['clusterIP']);
    expect((next.spec['ports'] as { nodePort?: number }[])[0]!.nodePort).toBeUndefined();
    expect([...api.etcdState.store.live.keys()].filter((key) => key.includes('servicenodeports'))).toEqual([]);
  });
});

describe('Events', () => {
  it('are forgotten after an hour', () => {
    const api = new TestApi();
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a.1' }, involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' }, reason: 'Pulled', message: 'm', type: 'Normal' };
    api.want('POST', '/api/v1/namespaces/default/events', event);
    api.advance(59 * MINUTE);
    expect(names(api.want('GET', '/api/v1/namespaces/default/events'))).toEqual(['a.1']);
    api.advance(3 * MINUTE);
    expect(names(api.want('GET', '/api/v1/namespaces/default/events'))).toEqual([]);
  });
});
