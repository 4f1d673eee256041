/** @source kubernetes pkg/api/v1/pod/util.go (IsPodAvailable) */
import { podCondition } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Pod } from '#engine/api/types';
import { type Micros, seconds } from '#engine/kernel/time';

/** Whether a pod has been Ready for so many seconds. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Micros): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime;
  return (since ?? '') !== '' && parseTimestamp(since!) + seconds(minReadySeconds) <= now;
}
