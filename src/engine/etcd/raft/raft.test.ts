// long: one section of the paper after the other
import { describe, expect, it } from 'vitest';
import { lastIndex } from './log';
import { type Append, type Entry, type MemberId, NOBODY, type RaftMessage, type VoteAnswer } from './messages';
import { committedIndex, type Voters, type VoteResult, voteResult } from './quorum';
import {
  applied,
  applyChange,
  committedEntries,
  compact,
  electNow,
  persisted,
  propose,
  readIndex,
  step,
  takeReady,
  tick,
  ticksUntilDue,
  transferLeader,
} from './raft';
import { MAX_IN_FLIGHT } from './progress';
import type { Raft } from './state';
import { member, sent, termsOf } from './testing';

const payload = (data: string, bytes = 1) => ({ data, change: null, bytes });
const vote = (from: MemberId, to: MemberId, term: number, granted: boolean): VoteAnswer => ({
  type: 'raft/vote-answer',
  group: 1,
  from,
  to,
  term,
  reject: !granted,
});
const append = (term: number, index: number, logTerm: number, entries: Entry[], commit = 0): Append => ({
  type: 'raft/append',
  group: 1,
  from: 2,
  to: 1,
  term,
  index,
  logTerm,
  entries,
  commit,
});
const answered = (raft: Raft, from: MemberId, index: number): void => {
  step(raft, {
    type: 'raft/append-answer',
    group: 1,
    from,
    to: raft.id,
    term: raft.term,
    index,
    reject: false,
    hint: 0,
    hintTerm: 0,
  });
};
const typesOf = (messages: readonly RaftMessage[]): string[] => messages.map(({ type, to }) => `${type} ${to}`);
const numbered = (from: number, ...terms: number[]): Entry[] =>
  terms.map((term, at) => ({ index: from + at, term, data: null, change: null, bytes: 1 }));

/** Member 1 of `size`, elected by all, with its first entry acknowledged by all. */
function leaderOf(size: number, start: Parameters<typeof member>[2] = {}): Raft {
  const raft = member(1, size, start);
  electNow(raft);
  for (let id = 2; id <= size; id++) step(raft, vote(id, 1, raft.term, true));
  sent(raft);
  for (let id = 2; id <= size; id++) answered(raft, id, lastIndex(raft.log));
  sent(raft);
  applied(raft, raft.log.committed);
  return raft;
}

describe('§5.1 terms', () => {
  it('a follower, candidate or leader that sees a later term becomes a follower of it', () => {
    for (const make of [() => member(1, 3), () => candidate(3), () => leaderOf(3)]) {
      const raft = make();
      step(raft, append(9, 0, 0, []));
      expect([raft.role, raft.term, raft.leader]).toEqual(['follower', 9, 2]);
    }
  });

  it('ignores messages of an earlier term', () => {
    const raft = member(1, 3, { term: 2 });
    step(raft, append(1, 0, 0, numbered(1, 1)));
    expect(termsOf(raft)).toEqual([]);
    expect(sent(raft)).toEqual([]);
  });

  it('with check quorum it lets a leader of an earlier term know that it is one', () => {
    const raft = member(1, 3, { term: 2, checkQuorum: true });
    step(raft, append(1, 0, 0, []));
    expect(sent(raft)).toMatchObject([{ type: 'raft/append-answer', term: 2, to: 2 }]);
  });
});

function candidate(size: number): Raft {
  const raft = member(1, size);
  electNow(raft);
  sent(raft);
  return raft;
}

