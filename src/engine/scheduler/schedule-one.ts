/**
 * One attempt at one pod, as a decision: which node, or why none. Reads the cache and changes nothing but the rotation.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (schedulingCycle, schedulePod)
 */
import type { Random } from '#engine/kernel/random';
import { MICROSECONDS_PER_CYCLE, NODES_PER_MICROSECOND } from './cycle-time';
import { type Filtered, type Rotation, findNodesThatFit, preFilterMessage, tryOn } from './filtering';
import { NO_NODES, fitErrorMessage, tallyOf } from './fit-error';
import type { Framework } from './framework';
import type { NodeInfo } from './node-info';
import type { Cycle, FilterFailure } from './plugin';
import type { PodInfo } from './pod-info';
import type { PluginSet } from './registered-event';
import { type Scored, scoreNodes, selectHost } from './scoring';
import type { Status } from './status';

export interface Fits {
  readonly outcome: 'fits';
  readonly node: NodeInfo;
  readonly filtered: Filtered;
  /** null: only one node was feasible, so none was scored. */
  readonly scored: Scored | null;
  /** How many nodes had the greatest score. */
  readonly tied: number;
}

export interface DoesNotFit {
  readonly outcome: 'unschedulable';
  /** The text of the condition and of the Event. */
  readonly message: string;
  /** Empty for an error that no plug-in answers for. */
  readonly rejectedBy: PluginSet;
  readonly pendingOn: PluginSet;
  /** Node to be nominated; empty: the nomination is taken back; null: as it was. */
  readonly nominatedNode: string | null;
  readonly victims: readonly PodInfo[];
  readonly filtered: Filtered;
}

export type Decision = Fits | DoesNotFit;

/** Where the pod goes. `random` is drawn from only when preemption is tried. */
export function scheduleOne(framework: Framework, cycle: Cycle, rotation: Rotation, random: () => Random): Decision {
  const filtered = findNodesThatFit(framework, cycle, rotation);
  if (filtered.nodes.length === 0) return noNodes(filtered);
  if (filtered.feasibleCount === 0) return explainFailure(framework, cycle, filtered, random);

  const { feasible, feasibleCount } = filtered;
  if (feasibleCount === 1) return { outcome: 'fits', node: feasible[0]!, filtered, scored: null, tied: 1 };
  const scored = scoreNodes(framework, cycle, feasible, feasibleCount);
  const { chosen, tied } = selectHost(scored.totals, feasibleCount);
  return { outcome: 'fits', node: feasible[chosen]!, filtered, scored, tied };
}

/** How long an attempt keeps the scheduler busy. µs. */
export const cycleDuration = ({ filtered }: Decision): number =>
  MICROSECONDS_PER_CYCLE + Math.ceil((filtered.feasibleCount + filtered.rejectedCount) / NODES_PER_MICROSECOND);

const noNodes = (filtered: Filtered): DoesNotFit => ({
  outcome: 'unschedulable',
  message: NO_NODES,
  rejectedBy: 0,
  pendingOn: 0,
  nominatedNode: null,
  victims: [],
  filtered,
});

function explainFailure(framework: Framework, cycle: Cycle, filtered: Filtered, random: () => Random): DoesNotFit {
  let postFilterMessage = '';
  let nominatedNode: string | null = null;
  let victims: readonly PodInfo[] = [];
  const failure = failureOf(cycle, filtered);
  for (const plugin of framework.postFilters) {
    const result = plugin.postFilter?.(cycle, failure, random());
    if (result === undefined) continue;
    ({ message: postFilterMessage, nominatedNode, victims } = result);
    if (victims.length > 0) break;
  }
  const { nodes, absent, verdicts } = filtered;
  const tally = verdicts?.tally ?? tallyOf(filtered.statuses, filtered.rejectedCount);
  const diagnosis = { nodes: nodes.length, tally, absent };
  const message = fitErrorMessage({ ...diagnosis, preFilterMessage: preFilterMessage(filtered), postFilterMessage });
  const rejectors = rejectorsAmong(framework, absent === null ? tally.keys() : [...tally.keys(), absent]);
  return { outcome: 'unschedulable', message, ...rejectors, nominatedNode, victims, filtered };
}

function failureOf(cycle: Cycle, filtered: Filtered): FilterFailure {
  const { nodes, verdicts, absent, active } = filtered;
  const bySlot = verdicts === null ? statusesBySlot(cycle, filtered) : [];
  return {
    nodes,
    filters: active.plugins,
    verdicts,
    statusOf: (node) => verdicts?.statusOf(node) ?? bySlot[node.slot] ?? absent!,
    tryOn: (trial) => tryOn(cycle, active, cycle.cache.nodes.get(trial.name) ?? null, trial),
  };
}

function statusesBySlot(
  { cache }: Cycle,
  { rejected, statuses, rejectedCount }: Filtered,
): readonly (Status | undefined)[] {
  const bySlot = new Array<Status | undefined>(cache.nextSlot);
  for (let i = 0; i < rejectedCount; i++) bySlot[rejected[i]!.slot] = statuses[i];
  return bySlot;
}

function rejectorsAmong(
  framework: Framework,
  statuses: Iterable<Status>,
): { rejectedBy: PluginSet; pendingOn: PluginSet } {
  let rejectedBy = 0;
  let pendingOn = 0;
  for (const { plugin, code } of statuses) {
    const bit = framework.bitOf(plugin);
    rejectedBy |= bit;
    if (code === 'Pending') pendingOn |= bit;
  }
  return { rejectedBy, pendingOn };
}
