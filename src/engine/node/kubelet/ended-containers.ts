import type { ContainerStatus } from '#engine/api/types';

/**
 * What an ended pod says of containers of which no end is known, since they never began or are lost: that they have failed.
 * Of init containers those up to the last that began, and always the first; the others only when all those were done.
 *
 * @source kubernetes pkg/kubelet/status/status_manager.go (TerminatePod, initializedContainers)
 */
export function endedContainers(
  init: readonly ContainerStatus[],
  regular: readonly ContainerStatus[],
  initialized: boolean,
): { readonly init: ContainerStatus[]; readonly regular: ContainerStatus[] } {
  const begun = init.findLastIndex(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  return {
    init: init.map((status, index) => (index <= Math.max(0, begun) ? ended(status) : status)),
    regular: regular.map((status) => (initialized ? ended(status) : status)),
  };
}

const ended = (status: ContainerStatus): ContainerStatus =>
  status.state?.terminated === undefined ? { ...status, state: { terminated: LOST } } : status;

const LOST = Object.freeze({
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
});
