/**
 * Spread constraints that forbid nodes: the part of PodTopologySpread that comes late.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/podtopologyspread/{plugin,filtering}.go
 */
import { semanticEqual } from '#engine/api/json';
import type { Pod } from '#engine/api/types';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_NODE_TAINT, UPDATE_POD_LABEL, UPDATE_POD_TOLERATION } from '../events';
import type { NodeInfo } from '../node-info';
import { SKIP, definePlugin, goOn } from '../plugin';
import type { PodInfo } from '../pod-info';
import { readySelector } from '../pod-selection';
import type { SpreadConstraint } from '../profile';
import type { EventObjects } from '../registered-event';
import { unresolvable, unschedulable } from '../status';
import { NOWHERE, type Tally, leastOf, tallyOf } from '../topology-counts';
import { isNode, isPod } from './is-node';
import { isOwnChange } from './own-change';
import { type ReadyConstraint, constraintsOf, hasLabels, hasOwnConstraints } from './spread-constraints';

const NAME = 'PodTopologySpread';
export const TOO_SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)");

/** A pod that is thought to have come to a node, or to have left it. */
interface Change {
  readonly pod: Pod;
  readonly node: NodeInfo;
  readonly by: 1 | -1;
}

interface Hard {
  readonly constraint: ReadyConstraint;
  readonly tally: Tally;
  /** 1 when the pod itself will count. */
  readonly self: number;
  readonly least: number;
}

export interface Filtering {
  readonly hard: readonly Hard[];
  readonly changes: readonly Change[];
}

export const spreadFilter = definePlugin<Filtering>({
  name: NAME,
  events: [
    {
      event: { resource: 'AssignedPod', actions: ADD | UPDATE_POD_LABEL | DELETE, label: 'AssignedPod' },
      hint: mayPodHelp,
    },
    {
      event: { resource: 'UnscheduledPod', actions: UPDATE_POD_LABEL | UPDATE_POD_TOLERATION, label: 'PodUpdate' },
      hint: mayOwnChangeHelp,
    },
    {
      event: { resource: 'Node', actions: ADD | DELETE | UPDATE_NODE_LABEL | UPDATE_NODE_TAINT, label: 'Node' },
      hint: mayNodeHelp,
    },
  ],

  preFilter(cycle) {
    const constraints = constraintsOf(cycle, 'DoNotSchedule');
    if (constraints.length === 0) return SKIP;
    const hard = constraints.map((constraint) => {
      const tally = tallyOf(cycle.cache, constraint.selection, constraint.rule);
      const self = constraint.isMeant(cycle.pod.pod.metadata.labels) ? 1 : 0;
      return { constraint, tally, self, least: tally.domains.size < constraint.minDomains ? 0 : leastOf(tally) };
    });
    return goOn({ hard, changes: [] });
  },

  filter({ hard, changes }, { pod }, node) {
    for (const { constraint, tally, self, least } of hard) {
      let domain = tally.domains.of[node.slot]!;
      if (domain === NOWHERE) {
        const label = node.node!.metadata.labels?.[constraint.topologyKey];
        if (label === undefined) return NO_LABEL;
        domain = tally.domains.numbers.get(label) ?? NOWHERE;
      }
      let count = tally.pods[domain] ?? 0;
      let floor = least;
      if (changes.length > 0) {
        const moved = movesOf(constraint, tally, pod, changes);
        count += moved.get(domain) ?? 0;
        if (tally.domains.size >= constraint.minDomains) floor = leastWith(tally, moved);
      }
      if (count + self - floor > constraint.maxSkew) return TOO_SKEWED;
    }
    return null;
  },

  addPod: (state, _cycle, { pod }, node) => ({ ...state, changes: [...state.changes, { pod, node, by: 1 }] }),
  removePod: (state, _cycle, { pod }, node) => ({ ...state, changes: [...state.changes, { pod, node, by: -1 }] }),
});

/** By how much the domains of a constraint change. */
function movesOf(
  { isMeant }: ReadyConstraint,
  { domains }: Tally,
  own: Pod,
  changes: readonly Change[],
): Map<number, number> {
  const moved = new Map<number, number>();
  for (const { pod, node, by } of changes) {
    if (pod.metadata.namespace !== own.metadata.namespace || !isMeant(pod.metadata.labels)) continue;
    const domain = domains.of[node.slot]!;
    if (domain !== NOWHERE) moved.set(domain, (moved.get(domain) ?? 0) + by);
  }
  return moved;
}

/** The least number of pods in any domain after these changes. */
function leastWith({ domains, pods, domainsWith, occupied }: Tally, moved: ReadonlyMap<number, number>): number {
  const others = [...domainsWith];
  let empty = domains.size - occupied;
  let least = Infinity;
  for (const [domain, by] of moved) {
    const before = pods[domain] ?? 0;
    if (before === 0) empty -= 1;
    else others[before]! -= 1;
    least = Math.min(least, before + by);
  }
  if (empty > 0) return Math.min(least, 0);
  const rest = others.findIndex((having, count) => count > 0 && having > 0);
  return rest < 0 ? least : Math.min(least, rest);
}

/** Constraints that a pod was turned down for, as far as they are its own. */
const ownConstraints = ({ pod }: PodInfo): readonly SpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');

const means = ({ labelSelector }: SpreadConstraint, { metadata }: Pod): boolean =>
  readySelector(labelSelector).matches(metadata.labels);

function mayPodHelp(pod: PodInfo, { old, now }: EventObjects): boolean {
  const before = old !== undefined && isPod(old) ? old : null;
  const after = now !== undefined && isPod(now) ? now : null;
  if ((after ?? before)?.metadata.namespace !== pod.pod.metadata.namespace) return false;
  if (!hasOwnConstraints(pod.pod)) return true;
  if (before !== null && after !== null) {
    return ownConstraints(pod).some((constraint) => means(constraint, before) !== means(constraint, after));
  }
  const other = after ?? before;
  return other !== null && ownConstraints(pod).some((constraint) => means(constraint, other));
}

function mayOwnChangeHelp(pod: PodInfo, objects: EventObjects): boolean {
  if (!isOwnChange(pod, objects)) return false;
  const { old, now } = objects;
  if (old === undefined || now === undefined || !isPod(old) || !isPod(now)) return true;
  const constraints = ownConstraints(pod);
  return (
    (!semanticEqual(old.spec.tolerations, now.spec.tolerations) &&
      constraints.some(({ nodeTaintsPolicy }) => nodeTaintsPolicy === 'Honor')) ||
    constraints.some((constraint) => means(constraint, old) !== means(constraint, now))
  );
}

function mayNodeHelp(pod: PodInfo, { old, now }: EventObjects): boolean {
  if (!hasOwnConstraints(pod.pod)) return true;
  const constraints = ownConstraints(pod);
  const before = old !== undefined && isNode(old) ? old : null;
  const after = now !== undefined && isNode(now) ? now : null;
  const had = before !== null && hasLabels(constraints, before.metadata.labels);
  const has = after !== null && hasLabels(constraints, after.metadata.labels);
  if (before === null || after === null) return had || has;
  if (had !== has) return true;
  const isMoved = constraints.some(
    ({ topologyKey }) => before.metadata.labels?.[topologyKey] !== after.metadata.labels?.[topologyKey],
  );
  return has && (isMoved || !semanticEqual(before.spec.taints, after.spec.taints));
}
