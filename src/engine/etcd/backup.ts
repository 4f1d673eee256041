/**
 * Backups on a schedule: the whole store now and then, and between two of them what has changed since the last one. They lie in
 * a folder of their own that stands for a backup disk of the machine: wiping etcd's data does not touch it.
 */
import type { Context, Disk } from '#engine/kernel/process';
import { eventsSince, type Store } from './mvcc';
import { snapshotOf } from './snapshot';
import { type BackupState, type EtcdState, scheduleBackup } from './state';
import { WRITTEN } from './wal';
import type { KeyValue, KvEvent, StoreSnapshot } from './wire';

/** What changed from one revision (exclusive) to another. */
interface Increment {
  readonly from: number;
  readonly to: number;
  readonly events: readonly KvEvent[];
}

const FOLDER = 'backup/';
/** Full backups that are kept. */
const KEPT = 2;

const fileOf = (revision: number, kind: 'full' | 'incremental'): string =>
  `${FOLDER}${String(revision).padStart(16, '0')}.${kind}`;

/** Makes the backup that is due, if anything has changed. */
export function makeBackup(state: EtcdState, ctx: Context): void {
  const { backup, store } = state;
  if (backup === null) return;
  const isFullDue = backup.fullAt < 0 || ctx.monotonic - backup.fullAt >= backup.schedule.fullEvery;
  const hasGap = store.compactRevision > backup.revision + 1 || store.revision < backup.revision;
  // A full disk takes no backup: the next one is due when it is.
  if (ctx.disk.isFull()) return scheduleBackup(state, ctx);
  if (isFullDue || hasGap) backUpAll(state, ctx, backup);
  else if (store.revision > backup.revision) backUpChanges(store, ctx.disk, backup);
  scheduleBackup(state, ctx);
}

function backUpAll(state: EtcdState, ctx: Context, backup: BackupState): void {
  const snapshot = snapshotOf(state);
  const file = fileOf(snapshot.revision, 'full');
  ctx.disk.replace(file, [snapshot], snapshot.bytes);
  ctx.disk.sync(file, WRITTEN);
  backup.fullAt = ctx.monotonic;
  backup.revision = snapshot.revision;
  const fulls = ctx.disk.files(FOLDER).filter((name) => name.endsWith('.full'));
  const oldest = fulls[Math.max(0, fulls.length - KEPT)]!;
  for (const name of ctx.disk.files(FOLDER))
    if (name < oldest && !name.startsWith(oldest.slice(0, -4))) ctx.disk.remove(name);
}

function backUpChanges(store: Store, disk: Disk, backup: BackupState): void {
  const events = Object.freeze([...eventsSince(store, backup.revision + 1)]);
  const increment: Increment = Object.freeze({ from: backup.revision, to: store.revision, events });
  const full = disk.files(FOLDER).filter((name) => name.endsWith('.full'));
  const file = full[full.length - 1]!.replace('.full', '.incremental');
  disk.append(
    file,
    increment,
    events.reduce((sum, { kv }) => sum + kv.key.length + kv.bytes, 64),
  );
  disk.sync(file, WRITTEN);
  backup.revision = store.revision;
}

/** The store as the newest backups have it; null when there are none. */
export function newestBackup(disk: Disk): StoreSnapshot | null {
  const fulls = disk.files(FOLDER).filter((name) => name.endsWith('.full'));
  const name = fulls[fulls.length - 1];
  const full = name === undefined ? undefined : (disk.read(name)[0] as StoreSnapshot | undefined);
  if (name === undefined || full === undefined) return null;
  const live = new Map<string, KeyValue>(full.kvs.map((kv) => [kv.key, kv]));
  let { revision } = full;
  for (const { from, to, events } of disk.read(name.replace('.full', '.incremental')) as readonly Increment[]) {
    if (from !== revision) break;
    for (const { type, kv } of events) {
      if (type === 'put') live.set(kv.key, kv);
      else live.delete(kv.key);
    }
    revision = to;
  }
  if (revision === full.revision) return full;
  const kvs = [...live.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const bytes = kvs.reduce((sum, kv) => sum + kv.key.length + kv.bytes, 0);
  return { ...full, revision, compactRevision: revision, kvs, history: [], bytes };
}
