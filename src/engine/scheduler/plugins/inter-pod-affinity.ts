/**
 * Pods want to be near some pods and far from others. What is required is filtered by, what is preferred is scored; what
 * the pods on nodes say of the pod that comes counts as what it says of them.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go
 */
import type { Pod } from '#engine/api/types';
import { type AffinityTerm, type AffinityTerms, affinityTermsOf, selectionOf, termMeans } from '../affinity-terms';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_POD_LABEL } from '../events';
import type { NodeInfo } from '../node-info';
import { type Cycle, MAX_NODE_SCORE, SKIP, definePlugin, goOn } from '../plugin';
import type { PodInfo } from '../pod-info';
import type { PodSelection } from '../pod-selection';
import type { EventObjects } from '../registered-event';
import { unresolvable, unschedulable } from '../status';
import { type Carried, NOWHERE, type Tally, byLabel, eachCarried, tallyOf } from '../topology-counts';
import { isNode, isPod } from './is-node';

const NAME = 'InterPodAffinity';
const NO_AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const OWN_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

/** A pod that is thought to have come to a node, or to have left it. */
interface Change {
  readonly pod: Pod;
  readonly node: NodeInfo;
  readonly by: 1 | -1;
}

interface Wanted {
  readonly topologyKey: string;
  readonly selection: PodSelection;
  readonly tally: Tally;
}

interface Required {
  readonly cycle: Cycle;
  /** Pods that all affinity terms mean, for each term. */
  readonly affinity: readonly Wanted[];
  readonly antiAffinity: readonly Wanted[];
  readonly existing: readonly Carried[];
  readonly isOwnFriend: boolean;
  readonly changes: readonly Change[];
}

interface Preference {
  readonly tally: Tally;
  readonly weight: number;
}

const NO_TERMS: AffinityTerms = { affinity: [], antiAffinity: [], preferred: [] };
const NO_CHANGES: readonly Change[] = Object.freeze([]);

export const interPodAffinity = definePlugin<Required, readonly Preference[]>({
  name: NAME,
  events: [
    {
      event: { resource: 'AssignedPod', actions: ADD | UPDATE_POD_LABEL | DELETE, label: 'AssignedPod' },
      hint: mayPodHelp,
    },
    { event: { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, label: 'Node' }, hint: mayNodeHelp },
  ],

  preFilter(cycle) {
    const { cache, view, pod } = cycle;
    const existing = carriedFor(cycle, ({ kind }) => kind === 'antiAffinity');
    const { affinity, antiAffinity } = affinityTermsOf(pod.pod) ?? NO_TERMS;
    if (existing.length === 0 && affinity.length === 0 && antiAffinity.length === 0) return SKIP;
    const friends = selectionOf(affinity, view);
    const wanted = ({ topologyKey }: AffinityTerm, selection: PodSelection): Wanted => ({
      topologyKey,
      selection,
      tally: tallyOf(cache, selection, byLabel(topologyKey)),
    });
    return goOn({
      cycle,
      affinity: affinity.map((term) => wanted(term, friends)),
      antiAffinity: antiAffinity.map((term) => wanted(term, selectionOf([term], view))),
      existing,
      isOwnFriend: friends.matches(pod.pod),
      changes: NO_CHANGES,
    });
  },

  filter(state, _pod, node) {
    if (state.affinity.length > 0 && !isAmongFriends(state, node)) return NO_AFFINITY;
    for (const wanted of state.antiAffinity) if (countAt(wanted, node, state.changes) > 0) return OWN_ANTI_AFFINITY;
    return isUnwelcome(state, node) ? EXISTING_ANTI_AFFINITY : null;
  },

  addPod: (state, _cycle, { pod }, node) => ({ ...state, changes: [...state.changes, { pod, node, by: 1 }] }),
  removePod: (state, _cycle, { pod }, node) => ({ ...state, changes: [...state.changes, { pod, node, by: -1 }] }),

  preScore(cycle) {
    const { cache, view, profile, pod } = cycle;
    const { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } = profile.args.InterPodAffinity;
    const { preferred } = affinityTermsOf(pod.pod) ?? NO_TERMS;
    if (ignorePreferredTermsOfExistingPods && preferred.length === 0) return SKIP;
    const preferences: Preference[] = [];
    for (const term of preferred) {
      const tally = tallyOf(cache, selectionOf([term], view), byLabel(term.topologyKey));
      if (tally.total > 0) preferences.push({ tally, weight: term.weight });
    }
    const isScored = ({ kind }: Carried): boolean =>
      kind === 'preferred' || (kind === 'affinity' && hardPodAffinityWeight > 0);
    for (const { term, kind, tally } of carriedFor(cycle, isScored)) {
      preferences.push({ tally, weight: kind === 'affinity' ? hardPodAffinityWeight : term.weight });
    }
    return preferences.length === 0 ? SKIP : preferences;
  },

  score(preferences, _cycle, nodes, count, scores) {
    scores.fill(0, 0, count);
    for (const { tally, weight } of preferences) {
      const { of } = tally.domains;
      for (let i = 0; i < count; i++) {
        const domain = of[nodes[i]!.slot]!;
        if (domain !== NOWHERE) scores[i]! += weight * (tally.pods[domain] ?? 0);
      }
    }
  },

  normalizeScore(scores, count) {
    let least = Infinity;
    let most = -Infinity;
    for (let i = 0; i < count; i++) {
      least = Math.min(least, scores[i]!);
      most = Math.max(most, scores[i]!);
    }
    const range = most - least;
    for (let i = 0; i < count; i++) {
      scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * ((scores[i]! - least) / range)) : 0;
    }
  },
});

