/**
 * How many pods of a selection run in each domain (a zone, a node, …) of the cluster: what spreading and affinity between
 * pods ask for at every pod. Counted once when first asked for, kept up to date as pods and nodes come and go. Derived from
 * the cache and never part of a state: a restored run counts anew.
 */
import { semanticEqual } from '#engine/api/json';
import type { Node, Pod } from '#engine/api/types';
import { LateCode } from '#engine/late/late-code';
import type { AffinityTerm, affinityTermsOf, termMeans } from './affinity-terms';
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

/** The domains of a rule by number, so that what is asked for every node is found by two indexes. */
export interface Domains {
  readonly rule: DomainRule;
  readonly numbers: Map<string, number>;
  /** By `NodeInfo.slot`; -1: in none. */
  of: Int32Array;
  /** Nodes by domain. */
  readonly nodes: number[];
  /** How many domains have nodes. */
  size: number;
}

/** Pods by domain. */
export interface Tally {
  readonly domains: Domains;
  readonly pods: number[];
  /** How many domains have so many pods; not for 0. */
  readonly domainsWith: number[];
  /** How many domains have any. */
  occupied: number;
  total: number;
}

/** What pods on nodes say of pods that may come: the tally is of those that say it. */
export interface Carried {
  readonly term: AffinityTerm;
  readonly kind: CarriedKind;
  readonly tally: Tally;
}
export type CarriedKind = 'affinity' | 'antiAffinity' | 'preferred';

interface Selected {
  readonly selection: PodSelection;
  readonly tallies: Map<string, Tally>;
  used: number;
}

interface Counts {
  readonly cache: Nodes;
  /** Nodes by `label=value` that pods on them carry, and how many of these: a new selection looks at no others. Null: there was none. */
  carriers: Map<string, Map<NodeInfo, number>> | null;
  readonly selected: Map<string, Selected>;
  readonly selectedBy: Anchored<Selected>;
  readonly domains: Map<string, Domains>;
  readonly carried: Map<string, Carried>;
  readonly carriedBy: Anchored<Carried>;
  uses: number;
}

/** How terms are read, of pods that have any; `late-scheduler.ts` fills it. */
export const termReader = new LateCode<{
  readonly affinityTermsOf: typeof affinityTermsOf;
  readonly termMeans: typeof termMeans;
}>('affinity between pods');

/** Whether a pod has rules about other pods. */
export const hasRules = ({ spec: { affinity } }: Pod): boolean =>
  (affinity?.podAffinity ?? affinity?.podAntiAffinity) !== undefined;

/** Of more selections those that were asked for last are kept. */
const MOST_SELECTIONS = 1_024;
const MOST_RULES = 256;
const CARRIED_KINDS = ['affinity', 'antiAffinity', 'preferred'] as const;
/** The domain of nodes that are in none. */
export const NOWHERE = -1;
const NO_NODES: readonly NodeInfo[] = [];
const labelRules = new Map<string, DomainRule>();
const counted = new WeakMap<Nodes, Counts>();

function countsOf(cache: Nodes): Counts {
  let counts = counted.get(cache);
  if (counts === undefined) {
    counts = {
      cache,
      carriers: null,
      selected: new Map(),
      selectedBy: newAnchored(),
      domains: new Map(),
      carried: new Map(),
      carriedBy: newAnchored(),
      uses: 0,
    };
    counted.set(cache, counts);
    for (const info of cache.nodes.values()) {
      if (info.node === null) continue;
      for (const { pod } of info.pods) carry(counts, pod, info.slot, 1);
    }
  }
  return counts;
}

function domainIn({ topologyKey, includes }: DomainRule, node: Node): string | undefined {
  const domain = topologyKey === '' ? node.metadata.name : node.metadata.labels?.[topologyKey];
  return domain === undefined || (includes !== null && !includes(node)) ? undefined : domain;
}

/** Every node that has the label counts. */
export function byLabel(topologyKey: string): DomainRule {
  let rule = labelRules.get(topologyKey);
  if (rule === undefined) labelRules.set(topologyKey, (rule = { key: topologyKey, topologyKey, includes: null }));
  return rule;
}

