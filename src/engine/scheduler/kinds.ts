/**
 * What pods of one kind have found out about nodes. Pods are of one kind when all that their filters read of them is the
 * same, and these filters say the same of a node whatever happens on others: so it holds until the node changes, or what
 * is promised on it. Derived, never part of a state, and never seen in what is decided.
 */
import type { PodDisruptionBudget } from '#engine/api/types';
import { type SchedulerCache, knownNode } from './cache';
import type { NodeInfo } from './node-info';
import type { ActiveFilters, Cycle, Plugin } from './plugin';
import type { Room } from './room';
import type { Status } from './status';
import type { Verdicts } from './verdicts';

export interface Kind {
  /** Why no node takes them; null: it is not known, or some may. */
  verdicts: Verdicts | null;
  /** Nodes that have changed since these were given. */
  stale: NodeInfo[];
  /** What preemption has found out; null: nothing. */
  room: Room | null;
  /** Those with which it was found out. */
  budgets: readonly PodDisruptionBudget[];
  /** Number of the first change of a node that has not been taken into account. */
  seen: number;
}

/** Changes of nodes, and what pods of each kind have found out. */
interface Notes {
  readonly changed: NodeInfo[];
  /** Number of the first of them. */
  first: number;
  readonly kinds: Map<string, Kind>;
}

/** Filters that say the same of a node for every pod of a kind, whatever happens on other nodes. */
const BY_NODE_ALONE = new Set(['NodeUnschedulable', 'TaintToleration', 'NodeAffinity', 'NodeResourcesFit']);
const MOST_KINDS = 8;
const MOST_CHANGES = 10_000;
const notesOf = new WeakMap<SchedulerCache, Notes>();
const cacheOf = new WeakMap<Cycle['nominees'], SchedulerCache>();

/** A node's amounts, pods or taints have changed. */
export function noteChange(cache: SchedulerCache, node: NodeInfo): void {
  const notes = notesOf.get(cache);
  if (notes === undefined) return;
  if (notes.changed.length === MOST_CHANGES) {
    notes.first += MOST_CHANGES;
    notes.changed.length = 0;
  }
  notes.changed.push(node);
}

/** Pods that are promised room on a node have changed. */
export function notePromise(nominees: Cycle['nominees'], nodeName: string): void {
  const cache = cacheOf.get(nominees);
  const node = cache?.nodes.get(nodeName);
  if (node !== undefined) noteChange(cache!, node);
}

/**
 * What is said of all nodes, if it is known that none takes pods of this one's kind.
 *
 * @param judge - answers for a node that has changed, and its place among the nodes; null: it may take the pod
 */
export function recall(
  cycle: Cycle,
  { plugins }: ActiveFilters,
  start: number,
  judge: (node: NodeInfo, place: number) => Status | null,
): Verdicts | null {
  const notes = notesOf.get(cycle.cache);
  if (notes === undefined || !isByNodeAlone(cycle, plugins)) return null;
  const kind = notes.kinds.get(keyOf(cycle, plugins));
  if (kind === undefined) return null;
  const { verdicts, stale } = caughtUp(kind, notes);
  if (verdicts === null) return null;
  if (verdicts.nodes !== cycle.cache.order) return forgotten(kind);
  // What is promised to this very pod is free for it alone.
  const own = knownNode(cycle.cache, cycle.promisedNode);
  kind.stale = stale.filter((node) => node === own);
  for (const node of stale) {
    const place = verdicts.placeOf(node);
    if (place < 0 || node === own) continue;
    const status = judge(node, place);
    if (status === null) return forgotten(kind);
    verdicts.amend(node, status);
  }
  verdicts.turnTo(start % verdicts.nodes.length);
  return own === null || verdicts.statusOf(own) === judge(own, verdicts.placeOf(own)) ? verdicts : null;
}

function forgotten(kind: Kind): null {
  kind.verdicts = null;
  kind.stale = [];
  return null;
}

/** Notes that no node takes pods of this one's kind. @returns what was noted, if it is true of all of them */
export function noteVerdicts(cycle: Cycle, { plugins }: ActiveFilters, of: () => Verdicts): Verdicts | null {
  const kind = cycle.promisedNode === '' ? kindOf(cycle, plugins) : null;
  if (kind === null) return null;
  forgotten(kind);
  return (kind.verdicts = of());
}

/** The same, to take note of more; null: what is found out depends on more than a node. */
export function kindOf(cycle: Cycle, filters: readonly Plugin[]): Kind | null {
  if (!isByNodeAlone(cycle, filters)) return null;
  const { cache, nominees } = cycle;
  let notes = notesOf.get(cache);
  if (notes === undefined) notesOf.set(cache, (notes = { changed: [], first: 0, kinds: new Map() }));
  cacheOf.set(nominees, cache);
  const key = keyOf(cycle, filters);
  let kind = notes.kinds.get(key);
  if (kind === undefined) {
    kind = { verdicts: null, stale: [], room: null, budgets: [], seen: notes.first + notes.changed.length };
    // What nobody has asked about for longest goes.
    for (const other of notes.kinds.keys()) if (notes.kinds.size >= MOST_KINDS) notes.kinds.delete(other);
  } else notes.kinds.delete(key);
  notes.kinds.set(key, kind);
  return caughtUp(kind, notes);
}

const isByNodeAlone = ({ pod }: Cycle, filters: readonly Plugin[]): boolean =>
  pod.requests.scalars === null && filters.every(({ name }) => BY_NODE_ALONE.has(name));

/** All that the filters read of a pod. */
function keyOf({ pod, profile }: Cycle, filters: readonly Plugin[]): string {
  const { milliCpu, memory, ephemeralStorage } = pod.requests;
  const { tolerations, nodeSelector, affinity } = pod.pod.spec;
  return JSON.stringify([
    [profile.schedulerName, pod.priority, milliCpu, memory, ephemeralStorage, filters.map(({ name }) => name)],
    [tolerations, nodeSelector, affinity?.nodeAffinity],
  ]);
}

/** Takes back what is said of nodes that have changed. */
function caughtUp(kind: Kind, { changed, first }: Notes): Kind {
  const { seen } = kind;
  if (seen < first) {
    forgotten(kind);
    kind.room = null;
  }
  for (let i = Math.max(0, seen - first); i < changed.length; i++) {
    const node = changed[i]!;
    kind.room?.forget(node);
    if (kind.verdicts !== null) kind.stale.push(node);
  }
  if (kind.stale.length > (kind.verdicts?.nodes.length ?? 0)) forgotten(kind);
  kind.seen = first + changed.length;
  return kind;
}