describe('§5.2 leader election', () => {
  // raft_paper_test.go TestLeaderElectionInOneRoundRPC (R1)
  it.each<[number, [MemberId, boolean][], string]>([
    [1, [], 'leader'],
    [3, [[2, true]], 'leader'],
    [3, [], 'candidate'],
    [
      3,
      [
        [2, false],
        [3, false],
      ],
      'follower',
    ],
    [
      5,
      [
        [2, true],
        [3, true],
      ],
      'leader',
    ],
    [5, [[2, true]], 'candidate'],
    [
      5,
      [
        [2, true],
        [3, false],
        [4, false],
        [5, false],
      ],
      'follower',
    ],
  ])('of %i members, votes %j: %s', (size, votes, role) => {
    const raft = candidate(size);
    for (const [from, granted] of votes) step(raft, vote(from, 1, 1, granted));
    expect([raft.role, raft.term]).toEqual([role, 1]);
  });

  // raft_paper_test.go TestFollowerVote (R2)
  it.each<[MemberId, MemberId, boolean]>([
    [NOBODY, 2, true],
    [NOBODY, 3, true],
    [2, 2, true],
    [3, 3, true],
    [2, 3, false],
    [3, 2, false],
  ])('a follower that voted for %i, asked by %i: granted %s', (voted, from, granted) => {
    const raft = member(1, 3, { term: 1, vote: voted });
    step(raft, { type: 'raft/vote', group: 1, from, to: 1, term: 1, index: 0, logTerm: 0, transfer: false });
    expect(sent(raft)).toMatchObject([{ type: 'raft/vote-answer', to: from, term: 1, reject: !granted }]);
  });

  it('a follower stands for election after 10 to 19 ticks without a leader, not all at the same time', () => {
    const timeouts = new Set<number>();
    for (let id = 1; id <= 50; id++) {
      const due = ticksUntilDue(member(id, 50));
      expect(due).toBeGreaterThanOrEqual(10);
      expect(due).toBeLessThan(20);
      timeouts.add(due);
    }
    expect(timeouts.size).toBeGreaterThan(7);
  });

  it('a candidate asks everybody, and gives way to a leader of its term', () => {
    const raft = member(1, 3, { terms: [1], term: 1 });
    for (let ticks = 0; ticks < 20; ticks++) tick(raft);
    expect(sent(raft)).toMatchObject([
      { type: 'raft/vote', to: 2, term: 2, index: 1, logTerm: 1 },
      { type: 'raft/vote', to: 3, term: 2, index: 1, logTerm: 1 },
    ]);
    step(raft, append(2, 1, 1, []));
    expect([raft.role, raft.leader]).toEqual(['follower', 2]);
  });

  it('a vote is on the disk before anybody hears of it', () => {
    const raft = member(1, 3);
    step(raft, { type: 'raft/vote', group: 1, from: 2, to: 1, term: 1, index: 0, logTerm: 0, transfer: false });
    expect(takeReady(raft)).toMatchObject({
      hard: { term: 1, vote: 2 },
      mustSync: true,
      messages: [],
      afterSync: [{ type: 'raft/vote-answer', reject: false }],
    });
  });

  it('a leader sends heartbeats at every tick', () => {
    const raft = leaderOf(3);
    expect(ticksUntilDue(raft)).toBe(1);
    tick(raft);
    expect(typesOf(sent(raft))).toEqual(['raft/heartbeat 2', 'raft/heartbeat 3']);
  });

  it('one that leads alone needs no clock', () => {
    expect(ticksUntilDue(leaderOf(1))).toBe(Infinity);
  });
});

