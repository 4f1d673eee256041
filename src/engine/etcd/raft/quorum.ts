/**
 * Majorities. A configuration is one list of voters, or, while two overlap (joint consensus), two: then both must agree.
 *
 * @source etcd-io/raft quorum/majority.go, quorum/joint.go
 */
import type { MemberId } from './messages';

export type Voters = readonly (readonly MemberId[])[];
export type VoteResult = 'won' | 'pending' | 'lost';

/** Voters that a decision takes. */
export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** The largest index that a majority of each list has acknowledged; `Infinity` for no voters. */
export function committedIndex(config: Voters, acknowledged: (id: MemberId) => number): number {
  let committed = Infinity;
  for (const voters of config) {
    if (voters.length === 0) continue;
    const sorted = voters.map(acknowledged).sort((a, b) => b - a);
    committed = Math.min(committed, sorted[quorumOf(voters.length) - 1]!);
  }
  return committed;
}

/** What becomes of an election, as far as the votes have come. A list without voters agrees. */
export function voteResult(config: Voters, votes: ReadonlyMap<MemberId, boolean>): VoteResult {
  let result: VoteResult = 'won';
  for (const voters of config) {
    if (voters.length === 0) continue;
    const yes = voters.filter((id) => votes.get(id) === true).length;
    const missing = voters.filter((id) => !votes.has(id)).length;
    const quorum = quorumOf(voters.length);
    if (yes + missing < quorum) return 'lost';
    if (yes < quorum) result = 'pending';
  }
  return result;
}
