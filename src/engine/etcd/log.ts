/**
 * The member's log of proposals: appended to the write-ahead log on disk, safe after an fsync (all that gathered while
 * the last fsync ran go with the next one), then committed and handed out in order to be applied. With one
 * member, what is safe here is committed; in a group, Raft decides that between the same two functions.
 *
 * @source etcd server/storage/wal/wal.go, server/etcdserver/raft.go
 */
import type { Disk, EventId, Message } from '#engine/kernel/process';
import type { Proposal } from './wire';

/** A line of the log. Frozen. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  /** `null` for the empty entry with which a leader begins its term. */
  readonly proposal: Proposal | null;
  /** Who waits for it, unique over members and restarts; `''` for nobody. */
  readonly proposer: string;
  /** The event that the proposal was made in. */
  readonly cause: EventId;
}

/** A file of the log and the first index in it. */
interface Segment {
  readonly file: string;
  readonly firstIndex: number;
}

export interface Log {
  term: number;
  lastIndex: number;
  /** Up to here the disk is safe. */
  persistedIndex: number;
  commitIndex: number;
  appliedIndex: number;
  /** Index of this term's empty entry: reads wait until it is applied. */
  termStart: number;
  /** Entries above `appliedIndex`, in order. */
  unapplied: Entry[];
  readonly segments: Segment[];
  syncing: boolean;
}

export interface Persisted extends Message {
  readonly type: 'etcd/persisted';
  readonly index: number;
}

const WAL = 'wal/';

const hex = (value: number): string => value.toString(16).padStart(16, '0');

export function openSegment(log: Log): void {
  const firstIndex = log.lastIndex + 1;
  const last = log.segments[log.segments.length - 1];
  if (last !== undefined && last.firstIndex === firstIndex) return;
  log.segments.push({ file: `${WAL}${hex(firstIndex)}.wal`, firstIndex });
}

/**
 * The log as the disk holds it, above a snapshot's index. What it holds is not yet committed: it is once it is safe
 * and the new term's empty entry behind it.
 */
export function recoverLog(disk: Disk, snapshotIndex: number, snapshotTerm: number): Log {
  const log: Log = {
    term: snapshotTerm,
    lastIndex: snapshotIndex,
    persistedIndex: snapshotIndex,
    commitIndex: snapshotIndex,
    appliedIndex: snapshotIndex,
    termStart: 0,
    unapplied: [],
    segments: [],
    syncing: false,
  };
  for (const file of disk.files(WAL)) {
    const entries = disk.read(file) as readonly Entry[];
    const first = entries[0];
    if (first === undefined) {
      disk.remove(file);
      continue;
    }
    log.segments.push({ file, firstIndex: first.index });
    for (const entry of entries) {
      if (entry.index <= log.lastIndex) continue;
      log.unapplied.push(entry);
      log.lastIndex = entry.index;
      log.term = entry.term;
    }
  }
  if (log.segments.length === 0) openSegment(log);
  return log;
}

/** Begins a term as its leader: nothing of older terms is committed but through an entry of this one. */
export function beginTerm(log: Log, disk: Disk, cause: EventId): void {
  log.term++;
  log.termStart = append(log, disk, null, '', cause, 32).index;
}

/** Puts a proposal into the log. `persist` makes it safe. */
export function append(
  log: Log,
  disk: Disk,
  proposal: Proposal | null,
  proposer: string,
  cause: EventId,
  bytes: number,
): Entry {
  const index = ++log.lastIndex;
  const entry: Entry = Object.freeze({ index, term: log.term, proposal, proposer, cause });
  log.unapplied.push(entry);
  disk.append(log.segments[log.segments.length - 1]!.file, entry, bytes);
  return entry;
}

/** Starts an fsync for what is not safe yet, unless one is running. */
export function persist(log: Log, disk: Disk): void {
  if (log.syncing || log.persistedIndex === log.lastIndex) return;
  let at = log.segments.length - 1;
  while (at > 0 && log.segments[at]!.firstIndex > log.persistedIndex + 1) at--;
  const next = log.segments[at + 1];
  const done: Persisted = { type: 'etcd/persisted', index: next === undefined ? log.lastIndex : next.firstIndex - 1 };
  log.syncing = true;
  disk.sync(log.segments[at]!.file, done);
}

/** Notes that an fsync is done. Answers the entries that are committed by it, to be applied in order. */
export function persisted(log: Log, index: number): Entry[] {
  log.syncing = false;
  log.persistedIndex = index;
  log.commitIndex = index;
  const count = index - log.appliedIndex;
  const committed = count === log.unapplied.length ? log.unapplied : log.unapplied.slice(0, count);
  log.unapplied = count === log.unapplied.length ? [] : log.unapplied.slice(count);
  return committed;
}

/** Removes the segments that hold nothing above `index`. */
export function cutLog(log: Log, disk: Disk, index: number): void {
  while (log.segments.length > 1 && log.segments[1]!.firstIndex <= index + 1) disk.remove(log.segments.shift()!.file);
}
