/**
 * The client: what every component holds to list, watch and write. This file is its door.
 *
 * A component keeps a `Client` in its state, declares what it wants to know (`reflect`), starts it, hands every message
 * it gets to `receive` first, and acts on the deliveries that come back. What it knows is read by `cacheOf` and `viewOf`
 * (`cache.ts`), Events go out by `recordEvent` (`events.ts`). Nothing here decides anything.
 */
import type { ApiResponse, FromApiServer, StreamChunk, WatchClosed, WatchEvents } from '#engine/apiserver/wire';
import type { Context, KernelMessage, Message } from '#engine/kernel/process';
import { newStore, replaceObjects } from './cache';
import {
  type Alarm,
  type Settled,
  cancelRequest,
  connectionAlarm,
  connectionDue,
  dispatch,
  heard,
  lose,
  missingWatches,
  serverOf,
  settleAnswer,
  wake,
} from './connection';
import { answerHealthz } from './healthz';
import { eventAnswered, eventsAlarm, eventsDue } from './event-sink';
import { connectionReset, dialRefused } from './network-failure';
import {
  type Informed,
  listAnswered,
  newReflector,
  reflectorsAlarm,
  reflectorsDue,
  startReflector,
  watchBroken,
  watchClosed,
  watched,
} from './reflector';
import type { Change, Collection } from './plan';
import type { Client, ClientConfig, ReflectorOptions, RequestSpec } from './state';

export type { Client, ClientConfig, RequestSpec } from './state';

/** What a server says to a stream. */
export type StreamMessage = ApiResponse | WatchEvents | StreamChunk | WatchClosed;

/** What came of a message that was the client's business. */
export type Delivery =
  | {
      readonly type: 'answer';
      readonly tag: Message;
      /** Whether the code is 2xx. */
      readonly ok: boolean;
      /** HTTP status; 0 when no answer came: then the body is a Status with the text that Go's client prints. */
      readonly code: number;
      readonly body: unknown;
      readonly warnings: readonly string[];
    }
  /** What the server says to a `stream`, as it comes; for a connection that failed a response of code 0. */
  | { readonly type: 'streamed'; readonly tag: Message; readonly message: StreamMessage }
  | Informed;

export function newClient(config: ClientConfig): Client {
  return {
    config,
    servers: config.servers,
    started: false,
    unstarted: 0,
    nextId: 0,
    connection: { server: 0, state: 'closed', heardAt: 0, ping: null },
    outstanding: new Map(),
    nextDeadline: null,
    buckets: new Map(),
    reflectors: new Map(),
    stores: new Map(),
    sinks: new Map(),
    eventStamp: { at: -1, offset: 0 },
    alarm: null,
  };
}

/**
 * Declares a reflector with its cache. One per kind: what is declared twice stays as it was first. Declared after
 * `startClient` it starts with the next `startClient` or message.
 */
export function reflect(client: Client, kind: Collection, options: ReflectorOptions = {}): void {
  if (client.reflectors.has(kind)) return;
  client.reflectors.set(kind, newReflector(kind, options));
  client.stores.set(kind, newStore(kind));
  client.unstarted += 1;
}

/** Gives a reflector up with its cache. @returns the objects that were in it, as deletions */
export function unreflect(client: Client, ctx: Context, kind: Collection): readonly Change[] {
  const request = client.reflectors.get(kind)?.request ?? null;
  const store = client.stores.get(kind);
  if (request !== null) cancelRequest(client, ctx, request);
  const changes = store === undefined ? [] : replaceObjects(store, []);
  client.reflectors.delete(kind);
  client.stores.delete(kind);
  return changes;
}

/** Starts all reflectors declared so far. */
export function startClient(client: Client, ctx: Context): void {
  client.started = true;
  client.unstarted = 0;
  for (const reflector of client.reflectors.values()) {
    if (reflector.phase === 'idle') startReflector(client, ctx, reflector);
  }
}

/** Sends a request as soon as the rate limit lets it; the answer arrives as a Delivery with this tag. */
export function request(client: Client, ctx: Context, spec: RequestSpec, tag: Message): void {
  dispatch(client, ctx, spec, { for: 'caller', tag });
}

/** Sends a request whose answer may come in parts, for as long as it takes. @returns its id, for `cancelRequest` */
export function stream(client: Client, ctx: Context, spec: RequestSpec, tag: Message): number {
  return dispatch(client, ctx, spec, { for: 'stream', tag });
}

/** Sends a piece of one channel of a stream; `end` closes that channel towards the server. */
export function sendChunk(
  client: Client,
  ctx: Context,
  id: number,
  { channel, data, end }: { readonly channel: number; readonly data: string; readonly end: boolean },
): void {
  if (!client.outstanding.has(id)) return;
  const chunk: StreamChunk = { type: 'api/stream-chunk', id, channel, data, ...(end ? { end } : null) };
  ctx.send(serverOf(client), chunk);
}

type Incoming = FromApiServer | KernelMessage | Alarm;

