import './late-api';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_KEY_MESSAGE,
  DNS_1035_MESSAGE,
  DNS_LABEL_MESSAGE,
  DNS_SUBDOMAIN_MESSAGE,
  LABEL_VALUE_MESSAGE,
  QUALIFIED_NAME_MESSAGE,
} from './names';
import { createRefusal, updateRefusal } from './testing';

const container = { name: 'c', image: 'nginx' };
const probe = { httpGet: { port: 80 } };
const pod = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod' as const,
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], ...spec },
});
const podWith = (fields: object) => pod({ containers: [{ ...container, ...fields }] });
const service = (spec: object, name = 's') => ({
  apiVersion: 'v1',
  kind: 'Service' as const,
  metadata: { name },
  spec,
});
const deployment = (spec: object = {}, templateSpec: object = {}, labels: object = { app: 'web' }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment' as const,
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels }, spec: { containers: [container], ...templateSpec } },
    ...spec,
  },
});
const configMap = (fields: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap' as const,
  metadata: { name: 'c' },
  ...fields,
});

// Rendered messages: kubernetes pkg/apis/{core,apps,scheduling}/validation/validation.go, 1.35.
describe('validation on create', () => {
  it.each([
    [
      'Pod My_Pod',
      pod({}, { name: 'My_Pod' }),
      `Pod "My_Pod" is invalid: metadata.name: Invalid value: "My_Pod": ${DNS_SUBDOMAIN_MESSAGE}`,
    ],
    ['no containers', pod({ containers: [] }), 'Pod "p" is invalid: spec.containers: Required value'],
    ['no image', pod({ containers: [{ name: 'c' }] }), 'Pod "p" is invalid: spec.containers[0].image: Required value'],
    [
      'container A',
      podWith({ name: 'A' }),
      `Pod "p" is invalid: spec.containers[0].name: Invalid value: "A": ${DNS_LABEL_MESSAGE}`,
    ],
    [
      'duplicate container',
      pod({ containers: [container, container] }),
      'Pod "p" is invalid: spec.containers[1].name: Duplicate value: "c"',
    ],
    [
      'containerPort 70000',
      podWith({ ports: [{ containerPort: 70000 }] }),
      'Pod "p" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'protocol tcp',
      podWith({ ports: [{ containerPort: 80, protocol: 'tcp' }] }),
      'Pod "p" is invalid: spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'mount of unknown volume',
      podWith({ volumeMounts: [{ name: 'data', mountPath: '/d' }] }),
      'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ],
    [
      'two mounts at a path',
      pod({
        volumes: [{ name: 'v' }],
        containers: [
          {
            ...container,
            volumeMounts: [
              { name: 'v', mountPath: '/d' },
              { name: 'v', mountPath: '/d' },
            ],
          },
        ],
      }),
      'Pod "p" is invalid: spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/d": must be unique',
    ],
    [
      'request above limit',
      podWith({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'Pod "p" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'resource gpu',
      podWith({ resources: { limits: { gpu: '1' } } }),
      'Pod "p" is invalid: [spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified, spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers, spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified, spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers]',
    ],
    [
      'liveness successThreshold 2',
      podWith({ livenessProbe: { ...probe, successThreshold: 2 } }),
      'Pod "p" is invalid: spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'probe without handler',
      podWith({ livenessProbe: {} }),
      'Pod "p" is invalid: spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      'two handlers',
      podWith({ livenessProbe: { ...probe, tcpSocket: { port: 1 } } }),
      'Pod "p" is invalid: spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      'restartPolicy Sometimes',
      pod({ restartPolicy: 'Sometimes' }),
      'Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      'label value a b',
      pod({}, { labels: { a: 'a b' } }),
      `Pod "p" is invalid: metadata.labels: Invalid value: "a b": ${LABEL_VALUE_MESSAGE}`,
    ],
    [
      'label key -x',
      pod({}, { labels: { '-x': 'a' } }),
      `Pod "p" is invalid: metadata.labels: Invalid value: "-x": name part ${QUALIFIED_NAME_MESSAGE}`,
    ],
    [
      'toleration Exists + value',
      pod({ tolerations: [{ key: 'k', operator: 'Exists', value: 'v' }] }),
      'Pod "p" is invalid: spec.tolerations[0].operator: Invalid value: "v": value must be empty when `operator` is \'Exists\'',
    ],
    [
      'init container with probe',
      pod({ initContainers: [{ name: 'i', image: 'x', readinessProbe: probe }] }),
      'Pod "p" is invalid: spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      'hostNetwork port',
      pod({ hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 8080 }] }] }),
      'Pod "p" is invalid: spec.containers[0].ports[0].hostPort: Invalid value: 8080: must match `containerPort` when `hostNetwork` is true',
    ],
    [
      'two volume types',
      pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
      'Pod "p" is invalid: spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'repeated spread constraint',
      pod({
        topologySpreadConstraints: [1, 2].map(() => ({
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
        })),
      }),
      'Pod "p" is invalid: spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
    ],
    [
      'Service 1svc',
      service({ ports: [{ port: 80 }] }, '1svc'),
      `Service "1svc" is invalid: metadata.name: Invalid value: "1svc": ${DNS_1035_MESSAGE}`,
    ],
    ['Service without ports', service({}), 'Service "s" is invalid: spec.ports: Required value'],
    [
      'two unnamed ports',
      service({ ports: [{ port: 80 }, { port: 81 }] }),
      'Service "s" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    ],
    [
      'ExternalName without name',
      service({ type: 'ExternalName' }),
      'Service "s" is invalid: spec.externalName: Required value',
    ],
    [
      'nodePort on ClusterIP',
      service({ ports: [{ port: 80, nodePort: 30080 }] }),
      'Service "s" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is \'ClusterIP\'',
    ],
    [
      'selector mismatch',
      deployment({ selector: { matchLabels: { app: 'a' } } }, {}, { app: 'b' }),
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
    ],
    [
      'no selector',
      deployment({ selector: undefined }),
      'Deployment.apps "web" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
    ],
    [
      'replicas -1',
      deployment({ replicas: -1 }),
      'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'no surge, none unavailable',
      deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      'strategy Foo',
      deployment({ strategy: { type: 'Foo' } }),
      'Deployment.apps "web" is invalid: spec.strategy: Unsupported value: {"Type":"Foo","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      'restartPolicy Never',
      deployment({}, { restartPolicy: 'Never' }),
      'Deployment.apps "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'ConfigMap key a/b',
      configMap({ data: { 'a/b': '' } }),
      `ConfigMap "c" is invalid: data[a/b]: Invalid value: "a/b": ${CONFIG_KEY_MESSAGE}`,
    ],
    [
      'ConfigMap too large',
      configMap({ data: { a: 'x'.repeat(1_048_577) } }),
      'ConfigMap "c" is invalid: []: Too long: may not be more than 1048576 bytes',
    ],
    [
      'PriorityClass value',
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass' as const,
        metadata: { name: 'p' },
        value: 1_000_000_001,
      },
      'PriorityClass.scheduling.k8s.io "p" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ],
    [
      'Namespace A',
      { apiVersion: 'v1', kind: 'Namespace' as const, metadata: { name: 'A' } },
      `Namespace "A" is invalid: metadata.name: Invalid value: "A": ${DNS_LABEL_MESSAGE}`,
    ],
    [
      'no name',
      pod({}, { name: '' }),
      'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
  ])('refuses %s', (_what, manifest, message) => expect(createRefusal(manifest)).toBe(message));

  it('accepts what is right', () => {
    expect(createRefusal(pod())).toBeUndefined();
    expect(createRefusal(deployment())).toBeUndefined();
    expect(createRefusal(service({ ports: [{ port: 80 }] }))).toBeUndefined();
    expect(createRefusal(service({ clusterIP: 'None', selector: { a: 'b' } }))).toBeUndefined();
  });

  it('keeps the double space between examples', () => {
    expect(DNS_LABEL_MESSAGE).toContain(
      "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    );
    expect(DNS_SUBDOMAIN_MESSAGE).toContain("(e.g. 'example.com', regex used");
  });
});

describe('validation on update', () => {
  const svc = (clusterIP: string) => service({ ports: [{ port: 80 }], clusterIP, clusterIPs: [clusterIP] });

  it.each([
    [
      'a cluster address',
      svc('10.96.0.1'),
      svc('10.96.0.99'),
      'Service "s" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.99"]: may not change once set',
    ],
    [
      'a selector',
      deployment(),
      deployment({ selector: { matchLabels: { app: 'x' } } }),
      'Deployment.apps "web" is invalid: [spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`, spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable]',
    ],
    [
      'an immutable ConfigMap',
      configMap({ immutable: true, data: { a: '1' } }),
      configMap({ immutable: true, data: { a: '2' } }),
      'ConfigMap "c" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    ],
    [
      'the type of a Secret',
      { apiVersion: 'v1', kind: 'Secret' as const, metadata: { name: 's' } },
      { apiVersion: 'v1', kind: 'Secret' as const, metadata: { name: 's' }, type: 'example.com/x' },
      'Secret "s" is invalid: type: Invalid value: "example.com/x": field is immutable',
    ],
    [
      'the number of containers',
      pod(),
      pod({ containers: [container, { name: 'd', image: 'x' }] }),
      'Pod "p" is invalid: spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
  ])('refuses to change %s', (_what, old, next, message) => expect(updateRefusal(old, next)).toBe(message));

  it('refuses to change the environment of a pod, but not its image', () => {
    expect(updateRefusal(pod(), podWith({ env: [{ name: 'A', value: '1' }] }))).toContain(
      'Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
    );
    expect(updateRefusal(pod(), podWith({ image: 'nginx:2' }))).toContain('pod updates may not change fields');
    expect(updateRefusal(pod(), podWith({ env: [{ name: 'A', value: '1' }] }))).toContain(`previously negative)
@@ -10,7 +10,13 @@
    "WorkingDir": "",
    "Ports": null,
    "EnvFrom": null,
-   "Env": null,
+   "Env": [
+    {
+     "Name": "A",
+     "Value": "1",
+     "ValueFrom": null
+    }
+   ],
    "Resources": {
     "Limits": null,
     "Requests": null,
`);
    expect(updateRefusal(podWith({ image: 'nginx:1' }), podWith({ image: 'nginx:2' }))).toBeUndefined();
  });
});
