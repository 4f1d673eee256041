/** The columns of kinds that make pods. @source kubernetes pkg/printers/internalversion/printers.go */
import { humanDuration } from '../duration';
import { formatLabels, formatLabelSelector } from '../label-selector';
import { hasCondition } from '../meta';
import { parseTimestamp } from '../timestamp';
import type { Kinds } from '../types';
import { ageText, columns, groupedName, namesAndImages, NONE, type Printers, sinceText, UNSET } from './printer';

const REPLICA_COLUMNS = columns('Name,Desired:integer,Current:integer,Ready:integer,Age,Containers+,Images+,Selector+');

/** Conditions that end or hold a job, the first that is True being its status. */
const JOB_ENDS = ['Complete', 'Failed'];
const JOB_HOLDS = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function jobStatus({ metadata, status }: Kinds['Job']): string {
  const first = (types: readonly string[]) => types.find((type) => hasCondition(status?.conditions, type));
  const deleted = metadata.deletionTimestamp === undefined ? undefined : 'Terminating';
  return first(JOB_ENDS) ?? deleted ?? first(JOB_HOLDS) ?? 'Running';
}

function jobCompletions({ spec, status }: Kinds['Job']): string {
  const { completions, parallelism = 0 } = spec ?? {};
  const wanted = completions ?? (parallelism > 1 ? `1 of ${parallelism}` : 1);
  return `${status?.succeeded ?? 0}/${wanted}`;
}

function jobDuration({ status }: Kinds['Job'], now: number): string {
  const { startTime, completionTime } = status ?? {};
  if (!startTime) return '';
  return humanDuration((completionTime ? parseTimestamp(completionTime) : now) - parseTimestamp(startTime));
}

export const workloadPrinters: Printers = {
  Deployment: {
    columns: columns('Name,Ready,Up-to-date,Available,Age,Containers+,Images+,Selector+'),
    cells: (deployment, now) => [
      deployment.metadata.name,
      `${deployment.status?.readyReplicas ?? 0}/${deployment.spec.replicas}`,
      deployment.status?.updatedReplicas ?? 0,
      deployment.status?.availableReplicas ?? 0,
      ageText(deployment.metadata, now),
      ...namesAndImages(deployment.spec.template),
      formatLabelSelector(deployment.spec.selector).replace('<error>', '<invalid>'),
    ],
  },
  ReplicaSet: {
    columns: REPLICA_COLUMNS,
    cells: (replicaSet, now) => [
      replicaSet.metadata.name,
      replicaSet.spec.replicas,
      replicaSet.status?.replicas ?? 0,
      replicaSet.status?.readyReplicas ?? 0,
      ageText(replicaSet.metadata, now),
      ...namesAndImages(replicaSet.spec.template),
      formatLabelSelector(replicaSet.spec.selector),
    ],
  },
  ReplicationController: {
    columns: REPLICA_COLUMNS,
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      ageText(metadata, now),
      ...namesAndImages(spec?.template),
      formatLabels(spec?.selector),
    ],
  },
  StatefulSet: {
    columns: columns('Name,Ready,Age,Containers+,Images+'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      ageText(metadata, now),
      ...namesAndImages(spec?.template),
    ],
  },
  DaemonSet: {
    columns: columns(
      'Name,Desired:integer,Current:integer,Ready:integer,Up-to-date:integer,Available:integer,Node Selector,Age,Containers+,Images+,Selector+',
    ),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatLabels(spec?.template?.spec?.nodeSelector),
      ageText(metadata, now),
      ...namesAndImages(spec?.template),
      formatLabelSelector(spec?.selector),
    ],
  },
  Job: {
    columns: columns('Name,Status,Completions,Duration,Age,Containers+,Images+,Selector+'),
    cells: (job, now) => [
      job.metadata.name,
      jobStatus(job),
      jobCompletions(job),
      jobDuration(job, now),
      ageText(job.metadata, now),
      ...namesAndImages(job.spec?.template),
      formatLabelSelector(job.spec?.selector),
    ],
  },
  CronJob: {
    columns: columns(
      'Name,Schedule,Timezone,Suspend:boolean,Active:integer,Last Schedule,Age,Containers+,Images+,Selector+',
    ),
    cells({ metadata, spec, status }, now) {
      const { suspend, jobTemplate } = spec ?? {};
      return [
        metadata.name,
        spec?.schedule ?? '',
        spec?.timeZone ?? NONE,
        suspend === undefined ? UNSET : suspend ? 'True' : 'False',
        (status?.active ?? []).length,
        status?.lastScheduleTime ? sinceText(status.lastScheduleTime, now) : NONE,
        ageText(metadata, now),
        ...namesAndImages(jobTemplate?.spec?.template),
        formatLabelSelector(jobTemplate?.spec?.selector),
      ];
    },
  },
  ControllerRevision: {
    columns: columns('Name,Controller,Revision,Age'),
    cells({ metadata, revision }, now) {
      const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
      const version = owner?.apiVersion ?? '';
      const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
      const controller = owner === undefined ? NONE : groupedName(group, owner.kind, owner.name);
      return [metadata.name, controller, revision, ageText(metadata, now)];
    },
  },
  PodTemplate: {
    columns: columns('Name,Containers,Images,Pod Labels'),
    cells: ({ metadata, template }) => [
      metadata.name,
      ...namesAndImages(template),
      formatLabels(template?.metadata?.labels),
    ],
  },
  PodDisruptionBudget: {
    columns: columns('Name,Min Available,Max Unavailable,Allowed Disruptions:integer,Age'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      String(spec?.minAvailable ?? 'N/A'),
      String(spec?.maxUnavailable ?? 'N/A'),
      status?.disruptionsAllowed ?? 0,
      ageText(metadata, now),
    ],
  },
};
