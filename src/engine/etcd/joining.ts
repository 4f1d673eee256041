/**
 * How a member finds out who it is before it takes part. One of a new cluster asks the others whether the cluster has seen it before:
 * with an empty disk it may not vote a second time. One that was added to a running cluster asks who it is in it.
 *
 * @source etcd server/etcdserver/bootstrap.go (bootstrapNewClusterNoWAL, bootstrapExistingClusterNoWAL, isMemberBootstrapped)
 */
import type { Message, ProcessId } from '#engine/kernel/process';
import type { EtcdState } from './state';
import type { Identity } from './wal';
import type { Member } from './wire';

export interface Hello extends Message {
  readonly type: 'etcd/hello';
}
export interface HelloAnswer extends Message {
  readonly type: 'etcd/hello-answer';
  /** Null from one that does not know itself yet. */
  readonly group: {
    readonly cluster: number;
    readonly genesis: readonly Member[];
    readonly members: readonly Member[];
  } | null;
}

export function helloAnswer({ joining, cluster, membership, genesis }: EtcdState): HelloAnswer {
  const group = joining === null ? { cluster, genesis, members: Object.freeze([...membership.byId.values()]) } : null;
  return { type: 'etcd/hello-answer', group };
}

/** Who this process is in a group that answered, or null when it is nobody there. */
export function identityIn({ group }: HelloAnswer, self: ProcessId): { identity: Identity; isKnown: boolean } | null {
  const member = group?.members.find(({ process }) => process === self);
  if (group === null || member === undefined) return null;
  return {
    identity: { member: member.id, cluster: group.cluster, genesis: group.genesis },
    isKnown: member.name !== '',
  };
}
