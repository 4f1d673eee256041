import { describe, expect, it } from 'vitest';
import { errorText } from './field-error';
import { resourceByKind } from './registry';
import { createRefusal, deepFreeze, defaulted, updateRefusal } from './testing';
import type { Job, KubeObject } from './types';

const template = (spec: object = {}, labels?: object) => ({
  ...(labels === undefined ? {} : { metadata: { labels } }),
  spec: { containers: [{ name: 'c', image: 'busybox' }], restartPolicy: 'Never', ...spec },
});
const job = (spec: object = {}, podSpec: object = {}, name = 'j') => ({
  apiVersion: 'batch/v1',
  kind: 'Job' as const,
  metadata: { name, uid: 'u' },
  spec: { template: template(podSpec), ...spec },
});
const cron = (spec: object = {}, jobSpec: object = {}, name = 'c') => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob' as const,
  metadata: { name },
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: template(), ...jobSpec } }, ...spec },
});
const rule = (fields: object) => job({ podFailurePolicy: { rules: [{ action: 'Count', ...fields }] } });
const codes = (fields: object) => rule({ onExitCodes: { operator: 'In', values: [1], ...fields } });
const indexed = (spec: object = {}) => job({ completionMode: 'Indexed', completions: 5, ...spec });
const success = (fields: object) => indexed({ successPolicy: { rules: [fields] } });
const JOB = 'Job.batch "j" is invalid: ';
const CRON = 'CronJob.batch "c" is invalid: ';
const RULE = 'spec.podFailurePolicy.rules[0]';
const { rules } = resourceByKind('batch/v1', 'Job')!;
const stored = (manifest: Parameters<typeof createRefusal>[0]) => {
  const given = deepFreeze(defaulted(manifest) as KubeObject);
  return deepFreeze(resourceByKind('batch/v1', given.kind)!.rules.prepareForCreate(given)) as KubeObject & {
    spec: object;
  };
};

