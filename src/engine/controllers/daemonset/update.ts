/**
 * A rolling update of a DaemonSet: which old pods go now, and which nodes get a second pod first.
 *
 * @source kubernetes pkg/controller/daemon/update.go (rollingUpdate, updatedDesiredNodeCounts)
 */
import { type IntOrString, scaledValue } from '#engine/api/int-or-string';
import type { DaemonSet, Node, Pod } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { isPodAvailable } from '../availability';
import { verdictOn } from './placement';
import { isUpdated, type PodsByNode } from './pods';

export interface Limits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** Nodes that should run a pod and have none. */
  readonly emptyNodes: readonly string[];
}

/** What the update may do. Percentages of the nodes that should run a pod are rounded up. */
export function limitsOf(set: DaemonSet, nodes: readonly Node[], byNode: PodsByNode): Limits {
  const wanted = nodes.filter((node) => verdictOn(node, set).shouldRun);
  const maxSurge = portion(set.spec?.updateStrategy?.rollingUpdate?.maxSurge, set, wanted.length);
  const maxUnavailable = portion(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable, set, wanted.length);
  return {
    maxSurge,
    maxUnavailable: wanted.length > 0 && maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable,
    emptyNodes: wanted.map(({ metadata }) => metadata.name).filter((name) => !byNode.has(name)),
  };
}

function portion(value: IntOrString | undefined, { spec }: DaemonSet, total: number): number {
  if (value === undefined || spec?.updateStrategy?.type !== 'RollingUpdate') return 0;
  const scaled = scaledValue(value, total, 'up');
  return scaled.ok ? scaled.value : 0;
}

export const allowsSurge = (set: DaemonSet): boolean =>
  portion(set.spec?.updateStrategy?.rollingUpdate?.maxSurge, set, 1) > 0;

interface Pair {
  readonly updated: Pod | null;
  readonly old: Pod | null;
}

/** The pod of the new template and that of an old one; null when there are several of one sort. */
function pairOn(pods: readonly Pod[], set: DaemonSet, hash: string): Pair | null {
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const updated = living.filter((pod) => isUpdated(pod, set, hash));
  const old = living.filter((pod) => !isUpdated(pod, set, hash));
  return updated.length > 1 || old.length > 1 ? null : { updated: updated[0] ?? null, old: old[0] ?? null };
}

export interface UpdateStep {
  readonly remove: readonly Pod[];
  readonly createOn: readonly string[];
}

export function nextOfUpdate(
  set: DaemonSet,
  nodes: readonly Node[],
  byNode: PodsByNode,
  hash: string,
  now: Micros,
): UpdateStep {
  const limits = limitsOf(set, nodes, byNode);
  const pairs = [
    ...[...byNode].map(([node, pods]) => ({ node, pair: pairOn(pods, set, hash) })),
    ...limits.emptyNodes.map((node) => ({ node, pair: { updated: null, old: null } })),
  ];
  const available = (pod: Pod): boolean => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now);
  return limits.maxSurge === 0
    ? { remove: replacements(pairs, limits.maxUnavailable, available), createOn: [] }
    : surge(pairs, limits.maxSurge, available);
}

type Pairs = readonly { readonly node: string; readonly pair: Pair | null }[];

/** Old pods that are unavailable go at once, others as many as may be unavailable. */
function replacements(pairs: Pairs, maxUnavailable: number, available: (pod: Pod) => boolean): readonly Pod[] {
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { pair } of pairs) {
    if (pair === null || (pair.old === null) === (pair.updated === null)) unavailable++;
    else if (pair.updated !== null) unavailable += available(pair.updated) ? 0 : 1;
    else if (!available(pair.old!)) broken.push(pair.old!);
    else if (unavailable < maxUnavailable) candidates.push(pair.old!);
  }
  return [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))];
}

/** A new pod beside the old one; the old one goes when the new one is available. */
function surge(pairs: Pairs, maxSurge: number, available: (pod: Pod) => boolean): UpdateStep {
  let surging = 0;
  const remove: Pod[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const { node, pair } of pairs) {
    if (pair === null) surging++;
    else if (pair.old === null) continue;
    else if (pair.updated !== null) {
      if (available(pair.updated)) remove.push(pair.old);
      else surging++;
    } else if (!available(pair.old)) broken.push(node);
    else if (surging < maxSurge) candidates.push(node);
  }
  return { remove, createOn: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}
