// long: one run: its clients, their operations and what they note of the answers
/**
 * One random run: several clients and watchers of a group of etcd members while machines, disks and ways fail, then a calm
 * time in which everything must come right. Returns all that clients saw; `checker.ts` and `watches.ts` judge it.
 */
import type { ProcessDefinition } from '#engine/kernel/process';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { CLIENT, EtcdGroup, memberProcess } from '../testing';
import type { EtcdAnswer, KeyRange, KeyValue, Op, OpResult } from '../wire';
import { Faults } from './faults';
import { ABSENT, checkKeys, type Held, type KeyOperation, type RegisterOp } from './register';
import {
  type AcknowledgedWrite,
  checkRanges,
  checkWatches,
  checkWrites,
  type RangeSeen,
  revisionOf,
  type WatchStream,
} from './watches';

export interface RunOptions {
  readonly seed: number;
  readonly members: number;
  /** A changed etcd: a planted bug. */
  readonly etcd?: ProcessDefinition<never, never>;
  /** Virtual µs in which everything may fail. */
  readonly chaos?: Micros;
}

export interface RunReport {
  readonly operations: number;
  readonly unknown: number;
  readonly watchEvents: number;
  readonly events: number;
  readonly faults: number;
  readonly violations: readonly string[];
}

const CLIENTS = 5;
const KEYS = ['r/a', 'r/b', 'r/c', 'r/d'];
const LEASED = 'lease/x';
const PREFIX: KeyRange = { key: 'r/', rangeEnd: 'r0' };
const ALL: KeyRange = { key: '\0', rangeEnd: '\0' };
/** Then a client asks no longer, and asks another member something else. */
const PATIENCE: Micros = 1_500 * MILLISECOND;
const CALM: Micros = 15 * SECOND;
/** Longer than what was lost several times on a bad way, and all behind it, takes to be sent again. */
const AT_LAST: Micros = 120 * SECOND;

/** What a client has asked and waits for. */
interface Pending {
  readonly id: number;
  readonly since: Micros;
  readonly call: number;
  /** What is known of an operation by its answer; without one: what may have happened. */
  readonly finish: (answer: EtcdAnswer | null) => void;
}

interface Client {
  pending: Pending | null;
  nextAt: Micros;
}

interface Watcher {
  stream: WatchStream;
  member: number;
  incarnation: number;
  id: number;
  /** Messages of this watch that were taken in. */
  taken: number;
  created: boolean;
  moveAt: Micros;
}

interface ProgressAsked {
  readonly id: number;
  /** Watches that had begun when it was asked. */
  readonly watches: ReadonlySet<number>;
}

class Run {
  readonly group: EtcdGroup;
  readonly random: StatefulRandom;
  readonly faults: Faults;
  readonly history: KeyOperation[] = [];
  readonly ranges: RangeSeen[] = [];
  readonly writes: AcknowledgedWrite[] = [];
  readonly streams: WatchStream[] = [];
  readonly violations: string[] = [];
  readonly clients: Client[] = Array.from({ length: CLIENTS }, () => ({ pending: null, nextAt: 0 }));
  readonly watchers: Watcher[] = [];
  /** Who led which term. */
  readonly leaders = new Map<number, number>();
  readonly compacted = new Set<number>();
  progress: ProgressAsked | null = null;
  lease = 0;
  /** The last versions that were seen of each key. */
  readonly seen = new Map<string, KeyValue | null>();
  moment = 0;
  nextValue = 1;
  unknown = 0;
  watchEvents = 0;

  constructor({ seed, members, etcd }: RunOptions) {
    this.group = new EtcdGroup(members, { seed, freeze: false, clients: etcd === undefined ? [] : [etcd] });
    this.random = new StatefulRandom(seedState(seed, 'linearizability'));
    this.faults = new Faults(this.group, this.random);
    for (const range of [ALL, PREFIX, { key: KEYS[0]! }]) this.watch(range, 1);
  }

  get now(): Micros {
    return this.group.kernel.now;
  }

  anyMember(): number {
    const { numbers } = this.group;
    return numbers[this.random.below(numbers.length)]!;
  }

  /** Runs until `until`; takes in every message that comes to the clients before anything else happens. */
  advance(until: Micros): void {
    const { kernel } = this.group;
    const inbox = kernel.processes.get(CLIENT)!.state as { received: unknown[] };
    while (this.now < until) {
      kernel.run(until, Infinity, () => inbox.received.length > 0);
      this.takeIn();
    }
  }

