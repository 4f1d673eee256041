/** The window through which a process sees the world while it starts or handles a message. One object serves all. */
import { appendRecord, beginSync, readRecords, replaceRecords, type SyncTicket } from './disk';
import { invariant } from './invariant';
import { connect, localEvent, memoryOf, type MachineState, type ProcessRecordState, type QueuedEvent } from './machine';
import { deepFreeze } from './plain-data';
import type { OwnMessage } from './own-message';
import type {
  Context,
  Disk,
  EventId,
  Explanation,
  Hog,
  MemoryInfo,
  Message,
  Output,
  ProcessId,
  ProcessSpec,
  Told,
} from './process';
import { nextWord, seedState, StatefulRandom, type Random } from './random';
import type { Micros } from './time';

/** What the context needs of the kernel. */
export interface ContextHost {
  readonly seed: number;
  readonly freeze: boolean;
  readonly now: Micros;
  readonly event: EventId;
  readonly cause: EventId;
  readonly processes: ReadonlyMap<ProcessId, ProcessRecordState>;
  readonly timers: Map<number, QueuedEvent>;
  readonly fabric: { readonly names: ReadonlyMap<string, readonly ProcessId[]>; readonly namesAreLost: boolean };
  schedule(delay: Micros, event: QueuedEvent): number;
  send(from: ProcessRecordState, to: ProcessId, message: Message): void;
  spawn(parent: ProcessRecordState, spec: ProcessSpec): ProcessId;
  end(parent: ProcessRecordState, child: ProcessId, code: number): void;
  remind(delay: Micros, message: OwnMessage): void;
  finishSyncAfter(delay: Micros, machine: MachineState, ticket: SyncTicket): void;
  because(cause: EventId, process: ProcessId): void;
  hangUp(one: ProcessId, other: ProcessId): void;
  tell(word: object): void;
  log(process: ProcessId, text: string): void;
  explain(process: ProcessId, explanation: Explanation): void;
  remember(record: Told): void;
}

export class KernelContext implements Context, Disk {
  readonly #host: ContextHost;
  #process: ProcessRecordState | null = null;
  #from: ProcessId | null = null;

  constructor(host: ContextHost) {
    this.#host = host;
  }

  /** From now on this is the window of `process`, which handles a message of `from`. */
  enter(process: ProcessRecordState, from: ProcessId | null): void {
    this.#process = process;
    this.#from = from;
  }

  get now(): Micros {
    return this.#host.now + this.#process!.machine.clockSkew;
  }

  get monotonic(): Micros {
    return this.#host.now;
  }

  get self(): ProcessId {
    return this.#process!.id;
  }

  get machine(): string {
    return this.#process!.machine.name;
  }

  get from(): ProcessId | null {
    return this.#from;
  }

  get event(): EventId {
    return this.#host.event;
  }

  get disk(): Disk {
    return this;
  }

  get cause(): EventId {
    return this.#host.cause;
  }

  because(cause: EventId): void {
    this.#host.because(cause, this.#process!.id);
  }

  hangUp(peer: ProcessId): void {
    this.#host.hangUp(this.#process!.id, peer);
  }

  get resolves(): boolean {
    return !this.#host.fabric.namesAreLost;
  }

  lookUp(name: string): readonly ProcessId[] {
    return this.#host.fabric.names.get(name) ?? [];
  }

