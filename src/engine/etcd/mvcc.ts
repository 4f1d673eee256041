/**
 * The multi-version store: what every key holds now, and every change since the last compaction. A state of plain data
 * that these functions change in place; versions and events are frozen and shared.
 *
 * @source etcd server/storage/mvcc (kvstore.go, kvstore_txn.go, key_index.go), api/mvccpb
 */
import type { EventId } from '#engine/kernel/process';
import { COMPACTED, FUTURE_REVISION } from './errors';
import { countIn, indexOfSorted, insertKey, type KeyIndex, keysIn, newKeyIndex, removeKey } from './key-index';
import type { DeleteRangeOp, KeyRange, KeyValue, KvEvent, PutOp, RangeOp, RangeResult } from './wire';

export interface Store {
  /** Of the last write; 1 for a new store. */
  revision: number;
  /** History below it is gone; 0 when nothing was compacted. */
  compactRevision: number;
  readonly keys: KeyIndex;
  readonly live: Map<string, KeyValue>;
  /** Every change from `compactRevision` on, in order of revision. */
  readonly history: KvEvent[];
  /** Size of all live keys and values and of the history's, in bytes. */
  bytes: number;
}

export function newStore(): Store {
  return { revision: 1, compactRevision: 0, keys: newKeyIndex(), live: new Map(), history: [], bytes: 0 };
}

/** A store as a snapshot recorded it. `kvs` in order of their keys. */
export function storeOf(
  revision: number,
  compactRevision: number,
  kvs: readonly KeyValue[],
  history: readonly KvEvent[],
): Store {
  const live = new Map<string, KeyValue>();
  let bytes = 0;
  for (const kv of kvs) {
    live.set(kv.key, kv);
    bytes += sizeOf(kv);
  }
  for (const event of history) bytes += historySizeOf(event);
  return {
    revision,
    compactRevision,
    keys: indexOfSorted(kvs.map((kv) => kv.key)),
    live,
    history: [...history],
    bytes,
  };
}

/** All live versions in order of their keys. */
export function liveVersions(store: Store): KeyValue[] {
  const kvs: KeyValue[] = [];
  for (const chunk of store.keys.chunks) for (const key of chunk) kvs.push(store.live.get(key)!);
  return kvs;
}

const sizeOf = (kv: KeyValue): number => kv.key.length + kv.bytes;
const historySizeOf = (event: KvEvent): number => (event.prev === null ? 0 : sizeOf(event.prev));

/** Whether `key` lies in a range. */
export function inRange(range: KeyRange, key: string): boolean {
  if (range.rangeEnd === undefined) return key === range.key;
  return key >= range.key && (range.rangeEnd === '\0' || key < range.rangeEnd);
}

/** The keys of a range as they are now. */
function currentKeys(store: Store, range: KeyRange, limit: number): string[] {
  if (range.rangeEnd === undefined) return store.live.has(range.key) ? [range.key] : [];
  return keysIn(store.keys, range.key, range.rangeEnd, limit);
}

function currentCount(store: Store, range: KeyRange): number {
  if (range.rangeEnd === undefined) return store.live.has(range.key) ? 1 : 0;
  return countIn(store.keys, range.key, range.rangeEnd);
}