// Rendered messages: kubernetes pkg/apis/batch/validation/validation.go, 1.35.
describe('Jobs on create', () => {
  it.each([
    ['a sound Job', job(), undefined],
    [
      'no restartPolicy',
      job({ template: { spec: { containers: [{ name: 'c', image: 'busybox' }] } } }),
      `${JOB}spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
    ],
    [
      'restartPolicy X',
      job({}, { restartPolicy: 'X' }),
      `${JOB}[spec.template.spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never", spec.template.spec.restartPolicy: Unsupported value: "X": supported values: "OnFailure", "Never"]`,
    ],
    [
      'parallelism -1',
      job({ parallelism: -1 }),
      `${JOB}spec.parallelism: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      'completionMode',
      job({ completionMode: 'X' }),
      `${JOB}spec.completionMode: Unsupported value: "X": supported values: "NonIndexed", "Indexed"`,
    ],
    [
      'Indexed without completions',
      job({ completionMode: 'Indexed', parallelism: 1 }),
      `${JOB}spec.completions: Required value: when completion mode is Indexed`,
    ],
    [
      'much parallelism',
      indexed({ parallelism: 100_001 }),
      `${JOB}spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed`,
    ],
    [
      'backoffLimitPerIndex',
      job({ backoffLimitPerIndex: 1 }),
      `${JOB}spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode`,
    ],
    [
      'maxFailedIndexes alone',
      indexed({ maxFailedIndexes: 1 }),
      `${JOB}spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified`,
    ],
    [
      'maxFailedIndexes',
      indexed({ maxFailedIndexes: 6, backoffLimitPerIndex: 1 }),
      `${JOB}spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions`,
    ],
    [
      'a selector of the user',
      job({ selector: { matchLabels: { a: 'b' } } }),
      `${JOB}[spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"u"}}: \`selector\` not auto-generated, spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"j","controller-uid":"u","job-name":"j"}: \`selector\` does not match template \`labels\`]`,
    ],
    [
      'manual without selector',
      job({ manualSelector: true }),
      `${JOB}[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: \`selector\` does not match template \`labels\`]`,
    ],
    [
      'a label of the user',
      job({ template: template({}, { 'job-name': 'x' }) }),
      `${JOB}spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"j","controller-uid":"u","job-name":"x"}: must be 'j'`,
    ],
    [
      'no action',
      rule({ action: '', onExitCodes: { operator: 'In', values: [1] } }),
      `${JOB}${RULE}.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`,
    ],
    [
      'neither',
      rule({}),
      `${JOB}${RULE}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
    ],
    [
      'FailIndex',
      rule({ action: 'FailIndex', onPodConditions: [{ type: 'Ready' }] }),
      `${JOB}${RULE}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
    ],
    [
      'no values',
      codes({ values: [] }),
      `${JOB}${RULE}.onExitCodes.values: Invalid value: []: at least one value is required`,
    ],
    [
      'values',
      codes({ values: [2, 0, 2] }),
      `${JOB}[${RULE}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator, ${RULE}.onExitCodes.values[2]: Duplicate value: 2, ${RULE}.onExitCodes.values: Invalid value: [2,0,2]: must be ordered]`,
    ],
    [
      'restart with a policy',
      job({ podFailurePolicy: { rules: [] } }, { restartPolicy: 'OnFailure' }),
      `${JOB}spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified`,
    ],
    [
      'podReplacementPolicy',
      job({ podReplacementPolicy: 'X' }),
      `${JOB}spec.podReplacementPolicy: Unsupported value: "X": supported values: "Failed", "TerminatingOrFailed"`,
    ],
    [
      'replacement with a policy',
      job({ podReplacementPolicy: 'TerminatingOrFailed', podFailurePolicy: { rules: [] } }),
      `${JOB}spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"`,
    ],
    [
      'successPolicy',
      job({ successPolicy: { rules: [] } }),
      `${JOB}spec.successPolicy: Invalid value: {"Rules":[]}: requires indexed completion mode`,
    ],
    [
      'an empty success rule',
      success({}),
      `${JOB}spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified`,
    ],
    [
      'succeededIndexes',
      success({ succeededIndexes: '3-9' }),
      `${JOB}spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3-9": error parsing succeededIndexes: too large index: "9"`,
    ],
    [
      'succeededCount',
      success({ succeededIndexes: '0,2-3', succeededCount: 4 }),
      `${JOB}spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)`,
    ],
    [
      'managedBy',
      job({ managedBy: 'me' }),
      `${JOB}spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")`,
    ],
    ['a sound CronJob', cron({ timeZone: 'Europe/Zurich' }), undefined],
    ['no schedule', cron({ schedule: '' }), `${CRON}spec.schedule: Required value`],
    [
      'four fields',
      cron({ schedule: '* * * *' }),
      `${CRON}spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]`,
    ],
    [
      'a zone in the schedule',
      cron({ schedule: 'TZ=UTC * * * * *' }),
      `${CRON}spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead`,
    ],
    [
      'no zone',
      cron({ timeZone: '' }),
      `${CRON}spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string`,
    ],
    [
      'a zone of Mars',
      cron({ timeZone: 'Mars/X' }),
      `${CRON}spec.timeZone: Invalid value: "Mars/X": unknown time zone Mars/X`,
    ],
    [
      'the local zone',
      cron({ timeZone: 'Local' }),
      `${CRON}spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones`,
    ],
    [
      'concurrencyPolicy',
      cron({ concurrencyPolicy: 'X' }),
      `${CRON}spec.concurrencyPolicy: Unsupported value: "X": supported values: "Allow", "Forbid", "Replace"`,
    ],
    [
      'history',
      cron({ failedJobsHistoryLimit: -1 }),
      `${CRON}spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      'a selector in the template',
      cron({}, { selector: {}, manualSelector: true }),
      `${CRON}[spec.jobTemplate.spec.selector: Invalid value: {}: \`selector\` will be auto-generated, spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"]`,
    ],
    [
      'restartPolicy in the template',
      cron({}, { template: template({ restartPolicy: 'Always' }) }),
      `${CRON}spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
    ],
  ])('%s', (_name, manifest, message) => expect(createRefusal(manifest)).toBe(message));

  it('refuses names from which no pods can be named', () => {
    const long = 'a'.repeat(62);
    const named = job({ completionMode: 'Indexed', completions: 1 }, {}, long);
    expect(createRefusal(named)).toContain(`will not able to create pod with invalid DNS label: ${long}-0`);
    expect(createRefusal(cron({}, {}, 'a'.repeat(53)))).toContain('must be no more than 52 characters');
    expect(createRefusal(job({}, {}, 'process-item-$ITEM'))).toContain(
      'metadata.name: Invalid value: "process-item-$ITEM"',
    );
  });

  it('warns of names that are no host names', () => {
    expect(rules.warnings?.(defaulted(job({}, {}, 'a.b')) as KubeObject)).toEqual([
      `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]`,
    ]);
  });
});

describe('Jobs on update', () => {
  const before = stored(job());
  const next = (spec: object) => ({ ...before, spec: { ...before.spec, ...spec } }) as KubeObject;
  const texts = (after: KubeObject, old: KubeObject = before) =>
    rules.validateUpdate(after, old).map(({ field, detail }) => `${field}: ${detail}`);
  it.each([
    ['what may change', { parallelism: 3, suspend: true, backoffLimit: 1, activeDeadlineSeconds: 9 }, []],
    ['completions', { completions: 2 }, ['spec.completions: field is immutable']],
    ['completionMode', { completionMode: 'Indexed' }, ['spec.completionMode: field is immutable']],
    ['managedBy', { managedBy: 'a.io/b' }, ['spec.managedBy: field is immutable']],
  ])('%s', (_name, spec, errors) => expect(texts(next(spec))).toEqual(errors));

  it('keeps the template, but for scheduling while a Job is suspended and has not begun', () => {
    const changed = (old: KubeObject & { spec: object }, spec: object) => {
      const whole = (old as unknown as Job).spec!.template;
      return { ...old, spec: { ...old.spec, template: { ...whole, spec: { ...whole.spec, ...spec } } } } as KubeObject;
    };
    const suspended = stored(job({ suspend: true }));
    const selector = { nodeSelector: { disk: 'ssd' } };
    expect(texts(changed(before, selector))).toEqual(['spec.template: field is immutable']);
    expect(texts(changed(suspended, selector), suspended)).toEqual([]);
    const [error] = rules.validateUpdate(changed(before, selector), before);
    expect(errorText(error!)).toMatch(
      /^spec\.template: Invalid value: \{"labels":\{.*\},"Spec":\{"Volumes":null,"InitContainers":null,"Containers":\[\{"Name":"[^}]*.*"NodeSelector":\{"disk":"ssd"\}.*\}\}: field is immutable$/,
    );
    expect(texts(changed(suspended, { hostNetwork: true }), suspended)).toEqual(['spec.template: field is immutable']);
  });

  it('resizes an Indexed Job in tandem', () => {
    const old = stored(indexed({ parallelism: 5 }));
    const to = (spec: object) => ({ ...old, spec: { ...old.spec, ...spec } }) as KubeObject;
    expect(texts(to({ completions: 6, parallelism: 6 }), old)).toEqual([]);
    expect(texts(to({ completions: 6 }), old)).toEqual([
      'spec.completions: can only be modified in tandem with spec.parallelism',
    ]);
  });

  it('leaves a zone in an old schedule alone', () => {
    const old = cron({ schedule: 'TZ=UTC 0 * * * *' });
    expect(updateRefusal(old, cron({ schedule: 'TZ=UTC 1 * * * *' }))).toBeUndefined();
    expect(updateRefusal(old, cron({ schedule: 'TZ=UTC 1 * * * *', timeZone: 'UTC' }))).toContain(
      'cannot use both timeZone field and TZ or CRON_TZ',
    );
  });

  const T0 = '2026-01-01T00:00:00Z';
  const T1 = '2026-01-01T00:01:00Z';
  const conditions = (...types: string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
  const done = { ...conditions('SuccessCriteriaMet', 'Complete'), startTime: T0, completionTime: T1 };
  it.each([
    ['a Job that completes', { active: 1, startTime: T0 }, { ...done, succeeded: 1 }, []],
    ['a count', {}, { active: -1 }, ['status.active: must be greater than or equal to 0']],
    [
      'conditions that end',
      done,
      { startTime: T0, completionTime: T1 },
      [
        'status.completionTime: cannot set completionTime when there is no Complete=True condition',
        'status.conditions: cannot disable the terminal Complete=True condition',
        'status.conditions: cannot disable the SuccessCriteriaMet=True condition',
      ],
    ],
    [
      'completion out of order',
      { startTime: T0 },
      { ...done, ...conditions('Complete') },
      ['status.conditions: cannot set Complete=True condition without the SuccessCriteriaMet=true condition'],
    ],
    [
      'failure out of order',
      { startTime: T0 },
      { ...conditions('Failed'), startTime: T0 },
      ['status.conditions: cannot set Failed=True condition without the FailureTarget=true condition'],
    ],
    [
      'active pods at the end',
      { startTime: T0 },
      { ...done, active: 1 },
      ['status.active: active>0 is invalid for finished job'],
    ],
    ['fewer failures', { failed: 2 }, { failed: 1 }, ['status.failed: cannot decrease the failed counter']],
    ['more ready than active', {}, { ready: 2, active: 1 }, ['status.ready: cannot set more ready pods than active']],
    [
      'indexes',
      {},
      { completedIndexes: '0' },
      ['status.completedIndexes: cannot set non-empty completedIndexes when non-indexed completion mode'],
    ],
  ])('the status: %s', (_name, old, status, errors) => {
    const found = rules.validateStatusUpdate?.(
      { ...before, status } as KubeObject,
      { ...before, status: old } as KubeObject,
    );
    expect(found?.map(({ field, detail }) => `${field}: ${detail}`)).toEqual(errors);
  });

  it('the status: indexes that have both failed and completed', () => {
    const old = stored(indexed({ backoffLimitPerIndex: 1 }));
    const status = { completedIndexes: '0,2-3', failedIndexes: '1-2' };
    expect(rules.validateStatusUpdate?.({ ...old, status } as KubeObject, old)).toMatchObject([
      { field: 'status.failedIndexes', detail: 'failedIndexes and completedIndexes overlap at index: 2' },
    ]);
  });
});

// pkg/apis/batch/v1/defaults_test.go, pkg/registry/batch/job/strategy_test.go
describe('defaults of Jobs', () => {
  it('a plain Job', () => {
    const made = stored(job({ template: template({}, { app: 'a' }) }));
    expect(made.metadata.labels).toEqual({ app: 'a' });
    const labels = {
      app: 'a',
      'controller-uid': 'u',
      'job-name': 'j',
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'j',
    };
    expect(made.spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      template: { metadata: { labels } },
    });
    expect(rules.fields(made)['status.successful']).toBe('0');
  });

  it('counts that depend on others', () => {
    expect(defaulted(job({ parallelism: 2 })).spec).not.toHaveProperty('completions');
    expect(defaulted(job({ completions: 2 })).spec).toMatchObject({ completions: 2, parallelism: 1 });
    expect(defaulted(indexed({ backoffLimitPerIndex: 1 })).spec?.backoffLimit).toBe(2_147_483_647);
    const policy = defaulted(rule({ onPodConditions: [{ type: 'DisruptionTarget' }] })).spec;
    expect(policy?.podReplacementPolicy).toBe('Failed');
    expect(policy?.podFailurePolicy?.rules[0]?.onPodConditions).toEqual([{ type: 'DisruptionTarget', status: 'True' }]);
  });

  it('a CronJob', () => {
    expect(defaulted(cron()).spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { template: { spec: { dnsPolicy: 'ClusterFirst' } } } },
    });
    expect(defaulted(cron()).spec?.jobTemplate.spec).not.toHaveProperty('backoffLimit');
  });
});
