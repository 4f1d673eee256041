import { describe, expect, it } from 'vitest';
import { COMPACTED, DUPLICATE_KEY, EMPTY_KEY, FUTURE_REVISION, LEASE_NOT_FOUND } from './errors';
import { countIn, insertKey, keysIn, newKeyIndex, removeKey } from './key-index';
import { newLessor } from './lease';
import { compact, deleteRange, eventsSince, newStore, put, range, rangeError, type Store } from './mvcc';
import { applyTxn, txnError } from './txn';
import { type Op, prefixEnd, type TxnRequest } from './wire';

const set = (store: Store, key: string, value: unknown): void => {
  put(store, { op: 'put', key, value, bytes: 1 }, store.revision + 1, 0);
  store.revision++;
};
const unset = (store: Store, key: string): void => {
  if (deleteRange(store, { key }, store.revision + 1, 0).length > 0) store.revision++;
};
const values = (store: Store, key: string, rangeEnd?: string, revision = 0): unknown[] =>
  range(store, { op: 'range', key, ...(rangeEnd === undefined ? {} : { rangeEnd }), revision }).kvs.map(
    (kv) => kv.value,
  );
const txn = (compare: TxnRequest['compare'], success: readonly Op[], failure: readonly Op[] = []): TxnRequest => ({
  type: 'etcd/txn',
  id: 1,
  compare,
  success,
  failure,
});

describe('the key index', () => {
  it('keeps byte order through insertions in any order and removals', () => {
    const index = newKeyIndex();
    const all: string[] = [];
    for (let i = 0; i < 5_000; i++) all.push(`k${(i * 7919) % 5_000}`);
    for (const key of all) insertKey(index, key);
    for (let i = 0; i < 5_000; i += 3) removeKey(index, `k${i}`);
    const left = all.filter((key) => Number(key.slice(1)) % 3 !== 0).sort();
    expect(keysIn(index, '', '\0', 0)).toEqual(left);
    expect(index.size).toBe(left.length);
    expect(keysIn(index, 'k2', 'k3', 0)).toEqual(left.filter((key) => key >= 'k2' && key < 'k3'));
    expect(countIn(index, 'k2', 'k3')).toBe(left.filter((key) => key >= 'k2' && key < 'k3').length);
    expect(keysIn(index, 'k2', '\0', 3)).toEqual(left.filter((key) => key >= 'k2').slice(0, 3));
  });

  it('takes 150,000 keys without quadratic cost', () => {
    const index = newKeyIndex();
    for (let i = 0; i < 150_000; i++) insertKey(index, `/registry/pods/default/web-${(i * 104_729) % 150_000}`);
    expect(index.size).toBe(150_000);
    expect(countIn(index, '/registry/pods/', prefixEnd('/registry/pods/'))).toBe(150_000);
  });
});

describe('the store', () => {
  it('counts create revision, mod revision and version as etcd does (api/mvccpb)', () => {
    const store = newStore();
    set(store, 'a', 1);
    set(store, 'a', 2);
    unset(store, 'a');
    set(store, 'a', 3);
    const kv = range(store, { op: 'range', key: 'a' }).kvs[0];
    expect(kv).toMatchObject({ createRevision: 5, modRevision: 5, version: 1, value: 3 });
    expect(store.history.map((event) => [event.type, event.kv.modRevision, event.kv.version])).toEqual([
      ['put', 2, 1],
      ['put', 3, 2],
      ['delete', 4, 0],
      ['put', 5, 1],
    ]);
  });

  it('reads a range as it was at an earlier revision', () => {
    const store = newStore();
    set(store, 'a', 'a1'); // 2
    set(store, 'b', 'b1'); // 3
    set(store, 'a', 'a2'); // 4
    unset(store, 'b'); // 5
    set(store, 'c', 'c1'); // 6
    expect(values(store, 'a', 'd', 2)).toEqual(['a1']);
    expect(values(store, 'a', 'd', 3)).toEqual(['a1', 'b1']);
    expect(values(store, 'a', 'd', 4)).toEqual(['a2', 'b1']);
    expect(values(store, 'a', 'd', 5)).toEqual(['a2']);
    expect(values(store, 'a', 'd')).toEqual(['a2', 'c1']);
    expect(rangeError(store, 7)).toBe(FUTURE_REVISION);
  });

  it('counts all keys of a range whatever the limit', () => {
    const store = newStore();
    for (const key of ['p/a', 'p/b', 'p/c', 'q']) set(store, key, key);
    const result = range(store, { op: 'range', key: 'p/', rangeEnd: prefixEnd('p/'), limit: 2 });
    expect(result).toMatchObject({ count: 3, more: true });
    expect(result.kvs.map((kv) => kv.key)).toEqual(['p/a', 'p/b']);
    expect(range(store, { op: 'range', key: 'p/', rangeEnd: 'p0', countOnly: true })).toMatchObject({
      count: 3,
      kvs: [],
      more: false,
    });
    expect(range(store, { op: 'range', key: 'p/a', keysOnly: true }).kvs[0]).toMatchObject({ key: 'p/a', value: null });
  });

  it('forgets history below a compaction, and says so', () => {
    const store = newStore();
    for (let i = 0; i < 5; i++) set(store, 'a', i); // 2..6
    expect(compact(store, 4)).toBeNull();
    expect(eventsSince(store, 4).map((event) => event.kv.modRevision)).toEqual([4, 5, 6]);
    expect(rangeError(store, 3)).toBe(COMPACTED);
    expect(rangeError(store, 4)).toBeNull();
    expect(values(store, 'a', undefined, 4)).toEqual([2]);
    expect(compact(store, 4)).toBe(COMPACTED);
    expect(compact(store, 7)).toBe(FUTURE_REVISION);
  });

  it('accounts for what it holds, and lets go of it with compaction', () => {
    const store = newStore();
    for (let i = 0; i < 1_000; i++) set(store, 'a', i);
    expect(store.bytes).toBe(2_000);
    compact(store, store.revision);
    expect(store.bytes).toBeLessThanOrEqual(4);
    expect(store.history.length).toBe(1);
  });
});

