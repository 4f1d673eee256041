/**
 * What the API holds, followed write by write from etcd's history: nothing that happened between two looks is missed. Reads
 * the member that is furthest, changes nothing.
 */
import type { Kinds, KubeObject, Pod } from '#engine/api/types';
import { eventsSince, liveVersions, type Store } from '#engine/etcd/mvcc';
import type { KeyValue } from '#engine/etcd/wire';
import type { EventId } from '#engine/kernel/process';
import type { Kernel } from '#engine/kernel/kernel';
import { leadingMember } from './truth';

/** One write, as it was committed. */
export interface Write {
  readonly key: string;
  readonly before: KubeObject | null;
  /** Null: it is gone. */
  readonly after: KubeObject | null;
  readonly cause: EventId;
}

type Change = Pick<KeyValue, 'key' | 'modRevision' | 'cause'>;

/** What lies there that is no object, such as ranges of ports: null. */
function objectOf({ value }: KeyValue): KubeObject | null {
  const object = value as Partial<KubeObject> | null;
  return typeof object === 'object' && object?.metadata?.uid !== undefined ? (object as KubeObject) : null;
}

export class Sight {
  readonly #objects = new Map<string, KubeObject>();
  /** Keys of etcd, in order of creation. */
  readonly #keysByKind = new Map<string, Set<string>>();
  readonly #byName = new Map<string, KubeObject>();
  readonly #podKeysByNode = new Map<string, Set<string>>();
  readonly #revisions = new Map<string, number>();
  readonly #byUid = new Map<string, KubeObject>();
  readonly #kernel: Kernel;
  #life = -1;
  #revision = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Takes in what was committed since the last look; tells of each write before the next is taken in. */
  look(tell: (write: Write) => void): void {
    const member = leadingMember(this.#kernel);
    if (member === null) return;
    const { store } = member.state;
    if (member.life !== this.#life || this.#revision + 1 < store.compactRevision || this.#revision > store.revision)
      this.#compare(store, tell);
    else {
      for (const { type, kv } of eventsSince(store, this.#revision + 1))
        this.#take(kv, type === 'put' ? objectOf(kv) : null, tell);
    }
    this.#life = member.life;
    this.#revision = store.revision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** All of a kind that are there, in order of their creation. */
  *of<K extends keyof Kinds>(kind: K): Generator<Kinds[K]> {
    for (const key of this.#keysByKind.get(kind) ?? []) yield this.#objects.get(key) as Kinds[K];
  }

  list<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return [...this.of(kind)];
  }

  find<K extends keyof Kinds>(kind: K, namespace: string, name: string): Kinds[K] | undefined {
    return this.#byName.get(`${kind}/${namespace}/${name}`) as Kinds[K] | undefined;
  }

  /** The pods that are bound to a node. */
  podsOn(node: string): readonly Pod[] {
    return [...(this.#podKeysByNode.get(node) ?? [])].map((key) => this.#objects.get(key) as Pod);
  }

  byUid(uid: string): KubeObject | undefined {
    return this.#byUid.get(uid);
  }

  all(): Iterable<KubeObject> {
    return this.#objects.values();
  }

  /** Another member, or the same after its power was cut, may have another end of the history: what differs is told of. */
  #compare(store: Store, tell: (write: Write) => void): void {
    const live = new Set<string>();
    for (const kv of liveVersions(store)) {
      live.add(kv.key);
      if (this.#revisions.get(kv.key) !== kv.modRevision) this.#take(kv, objectOf(kv), tell);
    }
    for (const key of [...this.#objects.keys()])
      if (!live.has(key)) this.#take({ key, modRevision: 0, cause: -1 }, null, tell);
  }

  #take({ key, modRevision, cause }: Change, after: KubeObject | null, tell: (write: Write) => void): void {
    if (after?.kind === 'Event') return tell({ key, before: null, after, cause });
    const before = this.#objects.get(key) ?? null;
    if (before === null && after === null) return;
    if (before !== null && before.metadata.uid !== after?.metadata.uid) this.#byUid.delete(before.metadata.uid);
    if (before !== null) this.#forget(key, before, after);
    if (after !== null) {
      this.#revisions.set(key, modRevision);
      this.#objects.set(key, after);
      this.#byUid.set(after.metadata.uid, after);
      this.#byName.set(nameOf(after), after);
      keysIn(this.#keysByKind, after.kind).add(key);
      if (after.kind === 'Pod') keysIn(this.#podKeysByNode, (after as Pod).spec.nodeName ?? '').add(key);
    }
    tell({ key, before, after, cause });
  }

  #forget(key: string, before: KubeObject, after: KubeObject | null): void {
    if (before.kind === 'Pod') this.#podKeysByNode.get((before as Pod).spec.nodeName ?? '')?.delete(key);
    if (after !== null) return;
    this.#objects.delete(key);
    this.#byName.delete(nameOf(before));
    this.#keysByKind.get(before.kind)?.delete(key);
  }
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

function keysIn(index: Map<string, Set<string>>, under: string): Set<string> {
  let keys = index.get(under);
  if (keys === undefined) index.set(under, (keys = new Set()));
  return keys;
}
