/**
 * How many pods more, and how many fewer, than asked for a rollout may have.
 *
 * @source kubernetes pkg/controller/deployment/util/deployment_util.go (ResolveFenceposts, MaxUnavailable, MaxSurge)
 */
import { type IntOrString, scaledValue } from '#engine/api/int-or-string';
import type { Deployment } from '#engine/api/types';

export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/** Percentages of `desired`: surge rounds up, unavailable down. When both come to 0, one pod may be unavailable. */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): Fenceposts {
  const surge = countOf(maxSurge, desired, 'up');
  const unavailable = countOf(maxUnavailable, desired, 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function isRollingUpdate({ spec }: Deployment): boolean {
  return spec.strategy?.type !== 'Recreate';
}

/** 0 unless the Deployment rolls. */
export function maxSurge(deployment: Deployment): number {
  if (!isRollingUpdate(deployment)) return 0;
  const rolling = deployment.spec.strategy?.rollingUpdate;
  return countOf(rolling?.maxSurge, deployment.spec.replicas, 'up');
}

/** 0 unless the Deployment rolls and wants pods; never more than it wants. */
export function maxUnavailable(deployment: Deployment): number {
  const { replicas, strategy } = deployment.spec;
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  const rolling = strategy?.rollingUpdate;
  return Math.min(resolveFenceposts(rolling?.maxSurge, rolling?.maxUnavailable, replicas).unavailable, replicas);
}

export function minAvailable(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? deployment.spec.replicas - maxUnavailable(deployment) : 0;
}

/** Validation lets nothing through that is no number or percentage; nothing given counts as 0. */
function countOf(value: IntOrString | undefined, total: number, round: 'up' | 'down'): number {
  const scaled = scaledValue(value ?? 0, total, round);
  return scaled.ok ? scaled.value : 0;
}
