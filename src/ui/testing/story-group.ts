/** What the control planes of the made-up story tell of each other: members of etcd, API servers, Leases. */
import type { MachineRecord, ProcessRecord, RaftRecord } from '#engine/cluster/records';
import { process } from './builders';

export const MASTER_PROCESSES = [
  'etcd',
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
  'kubelet',
  'containerd',
];

/** What runs on a worker: its kubelet holds one of the API servers, the next worker's the next. */
export function workerProcesses(name: string, machines: ReadonlyMap<string, MachineRecord>): readonly ProcessRecord[] {
  const masters = [...machines.values()].filter(({ role }) => role === 'control-plane');
  const server = masters[Number(name.replace(/\D+/g, '')) % masters.length]?.name ?? 'control-plane-1';
  const connection = { server: `${server}/kube-apiserver`, state: 'open' } as const;
  return [process(name, 'kubelet', { connection }), process(name, 'kube-proxy'), process(name, 'containerd')];
}

interface Group {
  /** Machines with power. */
  readonly living: readonly string[];
  /** The leader's last index. */
  readonly end: number;
}

/** As a group would tell of itself whose first living member leads, and whose last one lags; without a majority all are candidates. */
export function standingOf(machineName: string, part: string, all: readonly string[], { living, end }: Group) {
  const nothing = { raft: null, connection: null, election: null };
  const [leader] = living;
  if (leader === undefined || !living.includes(machineName)) return nothing;
  const hasQuorum = living.length > all.length / 2;
  if (part === 'etcd') {
    const lag = machineName === living.at(-1) && machineName !== leader ? 3 : 0;
    const member = (name: string): string => `${name}/etcd`;
    const role = hasQuorum ? (machineName === leader ? 'leader' : 'follower') : 'pre-candidate';
    const raft: RaftRecord = {
      role,
      term: 2 + all.indexOf(leader),
      leader: hasQuorum ? member(leader) : null,
      lastIndex: end - lag,
      persistedIndex: end - lag,
      commitIndex: end - lag - (all.length > 1 ? 1 : 0),
      appliedIndex: end - lag - (all.length > 1 ? 1 : 0),
      voters: all.map(member),
      votes: role === 'pre-candidate' ? living.map((name) => ({ member: member(name), granted: true })) : [],
      progress:
        role !== 'leader'
          ? []
          : all
              .filter((name) => name !== leader)
              .map((name) => ({
                member: member(name),
                state: 'replicate',
                matchIndex: name === living.at(-1) ? end - 3 : end,
                inFlight: name === living.at(-1) ? 1 : 0,
                active: living.includes(name),
              })),
    };
    return { ...nothing, raft };
  }
  const connection = { server: `${machineName}/kube-apiserver`, state: 'open' } as const;
  if (part !== 'kube-scheduler' && part !== 'kube-controller-manager') return { ...nothing, connection };
  const holder = part === 'kube-scheduler' ? (living.at(-1) ?? leader) : leader;
  const phase = machineName === holder ? 'leading' : 'acquiring';
  return { ...nothing, connection, election: { lease: part, phase, holder } as const };
}
