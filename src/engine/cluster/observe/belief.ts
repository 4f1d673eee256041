/**
 * What the API says, kept ready for observers: records of all objects, brought up to date from etcd's history. Not part of the
 * simulation: it reads a member's store, changes nothing, and can be thrown away and built anew at any moment.
 */
import { controllerOf, isPodTerminal } from '#engine/api/meta';
import { podRequests } from '#engine/api/pod-resources';
import { parseTimestamp } from '#engine/api/timestamp';
import type { EndpointSlice, KubeObject, Lease, Pod } from '#engine/api/types';
import { keyOf, stamped } from '#engine/apiserver/storage';
import { eventsSince, liveVersions, type Store } from '#engine/etcd/mvcc';
import type { KeyValue } from '#engine/etcd/wire';
import type { EventId } from '#engine/kernel/process';
import type { NodeRecord, ObjectRecord } from '../records';
import { NO_REQUESTS, recordOf, type Surroundings } from './object-records';

/** The last change of an object, also of one that is gone: where `why` begins. */
export interface LastChange {
  readonly event: EventId;
  readonly revision: number;
  readonly type: 'put' | 'delete';
  readonly object: KubeObject;
}

/** One object for as long as it is there. */
export interface Life {
  readonly uid: string;
  /** Null: it is gone. */
  put: LastChange | null;
  /** Made when somebody asks, forgotten when the object or what it depends on changes. Null: observers are shown none. */
  record: ObjectRecord | null | undefined;
}

const REGISTRY = '/registry/';
/** Objects that are gone and can still be asked about; of Events, which go by the thousand, a part. */
const REMEMBERED = 2_000;
const REMEMBERED_EVENTS = 1_000;

export class Belief implements Surroundings {
  /** By etcd key. */
  readonly #lives = new Map<string, Life>();
  readonly #byKind = new Map<string, Set<Life>>();
  /** Under which the objects of a kind lie in etcd: as a rule one place. */
  readonly #prefixes = new Map<string, string[]>();
  readonly #controllers = new Map<string, { readonly kind: string; readonly name: string }>();
  readonly #requests = new Map<string, { milliCpu: number; memory: number; pods: number }>();
  readonly #heartbeats = new Map<string, number>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  /** Those whose records tell of other objects, too, by kind, namespace and name. */
  readonly #dependent = new Map<string, Life>();
  /** Of objects that are gone, by kind, namespace and name, the longest gone first. */
  readonly #lastDeletes = new Map<string, LastChange>();
  readonly #lastEvents = new Map<string, LastChange>();
  /** Pods whose deletion was asked for: what termination clocks run on. */
  readonly #terminating = new Set<Life>();
  readonly #touched = new Set<Life>();
  #revision = -1;
  #life = -1;

