import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import {
  LEADER_CHANGED,
  LEARNER_NOT_READY,
  MEMBER_NOT_FOUND,
  NOT_ENOUGH_STARTED,
  NOT_FOR_LEARNER,
  REQUEST_TIMED_OUT,
  TIMEOUT_CONNECTION_LOST,
  TOO_MANY_LEARNERS,
  UNHEALTHY,
} from './errors';
import { EtcdGroup, memberProcess, putRequest } from './testing';

const others = (group: EtcdGroup, number: number): number[] => group.numbers.filter((other) => other !== number);
const errorOf = (answer: unknown): string | undefined => (answer as { error?: string } | undefined)?.error;
const revisions = (group: EtcdGroup): number[] =>
  group.numbers.map((number) => group.find(number)?.store.revision ?? 0);

describe('a group of etcd members', () => {
  it.each([2, 3, 4, 5, 6, 7])(
    'of %i elects a leader within two election timeouts and publishes its members',
    (size) => {
      const group = new EtcdGroup(size);
      expect(group.elect(4 * SECOND)).toBeGreaterThan(0);
      group.advance(100 * MILLISECOND);
      for (const number of group.numbers) {
        const names = [...group.member(number).membership.byId.values()].map(({ name }) => name);
        expect(names).toEqual(group.numbers.map((other) => `control-plane-${other}`));
      }
    },
  );

  it('takes writes and answers reads at every member, each with all that was acknowledged before', () => {
    const group = new EtcdGroup(3);
    group.elect();
    for (const number of [1, 2, 3]) {
      expect(group.put(number, `k${number}`, number)).toMatchObject({ type: 'etcd/txn-answer', succeeded: true });
      for (const other of [1, 2, 3]) expect(group.get(other, `k${number}`)?.value).toBe(number);
    }
    group.advance(SECOND);
    expect(new Set(revisions(group))).toEqual(new Set([4]));
  });

  it('acknowledges a write only when a majority has it on its disks', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    for (const other of others(group, leader)) group.powerOff(other);
    const id = group.send(leader, putRequest('a', 1));
    group.advance(3 * SECOND);
    expect(group.answerTo(id)).toBeUndefined();
    expect(group.get(leader, 'a', true)).toBeNull();
    group.powerOn(others(group, leader)[0]!);
    group.elect();
    expect(group.put(leader, 'b', 1)).toBeDefined();
  });

  it('has a new leader within three seconds when the leader’s machine loses its power, and loses nothing', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    for (let i = 0; i < 20; i++) group.put(leader, `k${i}`, i);
    group.powerOff(leader);
    const [one, two] = others(group, leader) as [number, number];
    const before = group.kernel.now;
    const next = group.elect();
    expect(group.kernel.now - before).toBeLessThan(3 * SECOND);
    expect([one, two]).toContain(next);
    for (let i = 0; i < 20; i++) expect(group.get(one, `k${i}`)?.value).toBe(i);
    expect(group.put(two, 'after', 1)).toMatchObject({ type: 'etcd/txn-answer' });
    group.powerOn(leader);
    group.advance(2 * SECOND);
    expect(group.get(leader, 'after', true)?.value).toBe(1);
    expect(group.member(leader).raft.role).toBe('follower');
  });

  it('without a majority: reads and writes time out, serializable reads are answered; the majority brings all back', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.put(leader, 'a', 1);
    for (const other of others(group, leader)) group.powerOff(other);
    group.advance(3 * SECOND);
    expect(group.leader).toBe(0);
    expect(group.ask(leader, { type: 'etcd/status' })).toMatchObject({ leader: 0, errors: ['etcdserver: no leader'] });
    expect(errorOf(group.put(leader, 'b', 1))).toBe(REQUEST_TIMED_OUT);
    const read = group.ask(leader, { type: 'etcd/range', range: { op: 'range', key: 'a' } });
    expect(errorOf(read)).toBe(REQUEST_TIMED_OUT);
    expect(group.get(leader, 'a', true)?.value).toBe(1);
    for (const other of others(group, leader)) group.powerOn(other);
    group.elect();
    expect(group.get(leader, 'a')?.value).toBe(1);
    expect(group.get(leader, 'b')).toBeNull();
  });

  it('a leader cut off from the others steps down, and what it took in alone is gone', () => {
    const group = new EtcdGroup(3);
    const old = group.elect();
    group.partition([old], others(group, old));
    const id = group.send(old, putRequest('lost', 1));
    group.advance(4 * SECOND);
    const next = group.leader;
    expect(next).not.toBe(old);
    expect(group.member(old).raft.role).not.toBe('leader');
    group.put(next, 'kept', 1);
    group.heal();
    group.advance(5 * SECOND);
    expect(errorOf(group.answerTo(id))).toBe('etcdserver: request timed out');
    expect(group.get(old, 'kept')?.value).toBe(1);
    expect(group.get(old, 'lost')).toBeNull();
  });

  it('a read that was asked of a leader that is no more says so', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [one] = others(group, leader) as [number];
    group.partition([leader], others(group, leader));
    const read = group.send(one, { type: 'etcd/range', range: { op: 'range', key: 'a' } });
    group.advance(5 * SECOND);
    expect(errorOf(group.answerTo(read))).toBe(LEADER_CHANGED);
  });

  it('a member that was cut off and healed is heard again within a second, and disturbs nobody', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [one] = others(group, leader) as [number];
    const { term } = group.member(leader).raft;
    group.partition([one], others(group, one));
    group.advance(120 * SECOND);
    expect(group.kernel.queue.entries(() => true).length).toBeLessThan(60);
    for (let i = 0; i < 10; i++) group.put(leader, `k${i}`, i);
    group.heal();
    group.advance(1.5 * SECOND);
    expect(group.member(one).store.revision).toBe(11);
    expect([group.leader, group.member(leader).raft.term]).toEqual([leader, term]);
  });

  it('four members cut two and two: nobody leads, nobody writes', () => {
    const group = new EtcdGroup(4);
    group.elect();
    group.partition([1, 2], [3, 4]);
    group.advance(10 * SECOND);
    expect(group.leader).toBe(0);
    for (const number of [1, 3]) expect(errorOf(group.put(number, 'a', 1))).toMatch(/request timed out/);
    group.heal();
    expect(group.elect()).toBeGreaterThan(0);
  });

  it('the watches of a follower go on whoever leads, in order, without a gap', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [one] = others(group, leader) as [number];
    const watch = group.send(one, { type: 'etcd/watch-create', range: { key: 'a' }, startRevision: 0 });
    group.advance(10 * MILLISECOND);
    for (let i = 0; i < 5; i++) group.put(leader, 'a', i);
    group.powerOff(leader);
    group.elect();
    for (let i = 5; i < 10; i++) group.put(one, 'a', i);
    const values = group.watched
      .get(watch)!
      .flatMap((message) => (message.type === 'etcd/watch-events' ? message.events : []));
    expect(values.map(({ kv }) => kv.value)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('leases end by the leader’s clock, and get their full time when another one leads', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [one] = others(group, leader) as [number];
    const granted = group.ask(one, { type: 'etcd/lease-grant', ttl: 10 });
    const lease = granted?.type === 'etcd/lease-answer' ? granted.lease : 0;
    group.put(one, 'a', 1, { lease });
    group.advance(8 * SECOND);
    expect(group.ask(one, { type: 'etcd/lease-keepalive', lease })).toMatchObject({ ttl: 10 });
    group.advance(8 * SECOND);
    group.powerOff(leader);
    group.elect();
    group.advance(8 * SECOND);
    expect(group.get(one, 'a')?.value).toBe(1);
    group.advance(4 * SECOND);
    expect(group.get(one, 'a')).toBeNull();
  });

  it('hands leadership over when asked', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [target] = others(group, leader) as [number];
    expect(errorOf(group.ask(target, { type: 'etcd/move-leader', target }))).toBe('etcdserver: not leader');
    const before = group.kernel.now;
    expect(group.ask(leader, { type: 'etcd/move-leader', target })).toMatchObject({ type: 'etcd/done' });
    expect(group.leader).toBe(target);
    expect(group.kernel.now - before).toBeLessThan(100 * MILLISECOND);
  });

  it('an idle group costs few events', () => {
    const group = new EtcdGroup(3);
    group.elect();
    const before = group.kernel.handled;
    group.advance(100 * SECOND);
    // Ten heartbeats a second to two followers, their answers, the leader's clock, and the followers' now and then.
    expect((group.kernel.handled - before) / 100).toBeLessThan(60);
  });
});

