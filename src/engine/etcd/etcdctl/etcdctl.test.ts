import { describe, expect, it } from 'vitest';
import type { ProcessDefinition } from '#engine/kernel/process';
import { testMachine } from '#engine/kernel/testing';
import { SECOND } from '#engine/kernel/time';
import type { EtcdArgs } from '../state';
import { EtcdGroup, memberProcess } from '../testing';
import { parseCommand, wordsOf } from './command';
import { etcdctl, type EtcdctlAnswer, type EtcdctlState } from './etcdctl';
import { humanBytes } from './print';
import './run';

/** A group, and a person with a terminal. */
class Terminal {
  readonly group: EtcdGroup;
  #ticket = 0;

  constructor(size: number, args: Partial<EtcdArgs> = {}) {
    const clients = [etcdctl as ProcessDefinition<never, never>];
    this.group = new EtcdGroup(size, { clients, args });
    const endpoints = Array.from({ length: size }, (_, at) => memberProcess(at + 1));
    const unit = { name: 'etcdctl', kind: 'etcdctl', args: { endpoints }, restartAfter: null };
    this.group.kernel.addMachine(testMachine('desk', [unit]));
    this.group.kernel.powerOn('desk');
    this.group.elect();
    this.group.advance(SECOND);
  }

  get answers(): readonly EtcdctlAnswer[] {
    return (this.group.kernel.processes.get('desk/etcdctl')!.state as EtcdctlState).answers.entries;
  }

  begin(command: string, ticket = `t${++this.#ticket}`): string {
    this.group.kernel.deliver('desk/etcdctl', { type: 'etcdctl/run', ticket, command } as never);
    return ticket;
  }

  /** What a command prints, or its error. */
  run(command: string): string {
    const ticket = this.begin(command);
    const find = (): EtcdctlAnswer | undefined => this.answers.find((answer) => answer.ticket === ticket);
    for (let steps = 0; steps < 100 && find() === undefined; steps++) this.group.advance(100_000);
    const { output, error } = find()!;
    return output + error;
  }
}

const ids = (terminal: Terminal): string[] =>
  terminal
    .run('member list')
    .trim()
    .split('\n')
    .map((line) => line.split(', ')[0]!);

