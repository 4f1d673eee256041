/**
 * Raft as a pure state machine: messages and ticks in, messages, entries to persist and committed entries out. Nothing here
 * knows of disks, networks or etcd; time is counted in ticks, and randomness is part of the state.
 *
 * A driver calls `step`, `tick`, `propose` and the like, then `takeReady`, and must do what that says in this order: put
 * snapshot, hard state and entries on the disk; when they are safe, `persisted`; only then send what must wait for it.
 * Then it applies `committedEntries` in order and says so by `applied`. Changes of members take effect when they are
 * applied, by `applyChange`.
 *
 * @source etcd-io/raft raft.go, rawnode.go, doc.go
 */
import { campaign, answerVote, handleVoteAnswer, handleVoteRequest } from './election';
import { compactLog, lastIndex } from './log';
import {
  type ConfChange,
  type ConfState,
  type Entry,
  type HardState,
  type MemberId,
  NOBODY,
  type Payload,
  type RaftMessage,
  type ReadIndex,
  type Snapshot,
  type TransferLeader,
} from './messages';
import { voteResult } from './quorum';
import { beginRead, confirmReads } from './reads';
import {
  answerAppend,
  appendPayloads,
  handleAppend,
  handleAppendAnswer,
  handleHeartbeat,
  handleHeartbeatAnswer,
  handleSnapshot,
  sendAppends,
  sendHeartbeats,
  switchConf,
  tickSnapshots,
  tryCommit,
} from './replication';
import { becomeFollower, progressOf, type Raft, type ReadState, send } from './state';

/** What a driver has to do. */
export interface Ready {
  /** To be written; null: as before. */
  readonly hard: HardState | null;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly Entry[];
  /** Whether it must be safe before the driver goes on. A commit index alone need not be. */
  readonly mustSync: boolean;
  /** May be sent while the disk is at work: a leader writes its log at the same time as its followers do. */
  readonly messages: readonly RaftMessage[];
  /** To be sent when all above is safe. */
  readonly afterSync: readonly RaftMessage[];
}

/** What has gathered since the last time; null when there is nothing to do. */
export function takeReady(raft: Raft): Ready | null {
  const { log } = raft;
  if (raft.role === 'leader') {
    if (raft.heartbeatDue) sendHeartbeats(raft);
    sendAppends(raft);
  }
  const { term, vote, saved } = raft;
  const isNews = term !== saved.term || vote !== saved.vote;
  const last = lastIndex(log);
  const snapshot = raft.installing !== null && log.handedOut === log.base ? raft.installing : null;
  const mustSync = isNews || last > log.handedOut || snapshot !== null;
  // Nobody but this member decides what one that is alone has committed: it need not remember it.
  const hasCommitted = log.committed > saved.commit && raft.progress.length > 1;
  if (!mustSync && !hasCommitted && raft.messages.length + raft.afterSync.length === 0) return null;
  // A leader speaks for its term: that must be safe before anybody hears of it.
  const isEarly = !mustSync || (raft.role === 'leader' && !isNews);
  const ready: Ready = {
    hard: mustSync || hasCommitted ? { term, vote, commit: log.committed } : null,
    snapshot,
    entries: last > log.handedOut ? log.entries.slice(log.handedOut - log.base) : [],
    mustSync,
    messages: isEarly ? raft.messages : NO_MESSAGES,
    afterSync: isEarly ? raft.afterSync : [...raft.messages, ...raft.afterSync],
  };
  if (ready.hard !== null) raft.saved = ready.hard;
  log.handedOut = last;
  raft.messages = [];
  raft.afterSync = [];
  return ready;
}

/** Reads that may be answered once their index is applied, since the last time. They wait for no disk. */
export function takeReads(raft: Raft): readonly ReadState[] {
  const reads = raft.readStates;
  if (reads.length > 0) raft.readStates = [];
  return reads;
}

const NO_MESSAGES: readonly RaftMessage[] = Object.freeze([]);

/** What a `Ready` told to persist is safe. */
export function persisted(raft: Raft, { snapshot, entries }: Pick<Ready, 'snapshot' | 'entries'>): void {
  const { log } = raft;
  if (snapshot !== null && raft.installing?.index === snapshot.index) raft.installing = null;
  const last = entries[entries.length - 1];
  if (last === undefined || last.index <= log.stable) return;
  const held = log.entries[last.index - log.base - 1];
  if (held?.term !== last.term) return;
  log.stable = last.index;
  if (raft.role !== 'leader') return;
  const own = progressOf(raft, raft.id);
  if (own === undefined) return;
  own.match = last.index;
  tryCommit(raft);
}

