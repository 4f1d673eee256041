/**
 * What is remembered of each attempt: for `why`, and for whoever draws the scheduler at work. In small clusters
 * everything, in large ones the reasons counted and the first and best nodes.
 */
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Filtered } from './filtering';
import type { PodInfo } from './pod-info';
import type { Decision } from './schedule-one';
import { type Scored, scoresAt } from './scoring';
import type { Status } from './status';

/** Up to so many nodes everything is kept and told. */
const SMALL_CLUSTER = 100;
const NODES_OF_LARGE_CLUSTER = 20;

/** Nodes that one plug-in turned down for the same reasons. */
export interface Rejection {
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly count: number;
  /** All of them, or the first. */
  readonly nodes: readonly string[];
}

/** What one plug-in gave the nodes of `ScoreTable.nodes`. Weighted is `weight` × normalised. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
}

export interface ScoreTable {
  /** The best nodes, best first. */
  readonly nodes: readonly string[];
  readonly totals: readonly number[];
  readonly plugins: readonly PluginScores[];
}

/** One attempt. Immutable. */
export interface AttemptRecord {
  readonly event: EventId;
  /** Monotonic µs. */
  readonly at: Micros;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** 1 for the first try of this pod. */
  readonly attempt: number;
  readonly outcome: 'scheduled' | 'unschedulable' | 'nominated';
  readonly node: string | null;
  /** Why not; empty when it was scheduled. */
  readonly message: string;
  readonly nodes: number;
  /** The sample: index of the first node looked at, how many were looked at, fit, and would have been enough. */
  readonly sample: {
    readonly startIndex: number;
    readonly evaluated: number;
    readonly feasible: number;
    readonly wanted: number;
    readonly nominatedOnly: boolean;
  };
  readonly rejected: readonly Rejection[];
  /** Nodes that were not looked at because PreFilter had ruled them out, and why; null: there were none. */
  readonly ruledOut: Rejection | null;
  /** null: nothing fitted, or only one node did, which needs no score. */
  readonly scores: ScoreTable | null;
  /** How many nodes had the greatest total. */
  readonly tied: number;
  /** `namespace/name` of pods that have to go. */
  readonly victims: readonly string[];
}

/** The record of a decision, made before its arrays are reused. */
export function recordOf(decision: Decision, pod: PodInfo, attempt: number, event: EventId, at: Micros): AttemptRecord {
  const { filtered } = decision;
  const limit = filtered.nodes.length <= SMALL_CLUSTER ? SMALL_CLUSTER : NODES_OF_LARGE_CLUSTER;
  const fits = decision.outcome === 'fits';
  const scored = fits ? decision.scored : null;
  return {
    event,
    at,
    pod: { namespace: pod.pod.metadata.namespace ?? '', name: pod.pod.metadata.name, uid: pod.uid },
    attempt,
    outcome: fits ? 'scheduled' : decision.victims.length > 0 ? 'nominated' : 'unschedulable',
    node: fits ? decision.node.name : decision.nominatedNode === '' ? null : decision.nominatedNode,
    message: fits ? '' : decision.message,
    nodes: filtered.nodes.length,
    sample: {
      startIndex: filtered.startIndex,
      evaluated: filtered.feasibleCount + filtered.rejectedCount,
      feasible: filtered.feasibleCount,
      wanted: filtered.wanted,
      nominatedOnly: filtered.nominatedOnly,
    },
    rejected: rejectionsOf(filtered, limit),
    ruledOut: ruledOutOf(filtered),
    scores: scored === null ? null : bestScores(filtered, scored, limit),
    tied: fits ? decision.tied : 0,
    victims: fits ? [] : decision.victims.map(({ key }) => key),
  };
}

