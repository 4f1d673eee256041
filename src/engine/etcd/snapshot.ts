/**
 * Snapshots: the store as it stood at one index of the log, so that the log before it can go, and a member that lags
 * far behind can be given all at once.
 *
 * @source etcd server/etcdserver/server.go (snapshot, DefaultSnapshotCount since 3.6), server/etcdserver/api/snap
 * @simplified the backend's file (bbolt), which etcd writes in the background, is not written: a snapshot holds all of the
 *   store, and costs the disk what etcd's snapshot file does. A compaction is followed by a snapshot, so that the log does not
 *   keep alive what was compacted away: the disk lies in the tab's memory
 */
import type { Disk, Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { crcOfNumber } from './crc32c';
import { leaseRecords, lessorOf, type Lessor } from './lease';
import { type Membership, membershipOf, membersOf } from './members';
import { liveVersions, type Store, storeOf } from './mvcc';
import type { Snapshot } from './raft/messages';
import type { Alarm, StoreSnapshot } from './wire';

/** Entries of the log between two snapshots. */
export const SNAPSHOT_COUNT = 10_000;
/** Entries that are kept behind a snapshot for members that lag a little. @source etcd server/etcdserver/server.go (DefaultSnapshotCatchUpEntries) */
export const CATCH_UP_ENTRIES = 5_000;

/** What a snapshot costs the disk: the store itself has gone to its own file little by little. */
const SNAPSHOT_BYTES = 16 * 1024;

const FOLDER = 'snap/';

/** All that the log decides: the same at every member that has applied the same entries. */
export interface Replica {
  store: Store;
  lessor: Lessor;
  membership: Membership;
  alarms: readonly Alarm[];
}

interface SnapshotFile extends Snapshot {
  readonly data: StoreSnapshot;
  readonly crc: number;
}

export interface SnapshotSaved extends Message {
  readonly type: 'etcd/snapshot-saved';
  readonly index: number;
  readonly file: string;
}

export function snapshotOf({ store, lessor, membership, alarms }: Replica): StoreSnapshot {
  return Object.freeze({
    revision: store.revision,
    compactRevision: store.compactRevision,
    kvs: Object.freeze(liveVersions(store)),
    history: Object.freeze(store.history.slice()),
    leases: Object.freeze(leaseRecords(lessor)),
    members: Object.freeze(membersOf(membership)),
    removed: Object.freeze([...membership.removed]),
    alarms: Object.freeze([...alarms]),
    bytes: store.bytes,
  });
}

export function replicaOf(snapshot: StoreSnapshot, now: Micros): Replica {
  const store = storeOf(snapshot.revision, snapshot.compactRevision, snapshot.kvs, snapshot.history);
  return {
    store,
    lessor: lessorOf(snapshot.leases, store, now),
    membership: membershipOf(snapshot.members, snapshot.removed),
    alarms: snapshot.alarms,
  };
}

const crcOf = ({ index, term, data }: Snapshot & { readonly data: unknown }): number => {
  const { revision, kvs, history } = data as StoreSnapshot;
  return [term, revision, kvs.length, history.length].reduce(crcOfNumber, crcOfNumber(0, index));
};

export const snapshotFile = (index: number): string => `${FOLDER}${index.toString(16).padStart(16, '0')}.snap`;

/** Writes a snapshot, `bytes` of it to be carried by the disk. `done` arrives when it is safe. */
export function writeSnapshot(disk: Disk, snapshot: Snapshot, bytes = SNAPSHOT_BYTES): SnapshotSaved {
  const file = snapshotFile(snapshot.index);
  disk.replace(file, [Object.freeze({ ...snapshot, crc: crcOf(snapshot) })], bytes);
  const done: SnapshotSaved = { type: 'etcd/snapshot-saved', index: snapshot.index, file };
  disk.sync(file, done);
  return done;
}

/** Removes all snapshots but the one that is safe now. */
export function removeOldSnapshots(disk: Disk, current: string): void {
  for (const file of disk.files(FOLDER)) if (file < current) disk.remove(file);
}

/** The newest snapshot on the disk that can be read; null when there is none. `broken` hears of those that cannot be. */
export function recoverSnapshot(disk: Disk, broken?: (file: string) => void): SnapshotFile | null {
  for (const file of [...disk.files(FOLDER)].reverse()) {
    const snapshot = disk.read(file)[0] as Partial<SnapshotFile> | undefined;
    if (snapshot === undefined) continue;
    if (snapshot.crc !== undefined && snapshot.crc === crcOf(snapshot as SnapshotFile)) return snapshot as SnapshotFile;
    broken?.(file);
  }
  return null;
}