/** Entries that are committed and safe here, and not applied yet. */
export function committedEntries({ log }: Raft): readonly Entry[] {
  const until = Math.min(log.committed, log.stable);
  return until <= log.applied || log.applied < log.base
    ? NONE
    : log.entries.slice(log.applied - log.base, until - log.base);
}
const NONE: readonly Entry[] = Object.freeze([]);

export function applied(raft: Raft, index: number): void {
  raft.log.applied = Math.max(raft.log.applied, index);
}

/** A change of members is applied. @returns who belongs to the group from here on */
export function applyChange(raft: Raft, { type, id }: ConfChange): ConfState {
  if (type === 'none') return raft.conf;
  const without = (ids: readonly MemberId[]): MemberId[] => ids.filter((other) => other !== id);
  const voters = without(raft.conf.voters);
  const learners = without(raft.conf.learners);
  if (type === 'add-voter') voters.push(id);
  else if (type === 'add-learner') learners.push(id);
  const ascending = (a: number, b: number): number => a - b;
  const conf = Object.freeze({
    voters: Object.freeze(voters.sort(ascending)),
    learners: Object.freeze(learners.sort(ascending)),
  });
  switchConf(raft, conf);
  return conf;
}

/** Lets go of the log up to `index`, which a snapshot covers. */
export const compact = (raft: Raft, index: number): void => compactLog(raft.log, index);

/** Ticks until something is due if nothing is heard; `Infinity`: a member that will not do anything by itself. */
export function ticksUntilDue(raft: Raft): number {
  if (raft.role === 'leader') return raft.progress.length === 1 ? Infinity : 1;
  return raft.conf.voters.includes(raft.id) ? Math.max(1, raft.randomizedTimeout - raft.electionElapsed) : Infinity;
}

/** Time goes on. `ticks` must not be above `ticksUntilDue`. */
export function tick(raft: Raft, ticks = 1): void {
  raft.electionElapsed += ticks;
  const { electionTicks, heartbeatTicks, checkQuorum } = raft.options;
  if (raft.role !== 'leader') {
    if (raft.electionElapsed < raft.randomizedTimeout) return;
    raft.electionElapsed = 0;
    campaign(raft);
    return;
  }
  raft.heartbeatElapsed += ticks;
  if (raft.electionElapsed >= electionTicks) {
    raft.electionElapsed = 0;
    if (checkQuorum && !isQuorumActive(raft)) return becomeFollower(raft, raft.term, NOBODY);
    raft.transferee = NOBODY;
  }
  tickSnapshots(raft);
  if (raft.heartbeatElapsed >= heartbeatTicks) {
    raft.heartbeatElapsed = 0;
    sendHeartbeats(raft);
  }
}

/** Whether a majority was heard since the last time. */
function isQuorumActive(raft: Raft): boolean {
  const active = new Map<MemberId, boolean>();
  for (const progress of raft.progress) {
    active.set(progress.id, progress.recentActive || progress.id === raft.id);
    progress.recentActive = progress.id === raft.id;
  }
  return voteResult([raft.conf.voters], active) === 'won';
}

/** Stands for election at once. */
export const electNow = (raft: Raft): void => campaign(raft);

/** Puts payloads on their way into the log. @returns false when nobody takes them now: no leader, or it is handing over */
export function propose(raft: Raft, payloads: readonly Payload[]): boolean {
  if (raft.role === 'leader') {
    if (progressOf(raft, raft.id) === undefined || raft.transferee !== NOBODY) return false;
    appendPayloads(raft, payloads);
    return true;
  }
  if (raft.role !== 'follower' || raft.leader === NOBODY) return false;
  send(raft, { type: 'raft/propose', ...toLeader(raft), payloads });
  return true;
}

const toLeader = (raft: Raft): { group: number; from: MemberId; to: MemberId; term: number } => ({
  group: raft.options.group,
  from: raft.id,
  to: raft.leader,
  term: raft.term,
});

/** Asks for the index that a linearizable read must wait for: comes back by `takeReads`. @returns false when nobody leads */
export function readIndex(raft: Raft, read: number): boolean {
  if (raft.role === 'leader') {
    beginRead(raft, raft.id, read);
    return true;
  }
  if (raft.leader === NOBODY) return false;
  send(raft, { type: 'raft/read-index', ...toLeader(raft), read });
  return true;
}

/** Asks that `target` lead: the leader brings it up to date and lets it stand at once; given up after an election timeout. */
export function transferLeader(raft: Raft, target: MemberId): void {
  if (raft.role === 'leader') return beginTransfer(raft, target);
  if (raft.leader !== NOBODY) send(raft, { type: 'raft/transfer-leader', ...toLeader(raft), target });
}

