/** Bounds of rollouts and budgets, from what their specs say. Reckoned apart from the controllers that are checked by them. */
import { controllerOf } from '#engine/api/meta';
import type { Deployment, Pod, PodDisruptionBudget } from '#engine/api/types';
import type { Sight } from '../observe/sight';

/** `3`, or `"25%"` of a total. */
function share(value: number | string, total: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * total) / 100);
}

export interface Bounds {
  readonly surge: number;
  readonly unavailable: number;
  readonly isRecreate: boolean;
}

export function rolloutBounds({ spec: { strategy, replicas } }: Deployment): Bounds {
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, replicas, Math.ceil);
  const unavailable = share(maxUnavailable, replicas, Math.floor);
  return {
    surge,
    unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable,
    isRecreate: strategy?.type === 'Recreate',
  };
}

/** How many of these pods must stay healthy; null: it hangs on pods whose owner is not known. */
export function budgetOf(sight: Sight, { spec }: PodDisruptionBudget, pods: readonly Pod[]): number | null {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (typeof minAvailable === 'number') return minAvailable;
  const owners = new Set(pods.map((pod) => controllerOf(pod)?.uid ?? ''));
  let expected = 0;
  const counted = new Set<string>();
  for (const uid of owners) {
    const owner = sight.byUid(uid);
    if (owner === undefined) return null;
    const top = sight.byUid(controllerOf(owner)?.uid ?? '') ?? owner;
    if (!counted.has(top.metadata.uid)) expected += (top as Deployment).spec.replicas;
    counted.add(top.metadata.uid);
  }
  if (minAvailable !== undefined) return share(minAvailable, expected, Math.ceil);
  return Math.max(0, expected - share(maxUnavailable ?? 1, expected, Math.ceil));
}
