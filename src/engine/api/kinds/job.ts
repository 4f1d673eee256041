/**
 * Jobs and the CronJobs that make them.
 *
 * @source kubernetes pkg/registry/batch/{job,cronjob}/strategy.go, pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go
 */
import { cronScheduleError } from '../cron';
import { defaultPodTemplate } from '../defaults/pod-spec';
import { goStruct, invalid, notSupported, required, type FieldError } from '../field-error';
import { goPodSpec } from '../go-types';
import { genericRules } from '../generic-rules';
import { semanticEqual } from '../json';
import { metadataFields, NAMESPACED_FIELDS } from '../kind-rules';
import { matchesSelector } from '../label-selector';
import { dnsLabelErrors } from '../names';
import { mapShared, withChanges, withDefaults, without } from '../structural-sharing';
import { timeZoneError } from '../time-zone';
import type { CronJob, Job, KubeObject, PodTemplateSpec } from '../types';
import { validateJobSpec, type JobSpec } from '../validation/job';
import { validateJobStatus } from '../validation/job-status';
import { printedSelector, selectorKept, validateLabelSelector } from '../validation/label-selector';
import { immutable, notNegative } from '../validation/object-meta';
import { templateWarnings, validateTemplateLabels } from '../validation/workload';

type CronSpec = NonNullable<CronJob['spec']>;

const NO_SPEC = {} as JobSpec;
const NO_CRON = {} as CronSpec;
const UID = 'controller-uid';
const NAME = 'job-name';
const PREFIX = 'batch.kubernetes.io/';
const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** Labels that tell the pods of a Job from those of any other. */
const ownLabels = ({ metadata: { name, uid } }: Job): Readonly<Record<string, string>> => ({
  [NAME]: name,
  [PREFIX + NAME]: name,
  [UID]: uid ?? '',
  [PREFIX + UID]: uid ?? '',
});

/** What a Job and the template of a CronJob have alike. */
function defaultTemplate(spec: JobSpec): JobSpec {
  const { podFailurePolicy: policy } = spec;
  return withChanges(spec, {
    template: defaultPodTemplate(spec.template ?? {}),
    ...(policy === undefined
      ? {}
      : {
          podFailurePolicy: withChanges(policy, {
            rules: mapShared(policy.rules ?? [], (rule) =>
              rule.onPodConditions === undefined
                ? rule
                : withChanges(rule, {
                    onPodConditions: mapShared(rule.onPodConditions, (one) => withDefaults(one, { status: 'True' })),
                  }),
            ),
          }),
        }),
  });
}

