/** The state of an etcd member: plain data. What of it the log decides is in `Replica`; the rest is the member's own. */
import type { Context, EventId, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { termAt } from './raft/log';
import type { Payload } from './raft/messages';
import type { Ready } from './raft/raft';
import type { Raft } from './raft/state';
import type { Replica } from './snapshot';
import type { Wal } from './wal';
import type { Watchers } from './watch';
import type {
  EtcdAnswer,
  EtcdHeader,
  EtcdRequest,
  Member,
  MemberListRequest,
  ProgressRequest,
  RangeRequest,
} from './wire';

/** A member that a new cluster begins with. */
export interface InitialMember {
  readonly member: number;
  readonly process: ProcessId;
}

export interface BackupSchedule {
  /** Virtual µs between two full backups, and between two incremental ones. */
  readonly fullEvery: Micros;
  readonly incrementalEvery: Micros;
}

export interface BackupState {
  readonly schedule: BackupSchedule;
  /** When the last full backup was made, and the revision up to which all is backed up; −1: never. */
  fullAt: Micros;
  revision: number;
  timer: EventId | null;
}

export interface EtcdArgs {
  /** This member's number in its group; a member that joins learns its own from the group. */
  readonly member: number;
  /** How it calls itself; absent: like its machine. */
  readonly name?: string;
  /** Whom the cluster begins with, itself included; for one that joins: whom it may ask. Absent: itself alone. */
  readonly initialCluster?: readonly InitialMember[];
  /** `existing`: it was added to a group that runs (`member add`) and asks the others who it is. Absent: `new`. */
  readonly initialClusterState?: 'new' | 'existing';
  /** Tells clusters with the same members apart. */
  readonly initialClusterToken?: string;
  /** `memory`: as etcd's store of version 2 was thought of: nothing is written to the disk. Absent: `disk`. */
  readonly storage?: 'disk' | 'memory';
  /** Bytes of the backend at which writes are refused; absent: 2 GiB. */
  readonly quotaBytes?: number;
  /** Go on alone with what this member has, whoever else belonged to the group. */
  readonly forceNewCluster?: boolean;
  /** Backups to the machine's backup disk; absent: none. */
  readonly backup?: BackupSchedule;
}

/** A client that waits for its proposal. */
export interface Waiter {
  readonly client: ProcessId;
  readonly id: number;
  readonly since: Micros;
}

export type Read = RangeRequest | ProgressRequest | MemberListRequest;
export interface WaitingRead {
  readonly client: ProcessId;
  readonly request: Read;
  readonly since: Micros;
}

/** Linearizable reads: one question to the leader at a time, for all that gathered before it. */
export interface Reads {
  nextNumber: number;
  /** What the question under way is for; `number` 0: none is. */
  number: number;
  /** Who was asked; 0: nobody led. */
  askedOf: number;
  asked: WaitingRead[];
  gathering: WaitingRead[];
  /** Answered by the leader, in order; they wait until the index is applied. */
  readonly confirmed: { readonly index: number; readonly reads: readonly WaitingRead[] }[];
  /** When the question is asked again. */
  timer: EventId | null;
}

/** What is known of the way to another member. */
export interface Peer {
  readonly process: ProcessId;
  /** When this member, as leader, sent it a heartbeat last; −1: not since it leads. */
  heartbeatAt: Micros;
  /** Whether it was ever heard, and whether nothing speaks against its being there. */
  heard: boolean;
  active: boolean;
  /** Since when it owes an answer; −1: it does not. */
  waitingSince: Micros;
  dialedAt: Micros;
}

/** A request that waits for the member to be able to answer. */
export interface HeldRequest {
  readonly client: ProcessId;
  readonly request: EtcdRequest;
}

export interface EtcdCounters {
  proposals: number;
  applied: number;
  ranges: number;
  syncs: number;
  watchEvents: number;
  snapshots: number;
}

export interface EtcdState extends Replica {
  readonly args: EtcdArgs;
  /** 0 until a member that joins has learnt it. */
  member: number;
  cluster: number;
  /** Whom its group began with. */
  genesis: readonly Member[];
  raft: Raft;
  /** Null for a member that holds all in memory. */
  wal: Wal | null;
  /** What is being written and not safe yet; `phase` says which file is. */
  writing: { readonly ready: Ready; readonly phase: 'snapshot' | 'wal'; readonly since: Micros } | null;
  /** The way to every other member, by id. */
  readonly peers: Map<number, Peer>;
  /** Virtual time of tick 0, and the ticks that Raft has been told of. */
  clockStart: Micros;
  ticks: number;
  clockTimer: EventId | null;
  clockDue: Micros;
  readonly watchers: Watchers;
  /** By proposer, in order of their beginning. */
  readonly waiters: Map<string, Waiter>;
  nextProposal: number;
  /** Proposals that nobody takes now: there is no leader. */
  homeless: Payload[];
  readonly reads: Reads;
  /** Requests that the leader answers for this member, by the number under which it was asked. */
  readonly forwarded: Map<number, Waiter>;
  /** When it may say its name again; null: all know it. */
  published: Micros | null;
  knownLeader: number;
  /** Monotonic; −1: somebody leads. */
  leaderlessSince: Micros;
  leaderSince: Micros;
  /** Index of the newest snapshot that is safe. */
  snapshotIndex: number;
  snapshotting: boolean;
  /** Size of the backend's file: pages that became free stay in it. */
  fileBytes: number;
  /** While it defragments: who asked, and what came meanwhile. */
  defragmenting: { readonly client: ProcessId; readonly id: number; readonly held: HeldRequest[] } | null;
  /** Who waits for another member to lead. */
  moving: { readonly client: ProcessId; readonly id: number; readonly target: number; readonly since: Micros } | null;
  /** Until it knows who it is: what came, and who has not answered its question yet. */
  joining: { readonly held: HeldRequest[]; readonly silent: Set<ProcessId> } | null;
  /** Its data directory is being replaced: it does nothing any more but start again. */
  restoring: boolean;
  readonly backup: BackupState | null;
  leaseTimer: EventId | null;
  timeoutTimer: boolean;
  readonly counters: EtcdCounters;
}

/** What a member tells itself. */
export interface Tick extends Message {
  readonly type:
    | 'etcd/tick'
    | 'etcd/no-leader'
    | 'etcd/expire-leases'
    | 'etcd/expire-requests'
    | 'etcd/retry-reads'
    | 'etcd/defragmented'
    | 'etcd/join-timeout'
    | 'etcd/backup'
    | 'etcd/leave';
}
export const tickOf = (type: Tick['type']): Tick => ({ type });

export const TICK: Micros = 100 * MILLISECOND;
export const ELECTION_TICKS = 10;
/** 5 s and two election timeouts. @source etcd server/config/config.go (ReqTimeout) */
export const REQUEST_TIMEOUT: Micros = 7 * SECOND;

/** How the member stands, as every answer says it. */
export function headerOf({ member, raft, store }: EtcdState): EtcdHeader {
  return { member, term: raft.term, index: raft.log.applied, revision: store.revision };
}

export function fail(state: EtcdState, ctx: Context, client: ProcessId, id: number, error: string): void {
  const message: EtcdAnswer = { type: 'etcd/error', id, header: headerOf(state), error };
  ctx.send(client, message);
}

/** Whether this member leads and has applied the first entry of its term: it knows all that was ever committed. */
export const leadsFully = ({ raft }: EtcdState): boolean =>
  raft.role === 'leader' && termAt(raft.log, raft.log.applied) === raft.term;

export const isLearner = ({ raft, member }: EtcdState): boolean => raft.conf.learners.includes(member);

/** Makes sure that somebody looks after those who wait too long. */
export function armTimeout(state: EtcdState, ctx: Context): void {
  if (state.timeoutTimer) return;
  state.timeoutTimer = true;
  ctx.after(REQUEST_TIMEOUT, tickOf('etcd/expire-requests'));
}

/** The next backup, if there are to be any (`backup.ts`). */
export function scheduleBackup(state: EtcdState, ctx: Context): void {
  const { backup } = state;
  if (backup !== null) backup.timer = ctx.after(backup.schedule.incrementalEvery, tickOf('etcd/backup'));
}