describe('command lines', () => {
  it('are split at blanks, quotes hold together', () => {
    expect(wordsOf(`put  "a b" 'c "d"' e=""`)).toEqual(['put', 'a b', 'c "d"', 'e=']);
  });

  it.each([
    ['etcdctl member list -w table', { verb: 'member list', args: [], output: 'table' }],
    [
      'get /registry --prefix --keys-only',
      { verb: 'get', args: ['/registry'], flags: { prefix: 'true', 'keys-only': 'true' } },
    ],
    ['etcdutl snapshot status a.db --write-out=json', { verb: 'snapshot status', args: ['a.db'], output: 'json' }],
    ['get a --rev 5', { flags: { rev: '5' } }],
  ])('%s', (line, parsed) => expect(parseCommand(line)).toMatchObject(parsed));

  it.each([
    ['fly', 'Error: unknown command "fly" for "etcdctl"'],
    ['member fly', 'Error: unknown command "fly" for "etcdctl member"'],
    ['get a --wings', 'Error: unknown flag: --wings'],
    ['get a --rev', 'Error: flag needs an argument: --rev'],
    ['get a -w yaml', 'Error: unsupported output format yaml'],
  ])('%s is refused', (line, words) => expect(parseCommand(line)).toBe(words));

  // github.com/dustin/go-humanize bytes_test.go
  it.each([
    [0, '0 B'],
    [803, '803 B'],
    [999, '999 B'],
    [1024, '1.0 kB'],
    [9999, '10 kB'],
    [1024 * 1024 - 1, '1.0 MB'],
    [20480, '20 kB'],
    [2147483648, '2.1 GB'],
    [5.5e9, '5.5 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text));
});

describe('etcdctl', () => {
  it('puts, gets, counts, deletes', () => {
    const terminal = new Terminal(3);
    expect(terminal.run('put a "hello world"')).toBe('OK\n');
    expect(terminal.run('put a2 x')).toBe('OK\n');
    expect(terminal.run('get a')).toBe('a\nhello world\n');
    expect(terminal.run('get a --prefix --keys-only')).toBe('a\n\na2\n\n');
    expect(terminal.run('get a --prefix --print-value-only')).toBe('hello world\nx\n');
    expect(terminal.run('get "" --from-key --count-only')).toBe('2\n');
    expect(JSON.parse(terminal.run('get a2 -w json'))).toMatchObject({ kvs: [{ key: 'a2', version: 1 }], count: 1 });
    expect(terminal.run('del a --prefix')).toBe('2\n');
    expect(terminal.run('get a')).toBe('');
    expect(terminal.run('put a')).toMatch(/^Error: put command needs/);
  });

  it('watches until it is interrupted', () => {
    const terminal = new Terminal(1);
    const ticket = terminal.begin('watch a --prefix');
    terminal.group.advance(SECOND);
    terminal.run('put a1 x');
    terminal.run('del a1');
    terminal.begin('^C', ticket);
    terminal.group.advance(SECOND);
    terminal.run('put a2 y');
    const seen = terminal.answers.filter((answer) => answer.ticket === ticket);
    expect(seen.map(({ output }) => output)).toEqual(['PUT\na1\nx\n', 'DELETE\na1\n\n', '']);
    expect(seen.at(-1)?.code).toBe(130);
  });

  it('lists members, simply and as a table', () => {
    const terminal = new Terminal(3);
    expect(terminal.run('member list').split('\n')[0]).toMatch(
      /^[0-9a-f]{16}, started, control-plane-1, https:\/\/control-plane-1:2380, https:\/\/control-plane-1:2379, false$/,
    );
    const table = terminal.run('member list -w table').split('\n');
    expect(table[1]!.split('|').slice(1, 4)).toEqual(['        ID        ', ' STATUS  ', '      NAME       ']);
    expect(table[3]!.split('|').slice(2, 3)).toEqual([' started ']);
    expect(new Set(table.slice(0, -1).map(({ length }) => length)).size).toBe(1);
  });

  it('tells the status and the health of all, and of one that is down', () => {
    const terminal = new Terminal(3);
    const rows = terminal
      .run('endpoint status --cluster')
      .trim()
      .split('\n')
      .map((line) => line.split(', '));
    expect(rows.map((row) => row[8]).sort()).toEqual(['false', 'false', 'true']);
    expect(rows[0]!.slice(2, 8)).toEqual(['3.6.6', '3.6.0', '20 kB', '20 kB', '0%', '2.1 GB']);
    expect(JSON.parse(terminal.run('endpoint status -w json'))).toMatchObject([
      { Endpoint: 'https://control-plane-1:2379' },
      {},
      {},
    ]);
    expect(terminal.run('endpoint health')).toMatch(
      /control-plane-1:2379 is healthy: successfully committed proposal: took = /,
    );
    terminal.group.powerOff(2);
    expect(terminal.run('endpoint health')).toMatch(
      /control-plane-2:2379 is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster$/,
    );
    expect(terminal.run('get a --endpoints https://nowhere:2379')).toBe('Error: context deadline exceeded');
  });

  it('adds a learner, promotes it, removes it', () => {
    const terminal = new Terminal(3);
    const added = terminal.run('member add control-plane-4 --peer-urls=https://control-plane-4:2380 --learner');
    expect(added).toMatch(/^Member [0-9a-f]{16} added to cluster [0-9a-f]{16}\n\nETCD_NAME="control-plane-4"\n/);
    expect(added).toMatch(/ETCD_INITIAL_CLUSTER="control-plane-1=https:\/\/control-plane-1:2380,.*control-plane-4=/);
    const id = ids(terminal)[3]!;
    expect(terminal.run(`member promote ${id}`)).toMatch(/in sync with leader/);
    const initialCluster = [{ member: 1, process: memberProcess(1) }];
    terminal.group.addMachine(4, { member: 0, initialCluster, initialClusterState: 'existing' });
    terminal.group.advance(4 * SECOND);
    expect(terminal.run(`member promote ${id}`)).toMatch(/^Member [0-9a-f]{16} promoted in cluster/);
    expect(terminal.run(`member remove ${id}`)).toMatch(/^Member [0-9a-f]{16} removed from cluster/);
    expect(terminal.run(`member remove ${id}`)).toBe('Error: etcdserver: member not found');
    expect(terminal.run('member remove xyz')).toMatch(/^Error: bad member ID arg/);
  });

  it('moves the leader, compacts, defragments, lists and disarms alarms', () => {
    const terminal = new Terminal(3);
    const { leader } = terminal.group;
    const target = leader === 1 ? 2 : 1;
    const all = ids(terminal);
    expect(terminal.run(`move-leader ${all[target - 1]}`)).toBe(
      `Leadership transferred from ${all[leader - 1]} to ${all[target - 1]}\n`,
    );
    expect(terminal.group.leader).toBe(target);
    for (let i = 0; i < 3; i++) terminal.run(`put a ${i}`);
    expect(terminal.run('compact 3')).toBe('compacted revision 3\n');
    expect(terminal.run('compact 3')).toBe('Error: etcdserver: mvcc: required revision has been compacted');
    expect(terminal.run('defrag --cluster').trim().split('\n')[2]).toMatch(
      /^Finished defragmenting etcd member\[https:\/\/control-plane-3:2379\]\. took [0-9.]+ms$/,
    );
    expect(terminal.run('alarm list')).toBe('');
    expect(terminal.run('alarm disarm')).toBe('');
    expect(terminal.run('version')).toMatch(/^etcdctl version: 3\.6/);
  });
});

describe('snapshots', () => {
  it('backup, disaster, restore: all machines wiped, the cluster is there again, with members of a new cluster', () => {
    const terminal = new Terminal(3);
    const { group } = terminal;
    for (let i = 0; i < 20; i++) terminal.run(`put k${i} v${i}`);
    expect(terminal.run('snapshot save a.db')).toBe('Snapshot saved at a.db\nServer version 3.6.0\n');
    expect(terminal.run('snapshot status a.db')).toMatch(/^[0-9a-f]+, 21, 20, [0-9.]+ k?B, 3\.6\.0\n$/);
    expect(terminal.run('snapshot status b.db')).toBe('Error: stat b.db: no such file or directory');
    terminal.run('put late x');
    const before = group.member(1).cluster;
    for (const number of group.numbers) group.powerOff(number);
    for (const number of group.numbers) group.kernel.machine(`control-plane-${number}`).disk.files.clear();
    for (const number of group.numbers) group.powerOn(number);
    group.elect();
    expect(terminal.run('get k3')).toBe('');
    expect(terminal.run('etcdutl snapshot restore a.db --bump-revision 1000 --mark-compacted')).toMatch(
      /^restored snapshot/,
    );
    group.advance(3 * SECOND);
    group.elect();
    group.advance(SECOND);
    expect(terminal.run('get k3')).toBe('k3\nv3\n');
    expect(terminal.run('get late')).toBe('');
    expect(group.member(1).cluster).not.toBe(before);
    expect(group.member(1).store.revision).toBe(1021);
    expect(terminal.run('get k3 --rev 20')).toBe('Error: etcdserver: mvcc: required revision has been compacted');
    expect(terminal.run('put after x')).toBe('OK\n');
    expect(ids(terminal).length).toBe(3);
  });

  it('a member with data from before a restore finds no place beside the new cluster', () => {
    const terminal = new Terminal(3);
    const { group } = terminal;
    terminal.run('put a 1');
    terminal.run('snapshot save a.db');
    terminal.run('put late x');
    group.powerOff(3);
    group.advance(3 * SECOND);
    terminal.run('etcdutl snapshot restore a.db'); // the third does not answer
    group.advance(3 * SECOND);
    group.elect();
    group.advance(SECOND);
    group.powerOn(3);
    group.advance(10 * SECOND);
    expect(group.member(3).cluster).not.toBe(group.member(1).cluster);
    expect(group.member(2).cluster).toBe(group.member(1).cluster);
    expect([1, 2].flatMap((number) => group.logOf(number)).join('\n')).toContain('request cluster ID mismatch');
    expect(group.member(3).raft.role).not.toBe('leader');
    expect(terminal.run('get late')).toBe('');
    expect(terminal.run('put after x')).toBe('OK\n');
    expect(group.find(3)?.store.live.has('after')).toBe(false);
  });

  it('full and incremental backups come on a schedule, outlive the data, and are restored from', () => {
    const schedule = { fullEvery: 100 * SECOND, incrementalEvery: 10 * SECOND };
    const terminal = new Terminal(1, { backup: schedule });
    const { group } = terminal;
    terminal.run('put a 1');
    group.advance(12 * SECOND);
    terminal.run('put b 2');
    terminal.run('del a');
    group.advance(12 * SECOND);
    terminal.run('put c 3');
    group.advance(12 * SECOND);
    const { disk } = group.kernel.machine('control-plane-1');
    const backups = (): string[] => [...disk.files.keys()].filter((name) => name.startsWith('backup/')).sort();
    expect(backups().length).toBe(2);
    group.kernel.kill(memberProcess(1));
    for (const name of [...disk.files.keys()]) if (!name.startsWith('backup/')) disk.files.delete(name);
    group.advance(3 * SECOND);
    expect(terminal.run('get b')).toBe('');
    expect(terminal.run('snapshot save a.db --from-backup')).toMatch(/^Snapshot saved/);
    terminal.run('etcdutl snapshot restore a.db');
    group.advance(3 * SECOND);
    expect([terminal.run('get a'), terminal.run('get b'), terminal.run('get c')]).toEqual(['', 'b\n2\n', 'c\n3\n']);
    group.advance(350 * SECOND);
    expect(backups().filter((name) => name.endsWith('.full')).length).toBeLessThanOrEqual(2);
  });
});
