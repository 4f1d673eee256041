/**
 * Transactions: compare, then one list of operations or the other, all at one revision.
 *
 * @source etcd server/etcdserver/txn/txn.go, server/etcdserver/api/v3rpc/key.go
 */
import type { EventId } from '#engine/kernel/process';
import { DUPLICATE_KEY, EMPTY_KEY, LEASE_NOT_FOUND, REQUEST_TOO_LARGE, TOO_MANY_OPS } from './errors';
import { attachKey, detachKey, type Lessor } from './lease';
import { deleteRange, inRange, put, range, rangeError, type Store } from './mvcc';
import type { Compare, KeyValue, KvEvent, Op, OpResult, TxnRequest } from './wire';

/** Operations that one transaction may hold. */
const MAX_OPS = 128;
/** Bytes of one request. */
const MAX_BYTES = 1.5 * 1024 * 1024;

export interface TxnOutcome {
  /** In etcd's words; nothing was done. */
  readonly error: string | null;
  readonly succeeded: boolean;
  readonly results: readonly OpResult[];
  readonly events: readonly KvEvent[];
}

/** Size of a transaction in bytes, about what its encoding takes. */
export function txnBytes(txn: TxnRequest): number {
  let bytes = 64;
  for (const op of txn.success) bytes += op.key.length + (op.op === 'put' ? op.bytes : 0);
  for (const op of txn.failure) bytes += op.key.length + (op.op === 'put' ? op.bytes : 0);
  return bytes;
}

/** What is wrong with a transaction whatever the store holds, in etcd's words, or null. */
export function txnError(txn: TxnRequest): string | null {
  if (txn.compare.length > MAX_OPS || txn.success.length > MAX_OPS || txn.failure.length > MAX_OPS) return TOO_MANY_OPS;
  if (txn.compare.some((compare) => compare.key === '')) return EMPTY_KEY;
  if (txnBytes(txn) > MAX_BYTES) return REQUEST_TOO_LARGE;
  return opsError(txn.success) ?? opsError(txn.failure);
}

function opsError(ops: readonly Op[]): string | null {
  if (ops.length === 1) return ops[0]!.key === '' ? EMPTY_KEY : null;
  const puts = new Set<string>();
  for (const op of ops) {
    if (op.key === '') return EMPTY_KEY;
    if (op.op !== 'put') continue;
    if (puts.has(op.key)) return DUPLICATE_KEY;
    puts.add(op.key);
  }
  for (const op of ops) {
    if (op.op !== 'delete-range') continue;
    for (const key of puts) if (inRange(op, key)) return DUPLICATE_KEY;
  }
  return null;
}

function holds(compare: Compare, kv: KeyValue | undefined): boolean {
  const actual =
    kv === undefined
      ? 0
      : compare.target === 'mod'
        ? kv.modRevision
        : compare.target === 'create'
          ? kv.createRevision
          : kv.version;
  switch (compare.result) {
    case '=':
      return actual === compare.value;
    case '!=':
      return actual !== compare.value;
    case '<':
      return actual < compare.value;
    case '>':
      return actual > compare.value;
  }
}

const failed = (error: string): TxnOutcome => ({ error, succeeded: false, results: [], events: [] });

/** Runs a transaction. The revision rises by one if anything was written. */
export function applyTxn(store: Store, lessor: Lessor, txn: TxnRequest, cause: EventId): TxnOutcome {
  const succeeded = txn.compare.every((compare) => holds(compare, store.live.get(compare.key)));
  const ops = succeeded ? txn.success : txn.failure;
  for (const op of ops) {
    if (op.op === 'range') {
      const error = rangeError(store, op.revision ?? 0);
      if (error !== null) return failed(error);
    } else if (op.op === 'put' && op.lease !== undefined && op.lease !== 0 && !lessor.leases.has(op.lease)) {
      return failed(LEASE_NOT_FOUND);
    }
  }
  const revision = store.revision + 1;
  const events: KvEvent[] = [];
  const results: OpResult[] = [];
  for (const op of ops) {
    if (op.op === 'range') results.push(range(store, op));
    else if (op.op === 'put') {
      events.push(moveLease(lessor, put(store, op, revision, cause)));
      results.push(PUT_DONE);
    } else {
      const deleted = deleteRange(store, op, revision, cause);
      for (const event of deleted) events.push(moveLease(lessor, event));
      results.push({ op: 'delete-range', deleted: deleted.length });
    }
  }
  if (events.length > 0) store.revision = revision;
  return { error: null, succeeded, results, events };
}

const PUT_DONE: OpResult = Object.freeze({ op: 'put' });

/** Keeps the leases' lists of keys in step with a change. */
function moveLease(lessor: Lessor, event: KvEvent): KvEvent {
  const before = event.prev === null ? 0 : event.prev.lease;
  if (before !== event.kv.lease) {
    if (before !== 0) detachKey(lessor, before, event.kv.key);
    if (event.kv.lease !== 0) attachKey(lessor, event.kv.lease, event.kv.key);
  }
  return event;
}
