/** Places of the runtime's code that comes late. */
import { LateCode } from '#engine/late/late-code';
import type { HttpRequest, HttpResponse, PipeChunk } from '#engine/apiserver/stream-wire';
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Attach, ContainerConfig, CriResult, Exec, ExecSync, Mount, PortForward, Traffic } from './cri';
import type { FreezeContainerFault } from './messages';
import type { ContainerdState, ContainerRecord } from './state';

type Request<R> = (state: ContainerdState, request: R, ctx: Context) => void;
/** Something happened to a command, which has this number. */
type OfExec = (state: ContainerdState, exec: number, ctx: Context) => void;

/** Commands, terminals, connections and traffic that come to containers from outside, and what they use; `late-sessions.ts` fills it. */
export interface Sessions {
  readonly exec: Request<Exec>;
  readonly execGoesOn: OfExec;
  readonly execSync: Request<ExecSync>;
  readonly runExec: OfExec;
  readonly execTimedOut: OfExec;
  readonly attach: Request<Attach>;
  readonly portForward: Request<PortForward>;
  /** Bytes from the other end of a stream. */
  heard(state: ContainerdState, from: ProcessId, piece: PipeChunk, ctx: Context): void;
  /** The other end is gone: of one stream, or (null) of all of a process. */
  hangUp(state: ContainerdState, from: ProcessId, id: number | null, ctx: Context): void;
  /** What is put into every container's `/etc`: texts by their paths. */
  etcFiles(container: ContainerRecord): Iterable<readonly [path: string, text: string]>;
  /** Why a container cannot have the profiles that it is to run under; null: it can. */
  missingProfile(profiles: NonNullable<ContainerConfig['profiles']>, ctx: Context): string | null;
  /** What a container sees that has directories of the machine mounted over its own files. */
  mountedFiles(own: Map<string, string>, mounts: readonly Mount[], ctx: Context): Map<string, string>;
  resetConnections(state: ContainerdState, sandboxId: string, ctx: Context): void;
  /** A shell has run for a moment, and computes on for so many µs. */
  computed(container: ContainerRecord, busy: Micros): void;
  trafficComes(state: ContainerdState, traffic: Traffic, ctx: Context): void;
  countTraffic(state: ContainerdState, ctx: Context): void;
  /** Passes a request on to a process of a pod, and its answer back. */
  relay(state: ContainerdState, to: ProcessId, request: HttpRequest, ctx: Context): void;
  relayed(state: ContainerdState, response: HttpResponse, ctx: Context): void;
  statsOf(state: ContainerdState, ctx: Context): CriResult;
  /** Lets a container stand still, or go on. */
  freeze(state: ContainerdState, fault: FreezeContainerFault, ctx: Context): void;
  /** Keeps what would set a container in motion that stands still. @returns whether it did */
  standsStill(state: ContainerdState, told: Message, ctx: Context): boolean;
  /** How much later than usual a container answers a request; Infinity: not at all. */
  lateness(state: ContainerdState, container: ContainerRecord, ctx: Context): Micros;
}

export const lateSessions = new LateCode<Sessions>('sessions with containers');

/** Whether anybody holds a stream to anything here. */
export const hasSessions = (state: ContainerdState): boolean =>
  state.running.size > 0 ||
  state.connections.size > 0 ||
  [...state.containers.values()].some(({ attached }) => (attached ?? null) !== null);

/** What comes into play when a machine has no memory left; `late-memory.ts` fills it. */
export interface Memory {
  /** Kills containers until there is memory again. */
  outOfMemory(state: ContainerdState, ctx: Context): void;
}

export const lateMemory = new LateCode<Memory>('the memory of machines');
