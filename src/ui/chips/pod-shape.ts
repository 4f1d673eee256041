/** Which shape a pod has: its state, in a form that needs no colour. Pure. */
import type { PodRecord } from '#engine/cluster/records';

export type PodShape =
  | 'running'
  | 'not-ready'
  | 'absent'
  | 'pending'
  | 'creating'
  | 'terminating'
  | 'crashing'
  | 'image-error'
  | 'completed'
  | 'failed'
  | 'unknown';

/** All shapes, for legends and tests. */
export const POD_SHAPES: readonly PodShape[] = [
  'running',
  'not-ready',
  'absent',
  'pending',
  'creating',
  'terminating',
  'crashing',
  'image-error',
  'completed',
  'failed',
  'unknown',
];

const BY_STATUS: Readonly<Record<string, PodShape>> = {
  Pending: 'pending',
  SchedulingGated: 'pending',
  ContainerCreating: 'creating',
  PodInitializing: 'creating',
  Terminating: 'terminating',
  CrashLoopBackOff: 'crashing',
  Error: 'crashing',
  OOMKilled: 'crashing',
  ContainerCannotRun: 'crashing',
  StartError: 'crashing',
  RunContainerError: 'crashing',
  ErrImagePull: 'image-error',
  ImagePullBackOff: 'image-error',
  ErrImageNeverPull: 'image-error',
  InvalidImageName: 'image-error',
  ImageInspectError: 'image-error',
  CreateContainerError: 'image-error',
  CreateContainerConfigError: 'image-error',
  Completed: 'completed',
  Succeeded: 'completed',
  Failed: 'failed',
  Evicted: 'failed',
  NodeLost: 'failed',
  NodeAffinity: 'failed',
  DeadlineExceeded: 'failed',
  Unknown: 'unknown',
};

/** The shape for a word of kubectl's STATUS column. */
export function shapeOfStatus(status: string, ready: boolean): PodShape {
  if (status === 'Running') return ready ? 'running' : 'not-ready';
  const known = BY_STATUS[status];
  if (known) return known;
  if (status.startsWith('Init:')) {
    const reason = status.slice('Init:'.length);
    return BY_STATUS[reason] ?? 'creating';
  }
  if (status.startsWith('OutOf') || status.startsWith('Unexpected')) return 'failed';
  if (status.startsWith('ExitCode:') || status.startsWith('Signal:')) return 'crashing';
  return 'unknown';
}

/**
 * The shape of a pod. One whose deletion was asked for is going away, whatever else it is.
 *
 * @param real - whether its machine really runs it: a pod that only the API believes to be running is `absent`
 */
export function podShape(pod: PodRecord, real: boolean): PodShape {
  if (pod.deletionAt !== null) return 'terminating';
  if (!real && pod.status === 'Running') return 'absent';
  return shapeOfStatus(pod.status, pod.ready);
}
