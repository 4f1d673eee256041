import type { PodWorker } from './state';

/** Seconds that a pod may take: as its deletion says, else as its spec says; never below 1. */
export function gracePeriod(worker: PodWorker): number {
  const { metadata, spec } = worker.pod;
  const grace =
    metadata.deletionTimestamp === undefined
      ? spec.terminationGracePeriodSeconds
      : (metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds);
  return Math.max(1, grace ?? 30);
}
