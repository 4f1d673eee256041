/** @source kubernetes pkg/controller/daemon/daemon_controller.go (updateDaemonSetStatus) */
import { semanticEqual } from '#engine/api/json';
import { isPodReady } from '#engine/api/meta';
import type { DaemonSet, Node } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { isPodAvailable } from '../availability';
import { verdictOn } from './placement';
import { assignedThenOldest, isUpdated, type PodsByNode } from './pods';

type Status = NonNullable<DaemonSet['status']>;

/** What a DaemonSet's status should say; null when it says so. */
export function statusOf(
  set: DaemonSet,
  nodes: readonly Node[],
  byNode: PodsByNode,
  hash: string,
  now: Micros,
): Status | null {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [pod] = [...(byNode.get(node.metadata.name) ?? [])].sort(assignedThenOldest);
    if (!verdictOn(node, set).shouldRun) {
      if (pod !== undefined) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    if (pod === undefined) continue;
    counts.current++;
    if (isPodReady(pod)) {
      counts.ready++;
      if (isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) counts.available++;
    }
    if (isUpdated(pod, set, hash)) counts.updated++;
  }
  const unavailable = counts.desired - counts.available;
  const {
    updatedNumberScheduled: _u,
    numberAvailable: _a,
    numberUnavailable: _n,
    ...rest
  } = set.status ?? ({} as Status);
  const status: Status = {
    ...rest,
    observedGeneration: set.metadata.generation ?? 0,
    desiredNumberScheduled: counts.desired,
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    numberReady: counts.ready,
    ...(counts.updated === 0 ? {} : { updatedNumberScheduled: counts.updated }),
    ...(counts.available === 0 ? {} : { numberAvailable: counts.available }),
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
  };
  return semanticEqual(status, set.status) ? null : status;
}
