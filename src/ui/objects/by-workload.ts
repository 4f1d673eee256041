/** The stage by workload: whatever stands above pods, from the topmost owner down. Pure. */
import type { ClaimEntry, OwnerEntry } from '#engine/cluster/structure';
import type { PodRecord, Subject } from '#engine/cluster/records';
import { groupsOf, lineOf, mostOfLine, type Card, type CardLine, type Count, type Facts, type Group } from './groups';

type Owner = Omit<OwnerEntry, 'createdAt'> & { readonly createdAt: number };

const NO_CLAIMS: readonly ClaimEntry[] = [];
const NO_PODS: readonly PodRecord[] = [];
/** Pods with claims that get a line of their own. */
const MOST_ORDINALS = 12;

const subjectOf = ({ kind, namespace, name }: Subject): Subject => ({ kind, namespace, name });

const countOf = ({ desired, ready }: Owner): Count | null => (desired === null ? null : { desired, ready: ready ?? 0 });

/** Owners by uid: as the structure has them, Deployments and ReplicaSets as they are now, and of pods that are newer than both, what they say. */
function ownersOf({ pods, workloads, structure }: Facts): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const entry of structure.owners) owners.set(entry.uid, entry);
  for (const { uid, kind, namespace, name, createdAt, owner, desired, ready } of workloads.values())
    owners.set(uid, { uid, kind, namespace, name, createdAt, owner: owner?.uid ?? null, desired, ready });
  for (const { owner, namespace, createdAt } of pods) {
    if (owner === null || owners.has(owner.uid)) continue;
    const { uid, kind, name } = owner;
    const at = kind === 'Node' ? '' : namespace;
    owners.set(uid, { uid, kind, namespace: at, name, createdAt, owner: null, desired: null, ready: null });
  }
  return owners;
}

interface Tree {
  readonly root: Owner;
  /** Whoever may have pods, the root first, then by age. */
  readonly makers: Owner[];
}

/** Owners by their topmost owner; nobody's loop of owners is followed for ever. */
function treesOf(owners: ReadonlyMap<string, Owner>): readonly Tree[] {
  const trees = new Map<string, Tree>();
  const rootOf = (owner: Owner): Owner => {
    let at = owner;
    for (let steps = 0; at.owner !== null && steps < 10; steps++) {
      const above = owners.get(at.owner);
      if (above === undefined) break;
      at = above;
    }
    return at;
  };
  for (const owner of owners.values()) {
    const root = rootOf(owner);
    const tree = trees.get(root.uid);
    if (tree) tree.makers.push(owner);
    else trees.set(root.uid, { root, makers: [owner] });
  }
  for (const { root, makers } of trees.values()) {
    const age = (owner: Owner): number => (owner === root ? Number.NEGATIVE_INFINITY : owner.createdAt);
    makers.sort((a, b) => age(a) - age(b) || (a.name < b.name ? -1 : 1));
  }
  return [...trees.values()].sort(
    (a, b) => a.root.createdAt - b.root.createdAt || (a.root.name < b.root.name ? -1 : 1),
  );
}

function byOwner(pods: readonly PodRecord[]): ReadonlyMap<string, readonly PodRecord[]> {
  const found = new Map<string, PodRecord[]>();
  for (const pod of pods) {
    const key = pod.owner?.uid ?? '';
    const list = found.get(key);
    if (list) list.push(pod);
    else found.set(key, [pod]);
  }
  return found;
}

function claimsByPod(claims: readonly ClaimEntry[]): ReadonlyMap<string, readonly ClaimEntry[]> {
  const found = new Map<string, ClaimEntry[]>();
  for (const claim of claims) {
    for (const pod of claim.pods) {
      const list = found.get(pod);
      if (list) list.push(claim);
      else found.set(pod, [claim]);
    }
  }
  return found;
}

/** Makes the lines of one owner: its pods, and beside them or below the claims that they use. */
class Lines {
  readonly #pods: ReadonlyMap<string, readonly PodRecord[]>;
  readonly #ofPod: ReadonlyMap<string, readonly ClaimEntry[]>;
  readonly #ofSet = new Map<string, ClaimEntry[]>();
  readonly #most: number;

  constructor(facts: Facts, owners: number) {
    this.#pods = byOwner(facts.pods);
    this.#ofPod = claimsByPod(facts.structure.claims);
    this.#most = mostOfLine(owners);
    for (const claim of facts.structure.claims) {
      if (claim.statefulSet === null) continue;
      const list = this.#ofSet.get(claim.statefulSet);
      if (list) list.push(claim);
      else this.#ofSet.set(claim.statefulSet, [claim]);
    }
  }

  podsOf(owner: string): readonly PodRecord[] {
    return this.#pods.get(owner) ?? NO_PODS;
  }

