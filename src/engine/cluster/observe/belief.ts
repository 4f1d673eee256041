/**
 * What the API says, kept ready for observers: records of all objects, brought up to date from etcd's history. Not part of the
 * simulation: it reads a member's store, changes nothing, and can be thrown away and built anew at any moment.
 */
import { controllerOf, isPodTerminal } from '#engine/api/meta';
import { podRequests } from '#engine/api/pod-resources';
import { parseTimestamp } from '#engine/api/timestamp';
import type { EndpointSlice, KubeObject, Lease, Pod } from '#engine/api/types';
import { stamped } from '#engine/apiserver/storage';
import { eventsSince, liveVersions, type Store } from '#engine/etcd/mvcc';
import type { KeyValue } from '#engine/etcd/wire';
import type { EventId } from '#engine/kernel/process';
import type { NodeRecord, ObjectRecord } from '../records';
import { recordOf, type Surroundings } from './object-records';

/** The last change of an object, also of one that is gone: where `why` begins. */
export interface LastChange {
  readonly event: EventId;
  readonly revision: number;
  readonly type: 'put' | 'delete';
  readonly object: KubeObject;
}

const REGISTRY = '/registry/';
const NO_REQUESTS: NodeRecord['requested'] = Object.freeze({ milliCpu: 0, memory: 0, pods: 0 });
/** Objects that are gone and can still be asked about; of Events, which go by the thousand, a part. */
const REMEMBERED = 4_000;
const REMEMBERED_EVENTS = 1_000;

export class Belief implements Surroundings {
  /** Object and record by etcd key. */
  readonly #objects = new Map<string, KubeObject>();
  readonly #keysByKind = new Map<string, Set<string>>();
  /** Made when somebody asks, forgotten when the object or what it depends on changes. */
  readonly #records = new Map<string, ObjectRecord>();
  readonly #keysByUid = new Map<string, string>();
  readonly #controllers = new Map<string, { readonly kind: string; readonly name: string }>();
  readonly #requests = new Map<string, { milliCpu: number; memory: number; pods: number }>();
  readonly #heartbeats = new Map<string, number>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #nodeKeys = new Map<string, string>();
  readonly #serviceKeys = new Map<string, string>();
  readonly #lastPuts = new Map<string, LastChange>();
  /** Of objects that are gone, the longest gone first. */
  readonly #lastDeletes = new Map<string, LastChange>();
  readonly #lastEvents = new Map<string, LastChange>();
  /** Keys of objects whose deletion was asked for: what termination clocks run on. */
  readonly #terminating = new Set<string>();
  readonly #touched = new Set<string>();
  #revision = -1;
  #life = -1;

