/** How clusters of many nodes are gone through; `late-scheduler.ts` fills it. Without it every node is looked at, to the same end. */
import type { NodeInfo } from './node-info';
import type { ActiveFilters, Cycle } from './plugin';
import type { Status } from './status';
import type { Verdicts } from './verdicts';

/** How many nodes were looked at. */
export interface Counts {
  readonly feasible: number;
  readonly rejected: number;
  /** What is known of all nodes, of which none fits: instead of the lists; null: the lists say it. */
  readonly verdicts: Verdicts | null;
  /** The name of a node that fits, by its place among these, without a look at the node; absent: it must be looked at. */
  readonly nameOf?: (place: number) => string;
}

/** What a plug-in gives the nodes that were found, known from pods of the same size. Valid until the next attempt. */
export interface KnownScores {
  /** The score of the node at this place among those found. */
  at(index: number): number;
  /** Adds the scores of the first `count` to their totals; `base`: what the totals begin with; null: they have begun. */
  addTo(totals: Float64Array, count: number, weight: number, base: number | null): void;
}

export interface ManyNodes {
  /** Fills the lists until `wanted` nodes fit, or knows that none does. `withNominees` answers for nodes that are promised to pods. */
  filter(
    cycle: Cycle,
    active: ActiveFilters,
    nodes: readonly NodeInfo[],
    startIndex: number,
    wanted: number,
    lists: { readonly feasible: NodeInfo[]; readonly rejected: NodeInfo[]; readonly statuses: Status[] },
    withNominees: (node: NodeInfo) => Status | null,
  ): Counts;
  /** Pods that are promised room on a node have changed. */
  promised(nominees: Cycle['nominees'], nodeName: string): void;
  /** What the plug-in would give the nodes that `filter` has found in this cycle; null: it is not known of all. */
  known(plugin: string, state: unknown, cycle: Cycle): KnownScores | null;
  /** Scores the nodes that `filter` has found in this cycle as the plug-in would. @returns false: it must do so itself */
  score(plugin: string, state: unknown, cycle: Cycle, count: number, scores: Float64Array): boolean;
}

/** `from`: so many nodes are many. */
export const manyNodes: { code: ManyNodes | null; from: number } = { code: null, from: 100 };
