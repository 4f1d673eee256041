/** A Raft group under test: seats, the mail between them, and the five safety properties, checked after every step. */
import { InvariantError } from '#engine/kernel/invariant';
import { nextWord, type RandomState, seedState } from '#engine/kernel/random';
import { lastIndex } from './log';
import type { Entry, MemberId, RaftMessage } from './messages';
import { step } from './raft';
import { Seat } from './testing';

export class Group {
  readonly seats: Seat[];
  /** Under way, in the order of sending. */
  mail: RaftMessage[] = [];
  readonly #random: RandomState;
  /** Election safety (§5.2): who led each term. */
  readonly #leaders = new Map<number, MemberId>();
  /** Leader append-only (§5.3): how long each leader's log was, and in which term. */
  readonly #lengths = new Map<MemberId, { term: number; last: number; tail: Entry | undefined }>();
  /** Log matching (§5.3): what an entry of this index and term is, and the term before it. */
  readonly #entries = new Map<string, string>();
  /** State machine safety (§5.4.3): what was applied at each index, and in which term it was first seen to be so. */
  readonly agreed: { readonly text: string; readonly term: number }[] = [];

  constructor(size: number, seed: number, options: { preVote: boolean; checkQuorum: boolean }, spare = 0) {
    const voters = Array.from({ length: size }, (_, at) => at + 1);
    const seats = Array.from({ length: size + spare }, (_, at) => at + 1);
    this.seats = seats.map(
      (id) => new Seat({ id, group: 1, electionTicks: 10, heartbeatTicks: 1, ...options }, { voters, learners: [] }),
    );
    this.#random = seedState(seed, 'group');
  }

  below(bound: number): number {
    return Math.floor((nextWord(this.#random) / 0x1_0000_0000) * bound);
  }

  seat(id: MemberId): Seat {
    return this.seats[id - 1]!;
  }

  /** Lets a seat do what it can, and looks whether all still holds. */
  settle(seat: Seat): void {
    if (!seat.up) return;
    this.mail.push(...seat.flush());
    this.#checkLog(seat);
    for (const entry of seat.apply()) this.#checkApplied(seat, entry);
    this.#checkLeader(seat);
  }

  sync(seat: Seat): void {
    this.mail.push(...seat.sync());
    this.settle(seat);
  }

  deliver(message: RaftMessage): void {
    const seat = this.seat(message.to);
    if (!seat.up) return;
    step(seat.raft, message);
    if (seat.raft.panic !== null) throw new InvariantError(seat.raft.panic);
    this.settle(seat);
  }

  /** Delivers all mail in order, disks at once, until nobody has anything to say. */
  calm(lost: (message: RaftMessage) => boolean = () => false): void {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      for (const seat of this.seats) {
        this.settle(seat);
        if (seat.up && seat.writing !== null) this.sync(seat);
      }
      const message = this.mail.shift();
      if (message === undefined) {
        if (this.seats.every((seat) => !seat.up || seat.writing === null)) return;
      } else if (!lost(message)) this.deliver(message);
    }
    throw new InvariantError('the group does not come to rest');
  }

  get leader(): Seat | undefined {
    return this.seats.find(({ up, raft }) => up && raft.role === 'leader');
  }

  #checkLog({ id, raft }: Seat): void {
    const { log, term, role } = raft;
    const known = this.#lengths.get(id);
    const last = lastIndex(log);
    if (role === 'leader') {
      if (known?.term === term) {
        check(last >= known.last, `leader ${id} of term ${term} shortened its log`);
        const kept = log.entries[known.last - log.base - 1];
        check(kept === undefined || kept === known.tail, `leader ${id} of term ${term} replaced an entry`);
      }
      this.#lengths.set(id, { term, last, tail: log.entries[log.entries.length - 1] });
    } else this.#lengths.delete(id);
    let before = log.baseTerm;
    for (const entry of log.entries) {
      if (entry.index > log.stable) break;
      const name = `${entry.index}:${entry.term}`;
      const text = `${before} ${JSON.stringify(entry.data)}`;
      const other = this.#entries.get(name);
      if (other === undefined) this.#entries.set(name, text);
      else check(other === text, `entry ${name} is ${text} at ${id} and ${other} elsewhere`);
      before = entry.term;
    }
  }

  #checkApplied({ id, raft }: Seat, entry: Entry): void {
    const text = `${entry.term}:${JSON.stringify(entry.data)}`;
    const known = this.agreed[entry.index - 1];
    if (known === undefined) {
      check(
        entry.index === this.agreed.length + 1,
        `entry ${entry.index} was applied before ${this.agreed.length + 1}`,
      );
      this.agreed.push({ text, term: raft.term });
    } else check(known.text === text, `at ${entry.index} ${id} applied ${text}, another ${known.text}`);
  }

  #checkLeader({ id, raft }: Seat): void {
    if (raft.role !== 'leader') return;
    const known = this.#leaders.get(raft.term);
    check(known === undefined || known === id, `${known} and ${id} lead term ${raft.term}`);
    if (known === id) return;
    this.#leaders.set(raft.term, id);
    const { log } = raft;
    // Leader completeness (§5.4): all that was applied anywhere in an earlier term is in the new leader's log.
    this.agreed.forEach(({ text, term }, at) => {
      if (term >= raft.term || at < log.base) return;
      const entry = log.entries[at - log.base];
      const held = entry === undefined ? 'nothing' : `${entry.term}:${JSON.stringify(entry.data)}`;
      check(held === text, `leader ${id} of term ${raft.term} has ${held} at ${at + 1}, agreed was ${text}`);
    });
  }
}

function check(holds: boolean, words: string): void {
  if (!holds) throw new InvariantError(words);
}