  /**
   * Takes in what was committed since the last call.
   *
   * @param life - which start of which member the store belongs to: another one may have lost its tail
   * @returns uids of objects whose record changed or went away
   */
  update(store: Store, life: number): ReadonlySet<string> {
    this.#touched.clear();
    if (life === this.#life && this.#revision + 1 >= store.compactRevision && this.#revision <= store.revision) {
      for (const { type, kv, prev } of eventsSince(store, this.#revision + 1)) {
        if (type === 'put') this.#put(kv);
        else this.#delete(kv.key, kv.cause, prev);
      }
    } else this.#compare(store);
    this.#life = life;
    this.#revision = store.revision;
    this.#refreshDependents();
    return this.#touched;
  }

  record(uid: string): ObjectRecord | undefined {
    const key = this.#keysByUid.get(uid);
    return key === undefined ? undefined : (this.#recordAt(key) ?? undefined);
  }

  *records(): Generator<ObjectRecord> {
    for (const key of this.#objects.keys()) {
      const record = this.#recordAt(key);
      if (record !== null) yield record;
    }
  }

  #recordAt(key: string): ObjectRecord | null {
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const made = recordOf(this.#objects.get(key)!, this);
    if (made !== null) this.#records.set(key, made);
    return made;
  }

  /** All objects of a kind, in order of their creation. */
  *objectsOf(kind: string): Generator<KubeObject> {
    for (const key of this.#keysByKind.get(kind) ?? []) yield this.#objects.get(key)!;
  }

  /** The whole object as the API server would answer it, or null. */
  object(kind: string, namespace: string, name: string): KubeObject | null {
    const change = this.lastChange(kind, namespace, name);
    return change === null || change.type === 'delete' ? null : stamped(change.object, change.revision);
  }

  /** All whole objects, in order of their creation. */
  *objects(): Generator<KubeObject> {
    for (const { metadata, kind } of this.#objects.values())
      yield this.object(kind, metadata.namespace ?? '', metadata.name)!;
  }

  lastChange(kind: string, namespace: string, name: string): LastChange | null {
    const key = `${kind}/${namespace}/${name}`;
    return this.#lastPuts.get(key) ?? this.#goneOf(kind).get(key) ?? null;
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
      if (this.#objects.get(kv.key) !== kv.value) this.#put(kv);
    }
    // What is gone is told of as far as the store's history knows, also to an observer that comes new.
    for (const { type, kv, prev } of store.history) {
      if (type === 'put' || live.has(kv.key)) continue;
      const object = prev === null ? null : objectOf(prev);
      if (this.#objects.has(kv.key)) this.#delete(kv.key, kv.cause, prev);
      else if (object !== null) this.#remember({ event: kv.cause, revision: 0, type: 'delete', object });
    }
    for (const key of [...this.#objects.keys()]) if (!live.has(key)) this.#delete(key, -1, null);
  }

  #put(kv: KeyValue): void {
    if (!kv.key.startsWith(REGISTRY)) return;
    const object = objectOf(kv);
    if (object === null) return;
    const old = this.#objects.get(kv.key);
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#delete(kv.key, kv.cause, null);
    this.#objects.set(kv.key, object);
    this.#keysByUid.set(object.metadata.uid, kv.key);
    this.#keysOf(object.kind).add(kv.key);
    this.#remember({ event: kv.cause, revision: kv.modRevision, type: 'put', object });
    this.#count(old, object, kv.key);
    this.#records.delete(kv.key);
    this.#touched.add(object.metadata.uid);
  }

  #delete(key: string, cause: EventId, prev: KeyValue | null): void {
    const object = this.#objects.get(key) ?? (prev === null ? null : objectOf(prev));
    if (object === null || object === undefined) return;
    this.#objects.delete(key);
    this.#records.delete(key);
    this.#keysByUid.delete(object.metadata.uid);
    this.#keysOf(object.kind).delete(key);
    this.#remember({ event: cause, revision: 0, type: 'delete', object });
    this.#count(object, undefined, key);
    this.#touched.add(object.metadata.uid);
  }

  /** Pods that are going away. */
  *terminatingPods(): Generator<Pod> {
    for (const key of this.#terminating) yield this.#objects.get(key) as Pod;
  }

  #keysOf(kind: string): Set<string> {
    const known = this.#keysByKind.get(kind);
    if (known !== undefined) return known;
    const made = new Set<string>();
    this.#keysByKind.set(kind, made);
    return made;
  }

  #remember(change: LastChange): void {
    const { kind, metadata } = change.object;
    const name = `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    const gone = this.#goneOf(kind);
    gone.delete(name);
    if (change.type === 'put') {
      this.#lastPuts.set(name, change);
      return;
    }
    this.#lastPuts.delete(name);
    gone.set(name, change);
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
  #count(old: KubeObject | undefined, next: KubeObject | undefined, key: string): void {
    const object = (next ?? old)!;
    const { kind, metadata } = object;
    switch (kind) {
      case 'Pod':
        this.#addRequests(old as Pod | undefined, -1);
        this.#addRequests(next as Pod | undefined, 1);
        if (next?.metadata.deletionTimestamp === undefined) this.#terminating.delete(key);
        else this.#terminating.add(key);
        return;
      case 'Node':
        if (next === undefined) this.#nodeKeys.delete(metadata.name);
        else this.#nodeKeys.set(metadata.name, key);
        return;
      case 'Service':
        if (next === undefined) this.#serviceKeys.delete(`${metadata.namespace}/${metadata.name}`);
        else this.#serviceKeys.set(`${metadata.namespace}/${metadata.name}`, key);
        return;
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
        this.#slice(object as EndpointSlice, next !== undefined, key);
    }
  }

  readonly #dependents = new Set<string>();

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
    this.#dependOn(this.#nodeKeys.get(node));
  }

  #heartbeat(node: string, lease: Lease | undefined): void {
    const renewed = lease?.spec?.renewTime;
    if (renewed === undefined || renewed === null) this.#heartbeats.delete(node);
    else this.#heartbeats.set(node, parseTimestamp(renewed));
    this.#dependOn(this.#nodeKeys.get(node));
  }

  #slice(slice: EndpointSlice, exists: boolean, key: string): void {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined) return;
    const name = `${slice.metadata.namespace}/${service}`;
    const slices = this.#slices.get(name) ?? new Map<string, EndpointSlice>();
    if (exists) slices.set(key, slice);
    else slices.delete(key);
    if (slices.size === 0) this.#slices.delete(name);
    else this.#slices.set(name, slices);
    this.#dependOn(this.#serviceKeys.get(name));
  }

  #dependOn(key: string | undefined): void {
    if (key !== undefined) this.#dependents.add(key);
  }

  /** Records of nodes and services whose surroundings changed. */
  #refreshDependents(): void {
    for (const key of this.#dependents) {
      const object = this.#objects.get(key);
      if (object === undefined) continue;
      this.#records.delete(key);
      this.#touched.add(object.metadata.uid);
    }
    this.#dependents.clear();
  }
}

/** The API object that a key holds; null for what is none (`compact_rev_key`, allocations). */
function objectOf(kv: KeyValue): KubeObject | null {
  const value = kv.value as KubeObject | null;
  if (typeof value !== 'object' || value === null || typeof value.kind !== 'string') return null;
  return value.metadata?.uid === undefined ? null : value;
}
