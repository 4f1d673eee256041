/** Machines and the processes on them, as the kernel keeps them: plain data but for the state of processes, which is theirs. */
import { type DiskState, emptyDisk } from './disk';
import { type NicState, newNic } from './network';
import type { EventId, Hog, MemoryInfo, Message, ProcessId, ProcessSpec } from './process';
import { type RandomState, seedState } from './random';
import type { Micros } from './time';

/** A machine to be set up. The kernel does not look into `facts`. */
export interface MachineSpec {
  readonly name: string;
  readonly rack: string;
  readonly zone: string;
  /** Absent: all machines are in one. */
  readonly region?: string;
  readonly diskBytes: number;
  /** Main memory; absent: more than anybody needs. */
  readonly memoryBytes?: number;
  /** µs from power to the start of its processes. */
  readonly bootTime: Micros;
  /** What it starts when it has power, in this order. */
  readonly units: readonly ProcessSpec[];
  /** Whatever the layers above want to know of it: plain data. */
  readonly facts: Readonly<Record<string, string | number>>;
}

export type Power = 'on' | 'booting' | 'off';

export interface MachineState {
  readonly name: string;
  readonly spec: MachineSpec;
  readonly rack: string;
  readonly zone: string;
  readonly region?: string;
  power: Power;
  /** Virtual time at which its processes were started last; null before. */
  bootedAt: Micros | null;
  /** Counts how often power went on: what was begun in an earlier life does not come to an end in this one. */
  boots: number;
  /** µs that its clock is ahead of virtual time. */
  clockSkew: Micros;
  readonly nic: NicState;
  readonly disk: DiskState;
  readonly diskJitter: RandomState;
  /** Bytes of memory that something holds which is no process of the simulation. */
  memoryTaken: number;
  /** Absent: nobody has ever taken its CPU. */
  hog?: Hog;
  /** What belongs on it, in the order of the start. */
  readonly processes: ProcessRecordState[];
}

export type ProcessStatus = 'running' | 'paused' | 'down';

export interface ProcessRecordState {
  readonly id: ProcessId;
  readonly machine: MachineState;
  /** The unit's, or what its parent said when it spawned it last. */
  spec: ProcessSpec;
  /** Who spawned it; null: it is a unit of its machine. */
  parent: ProcessId | null;
  status: ProcessStatus;
  /** It has been spawned and starts next. */
  starting: boolean;
  /** It has said that it ends when it has handled its message; else null. */
  exiting: number | null;
  /** It has said that it serves nobody for now. */
  unready: boolean;
  /** Bytes of memory that it says it holds. */
  memory: number;
  /** Counts its starts: a timer of an earlier life is void. */
  incarnation: number;
  startedAt: Micros | null;
  handled: number;
  /** What it made of itself in `start`. Undefined while it is down. */
  state: unknown;
  /** Its generators by purpose. They outlive it, so that no life repeats the draws of another. */
  readonly randoms: Map<string, RandomState>;
  /** Processes that asked to be told of its end. */
  readonly watchers: Set<ProcessId>;
  /** Its open connections: the life of each peer that they lead to, or UNBOUND until a first message gets there. */
  readonly peers: Map<ProcessId, number>;
  /** What came while it was paused, in order. */
  held: QueuedEvent[];
}

/** An event on its way. */
export interface QueuedEvent {
  /** Who is to handle it; null: nobody of that name existed when it was sent, or the kernel itself. */
  readonly to: ProcessRecordState | null;
  readonly address: ProcessId;
  /** Null once it was taken back. */
  message: Message | null;
  readonly cause: EventId;
  readonly from: ProcessRecordState | null;
  /** Life of `to` that it is meant for; −1: whichever listens. */
  readonly incarnation: number;
  /** `wayNumber` (between machines) or boots (loopback) when it was sent; −1: no way was used. */
  readonly way: number;
  /** Its number among the timers that can be taken back, or NO_TIMER. */
  timer: number;
  /** Of what came to a process that was paused: the life of `from` that sent it. */
  readonly life?: number;
}

