/** The life of a container: created, started, running its program, stopped, exited, removed. */
import type { Context, Down, Output } from '#engine/kernel/process';
import { MILLISECOND, type Micros } from '#engine/kernel/time';
import { parseImageReference } from '../images/reference';
import { catalogueImage } from '../programs/catalogue';
import { launch, programOf } from '../programs/launch';
import { genericService, type ServiceProgram } from '../programs/program';
import type { ShellHost } from '../programs/shell/host';
import { newTerminal } from '../programs/terminal';
import { shell } from '../programs/shell/shell';
import { componentIn, runningComponent, spawnComponent } from './component';
import { cpuTime } from './cpu-time';
import { endLog, removeLog, writeTemplate, writeText } from './container-log';
import type { CreateContainer, RuntimeContainerStatus, StartContainer, StopContainer, WriteFiles } from './cri';
import type { LogStream } from './log-record';
import { lateSessions } from './late';
import { memoryLimit } from './limits';
import { memoryAtRest, takeMemory } from './memory';
import { endProcesses } from './running';
import { answer, askerOf, newId, NOTHING_RESULT, refuse, until } from './messages';
import type { Asker, ContainerdState, ContainerRecord } from './state';

const START_TIME: Micros = 40 * MILLISECOND;
/** A loop that never sleeps computes on after this pause. */
const BUSY_PAUSE: Micros = 10 * MILLISECOND;
const SIGKILLED = 137;

export function createContainer(state: ContainerdState, request: CreateContainer, ctx: Context): void {
  const { config } = request;
  const asker = askerOf(request, ctx);
  const sandbox = state.sandboxes.get(request.sandboxId);
  const image = state.images.get(parseImageReference(config.image)?.canonical ?? '');
  if (sandbox === undefined)
    return refuse(asker, 'NotFound', `failed to find sandbox id "${request.sandboxId}": not found`, ctx);
  if (image === undefined)
    return refuse(asker, 'NotFound', `failed to resolve image "${config.image}": not found`, ctx);
  if (config.profiles !== undefined) {
    const missing = lateSessions.code.missingProfile(config.profiles, ctx);
    if (missing !== null) return refuse(asker, 'Unknown', missing, ctx);
  }
  const id = newId(ctx);
  const status: RuntimeContainerStatus = Object.freeze({
    id,
    sandboxId: request.sandboxId,
    podUid: sandbox.status.pod.uid,
    name: config.name,
    attempt: config.attempt,
    role: config.role,
    image: config.image,
    imageRef: image.name,
    imageId: image.id,
    state: 'created',
    createdAt: ctx.now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    message: '',
  });
  state.containers.set(id, {
    status,
    config: Object.freeze(config), // shared by checkpoints
    hostname: sandbox.hostname,
    ip: sandbox.status.ip,
    service: null,
    process: null,
    shell: null,
    files: null,
    log: null,
    extraCpu: 0,
    load: null,
    served: 0,
    resized: null,
    timer: null,
    memory: 0,
    kill: null,
    stopAskers: [],
    terminal: config.tty ? newTerminal() : null,
    attached: null,
  });
  sandbox.containers = [...sandbox.containers, id];
  answer(asker, { of: 'container', container: status }, ctx);
}

export function startContainer(state: ContainerdState, request: StartContainer, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const container = state.containers.get(request.containerId);
  if (container === undefined) return refuse(asker, 'NotFound', `container "${request.containerId}": not found`, ctx);
  container.timer = ctx.after(START_TIME, { type: 'runtime/started', containerId: request.containerId, asker } as {
    type: string;
  });
}

export function started(state: ContainerdState, containerId: string, asker: Asker, ctx: Context): void {
  const container = state.containers.get(containerId);
  if (container === undefined || container.status.state !== 'created')
    return refuse(asker, 'NotFound', `container "${containerId}": not found`, ctx);
  container.timer = null;
  const reference = parseImageReference(container.status.imageRef);
  if (reference === null) return;
  const component = componentIn(state, container, reference);
  if (component !== undefined) {
    container.status = Object.freeze({ ...container.status, state: 'running', startedAt: ctx.now });
    answer(asker, { of: 'container', container: container.status }, ctx);
    takeMemory(state, container, component.atRest.memory, ctx);
    const isOnHost =
      component.repository === undefined && state.sandboxes.get(container.status.sandboxId)?.hostNetwork === true;
    const failure = spawnComponent(container, component, isOnHost, ctx);
    if (failure === null) return;
    writeText(state, container, 'stderr', `${failure}\n`, ctx);
    return exited(state, container, 1, ctx);
  }
  const what = launch(reference, container.config, () => shellHost(container, ctx, () => undefined));
  if (what.of === 'start-error') {
    container.status = Object.freeze({
      ...container.status,
      state: 'exited',
      finishedAt: ctx.now,
      exitCode: 128,
      reason: 'StartError',
      message: what.message,
    });
    refuse(asker, 'Unknown', what.message, ctx);
    publish(state, container, ctx);
    return;
  }
  container.status = Object.freeze({ ...container.status, state: 'running', startedAt: ctx.now });
  answer(asker, { of: 'container', container: container.status }, ctx);
  if (what.of === 'service') startService(state, container, what.program, ctx);
  else {
    container.shell = what.shell;
    takeMemory(state, container, memoryAtRest(container), ctx);
    runContainerShell(state, container, ctx);
  }
}