  /**
   * Takes in what was committed since the last call.
   *
   * @param life - which start of which member the store belongs to: another one may have lost its tail
   * @returns objects whose record changed or went away
   */
  update(store: Store, life: number): ReadonlySet<Life> {
    this.#touched.clear();
    if (life === this.#life && this.#revision + 1 >= store.compactRevision && this.#revision <= store.revision) {
      for (const { type, kv } of eventsSince(store, this.#revision + 1)) {
        if (type === 'put') this.#put(kv);
        else this.#delete(kv.key, kv.cause);
      }
    } else this.#compare(store);
    this.#life = life;
    this.#revision = store.revision;
    this.#refreshOutdated();
    return this.#touched;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#lives.size;
  }

  *records(): Generator<ObjectRecord> {
    for (const life of this.#lives.values()) {
      const record = this.recordOf(life);
      if (record !== null) yield record;
    }
  }

  /** Null: it is gone, or nothing that observers are shown. */
  recordOf(life: Life): ObjectRecord | null {
    if (life.put === null) return null;
    if (life.record === undefined) life.record = recordOf(life.put.object, this);
    return life.record;
  }

  /** All objects of a kind, but Events, in order of their creation. */
  *objectsOf(kind: string): Generator<KubeObject> {
    for (const { put } of this.#byKind.get(kind) ?? []) yield put!.object;
  }

  /** The whole object as the API server would answer it, or null. */
  object(kind: string, namespace: string, name: string): KubeObject | null {
    const change = this.lastChange(kind, namespace, name);
    return change === null || change.type === 'delete' ? null : stamped(change.object, change.revision);
  }

  /** All whole objects, in order of their creation. */
  *objects(): Generator<KubeObject> {
    for (const { put } of this.#lives.values()) yield stamped(put!.object, put!.revision);
  }

  lastChange(kind: string, namespace: string, name: string): LastChange | null {
    for (const prefix of this.#prefixes.get(kind) ?? []) {
      const put = this.#lives.get(keyOf(prefix, namespace, name))?.put;
      if (put !== undefined) return put;
    }
    return this.#goneOf(kind).get(nameOf(kind, namespace, name)) ?? null;
  }

  /** Of objects that are gone, but Events, the longest gone first. */
  goneObjects(): Iterable<LastChange> {
    return this.#lastDeletes.values();
  }

  controllerOfUid(uid: string): { readonly kind: string; readonly name: string } | null {
    return this.#controllers.get(uid) ?? null;
  }

  heartbeatOf(node: string): number | null {
    return this.#heartbeats.get(node) ?? null;
  }

  requestsOn(node: string): NodeRecord['requested'] {
    const sum = this.#requests.get(node);
    return sum === undefined ? NO_REQUESTS : { ...sum };
  }

  endpointsOf(namespace: string, service: string): { readonly ready: number; readonly all: number } {
    let ready = 0;
    let all = 0;
    for (const slice of this.#slices.get(`${namespace}/${service}`)?.values() ?? []) {
      for (const { conditions } of slice.endpoints ?? []) {
        all++;
        if (conditions?.ready !== false) ready++;
      }
    }
    return { ready, all };
  }

  /** The store has another past than the one that was followed: every difference counts as a change. */
  #compare(store: Store): void {
    const live = new Set<string>();
    for (const kv of liveVersions(store)) {
      live.add(kv.key);
      if (this.#lives.get(kv.key)?.put?.object !== kv.value) this.#put(kv);
    }
    // What is gone is told of as far as the store's history knows, also to an observer that comes new.
    for (const { type, kv, prev } of store.history) {
      if (type === 'put' || live.has(kv.key)) continue;
      const object = prev === null ? null : objectOf(prev);
      if (this.#lives.has(kv.key)) this.#delete(kv.key, kv.cause);
      else if (object !== null) this.#remember(kv.cause, object);
    }
    for (const key of [...this.#lives.keys()]) if (!live.has(key)) this.#delete(key, -1);
  }

  #put(kv: KeyValue): void {
    if (!kv.key.startsWith(REGISTRY)) return;
    const object = objectOf(kv);
    if (object === null) return;
    const { kind, metadata } = object;
    const { uid } = metadata;
    if (this.#lives.get(kv.key)?.uid !== uid) this.#delete(kv.key, kv.cause);
    const life: Life = this.#lives.get(kv.key) ?? { uid, put: null, record: undefined };
    const old = life.put?.object;
    life.put = { event: kv.cause, revision: kv.modRevision, type: 'put', object };
    life.record = undefined;
    this.#lives.set(kv.key, life);
    if (kind !== 'Event') this.#allOf(kind).add(life);
    this.#noticePrefix(kv.key, object);
    this.#goneOf(kind).delete(nameOf(kind, metadata.namespace ?? '', metadata.name));
    this.#count(old, object, life);
    this.#touched.add(life);
  }

  #delete(key: string, cause: EventId): void {
    const life = this.#lives.get(key);
    if (life === undefined) return;
    const { object } = life.put!;
    life.put = null;
    life.record = undefined;
    this.#lives.delete(key);
    this.#allOf(object.kind).delete(life);
    this.#remember(cause, object);
    this.#count(object, undefined, life);
    this.#touched.add(life);
  }

  /** Pods that are going away. */
  *terminatingPods(): Generator<Pod> {
    for (const { put } of this.#terminating) yield put!.object as Pod;
  }

  #allOf(kind: string): Set<Life> {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const made = new Set<Life>();
    this.#byKind.set(kind, made);
    return made;
  }

  #noticePrefix(key: string, { kind, metadata }: KubeObject): void {
    const known = this.#prefixes.get(kind) ?? [];
    if (known.some((prefix) => key.startsWith(prefix))) return;
    const rest = keyOf('', metadata.namespace ?? '', metadata.name);
    if (key.endsWith(rest)) this.#prefixes.set(kind, [...known, key.slice(0, -rest.length)]);
  }

  /** What is gone now, in this event. */
  #remember(event: EventId, object: KubeObject): void {
    const { kind, metadata } = object;
    const name = nameOf(kind, metadata.namespace ?? '', metadata.name);
    const gone = this.#goneOf(kind);
    gone.delete(name);
    gone.set(name, { event, revision: 0, type: 'delete', object });
    if (gone.size <= (kind === 'Event' ? REMEMBERED_EVENTS : REMEMBERED)) return;
    for (const oldest of gone.keys()) {
      gone.delete(oldest);
      return;
    }
  }

  #goneOf(kind: string): Map<string, LastChange> {
    return kind === 'Event' ? this.#lastEvents : this.#lastDeletes;
  }

  /** Keeps sums and indexes over objects of other kinds. */
  #count(old: KubeObject | undefined, next: KubeObject | undefined, life: Life): void {
    const object = (next ?? old)!;
    const { kind, metadata } = object;
    switch (kind) {
      case 'Pod':
        this.#addRequests(old as Pod | undefined, -1);
        this.#addRequests(next as Pod | undefined, 1);
        if (next?.metadata.deletionTimestamp === undefined) this.#terminating.delete(life);
        else this.#terminating.add(life);
        return;
      case 'Node':
      case 'Service': {
        const name = nameOf(kind, metadata.namespace ?? '', metadata.name);
        if (next === undefined) this.#dependent.delete(name);
        else this.#dependent.set(name, life);
        return;
      }
      case 'ReplicaSet': {
        const owner = controllerOf(object);
        if (next === undefined || owner === undefined) this.#controllers.delete(metadata.uid);
        else this.#controllers.set(metadata.uid, { kind: owner.kind, name: owner.name });
        return;
      }
      case 'Lease':
        if (metadata.namespace === 'kube-node-lease') this.#heartbeat(metadata.name, next as Lease | undefined);
        return;
      case 'EndpointSlice':
        this.#slice(object as EndpointSlice, next !== undefined, life.uid);
    }
  }

  readonly #outdated = new Set<Life>();

  #addRequests(pod: Pod | undefined, sign: 1 | -1): void {
    const node = pod?.spec.nodeName;
    if (pod === undefined || node === undefined || isPodTerminal(pod)) return;
    const { milliCpu, memory } = podRequests(pod);
    let sum = this.#requests.get(node);
    if (sum === undefined) {
      sum = { milliCpu: 0, memory: 0, pods: 0 };
      this.#requests.set(node, sum);
    }
    sum.milliCpu += sign * milliCpu;
    sum.memory += sign * memory;
    sum.pods += sign;
    this.#refresh(`Node//${node}`);
  }

