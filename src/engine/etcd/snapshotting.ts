/** How a member takes snapshots, gives them to those who lag, and takes them in. @source etcd server/etcdserver/server.go (snapshot, applySnapshot), snapshot_merge.go */
import type { Context, Disk } from '#engine/kernel/process';
import { shrinkBackend } from './backend';
import { endWithoutSpace } from './disk-trouble';
import { refreshPeers } from './peers';
import { termAt } from './raft/log';
import type { InstallSnapshot, Snapshot } from './raft/messages';
import { applied, compact } from './raft/raft';
import {
  CATCH_UP_ENTRIES,
  recoverSnapshot,
  removeOldSnapshots,
  replicaOf,
  type SnapshotSaved,
  snapshotFile,
  snapshotOf,
  writeSnapshot,
} from './snapshot';
import type { EtcdState } from './state';
import { cutWal, openSegment, save, WRITTEN } from './wal';
import { resumeWatches } from './watching';
import type { StoreSnapshot } from './wire';

/** The member as it stands. */
export function currentSnapshot(state: EtcdState): Snapshot {
  const { log, conf } = state.raft;
  const index = log.applied;
  return Object.freeze({
    index,
    term: termAt(log, index),
    conf,
    data: snapshotOf(state),
    bytes: state.store.bytes,
  });
}

/** Begins to write a snapshot; the log goes on in a new segment, which is safe before the snapshot lets the old ones go. */
export function takeSnapshot(state: EtcdState, ctx: Context): void {
  const { wal, raft } = state;
  if (wal === null) return;
  if (ctx.disk.isFull()) return endWithoutSpace(ctx, 'snapshot', snapshotFile(raft.log.applied));
  state.snapshotting = true;
  openSegment(wal, ctx.disk, raft.log.handedOut + 1);
  ctx.disk.sync(save(wal, ctx.disk, raft.saved, []), WRITTEN);
  wal.hasUnsynced = false;
  writeSnapshot(ctx.disk, currentSnapshot(state));
}

/** A snapshot is safe: the log before it can go, but for what members that lag a little may want. */
export function snapshotSaved(state: EtcdState, disk: Disk, { index, file }: SnapshotSaved): void {
  state.snapshotting = false;
  state.snapshotIndex = Math.max(state.snapshotIndex, index);
  state.counters.snapshots++;
  removeOldSnapshots(disk, file);
  if (state.wal !== null) cutWal(state.wal, disk, index);
  if (state.raft.progress.length > 1) compact(state.raft, index - CATCH_UP_ENTRIES);
}

/** Puts a snapshot into the message that carries it: the one on the disk where the log goes on from it, else a new one. */
export function withSnapshot(state: EtcdState, ctx: Context, message: InstallSnapshot): InstallSnapshot {
  const { log } = state.raft;
  const saved = state.wal === null ? null : recoverSnapshot(ctx.disk);
  const serves = saved !== null && saved.index >= log.base && knows(saved, message.to) ? saved : null;
  return { ...message, snapshot: serves ?? currentSnapshot(state) };
}

const knows = ({ conf }: Snapshot, id: number): boolean => conf.voters.includes(id) || conf.learners.includes(id);

/** A snapshot from the leader is safe, or need not be: it takes the place of all that was. */
export function installSnapshot(state: EtcdState, ctx: Context, snapshot: Snapshot): void {
  const { revision } = state.store;
  Object.assign(state, replicaOf(snapshot.data as StoreSnapshot, ctx.monotonic));
  applied(state.raft, snapshot.index);
  state.snapshotIndex = snapshot.index;
  refreshPeers(state);
  shrinkBackend(state);
  resumeWatches(state, ctx, revision);
  ctx.log(`applied snapshot {"index":${snapshot.index},"revision":${state.store.revision}}`);
}
