/**
 * Commands run in a container from outside with their streams open (`kubectl exec`), and terminals or outputs attached to its
 * first process (`kubectl attach`).
 *
 * @source containerd internal/cri/server/container_exec.go, container_attach.go, internal/cri/streaming
 */
import { textOf } from '#engine/api/bytes';
import type { PipeChunk } from '#engine/apiserver/stream-wire';
import { CHANNELS } from '#engine/apiserver/wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import { MILLISECOND } from '#engine/kernel/time';
import { executableError, shellFor } from '../programs/launch';
import { shell } from '../programs/shell/shell';
import { newTerminal, onTerminal, resized, typed } from '../programs/terminal';
import { runContainerShell, shellHost, signalContainer } from './containers';
import { writeText } from './container-log';
import type { Attach, Exec } from './cri';
import { end, INTERRUPTED, processesOf, send, SIGKILLED } from './running';
import type { LogStream } from './log-record';
import { computed } from './traffic';
import { answer, askerOf, newId, NOTHING_RESULT, refuse, until } from './messages';
import type { Asker, ContainerdState, ContainerRecord, RunningExec } from './state';

const TERMINATED = 143;
/** A loop that never sleeps computes on after this pause. */
const BUSY_PAUSE = 10 * MILLISECOND;

/** Processes of a container are numbered from here on; 1 is its first. */
const FIRST_PID = 6;

export function exec(state: ContainerdState, request: Exec, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const container = state.containers.get(request.containerId);
  if (container === undefined || container.status.state !== 'running')
    return refuse(asker, 'NotFound', `container "${request.containerId}" is not running`, ctx);
  const name = request.command[0] ?? '';
  const host = shellHost(container, ctx, () => undefined);
  if (!shell.code.commandExists(name, host)) {
    return refuse(
      asker,
      'Unknown',
      `failed to exec in container: failed to start exec "${newId(ctx)}": OCI runtime exec failed: exec failed: unable to start container process: ${executableError(name)}: unknown`,
      ctx,
    );
  }
  const { tty, stdin } = request;
  const begun = shellFor(request.command, { ...container.config, stdin, tty }, host.tools);
  begun.variables = { ...begun.variables, HOSTNAME: container.hostname, ...(tty ? { TERM: 'xterm' } : null) };
  const number = state.nextExec++;
  const running: RunningExec = {
    container: request.containerId,
    asker,
    command: request.command,
    shell: begun,
    terminal: tty ? newTerminal() : null,
    timer: null,
    pid: FIRST_PID + number,
  };
  state.running.set(number, running);
  ctx.monitor(asker.from);
  answer(asker, NOTHING_RESULT, ctx);
  goOn(state, number, ctx);
}

/** Lets a command go on as far as it comes. */
function goOn(state: ContainerdState, number: number, ctx: Context): void {
  const running = state.running.get(number);
  const container = state.containers.get(running?.container ?? '');
  if (running === undefined || container === undefined) return;
  ctx.cancel(running.timer);
  running.timer = null;
  const said: { stream: LogStream; text: string }[] = [];
  const kills: { pid: number; signal: string }[] = [];
  const host = shellHost(container, ctx, (stream, text) => {
    const last = said[said.length - 1];
    if (last?.stream === stream) last.text += text;
    else said.push({ stream, text });
  });
  const outcome = shell.code.run(running.shell, {
    ...host,
    terminal: running.terminal,
    processes: () => processesOf(state, container),
    kill: (pid, signal) => {
      const exists = processesOf(state, container).some((one) => one.pid === pid);
      if (exists) kills.push({ pid, signal });
      return exists;
    },
  });
  for (const { stream, text } of said) say(running, stream, text, ctx);
  computed(container, outcome.of === 'busy' ? BUSY_PAUSE : 0);
  for (const { pid, signal } of kills) kill(state, container, pid, signal, ctx);
  if (!state.running.has(number)) return;
  const message = { type: 'runtime/exec-go-on', exec: number };
  if (outcome.of === 'exited') end(state, number, outcome.code, ctx);
  else if (outcome.of === 'busy') running.timer = ctx.after(BUSY_PAUSE, message);
  else if (outcome.of === 'asleep' && outcome.until !== null)
    running.timer = ctx.after(until(outcome.until, ctx), message);
}

/** A command's own timer: its sleep is over. */
export function execGoesOn(state: ContainerdState, number: number, ctx: Context): void {
  const running = state.running.get(number);
  if (running === undefined) return;
  running.timer = null;
  const { blocked } = running.shell;
  if (blocked !== null && (blocked.on === 'sleep' || blocked.on === 'wait')) shell.code.wake(running.shell, 0);
  goOn(state, number, ctx);
}

function say(
  { asker, terminal }: Pick<RunningExec, 'asker' | 'terminal'>,
  stream: LogStream,
  text: string,
  ctx: Context,
): void {
  const channel = terminal === null ? CHANNELS[stream] : CHANNELS.stdout;
  send(asker, channel, terminal === null ? text : onTerminal(text), ctx);
}

