/** Members of a Raft group without a world around them, for tests: disks that lose what was not synced, a network held in the hand. */
import { seedState } from '#engine/kernel/random';
import { termAt } from './log';
import {
  type ConfState,
  type Entry,
  type HardState,
  NOBODY,
  type MemberId,
  type RaftMessage,
  type Snapshot,
} from './messages';
import { applied, applyChange, committedEntries, compact, persisted, type Ready, takeReads, takeReady } from './raft';
import { type Durable, newRaft, type Raft, type RaftOptions } from './state';

export const confOf = (...voters: MemberId[]): ConfState => ({ voters, learners: [] });
export const EMPTY_STATE: HardState = { term: 0, vote: NOBODY, commit: 0 };

/** Entries of these terms, from index 1. */
export const entriesOf = (...terms: number[]): Entry[] =>
  terms.map((term, at) => ({ index: at + 1, term, data: `e${at + 1}`, change: null, bytes: 1 }));

export const termsOf = ({ log }: Raft): number[] => log.entries.map(({ term }) => term);

/** A member of 1…n that starts with a log of these terms, all of it safe. */
export function member(
  id: MemberId,
  size: number,
  start: { term?: number; vote?: MemberId; terms?: number[]; commit?: number } & Partial<RaftOptions> = {},
): Raft {
  const { term = 0, vote = NOBODY, terms = [], commit = 0, ...more } = start;
  const voters = Array.from({ length: size }, (_, at) => at + 1);
  const options = { id, group: 1, electionTicks: 10, heartbeatTicks: 1, preVote: false, checkQuorum: false, ...more };
  const durable: Durable = {
    hard: { term, vote, commit },
    snapshot: { index: 0, term: 0, conf: confOf(...voters) },
    entries: entriesOf(...terms),
  };
  return newRaft(options, durable, seedState(id, 'raft'));
}

/** All that a member would send now, its disk being infinitely fast. */
export function sent(raft: Raft): RaftMessage[] {
  const messages: RaftMessage[] = [];
  for (let ready = takeReady(raft); ready !== null; ready = takeReady(raft)) {
    messages.push(...ready.messages);
    persisted(raft, ready);
    messages.push(...ready.afterSync);
  }
  return messages;
}

/** A member with a disk and a state machine that only remembers. */
export class Seat {
  readonly id: MemberId;
  readonly options: RaftOptions;
  raft: Raft;
  /** What is on the platter. */
  disk: { hard: HardState; snapshot: Snapshot; entries: Entry[] };
  /** What is being written and not safe yet. */
  writing: Ready | null = null;
  /** Index and content of everything applied since the last start, and what the snapshot held. */
  machine: string[];
  readonly reads: { read: number; index: number }[] = [];
  up = true;
  #lives = 0;

  constructor(options: RaftOptions, conf: ConfState) {
    this.id = options.id;
    this.options = options;
    const snapshot: Snapshot = { index: 0, term: 0, conf, data: [], bytes: 0 };
    this.disk = { hard: EMPTY_STATE, snapshot, entries: [] };
    this.machine = [];
    this.raft = this.#boot();
  }

  #boot(): Raft {
    this.machine = [...(this.disk.snapshot.data as string[])];
    this.writing = null;
    const raft = newRaft(this.options, this.disk, seedState(this.id * 1000 + this.#lives++, 'raft'));
    applied(raft, this.disk.snapshot.index);
    return raft;
  }

  crash(): void {
    this.up = false;
    this.writing = null;
  }

  restart(): void {
    this.up = true;
    this.raft = this.#boot();
  }

  /** Takes up what there is to do, unless the disk is at work. @returns what goes out now */
  flush(): RaftMessage[] {
    this.reads.push(...takeReads(this.raft));
    if (this.writing !== null) return [];
    const ready = takeReady(this.raft);
    if (ready === null) return [];
    if (ready.mustSync) this.writing = ready;
    else if (ready.hard !== null) this.disk.hard = ready.hard;
    const now = ready.mustSync ? ready.messages : [...ready.messages, ...ready.afterSync];
    return now.map((message) => this.#complete(message));
  }

  /** The disk is done. @returns what may go out by it */
  sync(): RaftMessage[] {
    const ready = this.writing;
    if (ready === null) return [];
    this.writing = null;
    if (ready.hard !== null) this.disk.hard = ready.hard;
    if (ready.snapshot !== null) {
      this.disk.snapshot = ready.snapshot;
      this.disk.entries = [];
      this.machine = [...(ready.snapshot.data as string[])];
      applied(this.raft, ready.snapshot.index);
    }
    for (const entry of ready.entries) {
      this.disk.entries.length = entry.index - this.disk.snapshot.index - 1;
      this.disk.entries.push(entry);
    }
    persisted(this.raft, ready);
    return ready.afterSync.map((message) => this.#complete(message));
  }

  /** Applies what is committed. */
  apply(): Entry[] {
    const entries = [...committedEntries(this.raft)];
    for (const entry of entries) {
      this.machine.push(`${entry.index}:${entry.term}:${JSON.stringify(entry.data)}`);
      applied(this.raft, entry.index);
      if (entry.change !== null) applyChange(this.raft, entry.change);
    }
    return entries;
  }

  /** Takes a snapshot of what is applied, and keeps `keep` entries of the log behind it. */
  snapshot(keep: number): void {
    const { log, conf } = this.raft;
    if (log.applied <= this.disk.snapshot.index || this.writing !== null) return;
    const entry = log.entries[log.applied - log.base - 1];
    if (entry === undefined) return;
    const data = Object.freeze([...this.machine]);
    this.disk.entries = this.disk.entries.filter(({ index }) => index > log.applied);
    this.disk.snapshot = { index: log.applied, term: entry.term, conf, data, bytes: 1 };
    compact(this.raft, Math.max(log.base, log.applied - keep));
  }

  #complete(message: RaftMessage): RaftMessage {
    if (message.type !== 'raft/snapshot') return message;
    const { log, conf } = this.raft;
    const data = Object.freeze([...this.machine]);
    return {
      ...message,
      snapshot: { index: log.applied, term: termAt(log, log.applied), conf, data, bytes: 1 },
    };
  }
}
