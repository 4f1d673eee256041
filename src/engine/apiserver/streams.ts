/**
 * Requests that are answered behind the API server: it passes on what both sides say, and closes one side when the other is
 * gone.
 *
 * @source kubernetes pkg/registry/core/pod/rest/{log,subresources}.go, apimachinery/pkg/util/proxy, apiserver/pkg/registry/generic/rest
 */
import { badRequest, failure, internalError, plainError, serviceUnavailable } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { discovered } from './aggregation-status';
import { sendResponse } from './respond';
import type { ApiServerState, Asker, Proxied } from './state';
import {
  type HttpRequest,
  type HttpResponse,
  PIPE_PING_EVERY,
  PIPE_SILENCE,
  type PipeChunk,
  type PipeClosed,
} from './stream-wire';
import { tick } from './tick';
import type { ApiResponse, StreamChunk, WatchClosed } from './wire';

/** Who answers, and what he is asked. */
export interface Location {
  readonly backend: ProcessId;
  /** `10.0.1.1:10250`, for error texts. */
  readonly host: string;
  readonly request: Omit<HttpRequest, 'type' | 'id'>;
  readonly kind: Proxied['kind'];
  /** Of a check: the APIService. */
  readonly group?: string;
}

/** @source client-go transport (30 s dial timeout) */
const DIAL_TIMEOUT: Micros = 30 * SECOND;

export interface DialTimer extends Message {
  readonly type: 'apiserver/dial-timeout';
  readonly id: number;
}

/** Passes a request on. */
export function openBehind(state: ApiServerState, ctx: Context, asker: Asker, location: Location): void {
  const { proxied } = state;
  // Numbers of events are never used twice, so that a restarted server's are none of its predecessor's.
  if (proxied.next === 0) proxied.next = Math.max(1, ctx.event);
  const id = proxied.next++;
  const { backend, host, kind, request } = location;
  const timer: DialTimer = { type: 'apiserver/dial-timeout', id };
  const { method, path, query } = request;
  proxied.open.set(id, {
    asker,
    backend,
    host,
    kind,
    ...(location.group === undefined ? null : { group: location.group }),
    url: `http${kind === 'proxy' ? '' : 's'}://${host}${path}${queryText(query)}`,
    method,
    dial: ctx.after(DIAL_TIMEOUT, timer),
    clientHeard: ctx.monotonic,
    backendHeard: ctx.monotonic,
  });
  if (kind !== 'discovery') ctx.monitor(asker.client);
  ctx.monitor(backend);
  ctx.send(backend, { ...request, type: 'http/request', id } as Message);
}

const queryText = (query: Readonly<Record<string, string>>): string => {
  const parts = Object.keys(query)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name]!)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** The backend has answered. */
export function backendAnswered(state: ApiServerState, ctx: Context, response: HttpResponse): void {
  const stream = ownedBy(state, response.id, ctx.from);
  if (stream === undefined || stream.dial === null) return;
  if (response.code === 0) return unreachable(state, ctx, response.id, 'connect: connection refused');
  ctx.cancel(stream.dial);
  stream.dial = null;
  stream.backendHeard = ctx.monotonic;
  const { code, body, contentType } = response;
  if (response.stream === true) {
    const opened: ApiResponse = {
      type: 'api/response',
      id: stream.asker.id,
      code,
      body: null,
      contentType,
      streaming: true,
    };
    ctx.send(stream.asker.client, opened);
    return lookAfter(state, ctx);
  }
  state.proxied.open.delete(response.id);
  if (stream.kind === 'discovery') return discovered(state, ctx, stream, response);
  if (code >= 400 && stream.kind === 'log') {
    const status = logError(code, body);
    return sendResponse(state, ctx, stream.asker, code, status);
  }
  if (code >= 400) state.counters.errors++;
  const whole =
    stream.kind === 'aggregate' && contentType === 'application/json' ? (JSON.parse(body) as unknown) : body;
  const passed: ApiResponse = { type: 'api/response', id: stream.asker.id, code, body: whole, contentType };
  ctx.send(stream.asker.client, passed);
}

/** @source apiserver/pkg/registry/generic/rest/response_checker.go */
function logError(code: number, text: string): Status {
  if (code === 400) return badRequest(text);
  if (code === 500) return internalError(text);
  return failure({
    code,
    reason: code === 404 ? 'NotFound' : '',
    message: code === 404 ? `the server could not find the requested resource ( pods/log ${text})` : text,
  });
}

const ownedBy = (state: ApiServerState, id: number, backend: ProcessId | null): Proxied | undefined => {
  const stream = state.proxied.open.get(id);
  return stream?.backend === backend ? stream : undefined;
};

/** Something came from the backend for the client. */
export function passToClient(state: ApiServerState, ctx: Context, piece: PipeChunk | PipeClosed): void {
  const stream = ownedBy(state, piece.id, ctx.from);
  if (stream === undefined) return;
  stream.backendHeard = ctx.monotonic;
  const { client, id } = stream.asker;
  if (piece.type === 'pipe/closed') return closeClientSide(state, ctx, piece.id);
  const chunk: StreamChunk = { ...piece, type: 'api/stream-chunk', id };
  ctx.send(client, chunk);
}

