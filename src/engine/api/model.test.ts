import './late-api';
import { describe, expect, it } from 'vitest';
import { imagePullPolicyFor, parseImage } from './defaults/image';
import { forbidden, invalid as invalidValue, required, tooMany } from './field-error';
import { fnv32a, hashOf, podTemplateHash } from './hash';
import { scaledValue } from './int-or-string';
import { objectKey, setCondition } from './meta';
import { generateName, NAME_ALPHABET, safeEncodeString } from './names';
import { computeQosClass } from './qos-class';
import { resourceByKind, resourceByName, builtIn, resourceOf, resources } from './registry';
import {
  alreadyExists,
  conflict,
  forbidden as forbiddenStatus,
  invalid,
  methodNotAllowed,
  notFound,
  tooLargeResourceVersion,
} from './status-error';
import { createRefusal, deepFreeze, defaulted } from './testing';
import { timestamp } from './timestamp';
import type { Pod, PodSpec } from './types';

const spec = (...containers: object[]): PodSpec => ({ containers }) as unknown as PodSpec;
const resourcesOf = (requests: object, limits?: object) => ({ resources: { requests, ...(limits ? { limits } : {}) } });
const both = { cpu: '100m', memory: '100Mi' };

// kubernetes pkg/apis/core/v1/helper/qos/qos_test.go (K4 to K7)
describe('quality of service', () => {
  it.each<[string, PodSpec, string]>([
    ['K4 requests = limits', spec(resourcesOf(both, both)), 'Guaranteed'],
    ['K5 one without anything', spec({}, resourcesOf(both, both)), 'Burstable'],
    ['K6 memory only', spec(resourcesOf({ memory: '100Mi' }, { memory: '100Mi' })), 'Burstable'],
    [
      'K7 requests of zero',
      spec(resourcesOf({ cpu: '0', memory: '0' }, { cpu: '100m', memory: '200Mi' })),
      'Burstable',
    ],
    ['K7 huge pages only', spec(resourcesOf({ 'hugepages-2Mi': '1Gi' }, { 'hugepages-2Mi': '1Gi' })), 'BestEffort'],
    ['nothing', spec({}), 'BestEffort'],
  ])('%s', (_name, pod, qos) => expect(computeQosClass(pod)).toBe(qos));
});

// kubernetes pkg/util/parsers/parsers_test.go, pkg/apis/core/v1/defaults.go (A32)
describe('images', () => {
  it.each([
    ['root', 'latest', 'Always'],
    ['root:tag', 'tag', 'IfNotPresent'],
    ['url:5000/repo', 'latest', 'Always'],
    ['user/repo@sha256:abc', '', 'IfNotPresent'],
  ])('%s has tag %j and policy %s', (image, tag, policy) => {
    expect(parseImage(image).tag).toBe(tag);
    expect(imagePullPolicyFor(image)).toBe(policy);
  });
});

describe('defaults', () => {
  it('of a Deployment reach its containers', () => {
    const { spec: given } = defaulted({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }] }] } } },
    });
    expect(given).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    });
    expect(given.template.spec).toEqual({
      containers: [
        {
          name: 'c',
          image: 'nginx',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
  });

  it('answer an object that has them all as it is', () => {
    for (const kind of ['Pod', 'Deployment', 'Service', 'Node'] as const) {
      const { apiVersion, rules } = resourceOf(kind);
      const container = { name: 'c', image: 'x', livenessProbe: { httpGet: { port: 1 } } };
      const once = defaulted({
        apiVersion,
        kind,
        metadata: { name: 'a' },
        spec: { containers: [container], ports: [{ port: 1 }], template: { spec: { containers: [container] } } },
      });
      expect(rules.applyDefaults(once)).toBe(once);
    }
  });

  it('copy limits to requests in pods only', () => {
    const container = { name: 'c', image: 'x', resources: { limits: { cpu: '1' } } };
    const pod = defaulted({ apiVersion: 'v1', kind: 'Pod', spec: { containers: [container] } });
    expect(pod.spec.containers[0]?.resources?.requests).toEqual({ cpu: '1' });
    const owner = defaulted({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      spec: { template: { spec: { containers: [container] } } },
    });
    expect(owner.spec.template.spec?.containers[0]?.resources?.requests).toBeUndefined();
  });

  it('encode stringData', () => {
    const secret = defaulted({ apiVersion: 'v1', kind: 'Secret', stringData: { a: 'grüße' }, data: { b: 'eA==' } });
    expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'Z3LDvMOfZQ==', b: 'eA==' } });
    expect('stringData' in secret).toBe(false);
  });
});

