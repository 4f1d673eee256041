/**
 * Snapshots: the store as it stood at one index of the log, so that the log before it can go.
 *
 * @source etcd server/etcdserver/server.go (snapshot, DefaultSnapshotCount since 3.6)
 * @simplified the backend's file (bbolt), which etcd writes in the background, is not written: a snapshot holds all of the
 *   store, and costs the disk what etcd's snapshot file does. A compaction is followed by a snapshot, so that the log does not
 *   keep alive what was compacted away: the disk lies in the tab's memory
 */
import type { Disk, Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { leaseRecords, type LeaseRecord, lessorOf, type Lessor } from './lease';
import { liveVersions, newStore, type Store, storeOf } from './mvcc';
import type { KeyValue, KvEvent } from './wire';

/** Entries of the log between two snapshots. */
export const SNAPSHOT_COUNT = 10_000;

/** What a snapshot costs the disk: the store itself has gone to its own file little by little. */
const SNAPSHOT_BYTES = 16 * 1024;

const SNAPSHOTS = 'snap/';

interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly revision: number;
  readonly compactRevision: number;
  readonly kvs: readonly KeyValue[];
  readonly history: readonly KvEvent[];
  readonly leases: readonly LeaseRecord[];
}

export interface SnapshotSaved extends Message {
  readonly type: 'etcd/snapshot-saved';
  readonly index: number;
  readonly file: string;
}

/** Writes a snapshot; `etcd/snapshot-saved` arrives when it is safe. */
export function takeSnapshot(disk: Disk, store: Store, lessor: Lessor, index: number, term: number): void {
  const snapshot: Snapshot = Object.freeze({
    index,
    term,
    revision: store.revision,
    compactRevision: store.compactRevision,
    kvs: Object.freeze(liveVersions(store)),
    history: Object.freeze(store.history.slice()),
    leases: leaseRecords(lessor),
  });
  const file = `${SNAPSHOTS}${index.toString(16).padStart(16, '0')}.snap`;
  disk.replace(file, [snapshot], SNAPSHOT_BYTES);
  const done: SnapshotSaved = { type: 'etcd/snapshot-saved', index, file };
  disk.sync(file, done);
}

/** Removes all snapshots but the one that is safe now. */
export function removeOldSnapshots(disk: Disk, current: string): void {
  for (const file of disk.files(SNAPSHOTS)) if (file < current) disk.remove(file);
}

export interface Recovered {
  readonly store: Store;
  readonly lessor: Lessor;
  readonly index: number;
  readonly term: number;
}

/** The newest snapshot on the disk, or an empty store. */
export function recoverSnapshot(disk: Disk, now: Micros): Recovered {
  for (const file of [...disk.files(SNAPSHOTS)].reverse()) {
    const snapshot = disk.read(file)[0] as Snapshot | undefined;
    if (snapshot === undefined) continue;
    const store = storeOf(snapshot.revision, snapshot.compactRevision, snapshot.kvs, snapshot.history);
    return { store, lessor: lessorOf(snapshot.leases, store, now), index: snapshot.index, term: snapshot.term };
  }
  const store = newStore();
  return { store, lessor: lessorOf([], store, now), index: 0, term: 0 };
}
