import { describe, expect, it } from 'vitest';
import type { Fault, MachineRecord, RaftRecord } from '#engine/cluster/records';
import { emptyMirror, type Mirror } from '../state/mirror';
import { machine, process } from '../testing/builders';
import { quorumOf } from './quorum';

const name = (number: number): string => `control-plane-${number}`;

interface Given {
  readonly leader?: number;
  readonly off?: readonly number[];
  readonly down?: readonly number[];
  readonly unplugged?: readonly number[];
  readonly faults?: readonly Fault[];
}

function mirror(size: number, { leader = 0, off = [], down = [], unplugged = [], faults = [] }: Given): Mirror {
  const numbers = Array.from({ length: size }, (_, at) => at + 1);
  const machines = numbers.map((number): MachineRecord => {
    const isUp = !off.includes(number) && !down.includes(number);
    const raft: RaftRecord = {
      role: number === leader ? 'leader' : 'follower',
      term: 3,
      leader: leader === 0 ? null : `${name(leader)}/etcd`,
      lastIndex: 9,
      persistedIndex: 9,
      commitIndex: 9,
      appliedIndex: 9,
      voters: numbers.map((voter) => `${name(voter)}/etcd`),
      votes: [],
      progress: [],
    };
    return machine(name(number), {
      role: 'control-plane',
      power: off.includes(number) ? 'off' : 'on',
      cable: { in: true, out: !unplugged.includes(number) },
      processes: [
        process(name(number), 'etcd', { state: isUp ? 'running' : 'down', raft: isUp ? raft : null }),
        process(name(number), 'kubelet'),
      ],
    });
  });
  return {
    ...emptyMirror,
    machines: new Map([...machines, machine('node-1')].map((record) => [record.name, record])),
    faults: faults.map((fault, at) => ({ id: `${at}`, at, fault })),
  };
}

const cut = (from: readonly number[], to: readonly number[]): Fault => ({
  type: 'partition',
  from: from.map(name),
  to: to.map(name),
});

describe('the etcd group as a whole', () => {
  it.each<[string, number, Given, object]>([
    ['led', 3, { leader: 2 }, { state: 'led', alive: 3, needed: 2, leader: 'control-plane-2', term: 3 }],
    ['led by the rest', 3, { leader: 2, off: [1] }, { state: 'led', alive: 2, off: 'control-plane-1' }],
    ['not agreed yet', 3, { off: [1] }, { state: 'electing', leader: '' }],
    ['lost with the power of two', 3, { off: [1, 2] }, { state: 'lost', alive: 1, needed: 2 }],
    ['lost although their machines run', 3, { down: [1, 2] }, { state: 'lost', off: '' }],
    ['four cut two and two', 4, { faults: [cut([1, 2], [3, 4])] }, { state: 'parted', alive: 4, needed: 3 }],
    ['four cut one and three', 4, { leader: 3, faults: [cut([1], [2, 3, 4])] }, { state: 'led' }],
    ['led by one on the wrong side', 3, { leader: 1, faults: [cut([1], [2, 3])] }, { state: 'electing', leader: '' }],
    ['two without a cable', 3, { unplugged: [1, 2] }, { state: 'parted' }],
    ['all gone', 3, { off: [1, 2, 3] }, { state: 'lost', alive: 0, members: 3 }],
  ])('%s', (_case, size, given, expected) => {
    expect(quorumOf(mirror(size, given))).toMatchObject(expected);
  });

  it('is nothing to speak of where a member is alone', () => {
    expect(quorumOf(mirror(1, { leader: 1 }))).toBeNull();
  });
});
