// long: the table of the reference
/** The rendered messages of validation.md 1.8, by their numbers there, as an API server answers them. */
import { describe, expect, it } from 'vitest';
import { MERGE, message, type TestApi, withAccount } from './testing';
import type { Method } from './wire';

type Fields = Readonly<Record<string, unknown>>;
type Row = readonly [number: number, what: string, method: Method, path: string, body: unknown, text: string];

const SUB =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LAB =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const S1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const LV =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const QN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const namespaced = (base: string, plural: string): string => `${base}/namespaces/default/${plural}`;
const PODS = namespaced('/api/v1', 'pods');
const SERVICES = namespaced('/api/v1', 'services');
const CONFIG_MAPS = namespaced('/api/v1', 'configmaps');
const SECRETS = namespaced('/api/v1', 'secrets');
const CLAIMS = namespaced('/api/v1', 'persistentvolumeclaims');
const QUOTAS = namespaced('/api/v1', 'resourcequotas');
const DEPLOYMENTS = namespaced('/apis/apps/v1', 'deployments');
const STATEFUL_SETS = namespaced('/apis/apps/v1', 'statefulsets');
const JOBS = namespaced('/apis/batch/v1', 'jobs');
const CRON_JOBS = namespaced('/apis/batch/v1', 'cronjobs');
const AUTOSCALERS = namespaced('/apis/autoscaling/v2', 'horizontalpodautoscalers');
const BUDGETS = namespaced('/apis/policy/v1', 'poddisruptionbudgets');
const INGRESSES = namespaced('/apis/networking.k8s.io/v1', 'ingresses');
const ROLE_BINDINGS = namespaced('/apis/rbac.authorization.k8s.io/v1', 'rolebindings');
const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const STORAGE_CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

const object = (apiVersion: string, kind: string, name: string, rest: Fields, metadata: Fields = {}): Fields => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
  ...rest,
});
const container = (rest: Fields = {}): Fields => ({ name: 'c', image: 'i:1', ...rest });
const pod = (spec: Fields = {}, name = 'p', metadata: Fields = {}): Fields =>
  object('v1', 'Pod', name, { spec: { containers: [container()], ...spec } }, metadata);
const podWith = (rest: Fields): Fields => pod({ containers: [container(rest)] });
const service = (spec: Fields, name = 's'): Fields =>
  object('v1', 'Service', name, { spec: { ports: [{ port: 80 }], ...spec } });
const template = (app: string, spec: Fields = {}): Fields => ({
  metadata: { labels: { app } },
  spec: { containers: [container()], ...spec },
});
const deployment = (spec: Fields, name = 'web'): Fields =>
  object('apps/v1', 'Deployment', name, {
    spec: { selector: { matchLabels: { app: 'web' } }, template: template('web'), ...spec },
  });
const statefulSet = (serviceName: string): Fields =>
  object('apps/v1', 'StatefulSet', 'db', {
    spec: { serviceName, selector: { matchLabels: { app: 'db' } }, template: template('db') },
  });
const job = (spec: Fields, name = 'j'): Fields =>
  object('batch/v1', 'Job', name, {
    spec: { template: { spec: { containers: [container()], restartPolicy: 'Never', ...spec } } },
  });
const httpGet = { httpGet: { path: '/', port: 80 } };
const roleBinding = (role: string): Fields =>
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'b', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
  });

const MISMATCH = 'spec.template.metadata.labels: Invalid value: ';
const NO_MATCH = '`selector` does not match template `labels`';

