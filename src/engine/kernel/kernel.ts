// long: the one loop, and all that it may do to machines and processes
/**
 * The kernel: virtual time, machines, processes, and the one loop that moves them. Knows nothing of Kubernetes.
 *
 * A run is a function of seed, machines and inputs. Events are handled in order of (at, seq); an input comes before
 * all events of its moment, and its moment is one that no event has been handled in, so that it makes no difference in
 * what slices the host grants time.
 */
import { findCause, noCauses, recordCause, recordTold, type CauseRecord, type CausesState } from './causes';
import { KernelContext, type ContextHost } from './context';
import { finishSync, losePower, type SyncTicket } from './disk';
import { EventQueue } from './event-queue';
import { Fabric, type FabricHost } from './fabric';
import { invariant } from './invariant';
import {
  ANY_LIFE,
  endProcess,
  connect,
  isStale,
  isUnread,
  localEvent,
  newMachine,
  newProcess,
  NO_TIMER,
  NO_WAY,
  type MachineSpec,
  type MachineState,
  type ProcessRecordState,
  type QueuedEvent,
} from './machine';
import { breakTraffic, LOOPBACK } from './network';
import type { OwnMessage } from './own-message';
import { deepFreeze } from './plain-data';
import type {
  Down,
  Explanation,
  EventId,
  Message,
  ProcessDefinition,
  ProcessId,
  ProcessSpec,
  Refused,
  Told,
} from './process';
import { type ExplanationRecord, KEPT_ENTRIES, type LogLine } from './remembered';
import { appendTo, newRing, type Ring } from './ring';
import type { Definitions, KernelInput, KernelOptions, Progress } from './run';
import type { Micros } from './time';

/** Exit code of a process that SIGKILL ended: 128 + 9. */
const SIGKILLED = 137;

/** Cause of what nothing caused: the start of the run, inputs. */
export const NO_CAUSE: EventId = -1;

export class Kernel implements ContextHost, FabricHost {
  readonly seed: number;
  readonly freeze: boolean;
  readonly definitions: Definitions;
  readonly machines = new Map<string, MachineState>();
  readonly processes = new Map<ProcessId, ProcessRecordState>();
  readonly fabric = new Fabric(this);
  readonly queue = new EventQueue<QueuedEvent>();
  /** Timers that can still be taken back, by their number. */
  readonly timers = new Map<number, QueuedEvent>();
  causes: CausesState;
  explanations: Ring<ExplanationRecord> = newRing(KEPT_ENTRIES);
  logs: Ring<LogLine> = newRing(KEPT_ENTRIES);
  inputs: KernelInput[] = [];
  now: Micros = 0;
  /** Time of the last event that was handled; −1 before the first. */
  lastHandledAt: Micros = -1;
  nextSeq = 0;
  /** Events handled since the start of the run. */
  handled = 0;
  /** The event being handled, and what its doings are caused by. */
  event: EventId = NO_CAUSE;
  cause: EventId = NO_CAUSE;
  readonly #context = new KernelContext(this);
  #onInput: (input: unknown) => void = () => undefined;
  #onRetire: (machine: string) => void = () => undefined;
  #onOrder: (order: Message) => void = () => undefined;
  #existing: () => Iterable<EventId> = () => [];
  /** Takes what processes say to the outside. No part of the run's state. */
  listener: ((word: object) => void) | null = null;
  /** How often anything was said. */
  words = 0;

  constructor(options: KernelOptions, definitions: Definitions) {
    this.seed = options.seed;
    this.freeze = options.freeze ?? false;
    this.definitions = definitions;
    this.causes = noCauses(options.causes ?? 16_384);
  }

  /** Who carries out inputs: the composition root. */
  onInput(carryOut: (input: unknown) => void): void {
    this.#onInput = carryOut;
  }

  /** Who takes away a machine that has no more to do: the composition root. */
  onRetire(takeAway: (machine: string) => void): void {
    this.#onRetire = takeAway;
  }

  /** Who carries out what processes ask for and no process can do: the composition root. */
  onOrder(carryOut: (order: Message) => void): void {
    this.#onOrder = carryOut;
  }