/** One sentence for the record: verdicts and scores in small clusters, figures in large ones. */
export function sentenceOf(record: AttemptRecord): string {
  const { namespace, name } = record.pod;
  const subject = `${namespace}/${name}`;
  if (record.outcome === 'unschedulable') return `${subject} fits on no node: ${record.message}`;
  if (record.outcome === 'nominated') {
    return `${subject} fits on no node; ${record.victims.join(', ')} must leave ${record.node ?? ''} for it`;
  }
  if (record.nodes > SMALL_CLUSTER) {
    return `${subject} goes to ${record.node ?? ''}: ${record.sample.feasible} of ${record.sample.evaluated} nodes looked at fit`;
  }
  const reasons = record.rejected.map(({ count, reasons: given }) => `, ${count} with ${given.join(' and ')}`);
  const { nodes = [], totals = [] } = record.scores ?? {};
  const scores = nodes.slice(0, 5).map((node, i) => `${node}${i === 0 ? ' scored' : ''} ${totals[i] ?? 0}`);
  const verdict = scores.length === 0 ? `only ${record.node ?? ''} fits` : scores.join(', ');
  const tie = record.tied > 1 ? ` (${record.tied} tied for the best)` : '';
  return `${subject} goes to ${record.node ?? ''}: ${record.nodes} nodes${reasons.join('')}: ${verdict}${tie}`;
}

interface Group {
  readonly status: Status;
  count: number;
  readonly nodes: string[];
}

function rejectionsOf({ rejected, statuses, rejectedCount, verdicts }: Filtered, limit: number): readonly Rejection[] {
  if (rejectedCount === 0) return NO_REJECTIONS;
  const tally = verdicts?.tally;
  const groups = new Map<Status, Group>();
  let group: Group | undefined;
  // Where nodes are counted already, they are read until each group has the names that are told.
  let unread = tally?.size ?? Infinity;
  for (let i = 0; i < rejectedCount && unread > 0; i++) {
    const status = statuses[i]!;
    if (group?.status !== status) {
      group = groups.get(status);
      if (group === undefined) groups.set(status, (group = { status, count: 0, nodes: [] }));
    }
    if (group.count < limit) group.nodes.push(rejected[i]!.name);
    group.count += 1;
    if (tally !== undefined && group.count === Math.min(limit, tally.get(status)!)) unread -= 1;
  }
  return [...groups.values()].map(({ status, count, nodes }) => ({
    plugin: status.plugin,
    reasons: status.reasons,
    count: tally?.get(status) ?? count,
    nodes,
  }));
}

const NO_REJECTIONS: readonly Rejection[] = Object.freeze([]);

function ruledOutOf({
  nodes,
  absent,
  feasibleCount,
  rejectedCount,
  wanted,
  nominatedOnly,
}: Filtered): Rejection | null {
  const count = nodes.length - feasibleCount - rejectedCount;
  if (absent === null || count <= 0 || nominatedOnly || (feasibleCount > 0 && feasibleCount >= wanted)) return null;
  return { plugin: absent.plugin, reasons: absent.reasons, count, nodes: [] };
}

function bestScores({ nameOf }: Filtered, scored: Scored, limit: number): ScoreTable {
  const best = bestOf(scored.totals, scored.count, limit);
  return {
    nodes: best.map((index) => nameOf(index)),
    totals: best.map((index) => scored.totals[index]!),
    plugins: scored.plugins.map(({ plugin, weight }, p) => ({
      plugin: plugin.name,
      weight,
      ...scoresAt(scored, p, best),
    })),
  };
}

/** Indexes of the greatest of the first `count` numbers, greatest first; of equals the first stands first. */
export function bestOf(numbers: ArrayLike<number>, count: number, limit: number): readonly number[] {
  const best: number[] = [];
  // None that is not greater comes in any more.
  let least = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = numbers[i]!;
    if (value <= least) continue;
    let place = best.length < limit ? best.push(i) - 1 : limit - 1;
    for (; place > 0 && numbers[best[place - 1]!]! < value; place--) best[place] = best[place - 1]!;
    best[place] = i;
    if (best.length === limit) least = numbers[best[limit - 1]!]!;
  }
  return best;
}
