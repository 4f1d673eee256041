import { describe, expect, it } from 'vitest';
import { decode } from './decode';
import { resourceOf } from './registry';
import { deepFreeze } from './testing';

const deployment = resourceOf('Deployment');
const message = (body: object, kind: 'Deployment' | 'Pod' = 'Deployment', validation: 'Strict' | 'Warn' = 'Warn') => {
  const result = decode(resourceOf(kind), deepFreeze(body), validation);
  return result.ok ? 'accepted' : result.status.message?.replace(/^.*cannot be handled as a \w+: /, '');
};
const template = (container: unknown) => ({ spec: { template: { spec: { containers: [container] } } } });
const at = 'json: cannot unmarshal';

// Run through the 1.35 decoder (validation.md section 3).
describe('decoding', () => {
  it.each<[string, object, string]>([
    [
      'a string as number',
      { spec: { replicas: '3' } },
      `${at} string into Go struct field DeploymentSpec.spec.replicas of type int32`,
    ],
    [
      'a fraction',
      { spec: { replicas: 3.5 } },
      `${at} number 3.5 into Go struct field DeploymentSpec.spec.replicas of type int32`,
    ],
    [
      'too large a number',
      { spec: { replicas: 99999999999 } },
      `${at} number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32`,
    ],
    [
      'a boolean as number',
      { spec: { replicas: true } },
      `${at} bool into Go struct field DeploymentSpec.spec.replicas of type int32`,
    ],
    [
      'a map of containers',
      { spec: { template: { spec: { containers: {} } } } },
      `${at} object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container`,
    ],
    [
      'a container as string',
      template('x'),
      `${at} string into Go struct field PodSpec.spec.template.spec.containers of type v1.Container`,
    ],
    [
      'a number as name',
      template({ name: 5 }),
      `${at} number into Go struct field Container.spec.template.spec.containers.name of type string`,
    ],
    [
      'a number as value',
      template({ env: [{ value: 1 }] }),
      `${at} number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string`,
    ],
    [
      'a string as port',
      template({ ports: [{ containerPort: '80' }] }),
      `${at} string into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32`,
    ],
    [
      'numbers as args',
      template({ args: [1] }),
      `${at} number into Go struct field Container.spec.template.spec.containers.args of type string`,
    ],
    [
      'a number as label',
      { metadata: { labels: { a: 1 } } },
      `${at} number into Go struct field ObjectMeta.metadata.labels of type string`,
    ],
    [
      'a boolean as annotation',
      { metadata: { annotations: { a: true } } },
      `${at} bool into Go struct field ObjectMeta.metadata.annotations of type string`,
    ],
    [
      'metadata as string',
      { metadata: 'x' },
      `${at} string into Go struct field Deployment.metadata of type v1.ObjectMeta`,
    ],
    ['spec as list', { spec: [] }, `${at} array into Go struct field Deployment.spec of type v1.DeploymentSpec`],
    [
      'a broken quantity',
      template({ resources: { limits: { cpu: 'abc' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('refuses %s', (_what, body, expected) => expect(message(body)).toBe(expected));

  it('finds unknown fields, refused when strict, told when warned', () => {
    const body = deepFreeze({ spce: 1, ...template({ nam: 'x', name: 'c' }) });
    const texts = ['unknown field "spce"', 'unknown field "spec.template.spec.containers[0].nam"'];
    expect(message(body, 'Deployment', 'Strict')).toBe(`strict decoding error: ${texts.join(', ')}`);
    const warned = decode(deployment, body, 'Warn');
    expect(warned.ok && warned.warnings).toEqual(texts);
    const ignored = decode(deployment, body, 'Ignore');
    expect(ignored.ok && ignored.warnings).toEqual([]);
    expect(ignored.ok && 'spce' in ignored.object).toBe(false);
  });

  it('drops nulls, makes quantities canonical, fills in the kind, and leaves the body alone', () => {
    const body = deepFreeze({
      metadata: { name: 'p', creationTimestamp: null },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Ki' } } }] },
    });
    const result = decode(resourceOf('Pod'), body, 'Strict');
    expect(result.ok && result.object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '500m', memory: '1Mi' } } }] },
    });
  });

  it('answers an object that needs no change as it is', () => {
    const body = deepFreeze({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } });
    const result = decode(resourceOf('Pod'), body, 'Strict');
    expect(result.ok && result.object).toBe(body);
  });

  it('holds names that objects inherit', () => {
    expect(message(JSON.parse('{"constructor":1}') as object, 'Pod', 'Strict')).toContain(
      'unknown field "constructor"',
    );
  });
});

// encoding/json omitempty, as the types of k8s.io/api and apimachinery have it
describe('what Go leaves out', () => {
  const decodedPod = (body: object): unknown => {
    const decoded = decode(resourceOf('Pod'), body, 'Strict');
    return decoded.ok ? decoded.object : decoded.status.message;
  };

  it('goes: empty lists and maps, and empty texts of the metadata', () => {
    const container = { name: 'c', image: 'i', env: [], resources: { limits: {}, requests: { cpu: '1' } } };
    const body = {
      metadata: { name: 'a', labels: {}, ownerReferences: [], resourceVersion: '', annotations: { note: '' } },
      spec: {
        nodeSelector: {},
        tolerations: [],
        securityContext: {},
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [container],
      },
    };
    expect(decodedPod(body)).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'a', annotations: { note: '' } },
      spec: {
        securityContext: {},
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }],
      },
    });
  });

  it('stays where the type says so', () => {
    expect(decodedPod({ metadata: { name: 'a' }, spec: { containers: [] } })).toMatchObject({
      spec: { containers: [] },
    });
  });
});
