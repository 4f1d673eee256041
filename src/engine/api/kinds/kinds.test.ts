// long: one table of what kinds refuse
/**
 * What kinds refuse that the tests beside them leave out: validation.md 1.5 to 1.7.
 * @source kubernetes pkg/apis/{apps,batch,autoscaling,core,storage,networking,discovery,rbac,scheduling,coordination}/validation/validation_test.go
 */
import { describe, expect, it } from 'vitest';
import '../late-api';
import { DNS_SUBDOMAIN_MESSAGE, LABEL_VALUE_MESSAGE } from '../names';
import { resourceByKind } from '../registry';
import { createRefusal, defaulted, updateRefusal } from '../testing';
import type { Kind, KubeObject } from '../types';

const of = <K extends Kind>(apiVersion: string, kind: K, fields: object, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...fields,
});
const body = (text: string | undefined) => text?.replace(/^\S+ "[^"]*" is invalid: /, '');
const template = (spec: object = {}) => ({
  metadata: { labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const selector = { matchLabels: { a: 'b' } };
const deployment = (spec: object) => of('apps/v1', 'Deployment', { spec: { selector, template: template(), ...spec } });
const replicaSet = (spec: object) => of('apps/v1', 'ReplicaSet', { spec: { selector, template: template(), ...spec } });
const job = (spec: object) =>
  of('batch/v1', 'Job', { spec: { template: template({ restartPolicy: 'Never' }), ...spec } }, { uid: 'u' });
const cron = (schedule: string) =>
  of('batch/v1', 'CronJob', {
    spec: { schedule, jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
  });
const secret = (type: string, data: object = {}, metadata: object = {}) => of('v1', 'Secret', { type, data }, metadata);
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const scaled = (behavior: object) =>
  of('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { scaleTargetRef, maxReplicas: 5, behavior } });
const volume = (spec: object) =>
  of('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' }, ...spec },
  });
const storageClass = (fields: object) => of('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a/b', ...fields });
const slice = (fields: object) =>
  of('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [], ports: [], ...fields });
const endpoint = (...addresses: string[]) => ({ endpoints: [{ addresses }] });
const limits = (item: object) => of('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', ...item }] } });
const node = (spec: object) => of('v1', 'Node', { spec });
const lease = (spec: object) => of('coordination.k8s.io/v1', 'Lease', { spec });
const priority = (fields: object, name = 'x') =>
  of('scheduling.k8s.io/v1', 'PriorityClass', { value: 1, ...fields }, { name });
const RBAC = 'rbac.authorization.k8s.io/v1';
const role = (rule: object) => of(RBAC, 'Role', { rules: [rule] });
const clusterRole = (fields: object) => of(RBAC, 'ClusterRole', fields);
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
const binding = (fields: object) => of(RBAC, 'RoleBinding', { roleRef, ...fields });
const clusterBinding = (fields: object) =>
  of(RBAC, 'ClusterRoleBinding', { roleRef: { ...roleRef, kind: 'ClusterRole' }, ...fields });