  takeIn(): void {
    this.group.collect();
    for (const client of this.clients) {
      const answer = client.pending === null ? undefined : this.group.answerTo(client.pending.id);
      if (answer !== undefined) this.finish(client, answer);
    }
    for (const watcher of this.watchers) this.takeEvents(watcher);
    const answer = this.progress === null ? undefined : this.group.answerTo(this.progress.id);
    if (answer?.type === 'etcd/progress-answer') {
      for (const { stream, id } of this.watchers) {
        if (this.progress!.watches.has(id)) stream.items.push({ type: 'progress', revision: answer.header.revision });
      }
      this.progress = null;
    }
    this.checkLeaders();
  }

  /** §5.2: at most one leader in a term. */
  checkLeaders(): void {
    for (const number of this.group.numbers) {
      const state = this.group.find(number);
      if (state?.raft.role !== 'leader') continue;
      const { term, id } = state.raft;
      const other = this.leaders.get(term) ?? id;
      if (other !== id) this.violations.push(`${other} and ${id} both lead term ${term}`);
      this.leaders.set(term, id);
    }
  }

  finish(client: Client, answer: EtcdAnswer | null): void {
    const { finish } = client.pending!;
    client.pending = null;
    client.nextAt = this.now + this.random.below(60) * MILLISECOND;
    finish(answer);
  }

  watch(range: KeyRange, from: number): void {
    const stream: WatchStream = {
      name: `watch ${this.streams.length + 1} of ${range.key} from ${from}`,
      range,
      from,
      items: [],
    };
    this.streams.push(stream);
    const watcher = { stream, member: 0, incarnation: 0, id: 0, taken: 0, created: false, moveAt: 0 };
    this.watchers.push(watcher);
  }

  takeEvents(watcher: Watcher): void {
    const messages = this.group.watched.get(watcher.id) ?? [];
    watcher.created ||= this.group.answerTo(watcher.id)?.type === 'etcd/watch-created';
    for (; watcher.taken < messages.length; watcher.taken++) {
      const message = messages[watcher.taken]!;
      if (message.type === 'etcd/watch-events') {
        watcher.stream.items.push({ type: 'events', events: message.events });
        this.watchEvents += message.events.length;
      } else if (message.type === 'etcd/watch-canceled') {
        const { stream } = watcher;
        if (message.compactRevision <= revisionOf(stream))
          this.violations.push(`${stream.name}: canceled without a reason`);
        this.watchers.splice(this.watchers.indexOf(watcher), 1);
        this.watch(stream.range, message.compactRevision);
        return;
      }
    }
  }

  /** Opens a watch again where it had come to, at a member that may never have heard of it. */
  resume(watcher: Watcher, member: number): void {
    watcher.member = member;
    watcher.incarnation = this.group.kernel.processes.get(memberProcess(member))?.incarnation ?? 0;
    watcher.id = this.group.send(member, {
      type: 'etcd/watch-create',
      range: watcher.stream.range,
      startRevision: revisionOf(watcher.stream) + 1,
    });
    watcher.taken = 0;
    watcher.created = false;
    watcher.moveAt = this.now + (500 + this.random.below(3_000)) * MILLISECOND;
  }

  /** All that is due now. */
  act(isCalm: boolean): void {
    for (const watcher of [...this.watchers]) {
      const process = this.group.kernel.processes.get(memberProcess(watcher.member));
      const isGone = process?.status === 'down' || process?.incarnation !== watcher.incarnation;
      if (watcher.member === 0 || isGone || this.now >= watcher.moveAt) this.resume(watcher, this.anyMember());
    }
    for (const client of this.clients) {
      if (client.pending !== null && this.now - client.pending.since >= PATIENCE) this.finish(client, null);
      if (client.pending === null && this.now >= client.nextAt && !isCalm) this.begin(client);
    }
    if (this.random.below(20) === 0) this.askProgress(this.watchers[this.random.below(this.watchers.length)]!);
  }

  askProgress({ member, incarnation }: Watcher): void {
    if (member === 0) return;
    const same = this.watchers.filter((other) => other.member === member && other.incarnation === incarnation);
    const watches = new Set(same.filter(({ created }) => created).map(({ id }) => id));
    this.progress = { id: this.group.send(member, { type: 'etcd/progress' }), watches };
  }

