/** What a stage by workload or by service shows: namespaces with cards, a card with lines, a line with pods. Plain data. */
import type { ClaimEntry, Structure } from '#engine/cluster/structure';
import type { PodRecord, Subject, WorkloadRecord } from '#engine/cluster/records';
import { compareNames } from '../state/compare-names';

/** What the pure functions of this folder read. */
export interface Facts {
  /** All pods, in any order. */
  readonly pods: readonly PodRecord[];
  /** Deployments and ReplicaSets as they are at the moment: `structure` may be a little older. */
  readonly workloads: ReadonlyMap<string, WorkloadRecord>;
  readonly structure: Structure;
}

/** How many pods or completions there are of those that are wanted; null: nobody counts them. */
export interface Count {
  readonly ready: number;
  readonly desired: number;
}

/** Where what comes from outside enters. */
export interface Route {
  readonly ingress: Subject;
  readonly from: string;
}

export interface CardLine {
  readonly key: string;
  /** What these pods have in common: their maker; null: the card itself. */
  readonly subject: Subject | null;
  readonly count: Count | null;
  /** What a line without a maker is called, in the words of the catalogue. */
  readonly word: 'ready' | 'not-ready' | 'claims' | null;
  /** uids, the oldest first. */
  readonly pods: readonly string[];
  /** Pods that are not drawn because there are too many. */
  readonly more: number;
  readonly claims: readonly ClaimEntry[];
}

export interface Card {
  readonly key: string;
  /** Null: what has nothing above it. */
  readonly subject: Subject | null;
  /** What a card without an object is called, in the words of the catalogue. */
  readonly word: 'bare' | 'static' | 'unserved' | 'claims' | null;
  readonly count: Count | null;
  /** A few words of the API's own: type and ports of a Service. */
  readonly note: string;
  readonly routes: readonly Route[];
  readonly lines: readonly CardLine[];
  /** Whose pods the colours are: as `PodRecord.app`. */
  readonly app: string;
}

/** The cards of a namespace, in order of creation. */
export interface Group {
  readonly namespace: string;
  readonly cards: readonly Card[];
  readonly pods: number;
  readonly ready: number;
}

export const isWell = ({ ready, status }: PodRecord): boolean =>
  ready || status === 'Completed' || status === 'Succeeded';

export const byAge = (a: PodRecord, b: PodRecord): number =>
  a.createdAt - b.createdAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Pods drawn on one line, on all cards together, and on a line of a stage with very many cards. */
const MOST_OF_LINE = 150;
const MOST_OF_ALL = 1_500;
const FEWEST_OF_LINE = 12;

/** Pods that one line may have. */
export const mostOfLine = (lines: number): number =>
  Math.max(FEWEST_OF_LINE, Math.min(MOST_OF_LINE, Math.floor(MOST_OF_ALL / Math.max(1, lines))));

/** As many pods as a line may have: those that are unwell come first to be seen, half of the line at most, then the oldest. */
export function shownOf(pods: readonly PodRecord[], most: number): readonly PodRecord[] {
  if (pods.length <= most) return pods;
  const unwell = pods.filter((pod) => !isWell(pod)).slice(0, Math.ceil(most / 2));
  const shown = new Set(unwell.map(({ uid }) => uid));
  for (const { uid } of pods) {
    if (shown.size >= most) break;
    shown.add(uid);
  }
  return pods.filter(({ uid }) => shown.has(uid));
}

/** A line with its pods in order of age. */
export function lineOf(
  given: Pick<CardLine, 'key' | 'subject'> & Partial<CardLine>,
  pods: readonly PodRecord[],
  most: number,
): CardLine {
  const shown = shownOf([...pods].sort(byAge), most);
  return {
    count: null,
    word: null,
    claims: [],
    ...given,
    pods: shown.map(({ uid }) => uid),
    more: pods.length - shown.length,
  };
}

/** The namespace that people begin in first, then by name, the system's own last. */
export function compareNamespaces(a: string, b: string): number {
  const rank = (name: string): number => (name === 'default' ? 0 : name.startsWith('kube-') ? 2 : 1);
  return rank(a) - rank(b) || compareNames(a, b);
}

/** Cards sorted into their namespaces. */
export function groupsOf(
  cards: readonly { readonly namespace: string; readonly card: Card }[],
  pods: readonly PodRecord[],
): readonly Group[] {
  const found = new Map<string, { cards: Card[]; pods: number; ready: number }>();
  for (const { namespace, card } of cards) {
    const group = found.get(namespace);
    if (group) group.cards.push(card);
    else found.set(namespace, { cards: [card], pods: 0, ready: 0 });
  }
  for (const pod of pods) {
    const group = found.get(pod.namespace);
    if (!group) continue;
    group.pods++;
    if (isWell(pod)) group.ready++;
  }
  return [...found].sort(([a], [b]) => compareNamespaces(a, b)).map(([namespace, group]) => ({ namespace, ...group }));
}
