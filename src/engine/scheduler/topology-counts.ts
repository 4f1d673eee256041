/**
 * How many pods of a selection run in each domain (a zone, a node, …) of the cluster: what spreading and affinity between
 * pods ask for at every pod. Counted once when first asked for, kept up to date as pods and nodes come and go. Derived from
 * the cache and never part of a state: a restored run counts anew.
 */
import { semanticEqual } from '#engine/api/json';
import type { Node, Pod } from '#engine/api/types';
import { type AffinityTerm, affinityTermsOf, termMeans } from './affinity-terms';
import type { NodeInfo } from './node-info';
import type { PodInfo } from './pod-info';
import {
  type Anchored,
  type PodSelection,
  addAnchored,
  eachAnchored,
  newAnchored,
  removeAnchored,
} from './pod-selection';

/** What is counted in: a scheduler's cache. */
interface Nodes {
  readonly nodes: ReadonlyMap<string, NodeInfo>;
}

/** Domains by a label of nodes. */
export interface DomainRule {
  readonly key: string;
  /** Empty: every node is a domain of its own. */
  readonly topologyKey: string;
  /** Which nodes count; null: all that have the label. */
  readonly includes: ((node: Node) => boolean) | null;
}

export interface Tally {
  readonly selection: PodSelection;
  readonly rule: DomainRule;
  /** Nodes by domain. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Pods by domain; domains without pods are absent. */
  readonly pods: Map<string, number>;
  /** How many domains have so many pods; not for 0. */
  readonly domainsWith: number[];
  total: number;
}

/** What pods on nodes say of pods that may come, by domain of those that say it. */
export interface Carried {
  readonly term: AffinityTerm;
  readonly kind: CarriedKind;
  readonly pods: Map<string, number>;
}
export type CarriedKind = 'affinity' | 'antiAffinity' | 'preferred';

interface Selected {
  readonly selection: PodSelection;
  readonly tallies: Map<string, Tally>;
  used: number;
}

interface Domains {
  readonly rule: DomainRule;
  readonly nodes: Map<string, number>;
}

interface Counts {
  readonly cache: Nodes;
  readonly selected: Map<string, Selected>;
  readonly selectedBy: Anchored<Selected>;
  readonly domains: Map<string, Domains>;
  readonly carried: Map<string, Carried>;
  readonly carriedBy: Anchored<Carried>;
  uses: number;
}

/** Of more selections those that were asked for last are kept. */
const MOST_SELECTIONS = 1_024;
const MOST_RULES = 256;
const CARRIED_KINDS = ['affinity', 'antiAffinity', 'preferred'] as const;
const counted = new WeakMap<Nodes, Counts>();

function countsOf(cache: Nodes): Counts {
  let counts = counted.get(cache);
  if (counts === undefined) {
    counts = {
      cache,
      selected: new Map(),
      selectedBy: newAnchored(),
      domains: new Map(),
      carried: new Map(),
      carriedBy: newAnchored(),
      uses: 0,
    };
    counted.set(cache, counts);
    for (const { node, pods } of cache.nodes.values()) for (const pod of pods) carry(counts, pod.pod, node, 1);
  }
  return counts;
}

/** The domain that a node is in; undefined: in none. */
export function domainOf({ topologyKey, includes }: DomainRule, node: Node): string | undefined {
  const domain = topologyKey === '' ? node.metadata.name : node.metadata.labels?.[topologyKey];
  return domain === undefined || (includes !== null && !includes(node)) ? undefined : domain;
}

/** Pods of a selection by domain. Valid until the cache changes. */
export function tallyOf(cache: Nodes, selection: PodSelection, rule: DomainRule): Tally {
  const counts = countsOf(cache);
  const known = counts.selected.get(selection.key);
  const selected = known ?? { selection, tallies: new Map<string, Tally>(), used: 0 };
  selected.used = ++counts.uses;
  if (known === undefined) {
    if (counts.selected.size >= MOST_SELECTIONS) forgetOldest(counts);
    counts.selected.set(selection.key, selected);
    addAnchored(counts.selectedBy, selection.anchor, selected);
  }
  let tally = selected.tallies.get(rule.key);
  if (tally === undefined) selected.tallies.set(rule.key, (tally = newTally(counts, selection, rule)));
  return tally;
}

