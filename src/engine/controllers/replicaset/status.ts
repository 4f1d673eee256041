/**
 * What a ReplicaSet's status says of its pods.
 *
 * @source kubernetes pkg/controller/replicaset/replica_set_utils.go (calculateStatus, updateReplicaSetStatus)
 */
import { includesLabels } from '#engine/api/label-selector';
import type { Pod, ReplicaSet } from '#engine/api/types';
import type { PodStanding } from '#engine/api/pod-standing';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import { type Micros, seconds } from '#engine/kernel/time';

type Status = ReplicaSet['status'];
type Condition = NonNullable<Status['conditions']>[number];

export interface Observation {
  readonly status: Status;
  /** µs until the next Ready pod has been so for `minReadySeconds`; `null` when none is waiting. */
  readonly nextAvailable: Micros | null;
}

/** A failed create or delete of pods. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** Counts the pods in one pass. `standings` are theirs; `failure` is what the last attempt to create or delete pods ran into. */
export function observe(
  owner: ReplicaSet,
  active: readonly Pod[],
  standings: readonly PodStanding[],
  terminating: number,
  failure: ReplicaFailure | null,
  now: Micros,
): Observation {
  const minReady = seconds(owner.spec.minReadySeconds ?? 0);
  const templateLabels = owner.spec.template.metadata?.labels ?? {};
  let labels: Pod['metadata']['labels'];
  let labeled = includesLabels(undefined, templateLabels);
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  let nextAvailable: Micros | null = null;
  standings.forEach((standing, at) => {
    // Pods of one template share their labels object.
    if (standing.labels !== labels) {
      labels = standing.labels;
      labeled = includesLabels(labels, templateLabels);
    }
    if (labeled) fullyLabeled += 1;
    if (!standing.isReady) return;
    ready += 1;
    const wait = minReady === 0 ? 0 : untilAvailable(active[at]!, minReady, now);
    if (wait <= 0) available += 1;
    else if (nextAvailable === null || wait < nextAvailable) nextAvailable = wait;
  });
  const { conditions: _, ...rest } = owner.status;
  const conditions = conditionsAfter(owner.status.conditions, failure, now);
  const status: Status = {
    ...rest,
    replicas: active.length,
    fullyLabeledReplicas: fullyLabeled,
    readyReplicas: ready,
    availableReplicas: available,
    terminatingReplicas: terminating,
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
  };
  return { status, nextAvailable };
}

/** Whether a status says anything else than the stored one. */
export function statusChanged(old: Status, next: Status): boolean {
  return (
    old.replicas !== next.replicas ||
    (old.fullyLabeledReplicas ?? 0) !== next.fullyLabeledReplicas ||
    (old.readyReplicas ?? 0) !== next.readyReplicas ||
    (old.availableReplicas ?? 0) !== next.availableReplicas ||
    (old.terminatingReplicas ?? 0) !== next.terminatingReplicas ||
    (old.observedGeneration ?? 0) !== next.observedGeneration ||
    (old.conditions ?? []).length !== (next.conditions ?? []).length ||
    (old.conditions ?? []).some((condition, index) => condition !== next.conditions?.[index])
  );
}

/** A ReplicaFailure that stands is left as it is while pods go on failing; one success takes it away. */
function conditionsAfter(
  conditions: Status['conditions'],
  failure: ReplicaFailure | null,
  now: Micros,
): readonly Condition[] {
  const stored = conditions ?? [];
  const failing = stored.some((condition) => condition.type === 'ReplicaFailure');
  if (failure === null) return failing ? stored.filter((condition) => condition.type !== 'ReplicaFailure') : stored;
  if (failing) return stored;
  const { reason, message } = failure;
  return [...stored, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(now), reason, message }];
}

function untilAvailable(pod: Pod, minReady: Micros, now: Micros): Micros {
  const since = pod.status.conditions?.find((condition) => condition.type === 'Ready')?.lastTransitionTime;
  if (since === undefined || since === null || since === '') return minReady;
  return parseTimestamp(since) + minReady - now;
}
