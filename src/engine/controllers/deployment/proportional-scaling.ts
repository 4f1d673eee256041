/**
 * The sizes of a Deployment's ReplicaSets when nothing but `spec.replicas` changed.
 *
 * @source kubernetes pkg/controller/deployment/sync.go (scale), util/deployment_util.go (GetReplicaSetProportion)
 */
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { DESIRED_REPLICAS, MAX_REPLICAS, numberIn } from './annotations';
import { isRollingUpdate, maxSurge } from './fenceposts';
import { type Generations, activeSets, olderFirst, specReplicas } from './replica-sets';
import type { Resize } from './scaling';

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
