/**
 * What a Deployment's status says of its ReplicaSets, and whether the rollout gets on.
 *
 * @source kubernetes pkg/controller/deployment/sync.go (calculateStatus), progress.go (syncRolloutStatus)
 */
import { conditionOf } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { type Micros, SECOND, seconds } from '#engine/kernel/time';
import {
  type Condition,
  type Conditions,
  hasProgressDeadline,
  newCondition,
  statusWith,
  withCondition,
  withoutCondition,
} from './conditions';
import { maxUnavailable } from './fenceposts';
import { type Generations, availableReplicas, specReplicas, statusReplicas } from './replica-sets';

type Status = Deployment['status'];

const sum = (sets: readonly ReplicaSet[], count: (status: ReplicaSet['status']) => number): number =>
  sets.reduce((total, { status }) => total + count(status), 0);

/** The counts, and whether enough pods are available. */
export function calculateStatus(deployment: Deployment, { newSet, all }: Generations, now: Micros): Status {
  const available = availableReplicas(all);
  const updated = newSet === null ? 0 : newSet.status.replicas;
  const { collisionCount, conditions } = deployment.status;
  const status: Status = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: statusReplicas(all),
    updatedReplicas: updated,
    readyReplicas: sum(all, ({ readyReplicas }) => readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, specReplicas(all) - available),
    terminatingReplicas: sum(all, ({ terminatingReplicas }) => terminatingReplicas ?? 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  const enough = available >= deployment.spec.replicas - maxUnavailable(deployment);
  const condition = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return statusWith(status, withCondition(conditions ?? [], condition));
}

/** The status during a rollout: counts, progress against the deadline, and failures of the ReplicaSets. */
export function rolloutStatus(deployment: Deployment, sets: Generations, now: Micros): Status {
  const status = calculateStatus(deployment, sets, now);
  const conditions = withProgress(deployment, status, sets.newSet, now);
  const failure = replicaFailure(sets);
  return statusWith(
    status,
    failure === null ? withoutCondition(conditions, 'ReplicaFailure') : withCondition(conditions, failure),
  );
}

function withProgress(deployment: Deployment, status: Status, newSet: ReplicaSet | null, now: Micros): Conditions {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  if (status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable') return conditions;
  const subject = newSet === null ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(conditions, newCondition('Progressing', 'True', 'NewReplicaSetAvailable', message, now));
  }
  if (hasProgressed(deployment.status, status)) {
    const progressing = newCondition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now);
    // Told anew even for the same reason: its lastUpdateTime is what the deadline counts from.
    const kept = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const next = kept === undefined ? progressing : { ...progressing, lastTransitionTime: kept };
    return [...withoutCondition(conditions, 'Progressing'), next];
  }
  if (hasTimedOut(deployment, current, now)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(conditions, newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', message, now));
  }
  return conditions;
}

/** All pods are of the new template and available. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const { replicas } = deployment.spec;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** More new pods, fewer old ones, more ready or more available than when the status was last told. */
function hasProgressed(old: Status, next: Status): boolean {
  const oldOnes = ({ replicas, updatedReplicas }: Status): number => (replicas ?? 0) - (updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    oldOnes(next) < oldOnes(old) ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  );
}

function hasTimedOut({ spec }: Deployment, current: Condition | undefined, now: Micros): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return parseTimestamp(current.lastUpdateTime ?? '') + seconds(spec.progressDeadlineSeconds ?? 0) < now;
}

/** µs until a rollout that stands still is to be looked at again; `null` when it is not waited for. */
export function untilDeadline(deployment: Deployment, status: Status, now: Micros): Micros | null {
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || current === undefined) return null;
  if (isComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded') return null;
  const deadline = parseTimestamp(current.lastUpdateTime ?? '') + seconds(deployment.spec.progressDeadlineSeconds ?? 0);
  return Math.max(deadline - now, 0) + SECOND;
}

/** The new ReplicaSet's failure first, else the first old one's. */
function replicaFailure({ newSet, all }: Generations): Condition | null {
  for (const set of newSet === null ? all : [newSet, ...all]) {
    const failure = set.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (failure === undefined) continue;
    const { status, lastTransitionTime, reason = '', message = '' } = failure;
    const time = lastTransitionTime === undefined ? {} : { lastTransitionTime, lastUpdateTime: lastTransitionTime };
    return { type: 'ReplicaFailure', status, reason, message, ...time };
  }
  return null;
}