function beginTransfer(raft: Raft, target: MemberId): void {
  const progress = progressOf(raft, target);
  if (progress === undefined || progress.learner || target === raft.id || raft.transferee === target) return;
  raft.electionElapsed = 0;
  raft.transferee = target;
  if (progress.match === lastIndex(raft.log)) sendTimeoutNow(raft, target);
  else progress.nudged = true;
}

const sendTimeoutNow = (raft: Raft, to: MemberId): void =>
  send(raft, { type: 'raft/timeout-now', group: raft.options.group, from: raft.id, to, term: raft.term });

/** Takes in a message of another member. */
export function step(raft: Raft, message: RaftMessage): void {
  const { group, id } = raft.options;
  if (message.group !== group || message.to !== id) return;
  if (message.term > raft.term && !takeUpTerm(raft, message)) return;
  if (message.term < raft.term) return answerStale(raft, message);
  switch (message.type) {
    case 'raft/pre-vote':
    case 'raft/vote':
      return handleVoteRequest(raft, message);
    case 'raft/pre-vote-answer':
    case 'raft/vote-answer':
      return handleVoteAnswer(raft, message);
    case 'raft/append':
    case 'raft/heartbeat':
    case 'raft/snapshot':
      return heardLeader(raft, message);
    case 'raft/append-answer':
      if (raft.role === 'leader' && handleAppendAnswer(raft, message)) sendTimeoutNow(raft, message.from);
      return;
    case 'raft/heartbeat-answer':
      if (raft.role !== 'leader') return;
      handleHeartbeatAnswer(raft, message);
      return confirmReads(raft, message.from, message.read);
    case 'raft/propose':
      propose(raft, message.payloads);
      return;
    case 'raft/read-index':
      return handleReadIndex(raft, message);
    case 'raft/read-index-answer':
      raft.readStates.push({ read: message.read, index: message.index });
      return;
    case 'raft/transfer-leader':
      return handleTransfer(raft, message);
    case 'raft/timeout-now':
      if (raft.role === 'follower') campaign(raft, true);
      return;
  }
}

/**
 * A message of a later term.
 *
 * @returns false when it is to be ignored: whoever has just heard a leader helps nobody to depose it
 */
function takeUpTerm(raft: Raft, message: RaftMessage): boolean {
  const isVote = message.type === 'raft/pre-vote' || message.type === 'raft/vote';
  if (isVote && !message.transfer) {
    const { checkQuorum, electionTicks } = raft.options;
    if (checkQuorum && raft.leader !== NOBODY && raft.electionElapsed < electionTicks) return false;
  }
  // A pre-vote and its grant name a term that does not exist yet.
  if (message.type === 'raft/pre-vote') return true;
  if (message.type === 'raft/pre-vote-answer' && !message.reject) {
    handleVoteAnswer(raft, message);
    return false;
  }
  const isLeader =
    message.type === 'raft/append' || message.type === 'raft/heartbeat' || message.type === 'raft/snapshot';
  becomeFollower(raft, message.term, isLeader ? message.from : NOBODY);
  return true;
}

/** A message of an earlier term: a leader that was deposed learns of it, so that it steps down. */
function answerStale(raft: Raft, message: RaftMessage): void {
  const { checkQuorum, preVote } = raft.options;
  if (message.type === 'raft/heartbeat' || message.type === 'raft/append') {
    if (checkQuorum || preVote) answerAppend(raft, message.from, 0);
  } else if (message.type === 'raft/pre-vote') answerVote(raft, message, raft.term, true);
}

function heardLeader(
  raft: Raft,
  message: Extract<RaftMessage, { type: 'raft/append' | 'raft/heartbeat' | 'raft/snapshot' }>,
): void {
  if (raft.role === 'leader') return;
  if (raft.role === 'follower') {
    raft.electionElapsed = 0;
    raft.leader = message.from;
  } else becomeFollower(raft, raft.term, message.from);
  if (message.type === 'raft/append') handleAppend(raft, message);
  else if (message.type === 'raft/heartbeat') handleHeartbeat(raft, message);
  else handleSnapshot(raft, message);
}

function handleReadIndex(raft: Raft, message: ReadIndex): void {
  if (raft.role === 'leader') beginRead(raft, message.from, message.read);
}

function handleTransfer(raft: Raft, { target }: TransferLeader): void {
  if (raft.role === 'leader') beginTransfer(raft, target);
}
