/** How processes stand towards each other: an etcd member in its group, a client to its API server, a candidate to its Lease. */
import type { Client } from '#engine/client/client';
import { serverOf } from '#engine/client/connection';
import type { Election } from '#engine/client/leader-election';
import { lastIndex } from '#engine/etcd/raft/log';
import type { Progress } from '#engine/etcd/raft/progress';
import type { Raft } from '#engine/etcd/raft/state';
import type { EtcdState } from '#engine/etcd/state';
import type { ProcessId } from '#engine/kernel/process';
import type { ConnectionRecord, ElectionRecord, RaftRecord } from '../records';

/** A member as Raft has it. */
export function raftRecord(self: ProcessId, { raft, membership, peers }: EtcdState): RaftRecord {
  const { log, conf, role, term } = raft;
  const processOf = (id: number): ProcessId =>
    id === raft.id ? self : (membership.byId.get(id)?.process ?? peers.get(id)?.process ?? `member ${id}`);
  return {
    role: conf.learners.includes(raft.id) ? 'learner' : role,
    term,
    leader: raft.leader === 0 ? null : processOf(raft.leader),
    lastIndex: lastIndex(log),
    persistedIndex: log.stable,
    commitIndex: log.committed,
    appliedIndex: log.applied,
    voters: conf.voters.map(processOf),
    votes:
      role === 'candidate' || role === 'pre-candidate'
        ? [...raft.votes].map(([id, granted]) => ({ member: processOf(id), granted }))
        : [],
    progress: role === 'leader' ? raft.progress.flatMap((progress) => progressRecord(raft, progress, processOf)) : [],
  };
}

const progressRecord = (
  raft: Raft,
  { id, state, match, inFlight, recentActive }: Progress,
  processOf: (id: number) => ProcessId,
): RaftRecord['progress'] =>
  id === raft.id
    ? []
    : [{ member: processOf(id), state, matchIndex: match, inFlight: inFlight.length, active: recentActive }];

export const connectionRecord = (client: Client): ConnectionRecord => ({
  server: serverOf(client),
  state: client.connection.state,
});

/** @source client-go tools/leaderelection (identities are `<hostname>_<uuid>`) */
export function electionRecord({ settings, phase, observed }: Election): ElectionRecord {
  const identity = observed?.spec?.holderIdentity ?? '';
  const end = identity.indexOf('_');
  const holder = end < 0 ? identity : identity.slice(0, end);
  return { lease: settings.name, phase, holder: holder === '' ? null : holder };
}
