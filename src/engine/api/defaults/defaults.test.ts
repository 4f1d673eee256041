/**
 * What the API server fills in: validation.md 4, apiserver-kubelet-network-etcd.md 1.19.
 * @source kubernetes pkg/apis/{core/v1,apps/v1,batch/v1,rbac/v1,scheduling/v1,discovery/v1,storage/v1}/defaults_test.go
 */
import { describe, expect, it } from 'vitest';
import '../late-api';
import { resourceByKind } from '../registry';
import { defaulted } from '../testing';
import type { Kind, KubeObject } from '../types';

const of = (apiVersion: string, kind: Kind, fields: object = {}, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...fields,
});
const pod = (spec: object) => of('v1', 'Pod', { spec: { containers: [], ...spec } });
const withContainer = (fields: object) => pod({ containers: [{ name: 'c', image: 'i:1', ...fields }] });
const volume = (source: object) => pod({ volumes: [{ name: 'v', ...source }] });
const service = (spec: object) => of('v1', 'Service', { spec });
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [] } };
const job = (spec: object = {}) => of('batch/v1', 'Job', { spec: { template, ...spec } });
const RBAC = 'rbac.authorization.k8s.io';
const inSpec = (spec: object) => ({ spec });
const inContainer = (fields: object) => inSpec({ containers: [fields] });
const inVolume = (fields: object) => inSpec({ volumes: [fields] });

