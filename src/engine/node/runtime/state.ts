/** What containerd knows: images (also on disk), pulls, sandboxes, containers, execs. Plain data, changed in place. */
import type { EventId, Message, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { ImageReference } from '../images/reference';
import type { ImageManifest } from '../images/registry';
import type { ServiceProgram } from '../programs/program';
import type { ShellState } from '../programs/shell/state';
import type { Terminal } from '../programs/terminal';
import type { LogRecord, LogStream } from './log-record';
import type { ContainerConfig, Flow, Resources, RuntimeContainerStatus, RuntimeImage, SandboxStatus } from './cri';

/** Who asked, to be answered later. */
export interface Asker {
  readonly from: ProcessId;
  readonly id: number;
}

export interface Pull {
  /** Canonical name. */
  readonly name: string;
  readonly reference: ImageReference;
  /** Null until the registry has told. */
  manifest: ImageManifest | null;
  readonly startedAt: Micros;
  /** Bytes that were here at `at`. */
  done: number;
  at: Micros;
  /** In `resolving` and `fetching` it waits for the registry, until `deadline`. */
  state: 'resolving' | 'downloading' | 'fetching' | 'storing';
  deadline: EventId | null;
  readonly askers: Asker[];
}

export interface Sandbox {
  status: SandboxStatus;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  containers: readonly string[];
}

/** A container's log file, and what of it is not on the disk yet. */
export interface ContainerLog {
  readonly file: string;
  /** Written to the file, and how many records that is. */
  bytes: number;
  records: number;
  /** The last record, while it may still be repeated. */
  pending: LogRecord | null;
  /** Lines without their end, by stream. */
  open: Partial<Record<LogStream, string>> | null;
  /** Rotated files, oldest first. */
  rotated: string[] | null;
  followers: { readonly to: ProcessId; readonly id: number }[] | null;
}

/** What comes to a container, and what it has time for. */
export interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** Those of them that it answers. */
  readonly answered: number;
  /** Thousandths of a core. */
  readonly milliCpu: number;
}

/** What a container that stands still has missed. Times are `ctx.monotonic`. */
export interface Frozen {
  readonly since: Micros;
  /** The stop signal waits for it. */
  readonly signalled: boolean;
  /** Its timers that have come meanwhile, and when. */
  readonly missed: readonly { readonly at: Micros; readonly message: Message }[];
}

export interface ContainerRecord {
  status: RuntimeContainerStatus;
  readonly config: ContainerConfig;
  readonly hostname: string;
  /** Of its pod; the machine's in the host's network. */
  readonly ip: string;
  /** The service that runs in the foreground, and since when (`ctx.monotonic`). */
  service: { readonly program: ServiceProgram; readonly since: Micros } | null;
  /** The process of the simulation that it is, when it runs a component of the control plane. */
  process: ProcessId | null;
  /** The shell that is process 1 (perhaps around the service). */
  shell: ShellState | null;
  /** The container's own layer and mounts; `null` until somebody writes or reads. */
  files: Map<string, string> | null;
  /** Its log; null until something is written. */
  log: ContainerLog | null;
  /** CPU time on top of what its program uses at rest, µs of one core. */
  extraCpu: number;
  /** At present. Null: no traffic comes. */
  load: Load | null;
  /** HTTP requests that it has answered; of traffic also parts of one. */
  served: number;
  /** Limits that were changed while it runs; null: as configured. */
  resized: { readonly resources: Resources | undefined } | null;
  timer: EventId | null;
  /** Bytes of memory that its processes use. */
  memory: number;
  /** SIGKILL at this `ctx.monotonic`. */
  kill: { readonly timer: EventId; readonly at: Micros } | null;
  readonly stopAskers: Asker[];
  /** Null: its streams are pipes. */
  readonly terminal: Terminal | null;
  /** Its processes stand still. Absent: they run. */
  frozen?: Frozen;
  /** µs for which its program stood still and for which it ends later. Absent: none. */
  owed?: Micros;
  /** Who is attached to its first process. */
  attached: { readonly asker: Asker; readonly stdin: boolean }[] | null;
}

export interface ExecSession {
  readonly container: string;
  readonly asker: Asker;
  readonly shell: ShellState;
  output: string;
  readonly deadline: EventId;
  timer: EventId | null;
}

/** A command that runs with its streams open. */
export interface RunningExec {
  readonly container: string;
  readonly asker: Asker;
  readonly command: readonly string[];
  readonly shell: ShellState;
  /** Null: its streams are pipes. */
  readonly terminal: Terminal | null;
  timer: EventId | null;
  readonly pid: number;
}

/** A TCP connection to a program of a pod. */
export interface Connection {
  readonly asker: Asker;
  readonly sandbox: string;
  readonly port: number;
  readonly datagrams: boolean;
  /** Bytes that do not make a request yet. */
  rest: string;
}

export interface TrafficState {
  readonly sources: Map<string, { readonly flows: readonly Flow[]; readonly until: Micros }>;
  /** Monotonic time up to which its CPU is counted. */
  countedAt: Micros;
  timer: EventId | null;
}

export interface ContainerdState {
  /** Of the machine, thousandths of a core. */
  readonly milliCpu: number;
  readonly bandwidth: number;
  readonly images: Map<string, RuntimeImage>;
  readonly pulls: Map<string, Pull>;
  pullTimer: EventId | null;
  readonly sandboxes: Map<string, Sandbox>;
  readonly sandboxByIP: Map<string, string>;
  /** Last address given, as an offset in the node's range. */
  lastAddress: number;
  readonly containers: Map<string, ContainerRecord>;
  /** Probes of components that have not been answered. */
  readonly probes: Map<number, { readonly asker: Asker; readonly timer: EventId }>;
  nextProbe: number;
  /** CPU time of containers that have ended, µs of one core. */
  spentCpu: number;
  /** Requests that keep coming, by source; null: none ever came. */
  traffic: TrafficState | null;
  /** Who waits for the answers of processes of pods; null: nobody ever did. */
  relays: Map<number, Asker> | null;
  readonly execs: Map<number, ExecSession>;
  readonly running: Map<number, RunningExec>;
  readonly connections: Map<number, Connection>;
  nextExec: number;
  /** Bytes that its containers use together. */
  memory: number;
  /** Some container stands still, or has. Absent: none ever did. */
  freezes?: true;
  /** Who gets container events. */
  subscriber: ProcessId | null;
}
