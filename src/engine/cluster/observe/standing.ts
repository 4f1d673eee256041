/** How processes stand towards each other: an etcd member in its group, a client to its API server, a candidate to its Lease. */
import type { Client } from '#engine/client/client';
import { serverOf } from '#engine/client/connection';
import type { Election } from '#engine/client/leader-election';
import type { EtcdState } from '#engine/etcd/etcd';
import type { ProcessId } from '#engine/kernel/process';
import type { ConnectionRecord, ElectionRecord, RaftRecord } from '../records';

/** A member that is alone leads: what its disk holds is committed. */
export function raftRecord(member: ProcessId, { log }: EtcdState): RaftRecord {
  const { term, lastIndex, persistedIndex, commitIndex, appliedIndex } = log;
  return {
    role: 'leader',
    term,
    leader: member,
    lastIndex,
    persistedIndex,
    commitIndex,
    appliedIndex,
    voters: [member],
    votes: [],
    progress: [],
  };
}

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
