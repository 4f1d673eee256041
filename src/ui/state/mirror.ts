/**
 * The page's mirror of the engine: what the frames have told so far, indexed for drawing. `applyFrame` is the only thing
 * that makes a new mirror; it is pure, and replaces only those parts that the frame touches, so that a selector
 * which returns a part gives the same value until that part has changed.
 */
import type { Frame, Printed } from '#engine/cluster/door';
import type {
  CountdownRecord,
  EventRecord,
  FaultRecord,
  MachineRecord,
  NodeRecord,
  ObjectRecord,
  PodRecord,
  ServiceRecord,
  Subject,
  WorkloadRecord,
  WriteRecord,
} from '#engine/cluster/records';
import type { Micros } from '#engine/kernel/time';
import { addActivity } from './activity';
import { withChangedEvents } from './event-order';
import { addMarkers, leaderMarker, leadershipAfter, type Leadership } from './markers';
import { rebucket, type ChangedPod } from './pods-by-node';
import { editSharded, emptyShardedMap, shardedGet, type ShardedMap } from './sharded-map';
import { noStories, turnTo, type TrackStories } from './track-story';

/** A pod that was drawn on a machine and is gone from the API: shown for a moment where it was. */
export interface Ghost {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly app: string;
  /** Real milliseconds when it went, by the page's clock. */
  readonly goneAtMs: number;
}

export interface Mirror extends TrackStories {
  readonly now: Micros;
  /** False until the first frame has come. */
  readonly started: boolean;
  /** Whether all machines have been Ready at once. */
  readonly booted: boolean;
  /** Kernel events handled since the start of the run. */
  readonly events: number;
  /** Every object but Events, by uid. */
  readonly objects: ShardedMap<ObjectRecord>;
  /** The uid of each object that is not an Event, by `subjectKey`. */
  readonly uids: ShardedMap<string>;
  /** Pods by the node they are bound to, in order of creation; under `UNSCHEDULED` those without one. */
  readonly podsByNode: ReadonlyMap<string, readonly PodRecord[]>;
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  /** Deployments and ReplicaSets by uid. */
  readonly workloads: ReadonlyMap<string, WorkloadRecord>;
  readonly services: ReadonlyMap<string, ServiceRecord>;
  /** Names of namespaces, sorted. */
  readonly namespaces: readonly string[];
  /** Kubernetes Events, by last seen, oldest first. */
  readonly eventLog: readonly EventRecord[];
  readonly machines: ReadonlyMap<string, MachineRecord>;
  readonly countdowns: ReadonlyMap<string, readonly CountdownRecord[]>;
  readonly faults: readonly FaultRecord[];
  /** A number per app, in order of first sight: its colour. */
  readonly hues: ReadonlyMap<string, number>;
  readonly ghosts: ReadonlyMap<string, readonly Ghost[]>;
  readonly leadership: Leadership | null;
  /** The latest write that is neither a renewal nor an Event. */
  readonly lastWrite: WriteRecord | null;
  /** What terminals have printed since the frame before. */
  readonly printed: readonly Printed[];
}

export const UNSCHEDULED = '';

/** How long a ghost stays, in real milliseconds. */
export const GHOST_MS = 6_000;
const GHOSTS_PER_NODE = 12;

const NOTHING_PRINTED: readonly Printed[] = [];
const NO_PODS: readonly PodRecord[] = [];
const NO_GHOSTS: readonly Ghost[] = [];
const NO_COUNTDOWNS: readonly CountdownRecord[] = [];

/** What is known before the first frame: nothing. */
export const emptyMirror: Mirror = {
  now: 0,
  started: false,
  booted: false,
  events: 0,
  objects: emptyShardedMap(),
  uids: emptyShardedMap(),
  podsByNode: new Map(),
  nodes: new Map(),
  workloads: new Map(),
  services: new Map(),
  namespaces: [],
  eventLog: [],
  machines: new Map(),
  countdowns: new Map(),
  faults: [],
  hues: new Map(),
  ghosts: new Map(),
  ...noStories,
  leadership: null,
  lastWrite: null,
  printed: NOTHING_PRINTED,
};

/** One string for a subject: `Kind/namespace/name`. */
export const subjectKey = (subject: Subject): string => `${subject.kind}/${subject.namespace}/${subject.name}`;

/** Pods bound to `node`, or the unscheduled ones. */
export const podsOn = (mirror: Mirror, node: string): readonly PodRecord[] => mirror.podsByNode.get(node) ?? NO_PODS;

/** Ghosts on `node`. */
export const ghostsOn = (mirror: Mirror, node: string): readonly Ghost[] => mirror.ghosts.get(node) ?? NO_GHOSTS;

/** The clocks that run for a subject. */
export const countdownsOf = (mirror: Mirror, key: string): readonly CountdownRecord[] =>
  mirror.countdowns.get(key) ?? NO_COUNTDOWNS;

/** Whether a write renews a Lease: a kubelet's heartbeat, or a leader's word that it still leads. */
export const isRenewal = (write: WriteRecord): boolean => write.resource.split('.', 1)[0] === 'leases';

