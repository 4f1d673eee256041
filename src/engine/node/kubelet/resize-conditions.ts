/** The conditions that tell of a pod's resize. @source kubernetes pkg/kubelet/status/status_manager.go (GetPodResizeConditions) */
import { timestamp } from '#engine/api/timestamp';
import type { PodCondition } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { PodWorker, ResizeWork } from './state';

export const RESIZE_CONDITIONS: readonly string[] = ['PodResizePending', 'PodResizeInProgress'];

/** The conditions of a resize under way. */
export function resizeConditions(
  { pending, said }: ResizeWork,
  { pod, status }: PodWorker,
  now: Micros,
): readonly PodCondition[] {
  const condition = (type: string, more: { readonly reason?: string; readonly message?: string }): PodCondition => {
    const old = status.conditions?.find((one) => one.type === type);
    const { generation } = pod.metadata;
    return {
      type,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'True',
      lastTransitionTime: old?.lastTransitionTime ?? timestamp(now),
      ...more,
    };
  };
  return [
    ...(pending === null ? [] : [condition('PodResizePending', { reason: pending.reason, message: pending.message })]),
    ...(said === '' ? [] : [condition('PodResizeInProgress', {})]),
  ];
}
