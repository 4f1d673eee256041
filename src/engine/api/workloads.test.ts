import { describe, expect, it } from 'vitest';
import { DNS_LABEL_MESSAGE } from './names';
import { resourceByKind } from './registry';
import { createRefusal, defaulted, updateRefusal } from './testing';
import type { DaemonSet, Kind, KubeObject, ReplicationController, StatefulSet } from './types';

const container = { name: 'c', image: 'nginx' };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
const workload =
  <K extends Kind>(apiVersion: string, kind: K, name: string, base: object) =>
  (spec: object = {}, templateSpec: object = {}) => ({
    apiVersion,
    kind,
    metadata: { name },
    spec: { ...base, template: { ...template, spec: { ...template.spec, ...templateSpec } }, ...spec },
  });
const selector = { matchLabels: { app: 'web' } };
const statefulSet = workload('apps/v1', 'StatefulSet', 'db', { selector, serviceName: 'db' });
const daemonSet = workload('apps/v1', 'DaemonSet', 'agent', { selector });
const controller = workload('v1', 'ReplicationController', 'rc', {});
const revision = (fields: object) => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision' as const,
  metadata: { name: 'r' },
  ...fields,
});
const STS = 'StatefulSet.apps "db" is invalid: ';
const DS = 'DaemonSet.apps "agent" is invalid: ';
const RC = 'ReplicationController "rc" is invalid: ';
const rolling = (rollingUpdate: object) => daemonSet({ updateStrategy: { rollingUpdate } });

// Rendered messages: kubernetes pkg/apis/{core,apps}/validation/validation.go, 1.35.
describe('workloads on create', () => {
  it.each([
    ['a sound StatefulSet', statefulSet(), undefined],
    [
      'volumes of claims',
      statefulSet({}, { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/d' }] }] }),
      undefined,
    ],
    [
      'replicas -1',
      statefulSet({ replicas: -1 }),
      `${STS}spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      'an empty selector',
      statefulSet({ selector: {} }),
      `${STS}spec.selector: Invalid value: {}: empty selector is invalid for statefulset`,
    ],
    [
      'podManagementPolicy',
      statefulSet({ podManagementPolicy: 'X' }),
      `${STS}spec.podManagementPolicy: Invalid value: "X": must be 'OrderedReady' or 'Parallel'`,
    ],
    [
      'updateStrategy',
      statefulSet({ updateStrategy: { type: 'X' } }),
      `${STS}spec.updateStrategy: Invalid value: {"Type":"X","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
    ],
    [
      'a partition without rolling',
      statefulSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 2 } } }),
      `${STS}spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":2,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
    [
      'retention',
      statefulSet({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'X' } }),
      `${STS}spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "X": supported values: "Retain", "Delete"`,
    ],
    [
      'serviceName',
      statefulSet({ serviceName: 'A.b' }),
      `${STS}spec.serviceName: Invalid value: "A.b": ${DNS_LABEL_MESSAGE}`,
    ],
    [
      'restartPolicy',
      statefulSet({}, { restartPolicy: 'Never' }),
      `${STS}spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
    ],
    [
      'activeDeadlineSeconds',
      statefulSet({}, { activeDeadlineSeconds: 5 }),
      `${STS}spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported`,
    ],
    [
      'labels',
      statefulSet({ selector: { matchLabels: { app: 'x' } } }),
      `${STS}spec.template.metadata.labels: Invalid value: {"app":"web"}: \`selector\` does not match template \`labels\``,
    ],
    ['a sound DaemonSet', daemonSet(), undefined],
    [
      'an empty selector',
      daemonSet({ selector: {} }),
      `${DS}spec.selector: Invalid value: {}: empty selector is invalid for daemonset`,
    ],
    [
      'updateStrategy',
      daemonSet({ updateStrategy: { type: 'X' } }),
      `${DS}spec.updateStrategy: Unsupported value: {"Type":"X","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"`,
    ],
    [
      'both counts',
      rolling({ maxSurge: 1, maxUnavailable: '10%' }),
      `${DS}spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`,
    ],
    [
      'neither count',
      rolling({ maxSurge: 0, maxUnavailable: '0%' }),
      `${DS}spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`,
    ],
    [
      'restartPolicy',
      daemonSet({}, { restartPolicy: 'OnFailure' }),
      `${DS}spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"`,
    ],
    [
      'activeDeadlineSeconds',
      daemonSet({}, { activeDeadlineSeconds: 5 }),
      `${DS}spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported`,
    ],
    ['no containers', daemonSet({}, { containers: [] }), `${DS}spec.template.spec.containers: Required value`],
    ['a sound ReplicationController', controller(), undefined],
    [
      'no template',
      controller({ template: undefined }),
      `${RC}[spec.selector: Required value, spec.template: Required value]`,
    ],
    [
      'labels',
      controller({ selector: { app: 'x' } }),
      `${RC}spec.template.metadata.labels: Invalid value: {"app":"web"}: \`selector\` does not match template \`labels\``,
    ],
    [
      'activeDeadlineSeconds',
      controller({}, { activeDeadlineSeconds: 5 }),
      `${RC}spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported`,
    ],
    [
      'no data',
      revision({ revision: 1 }),
      'ControllerRevision.apps "r" is invalid: data: Required value: data is mandatory',
    ],
    [
      'revision -1',
      revision({ data: {}, revision: -1 }),
      'ControllerRevision.apps "r" is invalid: revision: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a template',
      { apiVersion: 'v1', kind: 'PodTemplate' as const, metadata: { name: 't' }, template: { spec: {} } },
      'PodTemplate "t" is invalid: template.spec.containers: Required value',
    ],
  ])('%s', (_name, manifest, message) => expect(createRefusal(manifest)).toBe(message));
});