/**
 * Hand every message that the process gets to this first.
 *
 * @returns what the component should know of it, in order; null when the message is not the client's business
 */
export function receive(client: Client, message: Message, ctx: Context): readonly Delivery[] | null {
  // The message types below are the client's own; no component may use them for anything else.
  const incoming = message as Incoming;
  if (client.started && client.unstarted > 0) startClient(client, ctx);
  const out: Delivery[] = [];
  if (answerHealthz(message, ctx)) return out;
  switch (incoming.type) {
    case 'client/alarm':
      alarm(client, ctx, out);
      return out;
    case 'api/response': {
      heard(client, ctx);
      if (streamed(client, incoming, out)) return out;
      const settled = settleAnswer(client, incoming);
      if (settled !== null) settle(client, ctx, settled, out);
      return out;
    }
    case 'api/watch-events':
      heard(client, ctx);
      if (incoming.ids === undefined) happened(client, ctx, incoming, out);
      else
        for (const id of incoming.ids) happened(client, ctx, { type: incoming.type, id, events: incoming.events }, out);
      return out;
    case 'api/stream-chunk':
      heard(client, ctx);
      streamed(client, incoming, out);
      return out;
    case 'api/keep-alive':
      heard(client, ctx);
      ctx.send(serverOf(client), { type: 'api/ping' });
      return out;
    case 'api/watch-closed':
      heard(client, ctx);
      closed(client, ctx, incoming, out);
      return out;
    case 'api/pong':
      heard(client, ctx);
      for (const id of missingWatches(client, incoming)) closed(client, ctx, { type: 'api/watch-closed', id }, out);
      client.connection.ping = null;
      return out;
    case 'kernel/refused': {
      if (!client.servers.includes(incoming.to)) return null;
      if (
        incoming.to === serverOf(client) &&
        client.connection.state !== 'closed' &&
        concerns(client, incoming.message)
      ) {
        settleAll(client, ctx, lose(client, ctx, dialRefused(incoming.to), 'refused'), out);
      }
      return out;
    }
    case 'kernel/down':
      if (!client.servers.includes(incoming.process)) return null;
      if (incoming.process === serverOf(client) && client.connection.state !== 'closed') {
        settleAll(client, ctx, lose(client, ctx, connectionReset(ctx.machine, incoming.process), 'lost'), out);
      }
      return out;
    default:
      return null;
  }
}

/** Hands on what the server says to a stream. Its last word ends it. @returns whether it was for one */
function streamed(client: Client, message: StreamMessage, out: Delivery[]): boolean {
  const purpose = client.outstanding.get(message.id)?.purpose;
  if (purpose?.for !== 'stream') return false;
  const last = message.type === 'api/watch-closed' || (message.type === 'api/response' && message.streaming !== true);
  if (last) client.outstanding.delete(message.id);
  out.push({ type: 'streamed', tag: purpose.tag, message });
  return true;
}

function happened(client: Client, ctx: Context, message: WatchEvents, out: Delivery[]): void {
  if (!streamed(client, message, out)) watched(client, ctx, message, out);
}

function closed(client: Client, ctx: Context, message: WatchClosed, out: Delivery[]): void {
  if (!streamed(client, message, out)) watchClosed(client, ctx, message.id);
}

/** Whether a refused message belongs to the connection of now: a ping, or a request that still waits. */
function concerns(client: Client, refused: Message): boolean {
  if (refused.type === 'api/ping') return true;
  return refused.type === 'api/request' && client.outstanding.has((refused as { id?: number }).id ?? -1);
}

function settleAll(client: Client, ctx: Context, all: readonly Settled[], out: Delivery[]): void {
  for (const settled of all) settle(client, ctx, settled, out);
}

function settle(client: Client, ctx: Context, settled: Settled, out: Delivery[]): void {
  const { purpose } = settled.request;
  switch (purpose.for) {
    case 'caller':
      out.push({
        type: 'answer',
        tag: purpose.tag,
        ok: settled.code >= 200 && settled.code < 300,
        code: settled.code,
        body: settled.body,
        warnings: settled.warnings,
      });
      return;
    case 'stream': {
      const { code, body, request } = settled;
      return void out.push({
        type: 'streamed',
        tag: purpose.tag,
        message: { type: 'api/response', id: request.id, code, body },
      });
    }
    case 'list':
      listAnswered(client, ctx, purpose.kind, settled, out);
      return;
    case 'watch':
      watchBroken(client, ctx, purpose.kind, settled);
      return;
    case 'event':
      eventAnswered(client, ctx, purpose.component, settled);
      return;
  }
}

function alarm(client: Client, ctx: Context, out: Delivery[]): void {
  client.alarm = null;
  settleAll(client, ctx, connectionAlarm(client, ctx), out);
  reflectorsAlarm(client, ctx);
  eventsAlarm(client, ctx);
  let next: number | null = null;
  for (const due of [connectionDue(client, ctx), reflectorsDue(client), eventsDue(client)]) {
    if (due !== null && (next === null || due < next)) next = due;
  }
  if (next !== null) wake(client, ctx, next);
}
