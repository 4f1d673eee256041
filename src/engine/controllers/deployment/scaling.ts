/**
 * How many pods each ReplicaSet of a Deployment is to have: plain arithmetic on sizes.
 *
 * @source kubernetes pkg/controller/deployment/rolling.go, sync.go (scale), util/deployment_util.go
 */
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { DESIRED_REPLICAS, MAX_REPLICAS, numberIn } from './annotations';
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

/**
 * The sizes after `spec.replicas` changed outside a template change: the one active ReplicaSet takes it all; old ones
 * go once the new one is saturated; in the middle of a rollout each gets its share.
 */
export function resizeAll(deployment: Deployment, sets: Generations): readonly Resize[] {
  const { replicas } = deployment.spec;
  const single = activeOrLatest(sets);
  if (single !== null) return resizesTo([single], () => replicas);
  if (isSaturated(deployment, sets.newSet)) return resizesTo(activeSets(sets.oldSets), () => 0);
  if (!isRollingUpdate(deployment)) return [];
  const sizes = proportionalSizes(deployment, activeSets(sets.all));
  return [...sizes].map(([set, to]) => ({ set, from: set.spec.replicas, to }));
}

const resizesTo = (sets: readonly ReplicaSet[], size: (set: ReplicaSet) => number): readonly Resize[] =>
  sets.map((set) => ({ set, from: set.spec.replicas, to: size(set) })).filter(({ from, to }) => from !== to);

/** The only active ReplicaSet; when none is active the new one, or else the latest; `null` when several are. */
function activeOrLatest({ newSet, oldSets, all }: Generations): ReplicaSet | null {
  const active = activeSets(all);
  if (active.length > 1) return null;
  return active[0] ?? newSet ?? [...oldSets].sort((a, b) => olderFirst(b, a))[0] ?? null;
}

function isSaturated({ spec }: Deployment, set: ReplicaSet | null): boolean {
  return (
    set !== null &&
    set.spec.replicas === spec.replicas &&
    numberIn(set.metadata.annotations, DESIRED_REPLICAS) === spec.replicas &&
    set.status.availableReplicas === spec.replicas
  );
}

/**
 * Spreads what is to be added or removed over the active ReplicaSets in proportion to their sizes; what rounding leaves
 * over goes to the largest.
 */
export function proportionalSizes(
  deployment: Deployment,
  active: readonly ReplicaSet[],
): ReadonlyMap<ReplicaSet, number> {
  const { replicas } = deployment.spec;
  const toAdd = (replicas > 0 ? replicas + maxSurge(deployment) : 0) - specReplicas(active);
  const newerFirst = toAdd > 0;
  const sorted = [...active].sort(
    (a, b) => b.spec.replicas - a.spec.replicas || (newerFirst ? olderFirst(b, a) : olderFirst(a, b)),
  );
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of sorted) {
    const share = toAdd === 0 ? 0 : proportionOf(deployment, set, toAdd, added);
    sizes.set(set, set.spec.replicas + share);
    added += share;
  }
  const [largest] = sorted;
  if (largest !== undefined && toAdd !== added) {
    sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  }
  return sizes;
}

/** The share of one ReplicaSet, no more than what is left to be shared. */
function proportionOf(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (set.spec.replicas === 0 || toAdd === added) return 0;
  const share = fractionOf(deployment, set);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fractionOf(deployment: Deployment, { metadata, spec }: ReplicaSet): number {
  if (deployment.spec.replicas === 0) return -spec.replicas;
  const before = numberIn(metadata.annotations, MAX_REPLICAS) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  const size = (spec.replicas * (deployment.spec.replicas + maxSurge(deployment))) / before;
  return Math.floor(size + 0.5) - spec.replicas;
}
