/** @source kubernetes plugin/pkg/admission/resourcequota/admission_test.go, pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}_test.go */
import { describe, expect, it } from 'vitest';
import { countedOf, isInScope, type ResourceList, sumOf, usageOf } from '#engine/api/quota/usage';
import type { KubeObject, ResourceQuota } from '#engine/api/types';
import { configMap, get, MERGE, message, pod, type TestApi, withAccount } from '../../testing';

type Loose = Record<string, unknown>;
const NAMESPACE = '/api/v1/namespaces/default';
const QUOTA = `${NAMESPACE}/resourcequotas/quota`;

const resources = (requests: Loose, limits: Loose = {}): Loose => ({ resources: { requests, limits } });
const podOf = (name: string, ...containers: readonly Loose[]) =>
  pod(name, {}, { containers: containers.map((item, at) => ({ name: `c${at}`, image: 'i', ...item })) });
const object = (spec: Loose, more: Loose = {}): KubeObject =>
  ({ metadata: { name: 'x' }, spec, ...more }) as unknown as KubeObject;

/** An API server with a quota of which so much is used. */
function withQuota(hard: ResourceList, used: ResourceList = {}, spec: Loose = {}, name = 'quota'): TestApi {
  return addQuota(withAccount(), hard, used, spec, name);
}
function addQuota(api: TestApi, hard: ResourceList, used: ResourceList, spec: Loose, name: string): TestApi {
  const path = `${NAMESPACE}/resourcequotas`;
  api.want('POST', path, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name },
    spec: { hard, ...spec },
  });
  const zeros = Object.fromEntries(Object.keys(hard).map((key) => [key, '0']));
  api.want('PATCH', `${path}/${name}/status`, { status: { hard, used: { ...zeros, ...used } } }, MERGE);
  return api;
}
const used = (api: TestApi): unknown => (get(api, QUOTA).status as { used?: unknown }).used;

describe('usage', () => {
  it.each<[name: string, id: string, object: KubeObject, usage: ResourceList]>([
    [
      'init containers count by the greatest',
      'pods',
      object({
        initContainers: [
          { name: 'a', ...resources({ cpu: '1m', memory: '1M' }, { cpu: '2m', memory: '2M' }) },
          { name: 'b', ...resources({ cpu: '3m' }) },
        ],
        containers: [{ name: 'c', ...resources({ cpu: '1m', memory: '2M' }) }],
      }),
      {
        'count/pods': '1',
        pods: '1',
        cpu: '3m',
        'requests.cpu': '3m',
        memory: '2M',
        'requests.memory': '2M',
        'limits.cpu': '2m',
        'limits.memory': '2M',
      },
    ],
    [
      'sidecars count beside the containers',
      'pods',
      object({
        initContainers: [{ name: 'a', restartPolicy: 'Always', ...resources({ cpu: '1' }) }],
        containers: [{ name: 'c', ...resources({ cpu: '500m' }) }],
      }),
      { 'count/pods': '1', pods: '1', cpu: '1500m', 'requests.cpu': '1500m' },
    ],
    [
      'overhead',
      'pods',
      object({
        overhead: { cpu: '1' },
        containers: [{ name: 'c', ...resources({ cpu: '1' }, { cpu: '2' }) }],
      }),
      { 'count/pods': '1', pods: '1', cpu: '2', 'requests.cpu': '2', 'limits.cpu': '3' },
    ],
    [
      'extended resources and huge pages',
      'pods',
      object({ containers: [{ name: 'c', ...resources({ 'example.com/dongle': '3', 'hugepages-2Mi': '100Mi' }) }] }),
      {
        'count/pods': '1',
        pods: '1',
        'requests.example.com/dongle': '3',
        'hugepages-2Mi': '100Mi',
        'requests.hugepages-2Mi': '100Mi',
      },
    ],
    [
      'a pod that has ended',
      'pods',
      object({ containers: [{ name: 'c', ...resources({ cpu: '1' }) }] }, { status: { phase: 'Succeeded' } }),
      { 'count/pods': '1' },
    ],
    [
      'a pod that should be gone',
      'pods',
      {
        metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 },
        spec: { containers: [{ name: 'c' }] },
      } as unknown as KubeObject,
      { 'count/pods': '1' },
    ],
    [
      'a LoadBalancer',
      'services',
      object({ type: 'LoadBalancer', ports: [{ port: 1 }, { port: 2 }] }),
      { 'count/services': '1', services: '1', 'services.nodeports': '2', 'services.loadbalancers': '1' },
    ],
    [
      'a LoadBalancer that allocates no node ports',
      'services',
      object({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ nodePort: 30001 }, {}] }),
      { 'count/services': '1', services: '1', 'services.nodeports': '1', 'services.loadbalancers': '1' },
    ],
    [
      'a ClusterIP',
      'services',
      object({ type: 'ClusterIP', ports: [{ port: 1 }] }),
      { 'count/services': '1', services: '1', 'services.nodeports': '0', 'services.loadbalancers': '0' },
    ],
    [
      'a claim with a class',
      'persistentvolumeclaims',
      object({ storageClassName: 'gold', resources: { requests: { storage: '10Gi' } } }),
      {
        'count/persistentvolumeclaims': '1',
        persistentvolumeclaims: '1',
        'requests.storage': '10Gi',
        'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
        'gold.storageclass.storage.k8s.io/requests.storage': '10Gi',
      },
    ],
    [
      'a claim that was grown in vain',
      'persistentvolumeclaims',
      object({ resources: { requests: { storage: '10Gi' } } }, { status: { allocatedResources: { storage: '20Gi' } } }),
      { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1', 'requests.storage': '20Gi' },
    ],
    ['a secret', 'secrets', object({}), { 'count/secrets': '1', secrets: '1' }],
    ['a deployment', 'deployments.apps', object({}), { 'count/deployments.apps': '1' }],
  ])('%s', (_, id, given, usage) => expect(usageOf(id, given, 6e6)).toEqual(usage));

  it.each([
    ['pods', ['pods', 'requests.nvidia.com/gpu', 'limits.cpu', 'hugepages-2Mi', 'count/pods']],
    ['secrets', ['secrets', 'count/secrets']],
    ['persistentvolumeclaims', ['requests.storage', 'gold.storageclass.storage.k8s.io/requests.storage']],
    ['services', ['services.loadbalancers']],
    ['jobs.batch', ['count/jobs.batch']],
  ])('of %s counts for %j', (id, names) => {
    const all = [
      ...['pods', 'requests.nvidia.com/gpu', 'limits.cpu', 'hugepages-2Mi', 'count/pods', 'secrets', 'count/secrets'],
      ...['requests.storage', 'gold.storageclass.storage.k8s.io/requests.storage', 'services.loadbalancers'],
      'count/jobs.batch',
    ];
    expect(countedOf(id, all).toSorted()).toEqual(names.toSorted());
  });

  it('is added in the form of what was there', () => {
    expect(sumOf({ memory: '1Gi', cpu: '0' }, { memory: '512M', cpu: '100m', pods: '1' })).toEqual({
      memory: '1548576Ki',
      cpu: '100m',
      pods: '1',
    });
  });
});