/** The least number of pods in any domain; 0 without domains. */
export function leastOf({ nodes, pods, domainsWith }: Pick<Tally, 'nodes' | 'pods' | 'domainsWith'>): number {
  if (pods.size < nodes.size) return 0;
  for (let count = 1; count < domainsWith.length; count++) if ((domainsWith[count] ?? 0) > 0) return count;
  return 0;
}

/** Calls back with all that pods on nodes say of this one. */
export function eachCarried(
  cache: Nodes,
  pod: Pod,
  namespaceLabels: () => Readonly<Record<string, string>> | undefined,
  visit: (carried: Carried) => void,
): void {
  const { carried, carriedBy } = countsOf(cache);
  if (carried.size === 0) return;
  const labels = namespaceLabels();
  eachAnchored(carriedBy, pod, (one) => {
    if (termMeans(one.term, pod, labels)) visit(one);
  });
}

/** A pod has come to a node, or gone from it. */
export function countPod(cache: Nodes, { pod }: PodInfo, { node }: NodeInfo, by: 1 | -1): void {
  const counts = counted.get(cache);
  if (counts === undefined || node === null) return;
  eachAnchored(counts.selectedBy, pod, ({ selection, tallies }) => {
    if (!selection.matches(pod)) return;
    for (const tally of tallies.values()) {
      const domain = domainOf(tally.rule, node);
      if (domain !== undefined) addTo(tally, domain, by);
    }
  });
  carry(counts, pod, node, by);
}

/** A pod on a node has become another version of itself. */
export function recountPod(cache: Nodes, old: PodInfo, now: PodInfo, node: NodeInfo): void {
  const before = old.pod.metadata;
  const after = now.pod.metadata;
  const isSame =
    before.deletionTimestamp === after.deletionTimestamp &&
    (before.labels === after.labels || semanticEqual(before.labels, after.labels));
  if (isSame || !counted.has(cache)) return;
  countPod(cache, old, node, -1);
  countPod(cache, now, node, 1);
}

/** A node has come, gone, or changed; its pods are those on it. */
export function recountNode(cache: Nodes, { pods }: NodeInfo, old: Node | null, now: Node | null): void {
  const counts = counted.get(cache);
  if (counts === undefined || (old !== null && now !== null && isSamePlace(old, now))) return;
  const moves = new Map<DomainRule, readonly [from: string | undefined, to: string | undefined]>();
  for (const { rule, nodes } of counts.domains.values()) {
    const from = old === null ? undefined : domainOf(rule, old);
    const to = now === null ? undefined : domainOf(rule, now);
    if (from === to) continue;
    moves.set(rule, [from, to]);
    if (from !== undefined) increase(nodes, from, -1);
    if (to !== undefined) increase(nodes, to, 1);
  }
  if (moves.size > 0 && pods.length > 0) {
    for (const { selection, tallies } of counts.selected.values()) {
      const own = pods.reduce((sum, { pod }) => (selection.matches(pod) ? sum + 1 : sum), 0);
      if (own > 0) for (const tally of tallies.values()) move(tally, moves.get(tally.rule), own);
    }
  }
  for (const { pod } of pods) {
    carry(counts, pod, old, -1);
    carry(counts, pod, now, 1);
  }
}

const isSamePlace = (a: Node, b: Node): boolean =>
  (a.metadata.labels === b.metadata.labels || semanticEqual(a.metadata.labels, b.metadata.labels)) &&
  (a.spec.taints === b.spec.taints || semanticEqual(a.spec.taints, b.spec.taints));