  /** Who knows in which events what exists was written: the composition root. Their causes are remembered longest. */
  onForgetting(existing: () => Iterable<EventId>): void {
    this.#existing = existing;
  }

  /** Stamps an input with the first moment in which nothing has happened yet. @returns that moment */
  input(input: unknown): Micros {
    const at = Math.max(this.now, this.lastHandledAt + 1, this.inputs[this.inputs.length - 1]?.at ?? 0);
    this.scheduleInput({ at, input });
    return at;
  }

  /** An input at a moment that was recorded. Inputs come in order. */
  scheduleInput(input: KernelInput): void {
    invariant(input.at > this.lastHandledAt, `an input at ${input.at} comes after an event of that moment`);
    this.inputs.push(this.freeze ? deepFreeze(input) : input);
  }

  /**
   * Handles events in order until virtual time `until`, at most `budget` of them.
   *
   * @param pause - asked after each event; true stops the run there
   */
  run(until: Micros, budget: number, pause?: () => boolean): Progress {
    let events = 0;
    for (;;) {
      const inputAt = this.inputs.length === 0 ? Infinity : this.inputs[0]!.at;
      const at = Math.min(inputAt, this.queue.nextAt);
      if (at > until) {
        this.now = Math.max(this.now, until);
        return { events, stopped: 'until' };
      }
      if (events >= budget) return { events, stopped: 'budget' };
      this.now = at;
      if (inputAt <= at) this.#carryOutInput();
      else if (!this.#handle(this.queue.pop())) continue;
      events++;
      if (pause !== undefined && pause()) return { events, stopped: 'breakpoint' };
    }
  }

  addMachine(spec: MachineSpec): MachineState {
    invariant(!this.machines.has(spec.name), `there is a machine ${spec.name} already`);
    const machine = newMachine(spec, this.seed);
    this.machines.set(spec.name, machine);
    for (const process of machine.processes) this.processes.set(process.id, process);
    return machine;
  }

  /** Takes a machine away for good: as a power cut, and nobody will find it again, nor what was under way from or to it. */
  removeMachine(name: string): void {
    this.powerOff(name);
    const machine = this.machine(name);
    for (const process of machine.processes) this.processes.delete(process.id);
    this.machines.delete(name);
    for (const { item } of this.queue.entries(({ to, from }) => to?.machine === machine || from?.machine === machine)) {
      item.message = null;
      this.timers.delete(item.timer);
    }
    for (const process of this.processes.values()) {
      if (process.held.length > 0) process.held = process.held.filter(({ from }) => from?.machine !== machine);
    }
  }

  powerOn(name: string, bootTime?: Micros): void {
    const machine = this.machine(name);
    if (machine.power !== 'off') return;
    machine.power = 'booting';
    machine.boots++;
    this.remind(bootTime ?? machine.spec.bootTime, { type: 'kernel/boot', machine: name, boots: machine.boots });
  }

  /** Processes end without a word, traffic is lost, the disk keeps what was synced. */
  powerOff(name: string): void {
    const machine = this.machine(name);
    if (machine.power === 'off') return;
    machine.power = 'off';
    machine.bootedAt = null;
    for (const process of machine.processes) this.#end(process);
    breakTraffic(machine.nic);
    losePower(machine.disk);
  }

  /** @param args - what it is started with this once, by hand; absent: what its unit or parent says */
  start(id: ProcessId, args?: unknown): void {
    const process = this.#process(id);
    if (process.status !== 'down' || process.machine.power !== 'on') return;
    process.status = 'running';
    process.incarnation++;
    process.startedAt = this.now;
    if (process.parent !== null) connect(this.#process(process.parent), id, process);
    const definition = this.#definition(process);
    this.#context.enter(process, null);
    process.state = definition.start(this.#context, (args ?? process.spec.args) as never);
    if (process.exiting !== null) this.kill(id, process.exiting);
  }

  /** SIGKILL, or the process's own end. Its children go with it, its peers' connections are reset; its unit or parent may start it again. */
  kill(id: ProcessId, code = SIGKILLED): void {
    const process = this.#process(id);
    if (process.status === 'down') return;
    const watchers = [...process.watchers];
    this.#end(process);
    for (const child of process.machine.processes) if (child.parent === id) this.kill(child.id);
    const word: Down = { type: 'kernel/down', process: id };
    for (const watcher of watchers)
      this.send(process, watcher, watcher === process.parent ? ({ ...word, code } as Down) : word);
    const { restartAfter } = process.spec;
    if (restartAfter !== null) {
      const boots = process.machine.boots;
      const message: OwnMessage = { type: 'kernel/restart', process: id, incarnation: process.incarnation, boots };
      this.remind(restartAfter, message);
    }
  }

  /** SIGSTOP: it keeps its state and its connections, and answers nobody. */
  pause(id: ProcessId): void {
    const process = this.#process(id);
    if (process.status === 'running') process.status = 'paused';
  }

  /** SIGCONT: it handles all that came meanwhile, in order, now. */
  resume(id: ProcessId): void {
    const process = this.#process(id);
    if (process.status !== 'paused') return;
    process.status = 'running';
    const held = process.held;
    process.held = [];
    this.requeue(held);
  }

  /** Puts events back into the queue, to be handled now, in order. */
  requeue(events: readonly QueuedEvent[]): void {
    for (const event of events) this.queue.push(this.now, this.nextSeq++, event);
  }

  /** The record of an event's cause, or null when the ring has let go of it. */
  causeOf(event: EventId): CauseRecord | null {
    return findCause(this.causes, event);
  }

  /** A message from outside the simulation to a process, as if it came from its own machine. */
  deliver(to: ProcessId, message: Message): void {
    const process = this.#process(to);
    const event = localEvent(process, this.freeze ? deepFreeze(message) : message, this.cause, ANY_LIFE);
    this.schedule(LOOPBACK, { ...event, way: process.machine.boots });
  }

  /** Sets a process up on its parent's machine; it starts in an event of its own. */
  spawn(parent: ProcessRecordState, spec: ProcessSpec): ProcessId {
    const { machine } = parent;
    const id = `${machine.name}/${spec.name}`;
    let child = this.processes.get(id);
    if (child === undefined) {
      child = newProcess(machine, spec);
      machine.processes.push(child);
      this.processes.set(id, child);
    }
    invariant(child.status === 'down' && !child.starting, `there is a process ${id} already`);
    child.spec = this.freeze ? deepFreeze(spec) : spec;
    child.parent = parent.id;
    child.starting = true;
    this.remind(0, { type: 'kernel/spawn', process: id, incarnation: child.incarnation, parent: parent.incarnation });
    return id;
  }

  /** Ends a child, in an event of its own. */
  end(parent: ProcessRecordState, id: ProcessId, code: number): void {
    const child = this.#process(id);
    invariant(child.parent === parent.id, `${id} is no child of ${parent.id}`);
    if (child.starting) child.starting = false;
    this.remind(0, { type: 'kernel/end', process: id, incarnation: child.incarnation, code });
  }

  schedule(delay: Micros, event: QueuedEvent): number {
    const seq = this.nextSeq++;
    this.queue.push(this.now + delay, seq, event);
    return seq;
  }

  send(from: ProcessRecordState, address: ProcessId, message: Message): void {
    const to = this.processes.get(address) ?? null;
    const target = to?.machine ?? this.machineAt(address);
    if (target === undefined) return;
    this.#dispatch(from.machine, target, { to, address, message, from, incarnation: ANY_LIFE });
  }

  hangUp(one: ProcessId, other: ProcessId): void {
    this.fabric.hangUp(one, other);
    this.#process(one).peers.delete(other);
  }

  /** What follows in this event is caused by an earlier one: a link of its own in the chain of causes. */
  because(cause: EventId, process: ProcessId): void {
    this.cause = cause === this.event ? cause : this.#record(cause, process, 'because');
  }

  tell(word: object): void {
    this.words++;
    this.listener?.(this.freeze ? deepFreeze(word) : word);
  }

  log(process: ProcessId, text: string): void {
    appendTo(this.logs, { event: this.cause, at: this.now, process, text });
  }

  explain(process: ProcessId, explanation: Explanation): void {
    const record: ExplanationRecord = { event: this.cause, at: this.now, process, ...explanation };
    appendTo(this.explanations, record);
    recordTold(this.causes, record);
  }

  remember(record: Told): void {
    recordTold(this.causes, record);
  }

  /** Puts a message on the way from one machine to another. */
  #dispatch(
    source: MachineState,
    target: MachineState,
    parcel: Pick<QueuedEvent, 'to' | 'address' | 'message' | 'from' | 'incarnation'>,
  ): void {
    const route = this.fabric.route(source, target);
    if (route === null) return;
    const { to, address, message, from, incarnation } = parcel;
    this.queue.push(route.at, this.nextSeq++, {
      to,
      address,
      message: this.freeze ? deepFreeze(message) : message,
      cause: this.cause,
      from,
      incarnation,
      way: from === null ? NO_WAY : route.way,
      timer: NO_TIMER,
    });
  }

  #carryOutInput(): void {
    const { input } = this.inputs.shift()!;
    this.#begin(NO_CAUSE, 'input', typeOf(input));
    this.#onInput(input);
  }

  /** @returns whether anything was handled */
  #handle(event: QueuedEvent): boolean {
    const { message, to, from } = event;
    if (message === null) return false;
    // What comes of it although nobody gets to handle it has the same cause.
    this.cause = event.cause;
    if (event.timer !== NO_TIMER && to?.status !== 'paused') this.timers.delete(event.timer);
    if (from === null && to === null) return this.#handleOwn(message as OwnMessage, event.cause);
    const machine = to?.machine ?? this.machineAt(event.address);
    if (machine === undefined || machine.power !== 'on') return false;
    if (event.way !== NO_WAY && !this.fabric.arrives(event, from?.machine ?? machine, machine)) return false;

    if (to !== null && to.status === 'paused') {
      to.held.push(from === null ? event : { ...event, way: NO_WAY, life: event.life ?? from.incarnation });
      return false;
    }
    if (to === null || to.status === 'down') return this.#refuse(event, message);
    if (event.incarnation >= 0 && event.incarnation !== to.incarnation) return false;
    if (isUnread(event)) return false;
    if (from !== null && (event.life ?? from.incarnation) === from.incarnation) {
      // A new life of the sender speaks: the connection with the old one is reset first.
      if (isStale(to, from)) this.#deliver(to, from, { type: 'kernel/down', process: from.id } as Down, event.cause);
      if (isStale(from, to)) {
        this.send(to, from.id, { type: 'kernel/down', process: to.id } as Down);
        return false;
      }
    }
    this.#deliver(to, from, message, event.cause);
    return true;
  }

