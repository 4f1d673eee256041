/**
 * Whether an event may help a pod: asked of the plug-ins that turned it down.
 *
 * @source kubernetes pkg/scheduler/backend/queue/scheduling_queue.go (isPodWorthRequeuing)
 */
import { type ClusterEvent, covers } from './events';
import type { Framework } from './framework';
import type { PodInfo } from './pod-info';
import type { EventObjects, PluginSet } from './registered-event';

export type Worth = 'skip' | 'afterBackoff' | 'immediately';

interface Waiting {
  readonly info: PodInfo;
  readonly rejectedBy: PluginSet;
  readonly pendingOn: PluginSet;
  readonly gatedBy: string;
}

/** The plug-ins that have registered for an event. */
export function interestedPlugins(framework: Framework, happened: ClusterEvent): PluginSet {
  let interested = 0;
  for (const { bit, plugin } of framework.plugins) {
    if (happened.resource === '*' || plugin.events?.some(({ event }) => covers(event, happened)) === true)
      interested |= bit;
  }
  return interested;
}

/** A Pending plug-in's yes needs no back-off; any other's does; what nobody registered for helps nobody. */
export function isWorthRequeuing(
  framework: Framework,
  pod: Waiting,
  happened: ClusterEvent,
  objects: EventObjects,
): Worth {
  if (pod.rejectedBy === 0) return 'afterBackoff';
  if (happened.resource === '*')
    return pod.gatedBy === '' || happened.label === 'ForceActivate' ? 'afterBackoff' : 'skip';
  let worth: Worth = 'skip';
  for (const { bit, plugin } of framework.plugins) {
    if ((pod.rejectedBy & bit) === 0) continue;
    if (pod.gatedBy !== '' && pod.gatedBy !== plugin.name) continue;
    for (const { event, hint } of plugin.events ?? []) {
      if (!covers(event, happened) || (hint !== undefined && !hint(pod.info, objects))) continue;
      if ((pod.pendingOn & bit) !== 0) return 'immediately';
      worth = 'afterBackoff';
    }
  }
  return worth;
}

/** Counts by bit how many pods are held back by these plug-ins. */
export function countHeldBack(heldBack: number[], plugins: PluginSet, by: 1 | -1): void {
  for (let bit = 0; bit < heldBack.length; bit++) if ((plugins & (1 << bit)) !== 0) heldBack[bit]! += by;
}

/** Whether any pod waits for one of these plug-ins. */
export function holdsBack(heldBack: readonly number[], plugins: PluginSet): boolean {
  for (let bit = 0; bit < heldBack.length; bit++) if ((plugins & (1 << bit)) !== 0 && heldBack[bit]! > 0) return true;
  return false;
}