describe('a transaction', () => {
  const run = (store: Store, request: TxnRequest) => applyTxn(store, newLessor(), request, 0);

  it('creates only when the key does not exist, and reads it otherwise (client/v3/kubernetes/client.go)', () => {
    const store = newStore();
    const create = txn(
      [{ key: 'a', target: 'mod', result: '=', value: 0 }],
      [{ op: 'put', key: 'a', value: 1, bytes: 1 }],
      [{ op: 'range', key: 'a' }],
    );
    expect(run(store, create)).toMatchObject({ succeeded: true });
    const again = run(store, create);
    expect(again.succeeded).toBe(false);
    expect(again.results[0]).toMatchObject({ kvs: [{ key: 'a', modRevision: 2 }] });
    expect(store.revision).toBe(2);
  });

  it('writes all its keys at one revision', () => {
    const store = newStore();
    set(store, 'x', 0);
    const outcome = run(
      store,
      txn(
        [],
        [
          { op: 'put', key: 'a', value: 1, bytes: 1 },
          { op: 'put', key: 'b', value: 1, bytes: 1 },
          { op: 'delete-range', key: 'x' },
        ],
      ),
    );
    expect(store.revision).toBe(3);
    expect(outcome.events.map((event) => event.kv.modRevision)).toEqual([3, 3, 3]);
    expect(run(store, txn([], [{ op: 'delete-range', key: 'nothing' }])).results).toEqual([
      { op: 'delete-range', deleted: 0 },
    ]);
    expect(store.revision).toBe(3);
  });

  it.each([
    ['mod', '=', 3, true],
    ['mod', '>', 3, false],
    ['create', '=', 2, true],
    ['version', '=', 2, true],
    ['version', '!=', 0, true],
    ['version', '<', 2, false],
  ] as const)('compares %s %s %d: %s', (target, result, value, succeeded) => {
    const store = newStore();
    set(store, 'a', 1);
    set(store, 'a', 2);
    expect(run(store, txn([{ key: 'a', target, result, value }], [])).succeeded).toBe(succeeded);
  });

  it('is refused when it is malformed, and then does nothing', () => {
    const put = (key: string): Op => ({ op: 'put', key, value: 1, bytes: 1 });
    expect(txnError(txn([], [put('a'), put('a')]))).toBe(DUPLICATE_KEY);
    expect(txnError(txn([], [put('a'), { op: 'delete-range', key: '', rangeEnd: '\0' }]))).toBe(EMPTY_KEY);
    expect(txnError(txn([], [put('a'), { op: 'delete-range', key: 'a', rangeEnd: 'b' }]))).toBe(DUPLICATE_KEY);
    const store = newStore();
    const outcome = run(store, txn([], [put('a'), { op: 'put', key: 'b', value: 1, bytes: 1, lease: 7 }]));
    expect(outcome.error).toBe(LEASE_NOT_FOUND);
    expect(store.revision).toBe(1);
    expect(store.live.size).toBe(0);
  });
});
