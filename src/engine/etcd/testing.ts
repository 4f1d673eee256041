/** A small world for tests of a server: the real kernel, the server's machine, and a laptop that sends what it is told to and keeps what comes. */
import { Kernel } from '#engine/kernel/kernel';
import { defineProcess, type Message, type ProcessDefinition, type ProcessId } from '#engine/kernel/process';
import { definitionsOf, testMachine } from '#engine/kernel/testing';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { etcd } from './etcd';
import './late-etcd';
import type { EtcdArgs, EtcdState } from './state';
import type { EtcdAnswer, EtcdRequest, KeyValue, TxnRequest } from './wire';

interface Errand extends Message {
  readonly type: 'errand';
  readonly to: ProcessId;
  readonly message: Message;
}

/** Sends on what the test tells it, and keeps the rest. */
const mailbox = defineProcess<{ received: Message[] }>({
  kind: 'mailbox',
  start: () => ({ received: [] }),
  handle(state, message, ctx) {
    const errand = message as Errand;
    if (message.type === 'errand') ctx.send(errand.to, errand.message);
    else state.received.push(message);
  },
});

/** Where the test itself sits. */
export const CLIENT = 'laptop/client';
const SERVER_MACHINE = 'control-plane-1';

export interface ServerSpec {
  readonly name: string;
  readonly definition: ProcessDefinition<never, never>;
  readonly args: unknown;
}

export class TestWorld {
  readonly kernel: Kernel;

  /** @param freeze - deeply, all that is sent or stored: finds writers of shared data, costs time */
  constructor(servers: readonly ServerSpec[], freeze = true, seed = 1) {
    const definitions = [...servers.map(({ definition }) => definition), mailbox as ProcessDefinition<never, never>];
    this.kernel = new Kernel({ seed, freeze }, definitionsOf(...definitions));
    const units = servers.map(({ name, definition, args }) => ({
      name,
      kind: definition.kind,
      args,
      restartAfter: null,
    }));
    this.kernel.addMachine(testMachine(SERVER_MACHINE, units));
    this.kernel.addMachine(
      testMachine('laptop', [{ name: 'client', kind: 'mailbox', args: null, restartAfter: null }]),
    );
    this.kernel.powerOn('laptop');
    this.kernel.powerOn(SERVER_MACHINE);
    this.advance(MILLISECOND);
  }

  /** Sends from the client. */
  send(to: ProcessId, message: Message): void {
    const errand: Errand = { type: 'errand', to, message };
    this.kernel.deliver(CLIENT, errand);
  }

  /** What has come to the client since the last time. */
  take(): Message[] {
    return this.stateOf<{ received: Message[] }>(CLIENT).received.splice(0);
  }

  stateOf<State>(id: ProcessId): State {
    return this.kernel.processes.get(id)!.state as State;
  }

  /** Runs so many µs further. */
  advance(micros: Micros): void {
    this.kernel.run(this.kernel.now + micros, Infinity);
  }

  stop(id: ProcessId): void {
    this.kernel.kill(id);
  }

  boot(id: ProcessId): void {
    this.kernel.start(id);
  }

  restart(id: ProcessId): void {
    this.kernel.kill(id);
    this.kernel.start(id);
  }

  /** The server's machine loses its power and gets it back at once. */
  losePower(): void {
    this.kernel.powerOff(SERVER_MACHINE);
    this.kernel.powerOn(SERVER_MACHINE);
  }
}

/** `control-plane-1/etcd`, …: where the members of a group are. */
export const memberProcess = (number: number): ProcessId => `control-plane-${number}/etcd`;

/**
 * A group of members 1…`size`, each on a machine of its own, and a laptop with a client that may ask any of them. A
 * member that ends is started again a second later.
 */
export class EtcdGroup {
  readonly kernel: Kernel;
  #nextId = 1;
  readonly #answers = new Map<number, EtcdAnswer>();
  /** What watches have sent, by the watch's id. */
  readonly watched = new Map<number, EtcdAnswer[]>();

  /**
   * @param args - given to every member beside its number and the initial cluster
   * @param clients - kinds of processes that the test will set up besides
   */
  constructor(
    size: number,
    options: {
      seed?: number;
      freeze?: boolean;
      args?: Partial<EtcdArgs>;
      clients?: readonly ProcessDefinition<never, never>[];
    } = {},
  ) {
    const { seed = 1, freeze = true, args = {}, clients = [] } = options;
    this.kernel = new Kernel(
      { seed, freeze },
      definitionsOf(etcd as ProcessDefinition<never, never>, mailbox as ProcessDefinition<never, never>, ...clients),
    );
    const initialCluster = Array.from({ length: size }, (_, at) => ({
      member: at + 1,
      process: memberProcess(at + 1),
    }));
    for (const { member } of initialCluster) this.addMachine(member, { member, initialCluster, ...args });
    const client = { name: 'client', kind: 'mailbox', args: null, restartAfter: null };
    this.kernel.addMachine(testMachine('laptop', [client]));
    this.kernel.powerOn('laptop');
    this.advance(MILLISECOND);
  }