function startService(state: ContainerdState, container: ContainerRecord, program: ServiceProgram, ctx: Context): void {
  container.service = { program, since: ctx.monotonic };
  const limit = memoryLimit(container);
  const wanted = memoryAtRest(container);
  const isTooMuch = limit > 0 && wanted > limit;
  takeMemory(state, container, isTooMuch ? limit : wanted, ctx);
  const { stdout = '', stderr = '' } = program.log;
  if (stdout !== '') writeTemplate(state, container, 'stdout', stdout, ctx);
  if (stderr !== '') writeTemplate(state, container, 'stderr', stderr, ctx);
  const end = program.finishes;
  if (isTooMuch && program.startup <= (end?.after ?? Infinity)) {
    container.timer = ctx.after(program.startup, {
      type: 'runtime/over-limit',
      containerId: container.status.id,
    } as { type: string });
    return;
  }
  if (end === undefined) return;
  container.timer = ctx.after(end.after, {
    type: 'runtime/exit',
    containerId: container.status.id,
    exitCode: end.exitCode,
    output: end.output,
  } as { type: string });
}

/** Lets the container's shell go on as far as it comes. */
export function runContainerShell(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  if (container.shell === null || container.status.state !== 'running' || container.frozen !== undefined) return;
  ctx.cancel(container.timer);
  container.timer = null;
  const said: { stream: LogStream; text: string }[] = [];
  const write: ShellHost['write'] = (stream, text) => {
    const last = said[said.length - 1];
    if (last?.stream === stream) last.text += text;
    else said.push({ stream, text });
  };
  const outcome = shell.code.run(container.shell, shellHost(container, ctx, write));
  for (const { stream, text } of said) writeText(state, container, stream, text, ctx);
  lateSessions.code.computed(container, outcome.of === 'busy' ? BUSY_PAUSE : 0);
  const message = { type: 'runtime/run', containerId: container.status.id };
  switch (outcome.of) {
    case 'exited':
      return exited(state, container, outcome.code, ctx);
    case 'busy':
      container.timer = ctx.after(BUSY_PAUSE, message);
      return;
    case 'asleep':
      if (outcome.until !== null) container.timer = ctx.after(until(outcome.until, ctx), message);
      return;
    case 'program':
      startService(state, container, foreground(container, outcome.argv[0] ?? ''), ctx);
  }
}

/** A shell's own timer: its sleep is over (or it was only taking a breath). */
export function wakeContainer(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  container.timer = null;
  const blocked = container.shell?.blocked ?? null;
  if (container.shell !== null && (blocked?.on === 'sleep' || blocked?.on === 'wait'))
    shell.code.wake(container.shell, 0);
  runContainerShell(state, container, ctx);
}

/** The foreground program has come to its end: that of the container, unless a shell goes on after it. */
export function programEnded(
  state: ContainerdState,
  container: ContainerRecord,
  exitCode: number,
  output: string,
  ctx: Context,
): void {
  if (container.status.state !== 'running') return;
  container.timer = null;
  if (output !== '') writeTemplate(state, container, 'stdout', output, ctx);
  if (container.shell?.blocked?.on !== 'program') return exited(state, container, exitCode, ctx);
  container.service = null;
  takeMemory(state, container, memoryAtRest(container), ctx);
  shell.code.wake(container.shell, exitCode);
  runContainerShell(state, container, ctx);
}

/** Stop signal now, SIGKILL when the grace is over; a later, shorter grace wins. */
export function stopContainer(state: ContainerdState, request: StopContainer, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const container = state.containers.get(request.containerId);
  if (container === undefined || container.status.state === 'exited') return answer(asker, NOTHING_RESULT, ctx);
  container.stopAskers.push(asker);
  if (container.status.state === 'created') return killContainer(state, container, ctx);
  const at = ctx.monotonic + request.timeout;
  const first = container.kill === null;
  if (container.kill === null || at < container.kill.at) {
    ctx.cancel(container.kill?.timer ?? null);
    container.kill = {
      timer: ctx.after(request.timeout, { type: 'runtime/kill', containerId: request.containerId } as { type: string }),
      at,
    };
  }
  if (first) signalContainer(state, container, ctx);
}

/** The stop signal. */
export function signalContainer(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  if (container.frozen !== undefined) {
    container.frozen = { ...container.frozen, signalled: true };
    return;
  }
  if (container.process !== null) {
    const stop = runningComponent(container)?.stop;
    return stop === undefined ? ctx.end(container.process, 0) : ctx.send(container.process, stop);
  }
  const own = container.shell;
  if (own !== null && !(own.blocked?.on === 'program' && own.blocked.replaces)) {
    if (shell.code.signal(own, 'TERM')) runContainerShell(state, container, ctx);
    return;
  }
  const reaction = container.service?.program.onStop ?? null;
  if (reaction === null) return;
  ctx.cancel(container.timer);
  delete container.owed;
  container.timer = ctx.after(reaction.after, {
    type: 'runtime/exit',
    containerId: container.status.id,
    exitCode: reaction.exitCode,
    output: '',
  } as { type: string });
}

