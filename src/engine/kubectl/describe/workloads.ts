/** What makes pods. @source kubernetes kubectl/pkg/describe/describe.go */
import { humanDuration } from '#engine/api/duration';
import { parseTimestamp } from '#engine/api/timestamp';
import { deepEqual } from '#engine/api/json';
import type {
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  KubeObject,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '#engine/api/types';
import { ask, want } from '../call/context';
import type { Doing } from '../call/effects';
import { describeTemplate } from './containers';
import {
  controllerText,
  type Description,
  describeEvents,
  goList,
  labelsText,
  momentText,
  NONE,
  selectorText,
  UNSET,
} from './description';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

function describeConditions(d: Description, conditions: readonly Condition[] | undefined): void {
  if (conditions === undefined || conditions.length === 0) return;
  d.line(0, 'Conditions:');
  d.line(1, 'Type\tStatus\tReason');
  d.line(1, '----\t------\t------');
  for (const { type, status, reason = '' } of conditions) d.line(1, `${type} \t${status}\t${reason}`);
}

/** Pods that a selector finds and that the object controls, by phase. */
function* podsStatus(d: Description, owner: KubeObject, labelSelector: string): Doing<string> {
  const reply = yield* ask(d.call, {
    method: 'GET',
    path: `/api/v1/namespaces/${owner.metadata.namespace}/pods`,
    query: { labelSelector, limit: '500' },
  });
  if (!reply.ok) return `error in fetching pods: ${(reply.body as { readonly message?: string }).message ?? ''}`;
  const pods = (reply.body as { readonly items: readonly Pod[] }).items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid),
  );
  const count = (phase: string): number => pods.filter(({ status }) => status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

export function* describeDeployment(d: Description, deployment: Deployment): Doing<void> {
  const { metadata, spec, status } = deployment;
  d.head(deployment);
  d.field('CreationTimestamp', momentText(metadata.creationTimestamp));
  d.marks(deployment);
  d.field('Selector', selectorText(spec.selector));
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  d.field(
    'Replicas',
    `${spec.replicas ?? 1} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
  );
  d.field('StrategyType', spec.strategy?.type ?? '');
  d.field('MinReadySeconds', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined)
    d.field('RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  describeTemplate(d, spec.template);
  describeConditions(d, status.conditions);
  const { items } = yield* want<{ readonly items: readonly ReplicaSet[] }>(d.call, {
    method: 'GET',
    path: `/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`,
    query: { labelSelector: selectorText(spec.selector) },
  });
  const owned = items
    .filter((set) =>
      set.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid),
    )
    .toSorted((a, b) => createdAt(a) - createdAt(b));
  const current = owned.find((set) => sameTemplate(set.spec?.template, spec.template));
  const old = owned.filter((set) => set !== current);
  if (owned.length > 0) {
    d.field('OldReplicaSets', setsText(old));
    d.field('NewReplicaSet', setsText(current === undefined ? [] : [current]));
  }
  yield* describeEvents(d, deployment);
}

const createdAt = ({ metadata }: KubeObject): number => parseTimestamp(metadata.creationTimestamp ?? '');

/** Templates are the same but for the hash that the controller adds. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  const plain = (template: PodTemplateSpec | undefined): unknown => {
    const { 'pod-template-hash': _hash, ...labels } = template?.metadata?.labels ?? {};
    return { ...template, metadata: { ...template?.metadata, labels } };
  };
  return deepEqual(plain(a), plain(b));
}

const setsText = (sets: readonly ReplicaSet[]): string =>
  sets
    .map(
      ({ metadata, spec, status }) =>
        `${metadata.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 1} replicas created)`,
    )
    .join(', ') || NONE;

export function* describeReplicaSet(d: Description, set: ReplicaSet): Doing<void> {
  d.head(set);
  const selector = selectorText(set.spec?.selector);
  d.field('Selector', selector);
  yield* describeReplicas(d, set, selector);
}

export function* describeReplicationController(d: Description, controller: ReplicationController): Doing<void> {
  d.head(controller);
  const selector = labelsText(controller.spec?.selector);
  d.field('Selector', selector);
  yield* describeReplicas(d, controller as unknown as ReplicaSet, selector);
}

function* describeReplicas(d: Description, set: ReplicaSet, selector: string): Doing<void> {
  d.marks(set);
  const controller = controllerText(set);
  if (controller !== null) d.field('Controlled By', controller);
  d.field('Replicas', `${set.status?.replicas ?? 0} current / ${set.spec?.replicas ?? 1} desired`);
  d.field('Pods Status', yield* podsStatus(d, set, selector));
  describeTemplate(d, set.spec?.template);
  describeConditions(d, set.status?.conditions);
  yield* describeEvents(d, set);
}

export function* describeStatefulSet(d: Description, set: StatefulSet): Doing<void> {
  const { metadata, spec, status } = set;
  d.head(set);
  d.field('CreationTimestamp', momentText(metadata.creationTimestamp));
  const selector = selectorText(spec!.selector);
  d.field('Selector', selector);
  d.marks(set);
  d.field('Replicas', `${spec!.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  d.field('Update Strategy', spec!.updateStrategy?.type ?? '');
  const rolling = spec!.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    d.field('Partition', rolling.partition, 1);
    if (rolling.maxUnavailable !== undefined) d.field('MaxUnavailable', rolling.maxUnavailable, 1);
  }
  d.field('Pods Status', yield* podsStatus(d, set, selector));
  describeTemplate(d, spec!.template);
  const claims = spec!.volumeClaimTemplates ?? [];
  if (claims.length === 0) d.field('Volume Claims', NONE);
  else d.line(0, 'Volume Claims:');
  for (const { metadata: own, spec: wanted } of claims) {
    d.field('Name', own?.name ?? '', 1);
    d.field('StorageClass', wanted?.storageClassName ?? '', 1);
    d.labels('Labels', own?.labels, 1);
    d.labels('Annotations', own?.annotations, 1);
    d.field('Capacity', wanted?.resources?.requests?.['storage'] ?? '<default>', 1);
    d.field('Access Modes', goList(wanted?.accessModes), 1);
  }
  yield* describeEvents(d, set);
}

export function* describeDaemonSet(d: Description, set: DaemonSet): Doing<void> {
  const { spec, status } = set;
  d.head(set);
  const selector = selectorText(spec!.selector);
  d.field('Selector', selector);
  d.field('Node-Selector', labelsText(spec!.template.spec?.nodeSelector));
  d.marks(set);
  d.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  d.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  d.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  d.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  d.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  d.field('Pods Status', yield* podsStatus(d, set, selector));
  describeTemplate(d, spec!.template);
  yield* describeEvents(d, set);
}

export function* describeJob(d: Description, job: Job): Doing<void> {
  const { spec, status } = job;
  d.head(job);
  d.field('Selector', selectorText(spec!.selector));
  d.marks(job);
  const controller = controllerText(job);
  if (controller !== null) d.field('Controlled By', controller);
  if (spec!.parallelism !== undefined) d.field('Parallelism', spec!.parallelism);
  d.field('Completions', spec!.completions ?? UNSET);
  if (spec!.completionMode !== undefined) d.field('Completion Mode', spec!.completionMode);
  if (spec!.suspend !== undefined) d.field('Suspend', spec!.suspend);
  if (spec!.backoffLimit !== undefined) d.field('Backoff Limit', spec!.backoffLimit);
  if (spec!.ttlSecondsAfterFinished !== undefined) d.field('TTL Seconds After Finished', spec!.ttlSecondsAfterFinished);
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0 } = status ?? {};
  if (startTime) d.field('Start Time', momentText(startTime));
  if (completionTime) d.field('Completed At', momentText(completionTime));
  if (startTime && completionTime)
    d.field('Duration', humanDuration(parseTimestamp(completionTime) - parseTimestamp(startTime)));
  if (spec!.activeDeadlineSeconds !== undefined) d.field('Active Deadline Seconds', `${spec!.activeDeadlineSeconds}s`);
  d.field(
    'Pods Statuses',
    `${active} Active${ready === undefined ? '' : ` (${ready} Ready)`} / ${succeeded} Succeeded / ${failed} Failed`,
  );
  if (spec!.completionMode === 'Indexed') d.field('Completed Indexes', indexesText(status?.completedIndexes ?? ''));
  describeTemplate(d, spec!.template);
  yield* describeEvents(d, job);
}