  balanced(among: readonly ProcessId[]): readonly ProcessId[] {
    const up = among.filter((id) => {
      const process = this.#host.processes.get(id);
      return process?.status === 'running' && process.machine.nic.in && process.machine.nic.out;
    });
    const ready = up.filter((id) => !this.#host.processes.get(id)!.unready);
    return ready.length > 0 ? ready : up.length > 0 ? up : among;
  }

  holdMemory(bytes: number): void {
    this.#process!.memory = bytes;
  }

  memory(): MemoryInfo {
    return memoryOf(this.#process!.machine);
  }

  hog(): Hog | undefined {
    return this.#process!.machine.hog;
  }

  setReady(ready: boolean): void {
    this.#process!.unready = !ready;
  }

  retire(): void {
    const { machine } = this.#process!;
    this.#host.remind(0, { type: 'kernel/retire', machine: machine.name, boots: machine.boots });
  }

  order(order: Message): void {
    const process = this.#process!;
    this.#host.remind(0, { type: 'kernel/order', order, from: process.id });
  }

  random(purpose: string): Random {
    const process = this.#process!;
    let state = process.randoms.get(purpose);
    if (state === undefined) {
      state = seedState(this.#host.seed, `${process.id}/${purpose}`);
      process.randoms.set(purpose, state);
    }
    return new StatefulRandom(state);
  }

  send(to: ProcessId, message: Message): void {
    this.#host.send(this.#process!, to, message);
  }

  after(delay: Micros, message: Message): EventId {
    invariant(delay >= 0 && Number.isInteger(delay), `a timer of ${delay} µs (${message.type})`);
    const event = this.#toSelf(message);
    const timer = this.#host.schedule(delay, event);
    event.timer = timer;
    this.#host.timers.set(timer, event);
    return timer;
  }

  cancel(timer: EventId | null): void {
    if (timer === null) return;
    const event = this.#host.timers.get(timer);
    if (event === undefined) return;
    event.message = null;
    this.#host.timers.delete(timer);
  }

  monitor(target: ProcessId): void {
    connect(this.#process!, target, this.#host.processes.get(target));
  }

  spawn(spec: ProcessSpec): ProcessId {
    return this.#host.spawn(this.#process!, spec);
  }

  isTaken(name: string): boolean {
    const holder = this.#host.processes.get(`${this.machine}/${name}`);
    return holder !== undefined && (holder.starting || holder.status !== 'down');
  }

  end(child: ProcessId, code: number): void {
    this.#host.end(this.#process!, child, code);
  }

  restart(unit: string): void {
    const { machine } = this.#process!;
    this.#host.remind(0, { type: 'kernel/restart-unit', process: `${machine.name}/${unit}`, boots: machine.boots });
  }

  exit(code: number): void {
    this.#process!.exiting = code;
  }

  append(file: string, record: unknown, bytes: number): void {
    appendRecord(this.#process!.machine.disk, file, this.#host.freeze ? deepFreeze(record) : record, bytes);
  }

  replace(file: string, records: readonly unknown[], bytes: number): void {
    if (this.#host.freeze) records.forEach(deepFreeze);
    replaceRecords(this.#process!.machine.disk, file, records, bytes);
  }

  read(file: string): readonly unknown[] {
    return readRecords(this.#process!.machine.disk, file);
  }

  remove(file: string): void {
    this.#process!.machine.disk.files.delete(file);
  }

  files(prefix: string): readonly string[] {
    return [...this.#process!.machine.disk.files.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  isFull(): boolean {
    return this.#process!.machine.disk.full;
  }

  sync(file: string, done: Message): void {
    const { machine } = this.#process!;
    const { takes, ticket } = beginSync(machine.disk, file, nextWord(machine.diskJitter) / 0x1_0000_0000);
    machine.disk.busyUntil = Math.max(this.#host.now, machine.disk.busyUntil) + takes;
    const delay = machine.disk.busyUntil - this.#host.now;
    this.#host.finishSyncAfter(delay, machine, ticket);
    this.#host.schedule(delay, this.#toSelf(done));
  }

  tell(word: object): void {
    this.#host.tell(word);
  }

  log(line: string): void {
    const process = this.#process!;
    this.#host.log(process.id, line);
    const parent = process.parent === null ? undefined : this.#host.processes.get(process.parent);
    if (parent === undefined) return;
    const output: Output = { type: 'kernel/output', process: process.id, line };
    this.#host.schedule(0, localEvent(parent, output, this.#host.cause, parent.incarnation));
  }

  explain(explanation: Explanation): void {
    this.#host.explain(this.#process!.id, explanation);
  }

  remember(record: Told): void {
    this.#host.remember(record);
  }

  #toSelf(message: Message): QueuedEvent {
    const process = this.#process!;
    return localEvent(
      process,
      this.#host.freeze ? deepFreeze(message) : message,
      this.#host.cause,
      process.incarnation,
    );
  }
}
