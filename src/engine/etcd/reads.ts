/**
 * Linearizable reads: a member asks for an index that it must have applied before it answers. One question is under way at
 * a time; what comes meanwhile shares the next one.
 *
 * @source etcd server/etcdserver/v3_server.go (linearizableReadLoop, requestCurrentIndex)
 */
import type { Context, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND } from '#engine/kernel/time';
import { LEADER_CHANGED, REQUEST_TIMED_OUT } from './errors';
import { noticeRead } from './disk-trouble';
import { membersOf } from './members';
import { range, rangeError } from './mvcc';
import { readIndex } from './raft/raft';
import type { ReadState } from './raft/state';
import {
  type EtcdState,
  fail,
  headerOf,
  leadsFully,
  type Read,
  REQUEST_TIMEOUT,
  tickOf,
  type WaitingRead,
} from './state';
import type { EtcdAnswer } from './wire';

/** @source v3_server.go (readIndexRetryTime) */
const RETRY_AFTER: Micros = 500 * MILLISECOND;

/** Takes up a read that must see all that was acknowledged before it. */
export function beginRead(state: EtcdState, ctx: Context, client: ProcessId, request: Read): void {
  const { raft, reads } = state;
  // Alone, nobody else can have acknowledged anything.
  if (raft.progress.length === 1 && leadsFully(state)) return ctx.send(client, answerOf(state, client, request));
  reads.gathering.push({ client, request, since: ctx.monotonic });
  if (reads.number === 0) ask(state, ctx);
}

/** Asks for all that has gathered. */
function ask(state: EtcdState, ctx: Context): void {
  const { reads } = state;
  if (reads.gathering.length === 0) {
    ctx.cancel(reads.timer);
    reads.timer = null;
    return;
  }
  reads.number = reads.nextNumber++;
  reads.asked = reads.gathering;
  reads.gathering = [];
  sendQuestion(state);
  reads.timer ??= ctx.after(RETRY_AFTER, tickOf('etcd/retry-reads'));
}

/** Asks the leader, or asks it again: what was asked may be lost, or nobody was there to be asked. */
function sendQuestion({ raft, reads }: EtcdState): void {
  if (reads.number !== 0) reads.askedOf = readIndex(raft, reads.number) ? raft.leader : 0;
}

/** The leader has answered a question. */
export function confirmReads(state: EtcdState, ctx: Context, { read, index }: ReadState): void {
  const { reads } = state;
  if (read !== reads.number) return;
  reads.confirmed.push({ index, reads: reads.asked });
  reads.number = 0;
  reads.asked = [];
  ask(state, ctx);
}

/** Answers the reads whose index is applied. */
export function answerReads(state: EtcdState, ctx: Context): void {
  const { confirmed } = state.reads;
  while (confirmed.length > 0 && confirmed[0]!.index <= state.raft.log.applied && state.defragmenting === null) {
    for (const read of confirmed.shift()!.reads) {
      const answer = answerOf(state, read.client, read.request);
      noticeRead(ctx, read, answer);
      ctx.send(read.client, answer);
    }
  }
}

/** There is a new leader: what was asked of the old one is lost, what nobody could be asked is asked now. */
export function leaderChanged(state: EtcdState, ctx: Context): void {
  const { reads, raft } = state;
  if (reads.number === 0) return;
  if (reads.askedOf === 0 || reads.askedOf === raft.leader) return sendQuestion(state);
  for (const { client, request } of reads.asked) fail(state, ctx, client, request.id, LEADER_CHANGED);
  reads.number = 0;
  ask(state, ctx);
}

export function retryReads(state: EtcdState, ctx: Context): void {
  const { reads } = state;
  reads.timer = null;
  const late = ({ since }: WaitingRead): boolean => ctx.monotonic - since >= REQUEST_TIMEOUT;
  for (const { client, request } of [...reads.asked, ...reads.gathering].filter(late)) {
    fail(state, ctx, client, request.id, REQUEST_TIMED_OUT);
  }
  reads.asked = reads.asked.filter((read) => !late(read));
  reads.gathering = reads.gathering.filter((read) => !late(read));
  if (reads.asked.length === 0) reads.number = 0;
  if (reads.number === 0) return ask(state, ctx);
  sendQuestion(state);
  reads.timer = ctx.after(RETRY_AFTER, tickOf('etcd/retry-reads'));
}

/** The answer from what this member has. */
export function answerOf(state: EtcdState, client: ProcessId, request: Read): EtcdAnswer {
  const { id } = request;
  const header = headerOf(state);
  if (request.type === 'etcd/progress') {
    const watches = state.watchers.byClient.get(client)?.size ?? 0;
    return { type: 'etcd/progress-answer', id, header, watches };
  }
  if (request.type === 'etcd/member-list') {
    return {
      type: 'etcd/members-answer',
      id,
      header,
      cluster: state.cluster,
      members: membersOf(state.membership),
      member: null,
    };
  }
  const error = rangeError(state.store, request.range.revision ?? 0);
  if (error !== null) return { type: 'etcd/error', id, header, error };
  return { type: 'etcd/range-answer', id, header, result: range(state.store, request.range) };
}
