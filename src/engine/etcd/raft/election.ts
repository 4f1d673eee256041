/**
 * Who leads: pre-vote, election, votes (§5.2, §5.4.1, thesis §9.6).
 *
 * @source etcd-io/raft raft.go (hup, campaign, Step)
 */
import { isUpToDate } from './log';
import { type MemberId, NOBODY, type VoteAnswer, type VoteRequest } from './messages';
import { voteResult } from './quorum';
import { appendPayloads } from './replication';
import {
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  becomePreCandidate,
  isPromotable,
  position,
  type Raft,
  send,
  sendAfterSync,
} from './state';

type Campaign = 'pre-election' | 'election' | 'transfer';

/** Stands for election, if it may. A change of members that is committed and not applied forbids it. */
export function campaign(raft: Raft, transfer = false): void {
  if (raft.role === 'leader' || !isPromotable(raft) || hasUnappliedChange(raft)) return;
  stand(raft, transfer ? 'transfer' : raft.options.preVote ? 'pre-election' : 'election');
}

function hasUnappliedChange({ log }: Raft): boolean {
  for (let at = Math.max(0, log.applied - log.base); at < log.committed - log.base; at++) {
    if (log.entries[at]!.change !== null) return true;
  }
  return false;
}

function stand(raft: Raft, kind: Campaign): void {
  if (kind === 'pre-election') becomePreCandidate(raft);
  else becomeCandidate(raft);
  if (countVote(raft, raft.id, true, kind)) return;
  const term = kind === 'pre-election' ? raft.term + 1 : raft.term;
  for (const to of raft.conf.voters) {
    if (to === raft.id) continue;
    const own = { group: raft.options.group, from: raft.id, to, term, ...position(raft) };
    send(raft, {
      type: kind === 'pre-election' ? 'raft/pre-vote' : 'raft/vote',
      ...own,
      transfer: kind === 'transfer',
    });
  }
}

/** Counts a vote. @returns whether the election is decided */
function countVote(raft: Raft, from: MemberId, granted: boolean, kind: Campaign): boolean {
  if (!raft.votes.has(from)) raft.votes.set(from, granted);
  const result = voteResult([raft.conf.voters], raft.votes);
  if (result === 'won') {
    if (kind === 'pre-election') stand(raft, 'election');
    else lead(raft);
  } else if (result === 'lost') becomeFollower(raft, raft.term, NOBODY);
  return result !== 'pending';
}

/** A leader begins its term with an entry of its own: nothing older is committed but through it (§8). */
function lead(raft: Raft): void {
  becomeLeader(raft);
  appendPayloads(raft, [EMPTY]);
}

const EMPTY = Object.freeze({ data: null, change: null, bytes: 32 });

export function handleVoteAnswer(raft: Raft, { type, from, reject }: VoteAnswer): void {
  const isMine =
    (type === 'raft/pre-vote-answer' && raft.role === 'pre-candidate') ||
    (type === 'raft/vote-answer' && raft.role === 'candidate');
  if (isMine) countVote(raft, from, !reject, raft.role === 'pre-candidate' ? 'pre-election' : 'election');
}

/** Votes at most once a term, and only for a log that may hold all that is committed. */
export function handleVoteRequest(raft: Raft, message: VoteRequest): void {
  const { type, from, term, index, logTerm } = message;
  const mayVote =
    raft.vote === from ||
    (raft.vote === NOBODY && raft.leader === NOBODY) ||
    (type === 'raft/pre-vote' && term > raft.term);
  const granted = mayVote && isUpToDate(raft.log, index, logTerm);
  answerVote(raft, message, granted ? term : raft.term, !granted);
  if (granted && type === 'raft/vote') {
    raft.electionElapsed = 0;
    raft.vote = from;
  }
}

export function answerVote(raft: Raft, { type, from: to }: VoteRequest, term: number, reject: boolean): void {
  const answer = type === 'raft/vote' ? 'raft/vote-answer' : 'raft/pre-vote-answer';
  sendAfterSync(raft, { type: answer, group: raft.options.group, from: raft.id, to, term, reject });
}
