/**
 * What travels between etcd and its clients: etcd's own v3 requests and answers in the form of messages. Values are
 * immutable objects passed by reference; `bytes` says how large they would be on the wire and on disk.
 */
import type { EventId, Message, ProcessId } from '#engine/kernel/process';

/** One version of a key. Frozen; shared by everybody who holds it. */
export interface KeyValue {
  readonly key: string;
  /** `null` for a tombstone and where only keys were asked for. */
  readonly value: unknown;
  readonly bytes: number;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 on creation, one more with each put; 0 for a tombstone. */
  readonly version: number;
  /** The lease that the key goes with; 0: none. */
  readonly lease: number;
  /** The event that the write was proposed in. */
  readonly cause: EventId;
}

/** One change of one key. `prev` is what the key held before (a reference, so always given). */
export interface KvEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  readonly prev: KeyValue | null;
}

/** Which member answered, at which Raft term and log index it stood, and the store's revision. */
export interface EtcdHeader {
  readonly member: number;
  readonly term: number;
  readonly index: number;
  readonly revision: number;
}

export type CompareTarget = 'create' | 'mod' | 'version';
export interface Compare {
  readonly key: string;
  readonly target: CompareTarget;
  readonly result: '=' | '!=' | '<' | '>';
  readonly value: number;
}

/** `rangeEnd` absent: the key alone; `\0`: all keys from `key` on; else all keys from `key` to before `rangeEnd`. */
export interface KeyRange {
  readonly key: string;
  readonly rangeEnd?: string;
}
export interface RangeOp extends KeyRange {
  readonly op: 'range';
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** 0 or absent: as it is now. */
  readonly revision?: number;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
}
export interface PutOp {
  readonly op: 'put';
  readonly key: string;
  readonly value: unknown;
  readonly bytes: number;
  readonly lease?: number;
}
export interface DeleteRangeOp extends KeyRange {
  readonly op: 'delete-range';
}
export type Op = RangeOp | PutOp | DeleteRangeOp;

export interface RangeResult {
  readonly op: 'range';
  readonly kvs: readonly KeyValue[];
  /** How many keys the range holds, whatever the limit. */
  readonly count: number;
  readonly more: boolean;
}
export interface PutResult {
  readonly op: 'put';
}
export interface DeleteRangeResult {
  readonly op: 'delete-range';
  readonly deleted: number;
}
export type OpResult = RangeResult | PutResult | DeleteRangeResult;

interface Request extends Message {
  /** Unique among the sender's requests, also across its restarts. */
  readonly id: number;
}
export interface RangeRequest extends Request {
  readonly type: 'etcd/range';
  readonly range: RangeOp;
  /** Answered from what this member has, however old. */
  readonly serializable?: boolean;
}
export interface TxnRequest extends Request {
  readonly type: 'etcd/txn';
  readonly compare: readonly Compare[];
  readonly success: readonly Op[];
  readonly failure: readonly Op[];
}
export interface CompactRequest extends Request {
  readonly type: 'etcd/compact';
  readonly revision: number;
}
export interface LeaseGrantRequest extends Request {
  readonly type: 'etcd/lease-grant';
  /** Seconds. */
  readonly ttl: number;
}
export interface LeaseRevokeRequest extends Request {
  readonly type: 'etcd/lease-revoke';
  readonly lease: number;
}
export interface LeaseKeepAliveRequest extends Request {
  readonly type: 'etcd/lease-keepalive';
  readonly lease: number;
}
/** Opens a watch; `id` names it from then on. */
export interface WatchCreateRequest extends Request {
  readonly type: 'etcd/watch-create';
  readonly range: KeyRange;
  /** The first revision of interest; 0: from now on. */
  readonly startRevision: number;
  /** Cancelled while the member knows no leader: it may be cut off from all changes. */
  readonly requireLeader?: boolean;
}
export interface WatchCancelRequest extends Request {
  readonly type: 'etcd/watch-cancel';
}
/** Asks how far the sender's watches have come; also the health check of a quiet connection. */
export interface ProgressRequest extends Request {
  readonly type: 'etcd/progress';
  /** Answered when the store has all that was acknowledged anywhere before it was asked. */
  readonly linearizable?: boolean;
}

/** A member of the group as all members know it. Frozen. */
export interface Member {
  readonly id: number;
  /** Empty until it has started. */
  readonly name: string;
  /** Where it is to be found. */
  readonly process: ProcessId;
  readonly learner: boolean;
}
/** Adds a member that will run as `process`, or changes, promotes or removes one. */
export interface MemberChangeRequest extends Request {
  readonly type: 'etcd/member-change';
  readonly change: 'add' | 'add-learner' | 'promote' | 'remove' | 'update';
  /** 0 for a new one. */
  readonly member: number;
  /** Of a new or changed member. */
  readonly process?: ProcessId;
}
/** A member says its name: it has started. Members do it for themselves. */
export interface PublishRequest extends Request {
  readonly type: 'etcd/publish';
  readonly member: number;
  readonly name: string;
}
export interface AlarmRequest extends Request {
  readonly type: 'etcd/alarm';
  readonly action: 'activate' | 'deactivate';
  readonly member: number;
  readonly alarm: 'NOSPACE';
}
export interface MemberListRequest extends Request {
  readonly type: 'etcd/member-list';
  readonly linearizable: boolean;
}
export interface AlarmListRequest extends Request {
  readonly type: 'etcd/alarm-list';
}
/** How this member stands. Needs no leader. */
export interface StatusRequest extends Request {
  readonly type: 'etcd/status';
}
/** Gives the pages that are free back to the disk. The member answers nobody meanwhile. */
export interface DefragmentRequest extends Request {
  readonly type: 'etcd/defragment';
}
/** Asks the leader to let another member lead. */
export interface MoveLeaderRequest extends Request {
  readonly type: 'etcd/move-leader';
  readonly target: number;
}
/** Asks for the whole store. */
export interface SnapshotRequest extends Request {
  readonly type: 'etcd/snapshot';
  /** As it stands in the backups on this member's backup disk. */
  readonly fromBackup?: boolean;
}
/**
 * What an operator does at a machine: etcd is stopped, its data directory replaced by one of a new cluster that begins with a
 * snapshot, and etcd started again. Every member of the new cluster must be given the same.
 */