describe('generation', () => {
  const rules = resourceOf('Deployment').rules;
  const make = (replicas: number) =>
    defaulted({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', generation: 1 },
      spec: { replicas },
    });

  it('rises when the spec changes, not otherwise, and the status stays', () => {
    const old = deepFreeze({ ...make(1), status: { replicas: 1 } });
    expect(rules.prepareForUpdate(make(2), old).metadata.generation).toBe(2);
    expect(rules.prepareForUpdate(make(1), old)).toEqual(old);
    const status = rules.prepareForStatusUpdate(
      { ...make(5), status: { replicas: 3 } } as typeof old,
      old,
    ) as typeof old;
    expect([status.spec.replicas, status.status.replicas, status.metadata.generation]).toEqual([1, 3, 1]);
  });

  it('of a new pod is 1, and its phase Pending', () => {
    const pod = defaulted({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [] },
      status: { phase: 'Running' },
    });
    const created = resourceOf('Pod').rules.prepareForCreate(pod) as Pod;
    expect([created.metadata.generation, created.status]).toEqual([1, { phase: 'Pending', qosClass: 'BestEffort' }]);
  });
});

// kubernetes apimachinery/pkg/api/errors/errors.go
describe('refusals', () => {
  const pods = resourceOf('Pod');
  const deployments = resourceOf('Deployment');

  it.each([
    [notFound(pods, 'x'), 404, 'pods "x" not found'],
    [notFound(deployments, 'x'), 404, 'deployments.apps "x" not found'],
    [alreadyExists(pods, 'x', true), 409, 'object is being deleted: pods "x" already exists'],
    [
      conflict(deployments, 'x'),
      409,
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [forbiddenStatus(pods, '', 'no'), 403, 'pods is forbidden: no'],
    [methodNotAllowed(pods, 'watch'), 405, 'watch is not supported on resources of kind "pods"'],
    [tooLargeResourceVersion(9, 3), 504, 'Timeout: Too large resource version: 9, current: 3'],
  ])('%#', (status, code, message) => expect([status.code, status.message]).toEqual([code, message]));

  it('of validation have the shape of the API', () => {
    expect(
      invalid(deployments, 'web', [invalidValue('spec.replicas', -1, 'must be greater than or equal to 0')]),
    ).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      reason: 'Invalid',
      details: {
        name: 'web',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: -1: must be greater than or equal to 0',
            field: 'spec.replicas',
          },
        ],
      },
      code: 422,
    });
  });

  it('print equal errors once and keep all causes', () => {
    const status = invalid(pods, 'p', [required('a'), required('a'), forbidden('b', 'no'), tooMany('c', 9, 8)]);
    expect(status.message).toBe(
      'Pod "p" is invalid: [a: Required value, b: Forbidden: no, c: Too many: 9: must have at most 8 items]',
    );
    expect(status.details?.causes).toHaveLength(4);
  });
});