/** Whether a write is a kubelet's heartbeat. */
export const isHeartbeat = (write: WriteRecord): boolean =>
  isRenewal(write) && write.namespace === 'kube-node-lease' && write.code < 300;

/** Renewals and Events come along with everything: what is worth a word is the rest. */
const isNoteworthy = (write: WriteRecord): boolean => !isRenewal(write) && write.resource !== 'events';

function sameCountdown(a: CountdownRecord, b: CountdownRecord): boolean {
  return a.id === b.id && a.endsAt === b.endsAt && a.startedAt === b.startedAt && a.text === b.text;
}

function indexCountdowns(
  before: ReadonlyMap<string, readonly CountdownRecord[]>,
  records: readonly CountdownRecord[],
): ReadonlyMap<string, readonly CountdownRecord[]> {
  const grouped = new Map<string, CountdownRecord[]>();
  for (const record of records) {
    const key = subjectKey(record.subject);
    const group = grouped.get(key);
    if (group) group.push(record);
    else grouped.set(key, [record]);
  }
  let changed = grouped.size !== before.size;
  const result = new Map<string, readonly CountdownRecord[]>();
  for (const [key, group] of grouped) {
    const old = before.get(key);
    const same =
      old !== undefined &&
      old.length === group.length &&
      group.every((record, index) => {
        const other = old[index];
        return other !== undefined && sameCountdown(record, other);
      });
    if (!same) changed = true;
    result.set(key, same ? old : group);
  }
  return changed ? result : before;
}

function sameFaults(before: readonly FaultRecord[], after: readonly FaultRecord[]): boolean {
  return before.length === after.length && before.every((fault, index) => fault.id === after[index]?.id);
}

/** Whether a pod's other version stands where it stood, in the same colour. */
const staysInPlace = (old: PodRecord, record: PodRecord): boolean =>
  old.node === record.node && old.createdAt === record.createdAt && old.name === record.name && old.app === record.app;

/** A copy of a map made on the first write only. */
class Draft<Key, Value> {
  private copy: Map<Key, Value> | null = null;
  private readonly base: ReadonlyMap<Key, Value>;
  constructor(base: ReadonlyMap<Key, Value>) {
    this.base = base;
  }
  get(key: Key): Value | undefined {
    return (this.copy ?? this.base).get(key);
  }
  write(): Map<Key, Value> {
    this.copy ??= new Map(this.base);
    return this.copy;
  }
  done(): ReadonlyMap<Key, Value> {
    return this.copy ?? this.base;
  }
}

function withGhosts(
  before: ReadonlyMap<string, readonly Ghost[]>,
  born: readonly Ghost[],
  nowMs: number,
): ReadonlyMap<string, readonly Ghost[]> {
  let result: Map<string, readonly Ghost[]> | null = null;
  for (const [node, ghosts] of before) {
    const kept = ghosts.filter((ghost) => nowMs - ghost.goneAtMs < GHOST_MS);
    if (kept.length === ghosts.length) continue;
    result ??= new Map(before);
    if (kept.length === 0) result.delete(node);
    else result.set(node, kept);
  }
  for (const ghost of born) {
    result ??= new Map(before);
    result.set(ghost.node, [...(result.get(ghost.node) ?? NO_GHOSTS), ghost].slice(-GHOSTS_PER_NODE));
  }
  return result ?? before;
}

/**
 * The mirror after a frame.
 *
 * @param nowMs - the page's clock in real milliseconds; only the age of ghosts is measured by it
 * @param track - on which the engine stands
 */