const ROWS: readonly Row[] = [
  [
    1,
    'pod name',
    'POST',
    PODS,
    pod({}, 'My_Pod'),
    `Pod "My_Pod" is invalid: metadata.name: Invalid value: "My_Pod": ${SUB}`,
  ],
  [2, 'no containers', 'POST', PODS, pod({ containers: [] }), 'Pod "p" is invalid: spec.containers: Required value'],
  [
    3,
    'no image',
    'POST',
    PODS,
    pod({ containers: [{ name: 'c' }] }),
    'Pod "p" is invalid: spec.containers[0].image: Required value',
  ],
  [
    4,
    'container name',
    'POST',
    PODS,
    podWith({ name: 'A' }),
    `Pod "p" is invalid: spec.containers[0].name: Invalid value: "A": ${LAB}`,
  ],
  [
    5,
    'duplicate container',
    'POST',
    PODS,
    pod({ containers: [container(), container()] }),
    'Pod "p" is invalid: spec.containers[1].name: Duplicate value: "c"',
  ],
  [
    6,
    'port',
    'POST',
    PODS,
    podWith({ ports: [{ containerPort: 70_000 }] }),
    'Pod "p" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    7,
    'protocol',
    'POST',
    PODS,
    podWith({ ports: [{ containerPort: 80, protocol: 'tcp' }] }),
    'Pod "p" is invalid: spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  ],
  [
    8,
    'mount of unknown volume',
    'POST',
    PODS,
    podWith({ volumeMounts: [{ name: 'data', mountPath: '/d' }] }),
    'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"',
  ],
  [
    9,
    'two mounts, one path',
    'POST',
    PODS,
    pod({
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [container({ volumeMounts: [1, 2].map(() => ({ name: 'v', mountPath: '/d' })) })],
    }),
    'Pod "p" is invalid: spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/d": must be unique',
  ],
  [
    10,
    'request above limit',
    'POST',
    PODS,
    podWith({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    'Pod "p" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [
    11,
    'resource gpu',
    'POST',
    PODS,
    podWith({ resources: { limits: { gpu: '1' } } }),
    `Pod "p" is invalid: [${['limits', 'requests']
      .flatMap((list) =>
        ['must be a standard resource type or fully qualified', 'must be a standard resource for containers'].map(
          (text) => `spec.containers[0].resources.${list}[gpu]: Invalid value: "gpu": ${text}`,
        ),
      )
      .join(', ')}]`,
  ],
  [
    12,
    'liveness successThreshold',
    'POST',
    PODS,
    podWith({ livenessProbe: { ...httpGet, successThreshold: 2 } }),
    'Pod "p" is invalid: spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
  ],
  [
    13,
    'probe without handler',
    'POST',
    PODS,
    podWith({ livenessProbe: {} }),
    'Pod "p" is invalid: spec.containers[0].livenessProbe: Required value: must specify a handler type',
  ],
  [
    14,
    'two handlers',
    'POST',
    PODS,
    podWith({ livenessProbe: { ...httpGet, tcpSocket: { port: 80 } } }),
    'Pod "p" is invalid: spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
  ],
  [
    15,
    'restartPolicy',
    'POST',
    PODS,
    pod({ restartPolicy: 'Sometimes' }),
    'Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    16,
    'label value',
    'POST',
    PODS,
    pod({}, 'p', { labels: { a: 'a b' } }),
    `Pod "p" is invalid: metadata.labels: Invalid value: "a b": ${LV}`,
  ],
  [
    17,
    'label key',
    'POST',
    PODS,
    pod({}, 'p', { labels: { '-x': '' } }),
    `Pod "p" is invalid: metadata.labels: Invalid value: "-x": name part ${QN}`,
  ],
  [
    18,
    'toleration',
    'POST',
    PODS,
    pod({ tolerations: [{ key: 'k', operator: 'Exists', value: 'v' }] }),
    'Pod "p" is invalid: spec.tolerations[0].operator: Invalid value: "v": value must be empty when `operator` is \'Exists\'',
  ],
  [
    19,
    'init container with probe',
    'POST',
    PODS,
    pod({ initContainers: [{ name: 'i', image: 'i:1', readinessProbe: httpGet }] }),
    'Pod "p" is invalid: spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
  ],
  [
    20,
    'update of env',
    'PATCH',
    `${PODS}/there`,
    { spec: { containers: [container({ env: [{ name: 'A', value: 'b' }] })] } },
    expect.stringMatching(
      /^Pod "there" is invalid: spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)\n@@ -\d+,\d+ \+\d+,\d+ @@\n[^]*\n- +"Env": null,\n\+ +"Env": \[\n\+ +\{\n\+ +"Name": "A",\n\+ +"Value": "b",\n\+ +"ValueFrom": null\n\+ +\}\n\+ +\],\n/,
    ) as string,
  ],
  [
    21,
    'port of the host',
    'POST',
    PODS,
    pod({ hostNetwork: true, containers: [container({ ports: [{ containerPort: 80, hostPort: 8080 }] })] }),
    'Pod "p" is invalid: spec.containers[0].ports[0].hostPort: Invalid value: 8080: must match `containerPort` when `hostNetwork` is true',
  ],
  [
    22,
    'two types of volume',
    'POST',
    PODS,
    pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] }),
    'Pod "p" is invalid: spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
  ],
  [
    23,
    'spread twice',
    'POST',
    PODS,
    pod({
      topologySpreadConstraints: [1, 2].map((maxSkew) => ({
        maxSkew,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: {},
      })),
    }),
    'Pod "p" is invalid: spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
  ],
  [
    24,
    'name of a Service',
    'POST',
    SERVICES,
    service({}, '1svc'),
    `Service "1svc" is invalid: metadata.name: Invalid value: "1svc": ${S1035}`,
  ],
  [25, 'no ports', 'POST', SERVICES, service({ ports: [] }), 'Service "s" is invalid: spec.ports: Required value'],
  [
    26,
    'ports without names',
    'POST',
    SERVICES,
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    'Service "s" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
  ],
  [
    27,
    'node port',
    'POST',
    SERVICES,
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
    'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  [
    28,
    'node port that is taken',
    'POST',
    SERVICES,
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }),
    'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
  ],
  [
    29,
    'another cluster IP',
    'PATCH',
    `${SERVICES}/there`,
    { spec: { clusterIP: '10.96.0.99', clusterIPs: ['10.96.0.99'] } },
    'Service "there" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.99"]: may not change once set',
  ],
  [
    30,
    'cluster IP that is taken',
    'POST',
    SERVICES,
    service({ clusterIP: '10.96.0.1' }),
    'Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    31,
    'ExternalName',
    'POST',
    SERVICES,
    service({ type: 'ExternalName' }),
    'Service "s" is invalid: spec.externalName: Required value',
  ],
  [
    32,
    'node port of a ClusterIP',
    'POST',
    SERVICES,
    service({ ports: [{ port: 80, nodePort: 30_090 }] }),
    'Service "s" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is \'ClusterIP\'',
  ],
  [
    33,
    'selector',
    'POST',
    DEPLOYMENTS,
    deployment({ template: template('b') }),
    `Deployment.apps "web" is invalid: ${MISMATCH}{"app":"b"}: ${NO_MATCH}`,
  ],
  [
    34,
    'no selector',
    'POST',
    DEPLOYMENTS,
    deployment({ selector: undefined }),
    `Deployment.apps "web" is invalid: [spec.selector: Required value, ${MISMATCH}{"app":"web"}: ${NO_MATCH}]`,
  ],
  [
    35,
    'another selector',
    'PATCH',
    `${DEPLOYMENTS}/there`,
    { spec: { selector: { matchLabels: { app: 'x' } } } },
    `Deployment.apps "there" is invalid: [${MISMATCH}{"app":"web"}: ${NO_MATCH}, spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable]`,
  ],
  [
    36,
    'replicas',
    'POST',
    DEPLOYMENTS,
    deployment({ replicas: -1 }),
    'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    37,
    'surge and unavailable',
    'POST',
    DEPLOYMENTS,
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ],
  [
    38,
    'strategy',
    'POST',
    DEPLOYMENTS,
    deployment({ strategy: { type: 'Foo' } }),
    'Deployment.apps "web" is invalid: spec.strategy: Unsupported value: {"Type":"Foo","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
  ],
  [
    39,
    'restartPolicy of a Deployment',
    'POST',
    DEPLOYMENTS,
    deployment({ template: template('web', { restartPolicy: 'Never' }) }),
    'Deployment.apps "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    40,
    'another serviceName',
    'PATCH',
    `${STATEFUL_SETS}/db`,
    { spec: { serviceName: 'other' } },
    "StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ],
  [
    41,
    'Job without restartPolicy',
    'POST',
    JOBS,
    job({ restartPolicy: undefined }),
    'Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    42,
    'another template of a Job',
    'PATCH',
    `${JOBS}/there`,
    { spec: { template: { spec: { containers: [container({ image: 'i:2' })] } } } },
    expect.stringMatching(
      /^Job\.batch "there" is invalid: spec\.template: Invalid value: \{"labels":\{.*\},"Spec":\{"Volumes":null,"InitContainers":null,"Containers":\[\{"Name":"c","Image":"i:2",.*\}\],.*\}\}: field is immutable$/,
    ) as string,
  ],
  [
    43,
    'schedule',
    'POST',
    CRON_JOBS,
    object('batch/v1', 'CronJob', 'c', {
      spec: { schedule: '* * * *', jobTemplate: { spec: (job({}) as { spec: object }).spec } },
    }),
    'CronJob.batch "c" is invalid: spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]',
  ],
  [
    44,
    'max below min',
    'POST',
    AUTOSCALERS,
    object('autoscaling/v2', 'HorizontalPodAutoscaler', 'h', {
      spec: {
        minReplicas: 2,
        maxReplicas: 1,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    }),
    'HorizontalPodAutoscaler.autoscaling "h" is invalid: spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`',
  ],
  [
    45,
    'both of a budget',
    'POST',
    BUDGETS,
    object('policy/v1', 'PodDisruptionBudget', 'p', {
      spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { a: 'b' } } },
    }),
    'PodDisruptionBudget.policy "p" is invalid: spec: Invalid value: {"MinAvailable":1,"MaxUnavailable":1,"Selector":{"matchLabels":{"a":"b"}},"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    46,
    'key of a ConfigMap',
    'POST',
    CONFIG_MAPS,
    object('v1', 'ConfigMap', 'c', { data: { 'a/b': '' } }),
    "ConfigMap \"c\" is invalid: data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ],
  [
    47,
    'immutable',
    'PATCH',
    `${CONFIG_MAPS}/there`,
    { data: { a: 'c' } },
    'ConfigMap "there" is invalid: data: Forbidden: field is immutable when `immutable` is set',
  ],
  [
    48,
    'type of a Secret',
    'PATCH',
    `${SECRETS}/there`,
    { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
    'Secret "there" is invalid: type: Invalid value: "kubernetes.io/tls": field is immutable',
  ],
  [
    49,
    'claim',
    'POST',
    CLAIMS,
    object('v1', 'PersistentVolumeClaim', 'c', { spec: {} }),
    'PersistentVolumeClaim "c" is invalid: [spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
  ],
  [
    50,
    'pathType',
    'POST',
    INGRESSES,
    object('networking.k8s.io/v1', 'Ingress', 'i', {
      spec: {
        rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 80 } } } }] } }],
      },
    }),
    'Ingress.networking.k8s.io "i" is invalid: spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
  ],
  [
    51,
    'empty Ingress',
    'POST',
    INGRESSES,
    object('networking.k8s.io/v1', 'Ingress', 'i', { spec: {} }),
    'Ingress.networking.k8s.io "i" is invalid: spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
  ],
  [
    52,
    'roleRef',
    'PATCH',
    `${ROLE_BINDINGS}/b`,
    { roleRef: { name: 'y' } },
    'RoleBinding.rbac.authorization.k8s.io "b" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"y"}: cannot change roleRef',
  ],
  [
    53,
    'value of a PriorityClass',
    'POST',
    PRIORITY_CLASSES,
    object('scheduling.k8s.io/v1', 'PriorityClass', 'p', { value: 1_000_000_001 }),
    'PriorityClass.scheduling.k8s.io "p" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
  ],
  [
    54,
    'provisioner',
    'PATCH',
    `${STORAGE_CLASSES}/there`,
    { provisioner: 'other' },
    'StorageClass.storage.k8s.io "there" is invalid: provisioner: Forbidden: updates to provisioner are forbidden.',
  ],
  [
    55,
    'name of a Namespace',
    'POST',
    '/api/v1/namespaces',
    object('v1', 'Namespace', 'A', {}),
    `Namespace "A" is invalid: metadata.name: Invalid value: "A": ${LAB}`,
  ],
  [
    56,
    'resource of a quota',
    'POST',
    QUOTAS,
    object('v1', 'ResourceQuota', 'q', { spec: { hard: { foo: '1' } } }),
    'ResourceQuota "q" is invalid: [spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified, spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota]',
  ],
];

