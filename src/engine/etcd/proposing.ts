/** Requests that change something: checked, put into the log, answered when they are applied, or told that it takes too long. */
import type { Context, ProcessId } from '#engine/kernel/process';
import { quotaExceeded } from './backend';
import { type Command, payloadOf } from './command';
import {
  NO_SPACE,
  NOT_FOR_LEARNER,
  REQUEST_TIMED_OUT,
  TIMEOUT_CONNECTION_LOST,
  TIMEOUT_LEADER_FAILED,
  TOO_MANY_REQUESTS,
} from './errors';
import { lastIndex } from './raft/log';
import { propose as proposeToRaft } from './raft/raft';
import { quorumOf } from './raft/quorum';
import {
  armTimeout,
  ELECTION_TICKS,
  type EtcdState,
  fail,
  isLearner,
  REQUEST_TIMEOUT,
  TICK,
  tickOf,
  type Waiter,
} from './state';
import { txnError } from './txn';
import type { Proposal } from './wire';

/** Proposals that may be in the log and not yet applied. @source etcd server/etcdserver/v3_server.go (maxGapBetweenApplyAndCommitIndex) */
const MAX_BACKLOG = 5_000;

/** Puts a client's proposal into the log, unless something is wrong with it. */
export function propose(state: EtcdState, ctx: Context, client: ProcessId, proposal: Proposal): void {
  const error = proposalError(state, proposal);
  if (error === NO_SPACE) raiseAlarm(state, ctx);
  if (error !== null) return fail(state, ctx, client, proposal.id, error);
  const proposer = `${state.member}#${state.nextProposal++}`;
  state.waiters.set(proposer, { client, id: proposal.id, since: ctx.monotonic });
  armTimeout(state, ctx);
  enter(state, ctx, proposal, proposer);
}

function proposalError(state: EtcdState, proposal: Proposal): string | null {
  const { log, role } = state.raft;
  if (isLearner(state)) return NOT_FOR_LEARNER;
  if ((role === 'leader' ? lastIndex(log) : log.committed) - log.applied >= MAX_BACKLOG) return TOO_MANY_REQUESTS;
  const error = proposal.type === 'etcd/txn' ? txnError(proposal) : null;
  return error ?? (quotaExceeded(state, proposal) ? NO_SPACE : null);
}

/** Nobody may write any more until somebody has made room and disarmed it. */
function raiseAlarm(state: EtcdState, ctx: Context): void {
  const { member } = state;
  if (state.alarms.some((alarm) => alarm.member === member)) return;
  enter(state, ctx, { type: 'etcd/alarm', id: 0, action: 'activate', member, alarm: 'NOSPACE' }, '');
}

function enter(state: EtcdState, ctx: Context, proposal: Proposal, proposer: string): void {
  state.counters.proposals++;
  const payload = payloadOf(proposal, proposer, ctx.event);
  if (state.homeless.length > 0 || !proposeToRaft(state.raft, [payload])) state.homeless.push(payload);
}

/** Tells those who wait too long that they do. What they proposed may still happen, if anybody took it. */
export function expireRequests(state: EtcdState, ctx: Context): void {
  state.timeoutTimer = false;
  const { waiters, forwarded } = state;
  let next = Infinity;
  const isLate = ({ since }: { readonly since: number }): boolean => {
    if (ctx.monotonic - since >= REQUEST_TIMEOUT) return true;
    next = Math.min(next, since);
    return false;
  };
  for (const [proposer, waiter] of waiters) {
    if (!isLate(waiter)) break;
    waiters.delete(proposer);
    fail(state, ctx, waiter.client, waiter.id, timeoutWords(state, waiter));
  }
  for (const [number, waiter] of forwarded) {
    if (!isLate(waiter)) break;
    forwarded.delete(number);
    fail(state, ctx, waiter.client, waiter.id, timeoutWords(state, waiter));
  }
  if (state.moving !== null && isLate(state.moving)) {
    fail(state, ctx, state.moving.client, state.moving.id, REQUEST_TIMED_OUT);
    state.moving = null;
  }
  state.homeless = state.homeless.filter(({ data }) => {
    const { proposer } = data as Command;
    return proposer === '' || waiters.has(proposer);
  });
  if (next === Infinity) return;
  state.timeoutTimer = true;
  ctx.after(next + REQUEST_TIMEOUT - ctx.monotonic, tickOf('etcd/expire-requests'));
}

/** @source etcd server/etcdserver/server.go (parseProposeCtxErr) */
function timeoutWords(state: EtcdState, { since }: Waiter): string {
  const { raft, leaderSince, peers } = state;
  if (since > leaderSince - 2 * ELECTION_TICKS * TICK && since < leaderSince) return TIMEOUT_LEADER_FAILED;
  if (raft.leader === 0) return REQUEST_TIMED_OUT;
  const isConnected =
    raft.leader === raft.id
      ? raft.conf.voters.filter((id) => id === raft.id || peers.get(id)?.active === true).length >=
        quorumOf(raft.conf.voters.length)
      : peers.get(raft.leader)?.active === true;
  return isConnected ? REQUEST_TIMED_OUT : TIMEOUT_CONNECTION_LOST;
}
