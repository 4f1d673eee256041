/**
 * What a process is, and all that it can do to the world.
 *
 * A process is plain data and a synchronous `handle`. It runs on a machine and dies with it. It may change its own
 * state in place while it handles a message, and nothing else: whatever it sends, stores or schedules is
 * plain data that is never changed again (the kernel freezes it in development and tests). That is all that
 * saving, forking and replaying a run need.
 */
import type { Random } from './random';
import type { Micros } from './time';

/** `machine/name`, e.g. `control-plane-1/etcd`. Also the address that messages are sent to. */
export type ProcessId = string;

/** The number of an event in its run; causes and timers are named by it. */
export type EventId = number;

/** Anything a process can be told. `type` decides; the rest is plain data. */
export interface Message {
  readonly type: string;
}

/** Nobody listens at `to` although its machine answers: "connection refused". Comes back to the sender. */
export interface Refused extends Message {
  readonly type: 'kernel/refused';
  readonly to: ProcessId;
  readonly message: Message;
}

/** A monitored process has ended and its machine said so: "connection reset". A machine without power says nothing. */
export interface Down extends Message {
  readonly type: 'kernel/down';
  readonly process: ProcessId;
  /** Its exit code, for the process that spawned it: 137 after SIGKILL. Others see a connection end, without code. */
  readonly code?: number;
}

/** A process that one has spawned says a line in its log: its standard error. Comes after whatever it did before, in order. */
export interface Output extends Message {
  readonly type: 'kernel/output';
  readonly process: ProcessId;
  readonly line: string;
}

export type KernelMessage = Refused | Down;

/**
 * The disk of the process's machine. Files are lists of records. What was written is seen at once by whoever reads
 * on the same machine, also after the process was killed; only what was synced survives the loss of power.
 */
export interface Disk {
  /** Adds a record at the end of a file (created when missing). `bytes` counts against the disk's capacity. */
  append(file: string, record: unknown, bytes: number): void;
  /** Puts new content in the place of the old, as by writing a new file and renaming it. */
  replace(file: string, records: readonly unknown[], bytes: number): void;
  /** The file as this machine sees it now; an empty list when there is none. Do not change it. */
  read(file: string): readonly unknown[];
  remove(file: string): void;
  /** Names of all files that begin with `prefix`, in byte order. */
  files(prefix: string): readonly string[];
  /** Whether there is no space left: then `append` and `replace` change nothing. */
  isFull(): boolean;
  /** fsync: `done` arrives as a message once all that the file holds now is safe. */
  sync(file: string, done: Message): void;
}

/** Something that is told of an event. */
export interface Told {
  readonly event: EventId;
}

/**
 * Why something was decided, in a form that can be told later ("the scheduler's verdicts", "the plan"): attached to
 * the event being handled. `text` is one English sentence; `data` plain data for whoever wants more.
 */
export interface Explanation {
  readonly what: string;
  /** Who in the process decided, e.g. `replicaset-controller`; absent: the process as a whole. */
  readonly actor?: string;
  readonly text: string;
  readonly subject?: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly data?: unknown;
}

/** Loops that compute on a machine's CPU and are no processes of the simulation. */
export interface Hog {
  /** How many run at once; 0: there were some. */
  readonly loops: number;
  /** Thousandths of a core that they take, and since when; µs of one core that they took before. */
  readonly milliCpu: number;
  readonly since: Micros;
  readonly spent: number;
  /** µs for which whatever arrives at a process waits for its turn at the CPU. */
  readonly lag: Micros;
}

/** `/proc/meminfo`, in bytes. */
export interface MemoryInfo {
  readonly total: number;
  /** Held by nobody; below 0 when more was asked for than there is. */
  readonly free: number;
}

