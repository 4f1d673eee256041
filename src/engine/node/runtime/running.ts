/** What runs in a container beside its first process: how it speaks and how it ends. */
import { bytesOf } from '#engine/api/bytes';
import type { PipeChunk } from '#engine/apiserver/stream-wire';
import { CHANNELS } from '#engine/apiserver/wire';
import type { Context } from '#engine/kernel/process';
import { parseImageReference } from '../images/reference';
import { catalogueImage } from '../programs/catalogue';
import { argumentsOf } from '../programs/launch';
import { onTerminal } from '../programs/terminal';
import type { StreamEnded } from './cri';
import type { LogStream } from './log-record';
import type { Asker, ContainerdState, ContainerRecord } from './state';

export const SIGKILLED = 137;
export const INTERRUPTED = 130;

/** Sends text on a channel of a stream. */
export function send({ from, id }: Asker, channel: number, text: string, ctx: Context): void {
  if (text === '') return;
  const chunk: PipeChunk = { type: 'pipe/chunk', id, channel, data: bytesOf(text) };
  ctx.send(from, chunk);
}

/** A command has ended. */
export function end(state: ContainerdState, number: number, exitCode: number, ctx: Context): void {
  const running = state.running.get(number);
  if (running === undefined) return;
  ctx.cancel(running.timer);
  state.running.delete(number);
  tellEnd(running.asker, exitCode, ctx);
}

function tellEnd({ from, id }: Asker, exitCode: number, ctx: Context): void {
  const ended: StreamEnded = { type: 'cri/stream-ended', id, exitCode };
  ctx.send(from, ended);
}

/** Shows what the first process writes to those who are attached to it. */
export function showOutput(container: ContainerRecord, stream: LogStream, text: string, ctx: Context): void {
  for (const { asker } of container.attached ?? [])
    if (container.terminal === null) send(asker, CHANNELS[stream], text, ctx);
    else send(asker, CHANNELS.stdout, onTerminal(text), ctx);
}

/** A container has ended, and all that ran in it. */
export function endProcesses(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  for (const { asker } of container.attached ?? []) tellEnd(asker, 0, ctx);
  container.attached = null;
  for (const [number, running] of [...state.running])
    if (running.container === container.status.id) end(state, number, SIGKILLED, ctx);
}

/** A process as `ps` shows it. */
interface ListedProcess {
  readonly pid: number;
  readonly command: string;
}

/** What `ps` shows in a container. */
export function processesOf(state: ContainerdState, container: ContainerRecord): readonly ListedProcess[] {
  const execs = [...state.running.values()].filter((running) => running.container === container.status.id);
  return [
    { pid: 1, command: argumentsOf(catalogueImage(repositoryOf(container)), container.config).join(' ') },
    ...execs.map(({ pid, command }) => ({ pid, command: command.join(' ') })),
  ];
}

const repositoryOf = ({ status }: ContainerRecord): string => parseImageReference(status.imageRef)?.repository ?? '';