/** Pods of a selection by domain. Valid until the cache changes. */
export function tallyOf(cache: Nodes, selection: PodSelection, rule: DomainRule): Tally {
  const counts = countsOf(cache);
  const domains = domainsOf(counts, rule);
  const known = counts.selected.get(selection.key);
  const selected = known ?? { selection, tallies: new Map<string, Tally>(), used: 0 };
  selected.used = ++counts.uses;
  if (known === undefined) {
    if (counts.selected.size >= MOST_SELECTIONS) forgetOldest(counts);
    counts.selected.set(selection.key, selected);
    addAnchored(counts.selectedBy, selection.anchor, selected);
  }
  let tally = selected.tallies.get(rule.key);
  if (tally === undefined) selected.tallies.set(rule.key, (tally = count(counts, selection, domains)));
  return tally;
}

/** The domains of a rule, also of those that nobody counts in. */
export const domainsBy = (cache: Nodes, rule: DomainRule): Domains => domainsOf(countsOf(cache), rule);

/** The least number of pods in any domain; 0 without domains. */
export function leastOf({ domains, occupied, domainsWith }: Tally): number {
  if (occupied < domains.size) return 0;
  for (let pods = 1; pods < domainsWith.length; pods++) if ((domainsWith[pods] ?? 0) > 0) return pods;
  return 0;
}

/** Whether any pod on a node says anything of others. */
export const isAnythingCarried = (cache: Nodes): boolean => countsOf(cache).carried.size > 0;

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
    if (termReader.code.termMeans(one.term, pod, labels)) visit(one);
  });
}

