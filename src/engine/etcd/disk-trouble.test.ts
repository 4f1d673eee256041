import { describe, expect, it } from 'vitest';
import { damageRecord, repairRecords } from '#engine/kernel/disk';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { EtcdGroup } from './testing';

const diskOf = (group: EtcdGroup, number: number) => group.kernel.machine(`control-plane-${number}`).disk;
const newestOf = (group: EtcdGroup, number: number, folder: string): string =>
  [...diskOf(group, number).files.keys()]
    .filter((name) => name.startsWith(folder))
    .sort()
    .at(-1)!;
const othersThan = (group: EtcdGroup, one: number): number[] => group.numbers.filter((number) => number !== one);

describe('a full disk', () => {
  it('ends a member at its next write, in etcd’s words; with room again it catches up', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [follower] = othersThan(group, leader) as [number];
    const wal = newestOf(group, follower, 'wal/');
    diskOf(group, follower).full = true;
    expect(group.put(leader, 'a', 1)).toMatchObject({ succeeded: true });
    group.advance(5 * SECOND);
    expect(group.logOf(follower)).toContain(
      `failed to save Raft hard state and entries {"error":"write /var/lib/etcd/member/${wal}: no space left on device"}`,
    );
    diskOf(group, follower).full = false;
    group.advance(5 * SECOND);
    expect(group.get(follower, 'a')?.value).toBe(1);
  });

  it.each([0, 300, 700, 1_200, 2_000, 3_000])(
    'that fills %i µs into a compaction with its snapshot: what was acknowledged is there afterwards',
    (after) => {
      const group = new EtcdGroup(1);
      for (let i = 0; i < 5; i++) group.put(1, 'a', i);
      group.send(1, { type: 'etcd/compact', revision: 3 });
      group.advance(after);
      diskOf(group, 1).full = true;
      group.send(1, { type: 'etcd/compact', revision: 4 });
      group.advance(SECOND / 2);
      group.powerOff(1);
      diskOf(group, 1).full = false;
      group.powerOn(1);
      group.advance(3 * SECOND);
      expect(group.get(1, 'a')?.value).toBe(4);
    },
  );
});

describe('a corrupt disk', () => {
  it('is noticed at the next start, and is no trouble when it can be read again', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    for (let i = 0; i < 5; i++) group.put(leader, 'a', i);
    damageRecord(diskOf(group, leader), newestOf(group, leader, 'wal/'), 2);
    group.advance(5 * SECOND);
    expect(group.leader).toBe(leader);
    group.kernel.kill(`control-plane-${leader}/etcd`);
    group.advance(5 * SECOND);
    expect(group.logOf(leader)).toContain('failed to read WAL, cannot be repaired {"error":"wal: crc mismatch"}');
    expect(group.leader).not.toBe(leader);
    repairRecords(diskOf(group, leader));
    group.advance(5 * SECOND);
    expect(group.get(leader, 'a')?.value).toBe(4);
  });

  it('passes over a snapshot that cannot be read, and misses the log before it', () => {
    const group = new EtcdGroup(1);
    for (let i = 0; i < 5; i++) group.put(1, 'a', i);
    group.ask(1, { type: 'etcd/compact', revision: 3 });
    group.advance(SECOND);
    const file = newestOf(group, 1, 'snap/');
    damageRecord(diskOf(group, 1), file, 0);
    group.kernel.kill('control-plane-1/etcd');
    group.advance(2 * SECOND);
    const log = group.logOf(1);
    expect(log).toContain(
      `failed to read a snap file {"path":"/var/lib/etcd/member/${file}","error":"snap: crc mismatch"}`,
    );
    expect(log).toContain('failed to open WAL {"error":"wal: file not found"}');
    expect(group.find(1)).toBeNull();
  });
});

describe('a slow disk', () => {
  it('of the leader: its heartbeats are late, it says so, and goes on', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    diskOf(group, leader).slowness = 800;
    for (let i = 0; i < 10; i++) group.put(leader, 'a', i);
    expect(group.leader).toBe(leader);
    expect(group.logOf(leader).join('\n')).toMatch(
      /^leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk \{"to":"[0-9a-f]{16}","heartbeat-interval":"100ms","expected-duration":"200ms","exceeded-duration":"[0-9.]+m?s"\}$/m,
    );
  });

  it('of the leader, slower than an election takes: another member leads', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    diskOf(group, leader).slowness = 4_000;
    for (let i = 0; i < 10; i++) {
      group.put(leader, 'a', i);
      group.advance(SECOND);
    }
    expect(group.logOf(leader).join('\n')).toMatch(
      /^slow fdatasync \{"took":"[2-4]\.\d+s","expected-duration":"1s"\}$/m,
    );
    const next = group.leader;
    expect(next).not.toBe(leader);
    expect(group.put(next, 'b', 1)).toMatchObject({ succeeded: true });
    expect(group.get(next, 'b')?.value).toBe(1);
  });

  it('of a follower holds nobody up: two of three are a majority', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const [follower] = othersThan(group, leader) as [number];
    const { term } = group.member(leader).raft;
    diskOf(group, follower).slowness = 4_000;
    const before = group.kernel.now;
    for (let i = 0; i < 10; i++) group.put(leader, 'a', i);
    expect(group.kernel.now - before).toBeLessThan(SECOND / 2);
    group.advance(MINUTE);
    expect(group.member(leader).raft).toMatchObject({ role: 'leader', term });
    expect(group.get(follower, 'a')?.value).toBe(9);
  });

  it('says which reads took too long', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.put(leader, 'a', 1, { bytes: 23 });
    diskOf(group, leader).slowness = 400;
    group.send(leader, { type: 'etcd/lease-grant', ttl: 10 });
    expect(group.get(leader, 'a')?.value).toBe(1);
    expect(group.logOf(leader).join('\n')).toMatch(
      /^apply request took too long \{"took":"\d+ms","expected-duration":"100ms","prefix":"read-only range ","request":"key:\\"a\\" ","response":"range_response_count:1 size:23"\}$/m,
    );
  });
});
