/**
 * The extension points of the scheduling framework. A plug-in is stateless code; what it works out about a pod before it
 * looks at nodes (`preFilter`, `preScore`) is handed back to it. A filter answers a status and does not throw; a
 * score fills an array for all nodes at once, so that its loop is its own.
 *
 * @source kubernetes staging/src/k8s.io/kube-scheduler/framework/interface.go
 */
import type { View } from '#engine/client/plan';
import type { Random } from '#engine/kernel/random';
import type { Micros } from '#engine/kernel/time';
import type { SchedulerCache } from './cache';
import type { NodeInfo } from './node-info';
import type { PodInfo } from './pod-info';
import type { Profile } from './profile';
import type { RegisteredEvent } from './registered-event';
import type { Status } from './status';
import type { Verdicts } from './verdicts';

export const MAX_NODE_SCORE = 100;

/** One attempt at one pod: what every plug-in may look at. */
export interface Cycle {
  readonly profile: Profile;
  readonly pod: PodInfo;
  readonly cache: SchedulerCache;
  /** What the scheduler knows besides: Services, owners of pods, namespaces, … */
  readonly view: View;
  /** Pods that preemption has reserved room for, by node. */
  readonly nominees: ReadonlyMap<string, readonly PodInfo[]>;
  /** The node that is reserved for this pod; empty: none. */
  readonly promisedNode: string;
}

/** The plug-in has nothing to say of this pod: its filter, or its score, is left out. */
export const SKIP = 'Skip';

export interface PreFilterResult<Filtering> {
  /** null: go on. */
  readonly status: Status | null;
  /** Given to `filter`. */
  readonly state: Filtering;
  /** The only nodes that come into question; null: all. */
  readonly nodeNames: ReadonlySet<string> | null;
}

/** What a PostFilter plug-in has found out for a pod that fits nowhere. */
export interface PostFilterResult {
  /** The end of the attempt's message; empty when there is nothing to add. */
  readonly message: string;
  /** The node to be nominated; empty: the nomination is taken back; null: it stays as it is. */
  readonly nominatedNode: string | null;
  /** Pods that have to go from that node. */
  readonly victims: readonly PodInfo[];
}

/** How an attempt to fit a pod failed, for PostFilter plug-ins. */
export interface FilterFailure {
  /** All nodes, in order. */
  readonly nodes: readonly NodeInfo[];
  /** Plug-ins that had something to say of the pod. */
  readonly filters: readonly Plugin[];
  /** The same as `statusOf`, when it was known before; null: it was not. */
  readonly verdicts: Verdicts | null;
  /** Why this node was turned down. */
  statusOf(node: NodeInfo): Status;
  /** Runs all filters on a node as if these pods were on it or away from it; null: the pod would fit. */
  tryOn(node: NodeInfo): Status | null;
}

/** A function without `this`, typed by way of a method so that plug-ins of different states fit in one list. */
export type FilterCheck<Filtering = unknown> = {
  check(state: Filtering, pod: PodInfo, node: NodeInfo): Status | null;
}['check'];

/** Filters that have something to say of a pod, with what they worked out about it. */
export interface ActiveFilters {
  readonly plugins: Plugin[];
  /** Their `filter`s: called for every node, so not looked up for every node. */
  readonly checks: FilterCheck[];
  readonly states: unknown[];
}

export interface Plugin<Filtering = unknown, Scoring = unknown> {
  readonly name: string;
  /** Events that may help a pod that this plug-in turned down. */
  readonly events?: readonly RegisteredEvent[];
  /** Holds a pod out of the queue; null: let it in. `preempting`: uids of pods whose victims are being told to go. */
  preEnqueue?(pod: PodInfo, preempting: ReadonlyMap<string, unknown>): Status | null;
  preFilter?(cycle: Cycle): PreFilterResult<Filtering> | typeof SKIP;
  readonly filter?: FilterCheck<Filtering>;
  /** PreFilterExtensions: the state as if a pod were added to, or taken from, a node. Absent: it does not depend on pods. */
  addPod?(state: Filtering, cycle: Cycle, added: PodInfo, node: NodeInfo): Filtering;
  removePod?(state: Filtering, cycle: Cycle, removed: PodInfo, node: NodeInfo): Filtering;
  postFilter?(cycle: Cycle, failure: FilterFailure, random: Random): PostFilterResult;
  /** `nodes` are the feasible ones; only the first `count` entries are meant. */
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[], count: number): Scoring | typeof SKIP;
  /**
   * Fills `scores[0 … count − 1]` with whole numbers.
   *
   * @returns a number when all nodes score the same; then nothing needs to be filled
   */
  score?(state: Scoring, cycle: Cycle, nodes: readonly NodeInfo[], count: number, scores: Float64Array): number | void;
  /** Brings raw scores to 0 … 100 in place; absent: they are so already. */
  normalizeScore?(scores: Float64Array, count: number, state: Scoring): void;
  /** Takes what the pod needs besides room; a refusal ends the attempt. Undone by `unreserve`. */
  reserve?(cycle: Cycle, node: NodeInfo): Status | null;
  unreserve?(cycle: Cycle, nodeName: string): void;
  /** The last say before binding. */
  permit?(cycle: Cycle, node: NodeInfo): Status | null;
  /** Writes that must succeed before the pod is bound, one after the other. */
  preBind?(cycle: Cycle, nodeName: string): readonly BindRequest[];
  /**
   * Whether what PreBind has asked for has come about, looked at every second; a text: it cannot. Absent: there is nothing
   * to wait for.
   */
  isPrepared?(cycle: Cycle, nodeName: string): boolean | string;
  /** How long to wait for that at most, null: not at all. */
  preparationTime?(cycle: Cycle): Micros | null;
  /** The write that binds; null: another plug-in does. */
  bind?(pod: PodInfo, nodeName: string): BindRequest | null;
  /** The pod is bound. */
  postBind?(cycle: Cycle, nodeName: string): void;
}

/** An API write of the binding cycle. */
export interface BindRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body: unknown;
}

/**
 * Declares a plug-in. What `preFilter` and `preScore` answer is handed to `filter` and `score` of the same plug-in and
 * to nobody else, so that outside of it the types need not be known.
 */
export function definePlugin<Filtering = null, Scoring = null>(plugin: Plugin<Filtering, Scoring>): Plugin {
  return plugin;
}

/** PreFilter goes on with this state. */
export const goOn = <Filtering>(
  state: Filtering,
  nodeNames: ReadonlySet<string> | null = null,
): PreFilterResult<Filtering> => ({ status: null, state, nodeNames });

/** DefaultNormalizeScore: the greatest raw score becomes 100. @source pkg/scheduler/framework/plugins/helper/normalize_score.go */
export function normalizeByMaximum(scores: Float64Array, count: number, reverse: boolean): void {
  let most = 0;
  for (let i = 0; i < count; i++) if (scores[i]! > most) most = scores[i]!;
  if (most === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE, 0, count);
    return;
  }
  for (let i = 0; i < count; i++) {
    const score = Math.trunc((MAX_NODE_SCORE * scores[i]!) / most);
    scores[i] = reverse ? MAX_NODE_SCORE - score : score;
  }
}