/** A pod has come to a node, or gone from it. */
export function countPod(cache: Nodes, { pod }: PodInfo, info: NodeInfo, by: 1 | -1): void {
  const { node, slot } = info;
  const counts = counted.get(cache);
  if (counts === undefined) return;
  if (counts.carriers !== null) noteLabels(counts.carriers, pod, info, by);
  if (node === null) return;
  eachAnchored(counts.selectedBy, pod, ({ selection, tallies }) => {
    if (!selection.matches(pod)) return;
    for (const tally of tallies.values()) addTo(tally, tally.domains.of[slot] ?? NOWHERE, by);
  });
  carry(counts, pod, slot, by);
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
export function recountNode(cache: Nodes, { pods, slot }: NodeInfo, old: Node | null, now: Node | null): void {
  const counts = counted.get(cache);
  if (counts === undefined || (old !== null && now !== null && isSamePlace(old, now))) return;
  for (const { pod } of pods) carry(counts, pod, slot, -1);
  countPods(counts, pods, slot, -1);
  for (const domains of counts.domains.values()) place(domains, slot, now);
  countPods(counts, pods, slot, 1);
  for (const { pod } of pods) carry(counts, pod, slot, 1);
}

const isSamePlace = (a: Node, b: Node): boolean =>
  (a.metadata.labels === b.metadata.labels || semanticEqual(a.metadata.labels, b.metadata.labels)) &&
  (a.spec.taints === b.spec.taints || semanticEqual(a.spec.taints, b.spec.taints));

function countPods({ selected }: Counts, pods: readonly PodInfo[], slot: number, by: 1 | -1): void {
  if (pods.length === 0) return;
  for (const { selection, tallies } of selected.values()) {
    const own = meant(selection, pods);
    if (own > 0) for (const tally of tallies.values()) addTo(tally, tally.domains.of[slot] ?? NOWHERE, own * by);
  }
}

function meant(selection: PodSelection, pods: readonly PodInfo[]): number {
  let own = 0;
  for (const { pod } of pods) if (selection.matches(pod)) own += 1;
  return own;
}

/** Puts a node into its domain; null: it is gone. */
function place(domains: Domains, slot: number, node: Node | null): void {
  const domain = node === null ? undefined : domainIn(domains.rule, node);
  let number = domain === undefined ? NOWHERE : domains.numbers.get(domain);
  if (number === undefined) domains.numbers.set(domain!, (number = domains.nodes.push(0) - 1));
  if (slot >= domains.of.length) {
    const longer = new Int32Array(2 * slot + 16).fill(NOWHERE);
    longer.set(domains.of);
    domains.of = longer;
  }
  const before = domains.of[slot]!;
  domains.of[slot] = number;
  if (before !== NOWHERE && --domains.nodes[before]! === 0) domains.size -= 1;
  if (number !== NOWHERE && ++domains.nodes[number]! === 1) domains.size += 1;
}

const newTally = (domains: Domains): Tally => ({ domains, pods: [], domainsWith: [], occupied: 0, total: 0 });

type Carriers = NonNullable<Counts['carriers']>;

function carriersOf(counts: Counts): Carriers {
  if (counts.carriers === null) {
    counts.carriers = new Map();
    for (const info of counts.cache.nodes.values()) {
      for (const { pod } of info.pods) noteLabels(counts.carriers, pod, info, 1);
    }
  }
  return counts.carriers;
}

function noteLabels(carriers: Carriers, { metadata: { labels } }: Pod, info: NodeInfo, by: 1 | -1): void {
  for (const key in labels) {
    const anchor = `${key}=${labels[key] ?? ''}`;
    let nodes = carriers.get(anchor);
    if (nodes === undefined) carriers.set(anchor, (nodes = new Map()));
    const pods = (nodes.get(info) ?? 0) + by;
    if (pods > 0) nodes.set(info, pods);
    else if (nodes.delete(info) && nodes.size === 0) carriers.delete(anchor);
  }
}

function count(counts: Counts, selection: PodSelection, domains: Domains): Tally {
  const tally = newTally(domains);
  const { anchor } = selection;
  const nodes = anchor === '' ? counts.cache.nodes.values() : (carriersOf(counts).get(anchor)?.keys() ?? NO_NODES);
  for (const { pods, slot } of nodes) {
    const domain = domains.of[slot] ?? NOWHERE;
    if (domain !== NOWHERE && pods.length > 0) addTo(tally, domain, meant(selection, pods));
  }
  return tally;
}

function domainsOf(counts: Counts, rule: DomainRule): Domains {
  let domains = counts.domains.get(rule.key);
  if (domains === undefined) {
    if (counts.domains.size >= MOST_RULES) forgetPolicies(counts);
    domains = { rule, numbers: new Map(), of: new Int32Array(0), nodes: [], size: 0 };
    counts.domains.set(rule.key, domains);
    for (const { node, slot } of counts.cache.nodes.values()) if (node !== null) place(domains, slot, node);
  }
  return domains;
}

function addTo(tally: Tally, domain: number, by: number): void {
  if (domain === NOWHERE || by === 0) return;
  const { pods, domainsWith } = tally;
  while (pods.length <= domain) pods.push(0);
  const before = pods[domain]!;
  const after = before + by;
  pods[domain] = after;
  tally.total += by;
  if (before > 0) domainsWith[before]! -= 1;
  else tally.occupied += 1;
  while (domainsWith.length <= after) domainsWith.push(0);
  if (after > 0) domainsWith[after]! += 1;
  else tally.occupied -= 1;
}

/** Counts what a pod on a node says of others. */
function carry(counts: Counts, pod: Pod, slot: number, by: 1 | -1): void {
  const terms = hasRules(pod) ? termReader.code.affinityTermsOf(pod) : null;
  if (terms === null) return;
  for (const kind of CARRIED_KINDS) for (const term of terms[kind]) carryTerm(counts, kind, term, slot, by);
}

function carryTerm(counts: Counts, kind: CarriedKind, term: AffinityTerm, slot: number, by: 1 | -1): void {
  const domain = domainsOf(counts, byLabel(term.topologyKey)).of[slot] ?? NOWHERE;
  if (domain === NOWHERE) return;
  const key = `${kind}\n${term.key}`;
  let carried = counts.carried.get(key);
  if (carried === undefined) {
    carried = { term, kind, tally: newTally(domainsOf(counts, byLabel(term.topologyKey))) };
    counts.carried.set(key, carried);
    addAnchored(counts.carriedBy, term.selector.anchor, carried);
  }
  addTo(carried.tally, domain, by);
  if (carried.tally.total > 0) return;
  counts.carried.delete(key);
  removeAnchored(counts.carriedBy, term.selector.anchor, carried);
}

/** Forgets the half of the selections that has not been asked for for longest. */
function forgetOldest(counts: Counts): void {
  const median = [...counts.selected.values()].map(({ used }) => used).sort((a, b) => a - b)[MOST_SELECTIONS / 2] ?? 0;
  for (const selected of counts.selected.values()) if (selected.used < median) forget(counts, selected);
}

/** Forgets all rules but those that every node with a label counts by, which hold what is carried. */
function forgetPolicies({ domains, selected }: Counts): void {
  for (const { rule } of domains.values()) {
    if (rule === labelRules.get(rule.topologyKey)) continue;
    domains.delete(rule.key);
    for (const { tallies } of selected.values()) tallies.delete(rule.key);
  }
}

function forget({ selected, selectedBy }: Counts, one: Selected): void {
  selected.delete(one.selection.key);
  removeAnchored(selectedBy, one.selection.anchor, one);
}
