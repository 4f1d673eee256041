/** @source kubernetes plugin/pkg/admission/runtimeclass/admission_test.go, pkg/util/tolerations/tolerations_test.go, plugin/pkg/admission/storage/{persistentvolume/resize,storageobjectinuseprotection}/admission_test.go */
import { describe, expect, it } from 'vitest';
import type { Toleration } from '#engine/api/types';
import { get, type Loose, MERGE, message, pod, PODS, type TestApi, withAccount } from '../../testing';
import { mergeTolerations } from './runtime-class';

const NAMESPACE = '/api/v1/namespaces/default';

describe('runtime classes', () => {
  const CLASS = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'gvisor' },
    handler: 'runsc',
  };
  function withClass(more: object): TestApi {
    const api = withAccount();
    api.want('POST', '/apis/node.k8s.io/v1/runtimeclasses', { ...CLASS, ...more });
    return api;
  }
  const podFixed = { cpu: '100m', memory: '64Mi' };

  it('give a pod their overhead and the nodes where they run', () => {
    const tolerations = [{ key: 'sandbox', operator: 'Exists', effect: 'NoSchedule' }];
    const api = withClass({ overhead: { podFixed }, scheduling: { nodeSelector: { runtime: 'gvisor' }, tolerations } });
    const given = { runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } };
    const { spec } = api.want('POST', PODS, pod('p', {}, given)) as unknown as Loose;
    expect(spec).toMatchObject({ overhead: podFixed, nodeSelector: { disk: 'ssd', runtime: 'gvisor' } });
    expect((spec['tolerations'] as Toleration[]).at(-1)).toEqual(tolerations[0]);
    expect(message(api.ask('POST', PODS, pod('q', {}, { ...given, nodeSelector: { runtime: 'runc' } })))).toBe(
      'pods "q" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = runc',
    );
  });

  it.each([
    [{ runtimeClassName: 'other' }, 'pod rejected: RuntimeClass "other" not found'],
    [
      { runtimeClassName: 'gvisor', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [{ overhead: podFixed }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  ])('refuse %j', (spec, why) => {
    const api = withClass({ overhead: { podFixed } });
    expect(message(api.ask('POST', PODS, pod('p', {}, spec)))).toBe(`pods "p" is forbidden: ${why}`);
  });

  it.each<[name: string, first: readonly Toleration[], second: readonly Toleration[], merged: readonly Toleration[]]>([
    ['nothing', [], [], []],
    [
      'the same',
      [{ key: 'a', operator: 'Exists' }],
      [{ key: 'a', operator: 'Exists' }],
      [{ key: 'a', operator: 'Exists' }],
    ],
    [
      'any effect includes one',
      [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      [{ key: 'a', operator: 'Exists' }],
      [{ key: 'a', operator: 'Exists' }],
    ],
    [
      'everything includes all',
      [{ operator: 'Exists' }],
      [{ key: 'a', operator: 'Equal', value: 'b' }],
      [{ operator: 'Exists' }],
    ],
    [
      'longer includes shorter',
      [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }],
      [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }],
      [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }],
    ],
    [
      'two values',
      [{ key: 'a', operator: 'Equal', value: '1' }],
      [{ key: 'a', operator: 'Equal', value: '2' }],
      [
        { key: 'a', operator: 'Equal', value: '1' },
        { key: 'a', operator: 'Equal', value: '2' },
      ],
    ],
  ])('merge tolerations: %s', (_, first, second, merged) => expect(mergeTolerations(first, second)).toEqual(merged));
});

describe('claims', () => {
  const claim = (storage: string, storageClassName = 'gold') => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
  });
  const CLAIM = `${NAMESPACE}/persistentvolumeclaims/c`;
  function withClaim(allowVolumeExpansion: boolean): TestApi {
    const api = withAccount();
    api.want('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'gold' },
      provisioner: 'x.io/y',
      allowVolumeExpansion,
    });
    api.want('POST', `${NAMESPACE}/persistentvolumeclaims`, claim('1Gi'));
    api.want('PATCH', CLAIM, { spec: { volumeName: 'v' } }, MERGE);
    api.want('PATCH', `${CLAIM}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, MERGE);
    return api;
  }
  const grow = (api: TestApi, storage: string) =>
    api.ask('PATCH', CLAIM, { spec: { resources: { requests: { storage } } } }, MERGE);

  it('are protected while they are used, as volumes are', () => {
    const api = withClaim(true);
    expect(get(api, CLAIM).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v', finalizers: ['example.com/x'] },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } },
    };
    expect(api.want('POST', '/api/v1/persistentvolumes', volume).metadata['finalizers']).toEqual([
      'example.com/x',
      'kubernetes.io/pv-protection',
    ]);
  });

  it('grow when they are bound and their class lets them', () => {
    expect(grow(withClaim(true), '2Gi').code).toBe(200);
    expect(message(grow(withClaim(false), '2Gi'))).toBe(
      'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  });
});