  #deliver(to: ProcessRecordState, from: ProcessRecordState | null, message: Message, cause: EventId): void {
    if (message.type === 'kernel/down') to.peers.delete((message as Down).process);
    this.#begin(cause, to.id, message.type);
    to.handled++;
    this.#context.enter(to, from === null ? null : from.id);
    this.#definition(to).handle(to.state as never, message, this.#context);
    if (to.exiting !== null) this.kill(to.id, to.exiting);
  }

  #refuse(event: QueuedEvent, message: Message): boolean {
    const { from } = event;
    if (
      from === null ||
      from.status === 'down' ||
      message.type === 'kernel/refused' ||
      message.type === 'kernel/down'
    ) {
      return false;
    }
    const machine = event.to?.machine ?? this.machineAt(event.address)!;
    this.#begin(event.cause, event.address, 'kernel/refuse');
    const refusal: Refused = { type: 'kernel/refused', to: event.address, message };
    this.#dispatch(machine, from.machine, {
      to: from,
      address: from.id,
      message: refusal,
      from: event.to,
      incarnation: from.incarnation,
    });
    return true;
  }

  #handleOwn(message: OwnMessage, cause: EventId): boolean {
    switch (message.type) {
      case 'kernel/boot': {
        const machine = this.machines.get(message.machine);
        if (machine === undefined || machine.power !== 'booting' || machine.boots !== message.boots) return false;
        this.#begin(cause, message.machine, message.type);
        machine.power = 'on';
        machine.bootedAt = this.now;
        for (const process of machine.processes) if (process.parent === null) this.start(process.id);
        return true;
      }
      case 'kernel/restart': {
        const process = this.processes.get(message.process);
        if (process === undefined || process.incarnation !== message.incarnation) return false;
        if (process.machine.boots !== message.boots) return false;
        this.#begin(cause, message.process, message.type);
        this.start(process.id);
        return true;
      }
      case 'kernel/spawn': {
        const process = this.processes.get(message.process);
        if (process === undefined || !process.starting || process.incarnation !== message.incarnation) return false;
        const parent = this.#process(process.parent!);
        if (parent.status === 'down' || parent.incarnation !== message.parent) return false;
        this.#begin(cause, message.process, message.type);
        process.starting = false;
        this.start(process.id);
        return true;
      }
      case 'kernel/restart-unit': {
        const process = this.processes.get(message.process);
        if (process === undefined || process.parent !== null || process.machine.boots !== message.boots) return false;
        this.#begin(cause, message.process, message.type);
        this.kill(process.id);
        this.start(process.id);
        return true;
      }
      case 'kernel/retire': {
        const machine = this.machines.get(message.machine);
        if (machine === undefined || machine.boots !== message.boots || machine.power !== 'on') return false;
        this.#begin(cause, message.machine, message.type);
        this.#onRetire(message.machine);
        return true;
      }
      case 'kernel/order':
        this.#begin(cause, message.from, message.type);
        this.#onOrder(message.order);
        return true;
      case 'kernel/end': {
        const process = this.processes.get(message.process);
        if (process === undefined || process.incarnation !== message.incarnation) return false;
        this.#begin(cause, message.process, message.type);
        this.kill(process.id, message.code);
        return true;
      }
      case 'kernel/send-again': {
        this.#begin(cause, message.from, message.type);
        return this.fabric.sendAgain(message);
      }
      case 'kernel/synced': {
        const machine = this.machines.get(message.machine);
        if (machine === undefined || machine.boots !== message.boots) return false;
        this.#begin(cause, message.machine, message.type);
        finishSync(machine.disk, message.ticket);
        return true;
      }
    }
  }

  /** An event that the kernel sends itself. */
  remind(delay: Micros, message: OwnMessage): void {
    this.schedule(delay, localEvent(null, message, this.cause, ANY_LIFE));
  }

  /** The completion of a disk sync: first the platter, then the word to the process, both at the same moment. */
  finishSyncAfter(delay: Micros, machine: MachineState, ticket: SyncTicket): void {
    this.remind(delay, { type: 'kernel/synced', machine: machine.name, boots: machine.boots, ticket });
  }

  #begin(cause: EventId, process: string, type: string): void {
    this.lastHandledAt = this.now;
    this.handled++;
    this.event = this.#record(cause, process, type);
    this.cause = this.event;
  }

  #record(cause: EventId, process: string, type: string): EventId {
    return recordCause(this.causes, this.now, cause, process, type, this.#living);
  }

  /** The events on which something hangs that exists, or is still to happen. */
  readonly #living = (): Iterable<EventId> => [
    ...this.#existing(),
    ...this.queue.entries(({ message }) => message !== null).map(({ item }) => item.cause),
  ];

  #end(process: ProcessRecordState): void {
    endProcess(process);
    this.fabric.lose(process.id);
  }

  machineAt(address: ProcessId): MachineState | undefined {
    return this.machines.get(address.slice(0, address.indexOf('/')));
  }

  /** @throws InvariantError when there is none of that name */
  machine(name: string): MachineState {
    const machine = this.machines.get(name);
    invariant(machine !== undefined, `there is no machine ${name}`);
    return machine;
  }

  #process(id: ProcessId): ProcessRecordState {
    const process = this.processes.get(id);
    invariant(process !== undefined, `there is no process ${id}`);
    return process;
  }

  #definition(process: ProcessRecordState): ProcessDefinition<never, never> {
    const definition = this.definitions.get(process.spec.kind);
    invariant(definition !== undefined, `no code for processes of kind ${process.spec.kind}`);
    return definition;
  }
}

const typeOf = (input: unknown): string =>
  typeof input === 'object' && input !== null && 'type' in input ? String(input.type) : 'input';