  #heartbeat(node: string, lease: Lease | undefined): void {
    const renewed = lease?.spec?.renewTime;
    if (renewed === undefined || renewed === null) this.#heartbeats.delete(node);
    else this.#heartbeats.set(node, parseTimestamp(renewed));
    this.#refresh(`Node//${node}`);
  }

  #slice(slice: EndpointSlice, exists: boolean, uid: string): void {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined) return;
    const name = `${slice.metadata.namespace}/${service}`;
    const slices = this.#slices.get(name) ?? new Map<string, EndpointSlice>();
    if (exists) slices.set(uid, slice);
    else slices.delete(uid);
    if (slices.size === 0) this.#slices.delete(name);
    else this.#slices.set(name, slices);
    this.#refresh(`Service/${name}`);
  }

  #refresh(name: string): void {
    const life = this.#dependent.get(name);
    if (life !== undefined) this.#outdated.add(life);
  }

  /** Records of nodes and services whose surroundings changed. */
  #refreshOutdated(): void {
    for (const life of this.#outdated) {
      if (life.put === null) continue;
      life.record = undefined;
      this.#touched.add(life);
    }
    this.#outdated.clear();
  }
}

const nameOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;

/** The API object that a key holds; null for what is none (`compact_rev_key`, allocations). */
function objectOf(kv: KeyValue): KubeObject | null {
  const value = kv.value as KubeObject | null;
  if (typeof value !== 'object' || value === null || typeof value.kind !== 'string') return null;
  return value.metadata?.uid === undefined ? null : value;
}