function move(
  tally: Tally,
  [from, to]: readonly [string | undefined, string | undefined] = [undefined, undefined],
  by: number,
): void {
  if (from !== undefined) addTo(tally, from, -by);
  if (to !== undefined) addTo(tally, to, by);
}

function newTally(counts: Counts, selection: PodSelection, rule: DomainRule): Tally {
  const { nodes, rule: known } = domainsOf(counts, rule);
  const tally: Tally = { selection, rule: known, nodes, pods: new Map(), domainsWith: [], total: 0 };
  for (const { node, pods } of counts.cache.nodes.values()) {
    const domain = node === null || pods.length === 0 ? undefined : domainOf(known, node);
    if (domain === undefined) continue;
    let own = 0;
    for (const { pod } of pods) if (selection.matches(pod)) own += 1;
    if (own > 0) addTo(tally, domain, own);
  }
  return tally;
}

function domainsOf(counts: Counts, rule: DomainRule): Domains {
  let domains = counts.domains.get(rule.key);
  if (domains === undefined) {
    if (counts.domains.size >= MOST_RULES) forgetAll(counts);
    domains = { rule, nodes: new Map() };
    counts.domains.set(rule.key, domains);
    for (const { node } of counts.cache.nodes.values()) {
      const domain = node === null ? undefined : domainOf(rule, node);
      if (domain !== undefined) increase(domains.nodes, domain, 1);
    }
  }
  return domains;
}

function addTo(tally: Tally, domain: string, by: number): void {
  const { pods, domainsWith } = tally;
  const before = pods.get(domain) ?? 0;
  const after = before + by;
  tally.total += by;
  if (before > 0) domainsWith[before]! -= 1;
  if (after > 0) {
    domainsWith[after] = (domainsWith[after] ?? 0) + 1;
    pods.set(domain, after);
  } else {
    pods.delete(domain);
  }
}

function increase(numbers: Map<string, number>, key: string, by: number): void {
  const after = (numbers.get(key) ?? 0) + by;
  if (after > 0) numbers.set(key, after);
  else numbers.delete(key);
}

/** Counts what a pod on a node says of others. */
function carry(counts: Counts, pod: Pod, node: Node | null, by: 1 | -1): void {
  const terms = node === null ? null : affinityTermsOf(pod);
  if (node === null || terms === null) return;
  for (const kind of CARRIED_KINDS) {
    for (const term of terms[kind]) {
      const domain = node.metadata.labels?.[term.topologyKey];
      if (domain !== undefined) carryTerm(counts, kind, term, domain, by);
    }
  }
}

function carryTerm(counts: Counts, kind: CarriedKind, term: AffinityTerm, domain: string, by: 1 | -1): void {
  const key = `${kind}\n${term.key}`;
  let carried = counts.carried.get(key);
  if (carried === undefined) {
    carried = { term, kind, pods: new Map() };
    counts.carried.set(key, carried);
    addAnchored(counts.carriedBy, term.selector.anchor, carried);
  }
  increase(carried.pods, domain, by);
  if (carried.pods.size > 0) return;
  counts.carried.delete(key);
  removeAnchored(counts.carriedBy, term.selector.anchor, carried);
}

/** Forgets the half of the selections that has not been asked for for longest. */
function forgetOldest(counts: Counts): void {
  const median = [...counts.selected.values()].map(({ used }) => used).sort((a, b) => a - b)[MOST_SELECTIONS / 2] ?? 0;
  for (const selected of counts.selected.values()) if (selected.used < median) forget(counts, selected);
}

function forgetAll(counts: Counts): void {
  for (const { tallies } of counts.selected.values()) tallies.clear();
  counts.domains.clear();
}

function forget({ selected, selectedBy }: Counts, one: Selected): void {
  selected.delete(one.selection.key);
  removeAnchored(selectedBy, one.selection.anchor, one);
}
