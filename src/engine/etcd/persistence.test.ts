import { describe, expect, it } from 'vitest';
import { damageRecord, tearLastRecord } from '#engine/kernel/disk';
import { SECOND } from '#engine/kernel/time';
import { crcOfNumber, crcOfText } from './crc32c';
import { NO_SPACE } from './errors';
import { EtcdGroup, putRequest } from './testing';

const diskOf = (group: EtcdGroup, number: number) => group.kernel.machine(`control-plane-${number}`).disk;
const filesOf = (group: EtcdGroup, number: number, folder: string): string[] =>
  [...diskOf(group, number).files.keys()].filter((name) => name.startsWith(folder)).sort();
const restart = (group: EtcdGroup, number: number): void => {
  group.powerOff(number);
  group.powerOn(number);
  group.advance(3 * SECOND);
};
const errorOf = (answer: unknown): string | undefined => (answer as { error?: string } | undefined)?.error;

describe('CRC-32C', () => {
  // RFC 3720 appendix B.4, and the check value of the polynomial
  it('is Castagnoli’s', () => {
    expect(crcOfText(0, '123456789')).toBe(0xe3069283);
    expect(crcOfText(0, '\0'.repeat(32))).toBe(0x8a9136aa);
    expect(crcOfText(crcOfText(0, '1234'), '56789')).toBe(0xe3069283);
    expect(crcOfNumber(0, 0x34333231)).toBe(crcOfText(0, '1234'));
  });
});

describe('the write-ahead log', () => {
  it('cuts off a record that was torn by a power cut, and starts', () => {
    const group = new EtcdGroup(1);
    for (let i = 0; i < 5; i++) group.put(1, 'a', i);
    group.powerOff(1);
    tearLastRecord(diskOf(group, 1), filesOf(group, 1, 'wal/').at(-1)!);
    group.powerOn(1);
    group.advance(SECOND);
    expect(group.logOf(1)).toContain('repaired WAL {"error":"unexpected EOF"}');
    expect(group.get(1, 'a')?.value).toBe(3);
    restart(group, 1);
    expect(group.get(1, 'a')?.value).toBe(3);
  });

  it('refuses to start on a record that is damaged in the middle, in etcd’s words', () => {
    const group = new EtcdGroup(3);
    group.elect();
    for (let i = 0; i < 5; i++) group.put(1, 'a', i);
    group.powerOff(2);
    damageRecord(diskOf(group, 2), filesOf(group, 2, 'wal/').at(-1)!, 2);
    group.powerOn(2);
    group.advance(5 * SECOND);
    expect(group.logOf(2)).toContain('failed to read WAL, cannot be repaired {"error":"wal: crc mismatch"}');
    expect(group.find(2)).toBeNull();
    expect(group.put(group.elect(), 'b', 1)).toMatchObject({ succeeded: true });
  });

  it.each([1, 3])('power cuts at any moment of a compaction lose nothing: %i members', (size) => {
    for (let cut = 0; cut < 20; cut++) {
      const group = new EtcdGroup(size);
      const leader = group.elect();
      for (let i = 0; i < 5; i++) group.put(leader, `k${i}`, i);
      const { term } = group.member(leader).raft;
      group.send(leader, { type: 'etcd/compact', revision: 3 });
      group.advance(cut * 400);
      for (const number of group.numbers) group.powerOff(number);
      for (const number of group.numbers) group.powerOn(number);
      const next = group.elect();
      for (let i = 0; i < 5; i++) expect(group.get(next, `k${i}`)?.value, `cut ${cut}`).toBe(i);
      expect(group.member(next).raft.term, `cut ${cut}`).toBeGreaterThan(term);
    }
  });

  it('a record that was changed does not fit its checksum', () => {
    const group = new EtcdGroup(1);
    for (let i = 0; i < 5; i++) group.put(1, 'a', i);
    group.powerOff(1);
    const { current } = diskOf(group, 1).files.get(filesOf(group, 1, 'wal/').at(-1)!)!;
    const record = current.records[2] as { hard: object };
    current.records[2] = { ...record, hard: { ...record.hard, vote: 7 } };
    group.powerOn(1);
    group.advance(SECOND);
    expect(group.find(1)).toBeNull();
  });

  it('remembers a vote: a member that voted and lost its power does not vote again in that term', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    const voter = group.numbers.find((number) => number !== leader)!;
    const { term, vote } = group.member(voter).raft;
    group.powerOff(voter);
    group.powerOn(voter);
    group.advance(1_000);
    expect(group.member(voter).raft).toMatchObject({ term, vote });
  });
});