function defaultJob(job: Job): Job {
  const given = job.spec ?? NO_SPEC;
  const alone = given.completions === undefined && given.parallelism === undefined;
  const spec = withDefaults(given, {
    ...(alone ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: given.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: given.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
  const labels = given.template?.metadata?.labels;
  const inherits = labels !== undefined && Object.keys(job.metadata.labels ?? {}).length === 0;
  return withChanges(job, {
    spec: defaultTemplate(spec),
    ...(inherits ? { metadata: { ...job.metadata, labels } } : {}),
  });
}

function withSelector(job: Job): Job {
  const spec = job.spec ?? NO_SPEC;
  if (spec.manualSelector === true) return job;
  const labels = ownLabels(job);
  const { metadata } = spec.template;
  return {
    ...job,
    spec: {
      ...spec,
      selector: {
        ...spec.selector,
        matchLabels: { [PREFIX + UID]: labels[UID] ?? '', ...spec.selector?.matchLabels },
      },
      template: { ...spec.template, metadata: { ...metadata, labels: { ...labels, ...metadata?.labels } } },
    },
  };
}

function generatedErrors(job: Job): FieldError[] {
  const { selector, manualSelector, template } = job.spec ?? NO_SPEC;
  if (manualSelector === true || selector === undefined) return [];
  const expected = ownLabels(job);
  const labels = template.metadata?.labels ?? {};
  const errors: FieldError[] = job.metadata.uid ? [] : [required('metadata.uid')];
  for (const key of [UID, NAME, PREFIX + UID, PREFIX + NAME]) {
    const field = `spec.template.metadata.labels[${key}]`;
    const detail = `must be '${expected[key]}'`;
    if (labels[key] === undefined) errors.push(required(field, detail));
    else if (labels[key] !== expected[key]) errors.push(invalid(field, labels, detail));
  }
  if (!matchesSelector(selector, expected))
    errors.push(invalid('spec.selector', printedSelector(selector), '`selector` not auto-generated'));
  return errors;
}

const jobSpecErrors = (spec: JobSpec): FieldError[] => [
  ...validateJobSpec(spec, 'spec'),
  ...(spec.selector === undefined
    ? [required('spec.selector')]
    : validateLabelSelector(spec.selector, 'spec.selector')),
  ...validateTemplateLabels(spec.template, spec.selector),
];

/** Pods of an Indexed Job are named after it, with their index. */
function hostnameErrors({ metadata, spec }: Job): FieldError[] {
  if (spec?.completionMode !== 'Indexed' || (spec.completions ?? 0) <= 0) return [];
  const last = `${metadata.name}-${(spec.completions ?? 0) - 1}`;
  return dnsLabelErrors(last).length === 0
    ? []
    : [invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${last}`)];
}

/** A template as its internal version prints: what it says of metadata stands beside its spec. */
const goTemplate = ({ metadata, spec }: JobSpec['template']): unknown =>
  goStruct({ ...metadata, Spec: goPodSpec(spec ?? {}) });

/** What of a template may change while its Job has never run. */
function withoutScheduling({ metadata, spec, ...rest }: PodTemplateSpec): unknown {
  const { affinity, ...kept } = without(spec ?? { containers: [] }, 'nodeSelector', 'tolerations', 'schedulingGates');
  return {
    ...rest,
    metadata: without(metadata ?? {}, 'labels', 'annotations'),
    spec: { ...kept, affinity: without(affinity ?? {}, 'nodeAffinity') },
  };
}

function jobUpdateErrors(next: Job, old: Job): FieldError[] {
  const spec = next.spec ?? NO_SPEC;
  const before = old.spec ?? NO_SPEC;
  const fixed = (...names: (keyof JobSpec)[]): FieldError[] =>
    names.flatMap((name) =>
      semanticEqual(spec[name], before[name]) ? [] : immutable(`spec.${name}`, spec[name], before[name]),
    );
  const loose = before.suspend === true && old.status?.startTime === undefined;
  const sameTemplate = loose
    ? semanticEqual(withoutScheduling(spec.template), withoutScheduling(before.template))
    : semanticEqual(spec.template, before.template);
  const { completions } = spec;
  const resized = completions !== undefined && completions !== before.completions && completions !== spec.parallelism;
  return [
    ...jobSpecErrors(spec),
    ...(spec.completionMode !== 'Indexed'
      ? fixed('completions')
      : resized
        ? [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
        : []),
    ...selectorKept(spec.selector, before.selector),
    ...(sameTemplate ? [] : [invalid('spec.template', goTemplate(spec.template), 'field is immutable')]),
    ...fixed('completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'),
  ];
}

function nameWarnings({ metadata: { name } }: KubeObject): readonly string[] {
  const errors = dnsLabelErrors(name);
  return errors.length === 0
    ? []
    : [
        `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
      ];
}

function jobWarnings(spec: JobSpec | undefined, old: JobSpec | undefined, path: string): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? NO_SPEC;
  return [
    ...(completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
        ]
      : []),
    ...templateWarnings(spec?.template, old?.template, `${path}.template`),
  ];
}

export const jobRules = genericRules<Job>({
  status: {},
  generation: true,
  applyDefaults: defaultJob,
  prepareForCreate: withSelector,
  validateCreate: (job) => [...generatedErrors(job), ...jobSpecErrors(job.spec ?? NO_SPEC), ...hostnameErrors(job)],
  validateUpdate: jobUpdateErrors,
  validateStatusUpdate: validateJobStatus,
  selectableFields: [...NAMESPACED_FIELDS, 'status.successful'],
  fields: (job) => ({ ...metadataFields(job), 'status.successful': String(job.status?.succeeded ?? 0) }),
  warnings: (job, old) => [
    ...(old === undefined ? nameWarnings(job) : []),
    ...jobWarnings(job.spec, old?.spec, 'spec'),
  ],
});

function scheduleErrors({ schedule, timeZone }: CronSpec, old?: CronSpec): FieldError[] {
  const field = 'spec.schedule';
  if (!schedule) return [required(field)];
  const error = cronScheduleError(schedule);
  const errors = error === undefined ? [] : [invalid(field, schedule, error)];
  if (!schedule.includes('TZ')) return errors;
  if (old?.schedule.includes('TZ') !== true)
    errors.push(invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined)
    errors.push(invalid(field, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  return errors;
}

function cronErrors(spec: CronSpec, old?: CronSpec): FieldError[] {
  const { concurrencyPolicy: policy, timeZone } = spec;
  const path = 'spec.jobTemplate.spec';
  const job = spec.jobTemplate?.spec ?? NO_SPEC;
  const errors = scheduleErrors(spec, old);
  errors.push(...notNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds));
  const zone = timeZone === undefined || timeZone === old?.timeZone ? undefined : timeZoneError(timeZone);
  if (zone !== undefined) errors.push(invalid('spec.timeZone', timeZone, zone));
  if (!policy) errors.push(required('spec.concurrencyPolicy'));
  else if (!POLICIES.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, POLICIES));
  errors.push(...validateJobSpec(job, path));
  if (job.selector !== undefined)
    errors.push(invalid(`${path}.selector`, printedSelector(job.selector), '`selector` will be auto-generated'));
  if (job.manualSelector === true)
    errors.push(notSupported(`${path}.manualSelector`, job.manualSelector, ['nil', 'false']));
  return [
    ...errors,
    ...notNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...notNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

export const cronJobRules = genericRules<CronJob>({
  status: {},
  generation: true,
  applyDefaults(cron) {
    const spec = withDefaults(cron.spec ?? NO_CRON, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    const template = spec.jobTemplate ?? {};
    return withChanges(cron, {
      spec: withChanges(spec, {
        jobTemplate: withChanges(template, { spec: defaultTemplate(template.spec ?? NO_SPEC) }),
      }),
    });
  },
  validateCreate: ({ metadata, spec }) => [
    ...cronErrors(spec),
    ...((metadata.name?.length ?? 0) > 52
      ? [invalid('metadata.name', metadata.name, 'must be no more than 52 characters')]
      : []),
  ],
  validateUpdate: ({ spec }, old) => cronErrors(spec, old.spec),
  warnings: (cron, old) => [
    ...(old === undefined ? nameWarnings(cron) : []),
    ...jobWarnings(cron.spec?.jobTemplate?.spec, old?.spec?.jobTemplate?.spec, 'spec.jobTemplate.spec'),
  ],
});
