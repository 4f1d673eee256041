/** What containerd tells itself (timers, disk completions), what faults tell it, and how it answers. */
import type { HttpRequest, HttpResponse, PipeChunk, PipeClosed } from '#engine/apiserver/stream-wire';
import { hex32 } from '#engine/kernel/hex';
import type { Context, Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { RegistryAnswer } from '../images/registry-process';
import type { ProbeAnswer } from '../programs/components';
import type { CriError, CriRequest, CriResult, DialOutcome, Traffic } from './cri';
import type { Asker } from './state';

export type RuntimeTimer =
  | { readonly type: 'runtime/sandbox-ready'; readonly sandboxId: string; readonly asker: Asker }
  | { readonly type: 'runtime/started'; readonly containerId: string; readonly asker: Asker }
  /** A shell's sleep is over, or it has more to compute. */
  | { readonly type: 'runtime/run'; readonly containerId: string }
  | {
      readonly type: 'runtime/exit';
      readonly containerId: string;
      readonly exitCode: number;
      readonly output: string;
    }
  | { readonly type: 'runtime/kill'; readonly containerId: string }
  /** Its memory has come to its limit. */
  | { readonly type: 'runtime/over-limit'; readonly containerId: string }
  | { readonly type: 'runtime/exec-run'; readonly exec: number }
  | { readonly type: 'runtime/exec-go-on'; readonly exec: number }
  | { readonly type: 'runtime/exec-deadline'; readonly exec: number }
  | { readonly type: 'runtime/registry-timeout'; readonly name: string }
  | { readonly type: 'runtime/probe-timeout'; readonly probe: number }
  | { readonly type: 'runtime/downloads' }
  | { readonly type: 'runtime/image-stored'; readonly name: string }
  | { readonly type: 'runtime/traffic' }
  | { readonly type: 'runtime/dialled'; readonly asker: Asker; readonly outcome: DialOutcome };

/** A fault: a container's first process is killed (SIGKILL) from outside. */
export interface KillContainerFault extends Message {
  readonly type: 'fault/kill-container';
  readonly containerId: string;
}

/** A fault: a container's processes stand still (the freezer of its cgroup), or go on. */
export interface FreezeContainerFault extends Message {
  readonly type: 'fault/freeze-container';
  readonly containerId: string;
  readonly frozen: boolean;
}

/** The machine's memory may be used up. */
export interface MemoryTaken extends Message {
  readonly type: 'runtime/memory-taken';
}

export type RuntimeMessage =
  | CriRequest
  | Traffic
  | HttpRequest
  | HttpResponse
  | PipeChunk
  | PipeClosed
  | RuntimeTimer
  | RegistryAnswer
  | ProbeAnswer
  | KillContainerFault
  | FreezeContainerFault
  | MemoryTaken;

export const askerOf = (request: { readonly id: number }, ctx: Context): Asker => ({
  from: ctx.from ?? ctx.self,
  id: request.id,
});

export const answer = (asker: Asker, result: CriResult, ctx: Context): void =>
  ctx.send(asker.from, { type: 'cri/answer', id: asker.id, result, error: null } as Message);

export const refuse = (asker: Asker, code: CriError['code'], message: string, ctx: Context): void =>
  ctx.send(asker.from, { type: 'cri/answer', id: asker.id, result: null, error: { code, message } } as Message);

export const NOTHING_RESULT: CriResult = { of: 'nothing' };

/** A 64-digit id as containerd makes them. */
export function newId(ctx: Context): string {
  const random = ctx.random('container-ids');
  const words: string[] = [];
  for (let i = 0; i < 8; i++) words.push(hex32(random.word()));
  return words.join(''); // in one piece: it is kept for as long as the container is
}

/** Not before: whole µs from now until `at` on the monotonic clock. */
export const until = (at: Micros, ctx: Context): Micros => Math.max(0, Math.ceil(at - ctx.monotonic));
