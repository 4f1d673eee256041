/** Streams between an API server and the runtime, as the kubelet keeps them: by the number under which it asked the runtime. */
import {
  PIPE_PING_EVERY,
  PIPE_SILENCE,
  type HttpResponse,
  type PipeChunk,
  type PipeClosed,
} from '#engine/apiserver/stream-wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { KubeletState } from '../state';
import type { ServerPeer, Session } from './state';

/** Answers with a text. */
export function respond(ctx: Context, { process, id }: ServerPeer, code: number, body: string): void {
  const response: HttpResponse = { type: 'http/response', id, code, body, contentType: 'text/plain' };
  ctx.send(process, response);
}

/** Answers with a stream. */
export function openSession(
  state: KubeletState,
  ctx: Context,
  number: number,
  session: Session,
  code: 101 | 200,
): void {
  const { process, id } = session.peer;
  state.sessions.set(number, session);
  ctx.monitor(process);
  const response: HttpResponse = { type: 'http/response', id, code, body: '', contentType: 'text/plain', stream: true };
  ctx.send(process, response);
  lookAfter(state, ctx);
}

/** Sends a piece to the peer; an empty one only when it ends its channel. */
export function sendPiece(
  state: KubeletState,
  ctx: Context,
  number: number,
  { channel, data, end }: { readonly channel: number; readonly data: string; readonly end?: true },
): void {
  const session = state.sessions.get(number);
  if (session === undefined || (data === '' && end !== true)) return;
  const chunk: PipeChunk = {
    type: 'pipe/chunk',
    id: session.peer.id,
    channel,
    data,
    ...(end === undefined ? null : { end }),
  };
  ctx.send(session.peer.process, chunk);
}

/** Forgets a session and tells who does not know yet. */
export function closeSession(
  state: KubeletState,
  ctx: Context,
  number: number,
  tell: 'peer' | 'runtime' | 'both',
): void {
  const session = state.sessions.get(number);
  if (session === undefined) return;
  state.sessions.delete(number);
  if (tell !== 'runtime') ctx.send(session.peer.process, { type: 'pipe/closed', id: session.peer.id } as PipeClosed);
  if (tell !== 'peer') ctx.send(state.args.runtime, { type: 'pipe/closed', id: number } as PipeClosed);
}

const numberOf = (state: KubeletState, process: ProcessId, id: number): number | null => {
  for (const [number, { peer }] of state.sessions) if (peer.process === process && peer.id === id) return number;
  return null;
};

/** Something of the API server for a session. */
export function heardPeer(state: KubeletState, ctx: Context, piece: PipeChunk | PipeClosed): void {
  const number = ctx.from === null ? null : numberOf(state, ctx.from, piece.id);
  const session = number === null ? undefined : state.sessions.get(number);
  if (number === null || session === undefined) return;
  if (piece.type === 'pipe/closed') return closeSession(state, ctx, number, 'runtime');
  session.heard = ctx.monotonic;
  ctx.send(state.args.runtime, { ...piece, id: number } as PipeChunk);
}

/** Something of the runtime for a session. */
export function heardRuntime(state: KubeletState, ctx: Context, piece: PipeChunk | PipeClosed): void {
  if (piece.type === 'pipe/closed') closeSession(state, ctx, piece.id, 'peer');
  else sendPiece(state, ctx, piece.id, piece);
}

/** An API server is still there. */
export function peerLives(state: KubeletState, peer: ProcessId, at: Micros): void {
  for (const session of state.sessions.values()) if (session.peer.process === peer) session.heard = at;
}

/** An API server has ended. */
export function peerGone(state: KubeletState, ctx: Context, gone: ProcessId): void {
  for (const [number, { peer }] of [...state.sessions])
    if (peer.process === gone) closeSession(state, ctx, number, 'runtime');
}

/** The runtime has ended, and with it all that ran. */
export function endSessions(state: KubeletState, ctx: Context): void {
  for (const number of [...state.sessions.keys()]) closeSession(state, ctx, number, 'peer');
}

/** Closes sessions whose API server has been silent for too long. */
export function lookAtSessions(state: KubeletState, ctx: Context): void {
  state.sessionsWatched = false;
  for (const [number, { heard }] of [...state.sessions])
    if (ctx.monotonic - heard > PIPE_SILENCE) closeSession(state, ctx, number, 'both');
  if (state.sessions.size > 0) lookAfter(state, ctx);
}

function lookAfter(state: KubeletState, ctx: Context): void {
  if (state.sessionsWatched) return;
  state.sessionsWatched = true;
  ctx.after(PIPE_PING_EVERY, { type: 'kubelet/sessions' });
}
