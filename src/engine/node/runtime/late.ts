/** Commands, terminals and connections that somebody holds open with containers; `late-sessions.ts` fills it. */
import { LateCode } from '#engine/api/late-code';
import type { PipeChunk } from '#engine/apiserver/stream-wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import type { Attach, Exec, ExecSync, Mount, PortForward } from './cri';
import type { ContainerdState } from './state';

type Request<R> = (state: ContainerdState, request: R, ctx: Context) => void;
/** Something happened to a command, which has this number. */
type OfExec = (state: ContainerdState, exec: number, ctx: Context) => void;

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
  /** What a container sees that has directories of the machine mounted over its own files. */
  mountedFiles(own: Map<string, string>, mounts: readonly Mount[], ctx: Context): Map<string, string>;
  resetConnections(state: ContainerdState, sandboxId: string, ctx: Context): void;
}

export const lateSessions = new LateCode<Sessions>('sessions with containers');

/** Whether anybody holds a stream to anything here. */
export const hasSessions = (state: ContainerdState): boolean =>
  state.running.size > 0 ||
  state.connections.size > 0 ||
  [...state.containers.values()].some(({ attached }) => (attached ?? null) !== null);
