/**
 * Pods want to be near some pods and far from others. What is required is filtered by, what is preferred is scored; what
 * the pods on nodes say of the pod that comes counts as what it says of them.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go
 */
import type { Node, Pod } from '#engine/api/types';
import { type AffinityTerm, type AffinityTerms, affinityTermsOf, selectionOf, termMeans } from '../affinity-terms';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_POD_LABEL } from '../events';
import { type Cycle, MAX_NODE_SCORE, SKIP, definePlugin, goOn } from '../plugin';
import type { PodInfo } from '../pod-info';
import type { EventObjects } from '../registered-event';
import { unresolvable, unschedulable } from '../status';
import { type Carried, type DomainRule, type Tally, eachCarried, tallyOf } from '../topology-counts';
import { isNode, isPod } from './is-node';

const NAME = 'InterPodAffinity';
const NO_AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const OWN_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

/** A pod that is thought to have come to a node, or to have left it. */
interface Change {
  readonly pod: Pod;
  readonly node: Node;
  readonly by: 1 | -1;
}

interface Required {
  readonly cycle: Cycle;
  /** Pods that all affinity terms mean, one tally for each term. */
  readonly affinity: readonly Tally[];
  /** One for each term. */
  readonly antiAffinity: readonly Tally[];
  readonly existing: readonly Carried[];
  readonly isOwnFriend: boolean;
  readonly changes: readonly Change[];
}

interface Preference {
  readonly topologyKey: string;
  readonly pods: ReadonlyMap<string, number>;
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
    return goOn({
      cycle,
      affinity: affinity.map(({ topologyKey }) => tallyOf(cache, friends, byLabel(topologyKey))),
      antiAffinity: antiAffinity.map((term) => tallyOf(cache, selectionOf([term], view), byLabel(term.topologyKey))),
      existing,
      isOwnFriend: friends.matches(pod.pod),
      changes: NO_CHANGES,
    });
  },

  filter(state, _pod, { node }) {
    const labels = node!.metadata.labels ?? {};
    if (!isAmongFriends(state, labels)) return NO_AFFINITY;
    for (const tally of state.antiAffinity) if (countIn(tally, labels, state.changes) > 0) return OWN_ANTI_AFFINITY;
    return isUnwelcome(state, labels) ? EXISTING_ANTI_AFFINITY : null;
  },

  addPod: (state, _cycle, { pod }, { node }) => withChange(state, pod, node, 1),
  removePod: (state, _cycle, { pod }, { node }) => withChange(state, pod, node, -1),

  preScore(cycle) {
    const { cache, view, profile, pod } = cycle;
    const { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } = profile.args.InterPodAffinity;
    const { preferred } = affinityTermsOf(pod.pod) ?? NO_TERMS;
    if (ignorePreferredTermsOfExistingPods && preferred.length === 0) return SKIP;
    const preferences: Preference[] = [];
    for (const term of preferred) {
      const { topologyKey, weight } = term;
      const { pods } = tallyOf(cache, selectionOf([term], view), byLabel(topologyKey));
      if (pods.size > 0) preferences.push({ topologyKey, pods, weight });
    }
    const isScored = ({ kind }: Carried): boolean =>
      kind === 'preferred' || (kind === 'affinity' && hardPodAffinityWeight > 0);
    for (const { term, kind, pods } of carriedFor(cycle, isScored)) {
      const weight = kind === 'affinity' ? hardPodAffinityWeight : term.weight;
      preferences.push({ topologyKey: term.topologyKey, pods, weight });
    }
    return preferences.length === 0 ? SKIP : preferences;
  },

  score(preferences, _cycle, nodes, count, scores) {
    for (let i = 0; i < count; i++) {
      const labels = nodes[i]!.node!.metadata.labels ?? {};
      let sum = 0;
      for (const { topologyKey, pods, weight } of preferences) {
        const domain = labels[topologyKey];
        if (domain !== undefined) sum += weight * (pods.get(domain) ?? 0);
      }
      scores[i] = sum;
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

const rules = new Map<string, DomainRule>();

/** Every node that has the label counts. */
function byLabel(topologyKey: string): DomainRule {
  let rule = rules.get(topologyKey);
  if (rule === undefined) rules.set(topologyKey, (rule = { key: topologyKey, topologyKey, includes: null }));
  return rule;
}

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

function withChange(state: Required, pod: Pod, node: Node | null, by: 1 | -1): Required {
  return node === null ? state : { ...state, changes: [...state.changes, { pod, node, by }] };
}

function countIn(
  { pods, rule: { topologyKey }, selection }: Tally,
  labels: Readonly<Record<string, string>>,
  changes: readonly Change[],
): number {
  const domain = labels[topologyKey];
  if (domain === undefined) return 0;
  let count = pods.get(domain) ?? 0;
  for (const { pod, node, by } of changes) {
    if (node.metadata.labels?.[topologyKey] === domain && selection.matches(pod)) count += by;
  }
  return count;
}

/** The first of a group of pods that want each other finds nobody, and may go anywhere in the domains. */
function isAmongFriends(state: Required, labels: Readonly<Record<string, string>>): boolean {
  let isAlone = false;
  for (const tally of state.affinity) {
    if (labels[tally.rule.topologyKey] === undefined) return false;
    if (countIn(tally, labels, state.changes) <= 0) isAlone = true;
  }
  return !isAlone || (state.isOwnFriend && isFirst(state));
}

function isFirst({ affinity, changes }: Required): boolean {
  return affinity.every(({ total, selection, rule: { topologyKey } }) => {
    let count = total;
    for (const { pod, node, by } of changes) {
      if (node.metadata.labels?.[topologyKey] !== undefined && selection.matches(pod)) count += by;
    }
    return count <= 0;
  });
}

function isUnwelcome({ cycle, existing, changes }: Required, labels: Readonly<Record<string, string>>): boolean {
  if (changes.length > 0) return isUnwelcomeThen(cycle, existing, changes, labels);
  for (const { term, pods } of existing) {
    const domain = labels[term.topologyKey];
    if (domain !== undefined && pods.has(domain)) return true;
  }
  return false;
}

/** With pods that are thought to have come or gone. */
function isUnwelcomeThen(
  { view, pod: { pod } }: Cycle,
  existing: readonly Carried[],
  changes: readonly Change[],
  labels: Readonly<Record<string, string>>,
): boolean {
  const counts = new Map<string, number>();
  const count = (topologyKey: string, by: number): unknown =>
    counts.set(topologyKey, (counts.get(topologyKey) ?? 0) + by);
  for (const { term, pods } of existing) count(term.topologyKey, pods.get(labels[term.topologyKey] ?? '') ?? 0);
  const namespaceLabels = view.get('Namespace', '', pod.metadata.namespace ?? '')?.metadata.labels;
  for (const { pod: other, node, by } of changes) {
    for (const term of affinityTermsOf(other)?.antiAffinity ?? []) {
      const domain = node.metadata.labels?.[term.topologyKey];
      if (domain === undefined || domain !== labels[term.topologyKey]) continue;
      if (termMeans(term, pod, namespaceLabels)) count(term.topologyKey, by);
    }
  }
  for (const [topologyKey, sum] of counts) if (sum > 0 && labels[topologyKey] !== undefined) return true;
  return false;
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