const RULE = 'spec.podFailurePolicy.rules[0]';
const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const QN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe('what may not be created', () => {
  it.each<[string, Parameters<typeof createRefusal>[0], string | undefined]>([
    [
      'Deployment, empty selector',
      deployment({ selector: {} }),
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ],
    [
      'ReplicaSet, empty selector',
      replicaSet({ selector: {} }),
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ],
    [
      'Deployment, operator',
      deployment({ selector: { ...selector, matchExpressions: [{ key: 'a', operator: 'Like' }] } }),
      '[spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator, spec.selector: Invalid value: {"matchLabels":{"a":"b"},"matchExpressions":[{"key":"a","operator":"Like"}]}: invalid label selector, spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`]',
    ],
    [
      'Deployment, In nothing',
      deployment({ selector: { ...selector, matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } }),
      "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
    [
      'Deployment, deadline',
      deployment({ template: template({ activeDeadlineSeconds: 5 }) }),
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
    [
      'ReplicaSet, deadline',
      replicaSet({ template: template({ activeDeadlineSeconds: 5 }) }),
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
    [
      'ReplicaSet, replicas',
      replicaSet({ replicas: -1 }),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'Deployment, Recreate rolling',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      'Deployment, all unavailable',
      deployment({ strategy: { rollingUpdate: { maxUnavailable: '101%', maxSurge: '200%' } } }),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
    [
      'Deployment, surge below 0',
      deployment({ strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: -1 } } }),
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'Deployment, progress',
      deployment({ minReadySeconds: 10, progressDeadlineSeconds: 10 }),
      'spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds',
    ],
    [
      'Job, both conditions',
      job({
        podFailurePolicy: {
          rules: [
            {
              action: 'Count',
              onExitCodes: { operator: 'In', values: [1] },
              onPodConditions: [{ type: 'Ready', status: 'True' }],
            },
          ],
        },
      }),
      `${RULE}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`,
    ],
    [
      'Job, 21 rules',
      job({
        podFailurePolicy: {
          rules: Array.from({ length: 21 }, () => ({
            action: 'Count',
            onPodConditions: [{ type: 'Ready', status: 'True' }],
          })),
        },
      }),
      'spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items',
    ],
    [
      'Job, action',
      job({ podFailurePolicy: { rules: [{ action: 'X', onPodConditions: [{ type: 'Ready', status: 'True' }] }] } }),
      `${RULE}.action: Unsupported value: "X": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
    ],
    [
      'Job, long manager',
      job({ managedBy: `a.io/${'x'.repeat(60)}` }),
      'spec.managedBy: Too long: may not be more than 63 bytes',
    ],
    [
      'CronJob, minute',
      cron('61 * * * *'),
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    ],
    [
      'CronJob, letter',
      cron('x * * * *'),
      'spec.schedule: Invalid value: "x * * * *": failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax',
    ],
    ['CronJob, descriptor', cron('@x'), 'spec.schedule: Invalid value: "@x": unrecognized descriptor: @x'],
    [
      'autoscaler, window',
      scaled({ scaleDown: { stabilizationWindowSeconds: -1 } }),
      'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero',
    ],
    [
      'autoscaler, selectPolicy',
      scaled({ scaleUp: { selectPolicy: 'X' } }),
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "X": supported values: "Disabled", "Max", "Min"',
    ],
    [
      'ConfigMap, one key twice',
      of('v1', 'ConfigMap', { data: { k: 'v' }, binaryData: { k: 'eA==' } }),
      'data[k]: Invalid value: "k": duplicate of key present in binaryData',
    ],
    [
      'Secret, too large',
      secret('Opaque', { k: 'eHh4'.repeat(349_526) }),
      'data: Too long: may not be more than 1048576 bytes',
    ],
    [
      'Secret of no account',
      secret('kubernetes.io/service-account-token'),
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ],
    ['Secret, dockercfg', secret('kubernetes.io/dockercfg'), 'data[.dockercfg]: Required value'],
    ['Secret, dockerconfigjson', secret('kubernetes.io/dockerconfigjson'), 'data[.dockerconfigjson]: Required value'],
    [
      'Secret, no JSON',
      secret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': 'eA==' }),
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'x\' looking for beginning of value',
    ],
    [
      'Secret, half a JSON',
      secret('kubernetes.io/dockercfg', { '.dockercfg': 'ew==' }),
      'data[.dockercfg]: Invalid value: "<secret contents redacted>": unexpected end of JSON input',
    ],
    [
      'Secret, basic-auth',
      secret('kubernetes.io/basic-auth'),
      '[data[username]: Required value, data[password]: Required value]',
    ],
    ['Secret, one of basic-auth', secret('kubernetes.io/basic-auth', { password: 'eA==' }), undefined],
    ['Secret, ssh', secret('kubernetes.io/ssh-auth'), 'data[ssh-privatekey]: Required value'],
    ['Secret, tls', secret('kubernetes.io/tls'), '[data[tls.crt]: Required value, data[tls.key]: Required value]'],
    ['PersistentVolume of no mode', volume({ accessModes: [] }), 'spec.accessModes: Required value'],
    [
      'PersistentVolume of no size',
      volume({ capacity: undefined }),
      '[spec.capacity: Required value, spec.capacity: Unsupported value: null: supported values: "storage"]',
    ],
    [
      'PersistentVolumeClaim, class',
      of('v1', 'PersistentVolumeClaim', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'A' },
      }),
      "spec.storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [
      'StorageClass, provisioner',
      storageClass({ provisioner: 'a b' }),
      `provisioner: Invalid value: "a b": name part ${QN}`,
    ],
    [
      'StorageClass, parameters',
      storageClass({ parameters: Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`k${index}`, 'v'])) }),
      'parameters: Too long: may not be more than 512 bytes',
    ],
    [
      'IngressClass, controller',
      of('networking.k8s.io/v1', 'IngressClass', { spec: { controller: `a.io/${'x'.repeat(250)}` } }),
      'spec.controller: Too long: may not be more than 250 bytes',
    ],
    [
      'NetworkPolicy, three types',
      of('networking.k8s.io/v1', 'NetworkPolicy', {
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] },
      }),
      'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes',
    ],
    ['EndpointSlice of no type', slice({ addressType: '' }), 'addressType: Required value'],
    [
      'EndpointSlice, type',
      slice({ addressType: 'X' }),
      'addressType: Unsupported value: "X": supported values: "FQDN", "IPv4", "IPv6"',
    ],
    [
      'EndpointSlice, 1001 endpoints',
      slice({ endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['10.0.0.1'] })) }),
      'endpoints: Too many: 1001: must have at most 1000 items',
    ],
    [
      'EndpointSlice, no address',
      slice(endpoint()),
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    ],
    [
      'EndpointSlice, 101 addresses',
      slice(endpoint(...Array.from({ length: 101 }, () => '10.0.0.1'))),
      'endpoints[0].addresses: Too many: 101: must have at most 100 items',
    ],
    [
      'EndpointSlice, family',
      slice(endpoint('fd00::1')),
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
    ],
    [
      'EndpointSlice, ports',
      slice({ ports: Array.from({ length: 20_001 }, () => ({})) }),
      'ports: Too many: 20001: must have at most 20000 items',
    ],
    [
      'EndpointSlice, port twice',
      slice({
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
      }),
      'ports[1].name: Duplicate value: "a"',
    ],
    [
      'EndpointSlice, hints',
      slice({
        endpoints: [
          {
            addresses: ['10.0.0.1'],
            hints: { forZones: Array.from({ length: 9 }, (_, index) => ({ name: `z${index}` })) },
          },
        ],
      }),
      'endpoints[0].hints.forZones: Too many: 9: must have at most 8 items',
    ],
    [
      'EndpointSlice, names of hints',
      slice({
        endpoints: [
          {
            addresses: ['10.0.0.1'],
            hints: {
              forZones: [{ name: 'a' }, { name: 'a' }, { name: '-' }],
              forNodes: [{ name: 'n' }, { name: 'n' }, { name: 'N' }],
            },
          },
        ],
      }),
      '[endpoints[0].hints.forZones[1].name: Duplicate value: "a", ' +
        `endpoints[0].hints.forZones[2].name: Invalid value: "-": ${LABEL_VALUE_MESSAGE}, ` +
        'endpoints[0].hints.forNodes[1].name: Duplicate value: "n", ' +
        `endpoints[0].hints.forNodes[2].name: Invalid value: "N": ${DNS_SUBDOMAIN_MESSAGE}]`,
    ],
    [
      'EndpointSlice, nodes of hints',
      slice({
        endpoints: [
          {
            addresses: ['10.0.0.1'],
            hints: { forNodes: Array.from({ length: 9 }, (_, index) => ({ name: `n${index}` })) },
          },
        ],
      }),
      'endpoints[0].hints.forNodes: Too many: 9: must have at most 8 items',
    ],
    [
      'LimitRange, min of request',
      limits({ min: { cpu: '2' }, defaultRequest: { cpu: '1' } }),
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
    ],
    [
      'LimitRange, request above max',
      limits({ max: { cpu: '1' }, defaultRequest: { cpu: '2' } }),
      '[spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1, spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1]',
    ],
    [
      'LimitRange, min of default',
      limits({ min: { cpu: '2' }, default: { cpu: '1' } }),
      '[spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1, spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1]',
    ],
    [
      'Node, taint',
      node({ taints: [{ key: 'a b', value: '-', effect: 'X' }] }),
      `[metadata.taints[0].key: Invalid value: "a b": name part ${QN}, metadata.taints[0].value: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'), metadata.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"]`,
    ],
    [
      'Node, taint twice',
      node({
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', value: 'b', effect: 'NoSchedule' },
        ],
      }),
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"b","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
    [
      'Lease',
      lease({ leaseDurationSeconds: 0, leaseTransitions: -1 }),
      '[spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0, spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0]',
    ],
    [
      'PriorityClass of the system',
      priority({}, 'system-x'),
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
    ],
    [
      'Role without verbs',
      role({ ...pods, verbs: [] }),
      'rules[0].verbs: Required value: verbs must contain at least one value',
    ],
    [
      'Role without groups',
      role({ ...pods, apiGroups: [] }),
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      'Role without resources',
      role({ ...pods, resources: [] }),
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
    [
      'Role of URLs',
      role({ verbs: ['get'], nonResourceURLs: ['/x'] }),
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
    ],
    [
      'ClusterRole of both',
      clusterRole({ rules: [{ ...pods, nonResourceURLs: ['/x'] }] }),
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      'ClusterRole of no roles',
      clusterRole({ aggregationRule: { clusterRoleSelectors: [] } }),
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      'binding, group',
      binding({ roleRef: { ...roleRef, apiGroup: 'x' } }),
      'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
    ],
    [
      'binding, kind',
      binding({ roleRef: { ...roleRef, kind: 'X' } }),
      'roleRef.kind: Unsupported value: "X": supported values: "Role", "ClusterRole"',
    ],
    [
      'cluster binding, kind',
      clusterBinding({ roleRef }),
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    ],
    ['binding to nothing', binding({ roleRef: { ...roleRef, name: '' } }), 'roleRef.name: Required value'],
    [
      'binding, subject',
      binding({ subjects: [{ kind: 'X', name: 'x' }] }),
      'subjects[0].kind: Unsupported value: "X": supported values: "ServiceAccount", "User", "Group"',
    ],
    [
      'cluster binding, account',
      clusterBinding({ subjects: [{ kind: 'ServiceAccount', name: 'x' }] }),
      'subjects[0].namespace: Required value',
    ],
    [
      'CSINode, driver',
      of('storage.k8s.io/v1', 'CSINode', { spec: { drivers: [{ name: 'x'.repeat(64), nodeID: 'n' }] } }),
      'spec.drivers[0].name: Too long: may not be more than 63 bytes',
    ],
  ])('%s', (_what, manifest, expected) => expect(body(createRefusal(manifest))).toBe(expected));
});

describe('what may not change', () => {
  it.each<[string, Parameters<typeof updateRefusal>[0], Parameters<typeof updateRefusal>[1], string]>([
    [
      'ReplicaSet, selector',
      replicaSet({}),
      replicaSet({ selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }),
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Exists"}]}: field is immutable',
    ],
    [
      'ConfigMap, immutable',
      of('v1', 'ConfigMap', { immutable: true }),
      of('v1', 'ConfigMap', {}),
      'immutable: Forbidden: field is immutable when `immutable` is set',
    ],
    [
      'ConfigMap, binaryData',
      of('v1', 'ConfigMap', { immutable: true }),
      of('v1', 'ConfigMap', { immutable: true, binaryData: { k: 'eA==' } }),
      'binaryData: Forbidden: field is immutable when `immutable` is set',
    ],
    [
      'Secret, immutable',
      of('v1', 'Secret', { immutable: true, data: { k: 'eA==' } }),
      of('v1', 'Secret', { immutable: true }),
      'data: Forbidden: field is immutable when `immutable` is set',
    ],
    [
      'PersistentVolume, mode',
      volume({}),
      volume({ volumeMode: 'Block' }),
      'volumeMode: Invalid value: "Block": field is immutable',
    ],
    [
      'StorageClass, reclaimPolicy',
      storageClass({}),
      storageClass({ reclaimPolicy: 'Retain' }),
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
    ],
    [
      'StorageClass, volumeBindingMode',
      storageClass({}),
      storageClass({ volumeBindingMode: 'WaitForFirstConsumer' }),
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ],
    [
      'EndpointSlice, type',
      slice({}),
      slice({ addressType: 'IPv6' }),
      'addressType: Invalid value: "IPv6": field is immutable',
    ],
    [
      'Node, podCIDR',
      node({ podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] }),
      node({ podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] }),
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ],
    [
      'Node, providerID',
      node({ providerID: 'a' }),
      node({ providerID: 'b' }),
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ],
    [
      'PriorityClass, value',
      priority({}),
      priority({ value: 2 }),
      'value: Forbidden: may not be changed in an update.',
    ],
    [
      'PriorityClass, preemption',
      priority({}),
      priority({ preemptionPolicy: 'Never' }),
      'preemptionPolicy: Invalid value: "Never": field is immutable',
    ],
    [
      'binding, role',
      binding({}),
      binding({ roleRef: { ...roleRef, name: 'y' } }),
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"y"}: cannot change roleRef',
    ],
  ])('%s', (_what, old, next, expected) => expect(body(updateRefusal(old, next))).toBe(expected));

  const statusErrors = (manifest: Parameters<typeof createRefusal>[0], before: object, after: object) => {
    const old = { ...(defaulted(manifest) as KubeObject), status: before } as KubeObject;
    const { rules } = resourceByKind(old.apiVersion, old.kind)!;
    return rules.validateStatusUpdate!({ ...old, status: after } as KubeObject, old).map(
      ({ field, detail }) => `${field}: ${detail}`,
    );
  };

  it('in a status', () => {
    expect(statusErrors(deployment({}), {}, { replicas: 1, readyReplicas: 2 })).toEqual([
      'status.readyReplicas: cannot be greater than status.replicas',
    ]);
    expect(statusErrors(deployment({}), { collisionCount: 2 }, { collisionCount: 1 })).toEqual([
      'status.collisionCount: cannot be decremented',
    ]);
    expect(statusErrors(of('v1', 'Namespace', {}), { phase: 'Active' }, { phase: 'Terminating' })).toEqual([
      "status.Phase: may only be 'Active' if `deletionTimestamp` is empty",
    ]);
    const ended = { name: 'c', state: { terminated: { exitCode: 0 } } };
    const pod = of('v1', 'Pod', { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } });
    expect(
      statusErrors(pod, { containerStatuses: [ended] }, { containerStatuses: [{ name: 'c', state: { running: {} } }] }),
    ).toEqual(['status.containerStatuses[0].state: may not be transitioned to non-terminated state']);
    expect(statusErrors(pod, { qosClass: 'BestEffort' }, { qosClass: 'Burstable' })).toEqual([
      'status.qosClass: field is immutable',
    ]);
  });
});
