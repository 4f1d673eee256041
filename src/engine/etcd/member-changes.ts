/**
 * Whether the members of a group may be changed now.
 *
 * @source etcd server/etcdserver/server.go (AddMember, RemoveMember, PromoteMember)
 */
import type { Context, ProcessId } from '#engine/kernel/process';
import { LEARNER_NOT_READY, NO_LEADER, NOT_ENOUGH_STARTED, UNHEALTHY } from './errors';
import { forwardToLeader } from './forwarding';
import { changeError, membersOf, type Membership, nextMemberId } from './members';
import { propose } from './proposing';
import { quorumOf } from './raft/quorum';
import { progressOf } from './raft/state';
import { type EtcdState, fail } from './state';
import type { MemberChangeRequest } from './wire';

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

/**
 * Why a change would put the quorum at risk, in etcd's words, or null (strict reconfiguration check): members that were
 * added and never started count as lost.
 *
 * @source etcd membership/cluster.go (IsReadyToAddVotingMember, IsReadyToPromoteMember, IsReadyToRemoveVotingMember)
 */
function quorumRisk(membership: Membership, { change, member: id }: MemberChangeRequest): string | null {
  const voters = membersOf(membership).filter(({ learner }) => !learner);
  const started = voters.filter(({ name }) => name !== '');
  if (change === 'add' || change === 'promote') {
    // The first member of a cluster may take on a second one: there is no other way to two.
    if (started.length === 1 && voters.length === 1) return null;
    const startedAfter = started.length + (change === 'promote' ? 1 : 0);
    return startedAfter < quorumOf(voters.length + 1) ? NOT_ENOUGH_STARTED : null;
  }
  if (change !== 'remove' || !voters.some((voter) => voter.id === id)) return null;
  const left = voters.length - 1;
  const startedLeft = started.filter((member) => member.id !== id).length;
  if (left === 0) return NOT_ENOUGH_STARTED;
  return startedLeft < quorumOf(left) ? NOT_ENOUGH_STARTED : null;
}
