/**
 * The whole kernel as a value, and back. What is saved is plain data: it survives `structuredClone`. A kernel that was
 * restored goes on exactly as the saved one would have.
 */
import type { CausesState } from './causes';
import type { Kernel } from './kernel';
import type { KernelInput } from './run';
import {
  newProcess,
  NO_TIMER,
  type MachineSpec,
  type ProcessRecordState,
  type ProcessStatus,
  type QueuedEvent,
} from './machine';
import type { DiskState } from './disk';
import type { Burden, NicState, Partition } from './network';
import { hashPlain } from './plain-data';
import type { Hog, Message, ProcessId, ProcessSpec } from './process';
import type { RandomState } from './random';
import type { ExplanationRecord, LogLine } from './remembered';
import type { Ring } from './ring';
import type { Stall } from './stalls';
import type { Micros } from './time';

interface SavedEvent {
  readonly to: ProcessId | null;
  readonly address: ProcessId;
  readonly message: Message;
  readonly cause: number;
  readonly from: ProcessId | null;
  readonly incarnation: number;
  readonly way: number;
  readonly timer: number;
}

interface SavedProcess {
  readonly name: string;
  /** Of a process that was spawned; a unit's is in the machine's spec. */
  readonly spawned: { readonly spec: ProcessSpec; readonly parent: ProcessId; readonly starting: boolean } | null;
  readonly status: ProcessStatus;
  readonly unready: boolean;
  readonly memory: number;
  readonly incarnation: number;
  readonly startedAt: Micros | null;
  readonly handled: number;
  readonly state: unknown;
  readonly randoms: Map<string, RandomState>;
  readonly watchers: Set<ProcessId>;
  readonly peers: Map<ProcessId, number>;
  readonly held: readonly SavedEvent[];
}

interface SavedMachine {
  readonly spec: MachineSpec;
  readonly power: 'on' | 'booting' | 'off';
  readonly bootedAt: Micros | null;
  readonly boots: number;
  readonly clockSkew: Micros;
  readonly nic: NicState;
  readonly disk: DiskState;
  readonly diskJitter: RandomState;
  readonly memoryTaken: number;
  readonly hog?: Hog;
  readonly processes: readonly SavedProcess[];
}

/** What decides how the run goes on. */
interface Behaviour {
  readonly seed: number;
  readonly now: Micros;
  readonly lastHandledAt: Micros;
  readonly nextSeq: number;
  readonly handled: number;
  readonly machines: readonly SavedMachine[];
  readonly partitions: readonly Partition[];
  /** Absent: there are none. */
  readonly burdens?: readonly Burden[];
  /** Absent: they are not. */
  readonly namesAreLost?: true;
  readonly names: ReadonlyMap<string, readonly ProcessId[]>;
  readonly stalls: readonly (Omit<Stall, 'events'> & { readonly events: readonly SavedEvent[] })[];
  readonly queue: readonly { readonly at: Micros; readonly seq: number; readonly event: SavedEvent }[];
  readonly inputs: readonly KernelInput[];
}

/** What is only remembered. */
interface Memory {
  readonly causes: CausesState;
  readonly explanations: Ring<ExplanationRecord>;
  readonly logs: Ring<LogLine>;
}

export interface SavedKernel {
  readonly behaviour: Behaviour;
  readonly memory: Memory;
}

/** The kernel as plain data that still shares the kernel's own objects: to be copied before the kernel runs on. */
export function exposeKernel(kernel: Kernel): SavedKernel {
  const { causes, explanations, logs } = kernel;
  return { behaviour: exposeBehaviour(kernel), memory: { causes, explanations, logs } };
}

/**
 * Names the state by what decides how the run goes on, whatever is remembered of its past. 16 hexadecimal digits.
 *
 * @param inputs - those that are still to come; absent: all that the kernel expects
 */
export const hashKernel = (kernel: Kernel, inputs: readonly KernelInput[] = kernel.inputs): string =>
  hashPlain({ ...exposeBehaviour(kernel), inputs });

/** Puts a saved state, which the kernel may keep, in the place of the kernel's own. Its seed and code stay. */
export function loadKernel(kernel: Kernel, saved: SavedKernel): void {
  const { behaviour, memory } = saved;
  kernel.machines.clear();
  kernel.processes.clear();
  kernel.timers.clear();
  for (const machine of behaviour.machines) loadMachine(kernel, machine);
  kernel.fabric.partitions = behaviour.partitions;
  kernel.fabric.burdens = behaviour.burdens ?? [];
  kernel.fabric.namesAreLost = behaviour.namesAreLost ?? false;
  kernel.fabric.names = behaviour.names;
  kernel.inputs = [...behaviour.inputs];
  kernel.now = behaviour.now;
  kernel.handled = behaviour.handled;
  kernel.lastHandledAt = behaviour.lastHandledAt;
  kernel.nextSeq = behaviour.nextSeq;
  kernel.causes = memory.causes;
  kernel.explanations = memory.explanations;
  kernel.logs = memory.logs;
  for (const machine of behaviour.machines) {
    for (const { name, held } of machine.processes) {
      const process = kernel.processes.get(`${machine.spec.name}/${name}`)!;
      process.held = held.map((event) => loadEvent(kernel, event));
    }
  }
  kernel.fabric.stalls = new Map(
    behaviour.stalls.map(({ events, ...stall }) => [
      `${stall.from}>${stall.to}`,
      { ...stall, events: events.map((event) => loadEvent(kernel, event)) },
    ]),
  );
  kernel.queue.reset(behaviour.queue.map(({ at, seq, event }) => ({ at, seq, item: loadEvent(kernel, event) })));
}