  begin(client: Client): void {
    const key = KEYS[this.random.below(KEYS.length)]!;
    const choice = this.random.below(100);
    const member = this.anyMember();
    if (choice < 30) this.put(client, member, key);
    else if (choice < 55) this.get(client, member, key);
    else if (choice < 63) this.drop(client, member, key);
    else if (choice < 78) this.swap(client, member, key);
    else if (choice < 86) this.range(client, member);
    else if (choice < 91) this.putTwo(client, member);
    else if (choice < 96) this.useLease(client, member);
    else if (choice < 98) this.compact(client, member);
    else this.get(client, member, key);
  }

  /** Begins an operation. `read` says what its answer shows; null: nothing is known. */
  ask(client: Client, member: number, request: Parameters<EtcdGroup['send']>[1], finish: Pending['finish']): void {
    const id = this.group.send(member, request);
    client.pending = { id, since: this.now, call: ++this.moment, finish };
  }

  /** @param call - when it was begun; null: it never returned */
  note(key: string, op: RegisterOp, call: number, isKnown: boolean): void {
    if (!isKnown) this.unknown++;
    this.history.push({ key, op, call, return: isKnown ? ++this.moment : Infinity });
  }

  txn(
    client: Client,
    member: number,
    success: readonly Op[],
    finish: (results: readonly OpResult[] | null, revision: number) => void,
  ): void {
    this.ask(client, member, { type: 'etcd/txn', compare: [], success, failure: [] }, (answer) => {
      if (answer?.type === 'etcd/txn-answer') finish(answer.results, answer.header.revision);
      else finish(null, 0);
    });
  }

  put(client: Client, member: number, key: string): void {
    const value = this.nextValue++;
    const call = this.moment + 1;
    this.txn(client, member, [{ op: 'put', key, value, bytes: 10 }], (results, revision) => {
      this.note(key, { type: 'put', value }, call, results !== null);
      if (results !== null) this.writes.push({ key, value, revision });
    });
  }

  /** Two keys in one transaction: watchers must hear of both at once. */
  putTwo(client: Client, member: number): void {
    const call = this.moment + 1;
    const puts = KEYS.slice(0, 2).map((key) => ({ op: 'put' as const, key, value: this.nextValue++, bytes: 10 }));
    this.txn(client, member, puts, (results, revision) => {
      for (const { key, value } of puts) {
        this.note(key, { type: 'put', value }, call, results !== null);
        if (results !== null) this.writes.push({ key, value, revision });
      }
    });
  }

  drop(client: Client, member: number, key: string): void {
    const call = this.moment + 1;
    this.txn(client, member, [{ op: 'delete-range', key }], (results) => {
      const result = results?.[0];
      const deleted = result?.op === 'delete-range' ? result.deleted === 1 : null;
      this.note(key, { type: 'delete', deleted }, call, deleted !== null);
    });
  }

  get(client: Client, member: number, key: string): void {
    const call = this.moment + 1;
    this.ask(client, member, { type: 'etcd/range', range: { op: 'range', key } }, (answer) => {
      if (answer?.type !== 'etcd/range-answer') return;
      this.sawKey(key, answer.result.kvs[0] ?? null, call);
    });
  }

  sawKey(key: string, kv: KeyValue | null, call: number): void {
    this.seen.set(key, kv);
    this.note(key, { type: 'get', held: heldOf(kv) }, call, true);
  }

  range(client: Client, member: number): void {
    const call = this.moment + 1;
    this.ask(client, member, { type: 'etcd/range', range: { op: 'range', ...PREFIX } }, (answer) => {
      if (answer?.type !== 'etcd/range-answer') return;
      const { kvs } = answer.result;
      this.ranges.push({ range: PREFIX, revision: answer.header.revision, kvs });
      for (const key of KEYS) this.sawKey(key, kvs.find((kv) => kv.key === key) ?? null, call);
    });
  }

  /** Puts a key if it still holds what somebody has read of it. */
  swap(client: Client, member: number, key: string): void {
    const known = this.seen.get(key) ?? null;
    const call = this.moment + 1;
    const value = this.nextValue++;
    const compare = [{ key, target: 'mod', result: '=', value: known?.modRevision ?? 0 }] as const;
    const success = [{ op: 'put', key, value, bytes: 10 }] as const;
    const failure = [{ op: 'range', key }] as const;
    this.ask(client, member, { type: 'etcd/txn', compare, success, failure }, (answer) => {
      const isKnown = answer?.type === 'etcd/txn-answer';
      let held: Held | null | undefined;
      if (isKnown && answer.succeeded) {
        held = null;
        this.writes.push({ key, value, revision: answer.header.revision });
      } else if (isKnown) {
        const result = answer.results[0];
        const kv = result?.op === 'range' ? (result.kvs[0] ?? null) : null;
        this.seen.set(key, kv);
        held = heldOf(kv);
      }
      this.note(key, { type: 'swap', expected: heldOf(known), value, held }, call, isKnown);
    });
  }

