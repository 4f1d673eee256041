import { describe, expect, it } from 'vitest';
import type { ConfChange, MemberId, RaftMessage } from './messages';
import { electNow, propose, readIndex, tick, transferLeader } from './raft';
import type { Seat } from './testing';
import { Group } from './testing-group';

/** A story told to a group, and what the group made of it, line by line. */
class Story {
  readonly group: Group;
  readonly lines: string[] = [];
  readonly #cut = new Set<MemberId>();
  readonly #told = new Map<MemberId, string>();

  constructor(size: number, spare = 0) {
    this.group = new Group(size, 1, { preVote: true, checkQuorum: true }, spare);
    this.#tellStates();
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  elect(id: MemberId): void {
    this.#deed(`elect ${id}`, () => electNow(this.#seat(id).raft));
  }

  propose(id: MemberId, data: string | null, change: ConfChange | null = null): void {
    const words = change === null ? data : `${change.type} ${change.id}`;
    this.#deed(`propose ${id} ${words}`, () => void propose(this.#seat(id).raft, [{ data, change, bytes: 1 }]));
  }

  read(id: MemberId, read: number): void {
    this.#deed(`read ${id} #${read}`, () => void readIndex(this.#seat(id).raft, read));
  }

  transfer(id: MemberId, to: MemberId): void {
    this.#deed(`transfer ${id} to ${to}`, () => transferLeader(this.#seat(id).raft, to));
  }

  tick(ticks: number, ...ids: MemberId[]): void {
    this.#deed(`tick ${ticks} of ${ids.join(' ')}`, () => {
      for (let i = 0; i < ticks; i++) {
        for (const id of ids) tick(this.#seat(id).raft);
        this.#settle(i === ticks - 1);
      }
    });
  }

  cut(...ids: MemberId[]): void {
    this.#deed(`cut ${ids.join(' ')}`, () => ids.forEach((id) => this.#cut.add(id)));
  }

  heal(): void {
    this.#deed('heal', () => this.#cut.clear());
  }

  crash(id: MemberId): void {
    this.#deed(`crash ${id}`, () => this.#seat(id).crash());
  }

  restart(id: MemberId): void {
    this.#deed(`restart ${id}`, () => this.#seat(id).restart());
  }

  snapshot(id: MemberId, keep: number): void {
    this.#deed(`snapshot ${id}, keep ${keep}`, () => this.#seat(id).snapshot(keep));
  }

  #seat(id: MemberId): Seat {
    return this.group.seat(id);
  }

  #deed(words: string, act: () => void): void {
    this.lines.push(`> ${words}`);
    act();
    this.#settle(true);
  }

  #settle(loud: boolean): void {
    this.group.calm((message) => {
      const isLost = this.#cut.has(message.from) !== this.#cut.has(message.to) || this.#cut.has(message.from);
      if (loud || !message.type.startsWith('raft/heartbeat')) {
        this.lines.push(`  ${message.from}>${message.to} ${wordsOf(message)}${isLost ? ' LOST' : ''}`);
      }
      return isLost;
    });
    this.#tellStates();
  }

  #tellStates(): void {
    for (const { id, raft, up, reads } of this.group.seats) {
      const { log } = raft;
      const terms = log.entries.map(({ term }) => term).join('');
      const state = up
        ? `${raft.role} term ${raft.term} leader ${raft.leader} log ${log.base}+[${terms}] committed ${log.committed}`
        : 'down';
      if (this.#told.get(id) !== state) this.lines.push(`${id}: ${state}`);
      this.#told.set(id, state);
      for (const { read, index } of reads.splice(0)) this.lines.push(`${id}: read #${read} at ${index}`);
    }
  }
}