  /** @param isRoot - the card's own: the line has no head */
  of(owner: Owner, isRoot: boolean): readonly CardLine[] {
    const pods = this.podsOf(owner.uid);
    const head = isRoot ? null : subjectOf(owner);
    const own = this.#ofSet.get(owner.uid) ?? NO_CLAIMS;
    const hasOrdinals = owner.kind === 'StatefulSet' && own.length > 0;
    if (hasOrdinals && pods.length <= MOST_ORDINALS) {
      const lines = this.#ordinals(owner.uid, pods, own);
      return isRoot
        ? lines
        : [lineOf({ key: `${owner.uid} head`, subject: head, count: countOf(owner) }, [], 0), ...lines];
    }
    const used = [...new Set(pods.flatMap(({ uid }) => this.#ofPod.get(uid) ?? NO_CLAIMS))];
    const claims = hasOrdinals ? own : used;
    return [
      lineOf({ key: owner.uid, subject: head, count: isRoot ? null : countOf(owner) }, pods, this.#most),
      ...(claims.length === 0 ? [] : [claimsLine(`${owner.uid} claims`, claims)]),
    ];
  }

  /** A line for each pod with its claims; claims that wait for a pod come last. */
  #ordinals(set: string, pods: readonly PodRecord[], own: readonly ClaimEntry[]): readonly CardLine[] {
    const lines = [...pods]
      .sort((a, b) => ordinalOf(a) - ordinalOf(b))
      .map((pod) => {
        const claims = this.#ofPod.get(pod.uid) ?? NO_CLAIMS;
        return lineOf({ key: pod.uid, subject: subjectOf(pod), claims }, [pod], this.#most);
      });
    const waiting = own.filter((claim) => !claim.pods.some((uid) => pods.some((pod) => pod.uid === uid)));
    return waiting.length === 0 ? lines : [...lines, claimsLine(`${set} claims`, waiting)];
  }
}

const claimsLine = (key: string, claims: readonly ClaimEntry[]): CardLine => ({
  key,
  subject: null,
  count: null,
  word: 'claims',
  pods: [],
  more: 0,
  claims,
});

const ordinalOf = ({ name }: PodRecord): number => Number(name.slice(name.lastIndexOf('-') + 1));

function cardOf({ root, makers }: Tree, lines: Lines): Card {
  const shown = makers.filter((owner) => {
    const isInUse = lines.podsOf(owner.uid).length > 0 || (owner.desired ?? 0) > 0;
    return owner === root ? isInUse && (makers.length === 1 || lines.podsOf(root.uid).length > 0) : isInUse;
  });
  return {
    key: root.uid,
    subject: subjectOf(root),
    word: null,
    count: countOf(root),
    note: '',
    routes: [],
    lines: shown.flatMap((owner) => lines.of(owner, owner === root)),
    app: shown.flatMap(({ uid }) => lines.podsOf(uid))[0]?.app ?? `${root.kind}/${root.namespace}/${root.name}`,
  };
}

/** A card for what has no owner that is an object of the namespace. */
const looseCard = (word: Card['word'], namespace: string, lines: readonly CardLine[]): Card => ({
  key: `${word}/${namespace}`,
  subject: null,
  word,
  count: null,
  note: '',
  routes: [],
  lines,
  app: '',
});

/** Static pods belong to their Nodes: one card for all of them, a line for each Node. */
function staticCards(nodes: readonly Tree[], lines: Lines): readonly { namespace: string; card: Card }[] {
  const byNamespace = new Map<string, CardLine[]>();
  for (const { root } of nodes) {
    for (const line of lines.of(root, false)) {
      const namespace = lines.podsOf(root.uid)[0]?.namespace ?? '';
      const list = byNamespace.get(namespace);
      if (list) list.push(line);
      else byNamespace.set(namespace, [line]);
    }
  }
  return [...byNamespace].map(([namespace, own]) => ({ namespace, card: looseCard('static', namespace, own) }));
}

/** All workloads by namespace; old ReplicaSets without pods are left out. */
export function byWorkload(facts: Facts): readonly Group[] {
  const owners = ownersOf(facts);
  const lines = new Lines(facts, owners.size);
  const trees = treesOf(owners);
  const cards = trees
    .filter(({ root }) => root.kind !== 'Node')
    .map((tree) => ({ namespace: tree.root.namespace, card: cardOf(tree, lines) }));
  cards.push(
    ...staticCards(
      trees.filter(({ root }) => root.kind === 'Node'),
      lines,
    ),
  );
  const bare = new Map<string, PodRecord[]>();
  for (const pod of lines.podsOf('')) bare.set(pod.namespace, [...(bare.get(pod.namespace) ?? []), pod]);
  for (const [namespace, pods] of bare) {
    const claims = facts.structure.claims.filter(({ pods: users }) => pods.some(({ uid }) => users.includes(uid)));
    const key = `bare/${namespace}`;
    const line = lineOf({ key, subject: null }, pods, mostOfLine(1));
    const own = claims.length === 0 ? [line] : [line, claimsLine(`${key} claims`, claims)];
    cards.push({ namespace, card: looseCard('bare', namespace, own) });
  }
  const unused = new Map<string, ClaimEntry[]>();
  for (const claim of facts.structure.claims) {
    if (claim.pods.length > 0 || claim.statefulSet !== null) continue;
    unused.set(claim.namespace, [...(unused.get(claim.namespace) ?? []), claim]);
  }
  for (const [namespace, claims] of unused)
    cards.push({ namespace, card: looseCard('claims', namespace, [claimsLine(`claims/${namespace}`, claims)]) });
  return groupsOf(cards, facts.pods);
}