  /** A lease is granted, a key hangs on it, and it is kept alive or forgotten: watchers must agree when the key goes. */
  useLease(client: Client, member: number): void {
    if (this.lease === 0) {
      this.ask(client, member, { type: 'etcd/lease-grant', ttl: 2 }, (answer) => {
        if (answer?.type === 'etcd/lease-answer') this.lease = answer.lease;
      });
    } else if (this.random.below(8) === 0) this.lease = 0;
    else if (this.random.below(2) === 0) {
      this.ask(client, member, { type: 'etcd/lease-keepalive', lease: this.lease }, (answer) => {
        if (answer?.type === 'etcd/lease-answer' && answer.ttl === 0) this.lease = 0;
      });
    } else {
      const value = this.nextValue++;
      const put: Op = { op: 'put', key: LEASED, value, bytes: 10, lease: this.lease };
      this.ask(client, member, { type: 'etcd/txn', compare: [], success: [put], failure: [] }, (answer) => {
        if (answer?.type === 'etcd/error') this.lease = 0;
        if (answer?.type === 'etcd/txn-answer')
          this.writes.push({ key: LEASED, value, revision: answer.header.revision });
      });
    }
  }

  /** Only what the watcher of all keys has heard: the history stays whole. */
  compact(client: Client, member: number): void {
    const revision = revisionOf(this.streams[0]!);
    if (revision <= 1) return;
    this.compacted.add(revision);
    this.ask(client, member, { type: 'etcd/compact', revision }, () => undefined);
  }

  /** Everything works again: whoever was asked must answer, and see all that was acknowledged. */
  calm(): void {
    this.faults.end();
    const end = this.now + CALM;
    while (this.now < end && this.clients.some(({ pending }) => pending !== null)) this.step(true);
    this.group.elect();
    this.advance(this.now + 3 * SECOND);
    const [client] = this.clients as [Client];
    for (const member of this.faults.voters()) {
      const answered = this.ranges.length;
      for (const until = this.now + AT_LAST; this.ranges.length === answered && this.now < until;) {
        if (client.pending === null) this.range(client, member);
        this.advance(this.now + 10 * MILLISECOND);
      }
      if (this.ranges.length === answered) this.violations.push(`member ${member} does not answer when all works`);
      client.pending = null;
    }
    for (const watcher of [...this.watchers]) this.resume(watcher, this.faults.voters()[0]!);
    this.advance(this.now + SECOND);
    const { revision } = this.group.member(this.faults.voters()[0]!).store;
    if (revisionOf(this.streams[0]!) < revision)
      this.violations.push(`the watch of all keys does not get to ${revision}`);
  }

  step(isCalm: boolean): void {
    this.act(isCalm);
    if (!isCalm) this.faults.act();
    this.advance(this.now + 10 * MILLISECOND);
  }

  judge(): string[] {
    const { violations, history } = checkWatches(this.streams, this.compacted);
    const keys = [...checkKeys(this.history)].flatMap(([key, { outcome, longest }]) =>
      outcome === 'linearizable' ? [] : [`${key}: ${outcome} behind ${longest} operations`],
    );
    return [
      ...new Set([
        ...this.violations,
        ...keys,
        ...violations,
        ...checkRanges(history, this.ranges),
        ...checkWrites(history, this.writes),
      ]),
    ];
  }
}

const heldOf = (kv: KeyValue | null): Held => (kv === null ? ABSENT : (kv.value as Held));

export function runOnce(options: RunOptions): RunReport {
  const run = new Run(options);
  run.group.elect();
  const end = run.now + (options.chaos ?? 8 * SECOND);
  while (run.now < end) run.step(false);
  run.calm();
  return {
    operations: run.history.length,
    unknown: run.unknown,
    watchEvents: run.watchEvents,
    events: run.group.kernel.handled,
    faults: run.faults.count,
    violations: run.judge(),
  };
}
