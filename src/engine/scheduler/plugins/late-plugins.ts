/** Plug-ins whose code comes late, as far as pods that do not concern them need them: they are skipped. */
import { LateCode } from '#engine/late/late-code';
import type { ClusterEvent } from '../events';
import { type Cycle, type Plugin, SKIP } from '../plugin';
import type { RegisteredEvent } from '../registered-event';

export interface LatePlugins {
  readonly InterPodAffinity: Plugin;
  /** The part of it that forbids nodes. */
  readonly PodTopologySpread: Plugin;
}

/** `late-scheduler.ts` fills it. */
export const latePlugins = new LateCode<LatePlugins>('plug-ins of the scheduler');

/** Events of a late plug-in, in its order: whether one helps is asked of it. */
export const lateHints = (name: keyof LatePlugins, ...events: readonly ClusterEvent[]): readonly RegisteredEvent[] =>
  events.map((event, i) => ({
    event,
    hint: (pod, objects) => latePlugins.code[name].events![i]!.hint!(pod, objects),
  }));

/** The filter of a late plug-in, for pods that it concerns. */
export const lateFilter = (
  name: keyof LatePlugins,
  isConcerned: (cycle: Cycle) => boolean,
): Required<Pick<Plugin, 'preFilter' | 'filter' | 'addPod' | 'removePod'>> => ({
  preFilter: (cycle) => (isConcerned(cycle) ? latePlugins.code[name].preFilter!(cycle) : SKIP),
  filter: (state, pod, node) => latePlugins.code[name].filter!(state, pod, node),
  addPod: (state, cycle, pod, node) => latePlugins.code[name].addPod!(state, cycle, pod, node),
  removePod: (state, cycle, pod, node) => latePlugins.code[name].removePod!(state, cycle, pod, node),
});