export const NO_TIMER = -1;
/** `way` of what crosses no network. */
export const NO_WAY = -1;
/** `incarnation` of an event for whichever life of a process listens. */
export const ANY_LIFE = -1;

/** A connection whose other end was not there when it was opened. */
const UNBOUND = -1;

/** Opens a connection to whoever is or will be there under this name. */
export function connect(process: ProcessRecordState, peer: ProcessId, target: ProcessRecordState | undefined): void {
  const isThere = target !== undefined && target.status !== 'down';
  if (isThere) target.watchers.add(process.id);
  process.peers.set(peer, isThere ? target.incarnation : UNBOUND);
}

/**
 * Whether a message belongs to a connection with an earlier life of its addressee, who knows nothing of it and resets
 * it. A connection that had not reached anybody leads to this life from now on.
 */
export function isStale(from: ProcessRecordState, to: ProcessRecordState): boolean {
  const life = from.peers.get(to.id);
  if (life === undefined || life === to.incarnation) return false;
  if (life !== UNBOUND) return true;
  connect(from, to.id, to);
  return false;
}

/**
 * Whether what a paused process had not read came from an earlier life of its sender, by a connection that it has closed
 * since: with the connection goes what was not read.
 */
export function isUnread({ to, from, life }: QueuedEvent): boolean {
  if (from === null || life === undefined || life === from.incarnation) return false;
  const known = to?.peers.get(from.id);
  return known !== undefined && known !== life;
}

/** An event of the kernel's own, or of a process to itself: it crosses no network. */
export const localEvent = (
  to: ProcessRecordState | null,
  message: Message,
  cause: EventId,
  incarnation: number,
): QueuedEvent => ({
  to,
  address: to === null ? '' : to.id,
  message,
  cause,
  from: null,
  incarnation,
  way: NO_WAY,
  timer: NO_TIMER,
});

/** A machine without power, with its processes down. `seed` is the run's: its jitters are split from it. */
export function newMachine(spec: MachineSpec, seed: number): MachineState {
  const machine: MachineState = {
    name: spec.name,
    spec,
    rack: spec.rack,
    zone: spec.zone,
    ...(spec.region === undefined ? null : { region: spec.region }),
    power: 'off',
    bootedAt: null,
    boots: 0,
    clockSkew: 0,
    nic: newNic(seedState(seed, `${spec.name}/network`)),
    disk: emptyDisk(spec.diskBytes),
    diskJitter: seedState(seed, `${spec.name}/disk`),
    memoryTaken: 0,
    processes: [],
  };
  for (const unit of spec.units) machine.processes.push(newProcess(machine, unit));
  return machine;
}

export const newProcess = (machine: MachineState, spec: ProcessSpec): ProcessRecordState => ({
  id: `${machine.name}/${spec.name}`,
  machine,
  spec,
  parent: null,
  status: 'down',
  starting: false,
  exiting: null,
  unready: false,
  memory: 0,
  incarnation: 0,
  startedAt: null,
  handled: 0,
  state: undefined,
  randoms: new Map(),
  watchers: new Set(),
  peers: new Map(),
  held: [],
});

/** A process comes to its end: its memory is gone, its connections with it. */
export function endProcess(process: ProcessRecordState): void {
  process.status = 'down';
  process.state = undefined;
  process.starting = false;
  process.exiting = null;
  process.unready = false;
  process.memory = 0;
  process.startedAt = null;
  process.held = [];
  process.watchers.clear();
  process.peers.clear();
}

/** What there is of memory and what of it nobody holds. */
export function memoryOf({ spec, memoryTaken, processes }: MachineState): MemoryInfo {
  const total = spec.memoryBytes ?? Number.MAX_SAFE_INTEGER;
  let free = total - memoryTaken;
  for (const { memory } of processes) free -= memory;
  return { total, free };
}
