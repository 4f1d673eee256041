/**
 * TCP connections to programs of this machine's pods (`kubectl port-forward`): bytes to and fro. Flows of datagrams go the same way.
 *
 * @source containerd internal/cri/server/sandbox_portforward_linux.go
 */
import type { PipeChunk, PipeClosed } from '#engine/apiserver/stream-wire';
import { CHANNELS } from '#engine/apiserver/wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import { datagramAnswer } from '../programs/datagram-answer';
import { answerBytes } from '../programs/http-connection';
import { versionOf } from './container-log';
import type { PortForward } from './cri';
import { ask, type Listener, listenerOn } from './dial';
import { answer, askerOf, NOTHING_RESULT, refuse } from './messages';
import type { Asker, Connection, ContainerdState } from './state';

export function portForward(state: ContainerdState, request: PortForward, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const sandbox = state.sandboxes.get(request.sandboxId);
  if (sandbox === undefined || !sandbox.status.ready)
    return refuse(asker, 'NotFound', `sandbox "${request.sandboxId}" is not running`, ctx);
  const { port, datagrams } = request;
  if (listenerOn(state, [sandbox], port, ctx, datagrams) === null) {
    const network = `/var/run/netns/cni-${[8, 12, 16, 20, 32].map((end, i) => request.sandboxId.slice([0, 8, 12, 16, 20][i], end)).join('-')}`;
    return refuse(
      asker,
      'Unknown',
      `failed to execute portforward in network namespace "${network}": failed to connect to localhost:${port} inside namespace "${request.sandboxId}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `,
      ctx,
    );
  }
  state.connections.set(state.nextExec++, { asker, sandbox: request.sandboxId, port, datagrams, rest: '' });
  ctx.monitor(asker.from);
  answer(asker, NOTHING_RESULT, ctx);
}

const listenerOf = (state: ContainerdState, connection: Connection, ctx: Context): Listener | null => {
  const sandbox = state.sandboxes.get(connection.sandbox);
  return sandbox === undefined ? null : listenerOn(state, [sandbox], connection.port, ctx, connection.datagrams);
};

const of = (asker: Asker, from: ProcessId, id: number | null): boolean =>
  asker.from === from && (id === null || asker.id === id);

/** Bytes for a program. */
export function heardBytes(state: ContainerdState, from: ProcessId, piece: PipeChunk, ctx: Context): void {
  for (const [number, connection] of state.connections) {
    if (!of(connection.asker, from, piece.id) || piece.channel !== CHANNELS.stdin) continue;
    const listener = listenerOf(state, connection, ctx);
    if (listener === null) return close(state, number, ctx);
    if (listener.port.protocol === 'http') {
      const { program } = listener.container.service!;
      const server = program.name === 'nginx' ? `nginx/${versionOf(listener.container.status.imageRef)}` : '';
      const given = answerBytes(connection.rest + piece.data, server, ctx.now, (question) =>
        ask(state, listener, { ...question, client: '127.0.0.1' }, ctx),
      );
      connection.rest = given.rest;
      if (given.out !== '') say(connection, given.out, ctx);
      if (given.close) return close(state, number, ctx);
    }
    if (connection.datagrams && piece.data !== '') {
      const place = { host: listener.container.hostname, client: `127.0.0.1:${ephemeralPort(number)}` };
      const out = datagramAnswer(listener.port, piece.data, place);
      if (out !== null) say(connection, out, ctx);
    }
    if (piece.end === true) close(state, number, ctx);
    return;
  }
}

/** As Linux gives them by default. */
const ephemeralPort = (number: number): number => 32_768 + (number % 28_232);

function say({ asker }: Connection, data: string, ctx: Context): void {
  const chunk: PipeChunk = { type: 'pipe/chunk', id: asker.id, channel: CHANNELS.stdin, data };
  ctx.send(asker.from, chunk);
}

function close(state: ContainerdState, number: number, ctx: Context): void {
  const connection = state.connections.get(number);
  if (connection === undefined) return;
  state.connections.delete(number);
  ctx.send(connection.asker.from, { type: 'pipe/closed', id: connection.asker.id } as PipeClosed);
}

/** The other end is gone: of one connection, or (null) of all of a process. */
export function dropConnections(state: ContainerdState, from: ProcessId, id: number | null): void {
  for (const [number, { asker }] of [...state.connections]) if (of(asker, from, id)) state.connections.delete(number);
}

/** A container has ended: connections whose program is gone are reset. */
export function resetConnections(state: ContainerdState, sandboxId: string, ctx: Context): void {
  for (const [number, connection] of [...state.connections])
    if (connection.sandbox === sandboxId && listenerOf(state, connection, ctx) === null) close(state, number, ctx);
}