/** All that a process can see and do. Valid only while `start` or `handle` runs; never keep it. */
export interface Context {
  /** What this machine's clock says: virtual time plus its skew. For timestamps. */
  readonly now: Micros;
  /** Virtual time, which no skew touches. For durations. */
  readonly monotonic: Micros;
  readonly self: ProcessId;
  readonly machine: string;
  /** Who sent the message being handled; null for own timers, disk completions and the kernel. */
  readonly from: ProcessId | null;
  /** The event being handled. */
  readonly event: EventId;
  /** What everything done now is caused by: the event being handled, unless `because` said otherwise. */
  readonly cause: EventId;
  /**
   * Names an earlier event as the cause of what follows in this `handle` (a work queue taking up a key): explanations,
   * messages and timers hang on a link of their own in the chain of causes. `because(event)` ends that.
   */
  because(cause: EventId): void;
  /** This process's own generator for one purpose; draws from it move no other. */
  random(purpose: string): Random;
  /** Sends over the network (or loopback). In order per pair of machines; lost if the way is cut. */
  send(to: ProcessId, message: Message): void;
  /** A message to oneself after `delay` µs (0 or more). Lost when this process ends. */
  after(delay: Micros, message: Message): EventId;
  /** Takes a timer back. Unknown, fired or null: nothing happens. */
  cancel(timer: EventId | null): void;
  /** Whether somebody answers who asks for a name of the network. */
  readonly resolves: boolean;
  /** The processes that a name of the network stands for, in its order; none when nobody knows it. */
  lookUp(name: string): readonly ProcessId[];
  /**
   * Of these processes the ones that are ready and on machines whose cable is whole, as a load balancer's health checks find
   * them; when none is ready those that run there, and all when none does.
   */
  balanced(among: readonly ProcessId[]): readonly ProcessId[];
  /** Says how many bytes of its machine's memory this process holds, until it says otherwise or ends. */
  holdMemory(bytes: number): void;
  /** The memory of this machine. */
  memory(): MemoryInfo;
  /** What computes on this machine beside its processes; undefined: nothing ever did. */
  hog(): Hog | undefined;
  /** Says whether this process can serve, as its health checks would tell; it is taken for ready until it says otherwise. */
  setReady(ready: boolean): void;
  /** Closes the connection to a peer: what a closed way still holds up between the two, either way, is lost. */
  hangUp(peer: ProcessId): void;
  /**
   * Opens a connection: `kernel/down` tells when `target` ends, and what is sent to a later life of it is lost and answered
   * with `kernel/down` too (the reset of a half-open TCP connection). Again: a new connection. Ends with either side.
   */
  monitor(target: ProcessId): void;
  /**
   * Starts a process on this machine, as soon as this message is handled. It ends with its parent, and its parent hears
   * `kernel/down` with its exit code. A name that a process of this machine has must be free: its holder down.
   */
  spawn(spec: ProcessSpec): ProcessId;
  /** Whether a process of this name is up on this machine, or about to start: then its name (its port) is taken. */
  isTaken(name: string): boolean;
  /** Ends a process that this one has spawned, with this exit code; 137 stands for SIGKILL. */
  end(child: ProcessId, code: number): void;
  /** Starts a unit of this machine anew, at once (`systemctl restart`). There is none of that name: nothing happens. */
  restart(unit: string): void;
  /** This machine has no more to do: it is taken away for good, in an event of its own. */
  retire(): void;
  /** Asks whoever has set up the machines for something that no process can do, e.g. one more of them; carried out in an event of its own. */
  order(order: Message): void;
  /** This process ends when this message is handled. Its unit, or its parent, decides whether it is started again. */
  exit(code: number): void;
  readonly disk: Disk;
  /** Says something to whoever stands outside of the simulation, if somebody listens. No part of the run: nothing in it hears. */
  tell(word: object): void;
  /** A line in the component's own log (klog). Its parent hears it too, by `kernel/output`. */
  log(line: string): void;
  explain(explanation: Explanation): void;
  /** Keeps a record, frozen from now on, with the event that it is about: to be told when somebody asks why. */
  remember(record: Told): void;
}

/**
 * The code of a kind of process. Found by `kind` when a state is restored, so `kind` must not change lightly.
 * `start` may already send and set timers. `handle` also gets `KernelMessage`s.
 */
export interface ProcessDefinition<State, Args> {
  readonly kind: string;
  start(ctx: Context, args: Args): State;
  handle(state: State, message: Message, ctx: Context): void;
}

/** A process to be run on a machine: the unit file, so to speak. */
export interface ProcessSpec {
  /** Unique on its machine: the second half of the `ProcessId`. */
  readonly name: string;
  /** Which `ProcessDefinition` runs. */
  readonly kind: string;
  /** Given to `start`: plain data, never changed. */
  readonly args: unknown;
  /** µs after which it is started again when it was killed; null: it stays down. */
  readonly restartAfter: Micros | null;
}

/** Declares a kind of process; only fixes the types. */
export function defineProcess<State, Args = null>(
  definition: ProcessDefinition<State, Args>,
): ProcessDefinition<State, Args> {
  return definition;
}