/** What the rows find. */
function inhabited(): TestApi {
  const api = withAccount();
  api.want('POST', PODS, pod({}, 'there'));
  api.want('POST', SERVICES, service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }, 'there'));
  api.want('POST', DEPLOYMENTS, deployment({}, 'there'));
  api.want('POST', STATEFUL_SETS, statefulSet('db'));
  api.want('POST', JOBS, job({}, 'there'));
  api.want('POST', CONFIG_MAPS, object('v1', 'ConfigMap', 'there', { data: { a: 'b' }, immutable: true }));
  api.want('POST', SECRETS, object('v1', 'Secret', 'there', { type: 'Opaque' }));
  api.want('POST', ROLE_BINDINGS, roleBinding('x'));
  api.want('POST', STORAGE_CLASSES, object('storage.k8s.io/v1', 'StorageClass', 'there', { provisioner: 'a.io/b' }));
  return api;
}

describe('rendered messages of the reference', () => {
  const api = inhabited();

  it('are all here', () => {
    expect(ROWS.map(([number]) => number)).toEqual(Array.from({ length: 56 }, (_, index) => index + 1));
  });

  it.each(ROWS)('%i: %s', (_number, _what, method, path, body, text) => {
    const answer = api.ask(method, path, body, method === 'PATCH' ? MERGE : {});
    expect([answer.code, message(answer)]).toEqual([422, text]);
  });
});