/** @source pkg/quota/v1/evaluator/core/pods_test.go (TestPodEvaluatorMatchingScopes) */
describe('scopes', () => {
  const bare = { containers: [{ name: 'c' }] };
  const affinity = (term: Loose) => ({
    ...bare,
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'k', ...term } },
        ],
      },
    },
  });
  const scoped = (scopeName: string, operator = 'Exists', ...values: readonly string[]): ResourceQuota =>
    ({ spec: { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } } }) as unknown as ResourceQuota;
  it.each<[ResourceQuota, Loose, boolean]>([
    [scoped('BestEffort'), bare, true],
    [scoped('NotBestEffort'), bare, false],
    [scoped('NotBestEffort'), { containers: [{ name: 'c', ...resources({ cpu: '1' }) }] }, true],
    [scoped('Terminating'), { ...bare, activeDeadlineSeconds: 0 }, true],
    [scoped('Terminating'), bare, false],
    [scoped('NotTerminating'), bare, true],
    [scoped('PriorityClass'), { ...bare, priorityClassName: 'a' }, true],
    [scoped('PriorityClass'), bare, false],
    [scoped('PriorityClass', 'DoesNotExist'), bare, true],
    [scoped('PriorityClass', 'In', 'a', 'b'), { ...bare, priorityClassName: 'b' }, true],
    [scoped('PriorityClass', 'In', 'a'), { ...bare, priorityClassName: 'b' }, false],
    [scoped('PriorityClass', 'NotIn', 'a'), { ...bare, priorityClassName: 'b' }, true],
    [scoped('PriorityClass', 'NotIn', 'a'), bare, true],
    [scoped('CrossNamespacePodAffinity'), affinity({ namespaces: ['n'] }), true],
    [scoped('CrossNamespacePodAffinity'), affinity({ namespaceSelector: {} }), true],
    [scoped('CrossNamespacePodAffinity'), affinity({}), false],
  ])('%j of %j: %s', (quota, spec, expected) => expect(isInScope('pods', object(spec), quota)).toBe(expected));

  it('of claims and of what has none', () => {
    const claim = object({ volumeAttributesClassName: 'gold' });
    expect(isInScope('persistentvolumeclaims', claim, scoped('VolumeAttributesClass', 'In', 'gold'))).toBe(true);
    expect(isInScope('secrets', object({}), scoped('BestEffort'))).toBe(false);
  });
});

