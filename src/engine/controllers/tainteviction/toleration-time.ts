/**
 * How long a pod may stay on a node with these taints.
 *
 * @source kubernetes pkg/controller/tainteviction/taint_eviction.go (getMinTolerationTime), pkg/apis/core/v1/helper/helpers.go
 */
import { tolerates } from '#engine/api/taints';
import type { Taint, Toleration } from '#engine/api/types';
import { type Micros, seconds } from '#engine/kernel/time';

/** For ever. */
export const FOREVER = null;

/** The tolerations that are used for the taints, one each; `null` when some taint is not tolerated at all. */
export function usedTolerations(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): readonly Toleration[] | null {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const match = tolerations.find((toleration) => tolerates(toleration, taint));
    if (match === undefined) return null;
    used.push(match);
  }
  return used;
}

/** The least `tolerationSeconds` of those that have one, in µs and not below 0; `FOREVER` when none has; 0 when there are none. */
export function minTolerationTime(tolerations: readonly Toleration[]): Micros | null {
  if (tolerations.length === 0) return 0;
  let least: number | null = FOREVER;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds !== undefined) least = Math.min(least ?? Infinity, Math.max(0, tolerationSeconds));
  }
  return least === FOREVER ? FOREVER : seconds(least);
}