describe('members at run time', () => {
  const join = (group: EtcdGroup, number: number, change: 'add' | 'add-learner'): unknown => {
    const request = { type: 'etcd/member-change', change, member: 0, process: memberProcess(number) } as const;
    const added = group.ask(group.leader, request);
    const initialCluster = others(group, number).map((member) => ({ member, process: memberProcess(member) }));
    if (errorOf(added) === undefined) {
      group.addMachine(number, { member: 0, initialCluster, initialClusterState: 'existing' });
      group.advance(3 * SECOND);
    }
    return added;
  };

  it('a cluster of one grows to two and three', () => {
    const group = new EtcdGroup(1);
    expect(group.elect()).toBe(1);
    for (let i = 0; i < 50; i++) group.put(1, `k${i}`, i);
    expect(join(group, 2, 'add')).toMatchObject({ member: { id: 2, name: '', learner: false } });
    expect(join(group, 3, 'add')).toMatchObject({ member: { id: 3 } });
    for (const number of [2, 3]) expect(group.get(number, 'k49')?.value).toBe(49);
    expect(group.member(3).raft.conf.voters).toEqual([1, 2, 3]);
    group.powerOff(1);
    expect([2, 3]).toContain(group.elect());
    expect(group.put(3, 'a', 1)).toMatchObject({ succeeded: true });
  });

  it('refuses a second new member while the first has not started: the quorum would be at risk', () => {
    const group = new EtcdGroup(3);
    group.elect();
    group.advance(SECOND);
    const add = (number: number): unknown =>
      group.ask(group.leader, { type: 'etcd/member-change', change: 'add', member: 0, process: memberProcess(number) });
    expect(errorOf(add(4))).toBeUndefined();
    expect(errorOf(add(5))).toMatch(new RegExp(`${NOT_ENOUGH_STARTED}|${UNHEALTHY}`));
  });

  it('a learner takes no reads, and is promoted once it has caught up', () => {
    const group = new EtcdGroup(3);
    group.elect();
    group.advance(SECOND);
    for (let i = 0; i < 20; i++) group.put(1, `k${i}`, i);
    const { leader } = group;
    const add = { type: 'etcd/member-change', change: 'add-learner', member: 0, process: memberProcess(4) } as const;
    expect(group.ask(leader, add)).toMatchObject({ member: { id: 4, learner: true } });
    const promote = { type: 'etcd/member-change', change: 'promote', member: 4 } as const;
    expect(errorOf(group.ask(leader, promote))).toBe(LEARNER_NOT_READY);
    expect(errorOf(group.ask(leader, { ...add, process: memberProcess(5) }))).toBe(TOO_MANY_LEARNERS);
    const initialCluster = [1, 2, 3].map((member) => ({ member, process: memberProcess(member) }));
    group.addMachine(4, { member: 0, initialCluster, initialClusterState: 'existing' });
    group.advance(3 * SECOND);
    expect(errorOf(group.ask(4, { type: 'etcd/range', range: { op: 'range', key: 'k1' } }))).toBe(NOT_FOR_LEARNER);
    expect(group.get(4, 'k1', true)?.value).toBe(1);
    const [follower] = others(group, leader) as [number];
    expect(group.ask(follower, promote)).toMatchObject({ member: { id: 4, learner: false } });
    expect(group.get(4, 'k1')?.value).toBe(1);
  });

  it('a member that is removed leaves, and is not let in again with its old disk', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.advance(SECOND);
    const [gone, stays] = others(group, leader) as [number, number];
    const remove = { type: 'etcd/member-change', change: 'remove', member: gone } as const;
    expect(group.ask(stays, remove)).toMatchObject({ type: 'etcd/members-answer' });
    expect(errorOf(group.ask(stays, remove))).toBe(MEMBER_NOT_FOUND);
    group.advance(10 * SECOND);
    expect(group.logOf(gone)).toContain('the member has been permanently removed from the cluster');
    expect(group.member(leader).raft.conf.voters).toEqual([leader, stays].sort());
    expect(group.put(stays, 'a', 1)).toMatchObject({ succeeded: true });
  });

  it('a leader that removes itself hands on: the others go on', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.advance(SECOND);
    group.ask(leader, { type: 'etcd/member-change', change: 'remove', member: leader });
    group.advance(5 * SECOND);
    const [one] = others(group, leader) as [number];
    expect(group.put(one, 'a', 1)).toMatchObject({ succeeded: true });
    expect(group.leader).not.toBe(leader);
  });

  it('refuses to remove a member that is needed for the quorum', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.advance(SECOND);
    const [dead, alive] = others(group, leader) as [number, number];
    group.powerOff(dead);
    group.advance(7 * SECOND);
    expect(errorOf(group.ask(leader, { type: 'etcd/member-change', change: 'remove', member: alive }))).toBe(UNHEALTHY);
    expect(errorOf(group.ask(leader, { type: 'etcd/member-change', change: 'remove', member: dead }))).toBeUndefined();
  });

  it('a write that the leader took in and could not replicate says that the connection was lost', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [one] = others(group, leader) as [number];
    group.partition([one], [leader]);
    const id = group.send(one, putRequest('a', 1));
    group.advance(20 * SECOND);
    expect(errorOf(group.answerTo(id))).toMatch(new RegExp(`${TIMEOUT_CONNECTION_LOST}|${REQUEST_TIMED_OUT}`));
  });
});