export function applyFrame(previous: Mirror, frame: Frame, nowMs: number, track = previous.track): Mirror {
  const { hues: known, booted } = previous;
  const kept = frame.full ? { ...emptyMirror, hues: known, booted } : previous;
  const before = frame.full || track !== previous.track ? { ...kept, ...turnTo(track, frame.now, previous) } : previous;
  const objects = editSharded(before.objects);
  const uids = editSharded(before.uids);
  const nodes = new Draft(before.nodes);
  const workloads = new Draft(before.workloads);
  const services = new Draft(before.services);
  const machines = new Draft(before.machines);
  const hues = new Draft(before.hues);
  const removed = new Map<string, Set<string>>();
  const added = new Map<string, Map<string, PodRecord>>();
  const changed = new Map<string, ChangedPod[]>();
  const born: Ghost[] = [];
  const changedEvents: EventRecord[] = [];
  let namespacesChanged = frame.full;

  const leaveBucket = (pod: PodRecord): void => {
    const node = pod.node ?? UNSCHEDULED;
    added.get(node)?.delete(pod.uid);
    const uids = removed.get(node);
    if (uids) uids.add(pod.uid);
    else removed.set(node, new Set([pod.uid]));
  };

  const enterBucket = (pod: PodRecord): void => {
    const node = pod.node ?? UNSCHEDULED;
    const bucket = added.get(node);
    if (bucket) bucket.set(pod.uid, pod);
    else added.set(node, new Map([[pod.uid, pod]]));
    if (hues.get(pod.app) === undefined) hues.write().set(pod.app, hues.done().size);
  };

  for (const record of frame.set) {
    if (record.kind === 'Event') {
      changedEvents.push(record);
      continue;
    }
    const old = objects.get(record.uid);
    objects.set(record.uid, record);
    if (!old) uids.set(subjectKey(record), record.uid);
    switch (record.kind) {
      case 'Pod':
        if (
          old?.kind === 'Pod' &&
          staysInPlace(old, record) &&
          !added.get(record.node ?? UNSCHEDULED)?.has(record.uid)
        ) {
          const list = changed.get(record.node ?? UNSCHEDULED);
          if (list) list.push({ before: old, after: record });
          else changed.set(record.node ?? UNSCHEDULED, [{ before: old, after: record }]);
          break;
        }
        if (old?.kind === 'Pod') leaveBucket(old);
        enterBucket(record);
        break;
      case 'Node':
        nodes.write().set(record.name, record);
        break;
      case 'Deployment':
      case 'ReplicaSet':
        workloads.write().set(record.uid, record);
        break;
      case 'Service':
        services.write().set(record.uid, record);
        break;
      case 'Namespace':
        namespacesChanged ||= old === undefined;
        break;
      default:
        break;
    }
  }

  const goneEvents = new Set<string>();
  for (const uid of frame.gone) {
    const old = objects.get(uid);
    if (!old) {
      goneEvents.add(uid);
      continue;
    }
    objects.delete(uid);
    if (uids.get(subjectKey(old)) === uid) uids.delete(subjectKey(old));
    if (old.kind === 'Pod') {
      leaveBucket(old);
      if (old.node !== null) {
        const { name, namespace, app } = old;
        born.push({ uid, name, namespace, app, node: old.node, goneAtMs: nowMs });
      }
    } else if (old.kind === 'Node') {
      if (nodes.get(old.name)?.uid === uid) nodes.write().delete(old.name);
    } else if (old.kind === 'Namespace') {
      namespacesChanged = true;
    } else {
      if (workloads.get(uid)) workloads.write().delete(uid);
      if (services.get(uid)) services.write().delete(uid);
    }
  }

  for (const machine of frame.machines) machines.write().set(machine.name, machine);
  for (const name of frame.machinesGone) machines.write().delete(name);

  const addedLists = new Map([...added].map(([node, pods]) => [node, [...pods.values()]] as const));
  const leadership = leadershipAfter(before.leadership, frame.machines);
  const objectsAfter = objects.done();
  const lastWrite = frame.writes.findLast(isNoteworthy) ?? before.lastWrite;

  return {
    now: frame.now,
    started: true,
    booted: before.booted || allReady(machines.done(), nodes.done()),
    events: frame.events,
    objects: objectsAfter,
    uids: uids.done(),
    podsByNode: rebucket(before.podsByNode, removed, addedLists, changed),
    nodes: nodes.done(),
    workloads: workloads.done(),
    services: services.done(),
    namespaces: namespacesChanged ? namesOfNamespaces(objectsAfter) : before.namespaces,
    eventLog: withChangedEvents(before.eventLog, changedEvents, goneEvents),
    machines: machines.done(),
    countdowns: indexCountdowns(before.countdowns, frame.countdowns),
    faults: sameFaults(before.faults, frame.faults) ? before.faults : frame.faults,
    hues: hues.done(),
    ghosts: withGhosts(before.ghosts, frame.full ? [] : born, nowMs),
    activity: addActivity(before.activity, frame.writes, isRenewal, frame.now, before.seenTo),
    markers: addMarkers(
      before.markers,
      before.faults,
      frame.faults,
      changedEvents,
      frame.now,
      leaderMarker(before.leadership, leadership, frame.now),
    ),
    seenTo: Math.max(before.seenTo, frame.now),
    track: before.track,
    otherStories: before.otherStories,
    leadership,
    lastWrite,
    printed: frame.printed.length === 0 ? NOTHING_PRINTED : frame.printed,
  };
}

function allReady(machines: ReadonlyMap<string, MachineRecord>, nodes: ReadonlyMap<string, NodeRecord>): boolean {
  let members = 0;
  for (const { role, name } of machines.values()) {
    if (role === 'laptop') continue;
    if (nodes.get(name)?.ready !== 'True') return false;
    members++;
  }
  return members > 0;
}

function namesOfNamespaces(objects: ShardedMap<ObjectRecord>): readonly string[] {
  const names: string[] = [];
  for (const shard of objects.shards) {
    for (const record of shard.values()) if (record.kind === 'Namespace') names.push(record.name);
  }
  return names.sort();
}

/** The record that a subject names, if the API has one. A machine's is its Node. */
export function findObject(mirror: Mirror, subject: Subject): ObjectRecord | undefined {
  if (subject.kind === 'Machine' || subject.kind === 'Node') return mirror.nodes.get(subject.name);
  const uid = shardedGet(mirror.uids, subjectKey(subject));
  return uid === undefined ? undefined : shardedGet(mirror.objects, uid);
}

/** Looks an object up by uid. */
export const objectByUid = (mirror: Mirror, uid: string): ObjectRecord | undefined => shardedGet(mirror.objects, uid);