describe('admission', () => {
  it('charges what it admits, and refuses more', () => {
    const api = withQuota({ pods: '2', 'requests.cpu': '1' });
    api.want('POST', `${NAMESPACE}/pods`, podOf('a', resources({ cpu: '300m' })));
    expect(used(api)).toEqual({ pods: '1', 'requests.cpu': '300m' });
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, podOf('b', resources({ cpu: '800m' }))))).toBe(
      'pods "b" is forbidden: exceeded quota: quota, requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1',
    );
    api.want('POST', `${NAMESPACE}/pods`, podOf('b', resources({ cpu: '700m' })));
    const both = api.ask('POST', `${NAMESPACE}/pods`, podOf('c', resources({ cpu: '1m' })));
    expect([both.code, message(both)]).toEqual([
      403,
      'pods "c" is forbidden: exceeded quota: quota, requested: pods=1,requests.cpu=1m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1',
    ]);
    expect(used(api)).toEqual({ pods: '2', 'requests.cpu': '1' });
  });

  it('admits no more than the quota has when many ask at once', () => {
    const api = withQuota({ pods: '3' });
    const asked = Array.from({ length: 8 }, () =>
      api.send('POST', `${NAMESPACE}/pods`, pod('', { generateName: 'p-' })),
    );
    api.advance(100_000);
    const codes = asked.map((id) => api.answerTo(id)?.code);
    expect(codes.filter((code) => code === 201)).toHaveLength(3);
    expect(codes.filter((code) => code === 403)).toHaveLength(5);
    expect(used(api)).toEqual({ pods: '3' });
  });

  it('asks for what a quota limits', () => {
    const api = withQuota({ 'limits.cpu': '3', memory: '1Gi' });
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, podOf('a', {}, resources({ memory: '1' }))))).toBe(
      'pods "a" is forbidden: failed quota: quota: must specify limits.cpu for: c0,c1; memory for: c0',
    );
  });

  it('does not know what was never counted', () => {
    const api = withQuota({ pods: '1', secrets: '1' });
    api.want('PATCH', `${QUOTA}/status`, { status: { used: { pods: null } } }, MERGE);
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, pod('a')))).toBe(
      'pods "a" is forbidden: status unknown for quota: quota, resources: pods',
    );
  });

  it('leaves out what is not in scope', () => {
    const api = withQuota({ pods: '0' }, {}, { scopes: ['BestEffort'] });
    api.want('POST', `${NAMESPACE}/pods`, podOf('a', resources({ cpu: '1m' })));
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, pod('b')))).toBe(
      'pods "b" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=0, limited: pods=0',
    );
  });

  it('charges all quotas, and none when one of them refuses', () => {
    const api = addQuota(withQuota({ pods: '5' }), { 'count/pods': '0' }, {}, {}, 'second');
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, pod('a')))).toContain('exceeded quota: second, requested');
    expect(used(api)).toEqual({ pods: '0' });
    const other = addQuota(withQuota({ pods: '5' }), { 'count/pods': '5' }, {}, {}, 'second');
    other.want('POST', `${NAMESPACE}/pods`, pod('a'));
    expect([used(other), get(other, `${NAMESPACE}/resourcequotas/second`).status]).toEqual([
      { pods: '1' },
      { hard: { 'count/pods': '5' }, used: { 'count/pods': '1' } },
    ]);
  });

  it('charges nothing for a dry run', () => {
    const api = withQuota({ configmaps: '1' });
    expect(api.ask('POST', `${NAMESPACE}/configmaps?dryRun=All`, configMap('a')).code).toBe(201);
    expect(used(api)).toEqual({ configmaps: '0' });
    expect(api.ask('POST', `${NAMESPACE}/configmaps`, configMap('a')).code).toBe(201);
    expect(message(api.ask('POST', `${NAMESPACE}/configmaps?dryRun=All`, configMap('b')))).toContain('exceeded quota');
  });

  it('charges a service for the node ports that it comes to have', () => {
    const api = withQuota({ 'services.nodeports': '1', services: '2' });
    const service = (type: string, ports: number) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { type, ports: Array.from({ length: ports }, (_, at) => ({ name: `p${at}`, port: at + 1 })) },
    });
    api.want('POST', `${NAMESPACE}/services`, service('ClusterIP', 2));
    expect(used(api)).toEqual({ 'services.nodeports': '0', services: '1' });
    const change = { spec: { type: 'NodePort' } };
    expect(message(api.ask('PATCH', `${NAMESPACE}/services/s`, change, MERGE))).toBe(
      'services "s" is forbidden: exceeded quota: quota, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    );
  });
});