/** At most about fifty letters. */
function indexesText(indexes: string): string {
  if (indexes === '') return NONE;
  const comma = indexes.indexOf(',', 50);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

export function* describeCronJob(d: Description, cronJob: CronJob): Doing<void> {
  const { spec, status } = cronJob;
  d.head(cronJob);
  d.marks(cronJob);
  d.field('Schedule', spec.schedule);
  d.field('Concurrency Policy', spec.concurrencyPolicy ?? '');
  d.field('Suspend', spec.suspend === undefined ? UNSET : spec.suspend ? 'True' : 'False');
  d.field('Successful Job History Limit', spec.successfulJobsHistoryLimit ?? UNSET);
  d.field('Failed Job History Limit', spec.failedJobsHistoryLimit ?? UNSET);
  d.field(
    'Starting Deadline Seconds',
    spec.startingDeadlineSeconds === undefined ? UNSET : `${spec.startingDeadlineSeconds}s`,
  );
  const { selector, parallelism, completions, activeDeadlineSeconds, template } = spec.jobTemplate.spec!;
  d.field('Selector', selector === undefined ? UNSET : selectorText(selector));
  d.field('Parallelism', parallelism ?? UNSET);
  d.field('Completions', completions ?? UNSET);
  if (activeDeadlineSeconds !== undefined) d.field('Active Deadline Seconds', `${activeDeadlineSeconds}s`);
  describeTemplate(d, template);
  d.field('Last Schedule Time', status?.lastScheduleTime ? momentText(status.lastScheduleTime) : UNSET);
  d.field('Active Jobs', (status?.active ?? []).map(({ name }) => name).join(', ') || NONE);
  yield* describeEvents(d, cronJob);
}
