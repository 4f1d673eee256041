/** What is said of the etcd group as a whole. */
export const enGroup = {
  name: 'etcd',
  led: (machine: string, term: number) => `${machine} leads · term ${term}`,
  electing: (term: number) => `nobody leads: an election is under way · term ${term}`,
  members: (alive: number, all: number) => `${alive} of ${all} members`,
  spare: (members: number) =>
    members === 0 ? 'no more may be lost' : `${members === 1 ? 'one' : members} may be lost`,
  append: 'append',
  vote: 'vote',
  lost: (gone: number, all: number) =>
    `${gone} of ${all} members are gone: nothing can be written; running pods go on.`,
  powerOn: (missing: number) => `Power on ${missing === 1 ? 'one control plane' : `${missing} control planes`}.`,
  wait: 'It takes up work again once enough of them run.',
  parted: (needed: number, all: number) =>
    `No ${needed} of ${all} members reach each other: nobody leads and nothing can be written; running pods go on.`,
  healCut: 'Heal the cut',
  cut: (one: string, other: string) => `Cut the network between ${one} and ${other}`,
  mend: (one: string, other: string) => `Mend the network between ${one} and ${other}`,
};

/** What is said of the faults of a machine's disk and memory. */
export const enMachineFaults = {
  do: {
    'disk-full': 'Fill the disk',
    'disk-slow': 'Slow the disk down',
    'disk-corrupt': 'Corrupt etcd’s log',
    'memory-pressure': 'Take its memory',
  },
  undo: {
    'disk-full': 'Empty the disk',
    'disk-slow': 'Full speed again',
    'disk-corrupt': 'Repair etcd’s log',
    'memory-pressure': 'Give memory back',
  },
  notice: {
    'disk-full': (machine: string) => `The disk of ${machine} is full: nothing can be written there.`,
    'disk-slow': (machine: string) => `Each sync of ${machine}'s disk takes more than a second.`,
    'disk-corrupt': (machine: string) => `etcd's log on ${machine} is corrupt. It will notice when it starts next.`,
    'memory-pressure': (machine: string) =>
      `All but 50 MiB of ${machine}'s memory is taken. Its kubelet looks every ten seconds.`,
  },
  wipeEtcd: 'Delete etcd’s data',
  etcdWiped: (machine: string) =>
    `etcd on ${machine} has forgotten everything. Among others it may not come back as who it was: take the machine away and add a control plane.`,
} satisfies Record<'do' | 'undo' | 'notice', Readonly<Record<MachineFault, unknown>>> & Record<string, unknown>;

/** What the stage says of several control planes: members of etcd, Leases, API servers. */
import type { ProgressRecord, RaftRecord } from '#engine/cluster/records';
import type { MachineFault } from '../state/machine-faults';
import { count, sentences } from './en-grammar';

export const enMembers = {
  logIndex: 'log',
  commitIndex: 'commit',
  role: {
    leader: 'leader',
    follower: 'follower',
    candidate: 'candidate',
    'pre-candidate': 'pre-candidate',
    learner: 'learner',
  } satisfies Record<RaftRecord['role'], string>,
  term: (term: number) => `term ${term}`,
  logTail: ({ lastIndex, commitIndex, appliedIndex }: RaftRecord) =>
    `Log up to ${lastIndex}, committed up to ${commitIndex}, applied up to ${appliedIndex}`,
  logTo: (index: number) => `log ${index}`,
  committedTo: (index: number) => `commit ${index}`,
  follows: (machine: string) => `follows ${machine}`,
  noLeader: 'knows no leader',
  votes: (granted: number, voters: number) => `votes ${granted}/${voters}`,
  vote: (member: string, granted: boolean | undefined) =>
    `${member}: ${granted === undefined ? 'has not answered' : granted ? 'voted for it' : 'voted against it'}`,
  progress: ({ state, matchIndex, inFlight, active }: ProgressRecord, member: string) =>
    sentences(
      `${member}: has the log up to ${matchIndex}`,
      inFlight > 0 ? count(inFlight, 'append in flight', 'appends in flight') : null,
      state === 'snapshot' ? 'is sent a snapshot' : null,
      active ? null : 'silent',
    ),
  leads: 'leads',
  waitsFor: (holder: string | null) => (holder === null ? 'waits for the lease' : `${holder} leads`),
  by: (machine: string) => `by ${machine}`,
  work: (watches: number, writes: string) => `${count(watches, 'watch', 'watches')} · ${writes}/s`,
  writesAt: (writes: string) => `${writes} writes per second`,
  controllers: 'Controllers',
};
