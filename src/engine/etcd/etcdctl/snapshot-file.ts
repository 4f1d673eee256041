/** Snapshots as files on the disk of whoever saved them. @source etcd etcdutl/snapshot/v3_snapshot.go */
import type { Disk, Message } from '#engine/kernel/process';
import { crcOfNumber, crcOfText } from '../crc32c';
import type { StoreSnapshot } from '../wire';

const FOLDER = 'snapshots/';

export function saveSnapshot(disk: Disk, name: string, snapshot: StoreSnapshot): void {
  disk.replace(FOLDER + name, [Object.freeze(snapshot)], snapshot.bytes);
  const done: Message = { type: 'etcdctl/saved' };
  disk.sync(FOLDER + name, done);
}

export const readSnapshot = (disk: Disk, name: string): StoreSnapshot | undefined =>
  disk.read(FOLDER + name)[0] as StoreSnapshot | undefined;

/** A checksum over keys and revisions. */
export function hashOf({ revision, kvs }: StoreSnapshot): number {
  let crc = crcOfNumber(0, revision);
  for (const { key, modRevision } of kvs) crc = crcOfNumber(crcOfText(crc, key), modRevision);
  return crc;
}

/**
 * A snapshot to be restored: `bump` revisions ahead of what it holds, and everything older compacted when asked, so that
 * clients that saw later revisions begin anew instead of waiting for them.
 */
export function bumped(snapshot: StoreSnapshot, bump: number, compacted: boolean): StoreSnapshot {
  const revision = snapshot.revision + bump;
  if (!compacted) return { ...snapshot, revision };
  return { ...snapshot, revision, compactRevision: revision, history: [] };
}
