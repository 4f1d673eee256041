/**
 * `/exec`, `/attach` and `/portForward`: what is asked of the runtime, and how its end is told.
 *
 * @source kubernetes pkg/kubelet/server/server.go (getExec, getAttach, getPortForward), staging/src/k8s.io/kubelet/pkg/cri/streaming
 */
import { bytesOf } from '#engine/api/bytes';
import { failure, internalError } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import { CHANNELS } from '#engine/apiserver/wire';
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { Context } from '#engine/kernel/process';
import type { CriAnswer, StreamEnded } from '../../runtime/cri';
import { askRuntime } from '../runtime-link';
import { findContainer, type KubeletState, type PodWorker } from '../state';
import { closeSession, openSession, respond, sendPiece } from './sessions';
import type { ServerPeer, StreamAsk } from './state';

const isSet = (text: string | undefined): boolean => text === '1' || text === 'true';

/** Takes up an exec or an attach. */
export function serveStream(
  state: KubeletState,
  ctx: Context,
  peer: ServerPeer,
  worker: PodWorker,
  container: string,
  { query, repeated, path }: HttpRequest,
): void {
  const [stdin, stdout, stderr, tty] = ['input', 'output', 'error', 'tty'].map((name) => isSet(query[name]));
  if (stdin !== true && stdout !== true && stderr !== true)
    return respond(ctx, peer, 400, 'you must specify at least 1 of stdin, stdout, stderr');
  const runtime = findContainer(worker, container)?.runtime;
  const isAttach = path.startsWith('/attach/');
  if (runtime?.state !== 'running')
    return respond(
      ctx,
      peer,
      500,
      isAttach
        ? `container ${container} not found in pod ${worker.pod.metadata.name}_${worker.pod.metadata.namespace ?? ''}`
        : `container not found ("${container}")`,
    );
  const open = { containerId: runtime.id, stdin: stdin === true, tty: tty === true };
  if (isAttach)
    return ask(state, ctx, { type: 'cri/attach', ...open }, { what: 'stream', peer, command: null, port: 0 });
  const command = repeated?.['command'] ?? (query['command'] === undefined ? [] : [query['command']]);
  ask(state, ctx, { type: 'cri/exec', ...open, command }, { what: 'stream', peer, command, port: 0 });
}

/** Takes up one TCP connection to a port of a pod, or, where the port is followed by `/UDP`, which no kubectl says, a flow of datagrams. */
export function servePortForward(
  state: KubeletState,
  ctx: Context,
  peer: ServerPeer,
  worker: PodWorker,
  { query }: HttpRequest,
): void {
  const datagrams = query['ports']?.endsWith('/UDP') === true;
  const port = Number(datagrams ? query['ports']?.slice(0, -4) : (query['ports'] ?? ''));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return respond(ctx, peer, 400, `unable to parse ${JSON.stringify(query['ports'] ?? '')} as a port`);
  if (worker.sandbox?.state !== 'ready')
    return respond(ctx, peer, 500, `pod not found ("${worker.pod.metadata.name}_${worker.pod.metadata.namespace}")`);
  const { id } = worker.sandbox;
  ask(
    state,
    ctx,
    { type: 'cri/port-forward', sandboxId: id, port, datagrams },
    { what: 'stream', peer, command: null, port },
  );
}

function ask(state: KubeletState, ctx: Context, request: Parameters<typeof askRuntime>[2], as: StreamAsk): void {
  if (state.runtimeState !== 'ready') return respond(ctx, as.peer, 500, 'container runtime is down');
  askRuntime(state, ctx, request, as);
}

/** The runtime has opened the stream, or not: which the client is told on the error channel, as the connection is upgraded. */
export function streamAnswered(state: KubeletState, ctx: Context, answer: CriAnswer, asked: StreamAsk): void {
  const { peer, command, port } = asked;
  openSession(state, ctx, answer.id, { peer, log: null, command, heard: ctx.monotonic }, 101);
  if (answer.error === null) return;
  const { message } = answer.error;
  if (port === 0) {
    const what = command === null ? 'error attaching to container' : 'error executing command in container';
    tellStatus(state, ctx, answer.id, internalError(`${what}: ${message}`));
  } else {
    // Channel 1 of a port-forward is its error stream.
    const data = bytesOf(`error forwarding port ${port} to pod ${podIdOf(message)}, uid : ${message}`);
    sendPiece(state, ctx, answer.id, { channel: CHANNELS.stdout, data, end: true });
  }
  closeSession(state, ctx, answer.id, 'peer');
}

const podIdOf = (message: string): string => /inside namespace "([0-9a-f]{1,64})"/.exec(message)?.[1] ?? '';

/** What ran has ended: its exit code is the last that the client hears. */
export function streamEnded(state: KubeletState, ctx: Context, { id, exitCode }: StreamEnded): void {
  const session = state.sessions.get(id);
  if (session === undefined) return;
  tellStatus(state, ctx, id, exitCode === 0 ? SUCCESS : nonZeroExit(session.command ?? [], exitCode));
  closeSession(state, ctx, id, 'peer');
}

function tellStatus(state: KubeletState, ctx: Context, number: number, status: object): void {
  sendPiece(state, ctx, number, { channel: CHANNELS.error, data: bytesOf(JSON.stringify(status)), end: true });
}

const SUCCESS = Object.freeze({ metadata: {}, status: 'Success' });

/** @source staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go */
function nonZeroExit(command: readonly string[], exitCode: number): object {
  const { metadata, status, message, reason, details }: Status = failure({
    code: 0,
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  });
  return { metadata, status, message, reason, details };
}
