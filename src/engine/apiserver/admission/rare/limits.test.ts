/** @source kubernetes plugin/pkg/admission/limitranger/admission_test.go, plugin/pkg/admission/storage/storageclass/setdefault/admission_test.go */
import { describe, expect, it } from 'vitest';
import { type Loose, message, pod, PODS, withAccount } from '../../testing';

const NAMESPACE = '/api/v1/namespaces/default';

const withRange = (...limits: readonly object[]) => {
  const api = withAccount();
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits } };
  api.want('POST', `${NAMESPACE}/limitranges`, range);
  return api;
};
const podWith = (...resources: readonly object[]) =>
  pod('p', {}, { containers: resources.map((item, at) => ({ name: `c${at}`, image: 'i', resources: item })) });
const claim = (size: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
});

describe('limit ranges', () => {
  it('fill what containers leave out, and tell so', () => {
    const api = withRange({ type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '500m' } });
    const made = api.want('POST', PODS, podWith({}, { limits: { cpu: '2', memory: '2Gi' } })) as unknown as Loose;
    expect(made.spec['containers']).toMatchObject([
      { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } } },
      { resources: { limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '2', memory: '2Gi' } } },
    ]);
    expect(made.metadata['annotations']).toMatchObject({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container c0; cpu, memory limit for container c0',
    });
  });

  it.each([
    [
      { type: 'Container', min: { cpu: '100m' } },
      { requests: { cpu: '50m' } },
      'minimum cpu usage per Container is 100m, but request is 50m',
    ],
    [{ type: 'Pod', min: { cpu: '100m' } }, {}, 'minimum cpu usage per Pod is 100m.  No request is specified'],
    [
      { type: 'Container', max: { cpu: '1' } },
      { limits: { cpu: '2' } },
      'maximum cpu usage per Container is 1, but limit is 2',
    ],
    [{ type: 'Pod', max: { memory: '1Gi' } }, {}, 'maximum memory usage per Pod is 1Gi.  No limit is specified'],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { limits: { cpu: '2' }, requests: { cpu: '500m' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    ],
    [
      { type: 'Container', max: { cpu: '1', memory: '1Mi' } },
      { limits: { cpu: '2', memory: '2Mi' } },
      '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Mi, but limit is 2Mi]',
    ],
  ])('%j refuses %j', (item, resources, why) => {
    expect(message(withRange(item).ask('POST', PODS, podWith(resources)))).toBe(`pods "p" is forbidden: ${why}`);
  });

  it('add up the containers of a pod', () => {
    const api = withRange({ type: 'Pod', max: { cpu: '1' } });
    expect(message(api.ask('POST', PODS, podWith({ limits: { cpu: '600m' } }, { limits: { cpu: '600m' } })))).toBe(
      'pods "p" is forbidden: maximum cpu usage per Pod is 1, but limit is 1200m',
    );
  });

  it('bound claims', () => {
    const api = withRange({ type: 'PersistentVolumeClaim', max: { storage: '5Gi' } });
    expect(message(api.ask('POST', `${NAMESPACE}/persistentvolumeclaims`, claim('10Gi')))).toBe(
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    );
    api.want('POST', `${NAMESPACE}/persistentvolumeclaims`, claim('5Gi'));
  });
});

it('gives a claim and an ingress the default class', () => {
  const api = withAccount();
  const marked = (mark: string, name: string) => ({ name, annotations: { [mark]: 'true' } });
  for (const name of ['b', 'a'])
    api.want('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: marked('storageclass.kubernetes.io/is-default-class', name),
      provisioner: 'x.io/y',
    });
  expect(api.want('POST', `${NAMESPACE}/persistentvolumeclaims`, claim('1Gi'))).toMatchObject({
    spec: { storageClassName: 'a' },
  });
  api.want('POST', '/apis/networking.k8s.io/v1/ingressclasses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: marked('ingressclass.kubernetes.io/is-default-class', 'nginx'),
    spec: { controller: 'x.io/y' },
  });
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i' },
    spec: { rules: [{ host: 'a.b' }] },
  };
  expect(api.want('POST', '/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress)).toMatchObject({
    spec: { ingressClassName: 'nginx' },
  });
});