/** Something came from the client for the backend. */
export function passToBackend(state: ApiServerState, ctx: Context, piece: StreamChunk): void {
  for (const [id, stream] of state.proxied.open) {
    if (stream.asker.client !== ctx.from || stream.asker.id !== piece.id) continue;
    stream.clientHeard = ctx.monotonic;
    const chunk: PipeChunk = { ...piece, type: 'pipe/chunk', id };
    return ctx.send(stream.backend, chunk);
  }
}

/** The client closes a stream or gives a request up. */
export function clientClosed(state: ApiServerState, ctx: Context, client: ProcessId, asked: number): void {
  for (const [id, { asker }] of state.proxied.open)
    if (asker.client === client && asker.id === asked) closeBackendSide(state, ctx, id);
}

/** A client or a backend has ended: whatever went between it and others is closed at the other end. */
export function processGone(state: ApiServerState, ctx: Context, process: ProcessId): void {
  for (const [id, { asker, backend }] of [...state.proxied.open]) {
    if (asker.client === process) closeBackendSide(state, ctx, id);
    else if (backend === process) backendGone(state, ctx, id, 'connect: connection refused');
  }
}

/** Nobody has answered in time. */
export function dialTimedOut(state: ApiServerState, ctx: Context, { id }: DialTimer): void {
  const stream = state.proxied.open.get(id);
  if (stream === undefined || stream.dial === null) return;
  // It may hear of the request later, when the way is open again.
  ctx.send(stream.backend, { type: 'pipe/closed', id } as PipeClosed);
  unreachable(state, ctx, id, 'i/o timeout');
}

/** A client has shown that it is there. */
export function clientHeard(state: ApiServerState, client: ProcessId, at: Micros): void {
  for (const stream of state.proxied.open.values()) if (stream.asker.client === client) stream.clientHeard = at;
}

export function backendHeard(state: ApiServerState, backend: ProcessId, at: Micros): void {
  for (const stream of state.proxied.open.values()) if (stream.backend === backend) stream.backendHeard = at;
}

/** Streams of a client, by its own numbers. */
export const streamsOf = (state: ApiServerState, client: ProcessId): number[] =>
  [...state.proxied.open.values()].filter(({ asker }) => asker.client === client).map(({ asker }) => asker.id);

function lookAfter(state: ApiServerState, ctx: Context): void {
  if (state.proxied.watched) return;
  state.proxied.watched = true;
  ctx.after(PIPE_PING_EVERY, tick('apiserver/streams'));
}

/** Pings both sides of open streams, and closes what has been silent for too long. */
export function lookAtStreams(state: ApiServerState, ctx: Context): void {
  const { proxied } = state;
  proxied.watched = false;
  const clients = new Set<ProcessId>();
  const backends = new Set<ProcessId>();
  for (const [id, stream] of [...proxied.open]) {
    if (stream.dial !== null) continue;
    if (ctx.monotonic - stream.clientHeard > PIPE_SILENCE) closeBackendSide(state, ctx, id);
    else if (ctx.monotonic - stream.backendHeard > PIPE_SILENCE) {
      ctx.send(stream.backend, { type: 'pipe/closed', id } as PipeClosed);
      closeClientSide(state, ctx, id);
    } else {
      clients.add(stream.asker.client);
      backends.add(stream.backend);
    }
  }
  for (const client of clients) ctx.send(client, { type: 'api/keep-alive' });
  for (const backend of backends) ctx.send(backend, { type: 'pipe/ping' });
  if (clients.size > 0) lookAfter(state, ctx);
}

function closeBackendSide(state: ApiServerState, ctx: Context, id: number): void {
  const stream = state.proxied.open.get(id);
  if (stream === undefined) return;
  forget(state, ctx, id, stream);
  ctx.send(stream.backend, { type: 'pipe/closed', id } as PipeClosed);
}

function closeClientSide(state: ApiServerState, ctx: Context, id: number): void {
  const stream = state.proxied.open.get(id);
  if (stream === undefined) return;
  forget(state, ctx, id, stream);
  const closed: WatchClosed = { type: 'api/watch-closed', id: stream.asker.id };
  ctx.send(stream.asker.client, closed);
}

function backendGone(state: ApiServerState, ctx: Context, id: number, why: string): void {
  if (state.proxied.open.get(id)?.dial === null) closeClientSide(state, ctx, id);
  else unreachable(state, ctx, id, why);
}

/** Tells the client that the backend cannot be reached, in the words of whoever asks it upstream. */
function unreachable(state: ApiServerState, ctx: Context, id: number, why: string): void {
  const stream = state.proxied.open.get(id);
  if (stream === undefined) return;
  forget(state, ctx, id, stream);
  if (stream.kind === 'discovery') return discovered(state, ctx, stream, why);
  const dial = `dial tcp ${stream.host}: ${why}`;
  const status =
    stream.kind === 'log'
      ? plainError(`${GO_METHOD[stream.method] ?? 'Get'} "${stream.url}": ${dial}`)
      : stream.kind === 'upgrade'
        ? plainError(`error dialing backend: ${dial}`)
        : serviceUnavailable(`error trying to reach service: ${dial}`);
  sendResponse(state, ctx, stream.asker, status.code ?? 500, status);
}

const GO_METHOD: Readonly<Record<string, string>> = { GET: 'Get', POST: 'Post' };

function forget(state: ApiServerState, ctx: Context, id: number, stream: Proxied): void {
  ctx.cancel(stream.dial);
  state.proxied.open.delete(id);
}