  /** Sets up and switches on a machine with a member on it. */
  addMachine(number: number, args: EtcdArgs): void {
    const unit = { name: 'etcd', kind: 'etcd', args, restartAfter: SECOND };
    this.kernel.addMachine(testMachine(`control-plane-${number}`, [unit], { rack: `r${number}` }));
    this.kernel.powerOn(`control-plane-${number}`);
  }

  advance(micros: Micros): void {
    this.kernel.run(this.kernel.now + micros, Infinity);
    this.collect();
  }

  /** The member's state, or null while it does not run. */
  find(number: number): EtcdState | null {
    return (this.kernel.processes.get(memberProcess(number))?.state as EtcdState | undefined) ?? null;
  }

  member(number: number): EtcdState {
    const state = this.find(number);
    if (state === null) throw new Error(`member ${number} does not run`);
    return state;
  }

  /** Numbers of all members that have a machine. */
  get numbers(): number[] {
    return [...this.kernel.machines.keys()].flatMap((name) =>
      name.startsWith('control-plane-') ? [Number(name.split('-')[2])] : [],
    );
  }

  /** Number of the member that leads the latest term; 0 while none does. */
  get leader(): number {
    let best = 0;
    for (const number of this.numbers) {
      const raft = this.find(number)?.raft;
      if (raft?.role === 'leader' && raft.term > (this.find(best)?.raft.term ?? 0)) best = number;
    }
    return best;
  }

  /** Runs until somebody leads and everybody who runs knows it. @returns who */
  elect(within: Micros = 10 * SECOND): number {
    this.#until(within, () => {
      const { leader } = this;
      return leader !== 0 && this.numbers.every((number) => (this.find(number)?.raft.leader ?? leader) === leader);
    });
    return this.leader;
  }

  /** Sends a request and does not wait. @returns its id */
  send(number: number, request: DistributiveOmit<EtcdRequest, 'id'>): number {
    const id = this.#nextId++;
    const errand: Errand = { type: 'errand', to: memberProcess(number), message: { ...request, id } as EtcdRequest };
    this.kernel.deliver(CLIENT, errand);
    return id;
  }

  /** The answer to a request, if it has come. */
  answerTo(id: number): EtcdAnswer | undefined {
    this.collect();
    return this.#answers.get(id);
  }

  /** Asks a member and waits. */
  ask(
    number: number,
    request: DistributiveOmit<EtcdRequest, 'id'>,
    within: Micros = 10 * SECOND,
  ): EtcdAnswer | undefined {
    const id = this.send(number, request);
    this.#until(within, () => this.#answers.has(id));
    return this.#answers.get(id);
  }

  put(
    number: number,
    key: string,
    value: unknown,
    more: { lease?: number; bytes?: number } = {},
  ): EtcdAnswer | undefined {
    return this.ask(number, putRequest(key, value, more));
  }

  /** What a member says that a key holds; undefined when it says nothing or an error. */
  get(number: number, key: string, serializable = false): KeyValue | null | undefined {
    const answer = this.ask(number, { type: 'etcd/range', range: { op: 'range', key }, serializable });
    return answer?.type === 'etcd/range-answer' ? (answer.result.kvs[0] ?? null) : undefined;
  }

  /** Nobody of one side reaches anybody of the other, either way. */
  partition(one: readonly number[], other: readonly number[]): void {
    const [from, to] = [one, other].map((side) => side.map((number) => `control-plane-${number}`)) as [
      string[],
      string[],
    ];
    this.kernel.fabric.partitions = [
      ...this.kernel.fabric.partitions,
      { id: 'there', from, to },
      { id: 'back', from: to, to: from },
    ];
  }

  heal(): void {
    this.kernel.fabric.partitions = [];
  }

  powerOff(number: number): void {
    this.kernel.powerOff(`control-plane-${number}`);
  }

  powerOn(number: number): void {
    this.kernel.powerOn(`control-plane-${number}`);
  }

  /** The lines that a member has logged. */
  logOf(number: number): string[] {
    return this.kernel.logs.entries.flatMap(({ process, text }) => (process === memberProcess(number) ? [text] : []));
  }

  #until(within: Micros, done: () => boolean): void {
    const end = this.kernel.now + within;
    while (this.kernel.now < end && !done()) this.advance(500);
  }

  /** Sorts what has come to the client by what it answers. */
  collect(): void {
    const state = this.kernel.processes.get(CLIENT)?.state as { received: EtcdAnswer[] } | undefined;
    for (const answer of state?.received.splice(0) ?? []) {
      if (!('header' in answer)) continue;
      if (answer.type === 'etcd/watch-events' || answer.type === 'etcd/watch-canceled') {
        this.watched.set(answer.id, [...(this.watched.get(answer.id) ?? []), answer]);
      } else this.#answers.set(answer.id, answer);
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export const putRequest = (
  key: string,
  value: unknown,
  { lease = 0, bytes = 10 }: { lease?: number; bytes?: number } = {},
): Omit<TxnRequest, 'id'> => ({
  type: 'etcd/txn',
  compare: [],
  success: [{ op: 'put', key, value, bytes, lease }],
  failure: [],
});