const STS_SPEC =
  "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

describe('workloads on update', () => {
  it.each([
    ['serviceName', statefulSet(), statefulSet({ serviceName: 'x' }), `${STS}${STS_SPEC}`],
    [
      'what a StatefulSet may change',
      statefulSet(),
      statefulSet({ replicas: 3, minReadySeconds: 2, ordinals: { start: 1 } }),
      undefined,
    ],
    [
      'a selector',
      daemonSet(),
      daemonSet({ selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
      `${DS}spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Exists"}]}: field is immutable`,
    ],
    [
      'data',
      revision({ data: { a: 1 }, revision: 1 }),
      revision({ data: { a: 2 }, revision: 1 }),
      'ControllerRevision.apps "r" is invalid: data: Invalid value: {"a":2}: field is immutable',
    ],
  ])('%s', (_name, old, next, message) => expect(updateRefusal(old, next)).toBe(message));

  it.each([
    [
      'StatefulSet',
      statefulSet(),
      { replicas: 1, readyReplicas: 2 },
      ['status.readyReplicas cannot be greater than status.replicas'],
    ],
    [
      'StatefulSet',
      statefulSet(),
      { replicas: 2, availableReplicas: 1 },
      ['status.availableReplicas cannot be greater than status.readyReplicas'],
    ],
    ['DaemonSet', daemonSet(), { numberReady: -1 }, ['status.numberReady must be greater than or equal to 0']],
    [
      'ReplicationController',
      controller(),
      { replicas: 2, availableReplicas: 1 },
      ['status.availableReplicas cannot be greater than readyReplicas'],
    ],
  ] as const)('the status of a %s', (kind, manifest, status, errors) => {
    const old = defaulted(manifest) as KubeObject;
    const { rules } = resourceByKind(old.apiVersion, kind)!;
    const found = rules.validateStatusUpdate?.({ ...old, status } as KubeObject, old) ?? [];
    expect(found.map(({ field, detail }) => `${field} ${detail}`)).toEqual(errors);
  });
});

// pkg/apis/{core,apps}/v1/defaults_test.go
describe('defaults of workloads', () => {
  it('StatefulSet', () => {
    const set: StatefulSet = defaulted(
      statefulSet({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] }),
    );
    expect(set.spec).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [
        {
          kind: 'PersistentVolumeClaim',
          apiVersion: 'v1',
          spec: { volumeMode: 'Filesystem' },
          status: { phase: 'Pending' },
        },
      ],
      template: { spec: { restartPolicy: 'Always' } },
    });
    expect(defaulted(statefulSet({ updateStrategy: { type: 'RollingUpdate' } })).spec?.updateStrategy).toEqual({
      type: 'RollingUpdate',
    });
  });

  it('DaemonSet, whose annotation counts changes of the template', () => {
    const { rules } = resourceByKind('apps/v1', 'DaemonSet')!;
    const given: DaemonSet = defaulted(daemonSet());
    expect(given.spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    });
    const stored = rules.prepareForCreate(given);
    const count = (set: KubeObject): unknown[] => [
      set.metadata.annotations?.['deprecated.daemonset.template.generation'],
      set.metadata.generation,
    ];
    expect(count(stored)).toEqual(['1', 1]);
    const limited = rules.prepareForUpdate(defaulted(daemonSet({ revisionHistoryLimit: 2 })), stored);
    expect(count(limited)).toEqual(['1', 2]);
    const changed = rules.prepareForUpdate(defaulted(daemonSet({}, { nodeName: 'n' })), stored);
    expect(count(changed)).toEqual(['2', 2]);
  });

  it('ReplicationController: labels and selector from the template, its replicas for field selectors', () => {
    const rc: ReplicationController = defaulted(controller());
    expect(rc.metadata.labels).toEqual({ app: 'web' });
    expect(rc.spec).toMatchObject({ replicas: 1, selector: { app: 'web' } });
    const { rules } = resourceByKind('v1', 'ReplicationController')!;
    expect(rules.fields(rules.prepareForCreate(rc))).toMatchObject({ 'status.replicas': '0' });
  });

  it('warns of a history without bound', () => {
    const set = defaulted(statefulSet({ revisionHistoryLimit: -1 })) as KubeObject;
    expect(createRefusal(statefulSet({ revisionHistoryLimit: -1 }))).toBeUndefined();
    expect(resourceByKind('apps/v1', 'StatefulSet')?.rules.warnings?.(set)).toEqual([
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ]);
  });
});
