/**
 * The state of one member of a Raft group, and how it changes its role. Plain data, changed in place by the functions of
 * this folder alone.
 *
 * @source etcd-io/raft raft.go
 */
import { nextWord, type RandomState } from '#engine/kernel/random';
import { lastIndex, lastTerm, newLog, type RaftLog } from './log';
import {
  type ConfState,
  type Entry,
  type HardState,
  type MemberId,
  NOBODY,
  type RaftMessage,
  type Snapshot,
} from './messages';
import { newProgress, type Progress } from './progress';

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** A read that waits for a majority to confirm the leader. */
export interface PendingRead {
  readonly number: number;
  /** Who asked, and its own number for the read. */
  readonly from: MemberId;
  readonly read: number;
  /** What must be applied before it is answered. */
  readonly index: number;
  readonly acks: MemberId[];
}

/** A read of this member may be answered once `index` is applied. */
export interface ReadState {
  readonly read: number;
  readonly index: number;
}

export interface RaftOptions {
  readonly id: MemberId;
  readonly group: number;
  /** Ticks without a leader before an election at least; the real time is random in [n, 2n). */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Ask first whether an election could be won, without a new term (thesis §9.6). */
  readonly preVote: boolean;
  /** A leader that hears no majority for an election timeout steps down (thesis §6.2). */
  readonly checkQuorum: boolean;
}

export interface Raft {
  readonly options: RaftOptions;
  readonly id: MemberId;
  term: number;
  vote: MemberId;
  role: Role;
  leader: MemberId;
  readonly log: RaftLog;
  conf: ConfState;
  /** Of each member, in ascending order of ids; followed by a leader only. */
  progress: Progress[];
  readonly votes: Map<MemberId, boolean>;
  /** Ticks since the leader was heard, or since the last check of the quorum. */
  electionElapsed: number;
  heartbeatElapsed: number;
  randomizedTimeout: number;
  readonly random: RandomState;
  /** The member that is to lead next, while a transfer is under way. */
  transferee: MemberId;
  /** Index of the last change of members in the log; no other may enter until it is applied. */
  pendingConfIndex: number;
  /** A round of heartbeats is to go out with what is sent next: a read waits for it. */
  heartbeatDue: boolean;
  nextRead: number;
  /** Reads that wait for a heartbeat round, in order. */
  pendingReads: PendingRead[];
  /** Reads that came before the first commit of this leader's term. */
  earlyReads: { readonly from: MemberId; readonly read: number }[];
  /** A snapshot that was taken in and is not safe yet. */
  installing: Snapshot | null;
  /** Something happened that cannot go on, in etcd's words. The member must stop. */
  panic: string | null;
  /** What `takeReady` and `takeReads` hand out next. */
  messages: RaftMessage[];
  afterSync: RaftMessage[];
  readStates: ReadState[];
  /** What was handed out last as hard state. */
  saved: HardState;
}

/** What a member starts from: its disk, or nothing. */
export interface Durable {
  readonly hard: HardState;
  readonly snapshot: Pick<Snapshot, 'index' | 'term' | 'conf'>;
  readonly entries: readonly Entry[];
}

export function newRaft(options: RaftOptions, durable: Durable, random: RandomState): Raft {
  const { hard, snapshot, entries } = durable;
  const raft: Raft = {
    options,
    id: options.id,
    term: hard.term,
    vote: hard.vote,
    role: 'follower',
    leader: NOBODY,
    log: newLog(snapshot.index, snapshot.term, entries, hard.commit),
    conf: snapshot.conf,
    progress: [],
    votes: new Map(),
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedTimeout: 0,
    random,
    transferee: NOBODY,
    pendingConfIndex: 0,
    heartbeatDue: false,
    nextRead: 1,
    pendingReads: [],
    earlyReads: [],
    installing: null,
    panic: null,
    messages: [],
    afterSync: [],
    readStates: [],
    saved: hard,
  };
  setConf(raft, snapshot.conf);
  becomeFollower(raft, raft.term, NOBODY);
  return raft;
}

/** Takes over a configuration; progress of members that stay is kept. */
export function setConf(raft: Raft, conf: ConfState): void {
  raft.conf = conf;
  const ids = [...conf.voters, ...conf.learners].sort((a, b) => a - b);
  raft.progress = ids.map((id) => {
    const learner = conf.learners.includes(id);
    const known = progressOf(raft, id);
    if (known !== undefined) {
      known.learner = learner;
      return known;
    }
    const made = newProgress(id, learner, Math.max(1, lastIndex(raft.log)));
    // It has not had a chance to be heard: it must not cost the leader its quorum.
    made.recentActive = true;
    return made;
  });
}

export function progressOf(raft: Raft, id: MemberId): Progress | undefined {
  for (const progress of raft.progress) if (progress.id === id) return progress;
  return undefined;
}

/** Whether this member may stand for election. */
export const isPromotable = (raft: Raft): boolean => raft.conf.voters.includes(raft.id) && raft.installing === null;

/** Whether its own voice is a majority. */
export const isAlone = ({ conf, id }: Raft): boolean => conf.voters.length === 1 && conf.voters[0] === id;

/** A message that may go as soon as the driver can send. */
export function send(raft: Raft, message: RaftMessage): void {
  raft.messages.push(message);
}

/** A message that promises something: it goes once all that came before it is safe. */
export function sendAfterSync(raft: Raft, message: RaftMessage): void {
  raft.afterSync.push(message);
}

function reset(raft: Raft, term: number): void {
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = NOBODY;
  }
  raft.leader = NOBODY;
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  const { electionTicks } = raft.options;
  raft.randomizedTimeout = electionTicks + Math.floor((nextWord(raft.random) / 0x1_0000_0000) * electionTicks);
  raft.transferee = NOBODY;
  raft.votes.clear();
  raft.pendingConfIndex = 0;
  raft.heartbeatDue = false;
  raft.pendingReads = [];
  raft.earlyReads = [];
  raft.progress = raft.progress.map(({ id, learner }) => newProgress(id, learner, lastIndex(raft.log) + 1));
}

export function becomeFollower(raft: Raft, term: number, leader: MemberId): void {
  reset(raft, term);
  raft.role = 'follower';
  raft.leader = leader;
}

/** Changes nothing but the role: a member that cannot win must not raise anybody's term. */
export function becomePreCandidate(raft: Raft): void {
  raft.role = 'pre-candidate';
  raft.votes.clear();
  raft.leader = NOBODY;
}

export function becomeCandidate(raft: Raft): void {
  reset(raft, raft.term + 1);
  raft.role = 'candidate';
  raft.vote = raft.id;
}

/** Role and book-keeping only; the empty entry of the new term is the caller's business. */
export function becomeLeader(raft: Raft): void {
  reset(raft, raft.term);
  raft.role = 'leader';
  raft.leader = raft.id;
  const own = progressOf(raft, raft.id);
  if (own !== undefined) {
    own.match = raft.log.stable;
    own.recentActive = true;
    own.state = 'replicate';
  }
  // Changes in the uncommitted tail: none may be proposed until all of it is applied.
  raft.pendingConfIndex = lastIndex(raft.log);
}

/** Index and term of the last entry, as vote requests carry them. */
export const position = ({ log }: Raft): { index: number; logTerm: number } => ({
  index: lastIndex(log),
  logTerm: lastTerm(log),
});
