/**
 * The taints that say a node's conditions: NoSchedule ones at once, NoExecute ones by way of the eviction queue.
 *
 * @source kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (nodeConditionToTaintKeyStatusMap, doNoScheduleTaintingPass)
 */
import { conditionOf } from '#engine/api/meta';
import type { Node, Taint } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { PatchStep } from '#engine/client/plan';
import { mergePatch, targetOf } from '../steps';
import { NOT_READY, UNREACHABLE, guardOf, hasTaint, taintsChanged } from '../taints';

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition type → condition status → taint key. */
const CONDITION_TAINTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const MANAGED: ReadonlySet<string> = new Set([
  UNSCHEDULABLE,
  ...Object.values(CONDITION_TAINTS).flatMap((byStatus) => Object.values(byStatus)),
]);

/** Old names of labels that are kept equal to the new ones. */
const BETA_LABELS: readonly (readonly [primary: string, secondary: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

type TaintKey = Pick<Taint, 'key' | 'effect'>;
const noSchedule = (key: string): TaintKey => ({ key, effect: 'NoSchedule' });

interface Upkeep {
  readonly add: readonly TaintKey[];
  readonly drop: readonly TaintKey[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What a node's NoSchedule taints and beta labels lack; `null` when nothing. */
export function upkeepOf(node: Node): Upkeep | null {
  const wanted: string[] = [];
  for (const { type, status } of node.status.conditions ?? []) {
    const key = CONDITION_TAINTS[type]?.[status];
    if (key !== undefined) wanted.push(key);
  }
  if (node.spec.unschedulable === true) wanted.push(UNSCHEDULABLE);
  const add = wanted.filter((key) => !hasTaint(node, key, 'NoSchedule')).map(noSchedule);
  const drop = (node.spec.taints ?? []).filter(
    ({ key, effect }) => effect === 'NoSchedule' && MANAGED.has(key) && !wanted.includes(key),
  );
  const labels = staleLabels(node);
  return add.length === 0 && drop.length === 0 && labels === null ? null : { add, drop, labels: labels ?? {} };
}

function staleLabels({ metadata: { labels } }: Node): Readonly<Record<string, string>> | null {
  const stale: Record<string, string> = {};
  for (const [primary, secondary] of BETA_LABELS) {
    const value = labels?.[primary];
    if (value !== undefined && labels?.[secondary] !== value) stale[secondary] = value;
  }
  return Object.keys(stale).length === 0 ? null : stale;
}

/** One patch for all that is lacking. */
export function upkeepPatch(node: Node, { add, drop, labels }: Upkeep, now: Micros): PatchStep {
  const { metadata } = guardOf(node);
  const taints = add.length + drop.length === 0 ? {} : { spec: taintsChanged(node, add, drop, now) };
  return mergePatch(targetOf(node), { metadata: { ...metadata, labels }, ...taints });
}

/** The NoExecute taint that a node's Ready condition calls for, and the one that it rules out; `null` for a Ready node. */
export function evictionTaints(node: Node): { readonly wanted: string; readonly opposite: string } | null {
  return taintsForStatus(conditionOf(node.status.conditions, 'Ready')?.status ?? 'Unknown');
}

export function taintsForStatus(status: string): { readonly wanted: string; readonly opposite: string } | null {
  if (status === 'False') return { wanted: NOT_READY, opposite: UNREACHABLE };
  if (status === 'Unknown') return { wanted: UNREACHABLE, opposite: NOT_READY };
  return null;
}
