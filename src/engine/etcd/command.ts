/** What an entry of the log holds: a proposal, and who waits for it. */
import type { EventId } from '#engine/kernel/process';
import { confChangeOf } from './members';
import type { Entry, Payload } from './raft/messages';
import { txnBytes } from './txn';
import type { Proposal } from './wire';

/** The data of an entry. Frozen. */
export interface Command {
  readonly proposal: Proposal;
  /** Who waits for it, unique over members and restarts; `''` for nobody. */
  readonly proposer: string;
  /** The event that the proposal was made in. */
  readonly cause: EventId;
}

const SMALL_BYTES = 64;

export function payloadOf(proposal: Proposal, proposer: string, cause: EventId): Payload {
  const data: Command = Object.freeze({ proposal, proposer, cause });
  return {
    data,
    change: proposal.type === 'etcd/member-change' ? confChangeOf(proposal) : null,
    bytes: proposal.type === 'etcd/txn' ? txnBytes(proposal) : SMALL_BYTES,
  };
}

/** Null for the empty entry with which a leader begins its term. */
export const commandOf = (entry: Entry): Command | null => entry.data as Command | null;
