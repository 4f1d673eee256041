/**
 * Which containers of a pod should be started now: sidecars and init containers in their order, then all regular ones
 * at once; what has ended is started again as its restart policy says.
 *
 * @source kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions), kuberuntime_container.go (computeInitContainerActions)
 */
import { willRestart } from './pod-status';
import type { ContainerWork, PodWorker } from './state';

export interface PodActions {
  readonly start: readonly ContainerWork[];
  /** Everything that was to be done is done: what still runs is stopped, and the pod is over. */
  readonly finished: boolean;
}

export function podActions(worker: PodWorker): PodActions {
  // Ephemeral containers start first, whatever the others do, and only once.
  const start: ContainerWork[] = (worker.ephemeral ?? []).filter(({ runtime }) => runtime === null);
  const begun = worker.regular.some(({ runtime, busy }) => runtime !== null || busy !== null);
  for (const container of worker.init) {
    if (container.role === 'sidecar') {
      if (container.runtime?.state !== 'running') start.push(container);
      if (!begun && !(container.runtime?.state === 'running' && container.started)) return { start, finished: false };
      continue;
    }
    if (begun) continue;
    const { runtime } = container;
    if (runtime?.state === 'exited' && runtime.exitCode === 0) continue;
    if (runtime?.state === 'exited' && !willRestart(worker, container)) return { start: [], finished: true };
    if (runtime?.state !== 'running') start.push(container);
    return { start, finished: false };
  }
  let active = false;
  for (const container of worker.regular) {
    if (container.runtime?.state === 'running' || container.busy !== null) active = true;
    else if (container.runtime === null || willRestart(worker, container)) {
      start.push(container);
      active = true;
    }
  }
  return active ? { start, finished: false } : { start: [], finished: true };
}
