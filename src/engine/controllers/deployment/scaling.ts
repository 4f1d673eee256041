/**
 * How many pods each ReplicaSet of a Deployment is to have: plain arithmetic on sizes.
 *
 * @source kubernetes pkg/controller/deployment/rolling.go, sync.go (scale), util/deployment_util.go
 */
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { DESIRED_REPLICAS, numberIn } from './annotations';
import { isRollingUpdate, maxSurge, minAvailable } from './fenceposts';
import { type Generations, activeSets, availableReplicas, olderFirst, specReplicas } from './replica-sets';

/** A ReplicaSet and the size it is to have. `from` is its size before this step, which a plan may change twice. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly from: number;
  readonly to: number;
}

/** The size of the new ReplicaSet while it grows: as far as the surge over all ReplicaSets lets it. */
export function newSetSize(deployment: Deployment, all: readonly ReplicaSet[], size: number): number {
  const { replicas } = deployment.spec;
  if (!isRollingUpdate(deployment)) return replicas;
  const room = replicas + maxSurge(deployment) - specReplicas(all);
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

/** What the new ReplicaSet of a rolling update is scaled to now. */
export function resizeNew(deployment: Deployment, { newSet, all }: Generations): Resize | null {
  if (newSet === null) return null;
  const from = newSet.spec.replicas;
  const { replicas } = deployment.spec;
  const to = from > replicas ? replicas : from < replicas ? newSetSize(deployment, all, from) : from;
  return to === from ? null : { set: newSet, from, to };
}

/**
 * What the old ReplicaSets of a rolling update are scaled down to now: first pods that are not available, then as many
 * as availability lets go, the oldest ReplicaSet first each time. One ReplicaSet may appear twice, in that order.
 */
export function resizeOld(deployment: Deployment, { newSet, oldSets, all }: Generations): readonly Resize[] {
  const old = [...activeSets(oldSets)].sort(olderFirst);
  if (old.length === 0) return [];
  const newUnavailable = newSet === null ? 0 : newSet.spec.replicas - (newSet.status.availableReplicas ?? 0);
  const budget = specReplicas(all) - minAvailable(deployment) - newUnavailable;
  if (budget <= 0) return [];
  const resizes: Resize[] = [];
  const sizes = new Map(old.map((set) => [set, set.spec.replicas]));
  const shrink = (set: ReplicaSet, count: number): void => {
    const from = sizes.get(set) ?? 0;
    sizes.set(set, from - count);
    resizes.push({ set, from, to: from - count });
  };

  let unhealthyLeft = budget;
  for (const set of old) {
    const count = Math.min(unhealthyLeft, set.spec.replicas - (set.status.availableReplicas ?? 0));
    if (count <= 0) continue;
    unhealthyLeft -= count;
    shrink(set, count);
  }
  let spare = availableReplicas(newSet === null ? old : [...old, newSet]) - minAvailable(deployment);
  for (const set of old) {
    const count = Math.min(spare, sizes.get(set) ?? 0);
    if (count <= 0) continue;
    spare -= count;
    shrink(set, count);
  }
  return resizes;
}

/** Whether somebody changed `spec.replicas` since the ReplicaSets were last sized. */
export function isScalingEvent(deployment: Deployment, { all }: Generations): boolean {
  return activeSets(all).some((set) => {
    const desired = numberIn(set.metadata.annotations, DESIRED_REPLICAS);
    return desired !== null && desired !== deployment.spec.replicas;
  });
}
