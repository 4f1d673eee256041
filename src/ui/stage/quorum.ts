/** How the etcd group as a whole stands: who leads, and if nobody can, why. Pure; read from what the machines really do. */
import type { FaultRecord, MachineRecord, RaftRecord } from '#engine/cluster/records';
import type { Mirror } from '../state/mirror';
import { machineOf } from './raft-view';

export interface Quorum {
  /** `led`; `electing`: a majority is there and has not agreed yet; `lost`: too few run; `parted`: too few reach each other. */
  readonly state: 'led' | 'electing' | 'lost' | 'parted';
  readonly members: number;
  readonly alive: number;
  /** How many are a majority. */
  readonly needed: number;
  /** The leader's machine; empty: nobody leads. */
  readonly leader: string;
  readonly term: number;
  /** A machine of the group without power; empty: all have it. */
  readonly off: string;
}

interface Member {
  readonly machine: MachineRecord;
  readonly raft: RaftRecord | null;
  readonly isAlive: boolean;
}

function membersOf(machines: ReadonlyMap<string, MachineRecord>): readonly Member[] {
  const members: Member[] = [];
  for (const machine of machines.values()) {
    const etcd = machine.role === 'control-plane' ? machine.processes.find(({ name }) => name === 'etcd') : undefined;
    if (etcd) members.push({ machine, raft: etcd.raft, isAlive: machine.power === 'on' && etcd.state === 'running' });
  }
  return members;
}

/** The fault is a cut between two machines, or between their zones. */
export const separates = ({ fault }: FaultRecord, one: MachineRecord, other: MachineRecord): boolean => {
  if (fault.type !== 'partition') return false;
  const has = (side: readonly string[], { name, zone }: MachineRecord): boolean =>
    side.includes(name) || side.includes(zone);
  return (has(fault.from, one) && has(fault.to, other)) || (has(fault.from, other) && has(fault.to, one));
};

const isPlugged = ({ cable }: MachineRecord): boolean => cable.in && cable.out;

/** The group's standing; null for a group of one. */
export function quorumOf({ machines, faults }: Mirror): Quorum | null {
  const all = membersOf(machines);
  const rafts = all.flatMap(({ raft }) => raft ?? []).sort((a, b) => b.term - a.term || b.commitIndex - a.commitIndex);
  const voters = rafts[0]?.voters.map(machineOf);
  const group = voters ? all.filter(({ machine }) => voters.includes(machine.name)) : all;
  const members = voters?.length ?? all.length;
  if (members < 2) return null;
  const needed = Math.floor(members / 2) + 1;
  const living = group.filter(({ isAlive }) => isAlive);
  const reached = ({ machine }: Member): number =>
    living.filter(
      (other) =>
        other.machine === machine ||
        (isPlugged(machine) &&
          isPlugged(other.machine) &&
          !faults.some((fault) => separates(fault, machine, other.machine))),
    ).length;
  const term = rafts[0]?.term ?? 0;
  const leader = living.find(({ raft }) => raft?.role === 'leader' && raft.term === term);
  const isLed = leader !== undefined && reached(leader) >= needed;
  const state = isLed
    ? 'led'
    : living.length < needed
      ? 'lost'
      : living.every((member) => reached(member) < needed)
        ? 'parted'
        : 'electing';
  return {
    state,
    members,
    alive: living.length,
    needed,
    leader: isLed ? leader.machine.name : '',
    term,
    off: group.find(({ machine }) => machine.power === 'off')?.machine.name ?? '',
  };
}
