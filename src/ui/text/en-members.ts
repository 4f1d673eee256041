/** What the stage says of several control planes: members of etcd, Leases, API servers. */
import type { ProgressRecord, RaftRecord } from '#engine/cluster/records';
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