describe('registry', () => {
  it('finds kinds by path, kind and what people type', () => {
    expect(builtIn.byPath('', 'v1', 'pods')?.kind).toBe('Pod');
    expect(resourceByKind('apps/v1', 'Deployment')?.resource).toBe('deployments');
    for (const name of ['deploy', 'deployments', 'deployment.apps', 'deployments.v1.apps', 'DEPLOY'])
      expect(resourceByName(name)?.kind).toBe('Deployment');
    expect(resourceByName('widgets')).toBeUndefined();
    expect(resources.map(({ storagePrefix }) => storagePrefix)).toContain('/registry/services/specs');
    expect(resourceOf('Node').storagePrefix).toBe('/registry/minions');
  });

  it('answers every field that it says can be selected, at most', () => {
    for (const { rules, kind, apiVersion } of resources) {
      const object = defaulted({ apiVersion, kind, metadata: { name: 'a' }, spec: { containers: [], template: {} } });
      const known = new Set([...rules.selectableFields, 'metadata.namespace']);
      expect(Object.keys(rules.fields(object)).filter((field) => !known.has(field))).toEqual([]);
    }
  });

  it('validates objects with nothing in them without falling over', () => {
    for (const { kind, apiVersion } of resources) {
      expect(() => createRefusal({ apiVersion, kind, metadata: {} })).not.toThrow();
      expect(() => createRefusal({ apiVersion, kind, metadata: {}, spec: {}, status: {} })).not.toThrow();
    }
  });
});

describe('names and hashes', () => {
  it('cut a base to 58 characters', () => expect(generateName('x'.repeat(70), 'abcde')).toHaveLength(63));
  it('use 27 symbols', () => {
    expect(NAME_ALPHABET).toHaveLength(27);
    expect(safeEncodeString('0123456789')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  });
  // Go hash/fnv fnv_test.go
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['ab', 0x4d2505ca],
    ['abc', 0x1a47e90b],
  ])('fnv32a of %j', (text, sum) => expect(fnv32a(text)).toBe(sum));
  it('do not depend on the order of keys', () => {
    expect(hashOf({ a: 1, b: [2] })).toBe(hashOf({ b: [2], a: 1 }));
    expect(podTemplateHash({ a: 1 })).not.toBe(podTemplateHash({ a: 1 }, 0));
    expect(podTemplateHash({ a: 1 }, 0)).not.toBe(podTemplateHash({ a: 1 }, 1));
  });
});

describe('metadata', () => {
  it('keeps the time of a condition whose status stays', () => {
    const first = setCondition(undefined, { type: 'Ready', status: 'True' }, 0);
    expect(first).toEqual([{ type: 'Ready', status: 'True', lastTransitionTime: timestamp(0) }]);
    expect(setCondition(first, { type: 'Ready', status: 'True' }, 5_000_000)).toBe(first);
    const told = setCondition(first, { type: 'Ready', status: 'True', reason: 'R' }, 5_000_000);
    expect(told[0]?.lastTransitionTime).toBe(timestamp(0));
    expect(setCondition(told, { type: 'Ready', status: 'False' }, 5_000_000)[0]?.lastTransitionTime).toBe(
      timestamp(5_000_000),
    );
  });

  it('keys objects', () =>
    expect([objectKey('a', 'b'), objectKey('', 'b'), objectKey(undefined, 'b')]).toEqual(['a/b', 'b', 'b']));
});

// kubernetes apimachinery/pkg/util/intstr/intstr_test.go
describe('scaled values', () => {
  it.each([
    ['25%', 10, 'up', 3],
    ['25%', 10, 'down', 2],
    ['90%', 100, 'up', 90],
    ['200%', 3, 'down', 6],
    [4, 10, 'up', 4],
  ] as const)('%s of %i rounded %s is %i', (value, total, round, result) => {
    expect(scaledValue(value, total, round)).toEqual({ ok: true, value: result });
  });
  it.each([
    ['x', 'invalid value for IntOrString: invalid type: string is not a percentage'],
    ['x%', 'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax'],
  ])('refuses %s', (value, error) => expect(scaledValue(value, 10, 'up')).toEqual({ ok: false, error }));
});