function exposeBehaviour(kernel: Kernel): Behaviour {
  return {
    seed: kernel.seed,
    now: kernel.now,
    lastHandledAt: kernel.lastHandledAt,
    nextSeq: kernel.nextSeq,
    handled: kernel.handled,
    machines: [...kernel.machines.values()].map((machine) => ({
      spec: machine.spec,
      power: machine.power,
      bootedAt: machine.bootedAt,
      boots: machine.boots,
      clockSkew: machine.clockSkew,
      nic: machine.nic,
      disk: machine.disk,
      diskJitter: machine.diskJitter,
      memoryTaken: machine.memoryTaken,
      ...(machine.hog === undefined ? null : { hog: machine.hog }),
      processes: machine.processes.map(exposeProcess),
    })),
    partitions: kernel.fabric.partitions,
    ...(kernel.fabric.burdens.length === 0 ? null : { burdens: kernel.fabric.burdens }),
    ...(kernel.fabric.namesAreLost ? { namesAreLost: true } : null),
    names: kernel.fabric.names,
    stalls: [...kernel.fabric.stalls.values()].map(({ events, ...stall }) => ({
      ...stall,
      events: events.map(exposeEvent),
    })),
    queue: kernel.queue
      .entries((event) => event.message !== null)
      .map(({ at, seq, item }) => ({ at, seq, event: exposeEvent(item) })),
    inputs: kernel.inputs,
  };
}

function exposeProcess(process: ProcessRecordState): SavedProcess {
  return {
    name: process.spec.name,
    spawned:
      process.parent === null ? null : { spec: process.spec, parent: process.parent, starting: process.starting },
    status: process.status,
    unready: process.unready,
    memory: process.memory,
    incarnation: process.incarnation,
    startedAt: process.startedAt,
    handled: process.handled,
    state: process.state ?? null,
    randoms: process.randoms,
    watchers: process.watchers,
    peers: process.peers,
    held: process.held.filter((event) => event.message !== null).map(exposeEvent),
  };
}

const exposeEvent = (event: QueuedEvent): SavedEvent => ({
  to: event.to === null ? null : event.to.id,
  address: event.address,
  message: event.message!,
  cause: event.cause,
  from: event.from === null ? null : event.from.id,
  incarnation: event.incarnation,
  way: event.way,
  timer: event.timer,
  ...(event.life === undefined ? {} : { life: event.life }),
});

function loadMachine(kernel: Kernel, saved: SavedMachine): void {
  const machine = kernel.addMachine(saved.spec);
  Object.assign(machine, {
    power: saved.power,
    bootedAt: saved.bootedAt,
    boots: saved.boots,
    clockSkew: saved.clockSkew,
    nic: saved.nic,
    disk: saved.disk,
    diskJitter: saved.diskJitter,
    memoryTaken: saved.memoryTaken,
    ...(saved.hog === undefined ? null : { hog: saved.hog }),
  });
  saved.processes.forEach((process, index) => {
    if (process.spawned !== null) {
      const spawned = newProcess(machine, process.spawned.spec);
      machine.processes.push(spawned);
      kernel.processes.set(spawned.id, spawned);
      spawned.parent = process.spawned.parent;
      spawned.starting = process.spawned.starting;
    }
    Object.assign(machine.processes[index]!, {
      status: process.status,
      unready: process.unready,
      memory: process.memory,
      incarnation: process.incarnation,
      startedAt: process.startedAt,
      handled: process.handled,
      state: process.status === 'down' ? undefined : process.state,
      randoms: process.randoms,
      watchers: process.watchers,
      peers: process.peers,
    });
  });
}

function loadEvent(kernel: Kernel, saved: SavedEvent): QueuedEvent {
  const event: QueuedEvent = {
    ...saved,
    to: saved.to === null ? null : (kernel.processes.get(saved.to) ?? null),
    from: saved.from === null ? null : (kernel.processes.get(saved.from) ?? null),
  };
  if (event.timer !== NO_TIMER) kernel.timers.set(event.timer, event);
  return event;
}