/** What pods on nodes say of the pod. */
function carriedFor({ cache, view, pod: { pod } }: Cycle, isWanted: (carried: Carried) => boolean): readonly Carried[] {
  const found: Carried[] = [];
  const namespaceLabels = (): Readonly<Record<string, string>> | undefined =>
    view.get('Namespace', '', pod.metadata.namespace ?? '')?.metadata.labels;
  eachCarried(cache, pod, namespaceLabels, (carried) => {
    if (isWanted(carried)) found.push(carried);
  });
  return found;
}

function countAt({ tally, selection }: Wanted, node: NodeInfo, changes: readonly Change[]): number {
  const { of } = tally.domains;
  const domain = of[node.slot]!;
  if (domain === NOWHERE) return 0;
  let count = tally.pods[domain] ?? 0;
  for (const change of changes) {
    if (of[change.node.slot] === domain && selection.matches(change.pod)) count += change.by;
  }
  return count;
}

/** The first of a group of pods that want each other finds nobody, and may go anywhere in the domains. */
function isAmongFriends(state: Required, node: NodeInfo): boolean {
  let isAlone = false;
  for (const wanted of state.affinity) {
    if (wanted.tally.domains.of[node.slot] === NOWHERE) return false;
    if (countAt(wanted, node, state.changes) <= 0) isAlone = true;
  }
  return !isAlone || (state.isOwnFriend && isFirst(state));
}

function isFirst({ affinity, changes }: Required): boolean {
  return affinity.every(({ tally, selection }) => {
    let count = tally.total;
    for (const { pod, node, by } of changes) {
      if (tally.domains.of[node.slot] !== NOWHERE && selection.matches(pod)) count += by;
    }
    return count <= 0;
  });
}

function isUnwelcome({ cycle, existing, changes }: Required, node: NodeInfo): boolean {
  if (changes.length > 0) return isUnwelcomeThen(cycle, existing, changes, node);
  for (const { tally } of existing) if ((tally.pods[tally.domains.of[node.slot]!] ?? 0) > 0) return true;
  return false;
}

/** With pods that are thought to have come or gone. */
function isUnwelcomeThen(
  { view, pod: { pod } }: Cycle,
  existing: readonly Carried[],
  changes: readonly Change[],
  { slot, node: here }: NodeInfo,
): boolean {
  const counts = new Map<string, number>();
  const count = (topologyKey: string, by: number): unknown =>
    counts.set(topologyKey, (counts.get(topologyKey) ?? 0) + by);
  for (const { term, tally } of existing) count(term.topologyKey, tally.pods[tally.domains.of[slot]!] ?? 0);
  const namespaceLabels = view.get('Namespace', '', pod.metadata.namespace ?? '')?.metadata.labels;
  for (const { pod: other, node, by } of changes) {
    for (const term of affinityTermsOf(other)?.antiAffinity ?? []) {
      const domain = node.node?.metadata.labels?.[term.topologyKey];
      if (domain === undefined || domain !== here?.metadata.labels?.[term.topologyKey]) continue;
      if (termMeans(term, pod, namespaceLabels)) count(term.topologyKey, by);
    }
  }
  return [...counts.values()].some((sum) => sum > 0);
}

/** No terms mean nobody. Labels of namespaces are not looked at, as upstream. */
const meanAll = (terms: readonly AffinityTerm[], pod: Pod): boolean =>
  terms.length > 0 && terms.every((term) => termMeans(term, pod, undefined));

function mayPodHelp({ pod }: PodInfo, { old, now }: EventObjects): boolean {
  const { affinity, antiAffinity } = affinityTermsOf(pod) ?? NO_TERMS;
  const before = old !== undefined && isPod(old) ? old : null;
  const after = now !== undefined && isPod(now) ? now : null;
  if (before === null) return after !== null && meanAll(affinity, after);
  if (after === null) return meanAll(antiAffinity, before);
  return (
    (!meanAll(affinity, before) && meanAll(affinity, after)) ||
    (meanAll(antiAffinity, before) && !meanAll(antiAffinity, after))
  );
}

function mayNodeHelp({ pod }: PodInfo, { old, now }: EventObjects): boolean {
  if (now === undefined || !isNode(now)) return true;
  const { affinity, antiAffinity } = affinityTermsOf(pod) ?? NO_TERMS;
  const after = now.metadata.labels ?? {};
  if (old === undefined) {
    return antiAffinity.length > 0 || affinity.some(({ topologyKey }) => after[topologyKey] !== undefined);
  }
  const before = old.metadata.labels ?? {};
  const isMoved = ({ topologyKey }: AffinityTerm): boolean => before[topologyKey] !== after[topologyKey];
  return (
    affinity.some((term) => isMoved(term) && after[term.topologyKey] !== undefined) ||
    antiAffinity.some((term) => isMoved(term) && before[term.topologyKey] !== undefined)
  );
}
