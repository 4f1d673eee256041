import { describe, expect, it } from 'vitest';
import '../late-api';
import { createRefusal } from '../testing';

const container = { name: 'c', image: 'nginx' };
const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod' as const,
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], ...spec },
});
const refusal = (spec: object) => createRefusal(pod(spec))?.replace('Pod "p" is invalid: ', '');
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const projected = (...sources: object[]) => volume({ projected: { sources } });
const expression = (fields: object) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', ...fields }] }],
      },
    },
  },
});
const REQUIRED = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const WORD = `${REQUIRED}[0].matchExpressions[0]`;
const spread = (more: object) => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {}, ...more },
  ],
});
const SPREAD = 'spec.topologySpreadConstraints[0]';
const toleration = (fields: object) => ({ tolerations: [fields] });
const podAffinity = (fields: object) => ({
  affinity: {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: 'z', labelSelector: {} }, ...fields },
      ],
    },
  },
});
const PREFERRED = 'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]';
const secure = (securityContext: object) => ({ securityContext });
const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
const QN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

// validation.md 1.3: pkg/apis/core/validation/validation.go (ValidatePodSpec)
describe('the spec of a pod', () => {
  it.each<[string, object, string | undefined]>([
    ['a volume without name', { volumes: [{ name: '' }] }, 'spec.volumes[0].name: Required value'],
    [
      'a volume with dots',
      { volumes: [{ name: 'a.b' }] },
      'spec.volumes[0].name: Invalid value: "a.b": must not contain dots',
    ],
    ['a volume twice', { volumes: [{ name: 'v' }, { name: 'v' }] }, 'spec.volumes[1].name: Duplicate value: "v"'],
    ['a volume of no type', { volumes: [{ name: 'v' }] }, undefined],
    ['hostPath of nothing', volume({ hostPath: { path: '' } }), 'spec.volumes[0].hostPath.path: Required value'],
    [
      'hostPath upwards',
      volume({ hostPath: { path: '/a/../b' } }),
      'spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
    ],
    [
      'hostPath of a type',
      volume({ hostPath: { path: '/a', type: 'X' } }),
      'spec.volumes[0].hostPath.type: Unsupported value: "X": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
    ['a Secret without name', volume({ secret: {} }), 'spec.volumes[0].secret.secretName: Required value'],
    ['a ConfigMap without name', volume({ configMap: { name: '' } }), 'spec.volumes[0].configMap.name: Required value'],
    [
      'a mode in decimal',
      volume({ configMap: { name: 'c', defaultMode: 755 } }),
      `spec.volumes[0].configMap.defaultMode: Invalid value: 755: ${MODE}`,
    ],
    [
      'a mode of an item',
      volume({ secret: { secretName: 's', items: [{ key: 'k', path: 'p', mode: -1 }] } }),
      `spec.volumes[0].secret.items[0].mode: Invalid value: -1: ${MODE}`,
    ],
    [
      'an item of nothing',
      volume({ secret: { secretName: 's', items: [{ key: '', path: '' }] } }),
      '[spec.volumes[0].secret.items[0].key: Required value, spec.volumes[0].secret.items[0].path: Required value]',
    ],
    [
      'an item at an absolute path',
      volume({ configMap: { name: 'c', items: [{ key: 'k', path: '/a' }] } }),
      'spec.volumes[0].configMap.items[0].path: Invalid value: "/a": must be a relative path',
    ],
    [
      'an item upwards',
      volume({ configMap: { name: 'c', items: [{ key: 'k', path: 'a/..' }] } }),
      'spec.volumes[0].configMap.items[0].path: Invalid value: "a/..": must not contain \'..\'',
    ],
    [
      'an item at ..a',
      volume({ configMap: { name: 'c', items: [{ key: 'k', path: '..a' }] } }),
      'spec.volumes[0].configMap.items[0].path: Invalid value: "..a": must not start with \'..\'',
    ],
    [
      'no claim',
      volume({ persistentVolumeClaim: { claimName: '' } }),
      'spec.volumes[0].persistentVolumeClaim.claimName: Required value',
    ],
    [
      'the claim of an ephemeral volume',
      {
        volumes: [
          {
            name: 'v',
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
          { name: 'w', persistentVolumeClaim: { claimName: 'p-v' } },
        ],
      },
      'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-v": must not reference a PVC that gets created for an ephemeral volume',
    ],
    [
      'a negative size',
      volume({ emptyDir: { sizeLimit: '-1' } }),
      'spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity',
    ],
    [
      'two types in one source',
      projected({ secret: { name: 's' }, configMap: { name: 'c' } }),
      'spec.volumes[0].projected.sources[0].configMap: Forbidden: may not specify more than 1 volume type per source',
    ],
    [
      'one path twice',
      projected({
        configMap: {
          name: 'c',
          items: [
            { key: 'a', path: 'x' },
            { key: 'b', path: 'x' },
          ],
        },
      }),
      'spec.volumes[0].projected.sources[0]: Invalid value: "x": conflicting duplicate paths',
    ],
    [
      'a token of nobody',
      projected({ serviceAccountToken: { path: 't' } }),
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ],
    [
      'a field not for files',
      volume({ downwardAPI: { items: [{ path: 'f', fieldRef: { fieldPath: 'spec.nodeName' } }] } }),
      'spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
    ],
    [
      'dnsPolicy',
      { dnsPolicy: 'X' },
      'spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
    [
      'dnsPolicy None alone',
      { dnsPolicy: 'None' },
      'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
    ],
    [
      'dnsPolicy None without servers',
      { dnsPolicy: 'None', dnsConfig: {} },
      'spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
    ],
    [
      'four servers',
      { dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'] } },
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","2.2.2.2","3.3.3.3","4.4.4.4"]: must not have more than 3 nameservers',
    ],
    [
      '33 search paths',
      { dnsConfig: { searches: Array.from({ length: 33 }, () => 'a') } },
      `spec.dnsConfig.searches: Invalid value: [${Array.from({ length: 33 }, () => '"a"').join(',')}]: must not have more than 32 search paths`,
    ],
    [
      'nodeSelector',
      { nodeSelector: { a: 'b c' } },
      "spec.nodeSelector: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      'fsGroup',
      secure({ fsGroup: -1, supplementalGroups: [-2] }),
      '[spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive, spec.securityContext.supplementalGroups[0]: Invalid value: -2: must be between 0 and 2147483647, inclusive]',
    ],
    [
      'two process namespaces',
      { shareProcessNamespace: true, hostPID: true },
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
    [
      'fsGroupChangePolicy',
      secure({ fsGroupChangePolicy: 'X' }),
      'spec.securityContext.fsGroupChangePolicy: Unsupported value: "X": supported values: "Always", "OnRootMismatch"',
    ],
    [
      'a sysctl',
      secure({ sysctls: [{ name: 'A', value: '1' }] }),
      'spec.securityContext.sysctls[0].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
    ],
    [
      'a sysctl twice',
      secure({
        sysctls: [
          { name: 'a.b', value: '1' },
          { name: 'a.b', value: '2' },
        ],
      }),
      'spec.securityContext.sysctls[1].name: Duplicate value: "a.b"',
    ],
    [
      'no term',
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      `${REQUIRED}: Required value: must have at least one node selector term`,
    ],
    [
      'an operator',
      expression({ operator: 'X' }),
      `${WORD}.operator: Invalid value: "X": not a valid selector operator`,
    ],
    [
      'In nothing',
      expression({ operator: 'In' }),
      `${WORD}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ],
    [
      'Exists something',
      expression({ operator: 'Exists', values: ['b'] }),
      `${WORD}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    ],
    [
      'Gt two',
      expression({ operator: 'Gt', values: ['1', '2'] }),
      `${WORD}.values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
    ],
    [
      'a field to match',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['u'] }] }],
            },
          },
        },
      },
      `${REQUIRED}[0].matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key`,
    ],
    ['a weight', podAffinity({ weight: 101 }), `${PREFERRED}.weight: Invalid value: 101: must be in the range 1-100`],
    [
      'no topology key',
      podAffinity({ podAffinityTerm: { topologyKey: '', labelSelector: {} } }),
      `[${PREFERRED}.podAffinityTerm.topologyKey: Required value: can not be empty, ${PREFERRED}.podAffinityTerm.topologyKey: Invalid value: "": name part must be non-empty, ${PREFERRED}.podAffinityTerm.topologyKey: Invalid value: "": name part ${QN}]`,
    ],
    ['maxSkew', spread({ maxSkew: 0 }), `${SPREAD}.maxSkew: Invalid value: 0: must be greater than zero`],
    ['no topology', spread({ topologyKey: '' }), `${SPREAD}.topologyKey: Required value: can not be empty`],
    [
      'whenUnsatisfiable',
      spread({ whenUnsatisfiable: 'X' }),
      `${SPREAD}.whenUnsatisfiable: Unsupported value: "X": supported values: "DoNotSchedule", "ScheduleAnyway"`,
    ],
    [
      'minDomains anyway',
      spread({ minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' }),
      `${SPREAD}.minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
    ],
    [
      'nodeAffinityPolicy',
      spread({ nodeAffinityPolicy: 'X' }),
      `${SPREAD}.nodeAffinityPolicy: Unsupported value: "X": supported values: "Honor", "Ignore"`,
    ],
    [
      'nodeTaintsPolicy',
      spread({ nodeTaintsPolicy: 'X' }),
      `${SPREAD}.nodeTaintsPolicy: Unsupported value: "X": supported values: "Honor", "Ignore"`,
    ],
    [
      'matchLabelKeys without selector',
      spread({ matchLabelKeys: ['a'], labelSelector: undefined }),
      `${SPREAD}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
    ],
    [
      'a gate',
      { schedulingGates: [{ name: 'a b' }] },
      `spec.schedulingGates[0]: Invalid value: "a b": name part ${QN}`,
    ],
    [
      'a gate twice',
      { schedulingGates: [{ name: 'a' }, { name: 'a' }] },
      'spec.schedulingGates[1]: Duplicate value: "a"',
    ],
    [
      'a gated pod on a node',
      { nodeName: 'n', schedulingGates: [{ name: 'a' }] },
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
    [
      'a toleration of all',
      toleration({ operator: 'Equal' }),
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
    [
      'tolerationSeconds',
      toleration({ key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 }),
      'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
    [
      'an operator of a toleration',
      toleration({ key: 'a', operator: 'X' }),
      'spec.tolerations[0].operator: Unsupported value: "X": supported values: "Equal", "Exists"',
    ],
    [
      'an effect',
      toleration({ key: 'a', effect: 'X' }),
      'spec.tolerations[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      'activeDeadlineSeconds',
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    [
      'hostnameOverride of a host',
      { hostnameOverride: 'a', hostNetwork: true },
      'spec.hostnameOverride: Forbidden: may not be specified when `hostNetwork` is true',
    ],
    ['no os', { os: { name: '' } }, 'spec.os.name: Required value'],
    ['os', { os: { name: 'beos' } }, 'spec.os: Unsupported value: "beos": supported values: "linux", "windows"'],
    [
      'preemptionPolicy',
      { preemptionPolicy: 'X' },
      'spec.preemptionPolicy: Unsupported value: "X": supported values: "PreemptLowerPriority", "Never"',
    ],
    [
      'users of its own on the host',
      { hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true },
      '[spec.hostNetwork: Forbidden: when `hostUsers` is false, spec.hostPID: Forbidden: when `hostUsers` is false, spec.hostIPC: Forbidden: when `hostUsers` is false]',
    ],
    [
      'a resource of a whole pod',
      { resources: { limits: { 'ephemeral-storage': '1Gi' } } },
      'spec.resources.limits[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory"',
    ],
    [
      'claims of a whole pod',
      { resources: { claims: [{ name: 'x' }] } },
      'spec.resources.claims: Forbidden: claims cannot be set for Resources at pod-level',
    ],
    [
      'requests of a whole pod',
      { resources: { requests: { cpu: '1' } }, containers: [{ ...container, resources: { requests: { cpu: '2' } } }] },
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
    ],
    [
      "a limit above the pod's",
      {
        resources: { limits: { cpu: '1' } },
        containers: [{ ...container, resources: { limits: { cpu: '2' }, requests: { cpu: '1' } } }],
      },
      'spec.resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1',
    ],
  ])('%s', (_what, spec, expected) => expect(refusal(spec)).toBe(expected));

  it('has a cost of deletion that is a number', () => {
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': 'x' };
    expect(createRefusal(pod({}, { annotations }))).toBe(
      'Pod "p" is invalid: metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "x": must be a 32bit integer',
    );
  });

  it('in a template has no ephemeral containers, and hostPorts are its own', () => {
    const replicaSet = (spec: object) => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet' as const,
      metadata: { name: 'r' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container], ...spec } },
      },
    });
    expect(createRefusal(replicaSet({ ephemeralContainers: [{ name: 'd', image: 'x' }] }))).toBe(
      'ReplicaSet.apps "r" is invalid: spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    );
    expect(createRefusal(replicaSet({ containers: [{ ...container, image: ' nginx' }] }))).toBeUndefined();
    const ports = [{ containerPort: 80 }];
    expect(createRefusal(replicaSet({ hostNetwork: true, containers: [{ ...container, ports }] }))).toBeUndefined();
  });
});