/** Shows what the first process writes from now on, and gives it what is typed. */
export function attach(state: ContainerdState, request: Attach, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const container = state.containers.get(request.containerId);
  if (container === undefined || container.status.state !== 'running')
    return refuse(asker, 'NotFound', `container "${request.containerId}" is not running`, ctx);
  container.attached ??= [];
  container.attached.push({ asker, stdin: request.stdin && container.config.stdin });
  ctx.monitor(asker.from);
  answer(asker, NOTHING_RESULT, ctx);
}

/** Something for the stdin or the terminal of a command or a first process. */
export function heardInput(state: ContainerdState, from: ProcessId, piece: PipeChunk, ctx: Context): void {
  const of = (asker: Asker): boolean => asker.from === from && asker.id === piece.id;
  if (piece.channel === CHANNELS.resize) {
    const holders = [...state.running.values()].filter(({ asker }) => of(asker));
    const attached = [...state.containers.values()].filter((one) => one.attached?.some(({ asker }) => of(asker)));
    for (const { terminal } of [...holders, ...attached]) if (terminal !== null) resized(terminal, piece.data);
    return;
  }
  if (piece.channel !== CHANNELS.stdin) return;
  for (const [number, running] of state.running) {
    if (!of(running.asker)) continue;
    const { shell: own, terminal } = running;
    if (terminal === null) {
      shell.code.feed(own, textOf(piece.data), piece.end === true);
      return goOn(state, number, ctx);
    }
    for (const event of typed(terminal, textOf(piece.data))) {
      if (!state.running.has(number)) return;
      if (event.of === 'echo') {
        send(running.asker, CHANNELS.stdout, event.text, ctx);
        continue;
      }
      if (event.of === 'interrupt' && !shell.code.interrupt(own)) return end(state, number, INTERRUPTED, ctx);
      if (event.of === 'line') shell.code.feed(own, event.text, false);
      if (event.of === 'end') shell.code.feed(own, '', true);
      goOn(state, number, ctx);
    }
    return;
  }
  for (const container of state.containers.values()) {
    if (container.attached?.some(({ asker, stdin }) => stdin && of(asker)) !== true) continue;
    return typeInto(state, container, piece, ctx);
  }
}

function typeInto(state: ContainerdState, container: ContainerRecord, piece: PipeChunk, ctx: Context): void {
  const { shell: own, terminal } = container;
  if (terminal === null) {
    if (own === null) return;
    shell.code.feed(own, textOf(piece.data), piece.end === true && container.config.stdinOnce);
    return runContainerShell(state, container, ctx);
  }
  for (const event of typed(terminal, textOf(piece.data))) {
    if (container.status.state !== 'running') return;
    if (event.of === 'echo') writeText(state, container, 'stdout', event.text.replace('\r\n', '\n'), ctx);
    else if (event.of === 'interrupt') {
      if (container.shell === null) signalContainer(state, container, ctx);
      else if (shell.code.interrupt(container.shell)) runContainerShell(state, container, ctx);
    } else if (container.shell !== null) {
      shell.code.feed(container.shell, event.of === 'line' ? event.text : '', event.of === 'end');
      runContainerShell(state, container, ctx);
    }
  }
}

/**
 * The other end of a stream is gone: one stream, or (null) all of a process.
 *
 * @simplified what an exec ran ends with it; upstream only what runs at a terminal is hung up
 */
export function hangUp(state: ContainerdState, from: ProcessId, id: number | null, ctx: Context): void {
  const of = (asker: Asker): boolean => asker.from === from && (id === null || asker.id === id);
  for (const [number, running] of [...state.running]) {
    if (!of(running.asker)) continue;
    ctx.cancel(running.timer);
    state.running.delete(number);
  }
  for (const container of state.containers.values()) {
    const { attached } = container;
    if (attached?.some(({ asker }) => of(asker)) !== true) continue;
    container.attached = attached.filter(({ asker }) => !of(asker));
    if (container.attached.length > 0) continue;
    container.attached = null;
    if (!container.config.stdinOnce || container.shell === null) continue;
    shell.code.feed(container.shell, '', true);
    runContainerShell(state, container, ctx);
  }
}

function kill(state: ContainerdState, container: ContainerRecord, pid: number, signal: string, ctx: Context): void {
  if (pid === 1) {
    // The kernel keeps SIGKILL and SIGSTOP from the first process of a pid namespace when they come from inside.
    if (signal === 'TERM' || signal === 'INT' || signal === 'QUIT') signalContainer(state, container, ctx);
    return;
  }
  for (const [number, running] of state.running)
    if (running.pid === pid && running.container === container.status.id)
      end(state, number, signal === 'KILL' ? SIGKILLED : signal === 'INT' ? INTERRUPTED : TERMINATED, ctx);
}
