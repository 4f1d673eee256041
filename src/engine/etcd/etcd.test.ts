import { describe, expect, it } from 'vitest';
import type { ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { COMPACTED, TOO_MANY_REQUESTS } from './errors';
import { etcd } from './etcd';
import type { EtcdState } from './state';
import { CLIENT, TestWorld } from './testing';
import { type EtcdAnswer, type EtcdRequest, prefixEnd, type PutOp, type WatchEventsMessage } from './wire';

const ETCD = 'control-plane-1/etcd';

function newWorld(): TestWorld {
  const world = new TestWorld([
    { name: 'etcd', definition: etcd as ProcessDefinition<never, never>, args: { member: 1 } },
  ]);
  world.advance(SECOND);
  return world;
}

let nextId = 1;
function ask(world: TestWorld, ...requests: EtcdRequest[]): EtcdAnswer[] {
  for (const request of requests) world.send(ETCD, request);
  world.advance(10_000);
  return world.take() as EtcdAnswer[];
}
const putRequest = (key: string, value: unknown, lease = 0): EtcdRequest => {
  const op: PutOp = { op: 'put', key, value, bytes: 10, lease };
  return { type: 'etcd/txn', id: nextId++, compare: [], success: [op], failure: [] };
};
const watchRequest = (id: number, key: string, startRevision: number, rangeEnd?: string): EtcdRequest => ({
  type: 'etcd/watch-create',
  id,
  range: rangeEnd === undefined ? { key } : { key, rangeEnd },
  startRevision,
});
const get = (key: string): EtcdRequest => ({ type: 'etcd/range', id: nextId++, range: { op: 'range', key } });
const stateOf = (world: TestWorld): EtcdState => world.stateOf<EtcdState>(ETCD);
const valueOf = (world: TestWorld, key: string): unknown => stateOf(world).store.live.get(key)?.value;
const seen = (answers: readonly EtcdAnswer[], id: number): string[] =>
  answers
    .filter((answer): answer is WatchEventsMessage => answer.type === 'etcd/watch-events' && answer.id === id)
    .flatMap((answer) => answer.events)
    .map((event) => `${event.type} ${event.kv.key}@${event.kv.modRevision}`);

describe('etcd', () => {
  it('answers a write only once it is on the disk', () => {
    const world = newWorld();
    world.send(ETCD, putRequest('a', 1));
    world.advance(100);
    expect(world.take()).toEqual([]);
    world.advance(1_000);
    expect(world.take()).toMatchObject([
      { type: 'etcd/txn-answer', succeeded: true, header: { member: 1, term: 1, revision: 2 } },
    ]);
  });

  it('commits what gathers during an fsync with the next one', () => {
    const world = newWorld();
    const before = stateOf(world).counters.syncs;
    for (let i = 0; i < 100; i++) world.send(ETCD, putRequest(`k${i}`, i));
    world.advance(10_000);
    expect(world.take().length).toBe(100);
    expect(stateOf(world).counters.syncs - before).toBe(2);
  });

  it('tells watchers of a batch before it answers its writers, each watcher once', () => {
    const world = newWorld();
    ask(world, watchRequest(1, 'a/', 0, prefixEnd('a/')), watchRequest(2, 'b', 0));
    world.send(ETCD, putRequest('x', 0));
    world.advance(100);
    const answers = ask(world, putRequest('a/1', 1), putRequest('b', 1), putRequest('a/2', 1));
    const batch = answers.slice(1);
    expect(batch.map((answer) => answer.type)).toEqual([
      'etcd/watch-events',
      'etcd/watch-events',
      'etcd/txn-answer',
      'etcd/txn-answer',
      'etcd/txn-answer',
    ]);
    expect(seen(batch, 1)).toEqual(['put a/1@3', 'put a/2@5']);
    expect(seen(batch, 2)).toEqual(['put b@4']);
  });

  it('gives a watch from an earlier revision all that happened since, in order, then what follows', () => {
    const world = newWorld();
    ask(world, putRequest('a', 1), putRequest('b', 1), putRequest('a', 2), {
      type: 'etcd/txn',
      id: 9,
      compare: [],
      success: [{ op: 'delete-range', key: 'a' }],
      failure: [],
    });
    expect(seen(ask(world, watchRequest(1, 'a', 3)), 1)).toEqual(['put a@4', 'delete a@5']);
    const answers = ask(world, putRequest('a', 3));
    expect(seen(answers, 1)).toEqual(['put a@6']);
    ask(world, { type: 'etcd/watch-cancel', id: 1 });
    expect(seen(ask(world, putRequest('a', 4)), 1)).toEqual([]);
  });

  it('refuses a watch and a read from before the compaction', () => {
    const world = newWorld();
    ask(world, putRequest('a', 1), putRequest('a', 2), putRequest('a', 3));
    const answers = ask(world, { type: 'etcd/compact', id: 7, revision: 3 });
    expect(answers).toMatchObject([{ type: 'etcd/compact-answer', id: 7 }]);
    expect(ask(world, watchRequest(1, 'a', 2))).toMatchObject([
      { type: 'etcd/watch-canceled', reason: COMPACTED, compactRevision: 3 },
    ]);
    expect(ask(world, { type: 'etcd/range', id: 8, range: { op: 'range', key: 'a', revision: 2 } })).toMatchObject([
      { type: 'etcd/error', error: COMPACTED },
    ]);
  });

  it('deletes the keys of a lease when it ends, at one revision, and not while it is kept alive', () => {
    const world = newWorld();
    const [granted] = ask(world, { type: 'etcd/lease-grant', id: 1, ttl: 1 });
    expect(granted).toMatchObject({ type: 'etcd/lease-answer', ttl: 2 });
    const lease = granted?.type === 'etcd/lease-answer' ? granted.lease : 0;
    ask(world, putRequest('b', 1, lease), putRequest('a', 1, lease), watchRequest(5, 'a', 0, 'c'));
    world.advance(1.5 * SECOND);
    expect(ask(world, { type: 'etcd/lease-keepalive', id: 2, lease })).toMatchObject([{ ttl: 2 }]);
    world.advance(1.5 * SECOND);
    expect(valueOf(world, 'a')).toBe(1);
    world.advance(SECOND);
    expect(seen(world.take() as EtcdAnswer[], 5)).toEqual(['delete a@4', 'delete b@4']);
    expect(stateOf(world).lessor.leases.size).toBe(0);
  });

  it('has everything it acknowledged after a power loss, and leases with their full time', () => {
    const world = newWorld();
    const [granted] = ask(world, { type: 'etcd/lease-grant', id: 1, ttl: 60 });
    const lease = granted?.type === 'etcd/lease-answer' ? granted.lease : 0;
    ask(world, putRequest('a', 1), putRequest('b', 1, lease));
    world.send(ETCD, putRequest('unsynced', 1));
    world.advance(100);
    world.losePower();
    expect(ask(world, get('a'))).toMatchObject([
      { type: 'etcd/range-answer', result: { count: 1 }, header: { term: 2, revision: 3 } },
    ]);
    expect(valueOf(world, 'unsynced')).toBeUndefined();
    world.advance(59 * SECOND);
    expect(valueOf(world, 'b')).toBe(1);
    world.advance(2 * SECOND);
    expect(valueOf(world, 'b')).toBeUndefined();
  });

  it('holds a read back until its new term is committed', () => {
    const world = newWorld();
    ask(world, putRequest('a', 1));
    world.restart(ETCD);
    world.send(ETCD, get('a'));
    world.advance(100);
    expect(world.take()).toEqual([]);
    world.advance(SECOND);
    expect(world.take()).toMatchObject([{ type: 'etcd/range-answer', result: { count: 1 } }]);
  });

  it('takes a snapshot after 10,000 entries, cuts its log and recovers from both', () => {
    const world = newWorld();
    for (let i = 0; i < 25_000; i++) {
      world.send(ETCD, putRequest(`k${i % 100}`, i));
      if (i % 1_000 === 999) world.advance(10_000);
    }
    expect(stateOf(world).counters.snapshots).toBe(2);
    expect(stateOf(world).wal!.segments.length).toBeLessThanOrEqual(2);
    const before = stateOf(world).store;
    world.losePower();
    world.advance(SECOND);
    const after = stateOf(world).store;
    expect(after.revision).toBe(25_001);
    expect([...after.live].sort()).toEqual([...before.live].sort());
    expect(after.history).toEqual(before.history);
    expect(after.bytes).toBe(before.bytes);
  });

  it('refuses requests beyond its backlog', () => {
    const world = newWorld();
    for (let i = 0; i < 5_100; i++) world.send(ETCD, putRequest(`k${i}`, i));
    world.advance(SECOND);
    const answers = world.take() as EtcdAnswer[];
    const refused = answers.filter((answer) => answer.type === 'etcd/error');
    expect([answers.length, refused.length]).toEqual([5_100, 100]);
    expect(refused[0]).toMatchObject({ error: TOO_MANY_REQUESTS });
  });

  it('forgets the watches of a client that ends', () => {
    const world = newWorld();
    ask(world, watchRequest(1, 'a', 0), watchRequest(2, 'a/', 0, 'a0'));
    expect(stateOf(world).watchers.groups.size).toBe(2);
    world.stop(CLIENT);
    world.advance(MILLISECOND);
    expect(stateOf(world).watchers.groups.size).toBe(0);
    expect(stateOf(world).watchers.ranges.length).toBe(0);
  });
});
