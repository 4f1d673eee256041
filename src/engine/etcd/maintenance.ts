/**
 * What an operator asks of a member: defragmentation, snapshots, another leader.
 *
 * @source etcd server/etcdserver/server.go (MoveLeader), api/v3rpc/maintenance.go
 */
import type { Context, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND } from '#engine/kernel/time';
import { newestBackup } from './backup';
import { bytesInUse, shrinkBackend } from './backend';
import { BAD_TRANSFEREE, NOT_LEADER } from './errors';
import { transferLeader } from './raft/raft';
import { snapshotOf } from './snapshot';
import { armTimeout, type EtcdState, fail, headerOf, tickOf } from './state';
import type { EtcdAnswer, MoveLeaderRequest, SnapshotRequest } from './wire';

/** What a defragmentation takes: a start, and the copying of what is used, in µs per byte (100 MB/s). */
const DEFRAGMENT_AT_LEAST: Micros = 20 * MILLISECOND;
const DEFRAGMENT_PER_BYTE = 0.01;

export function moveLeader(state: EtcdState, ctx: Context, client: ProcessId, { id, target }: MoveLeaderRequest): void {
  const { raft } = state;
  if (raft.role !== 'leader') return fail(state, ctx, client, id, NOT_LEADER);
  if (!raft.conf.voters.includes(target)) return fail(state, ctx, client, id, BAD_TRANSFEREE);
  if (target === raft.id) {
    const done: EtcdAnswer = { type: 'etcd/done', id, header: headerOf(state) };
    return ctx.send(client, done);
  }
  state.moving = { client, id, target, since: ctx.monotonic };
  armTimeout(state, ctx);
  transferLeader(raft, target);
}

/** Begins to copy what is used into a new file. Raft goes on; nobody is answered, and nothing applied, until it is done. */
export function defragment(state: EtcdState, ctx: Context, client: ProcessId, id: number): void {
  state.defragmenting = { client, id, held: [] };
  const takes = Math.round(bytesInUse(state) * DEFRAGMENT_PER_BYTE);
  ctx.after(DEFRAGMENT_AT_LEAST + takes, tickOf('etcd/defragmented'));
}

export function defragmented(state: EtcdState, ctx: Context): void {
  const { client, id } = state.defragmenting!;
  state.defragmenting = null;
  shrinkBackend(state);
  const done: EtcdAnswer = { type: 'etcd/done', id, header: headerOf(state) };
  ctx.send(client, done);
}

export function sendSnapshot(
  state: EtcdState,
  ctx: Context,
  client: ProcessId,
  { id, fromBackup }: SnapshotRequest,
): void {
  const snapshot = fromBackup === true ? newestBackup(ctx.disk) : snapshotOf(state);
  if (snapshot === null) return fail(state, ctx, client, id, 'there is no backup');
  const answer: EtcdAnswer = { type: 'etcd/snapshot-answer', id, header: headerOf(state), snapshot };
  ctx.send(client, answer);
}
