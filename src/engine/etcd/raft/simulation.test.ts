import { describe, expect, it } from 'vitest';
import type { ConfChange, MemberId } from './messages';
import { propose, readIndex, tick, transferLeader } from './raft';
import { Group } from './testing-group';
import type { Seat } from './testing';

const command = (data: unknown, change: ConfChange | null = null) => ({ data, change, bytes: 1 });

/** What a random run may do to a group, with its weight. */
const DEEDS: readonly (readonly [number, (group: Group, run: Run) => void])[] = [
  [50, (group, run) => deliverAny(group, run)],
  [25, (group) => someSeat(group, (seat) => tick(seat.raft))],
  [20, (group) => someSeat(group, (seat) => group.sync(seat))],
  [10, (group, run) => someSeat(group, (seat) => void propose(seat.raft, [command(`c${run.next++}`)]))],
  [3, (group, run) => someSeat(group, (seat) => read(group, seat, run))],
  [2, (group) => someSeat(group, (seat) => seat.crash())],
  [4, (group) => group.seats.filter(({ up }) => !up).forEach((seat) => group.below(2) === 0 && seat.restart())],
  [1, (group) => someSeat(group, (seat) => transferLeader(seat.raft, 1 + group.below(group.seats.length)))],
  [2, (group) => someSeat(group, (seat) => seat.snapshot(group.below(4)))],
  [1, (group, run) => partition(group, run)],
  [1, (_, run) => run.cut.clear()],
  [1, (group) => changeMembers(group)],
];
const WEIGHT = DEEDS.reduce((sum, [weight]) => sum + weight, 0);

interface Run {
  next: number;
  nextRead: number;
  /** Ways that lose everything, as `from>to`. */
  readonly cut: Set<string>;
  /** How much had been applied anywhere when a read began. */
  readonly reads: Map<string, number>;
}

function someSeat(group: Group, act: (seat: Seat) => void): void {
  const seat = group.seats[group.below(group.seats.length)]!;
  if (!seat.up) return;
  act(seat);
  group.settle(seat);
}

/** Out of order, now and then twice, now and then not at all. */
function deliverAny(group: Group, run: Run): void {
  if (group.mail.length === 0) return;
  const at = group.below(Math.min(group.mail.length, 8));
  const message = group.mail[at]!;
  const fate = group.below(100);
  if (fate >= 3) group.mail.splice(at, 1);
  if (fate > 95 || run.cut.has(`${message.from}>${message.to}`)) return;
  group.deliver(message);
  const seat = group.seat(message.to);
  for (const { read, index } of seat.reads.splice(0)) {
    const before = run.reads.get(`${seat.id}/${read}`)!;
    if (index < before) throw new Error(`read ${read} of ${seat.id} may miss entry ${before}`);
  }
}

/** A linearizable read must see all that was applied anywhere before it was asked. */
function read(group: Group, seat: Seat, run: Run): void {
  const number = run.nextRead++;
  if (readIndex(seat.raft, number)) run.reads.set(`${seat.id}/${number}`, group.agreed.length);
}

function partition(group: Group, run: Run): void {
  const side = group.seats.map(() => group.below(2));
  const oneWay = group.below(3) === 0;
  for (const from of group.seats) {
    for (const to of group.seats) {
      const [a, b] = [side[from.id - 1]!, side[to.id - 1]!];
      if (a !== b && (!oneWay || a === 0)) run.cut.add(`${from.id}>${to.id}`);
    }
  }
}

/** Adds a learner, makes one a voter, or removes a member, never below two voters. */
function changeMembers(group: Group): void {
  const { leader } = group;
  if (leader === undefined) return;
  const id: MemberId = 1 + group.below(group.seats.length);
  const { voters, learners } = leader.raft.conf;
  if (learners.includes(id)) propose(leader.raft, [command(null, { type: 'add-voter', id })]);
  else if (!voters.includes(id)) propose(leader.raft, [command(null, { type: 'add-learner', id })]);
  else if (voters.length > 2 && id !== leader.id) propose(leader.raft, [command(null, { type: 'remove', id })]);
  group.settle(leader);
}

/** Members that were removed: etcd stops them, and those who do not know it yet are told when they call. */
function stopRemoved({ seats }: Group): void {
  const { conf } = seats.reduce((one, other) => (other.raft.log.applied > one.raft.log.applied ? other : one)).raft;
  for (const seat of seats) {
    if (![...conf.voters, ...conf.learners].includes(seat.id)) seat.crash();
    else if (!seat.up) seat.restart();
  }
}

/** A run in which everything may go wrong, then a calm time in which everything must come right. */
function simulate(size: number, seed: number, steps: number): Group {
  const options = { preVote: seed % 3 > 0, checkQuorum: seed % 4 > 0 };
  const group = new Group(size, seed, options, 1);
  const run: Run = { next: 1, nextRead: 1, cut: new Set(), reads: new Map() };
  for (let done = 0; done < steps; done++) {
    let weight = group.below(WEIGHT);
    DEEDS.find(([own]) => (weight -= own) < 0)![1](group, run);
  }
  for (const seat of group.seats) if (!seat.up) seat.restart();
  for (let rounds = 0; rounds < 120; rounds++) {
    if (rounds >= 60) stopRemoved(group);
    for (const seat of group.seats) if (seat.up) tick(seat.raft);
    group.calm();
  }
  return group;
}

describe('Raft under random faults: §5.2 election safety, §5.3 leader append-only and log matching, §5.4 leader completeness and state machine safety', () => {
  it.each([1, 2, 3, 4, 5, 7])('%i members, 12 seeds: holds after every step, and the group recovers', (size) => {
    for (let seed = 1; seed <= 12; seed++) {
      let group: Group;
      try {
        group = simulate(size, seed, 1_500);
        expect(group.leader, 'a leader').toBeDefined();
        const before = group.agreed.length;
        propose(group.leader!.raft, [command('at last')]);
        group.calm();
        expect(group.agreed.length, 'the last proposal').toBe(before + 1);
      } catch (error) {
        throw new Error(`${size} members, seed ${seed}`, { cause: error });
      }
      const { voters, learners } = group.leader!.raft.conf;
      for (const id of [...voters, ...learners]) {
        expect(group.seat(id).machine, `${size} members, seed ${seed}, member ${id}`).toEqual(group.leader!.machine);
      }
    }
  });
});
