/**
 * The write-ahead log: what Raft must never forget, in segments of records that each carry the checksum of all records
 * before them. A record that was being written when the power went is cut off; any other that does not fit makes the
 * member refuse to start.
 *
 * @source etcd server/storage/wal/{wal,decoder,repair}.go, server/storage/storage.go
 * @simplified one record holds all that is saved at once; its checksum covers indexes, terms, sizes, proposers and keys, not the values, which are objects
 */
import type { Disk, Message } from '#engine/kernel/process';
import { commandOf } from './command';
import { crcOfNumber, crcOfText } from './crc32c';
import type { Entry, HardState } from './raft/messages';
import type { Member } from './wire';

/** Who a data directory belongs to, and whom its group began with. */
export interface Identity {
  readonly member: number;
  readonly cluster: number;
  readonly genesis: readonly Member[];
}

/** The head of a segment: the checksum of all segments before it. */
interface Head {
  readonly kind: 'head';
  readonly crc: number;
  readonly identity: Identity;
}
interface Save {
  readonly kind: 'save';
  readonly crc: number;
  readonly hard: HardState;
  readonly entries: readonly Entry[];
}
/** What the disk may have made of a record: torn by a power cut while it was written, or damaged. */
interface Unreadable {
  readonly kind: 'torn' | 'damaged';
}
type WalRecord = Head | Save | Unreadable;

interface Segment {
  readonly file: string;
  /** The first index that may be in it. */
  readonly firstIndex: number;
}

export interface Wal {
  readonly identity: Identity;
  readonly segments: Segment[];
  nextSegment: number;
  /** Of all records so far. */
  crc: number;
  /** The last record is a commit index that nobody waits for. */
  hasUnsynced: boolean;
}

const FOLDER = 'wal/';
const HEAD_BYTES = 64;
/** Of a state without entries; an entry's size counts it in. */
const STATE_BYTES = 16;
const CRC_MISMATCH = 'wal: crc mismatch';
/** No segment holds what comes after the snapshot. */
export const FILE_NOT_FOUND = 'wal: file not found';

const hex = (value: number): string => value.toString(16).padStart(16, '0');

export const newWal = (identity: Identity): Wal => ({
  identity,
  segments: [],
  nextSegment: 0,
  crc: 0,
  hasUnsynced: false,
});

/** Something is safe that nobody waits for. */
export interface Written extends Message {
  readonly type: 'etcd/written';
}
export const WRITTEN: Written = Object.freeze({ type: 'etcd/written' });

/** Begins a new segment for what comes from `firstIndex` on. The old one becomes safe before it. */
export function openSegment(wal: Wal, disk: Disk, firstIndex: number): void {
  const last = wal.segments[wal.segments.length - 1];
  if (last !== undefined && wal.hasUnsynced) disk.sync(last.file, WRITTEN);
  wal.hasUnsynced = false;
  const file = `${FOLDER}${hex(wal.nextSegment++)}-${hex(firstIndex)}.wal`;
  const head: Head = Object.freeze({ kind: 'head', crc: wal.crc, identity: wal.identity });
  disk.append(file, head, HEAD_BYTES);
  wal.segments.push({ file, firstIndex });
}

/** The segment that is written to. */
export const lastFileOf = ({ segments }: Wal): string => segments[segments.length - 1]!.file;

/** Adds a record at the end. @returns the file to be synced */
export function save(wal: Wal, disk: Disk, hard: HardState, entries: readonly Entry[]): string {
  const file = lastFileOf(wal);
  wal.hasUnsynced = entries.length === 0;
  wal.crc = crcOfSave(wal.crc, hard, entries);
  const record: Save = Object.freeze({ kind: 'save', crc: wal.crc, hard: Object.freeze(hard), entries });
  Object.freeze(entries);
  disk.append(file, record, entries.reduce((sum, { bytes }) => sum + bytes, 0) || STATE_BYTES);
  return file;
}

function crcOfSave(before: number, { term, vote, commit }: HardState, entries: readonly Entry[]): number {
  let crc = crcOfNumber(crcOfNumber(crcOfNumber(before, term), vote), commit);
  for (const entry of entries) {
    crc = crcOfNumber(crcOfNumber(crcOfNumber(crc, entry.index), entry.term), entry.bytes);
    const command = commandOf(entry);
    if (command === null) continue;
    const { proposal, proposer } = command;
    crc = crcOfText(crcOfText(crc, proposer), proposal.type);
    if (proposal.type === 'etcd/txn') for (const { key } of proposal.success) crc = crcOfText(crc, key);
  }
  return crc;
}

/** Removes the segments that hold nothing above `index`. */
export function cutWal(wal: Wal, disk: Disk, index: number): void {
  while (wal.segments.length > 1 && wal.segments[1]!.firstIndex <= index + 1) disk.remove(wal.segments.shift()!.file);
}

export interface RecoveredWal {
  readonly wal: Wal;
  readonly hard: HardState;
  /** Without gaps from the one after the snapshot on. */
  readonly entries: readonly Entry[];
  /** A torn record was cut off at the end. */
  readonly repaired: boolean;
}

/** What the disk holds above a snapshot's index; null when there is no log; in etcd's words why it cannot be read. */
export function recoverWal(disk: Disk, snapshotIndex: number, snapshotTerm: number): RecoveredWal | string | null {
  const files = disk.files(FOLDER);
  let wal: Wal | null = null;
  let hard: HardState = { term: 0, vote: 0, commit: 0 };
  let entries: Entry[] = [];
  let repaired = false;
  // A snapshot of the leader's took the place of this log, and the power went before the log behind it was safe.
  let isReplaced = false;
  for (const [at, file] of files.entries()) {
    const records = disk.read(file) as readonly WalRecord[];
    const isLast = at === files.length - 1;
    for (const [line, record] of records.entries()) {
      if (record.kind === 'torn' && isLast && line === records.length - 1) {
        disk.replace(file, records.slice(0, -1), HEAD_BYTES);
        repaired = true;
        break;
      }
      if (record.kind === 'head') {
        // Whoever wrote this may have been killed before it was safe.
        wal ??= { ...newWal(record.identity), crc: record.crc, hasUnsynced: true };
        if (record.crc !== wal.crc) return CRC_MISMATCH;
        isReplaced = false;
        continue;
      }
      if (record.kind !== 'save' || wal === null) return CRC_MISMATCH;
      if (crcOfSave(wal.crc, record.hard, record.entries) !== record.crc) return CRC_MISMATCH;
      wal.crc = record.crc;
      hard = record.hard;
      for (const entry of record.entries) {
        if (entry.index === snapshotIndex) {
          isReplaced = entry.term !== snapshotTerm;
          entries = [];
        }
        if (entry.index <= snapshotIndex || isReplaced) continue;
        const place = entry.index - snapshotIndex - 1;
        if (place > entries.length) return 'wal: slice bounds out of range';
        if (place < entries.length) entries = entries.slice(0, place);
        entries.push(entry);
      }
    }
    if (wal === null) {
      // Made and not written to before the power went.
      disk.remove(file);
      continue;
    }
    const [number, first] = file.slice(FOLDER.length, -'.wal'.length).split('-');
    const firstIndex = parseInt(first!, 16);
    if (wal.segments.length === 0 && firstIndex > snapshotIndex + 1) return FILE_NOT_FOUND;
    wal.nextSegment = parseInt(number!, 16) + 1;
    wal.segments.push({ file, firstIndex });
  }
  return wal === null ? null : { wal, hard, entries, repaired };
}