describe('a member with a wiped disk', () => {
  it('refuses to take part under its old name, and comes back when it was removed and added', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.put(leader, 'a', 1);
    const wiped = group.numbers.find((number) => number !== leader)!;
    group.powerOff(wiped);
    diskOf(group, wiped).files.clear();
    group.powerOn(wiped);
    group.advance(5 * SECOND);
    expect(group.logOf(wiped).join('\n')).toMatch(/member [0-9a-f]{16} has already been bootstrapped/);
    expect(group.find(wiped)).toBeNull();
    group.kernel.removeMachine(`control-plane-${wiped}`);
    group.advance(5 * SECOND);
    const process = `control-plane-${wiped}/etcd`;
    expect(errorOf(group.ask(leader, { type: 'etcd/member-change', change: 'remove', member: wiped }))).toBeUndefined();
    group.ask(leader, { type: 'etcd/member-change', change: 'add', member: 0, process });
    const initialCluster = [{ member: leader, process: `control-plane-${leader}/etcd` }];
    group.addMachine(wiped, { member: 0, initialCluster, initialClusterState: 'existing' });
    group.advance(4 * SECOND);
    expect(group.get(wiped, 'a')?.value).toBe(1);
    expect(group.member(wiped).member).toBe(4);
  });

  it.each([
    ['disk', 1, 1],
    ['memory', undefined, 0],
  ] as const)('with the power of all cut, what was in a store on %s is %s', (storage, value, segments) => {
    const group = new EtcdGroup(3, { args: { storage } });
    group.put(group.elect(), 'a', 1);
    for (const number of group.numbers) group.powerOff(number);
    for (const number of group.numbers) group.powerOn(number);
    group.advance(5 * SECOND);
    expect(group.get(group.elect(), 'a')?.value).toBe(value);
    expect(filesOf(group, 1, 'wal/').length).toBe(segments);
  });
});

describe('snapshots between members', () => {
  const fill = (group: EtcdGroup, member: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      group.send(member, putRequest(`k${i % 50}`, i));
      if (i % 1_000 === 999) group.advance(20_000);
    }
    group.advance(SECOND);
  };

  it('a member that lags further than the log is kept gets a snapshot, then the rest; its watches hear what they missed', () => {
    const group = new EtcdGroup(3, { freeze: false });
    const leader = group.elect();
    const late = group.numbers.find((number) => number !== leader)!;
    const watch = group.send(late, { type: 'etcd/watch-create', range: { key: 'k7' }, startRevision: 0 });
    group.advance(SECOND);
    group.partition(
      [late],
      group.numbers.filter((number) => number !== late),
    );
    group.advance(7 * SECOND);
    fill(group, leader, 22_000);
    expect(group.member(leader).raft.log.base).toBeGreaterThan(10_000);
    group.heal();
    group.advance(3 * SECOND);
    expect(group.logOf(late).join('\n')).toMatch(/applied snapshot/);
    expect(group.member(late).store.revision).toBe(group.member(leader).store.revision);
    expect([...group.member(late).store.live].sort()).toEqual([...group.member(leader).store.live].sort());
    const values = group.watched
      .get(watch)!
      .flatMap((message) => (message.type === 'etcd/watch-events' ? message.events : []));
    expect(values.map(({ kv }) => kv.value)).toEqual(Array.from({ length: 440 }, (_, i) => 50 * i + 7));
    restart(group, late);
    expect(group.member(late).store.revision).toBe(group.member(leader).store.revision);
  });

  it('keeps 5,000 entries behind a snapshot for those who lag a little', () => {
    const group = new EtcdGroup(3, { freeze: false });
    const leader = group.elect();
    fill(group, leader, 10_500);
    const { log } = group.member(leader).raft;
    expect(group.member(leader).counters.snapshots).toBe(1);
    expect(group.member(leader).snapshotIndex - log.base).toBe(5_000);
  });
});

