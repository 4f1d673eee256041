/**
 * The phase of a pod, from the states of its containers.
 *
 * @source kubernetes pkg/kubelet/kubelet_pods.go getPhase
 */
import { isSidecar } from '#engine/api/pod-resources';
import type { ContainerStatus, PodSpec } from '#engine/api/types';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The restart policy that holds for a container: its own, else the pod's. */
export const restartPolicyOf = (spec: PodSpec, container: { readonly restartPolicy?: string } | undefined): string =>
  container?.restartPolicy ?? spec.restartPolicy ?? 'Always';

/** Whether a container that ended with this code is started again. Init containers under Always only after a failure. */
export const restartsAfter = (policy: string, exitCode: number, init = false): boolean =>
  policy === 'Always' ? !init || exitCode !== 0 : policy === 'OnFailure' && exitCode !== 0;

/**
 * @param statuses - of all containers, init containers too; a container without a status counts as unknown
 * @param terminal - the pod is being deleted or evicted: nothing will be restarted
 * @param initialized - all init containers were done once
 */
export function podPhase(
  spec: PodSpec,
  statuses: readonly ContainerStatus[],
  terminal: boolean,
  initialized: boolean,
): PodPhase {
  const statusOf = (name: string): ContainerStatus | undefined => statuses.find((status) => status.name === name);
  let pendingInit = 0;
  let failedInit = 0;
  let pendingSidecars = 0;
  let unknown = 0;
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const container of spec.initContainers ?? []) {
    const status = statusOf(container.name);
    const state = status?.state;
    const before = status?.lastState?.terminated;
    if (isSidecar(container)) {
      if (state?.running !== undefined) {
        running += 1;
        if (status?.started !== true) pendingSidecars += 1;
      } else if (state?.waiting !== undefined) {
        if (before === undefined) {
          pendingSidecars += 1;
          waiting += 1;
        }
      } else if (state?.terminated === undefined) {
        pendingSidecars += 1;
        unknown += 1;
      }
      continue;
    }
    const ended = state?.terminated ?? (state?.waiting === undefined ? undefined : before);
    if (ended === undefined) pendingInit += 1;
    else if (ended.exitCode !== 0) {
      if (!restartsAfter(restartPolicyOf(spec, container), ended.exitCode, true)) failedInit += 1;
      else pendingInit += 1;
    }
  }
  for (const container of spec.containers) {
    const status = statusOf(container.name);
    const state = status?.state;
    if (state?.running !== undefined) running += 1;
    else if (state?.terminated !== undefined) {
      stopped += 1;
      if (state.terminated.exitCode === 0) succeeded += 1;
    } else if (state?.waiting !== undefined) {
      if (status?.lastState?.terminated === undefined) waiting += 1;
      else stopped += 1;
    } else unknown += 1;
  }
  if (failedInit > 0) return 'Failed';
  if (pendingInit > 0 || (pendingSidecars > 0 && !initialized) || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running === 0 && stopped > 0 && unknown === 0) {
    const all = stopped === succeeded ? 'Succeeded' : 'Failed';
    if (terminal) return all;
    return someRestarts(spec, statusOf) ? 'Running' : all;
  }
  return 'Pending';
}

function someRestarts(spec: PodSpec, statusOf: (name: string) => ContainerStatus | undefined): boolean {
  return spec.containers.some((container) => {
    const status = statusOf(container.name);
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    return ended !== undefined && restartsAfter(restartPolicyOf(spec, container), ended.exitCode);
  });
}
