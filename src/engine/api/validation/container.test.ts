import { describe, expect, it } from 'vitest';
import { createRefusal } from '../testing';

const refusal = (containerFields: object, podFields: object = {}) =>
  createRefusal({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'nginx', ...containerFields }], ...podFields },
  })
    ?.replace('Pod "p" is invalid: ', '')
    .replaceAll('spec.containers[0]', '@');

const env = (valueFrom: object, more: object = {}) => ({ env: [{ name: 'A', valueFrom, ...more }] });
const field = (fieldPath: string) => env({ fieldRef: { fieldPath } });
const resource = (of: string, divisor?: string) =>
  env({ resourceFieldRef: { resource: of, ...(divisor === undefined ? {} : { divisor }) } });
const limits = (given: object, requests?: object) => ({
  resources: { limits: given, ...(requests === undefined ? {} : { requests }) },
});
const liveness = (more: object) => ({ livenessProbe: { httpGet: { port: 80 }, ...more } });
const secure = (securityContext: object) => ({ securityContext });
const mount = (more: object) => ({ volumeMounts: [{ name: 'v', mountPath: '/d', ...more }] });
const volumes = { volumes: [{ name: 'v' }] };
const KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const SUB =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const BYTES =
  "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource";

// validation.md 1.3: pkg/apis/core/validation/validation.go (validateContainers). `@` is `spec.containers[0]`.
describe('a container', () => {
  it.each<[string, object, string | undefined]>([
    ['without name', { name: '' }, '@.name: Required value'],
    [
      'with spaces around its image',
      { image: ' nginx' },
      '@.image: Invalid value: " nginx": must not have leading or trailing whitespace',
    ],
    ['with an image that is no reference', { image: 'a b::c' }, undefined],
    [
      'terminationMessagePolicy',
      { terminationMessagePolicy: 'X' },
      '@.terminationMessagePolicy: Unsupported value: "X": supported values: "File", "FallbackToLogsOnError"',
    ],
    [
      'imagePullPolicy',
      { imagePullPolicy: 'X' },
      '@.imagePullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"',
    ],
    [
      'two ports of a name',
      {
        ports: [
          { name: 'a', containerPort: 1 },
          { name: 'a', containerPort: 2 },
        ],
      },
      '@.ports[1].name: Duplicate value: "a"',
    ],
    ['no port', { ports: [{ containerPort: 0 }] }, '@.ports[0].containerPort: Required value'],
    [
      'hostPort',
      { ports: [{ containerPort: 1, hostPort: 70000 }] },
      '@.ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'one host port twice',
      {
        ports: [
          { containerPort: 1, hostPort: 8080 },
          { containerPort: 2, hostPort: 8080 },
        ],
      },
      '@.ports[1].hostPort: Duplicate value: "TCP//8080"',
    ],
    ['no variable name', { env: [{ name: '' }] }, '@.env[0].name: Required value'],
    [
      'no source',
      env({}),
      '@.env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    ],
    [
      'value and source',
      env({ fieldRef: { fieldPath: 'metadata.name' } }, { value: 'x' }),
      '@.env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    [
      'two sources',
      env({ fieldRef: { fieldPath: 'metadata.name' }, configMapKeyRef: { name: 'c', key: 'k' } }),
      '@.env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
    ['no fieldPath', field(''), '@.env[0].valueFrom.fieldRef.fieldPath: Required value'],
    [
      'an unknown field',
      field('spec.foo'),
      '@.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
    [
      'a field not for variables',
      field('spec.restartPolicy'),
      '@.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "spec.restartPolicy": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
    ],
    ['a label', field("metadata.labels['a']"), undefined],
    ['an annotation', field("metadata.annotations['a.io/b']"), undefined],
    ['no resource', resource(''), '@.env[0].valueFrom.resourceFieldRef.resource: Required value'],
    [
      'an unknown resource',
      resource('limits.gpu'),
      '@.env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
    ['huge pages', resource('limits.hugepages-2Mi'), undefined],
    [
      'a divisor of cpu',
      resource('limits.cpu', '2m'),
      '@.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
    ],
    [
      'a divisor of memory',
      resource('limits.memory', '2Mi'),
      `@.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.memory": ${BYTES}`,
    ],
    [
      'a key of no ConfigMap',
      env({ configMapKeyRef: { name: '', key: 'k' } }),
      `@.env[0].valueFrom.configMapKeyRef.name: Invalid value: "": ${SUB}`,
    ],
    ['no key', env({ secretKeyRef: { name: 's', key: '' } }), '@.env[0].valueFrom.secretKeyRef.key: Required value'],
    [
      'a bad key',
      env({ secretKeyRef: { name: 's', key: 'a/b' } }),
      `@.env[0].valueFrom.secretKeyRef.key: Invalid value: "a/b": ${KEY}`,
    ],
    [
      'envFrom nothing',
      { envFrom: [{}] },
      '@.envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
    ],
    [
      'envFrom two',
      { envFrom: [{ configMapRef: { name: 'c' }, secretRef: { name: 's' } }] },
      '@.envFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
    [
      'envFrom no name',
      { envFrom: [{ configMapRef: { name: '' } }] },
      '@.envFrom[0].configMapRef.name: Required value',
    ],
    [
      'a negative limit',
      limits({ cpu: '-1' }),
      '[@.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0, @.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0]',
    ],
    [
      'half a device',
      limits({ 'a.io/gpu': '1500m' }),
      '[@.resources.limits[a.io/gpu]: Invalid value: "1500m": must be an integer, @.resources.requests[a.io/gpu]: Invalid value: "1500m": must be an integer]',
    ],
    [
      'an extended resource with a dubious name',
      limits({ 'requests.a.io/gpu': '1' }),
      '[@.resources.limits[requests.a.io/gpu]: Invalid value: "requests.a.io/gpu": doesn\'t follow extended resource name standard, @.resources.requests[requests.a.io/gpu]: Invalid value: "requests.a.io/gpu": doesn\'t follow extended resource name standard]',
    ],
    [
      'other requests than limits of devices',
      limits({ 'example.com/gpu': '1' }, { 'example.com/gpu': '2' }),
      '@.resources.requests: Invalid value: "2": must be equal to example.com/gpu limit of 1',
    ],
    [
      'requests of devices alone',
      limits({}, { 'example.com/gpu': '2' }),
      '@.resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
    ['huge pages alone', limits({ 'hugepages-2Mi': '2Mi' }), '@.resources: Forbidden: HugePages require cpu or memory'],
    [
      'resizePolicy',
      { resizePolicy: [{ resourceName: 'disk', restartPolicy: 'X' }] },
      '[@.resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory", @.resizePolicy: Unsupported value: "X": supported values: "NotRequired", "RestartContainer"]',
    ],
    [
      'privileged without escalation',
      secure({ privileged: true, allowPrivilegeEscalation: false }),
      '@.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
    [
      'an administrator without escalation',
      secure({ capabilities: { add: ['CAP_SYS_ADMIN'] }, allowPrivilegeEscalation: false }),
      '@.securityContext: Invalid value: {"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
    ],
    [
      'runAsGroup',
      secure({ runAsGroup: -1 }),
      '@.securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      'procMount',
      secure({ procMount: 'X' }),
      '@.securityContext.procMount: Unsupported value: "X": supported values: "Default", "Unmasked"',
    ],
    [
      'an unmasked /proc',
      secure({ procMount: 'Unmasked' }),
      '@.securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
    ],
    [
      'no seccomp type',
      secure({ seccompProfile: { type: '' } }),
      '@.securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set',
    ],
    [
      'seccomp type',
      secure({ seccompProfile: { type: 'X' } }),
      '@.securityContext.seccompProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
    ],
    [
      'no local profile',
      secure({ seccompProfile: { type: 'Localhost' } }),
      '@.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
    [
      'restartPolicy',
      { restartPolicy: 'X' },
      '@.restartPolicy: Unsupported value: "X": supported values: "Always", "Never", "OnFailure"',
    ],
    [
      'rules without restartPolicy',
      { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] },
      '@.restartPolicy: Required value: must specify restartPolicy when restart rules are used',
    ],
    ['no command', { livenessProbe: { exec: { command: [] } } }, '@.livenessProbe.exec.command: Required value'],
    [
      'scheme',
      liveness({ httpGet: { port: 80, scheme: 'FTP' } }),
      '@.livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
    ],
    [
      'a probed port',
      liveness({ httpGet: { port: 0 } }),
      '@.livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      'a port by a long name',
      { livenessProbe: { tcpSocket: { port: 'abcdefghijklmnop' } } },
      '@.livenessProbe.tcpSocket.port: Invalid value: "abcdefghijklmnop": must be no more than 15 characters',
    ],
    [
      'delays',
      liveness({ initialDelaySeconds: -1, periodSeconds: -2 }),
      '[@.livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0, @.livenessProbe.periodSeconds: Invalid value: -2: must be greater than or equal to 0]',
    ],
    [
      'grace of a probe',
      liveness({ terminationGracePeriodSeconds: 0 }),
      '@.livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      'successes of a startup probe',
      { startupProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } },
      '@.startupProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'grace of a readiness probe',
      { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 5 } },
      '@.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
    ],
    [
      'a long sleep',
      { lifecycle: { preStop: { sleep: { seconds: 31 } } } },
      '@.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
    ['a sleep of nothing', { lifecycle: { preStop: { sleep: { seconds: 0 } } } }, undefined],
    [
      'a hook of nothing',
      { lifecycle: { postStart: {} } },
      '@.lifecycle.postStart: Required value: must specify a handler type',
    ],
  ])('%s', (_what, fields, expected) => expect(refusal(fields)).toBe(expected));

  it.each<[string, object, string | undefined]>([
    ['no name', mount({ name: '' }), '@.volumeMounts[0].name: Required value'],
    ['no path', mount({ mountPath: '' }), '@.volumeMounts[0].mountPath: Required value'],
    ['a path with a colon', mount({ mountPath: '/a:b' }), undefined],
    [
      'a device of the name',
      { ...mount({}), volumeDevices: [{ name: 'v', devicePath: '/x' }] },
      '@.volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices',
    ],
    [
      'an absolute subPath',
      mount({ subPath: '/a' }),
      '@.volumeMounts.subPath: Invalid value: "/a": must be a relative path',
    ],
    [
      'a subPath upwards',
      mount({ subPath: 'a/..' }),
      '@.volumeMounts.subPath: Invalid value: "a/..": must not contain \'..\'',
    ],
    [
      'two subPaths',
      mount({ subPath: 'a', subPathExpr: 'b' }),
      '@.volumeMounts[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive',
    ],
    [
      'propagation',
      mount({ mountPropagation: 'X' }),
      '@.volumeMounts.mountPropagation: Unsupported value: "X": supported values: "Bidirectional", "HostToContainer", "None"',
    ],
    [
      'propagation without privilege',
      mount({ mountPropagation: 'Bidirectional' }),
      '@.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ],
  ])('mounts a volume: %s', (_what, fields, expected) => {
    const text = refusal(fields, volumes);
    expect(
      text === undefined || expected === undefined ? text : text.split(', @.volumeDevices')[0]?.replace(/^\[/, ''),
    ).toBe(expected);
  });

  it('restarts on resize only when it may', () => {
    const fields = { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] };
    expect(refusal(fields, { restartPolicy: 'Never' })).toBe(
      "@.resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'",
    );
    expect(refusal(fields)).toBeUndefined();
  });

  it('of the init and ephemeral kind may do less', () => {
    const init = (fields: object) => ({ initContainers: [{ name: 'i', image: 'x', ...fields }] });
    const probe = { tcpSocket: { port: 1 } };
    const may = 'may not be set for init containers without restartPolicy=Always';
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'])
      expect(refusal({}, init({ [name]: probe }))).toBe(`spec.initContainers[0].${name}: Forbidden: ${may}`);
    expect(refusal({}, init({ lifecycle: { preStop: { sleep: { seconds: 1 } } } }))).toBe(
      `spec.initContainers[0].lifecycle: Forbidden: ${may}`,
    );
    expect(refusal({}, init({ restartPolicy: 'Always', livenessProbe: probe }))).toBeUndefined();
    expect(refusal({}, init({ name: 'c' }))).toBe('spec.initContainers[0].name: Duplicate value: "c"');
    expect(refusal({}, { ephemeralContainers: [{ name: 'd', image: 'x' }] })).toBe(
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    );
  });
});