describe('disaster recovery', () => {
  it('one survivor goes on alone, with all that was committed', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    for (let i = 0; i < 10; i++) group.put(leader, `k${i}`, i);
    group.advance(SECOND);
    const [survivor, ...lost] = group.numbers as [number, number, number];
    for (const number of lost) group.kernel.removeMachine(`control-plane-${number}`);
    group.advance(5 * SECOND);
    expect(errorOf(group.put(survivor, 'x', 1))).toMatch(/request timed out/);
    group.kernel.kill(`control-plane-${survivor}/etcd`);
    const process = group.kernel.processes.get(`control-plane-${survivor}/etcd`)!;
    Object.assign(process, {
      spec: { ...process.spec, args: { ...(process.spec.args as object), forceNewCluster: true } },
    });
    group.advance(3 * SECOND);
    expect(group.put(survivor, 'x', 1)).toMatchObject({ succeeded: true });
    for (let i = 0; i < 10; i++) expect(group.get(survivor, `k${i}`)?.value).toBe(i);
    expect([...group.member(survivor).membership.byId.keys()]).toEqual([survivor]);
    restart(group, survivor);
    expect(group.get(survivor, 'x')?.value).toBe(1);
  });
});

describe('the space quota', () => {
  it('raises NOSPACE at every member, lets deletions and compaction through, and opens again when disarmed', () => {
    const group = new EtcdGroup(3, { args: { quotaBytes: 200_000 } });
    const leader = group.elect();
    let error: string | undefined;
    let written = 0;
    while (error === undefined && written < 100) {
      error = errorOf(group.put(leader, `k${written}`, written, { bytes: 10_000 }));
      written++;
    }
    expect([error, written]).toEqual([NO_SPACE, 18]);
    group.advance(SECOND);
    const other = group.numbers.find((number) => number !== leader)!;
    expect(group.ask(other, { type: 'etcd/alarm-list' })).toMatchObject({
      alarms: [{ member: leader, alarm: 'NOSPACE' }],
    });
    expect(errorOf(group.put(other, 'small', 1))).toBe(NO_SPACE);
    const deletion = {
      type: 'etcd/txn',
      compare: [],
      success: [{ op: 'delete-range', key: 'k', rangeEnd: 'l' }],
      failure: [],
    } as const;
    expect(group.ask(other, deletion)).toMatchObject({ succeeded: true });
    const { revision } = group.member(leader).store;
    expect(group.ask(other, { type: 'etcd/compact', revision })).toMatchObject({ type: 'etcd/compact-answer' });
    const before = group.member(leader).fileBytes;
    const disarm = { type: 'etcd/alarm', action: 'deactivate', member: leader, alarm: 'NOSPACE' } as const;
    for (const number of group.numbers) {
      expect(group.ask(number, { type: 'etcd/defragment' })).toMatchObject({ type: 'etcd/done' });
    }
    expect(group.member(leader).fileBytes).toBeLessThan(before / 2);
    expect(errorOf(group.put(leader, 'small', 1))).toBe(NO_SPACE);
    expect(group.ask(leader, disarm)).toMatchObject({ alarms: [] });
    expect(group.put(leader, 'small', 1)).toMatchObject({ succeeded: true });
  });

  it('a member that defragments answers nobody until it is done, and the others go on', () => {
    const group = new EtcdGroup(3);
    const leader = group.elect();
    group.put(leader, 'a', 1, { bytes: 1_000_000 });
    const busy = group.numbers.find((number) => number !== leader)!;
    const defragment = group.send(busy, { type: 'etcd/defragment' });
    group.advance(5_000);
    const read = group.send(busy, { type: 'etcd/range', range: { op: 'range', key: 'b' }, serializable: true });
    expect(group.put(leader, 'b', 1)).toMatchObject({ succeeded: true });
    expect([group.answerTo(defragment), group.answerTo(read)]).toEqual([undefined, undefined]);
    group.advance(100_000);
    expect(group.answerTo(defragment)).toMatchObject({ type: 'etcd/done' });
    expect(group.answerTo(read)).toMatchObject({ type: 'etcd/range-answer' });
    expect(group.get(busy, 'b')?.value).toBe(1);
  });
});
