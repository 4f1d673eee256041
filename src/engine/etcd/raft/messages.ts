/**
 * What members of a Raft group tell each other, and the entries, snapshots and states that it is about. Immutable
 * values; what an entry's `data` means is the state machine's business.
 *
 * @source etcd-io/raft raftpb/raft.proto; Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, Figure 2
 */
import type { Message } from '#engine/kernel/process';

/** A member's number in its group, from 1. */
export type MemberId = number;
/** No member: no leader is known, no vote was given. */
export const NOBODY: MemberId = 0;

/** One change of the group's members. */
export interface ConfChange {
  /** `none`: a change that was refused when it was applied; it changes nothing and lets the next one come. */
  readonly type: 'add-voter' | 'add-learner' | 'remove' | 'none';
  readonly id: MemberId;
}

/** What is to become an entry. */
export interface Payload {
  /** Null for the empty entry with which a leader begins its term. */
  readonly data: unknown;
  readonly change: ConfChange | null;
  /** Size in bytes, about what its encoding takes. */
  readonly bytes: number;
}

/** A line of the log. */
export interface Entry extends Payload {
  readonly index: number;
  readonly term: number;
}

/** Who belongs to the group. Each list in ascending order. */
export interface ConfState {
  readonly voters: readonly MemberId[];
  readonly learners: readonly MemberId[];
}

/** The state machine as it stood after the entry at `index`. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly conf: ConfState;
  readonly data: unknown;
  readonly bytes: number;
}

/** What a member must never forget. */
export interface HardState {
  readonly term: number;
  /** Whom it voted for in this term. */
  readonly vote: MemberId;
  /** May be older than the truth. */
  readonly commit: number;
}

interface Between extends Message {
  /** Number of the cluster: members of another one are not heard. */
  readonly group: number;
  readonly from: MemberId;
  readonly to: MemberId;
  readonly term: number;
}
export interface Append extends Between {
  readonly type: 'raft/append';
  /** The entry before `entries`. */
  readonly index: number;
  readonly logTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
}
export interface AppendAnswer extends Between {
  readonly type: 'raft/append-answer';
  /** The last index that agrees; when rejected, the one that was asked for. */
  readonly index: number;
  readonly reject: boolean;
  /** When rejected: the last index where the logs may agree, and its term. */
  readonly hint: number;
  readonly hintTerm: number;
}
export interface Heartbeat extends Between {
  readonly type: 'raft/heartbeat';
  readonly commit: number;
  /** Number of the newest read that waits for this round; 0: none. */
  readonly read: number;
}
export interface HeartbeatAnswer extends Between {
  readonly type: 'raft/heartbeat-answer';
  readonly read: number;
}
export interface InstallSnapshot extends Between {
  readonly type: 'raft/snapshot';
  /** Null until the driver, which alone can make one, has put it in. */
  readonly snapshot: Snapshot | null;
}
export interface VoteRequest extends Between {
  readonly type: 'raft/pre-vote' | 'raft/vote';
  readonly index: number;
  readonly logTerm: number;
  /** The leader itself has asked for this election. */
  readonly transfer: boolean;
}
export interface VoteAnswer extends Between {
  readonly type: 'raft/pre-vote-answer' | 'raft/vote-answer';
  readonly reject: boolean;
}
/** A follower hands proposals to its leader. */
export interface Propose extends Between {
  readonly type: 'raft/propose';
  readonly payloads: readonly Payload[];
}
/** A follower asks for an index that a linearizable read must wait for. */
export interface ReadIndex extends Between {
  readonly type: 'raft/read-index';
  /** The asker's own number for the read. */
  readonly read: number;
}
export interface ReadIndexAnswer extends Between {
  readonly type: 'raft/read-index-answer';
  readonly read: number;
  readonly index: number;
}
/** A follower passes on that `target` is to lead. */
export interface TransferLeader extends Between {
  readonly type: 'raft/transfer-leader';
  readonly target: MemberId;
}
/** The leader asks for an election at once. */
export interface TimeoutNow extends Between {
  readonly type: 'raft/timeout-now';
}
export type RaftMessage =
  | Append
  | AppendAnswer
  | Heartbeat
  | HeartbeatAnswer
  | InstallSnapshot
  | VoteRequest
  | VoteAnswer
  | Propose
  | ReadIndex
  | ReadIndexAnswer
  | TransferLeader
  | TimeoutNow;
