/**
 * What an operator asks of a member: members, status, alarms, defragmentation, snapshots, another leader.
 *
 * @source etcd server/etcdserver/server.go (AddMember, RemoveMember, PromoteMember, MoveLeader), api/v3rpc/maintenance.go
 */
import type { Context, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND } from '#engine/kernel/time';
import { newestBackup } from './backup';
import { bytesInUse, quotaOf, shrinkBackend } from './backend';
import { BAD_TRANSFEREE, LEARNER_NOT_READY, NO_LEADER, NOT_LEADER, UNHEALTHY } from './errors';
import { forwardToLeader } from './forwarding';
import { changeError, idText, nextMemberId, quorumRisk } from './members';
import { propose } from './proposing';
import { lastIndex } from './raft/log';
import { quorumOf } from './raft/quorum';
import { transferLeader } from './raft/raft';
import { progressOf } from './raft/state';
import { snapshotOf } from './snapshot';
import { armTimeout, type EtcdState, fail, headerOf, isLearner, tickOf } from './state';
import type { EtcdAnswer, MemberChangeRequest, MoveLeaderRequest, SnapshotRequest, StatusAnswer } from './wire';

/** What a defragmentation takes: a start, and the copying of what is used, in µs per byte (100 MB/s). */
const DEFRAGMENT_AT_LEAST: Micros = 20 * MILLISECOND;
const DEFRAGMENT_PER_BYTE = 0.01;

/** A change of members: the leader alone can tell whether it is safe now. */
export function changeMembers(state: EtcdState, ctx: Context, client: ProcessId, request: MemberChangeRequest): void {
  const { raft, membership } = state;
  if (raft.role !== 'leader') {
    if (!forwardToLeader(state, ctx, client, request)) fail(state, ctx, client, request.id, NO_LEADER);
    return;
  }
  const isNew = request.change === 'add' || request.change === 'add-learner';
  const change = isNew ? { ...request, member: nextMemberId(membership) } : request;
  const error = changeError(membership, change) ?? quorumRisk(membership, change) ?? connectionRisk(state, change);
  if (error !== null) return fail(state, ctx, client, request.id, error);
  propose(state, ctx, client, change);
}

/** Why a change would be dangerous with those members that can be reached now, in etcd's words, or null. */
function connectionRisk({ raft, peers }: EtcdState, { change, member }: MemberChangeRequest): string | null {
  const { voters } = raft.conf;
  const isActive = (id: number): boolean =>
    id === raft.id || (peers.get(id)?.active === true && peers.get(id)?.heard === true);
  const active = voters.filter(isActive).length;
  if (change === 'promote') {
    const own = progressOf(raft, raft.id)?.match ?? 0;
    if ((progressOf(raft, member)?.match ?? 0) < own * 0.9) return LEARNER_NOT_READY;
  }
  if (change === 'add' || change === 'promote') return active < voters.length ? UNHEALTHY : null;
  if (change !== 'remove' || !voters.includes(member) || !isActive(member)) return null;
  return active - 1 < quorumOf(voters.length - 1) ? UNHEALTHY : null;
}

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

export function statusOf(state: EtcdState, id: number): StatusAnswer {
  const { raft, cluster, fileBytes, alarms } = state;
  return {
    type: 'etcd/status-answer',
    id,
    header: headerOf(state),
    cluster,
    leader: raft.leader,
    learner: isLearner(state),
    dbBytes: fileBytes,
    dbBytesInUse: bytesInUse(state),
    quotaBytes: quotaOf(state),
    raftIndex: lastIndex(raft.log),
    appliedIndex: raft.log.applied,
    errors: [
      ...(raft.leader === 0 ? [NO_LEADER] : []),
      ...alarms.map(({ member, alarm }) => `memberID:${idText(cluster, member)} alarm:${alarm} `),
    ],
  };
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
