/** @source kubernetes pkg/controller/statefulset/stateful_set_control.go (updateStatus), stateful_set_utils.go (completeRollingUpdate) */
import { semanticEqual } from '#engine/api/json';
import type { Pod, StatefulSet } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { isAvailable, isCreated, isRunningAndReady, isTerminating, replicasOf, revisionOf, specOf } from './identity';

type Status = NonNullable<StatefulSet['status']>;

export interface NewStatus {
  readonly status: Status;
  readonly changed: boolean;
}

/** Counts the pods, and takes the new revision for the current one when all pods are of it. */
export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: { readonly current: string; readonly update: string },
  now: Micros,
): NewStatus {
  const created = pods.filter(isCreated);
  const ready = pods.filter(isRunningAndReady);
  const living = created.filter((pod) => !isTerminating(pod));
  const replicas = created.length;
  const updated = living.filter((pod) => revisionOf(pod) === revisions.update).length;
  const wanted = replicasOf(set);
  const isComplete =
    specOf(set).updateStrategy?.type === 'RollingUpdate' &&
    updated === wanted &&
    ready.length === wanted &&
    replicas === wanted;
  const currentRevision = isComplete ? revisions.update : revisions.current;
  const current = living.filter((pod) => revisionOf(pod) === currentRevision).length;
  const { collisionCount = 0, conditions } = set.status ?? ({} as Status);
  const status: Status = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas,
    ...(ready.length === 0 ? {} : { readyReplicas: ready.length }),
    ...(current === 0 ? {} : { currentReplicas: current }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    currentRevision,
    updateRevision: revisions.update,
    collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
    availableReplicas: ready.filter((pod) => isAvailable(pod, set, now)).length,
  };
  return { status, changed: !semanticEqual(status, set.status) };
}