/** SIGKILL. */
export function killContainer(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  if (container.status.state !== 'exited') exited(state, container, SIGKILLED, ctx);
}

/** SIGKILL by the machine's kernel: it used more than its limit, or there is no memory left. */
export function killForMemory(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  if (container.status.state === 'running') exited(state, container, SIGKILLED, ctx, 'OOMKilled');
}

/** A process that the runtime had spawned has written a line to its standard error. */
export function componentSaid(state: ContainerdState, { process, line }: Output, ctx: Context): void {
  for (const container of state.containers.values()) {
    if (container.process !== process) continue;
    const text = runningComponent(container)?.logLine?.(line, ctx.now) ?? line;
    return writeText(state, container, 'stderr', `${text}\n`, ctx);
  }
}

/** A process that the runtime had spawned has ended, by itself or by force. */
export function componentEnded(state: ContainerdState, { process, code = 0 }: Down, ctx: Context): void {
  for (const container of state.containers.values()) {
    if (container.process !== process) continue;
    container.process = null;
    return exited(state, container, code, ctx);
  }
}

function exited(
  state: ContainerdState,
  container: ContainerRecord,
  exitCode: number,
  ctx: Context,
  reason = exitCode === 0 ? 'Completed' : 'Error',
): void {
  ctx.cancel(container.timer);
  ctx.cancel(container.kill?.timer ?? null);
  state.spentCpu += cpuTime(container, ctx.monotonic);
  container.timer = null;
  container.kill = null;
  container.load = null;
  container.service = null;
  container.shell = null;
  delete container.frozen;
  delete container.owed;
  if (container.process !== null) ctx.end(container.process, exitCode);
  container.process = null;
  endLog(container, ctx);
  endProcesses(state, container, ctx);
  if (state.connections.size > 0) lateSessions.code.resetConnections(state, container.status.sandboxId, ctx);
  container.status = Object.freeze({
    ...container.status,
    state: 'exited',
    finishedAt: ctx.now,
    exitCode,
    reason,
  });
  takeMemory(state, container, 0, ctx);
  for (const asker of container.stopAskers.splice(0)) answer(asker, NOTHING_RESULT, ctx);
  publish(state, container, ctx);
}

export function removeContainer(state: ContainerdState, containerId: string, ctx: Context): void {
  const container = state.containers.get(containerId);
  if (container === undefined) return;
  killContainer(state, container, ctx);
  removeLog(container, ctx);
  state.containers.delete(containerId);
  const sandbox = state.sandboxes.get(container.status.sandboxId);
  if (sandbox !== undefined) sandbox.containers = sandbox.containers.filter((id) => id !== containerId);
}

function publish(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  if (state.subscriber !== null)
    ctx.send(state.subscriber, { type: 'cri/container-event', container: container.status } as { type: string });
}

const filesOf = (container: ContainerRecord): Map<string, string> =>
  (container.files ??= new Map([...lateSessions.code.etcFiles(container), ...Object.entries(container.config.files)]));

export function writeFiles(state: ContainerdState, request: WriteFiles, ctx: Context): void {
  const container = state.containers.get(request.containerId);
  if (container !== undefined)
    for (const [path, text] of Object.entries(request.files)) filesOf(container).set(path, text);
  answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
}

/** What a shell sees in this container. Valid while the message is handled. */
export function shellHost(container: ContainerRecord, ctx: Context, write: ShellHost['write']): ShellHost {
  const image = catalogueImage(parseImageReference(container.status.imageRef)?.repository ?? '');
  const { service } = container;
  const { mounts } = container.config;
  return {
    now: ctx.now,
    monotonic: ctx.monotonic,
    // Made when a shell asks for them: most programs never do.
    get files() {
      return mounts === undefined
        ? filesOf(container)
        : lateSessions.code.mountedFiles(filesOf(container), mounts, ctx);
    },
    hostname: container.hostname,
    terminal: container.terminal,
    tools: image === undefined ? 'unknown' : image.shell,
    toolsReady: service !== null && ctx.monotonic >= service.since + service.program.startup,
    isProgram: (name) => programOf(image, name) !== undefined,
    toolOutput: (name) =>
      image?.tools !== undefined && Object.hasOwn(image.tools, name) ? image.tools[name] : undefined,
    processes: () => [{ pid: 1, command: container.config.command.join(' ') }],
    kill: () => true,
    write,
  };
}

function foreground(container: ContainerRecord, name: string): ServiceProgram {
  const image = catalogueImage(parseImageReference(container.status.imageRef)?.repository ?? '');
  return programOf(image, name) ?? genericService(name, container.config.ports);
}