describe('defaults', () => {
  it.each<[string, ReturnType<typeof of>, object]>([
    [
      'a pod',
      pod({}),
      inSpec({
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
        securityContext: {},
        schedulerName: 'default-scheduler',
        enableServiceLinks: true,
      }),
    ],
    [
      'a pod on the host',
      pod({ hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] }),
      inContainer({ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }),
    ],
    [
      'a container',
      withContainer({}),
      inContainer({
        imagePullPolicy: 'IfNotPresent',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      }),
    ],
    [
      'a probe',
      withContainer({ livenessProbe: { httpGet: { port: 80 } } }),
      inContainer({
        livenessProbe: {
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
          httpGet: { path: '/', scheme: 'HTTP', port: 80 },
        },
      }),
    ],
    [
      'a probe by gRPC',
      withContainer({ readinessProbe: { grpc: { port: 80 } } }),
      inContainer({ readinessProbe: { grpc: { port: 80, service: '' } } }),
    ],
    [
      'a field of the pod',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      inContainer({ env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }] }),
    ],
    [
      'resources',
      withContainer({ resources: { limits: { cpu: '0.1m', memory: '1Gi' }, requests: { memory: '1Mi' } } }),
      inContainer({ resources: { limits: { cpu: '1m', memory: '1Gi' }, requests: { cpu: '1m', memory: '1Mi' } } }),
    ],
    [
      'resources of an init container',
      pod({ initContainers: [{ name: 'i', resources: { limits: { cpu: '1' } } }] }),
      inSpec({ initContainers: [{ resources: { requests: { cpu: '1' } } }] }),
    ],
    ['a volume of no source', volume({}), inVolume({ name: 'v', emptyDir: {} })],
    ['a volume of a Secret', volume({ secret: { secretName: 's' } }), inVolume({ secret: { defaultMode: 420 } })],
    ['a volume of a ConfigMap', volume({ configMap: { name: 'c' } }), inVolume({ configMap: { defaultMode: 420 } })],
    [
      'a volume of the downward API',
      volume({ downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } }),
      inVolume({ downwardAPI: { defaultMode: 420, items: [{ fieldRef: { apiVersion: 'v1' } }] } }),
    ],
    [
      'a projected volume',
      volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
      inVolume({ projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }] } }),
    ],
    ['a path of the host', volume({ hostPath: { path: '/' } }), inVolume({ hostPath: { type: '' } })],
    [
      'a volume of an image',
      volume({ image: { reference: 'r:latest' } }),
      inVolume({ image: { pullPolicy: 'Always' } }),
    ],
    [
      'a disk of rbd',
      volume({ rbd: { monitors: [], image: 'i' } }),
      inVolume({ rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } }),
    ],
    [
      'a disk of Azure',
      volume({ azureDisk: { diskName: 'd', diskURI: 'u' } }),
      inVolume({ azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' } }),
    ],
    [
      'a disk of ScaleIO',
      volume({ scaleIO: { gateway: 'g', system: 's', secretRef: {} } }),
      inVolume({ scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' } }),
    ],
    [
      'a disk of iSCSI',
      volume({ iscsi: { targetPortal: 't', iqn: 'q', lun: 0 } }),
      inVolume({ iscsi: { iscsiInterface: 'default' } }),
    ],
    [
      'a Service',
      service({ ports: [{ port: 80 }] }),
      inSpec({
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      }),
    ],
    [
      'affinity',
      service({ sessionAffinity: 'ClientIP' }),
      inSpec({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } }),
    ],
    ['a NodePort', service({ type: 'NodePort' }), inSpec({ externalTrafficPolicy: 'Cluster' })],
    ['external addresses', service({ externalIPs: ['1.1.1.1'] }), inSpec({ externalTrafficPolicy: 'Cluster' })],
    [
      'a LoadBalancer',
      service({ type: 'LoadBalancer' }),
      inSpec({ externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true }),
    ],
    ['a Namespace', of('v1', 'Namespace'), { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } } }],
    ['a Node', of('v1', 'Node', { status: { capacity: { cpu: '4' } } }), { status: { allocatable: { cpu: '4' } } }],
    [
      'a volume',
      of('v1', 'PersistentVolume', { spec: {} }),
      inSpec({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
    ],
    ['a claim', of('v1', 'PersistentVolumeClaim', { spec: {} }), inSpec({ volumeMode: 'Filesystem' })],
    ['a ReplicaSet', of('apps/v1', 'ReplicaSet', { spec: { template } }), inSpec({ replicas: 1 })],
    [
      'a Job',
      job(),
      {
        metadata: { labels: { a: 'b' } },
        spec: {
          completions: 1,
          parallelism: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          manualSelector: false,
          podReplacementPolicy: 'TerminatingOrFailed',
        },
      },
    ],
    ['a Job of several', job({ completions: 5 }), inSpec({ completions: 5, parallelism: 1 })],
    ['a Job that counts by index', job({ backoffLimitPerIndex: 1 }), inSpec({ backoffLimit: 2147483647 })],
    [
      'a Job with a policy',
      job({ podFailurePolicy: { rules: [{ action: 'Count', onPodConditions: [{ type: 'Ready' }] }] } }),
      inSpec({
        podReplacementPolicy: 'Failed',
        podFailurePolicy: { rules: [{ onPodConditions: [{ status: 'True' }] }] },
      }),
    ],
    [
      'a CronJob',
      of('batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }),
      inSpec({ concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
    ],
    [
      'a binding',
      of(`${RBAC}/v1`, 'RoleBinding', {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'Group', name: 'g' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      }),
      { roleRef: { apiGroup: RBAC }, subjects: [{ apiGroup: RBAC }, { apiGroup: RBAC }, { kind: 'ServiceAccount' }] },
    ],
    [
      'a PriorityClass',
      of('scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }),
      { preemptionPolicy: 'PreemptLowerPriority' },
    ],
    [
      'an EndpointSlice',
      of('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [], ports: [{ port: 80 }] }),
      { ports: [{ name: '', protocol: 'TCP', port: 80 }] },
    ],
  ])('of %s', (_what, manifest, expected) => expect(defaulted(manifest as never)).toMatchObject(expected));

  it('of templates are fewer', () => {
    const container = { name: 'c', image: 'i', resources: { limits: { cpu: '1' } }, ports: [{ containerPort: 80 }] };
    const owner = defaulted({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'x' },
      spec: { template: { spec: { hostNetwork: true, containers: [container] } } },
    });
    expect(owner.spec.template.spec).not.toHaveProperty('enableServiceLinks');
    expect(owner.spec.template.spec?.containers[0]?.ports).toEqual([{ containerPort: 80, protocol: 'TCP' }]);
  });

  it('do not give an ExternalName a policy', () => {
    const { spec } = defaulted({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { type: 'ExternalName' },
    });
    expect(spec).toEqual({ type: 'ExternalName', sessionAffinity: 'None' });
  });

  it.each<[string, ReturnType<typeof of>, object]>([
    ['Namespace', of('v1', 'Namespace'), { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }],
    ['Pod', pod({}), { metadata: { generation: 1 }, status: { phase: 'Pending', qosClass: 'BestEffort' } }],
    ['PersistentVolume', of('v1', 'PersistentVolume', { spec: {} }), { status: { phase: 'Pending' } }],
    ['PersistentVolumeClaim', of('v1', 'PersistentVolumeClaim', { spec: {} }), { status: { phase: 'Pending' } }],
    [
      'Job',
      of('batch/v1', 'Job', { spec: { template } }, { uid: 'u' }),
      {
        spec: {
          selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
          template: {
            metadata: {
              labels: {
                'controller-uid': 'u',
                'job-name': 'x',
                'batch.kubernetes.io/controller-uid': 'u',
                'batch.kubernetes.io/job-name': 'x',
              },
            },
          },
        },
      },
    ],
  ])('a new %s begins with more', (kind, manifest, expected) => {
    const object = defaulted(manifest as never) as KubeObject;
    expect(resourceByKind(object.apiVersion, kind)!.rules.prepareForCreate(object)).toMatchObject(expected);
  });
});
