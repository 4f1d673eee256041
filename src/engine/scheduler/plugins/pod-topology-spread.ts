/**
 * Pods that belong together are spread over zones, nodes, or whatever labels of nodes say.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/podtopologyspread/{plugin,filtering,scoring}.go
 */
import { semanticEqual } from '#engine/api/json';
import type { Labels } from '#engine/api/label-selector';
import type { Pod } from '#engine/api/types';
import { naturalLogarithm } from '#engine/kernel/logarithm';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_NODE_TAINT, UPDATE_POD_LABEL, UPDATE_POD_TOLERATION } from '../events';
import type { NodeInfo } from '../node-info';
import { MAX_NODE_SCORE, SKIP, definePlugin, goOn } from '../plugin';
import type { PodInfo } from '../pod-info';
import { readySelector } from '../pod-selection';
import type { SpreadConstraint } from '../profile';
import type { EventObjects } from '../registered-event';
import { unresolvable, unschedulable } from '../status';
import {
  type DomainRule,
  type Domains,
  NOWHERE,
  type Tally,
  byLabel,
  domainsBy,
  leastOf,
  tallyOf,
} from '../topology-counts';
import { isNode, isPod } from './is-node';
import { isOwnChange } from './own-change';
import {
  HOSTNAME,
  type ReadyConstraint,
  constraintsOf,
  hasOwnConstraints,
  isSystemDefaulted,
} from './spread-constraints';

const NAME = 'PodTopologySpread';
const TOO_SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)");
const BY_NODE: DomainRule = { key: 'spread\nnode', topologyKey: '', includes: null };

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

interface Filtering {
  readonly hard: readonly Hard[];
  readonly changes: readonly Change[];
}

interface Soft {
  readonly tally: Tally;
  /** By the label alone: who has it is scored, also when it does not count. */
  readonly labels: Domains;
  readonly weight: number;
  readonly maxSkew: number;
}

interface Scoring {
  readonly soft: readonly Soft[];
  /** Of the nodes to be scored those that lack a label; null: none. */
  readonly ignored: ReadonlySet<number> | null;
}

export const podTopologySpread = definePlugin<Filtering, Scoring>({
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

  preScore(cycle, nodes, count) {
    const constraints = constraintsOf(cycle, 'ScheduleAnyway');
    if (constraints.length === 0) return SKIP;
    const ignored = isSystemDefaulted(cycle) ? null : nodesWithout(constraints, nodes, count);
    const soft = constraints.map(({ topologyKey, maxSkew, selection, rule }) => {
      const isHostname = topologyKey === HOSTNAME;
      const labels = domainsBy(cycle.cache, byLabel(topologyKey));
      const size = isHostname ? count - (ignored?.size ?? 0) : sizeOf(labels, nodes, count, ignored);
      const tally = tallyOf(cycle.cache, selection, isHostname ? BY_NODE : rule);
      return { tally, labels, weight: naturalLogarithm(size + 2), maxSkew };
    });
    return { soft, ignored };
  },

  score({ soft, ignored }, _cycle, nodes, count, scores) {
    scores.fill(0, 0, count);
    for (const { tally, labels, weight, maxSkew } of soft) {
      const { of } = tally.domains;
      for (let i = 0; i < count; i++) {
        const { slot } = nodes[i]!;
        if (labels.of[slot] === NOWHERE) continue;
        scores[i]! += (tally.pods[of[slot]!] ?? 0) * weight + (maxSkew - 1);
      }
    }
    for (let i = 0; i < count; i++) scores[i] = ignored?.has(i) === true ? 0 : Math.round(scores[i]!);
  },

  normalizeScore(scores, count, { ignored }) {
    let least = Infinity;
    let most = 0;
    for (let i = 0; i < count; i++) {
      if (ignored?.has(i) === true) continue;
      const score = scores[i]!;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    for (let i = 0; i < count; i++) {
      if (ignored?.has(i) === true) scores[i] = 0;
      else if (most === 0) scores[i] = MAX_NODE_SCORE;
      else scores[i] = Math.trunc((MAX_NODE_SCORE * (most + least - scores[i]!)) / most);
    }
  },
});

function nodesWithout(
  constraints: readonly ReadyConstraint[],
  nodes: readonly NodeInfo[],
  count: number,
): ReadonlySet<number> | null {
  const without = new Set<number>();
  for (let i = 0; i < count; i++) if (!hasLabels(constraints, nodes[i]!.node!.metadata.labels)) without.add(i);
  return without.size === 0 ? null : without;
}

/** How many domains the nodes are in. Those without the label are in one of their own. */
function sizeOf(
  { of }: Domains,
  nodes: readonly NodeInfo[],
  count: number,
  ignored: ReadonlySet<number> | null,
): number {
  const seen = new Set<number>();
  let last: number | undefined;
  for (let i = 0; i < count; i++) {
    const domain = of[nodes[i]!.slot];
    if (domain === undefined || domain === last || ignored?.has(i) === true) continue;
    last = domain;
    seen.add(domain);
  }
  return seen.size;
}

const hasLabels = (constraints: readonly { readonly topologyKey: string }[], labels: Labels | undefined): boolean =>
  constraints.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);

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
