/**
 * A machine's disk: files of records, a page cache over them, and what a power cut leaves. Written data is seen at once
 * and survives the death of its writer; it survives the loss of power only once it was synced.
 */

/** One content of a file. `safe`: how many of its records are on the platter; −1: not even that it exists. */
interface Content {
  readonly generation: number;
  readonly records: unknown[];
  bytes: number;
  safe: number;
}

export interface FileState {
  current: Content;
  /** Contents that were replaced and may still come back in a power cut, oldest first; empty once `current` is safe. */
  older: Content[];
}

export interface DiskState {
  readonly capacity: number;
  readonly files: Map<string, FileState>;
  /** Bytes written since the machine's last sync: what the next sync has to carry. */
  unsynced: number;
  /** Virtual time at which the syncs that are under way will be done: they are carried out one after the other. */
  busyUntil: number;
  /** How many times as long as usual a sync takes. */
  slowness: number;
  /** Nothing can be written to it. */
  full: boolean;
}

/** What a sync that began now will have made safe when it is done. */
export interface SyncTicket {
  readonly file: string;
  readonly generation: number;
  readonly records: number;
}

/** µs that every fsync takes, and µs per byte that it carries: a small data-centre SSD (about 1 ms, 400 MB/s). */
export const SYNC_LATENCY = 600;
const SYNC_JITTER = 500;
const SYNC_PER_BYTE = 0.0025;

const UNSAFE = -1;

export const emptyDisk = (capacity: number): DiskState => ({
  capacity,
  files: new Map(),
  unsynced: 0,
  busyUntil: 0,
  slowness: 1,
  full: false,
});

/** On a full disk nothing is written: whoever has to know asks first. */
export function appendRecord(disk: DiskState, file: string, record: unknown, bytes: number): void {
  if (disk.full) return;
  const content = openFile(disk, file).current;
  content.records.push(record);
  content.bytes += bytes;
  disk.unsynced += bytes;
}

export function replaceRecords(disk: DiskState, file: string, records: readonly unknown[], bytes: number): void {
  if (disk.full) return;
  const state = openFile(disk, file);
  state.older.push(state.current);
  state.current = { generation: state.current.generation + 1, records: [...records], bytes, safe: UNSAFE };
  disk.unsynced += bytes;
}

export function readRecords(disk: DiskState, file: string): readonly unknown[] {
  return disk.files.get(file)?.current.records ?? NO_RECORDS;
}

const NO_RECORDS: readonly unknown[] = Object.freeze([]);

/**
 * Begins a sync.
 *
 * @param jitter - from 0 up to 1
 * @returns how many µs it takes, and what to hand to `finishSync` then
 */
export function beginSync(
  disk: DiskState,
  file: string,
  jitter: number,
): { readonly takes: number; readonly ticket: SyncTicket } {
  const { current } = openFile(disk, file);
  const usual = SYNC_LATENCY + Math.round(disk.unsynced * SYNC_PER_BYTE) + Math.floor(jitter * SYNC_JITTER);
  const takes = Math.round(usual * disk.slowness);
  disk.unsynced = 0;
  return { takes, ticket: { file, generation: current.generation, records: current.records.length } };
}

/** A sync has come to its end: what it carried is safe, and what that had replaced is gone for good. */
export function finishSync(disk: DiskState, ticket: SyncTicket): void {
  const state = disk.files.get(ticket.file);
  if (state === undefined) return;
  const isSynced = ({ generation }: Content): boolean => generation === ticket.generation;
  const content = isSynced(state.current) ? state.current : state.older.find(isSynced);
  if (content === undefined) return;
  content.safe = Math.max(content.safe, ticket.records);
  if (state.older.length > 0) state.older = state.older.filter(({ generation }) => generation >= ticket.generation);
}

/** The power is cut: every file is again what was safe of it. */
export function losePower(disk: DiskState): void {
  disk.busyUntil = 0;
  disk.unsynced = 0;
  for (const [name, state] of disk.files) {
    const survivor = [state.current, ...state.older.reverse()].find(({ safe }) => safe !== UNSAFE);
    if (survivor === undefined) disk.files.delete(name);
    else {
      const records = survivor.records.slice(0, survivor.safe);
      const share = survivor.records.length === 0 ? 0 : records.length / survivor.records.length;
      const bytes = Math.round(survivor.bytes * share);
      const current = { generation: survivor.generation, records, bytes, safe: records.length };
      disk.files.set(name, { current, older: [] });
    }
  }
}

function openFile(disk: DiskState, file: string): FileState {
  const known = disk.files.get(file);
  if (known !== undefined) return known;
  const made: FileState = { current: { generation: 0, records: [], bytes: 0, safe: UNSAFE }, older: [] };
  disk.files.set(file, made);
  return made;
}

/** What a power cut leaves of a record that was being written, and what a bad sector leaves of one that was. */
const TORN = Object.freeze({ kind: 'torn' });

/** Keeps what it was, for whoever heals the fault. */
interface Damaged {
  readonly kind: 'damaged';
  readonly was: unknown;
}
const isDamaged = (record: unknown): record is Damaged =>
  typeof record === 'object' && record !== null && (record as Partial<Damaged>).kind === 'damaged';

/** The last record of a file was only half written. */
export function tearLastRecord(disk: DiskState, file: string): void {
  const records = disk.files.get(file)?.current.records;
  if (records !== undefined && records.length > 0) records[records.length - 1] = TORN;
}

/** A record of a file cannot be read any more as what it was. Out of range: nothing happens. */
export function damageRecord(disk: DiskState, file: string, at: number): void {
  const records = disk.files.get(file)?.current.records;
  if (records === undefined || at < 0 || at >= records.length || isDamaged(records[at])) return;
  records[at] = Object.freeze({ kind: 'damaged', was: records[at] } satisfies Damaged);
}

/** All files of a folder are gone, whatever becomes of the power. */
export function removeFolder(disk: DiskState, folder: string): void {
  for (const name of [...disk.files.keys()]) if (name.startsWith(`${folder}/`)) disk.files.delete(name);
}

/** What was damaged can be read again, as far as it is still there. */
export function repairRecords(disk: DiskState): void {
  for (const { current, older } of disk.files.values()) {
    for (const { records } of [current, ...older]) {
      for (const [at, record] of records.entries()) if (isDamaged(record)) records[at] = record.was;
    }
  }
}