function wordsOf(message: RaftMessage): string {
  const { type, term } = message;
  const name = `${type.slice('raft/'.length)} t${term}`;
  switch (message.type) {
    case 'raft/append': {
      const { index, logTerm, entries, commit } = message;
      return `${name} after ${index}:${logTerm} [${entries.map((entry) => entry.term).join('')}] commit ${commit}`;
    }
    case 'raft/append-answer':
      return message.reject
        ? `${name} reject ${message.index}, hint ${message.hint}:${message.hintTerm}`
        : `${name} has ${message.index}`;
    case 'raft/heartbeat':
      return `${name} commit ${message.commit} read ${message.read}`;
    case 'raft/heartbeat-answer':
      return `${name} read ${message.read}`;
    case 'raft/pre-vote':
    case 'raft/vote':
      return `${name} last ${message.index}:${message.logTerm}${message.transfer ? ' transfer' : ''}`;
    case 'raft/pre-vote-answer':
    case 'raft/vote-answer':
      return `${name} ${message.reject ? 'no' : 'yes'}`;
    case 'raft/snapshot':
      return `${name} of ${message.snapshot?.index}:${message.snapshot?.term}`;
    case 'raft/propose':
      return `${name} ${JSON.stringify(message.payloads.map(({ data }) => data))}`;
    case 'raft/read-index':
      return `${name} #${message.read}`;
    case 'raft/read-index-answer':
      return `${name} #${message.read} at ${message.index}`;
    case 'raft/transfer-leader':
      return `${name} to ${message.target}`;
    case 'raft/timeout-now':
      return name;
  }
}

describe('stories of Raft', () => {
  it('an election, writes, a read at a follower', async () => {
    const story = new Story(3);
    story.elect(1);
    story.propose(1, 'a');
    story.propose(2, 'b');
    story.read(3, 7);
    await expect(story.text).toMatchFileSnapshot('transcripts/election-and-writes.txt');
  });

  it('a leader is cut off and writes on: what it wrote is replaced', async () => {
    const story = new Story(3);
    story.elect(1);
    story.cut(1);
    story.propose(1, 'lost');
    story.tick(20, 2, 3);
    story.tick(20, 1);
    story.propose(story.group.seats.find(({ id, raft }) => id !== 1 && raft.role === 'leader')!.id, 'kept');
    story.heal();
    story.tick(1, 1, 2, 3);
    await expect(story.text).toMatchFileSnapshot('transcripts/deposed-leader.txt');
  });

  it('a member that was away comes back and disturbs nobody', async () => {
    const story = new Story(3);
    story.elect(1);
    story.cut(3);
    story.tick(40, 3);
    story.heal();
    story.tick(1, 1, 3);
    await expect(story.text).toMatchFileSnapshot('transcripts/pre-vote.txt');
  });

  it('a member whose entries are gone takes in a snapshot', async () => {
    const story = new Story(3);
    story.elect(1);
    story.crash(3);
    for (const data of ['a', 'b', 'c', 'd']) story.propose(1, data);
    story.snapshot(1, 1);
    story.restart(3);
    story.tick(1, 1, 3);
    story.propose(1, 'e');
    await expect(story.text).toMatchFileSnapshot('transcripts/snapshot.txt');
  });

  it('a learner comes, becomes a voter, leads; the old leader goes', async () => {
    const story = new Story(1, 1);
    story.elect(1);
    story.propose(1, 'a');
    story.propose(1, null, { type: 'add-learner', id: 2 });
    story.propose(1, null, { type: 'add-voter', id: 2 });
    story.transfer(1, 2);
    story.propose(2, null, { type: 'remove', id: 1 });
    story.propose(2, 'b');
    await expect(story.text).toMatchFileSnapshot('transcripts/membership.txt');
  });

  it('four members cut two and two: nobody leads', async () => {
    const story = new Story(4);
    story.elect(1);
    story.cut(1, 2);
    story.tick(40, 3, 4);
    story.tick(40, 1, 2);
    story.propose(1, 'nobody takes it');
    story.heal();
    story.tick(20, 1, 2, 3, 4);
    await expect(story.text).toMatchFileSnapshot('transcripts/two-against-two.txt');
  });
});
