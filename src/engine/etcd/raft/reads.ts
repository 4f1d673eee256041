/**
 * Linearizable reads without a trip through the log (thesis §6.4): the leader notes its commit index, makes sure by
 * one round of heartbeats that it leads, and whoever asked waits until that index is applied.
 *
 * @source etcd-io/raft read_only.go, raft.go (sendMsgReadIndexResponse)
 */
import { termAt } from './log';
import type { MemberId } from './messages';
import { voteResult } from './quorum';
import { isAlone, type Raft, send } from './state';

/** A leader takes up a read. One that has not committed in its term yet does not know what is committed: the read waits. */
export function beginRead(raft: Raft, from: MemberId, read: number): void {
  const { committed } = raft.log;
  if (termAt(raft.log, committed) !== raft.term) raft.earlyReads.push({ from, read });
  else if (isAlone(raft)) answerRead(raft, from, read, committed);
  else {
    raft.pendingReads.push({ number: raft.nextRead++, from, read, index: committed, acks: [raft.id] });
    raft.heartbeatDue = true;
  }
}

/** The first entry of the leader's term is committed. */
export function releaseEarlyReads(raft: Raft): void {
  if (raft.earlyReads.length === 0) return;
  for (const { from, read } of raft.earlyReads.splice(0)) beginRead(raft, from, read);
}

/** A member has answered the heartbeat that carried a read: it and all before it may be confirmed. */
export function confirmReads(raft: Raft, from: MemberId, number: number): void {
  if (number === 0 || raft.pendingReads.length === 0) return;
  const at = raft.pendingReads.findIndex((read) => read.number === number);
  if (at < 0) return;
  const { acks } = raft.pendingReads[at]!;
  if (!acks.includes(from)) acks.push(from);
  if (voteResult([raft.conf.voters], new Map(acks.map((id) => [id, true]))) !== 'won') return;
  for (const read of raft.pendingReads.splice(0, at + 1)) answerRead(raft, read.from, read.read, read.index);
}

function answerRead(raft: Raft, to: MemberId, read: number, index: number): void {
  if (to === raft.id) raft.readStates.push({ read, index });
  else {
    const { group } = raft.options;
    send(raft, { type: 'raft/read-index-answer', group, from: raft.id, to, term: raft.term, read, index });
  }
}