/** What the keys of a range held at an earlier revision: now, with the changes since then taken back. */
function versionsAt(store: Store, range: KeyRange, revision: number): KeyValue[] {
  const before = new Map<string, KeyValue | null>();
  for (let i = store.history.length - 1; i >= 0; i--) {
    const event = store.history[i]!;
    if (event.kv.modRevision <= revision) break;
    if (inRange(range, event.kv.key)) before.set(event.kv.key, event.prev);
  }
  const kvs: KeyValue[] = [];
  for (const key of currentKeys(store, range, 0)) if (!before.has(key)) kvs.push(store.live.get(key)!);
  if (before.size === 0) return kvs;
  for (const kv of before.values()) if (kv !== null) kvs.push(kv);
  return kvs.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const keyOnly = (kv: KeyValue): KeyValue => Object.freeze({ ...kv, value: null, bytes: 0 });

/** Why a range at this revision cannot be answered, in etcd's words, or null. */
export function rangeError(store: Store, revision: number): string | null {
  if (revision > store.revision) return FUTURE_REVISION;
  return revision > 0 && revision < store.compactRevision ? COMPACTED : null;
}

/** Reads a range. Its revision must have passed `rangeError`. */
export function range(store: Store, request: RangeOp): RangeResult {
  const limit = request.limit ?? 0;
  const revision = request.revision ?? 0;
  let kvs: KeyValue[];
  let count: number;
  if (revision === 0 || revision === store.revision) {
    count = currentCount(store, request);
    kvs = request.countOnly ? [] : currentKeys(store, request, limit).map((key) => store.live.get(key)!);
  } else {
    const all = versionsAt(store, request, revision);
    count = all.length;
    kvs = request.countOnly ? [] : limit > 0 ? all.slice(0, limit) : all;
  }
  if (request.keysOnly) kvs = kvs.map(keyOnly);
  return { op: 'range', kvs, count, more: !request.countOnly && count > kvs.length };
}

/** Writes a key at `revision` (the transaction's, one above the store's). Answers the change. */
export function put(store: Store, op: PutOp, revision: number, cause: EventId): KvEvent {
  const prev = store.live.get(op.key) ?? null;
  const kv: KeyValue = Object.freeze({
    key: prev === null ? op.key : prev.key,
    value: op.value,
    bytes: op.bytes,
    createRevision: prev === null ? revision : prev.createRevision,
    modRevision: revision,
    version: prev === null ? 1 : prev.version + 1,
    lease: op.lease ?? 0,
    cause,
  });
  if (prev === null) insertKey(store.keys, op.key);
  store.live.set(kv.key, kv);
  store.bytes += sizeOf(kv);
  return record(store, Object.freeze({ type: 'put', kv, prev }));
}

/** Deletes the keys of a range at `revision`. Answers the changes, none when there was nothing. */
export function deleteRange(store: Store, op: KeyRange | DeleteRangeOp, revision: number, cause: EventId): KvEvent[] {
  return currentKeys(store, op, 0).map((key) => {
    const prev = store.live.get(key)!;
    store.live.delete(key);
    removeKey(store.keys, key);
    const kv: KeyValue = Object.freeze({
      key,
      value: null,
      bytes: 0,
      createRevision: 0,
      modRevision: revision,
      version: 0,
      lease: 0,
      cause,
    });
    return record(store, Object.freeze({ type: 'delete', kv, prev }));
  });
}

function record(store: Store, event: KvEvent): KvEvent {
  store.history.push(event);
  return event;
}

/** Position in the history of the first change at or after `revision`. */
function historyPosition(store: Store, revision: number): number {
  let low = 0;
  let high = store.history.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (store.history[middle]!.kv.modRevision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The changes from `revision` on, which must not be below the compaction. */
export function eventsSince(store: Store, revision: number): readonly KvEvent[] {
  return store.history.slice(historyPosition(store, revision));
}

/**
 * Forgets the history below `revision`. Answers an error in etcd's words, or null.
 *
 * @source etcd server/storage/mvcc/kvstore.go (checkPrevCompactionCompleted, updateCompactRev)
 */
export function compact(store: Store, revision: number): string | null {
  if (revision <= store.compactRevision) return COMPACTED;
  if (revision > store.revision) return FUTURE_REVISION;
  store.compactRevision = revision;
  for (const event of store.history.splice(0, historyPosition(store, revision))) store.bytes -= historySizeOf(event);
  // A deletion at the revision itself can still be watched; what it deleted is gone.
  for (let at = 0; store.history[at]?.kv.modRevision === revision; at++) {
    const event = store.history[at]!;
    if (event.type === 'put') continue;
    store.bytes -= historySizeOf(event);
    store.history[at] = Object.freeze({ ...event, prev: null });
  }
  return null;
}