export interface RestoreRequest extends Request {
  readonly type: 'etcd/restore';
  readonly snapshot: StoreSnapshot;
  readonly members: readonly { readonly member: number; readonly process: ProcessId }[];
  /** Tells the new cluster from the old one. */
  readonly token: string;
}
/** What must go through the log before it is done. */
export type Proposal =
  | TxnRequest
  | CompactRequest
  | LeaseGrantRequest
  | LeaseRevokeRequest
  | MemberChangeRequest
  | PublishRequest
  | AlarmRequest;
export type EtcdRequest =
  | RangeRequest
  | Proposal
  | LeaseKeepAliveRequest
  | WatchCreateRequest
  | WatchCancelRequest
  | ProgressRequest
  | MemberListRequest
  | AlarmListRequest
  | StatusRequest
  | DefragmentRequest
  | MoveLeaderRequest
  | SnapshotRequest
  | RestoreRequest;

interface Answer extends Message {
  readonly id: number;
  readonly header: EtcdHeader;
}
export interface RangeAnswer extends Answer {
  readonly type: 'etcd/range-answer';
  readonly result: RangeResult;
}
export interface TxnAnswer extends Answer {
  readonly type: 'etcd/txn-answer';
  readonly succeeded: boolean;
  readonly results: readonly OpResult[];
}
export interface CompactAnswer extends Answer {
  readonly type: 'etcd/compact-answer';
}
export interface LeaseAnswer extends Answer {
  readonly type: 'etcd/lease-answer';
  readonly lease: number;
  /** Seconds; 0 when a keepalive found no such lease, and after a revocation. */
  readonly ttl: number;
}
/** All events up to `header.revision` of all watches of the asker have been sent before this. */
export interface ProgressAnswer extends Answer {
  readonly type: 'etcd/progress-answer';
  /** How many watches this member holds for the asker. */
  readonly watches: number;
}
export interface MembersAnswer extends Answer {
  readonly type: 'etcd/members-answer';
  readonly cluster: number;
  /** In ascending order of ids. */
  readonly members: readonly Member[];
  /** The one that the request was about, or null. */
  readonly member: Member | null;
}
export interface Alarm {
  readonly member: number;
  readonly alarm: 'NOSPACE';
}
export interface AlarmsAnswer extends Answer {
  readonly type: 'etcd/alarms-answer';
  readonly alarms: readonly Alarm[];
}
export interface StatusAnswer extends Answer {
  readonly type: 'etcd/status-answer';
  readonly cluster: number;
  /** 0: none is known. */
  readonly leader: number;
  readonly learner: boolean;
  /** Of the backend's file, and of what is used in it. */
  readonly dbBytes: number;
  readonly dbBytesInUse: number;
  readonly quotaBytes: number;
  /** Last index of the log, and of what is applied. */
  readonly raftIndex: number;
  readonly appliedIndex: number;
  /** In etcd's words. */
  readonly errors: readonly string[];
}
/** What was asked for is done. */
export interface DoneAnswer extends Answer {
  readonly type: 'etcd/done';
}
export interface SnapshotAnswer extends Answer {
  readonly type: 'etcd/snapshot-answer';
  readonly snapshot: StoreSnapshot;
}
/** A store as a value. */
export interface StoreSnapshot {
  readonly revision: number;
  readonly compactRevision: number;
  /** In order of their keys. */
  readonly kvs: readonly KeyValue[];
  readonly history: readonly KvEvent[];
  readonly leases: readonly { readonly id: number; readonly ttl: number }[];
  readonly members: readonly Member[];
  /** Ids of members that were removed: they may not come back. */
  readonly removed: readonly number[];
  readonly alarms: readonly Alarm[];
  readonly bytes: number;
}
export interface ErrorAnswer extends Answer {
  readonly type: 'etcd/error';
  /** In etcd's words. */
  readonly error: string;
}
export interface WatchEventsMessage extends Answer {
  readonly type: 'etcd/watch-events';
  /** In order of revision; all events of one revision are in one message. */
  readonly events: readonly KvEvent[];
}
/** The watch has begun; what had happened since its start revision was sent before this. */
export interface WatchCreated extends Answer {
  readonly type: 'etcd/watch-created';
}
/** The watch has ended. `compactRevision` is set when it asked for what is no longer there. */
export interface WatchCanceled extends Answer {
  readonly type: 'etcd/watch-canceled';
  readonly reason: string;
  readonly compactRevision: number;
}
export type EtcdAnswer =
  | RangeAnswer
  | TxnAnswer
  | CompactAnswer
  | LeaseAnswer
  | ProgressAnswer
  | MembersAnswer
  | AlarmsAnswer
  | StatusAnswer
  | DoneAnswer
  | SnapshotAnswer
  | ErrorAnswer
  | WatchCreated
  | WatchEventsMessage
  | WatchCanceled;

/**
 * The end of the range of all keys that begin with `prefix`.
 *
 * @source etcd client/v3/op.go (GetPrefixRangeEnd)
 */
export function prefixEnd(prefix: string): string {
  const last = prefix.length - 1;
  if (last < 0) return '\0';
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}