describe('§5.3 log replication', () => {
  it('a leader sends a proposal to all, and commits it when a majority has it', () => {
    const raft = leaderOf(3);
    propose(raft, [payload('a')]);
    const ready = takeReady(raft)!;
    expect(typesOf(ready.messages)).toEqual(['raft/append 2', 'raft/append 3']);
    expect(ready.entries.map(({ data }) => data)).toEqual(['a']);
    answered(raft, 2, 2);
    expect(committedEntries(raft)).toEqual([]);
    persisted(raft, ready);
    expect(committedEntries(raft).map(({ data }) => data)).toEqual(['a']);
  });

  it('what gathers between two takes goes in one append', () => {
    const raft = leaderOf(3);
    for (let i = 0; i < 10; i++) propose(raft, [payload(`${i}`)]);
    const ready = takeReady(raft)!;
    expect(ready.messages.map((message) => message.type === 'raft/append' && message.entries.length)).toEqual([10, 10]);
  });

  // raft_paper_test.go TestFollowerAppendEntries (R5)
  it.each<[number, number, Entry[], number[]]>([
    [2, 2, numbered(3, 3), [1, 2, 3]],
    [1, 1, numbered(2, 3, 4), [1, 3, 4]],
    [0, 0, numbered(1, 1), [1, 2]],
    [0, 0, numbered(1, 3), [3]],
  ])('a follower with terms 1, 2 gets entries after (%i, term %i)', (index, logTerm, entries, terms) => {
    const raft = member(1, 3, { terms: [1, 2], term: 2 });
    step(raft, append(2, index, logTerm, entries));
    expect(termsOf(raft)).toEqual(terms);
  });

  // raft_paper_test.go TestFollowerCheckMsgApp (R6)
  it.each<[number, number, object]>([
    [0, 0, { index: 1, reject: false }],
    [1, 1, { index: 1, reject: false }],
    [2, 2, { index: 2, reject: false }],
    [2, 1, { index: 2, reject: true, hint: 1, hintTerm: 1 }],
    [3, 3, { index: 3, reject: true, hint: 2, hintTerm: 2 }],
  ])('a follower with terms 1, 2, the first committed, is asked about (%i, term %i)', (index, logTerm, answer) => {
    const raft = member(1, 3, { terms: [1, 2], term: 2, commit: 1 });
    step(raft, append(2, index, logTerm, []));
    expect(sent(raft)).toMatchObject([{ type: 'raft/append-answer', to: 2, term: 2, ...answer }]);
  });

  // raft_paper_test.go TestLeaderSyncFollowerLog: the logs of Figure 7
  const LEADER = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  it.each<[string, number[]]>([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('a leader makes the follower (%s) of Figure 7 like itself', (_, terms) => {
    const leader = member(1, 3, { term: 8, terms: LEADER, commit: 3 });
    const follower = member(2, 3, { term: 7, terms, commit: 3 });
    electNow(leader);
    step(leader, vote(3, 1, 9, true));
    let rounds = 0;
    for (let mail = sent(leader); mail.length > 0 && rounds < 20; rounds++) {
      for (const message of mail) if (message.to === 2) step(follower, message);
      for (const message of sent(follower)) step(leader, message);
      mail = sent(leader);
    }
    expect(termsOf(follower)).toEqual([...LEADER, 9]);
    expect(rounds).toBeLessThan(8);
  });

  it('the hint skips a whole term of conflicts at once', () => {
    const follower = member(1, 3, { terms: [1, ...Array<number>(500).fill(2)], term: 2 });
    step(follower, append(9, 501, 8, []));
    const [answer] = sent(follower);
    expect(answer).toMatchObject({ reject: true, index: 501, hint: 501, hintTerm: 2 });
    const leader = leaderOf(2, { terms: [1, ...Array<number>(500).fill(3)], term: 8 });
    expect(leader.term).toBe(9);
    leader.progress[1]!.match = 0;
    leader.progress[1]!.state = 'probe';
    leader.progress[1]!.next = 502;
    step(leader, { ...answer!, from: 2, to: 1, term: 9 });
    expect(leader.progress[1]!.next).toBe(2);
  });

  it('sends ahead of the answers, and no further than its window', () => {
    const raft = leaderOf(2);
    for (let i = 0; i < MAX_IN_FLIGHT + 10; i++) {
      propose(raft, [payload('x')]);
      sent(raft);
    }
    const follower = raft.progress[1]!;
    expect([follower.inFlight.length, follower.next]).toEqual([MAX_IN_FLIGHT, MAX_IN_FLIGHT + 2]);
    answered(raft, 2, 100);
    expect(follower.inFlight.length).toBe(MAX_IN_FLIGHT - 99);
    expect(sent(raft).some(({ type }) => type === 'raft/append')).toBe(true);
    expect(follower.next).toBe(lastIndex(raft.log) + 1);
  });

  it('an append holds 1 MiB of entries, or one that is larger', () => {
    const raft = leaderOf(2);
    for (const bytes of [600_000, 600_000, 1_200_000, 10, 10]) propose(raft, [payload('x', bytes)]);
    const sizes = sent(raft).map((message) => (message.type === 'raft/append' ? message.entries.length : 0));
    expect(sizes).toEqual([1, 1, 1, 2]);
  });

  it('an append that got lost is sent again after the next heartbeat', () => {
    const raft = leaderOf(2);
    propose(raft, [payload('lost')]);
    sent(raft);
    tick(raft);
    sent(raft);
    step(raft, { type: 'raft/heartbeat-answer', group: 1, from: 2, to: 1, term: 1, read: 0 });
    expect(sent(raft)).toMatchObject([{ type: 'raft/append', index: 2, entries: [] }]);
    step(raft, {
      type: 'raft/append-answer',
      group: 1,
      from: 2,
      to: 1,
      term: 1,
      index: 2,
      reject: true,
      hint: 1,
      hintTerm: 1,
    });
    expect(sent(raft)).toMatchObject([{ type: 'raft/append', index: 1, entries: [{ data: 'lost' }] }]);
  });

  it('a follower hands proposals to its leader, and drops them while it knows none', () => {
    const raft = member(1, 3, { term: 1 });
    expect(propose(raft, [payload('a')])).toBe(false);
    step(raft, append(1, 0, 0, []));
    sent(raft);
    expect(propose(raft, [payload('a')])).toBe(true);
    expect(sent(raft)).toMatchObject([{ type: 'raft/propose', to: 2, payloads: [{ data: 'a' }] }]);
  });
});

describe('§5.4.1 election restriction', () => {
  // raft_paper_test.go TestVoter (R3)
  it.each<[number[], number, number, boolean]>([
    [[1], 1, 1, true],
    [[1], 1, 2, true],
    [[1, 1], 1, 1, false],
    [[1], 2, 1, true],
    [[1], 2, 2, true],
    [[1, 1], 2, 1, true],
    [[2], 1, 1, false],
    [[2], 1, 2, false],
    [[2, 2], 1, 1, false],
    [[1, 1], 1, 1, false],
  ])('a voter with terms %j, candidate with last term %i at %i: granted %s', (terms, logTerm, index, granted) => {
    const raft = member(1, 2, { terms, term: 2 });
    step(raft, { type: 'raft/vote', group: 1, from: 2, to: 1, term: 3, index, logTerm, transfer: false });
    expect(sent(raft)).toMatchObject([{ type: 'raft/vote-answer', term: 3, reject: !granted }]);
  });
});

describe('§5.4.2 committing entries from previous terms', () => {
  // raft_paper_test.go TestLeaderOnlyCommitsLogFromCurrentTerm (R4)
  it.each([
    [1, 0],
    [2, 0],
    [3, 3],
  ])('a leader of term 3 with entries of 1 and 2: acknowledged up to %i, committed %i', (index, commit) => {
    const raft = member(1, 2, { terms: [1, 2], term: 2 });
    electNow(raft);
    step(raft, vote(2, 1, 3, true));
    sent(raft);
    answered(raft, 2, index);
    expect([raft.term, raft.log.committed]).toEqual([3, commit]);
  });
});

describe('majorities', () => {
  // quorum/testdata/majority_commit.txt (R7)
  it.each<[(number | null)[], number]>([
    [[12, 5, 6], 6],
    [[12, 5, 4], 5],
    [[5, 5, null], 5],
    [[100, 101, 103], 101],
    [[12, 5], 5],
    [[], Infinity],
  ])('acknowledged %j: committed %i', (acknowledged, committed) => {
    const voters = acknowledged.map((_, at) => at);
    expect(committedIndex([voters], (id) => acknowledged[id] ?? 0)).toBe(committed);
  });

  const votesOf = (letters: string): Map<MemberId, boolean> =>
    new Map(letters.split('').flatMap((letter, at) => (letter === '_' ? [] : [[at + 1, letter === 'y'] as const])));
  // quorum/testdata/majority_vote.txt (R8), joint_vote.txt (R9)
  it.each<[Voters, string, VoteResult]>([
    [[[1, 2]], 'yn', 'lost'],
    [[[1, 2, 3]], 'yy_', 'won'],
    [[[1, 2, 3]], 'yn_', 'pending'],
    [[[1, 2, 3]], 'nn_', 'lost'],
    [
      [
        [1, 2, 3],
        [2, 3, 4],
      ],
      '_yy_',
      'won',
    ],
    [
      [
        [1, 2, 3],
        [2, 3, 4],
      ],
      'yy__',
      'pending',
    ],
    [
      [
        [1, 2, 3],
        [2, 3, 4],
      ],
      '_nn_',
      'lost',
    ],
    [[[]], '', 'won'],
  ])('voters %j, votes %s: %s', (voters, votes, result) => {
    expect(voteResult(voters, votesOf(votes))).toBe(result);
  });
});

describe('§7 log compaction', () => {
  it('a member whose entries are gone gets a snapshot, then what follows it', () => {
    const raft = leaderOf(3);
    for (let i = 0; i < 10; i++) propose(raft, [payload(`${i}`)]);
    sent(raft);
    answered(raft, 2, 11);
    applied(raft, 11);
    compact(raft, 8);
    answered(raft, 3, 3);
    raft.progress[2]!.state = 'probe';
    raft.progress[2]!.next = 4;
    expect(sent(raft).filter(({ to }) => to === 3)).toMatchObject([{ type: 'raft/snapshot', snapshot: null }]);
    expect(raft.progress[2]).toMatchObject({ state: 'snapshot', pendingSnapshot: 11 });
    propose(raft, [payload('later')]);
    expect(sent(raft).filter(({ to }) => to === 3)).toEqual([]);
    answered(raft, 3, 11);
    expect(raft.progress[2]!.state).toBe('replicate');
    expect(sent(raft).filter(({ to }) => to === 3)).toMatchObject([{ type: 'raft/append', index: 11 }]);
  });

  it('a follower takes in a snapshot once, with the members that it names', () => {
    const raft = member(1, 3, { terms: [1], term: 1 });
    const snapshot = { index: 9, term: 2, conf: { voters: [1, 2, 4], learners: [] }, data: 's', bytes: 1 };
    step(raft, { type: 'raft/snapshot', group: 1, from: 2, to: 1, term: 2, snapshot });
    const ready = takeReady(raft)!;
    expect(ready).toMatchObject({ snapshot, mustSync: true, afterSync: [{ type: 'raft/append-answer', index: 9 }] });
    expect([raft.log.base, raft.log.committed, lastIndex(raft.log)]).toEqual([9, 9, 9]);
    expect(raft.conf.voters).toEqual([1, 2, 4]);
    persisted(raft, ready);
    applied(raft, 9);
    step(raft, { type: 'raft/snapshot', group: 1, from: 2, to: 1, term: 2, snapshot });
    expect(takeReady(raft)).toMatchObject({ snapshot: null, afterSync: [{ index: 9 }] });
  });

  it('a snapshot that nobody acknowledged for three election timeouts is sent again', () => {
    const raft = leaderOf(2);
    compact(raft, 1);
    raft.progress[1]!.match = 0;
    raft.progress[1]!.next = 1;
    raft.progress[1]!.state = 'probe';
    sent(raft);
    const again = (): boolean => {
      tick(raft);
      step(raft, { type: 'raft/heartbeat-answer', group: 1, from: 2, to: 1, term: 1, read: 0 });
      return sent(raft).some(({ type }) => type === 'raft/snapshot');
    };
    let ticks = 1;
    while (!again()) ticks++;
    expect(ticks).toBe(30);
  });
});

describe('§8 client interaction', () => {
  it('a linearizable read waits for a round of heartbeats (thesis §6.4)', () => {
    const raft = leaderOf(3);
    readIndex(raft, 7);
    expect(sent(raft)).toMatchObject([
      { type: 'raft/heartbeat', to: 2, read: 1 },
      { type: 'raft/heartbeat', to: 3, read: 1 },
    ]);
    expect(raft.readStates).toEqual([]);
    step(raft, { type: 'raft/heartbeat-answer', group: 1, from: 3, to: 1, term: 1, read: 1 });
    expect(raft.readStates).toEqual([{ read: 7, index: 1 }]);
  });

  it('a new leader answers no read before it has committed in its own term', () => {
    const raft = member(1, 3, { terms: [1], term: 1, commit: 1 });
    electNow(raft);
    sent(raft);
    step(raft, vote(2, 1, 2, true));
    readIndex(raft, 7);
    expect(typesOf(sent(raft))).toEqual(['raft/append 2', 'raft/append 3']);
    answered(raft, 2, 2);
    expect(sent(raft).filter(({ type }) => type === 'raft/heartbeat')).toMatchObject([{ read: 1 }, { read: 1 }]);
    step(raft, { type: 'raft/heartbeat-answer', group: 1, from: 2, to: 1, term: 2, read: 1 });
    expect(raft.readStates).toEqual([{ read: 7, index: 2 }]);
  });

  it('a follower asks its leader, who answers by the same round for all who asked before', () => {
    const raft = leaderOf(3);
    for (const read of [5, 6]) step(raft, { type: 'raft/read-index', group: 1, from: 2, to: 1, term: 1, read });
    expect(typesOf(sent(raft))).toEqual(['raft/heartbeat 2', 'raft/heartbeat 3']);
    step(raft, { type: 'raft/heartbeat-answer', group: 1, from: 3, to: 1, term: 1, read: 2 });
    expect(sent(raft)).toMatchObject([
      { type: 'raft/read-index-answer', to: 2, read: 5, index: 1 },
      { type: 'raft/read-index-answer', to: 2, read: 6, index: 1 },
    ]);
  });
});

describe('§6 cluster membership changes', () => {
  it('takes one change at a time: the next one becomes an empty entry until the first is applied', () => {
    const raft = leaderOf(3);
    const change = (id: MemberId) => ({ data: null, change: { type: 'add-learner', id } as const, bytes: 1 });
    propose(raft, [change(4), change(5)]);
    expect(raft.log.entries.slice(-2).map(({ change }) => change?.id)).toEqual([4, undefined]);
    sent(raft);
    answered(raft, 2, 3);
    for (const { index, change } of committedEntries(raft)) {
      applied(raft, index);
      if (change !== null) applyChange(raft, change);
    }
    expect(raft.conf).toEqual({ voters: [1, 2, 3], learners: [4] });
    propose(raft, [change(5)]);
    expect(raft.log.entries.at(-1)?.change?.id).toBe(5);
  });

  it('a learner is fed and counts for nothing', () => {
    const raft = leaderOf(1);
    applyChange(raft, { type: 'add-learner', id: 2 });
    propose(raft, [payload('a')]);
    expect(sent(raft).map(({ to }) => to)).toEqual([2]);
    expect(raft.log.committed).toBe(2);
    expect(ticksUntilDue(member(2, 1))).toBe(Infinity);
  });

  it('a member that is removed stops counting: what a majority of the others has is committed', () => {
    const raft = leaderOf(2);
    propose(raft, [payload('a')]);
    sent(raft);
    expect(raft.log.committed).toBe(1);
    applyChange(raft, { type: 'remove', id: 2 });
    expect(raft.log.committed).toBe(2);
  });

  it('does not stand while a committed change is not applied', () => {
    const raft = member(1, 3, { term: 1 });
    const entries: Entry[] = [{ index: 1, term: 1, data: null, change: { type: 'remove', id: 3 }, bytes: 1 }];
    step(raft, append(1, 0, 0, entries, 1));
    sent(raft);
    electNow(raft);
    expect(raft.role).toBe('follower');
    applied(raft, 1);
    electNow(raft);
    expect(raft.role).toBe('candidate');
  });
});

describe('thesis §3.10 leadership transfer', () => {
  const handover = (raft: Raft): RaftMessage[] => sent(raft).filter(({ type }) => type === 'raft/timeout-now');

  it('brings the target up to date, then lets it stand at once; takes no proposals meanwhile', () => {
    const raft = leaderOf(3);
    propose(raft, [payload('a')]);
    sent(raft);
    transferLeader(raft, 3);
    expect(handover(raft)).toEqual([]);
    expect(propose(raft, [payload('b')])).toBe(false);
    answered(raft, 3, 2);
    expect(handover(raft)).toMatchObject([{ to: 3 }]);
    const target = member(3, 3, { term: 1, terms: [1, 1], preVote: true, checkQuorum: true });
    step(target, { ...append(1, 2, 1, [], 2), from: 1, to: 3 });
    sent(target);
    step(target, { type: 'raft/timeout-now', group: 1, from: 1, to: 3, term: 1 });
    expect(sent(target)).toMatchObject([
      { type: 'raft/vote', to: 1, term: 2, transfer: true },
      { type: 'raft/vote', to: 2, term: 2, transfer: true },
    ]);
  });

  it('is given up after an election timeout', () => {
    const raft = leaderOf(3);
    raft.progress[2]!.match = 0;
    transferLeader(raft, 3);
    for (let ticks = 0; ticks < 10; ticks++) tick(raft);
    expect(propose(raft, [payload('b')])).toBe(true);
  });
});

describe('thesis §9.6 pre-vote, §6.2 check quorum', () => {
  const wary = { preVote: true, checkQuorum: true };

  it('a member that cannot win raises nobody’s term, its own neither', () => {
    const raft = member(1, 3, { ...wary, term: 4 });
    for (let ticks = 0; ticks < 100; ticks++) tick(raft);
    expect([raft.role, raft.term]).toEqual(['pre-candidate', 4]);
    expect(sent(raft)[0]).toMatchObject({ type: 'raft/pre-vote', term: 5 });
    step(raft, { type: 'raft/pre-vote-answer', group: 1, from: 2, to: 1, term: 5, reject: false });
    expect([raft.role, raft.term]).toEqual(['candidate', 5]);
  });

  it('who has just heard a leader does not answer a candidate, unless the leader itself sent it', () => {
    const raft = member(1, 3, { ...wary, term: 4 });
    step(raft, append(4, 0, 0, []));
    sent(raft);
    const ask = { type: 'raft/vote', group: 1, from: 3, to: 1, term: 5, index: 9, logTerm: 4 } as const;
    step(raft, { ...ask, transfer: false });
    expect([raft.term, sent(raft).length]).toEqual([4, 0]);
    step(raft, { ...ask, transfer: true });
    expect(sent(raft)).toMatchObject([{ type: 'raft/vote-answer', term: 5, reject: false }]);
  });

  it('a leader that hears no majority for an election timeout steps down', () => {
    const raft = leaderOf(3, wary);
    expect(raft.role).toBe('pre-candidate');
    step(raft, { type: 'raft/pre-vote-answer', group: 1, from: 2, to: 1, term: 1, reject: false });
    step(raft, vote(2, 1, 1, true));
    expect(raft.role).toBe('leader');
    let ticks = 0;
    while (raft.role === 'leader' && ticks < 100) {
      tick(raft);
      ticks++;
    }
    expect(ticks).toBe(10);
  });

  it('a follower that lost what it had acknowledged says so in etcd’s words and goes no further', () => {
    const raft = member(1, 3, { term: 1 });
    step(raft, { type: 'raft/heartbeat', group: 1, from: 2, to: 1, term: 1, commit: 7, read: 0 });
    expect(raft.panic).toBe(
      'tocommit(7) is out of range [lastIndex(0)]. Was the raft log corrupted, truncated, or lost?',
    );
  });

  it('does not hear members of another cluster', () => {
    const raft = member(1, 3);
    step(raft, { ...append(9, 0, 0, numbered(1, 9)), group: 2 });
    expect([raft.term, lastIndex(raft.log)]).toEqual([0, 0]);
  });
});
