/**
 * Committed entries become changes of the store, in order: first the changes go out to the watchers, then the answers to
 * whoever proposed here.
 *
 * @source etcd server/etcdserver/apply/{uber_apply,apply}.go
 */
import type { Context, ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { appliedCapped, backendGrew, quotaExceeded } from './backend';
import { type Command, commandOf } from './command';
import { NO_SPACE } from './errors';
import { armLeaseTimer, promoteLessor } from './expiry';
import { grantLease, revokeLease } from './lease';
import { applyMemberChange, changeError, membersOf } from './members';
import { compact } from './mvcc';
import { refreshPeers } from './peers';
import type { Entry } from './raft/messages';
import { applied, applyChange, committedEntries, compact as compactRaft } from './raft/raft';
import { SNAPSHOT_COUNT } from './snapshot';
import { takeSnapshot } from './snapshotting';
import { headerOf, type EtcdState, tickOf } from './state';
import { applyTxn } from './txn';
import { deliverChanges, notify } from './watching';
import type { EtcdAnswer, Proposal } from './wire';

/** After its removal a member goes on for a moment, so that the others hear of it. */
const LEAVE_AFTER: Micros = 1 * SECOND;

/** @returns whether there was anything to apply */
export function applyCommitted(state: EtcdState, ctx: Context): boolean {
  const { raft } = state;
  const entries = state.defragmenting === null ? committedEntries(raft) : [];
  if (entries.length === 0) return false;
  const answers: { readonly client: ProcessId; readonly message: EtcdAnswer }[] = [];
  let leases = false;
  let compacted = false;
  for (const entry of entries) {
    applied(raft, entry.index);
    state.counters.applied++;
    const command = commandOf(entry);
    if (command === null) {
      if (entry.change !== null) applyChange(raft, { type: 'none', id: 0 });
      if (raft.role === 'leader' && entry.term === raft.term) promoteLessor(state, ctx);
      continue;
    }
    const { type } = command.proposal;
    if (type === 'etcd/lease-grant') leases = true;
    if (type === 'etcd/compact') compacted = true;
    const waiter = state.waiters.get(command.proposer);
    if (waiter !== undefined) state.waiters.delete(command.proposer);
    const message = applyEntry(state, ctx, entry, command, waiter?.id ?? 0);
    if (waiter !== undefined) answers.push({ client: waiter.client, message });
  }
  backendGrew(state);
  deliverChanges(state, ctx);
  for (const { client, message } of answers) ctx.send(client, message);
  if (leases) {
    ctx.cancel(state.leaseTimer);
    state.leaseTimer = null;
    armLeaseTimer(state, ctx);
  }
  // Nobody is there who could need the entries of one that is alone.
  if (raft.progress.length === 1) compactRaft(raft, raft.log.applied);
  const due = compacted || raft.log.applied - state.snapshotIndex >= SNAPSHOT_COUNT;
  if (due && !state.snapshotting && state.wal !== null) takeSnapshot(state, ctx);
  return true;
}

function applyEntry(state: EtcdState, ctx: Context, entry: Entry, command: Command, id: number): EtcdAnswer {
  const { proposal, cause } = command;
  const { store, lessor } = state;
  const refused = (error: string): EtcdAnswer => ({ type: 'etcd/error', id, header: headerOf(state), error });
  switch (proposal.type) {
    case 'etcd/txn': {
      if (appliedCapped(state, proposal)) return refused(NO_SPACE);
      const isFull = quotaExceeded(state, proposal);
      const outcome = applyTxn(store, lessor, proposal, cause);
      notify(state, outcome.events);
      if (outcome.error !== null || isFull) return refused(outcome.error ?? NO_SPACE);
      const { succeeded, results } = outcome;
      return { type: 'etcd/txn-answer', id, header: headerOf(state), succeeded, results };
    }
    case 'etcd/compact': {
      const error = compact(store, proposal.revision);
      return error === null ? { type: 'etcd/compact-answer', id, header: headerOf(state) } : refused(error);
    }
    case 'etcd/lease-grant': {
      const error = appliedCapped(state, proposal)
        ? NO_SPACE
        : grantLease(lessor, entry.index, proposal.ttl, ctx.monotonic);
      if (error !== null) return refused(error);
      const ttl = lessor.leases.get(entry.index)!.ttl;
      return { type: 'etcd/lease-answer', id, header: headerOf(state), lease: entry.index, ttl };
    }
    case 'etcd/lease-revoke': {
      const { error, events } = revokeLease(lessor, store, proposal.lease, cause);
      notify(state, events);
      if (error !== null) return refused(error);
      return { type: 'etcd/lease-answer', id, header: headerOf(state), lease: proposal.lease, ttl: 0 };
    }
    default:
      return applyGroupChange(state, ctx, proposal, entry, id);
  }
}

/** What concerns the group itself: members and alarms. */
function applyGroupChange(
  state: EtcdState,
  ctx: Context,
  proposal: Extract<Proposal, { type: 'etcd/member-change' | 'etcd/publish' | 'etcd/alarm' }>,
  entry: Entry,
  id: number,
): EtcdAnswer {
  const { membership, raft } = state;
  switch (proposal.type) {
    case 'etcd/member-change': {
      const error = changeError(membership, proposal);
      if (entry.change !== null) applyChange(raft, error === null ? entry.change : { type: 'none', id: 0 });
      if (error !== null) return { type: 'etcd/error', id, header: headerOf(state), error };
      const member = applyMemberChange(membership, proposal);
      refreshPeers(state);
      if (proposal.change === 'remove' && proposal.member === state.member) {
        ctx.log('the member has been permanently removed from the cluster');
        ctx.after(LEAVE_AFTER, tickOf('etcd/leave'));
      }
      const members = membersOf(membership);
      return { type: 'etcd/members-answer', id, header: headerOf(state), cluster: state.cluster, members, member };
    }
    case 'etcd/publish': {
      const member = membership.byId.get(proposal.member);
      if (member !== undefined) membership.byId.set(member.id, Object.freeze({ ...member, name: proposal.name }));
      return { type: 'etcd/done', id, header: headerOf(state) };
    }
    case 'etcd/alarm': {
      const { action, member, alarm } = proposal;
      const others = state.alarms.filter((other) => other.member !== member || other.alarm !== alarm);
      if (action === 'activate' && others.length === state.alarms.length) ctx.log(`alarm raised {"alarm":"${alarm}"}`);
      state.alarms = action === 'activate' ? [...others, { member, alarm }] : others;
      return { type: 'etcd/alarms-answer', id, header: headerOf(state), alarms: state.alarms };
    }
  }
}
