/**
 * One HTTP/2-like connection to one API server: rate limits, ids, deadlines, health checks. Everything that a client
 * waits for in time shares a single timer.
 *
 * @source golang.org/x/net/http2 transport.go (health check); apimachinery util/net/http.go (30 s idle, 15 s for the
 * answer); client-go rest/request.go
 */
import { unknownPath } from '#engine/api/status-error';
import { sizeOf } from '#engine/apiserver/storage';
import type { ApiRequest, ApiResponse, Pong } from '#engine/apiserver/wire';
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { dequeue, enqueue, lengthOf } from './fifo';
import { connectionLost, dialTimeout, lookUpTimeout, networkFailure, requestTimeout } from './network-failure';
import { type Rate, newBucket, readyAt, tryTake } from './rate-limit';
import type { Client, Outgoing, Outstanding, Purpose, RequestSpec } from './state';

/** The client's only timer. */
export interface Alarm extends Message {
  readonly type: 'client/alarm';
}

/** What became of a request. `failure` says that no answer came, and why. */
export interface Settled {
  readonly request: Outgoing;
  readonly code: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
  readonly failure: 'refused' | 'lost' | 'timeout' | null;
}

const ALARM: Alarm = Object.freeze({ type: 'client/alarm' });
const NO_WARNINGS: readonly string[] = Object.freeze([]);
const DIAL_TIMEOUT: Micros = 30 * SECOND;
const READ_IDLE_TIMEOUT: Micros = 30 * SECOND;
const PING_TIMEOUT: Micros = 15 * SECOND;
const REQUEST_TIMEOUT: Micros = 30 * SECOND;

/** The API server that the client talks to, or will. */
export function serverOf(client: Client): ProcessId {
  const server = client.servers[client.connection.server];
  if (server === undefined) throw new Error('a client needs at least one API server');
  return server;
}

/** Sees to it that the client is woken at `at` (monotonic) at the latest. */
export function wake(client: Client, ctx: Context, at: Micros): void {
  if (client.alarm !== null) {
    if (client.alarm.at <= at) return;
    ctx.cancel(client.alarm.timer);
  }
  client.alarm = { at, timer: ctx.after(Math.max(0, at - ctx.monotonic), ALARM) };
}

/** Sends a request now, or when its rate-limit bucket has a token; requests of one bucket keep their order. */
export function dispatch(client: Client, ctx: Context, spec: RequestSpec, purpose: Purpose): number {
  // Numbers of events are never used twice, so that ids of a restarted process are none of its predecessor's.
  if (client.nextId === 0) client.nextId = Math.max(1, ctx.event);
  const outgoing: Outgoing = { id: client.nextId++, spec, purpose, cause: ctx.cause };
  const bucket = bucketOf(client, spec.bucket ?? '');
  if (lengthOf(bucket.waiting) === 0 && tryTake(bucket, ctx.monotonic)) transmit(client, ctx, outgoing);
  else {
    enqueue(bucket.waiting, outgoing);
    wake(client, ctx, readyAt(bucket, ctx.monotonic));
  }
  return outgoing.id;
}

/** Gives a bucket another rate than the client's. */
export function setRate(client: Client, bucket: string, rate: Rate): void {
  bucketOf(client, bucket).rate = rate;
}

/** A message of the server arrived: the connection lives. */
export function heard(client: Client, ctx: Context): void {
  const { connection } = client;
  if (connection.state === 'closed' || ctx.from !== serverOf(client)) return;
  const established = connection.state === 'dialing';
  connection.state = 'open';
  connection.heardAt = ctx.monotonic;
  if (!established) return;
  for (const request of client.outstanding.values()) {
    ctx.because(request.cause);
    send(client, ctx, request);
  }
  ctx.because(ctx.event);
}

/** An answer arrived; null when nobody waits for it any more. */
export function settleAnswer(client: Client, response: ApiResponse): Settled | null {
  const request = client.outstanding.get(response.id);
  if (request === undefined) return null;
  if ((request.purpose.for === 'watch' && response.code < 400) || response.streaming === true) return null;
  client.outstanding.delete(response.id);
  const { code } = response;
  const body = code === 404 && typeof response.body === 'string' ? unknownPath() : response.body;
  return { request, code, body, warnings: response.warnings ?? NO_WARNINGS, failure: null };
}

/** Watches that the server should know of and does not. */
export function missingWatches(client: Client, pong: Pong): readonly number[] {
  const before = client.connection.ping?.sentAt ?? 0;
  const held = new Set(pong.watches);
  const missing: number[] = [];
  for (const { id, deadline, sentAt } of client.outstanding.values()) {
    if (deadline === null && sentAt < before && !held.has(id)) missing.push(id);
  }
  return missing;
}

/** Gives the connection up: all that waits for answers fails, and the next request dials the next server. */
export function lose(client: Client, ctx: Context, why: string, failure: 'refused' | 'lost'): readonly Settled[] {
  const server = serverOf(client);
  const { connection } = client;
  ctx.hangUp(server);
  connection.state = 'closed';
  connection.ping = null;
  connection.server = (connection.server + 1) % client.servers.length;
  const settled = [...client.outstanding.values()].map((request) =>
    failed(request, networkFailure(server, request.spec, why, 'ServiceUnavailable'), failure),
  );
  client.outstanding.clear();
  client.nextDeadline = null;
  return settled;
}

/** Closes the connection when nothing waits for an answer: the next request dials anew. */
export function closeIdle(client: Client, ctx: Context): void {
  const { connection } = client;
  if (connection.state === 'closed' || client.outstanding.size > 0) return;
  ctx.hangUp(serverOf(client));
  connection.state = 'closed';
  connection.ping = null;
}

/** Stops waiting for an answer or a watch, and tells the server. */
export function cancelRequest(client: Client, ctx: Context, id: number): void {
  if (!client.outstanding.delete(id)) return;
  ctx.send(serverOf(client), { type: 'api/cancel', id } as Message);
}

/** Does what is due: sends what waited for a token, times requests out, checks the connection's health. */
export function connectionAlarm(client: Client, ctx: Context): readonly Settled[] {
  for (const bucket of client.buckets.values()) {
    while (lengthOf(bucket.waiting) > 0 && tryTake(bucket, ctx.monotonic)) {
      const outgoing = dequeue(bucket.waiting);
      if (outgoing === undefined) break;
      ctx.because(outgoing.cause);
      transmit(client, ctx, outgoing);
    }
  }
  ctx.because(ctx.event);
  const dead = checkHealth(client, ctx);
  return dead ?? expire(client, ctx);
}

/** When `connectionAlarm` has something to do next (monotonic), or null. */
export function connectionDue(client: Client, ctx: Context): Micros | null {
  let due = client.nextDeadline;
  const sooner = (at: Micros): void => {
    if (due === null || at < due) due = at;
  };
  const health = healthDue(client);
  if (health !== null) sooner(health);
  for (const bucket of client.buckets.values()) {
    if (lengthOf(bucket.waiting) > 0) sooner(readyAt(bucket, ctx.monotonic));
  }
  return due;
}

function transmit(client: Client, ctx: Context, outgoing: Outgoing): void {
  const { connection } = client;
  if (connection.state === 'closed') dial(client, ctx);
  const { id, spec, purpose, cause } = outgoing;
  const endless = purpose.for === 'watch' || (purpose.for === 'stream' && spec.timeout === undefined);
  const deadline = endless ? null : ctx.monotonic + (spec.timeout ?? REQUEST_TIMEOUT);
  client.outstanding.set(id, { id, spec, purpose, cause, sentAt: ctx.monotonic, deadline });
  if (deadline !== null && (client.nextDeadline === null || deadline < client.nextDeadline)) {
    client.nextDeadline = deadline;
    wake(client, ctx, deadline);
  }
  wake(client, ctx, connection.heardAt + READ_IDLE_TIMEOUT);
  if (connection.state === 'open') send(client, ctx, outgoing);
}

function send(client: Client, ctx: Context, { id, spec, purpose }: Outgoing): void {
  ctx.send(
    serverOf(client),
    isPlain(client, spec, purpose) ? plainRequest(client, id, spec) : requestOf(client, id, spec, purpose),
  );
}

/** Whether a request has nothing but a path and perhaps a body: most have. */
const isPlain = (
  { config }: Client,
  { query, repeated, upgrade, accept, body, bodyError }: RequestSpec,
  purpose: Purpose,
): boolean =>
  config.measures === undefined &&
  query === undefined &&
  repeated === undefined &&
  upgrade === undefined &&
  accept === undefined &&
  body !== undefined &&
  bodyError === undefined &&
  purpose.for !== 'stream';

/** In the order of members of `requestOf`. */
function plainRequest({ config }: Client, id: number, spec: RequestSpec): ApiRequest {
  const type = 'api/request';
  const { method, path, contentType, body, userAgent = config.userAgent, credentials = config.credentials } = spec;
  return contentType === undefined
    ? { type, id, method, path, body, userAgent, credentials }
    : { type, id, method, path, contentType, body, userAgent, credentials };
}

function requestOf({ config }: Client, id: number, spec: RequestSpec, purpose: Purpose): ApiRequest {
  return {
    type: 'api/request',
    id,
    method: spec.method,
    path: spec.path,
    ...(spec.query === undefined ? null : { query: spec.query }),
    ...(spec.repeated === undefined ? null : { repeated: spec.repeated }),
    ...(spec.upgrade === undefined ? null : { upgrade: spec.upgrade }),
    ...(spec.contentType === undefined ? null : { contentType: spec.contentType }),
    ...(spec.accept === undefined ? null : { accept: spec.accept }),
    ...(spec.body === undefined ? null : { body: spec.body }),
    ...(config.measures === undefined || spec.body === undefined ? null : { contentLength: sizeOf(spec.body) }),
    ...(spec.bodyError === undefined ? null : { bodyError: spec.bodyError }),
    ...(purpose.for === 'stream' ? { streaming: true } : null),
    userAgent: spec.userAgent ?? config.userAgent,
    credentials: spec.credentials ?? config.credentials,
  };
}

/** The TCP handshake, so to speak: whoever answers the ping is there. Requests wait for it: a way that is closed in one direction only carries none. */
function dial(client: Client, ctx: Context): void {
  const { connection } = client;
  const { endpoint } = client.config;
  if (endpoint !== undefined) lookUpServers(client, ctx.balanced(ctx.lookUp(endpoint)));
  const server = serverOf(client);
  connection.state = 'dialing';
  connection.heardAt = ctx.monotonic;
  connection.ping = null;
  if (endpoint === undefined || ctx.resolves) {
    ctx.monitor(server);
    ctx.send(server, { type: 'api/ping' });
  }
  wake(client, ctx, ctx.monotonic + DIAL_TIMEOUT);
}

/** Takes up who is behind the endpoint: those that were preferred at first come first, the one to be tried next keeps its turn. */
function lookUpServers(client: Client, found: readonly ProcessId[]): void {
  if (found.length === 0) return;
  const { config, connection } = client;
  const next = serverOf(client);
  const preferred = config.servers.filter((server) => found.includes(server));
  client.servers = [...preferred, ...found.filter((server) => !preferred.includes(server))];
  connection.server = Math.max(0, client.servers.indexOf(next));
}

function healthDue(client: Client): Micros | null {
  const { connection, outstanding } = client;
  if (connection.state === 'dialing') return connection.heardAt + DIAL_TIMEOUT;
  if (connection.state === 'closed' || outstanding.size === 0) return null;
  if (connection.ping !== null) return connection.ping.sentAt + PING_TIMEOUT;
  return connection.heardAt + READ_IDLE_TIMEOUT;
}

function checkHealth(client: Client, ctx: Context): readonly Settled[] | null {
  const due = healthDue(client);
  if (due === null || due > ctx.monotonic) return null;
  const { connection } = client;
  const server = serverOf(client);
  if (connection.state === 'dialing') {
    const { endpoint } = client.config;
    return lose(
      client,
      ctx,
      endpoint === undefined || ctx.resolves ? dialTimeout(server) : lookUpTimeout(endpoint),
      'lost',
    );
  }
  if (connection.ping !== null) {
    if (connection.heardAt <= connection.ping.sentAt) return lose(client, ctx, connectionLost, 'lost');
    connection.ping = null;
    return null;
  }
  connection.ping = { sentAt: ctx.monotonic };
  ctx.send(server, { type: 'api/ping' });
  return null;
}

function expire(client: Client, ctx: Context): readonly Settled[] {
  if (client.nextDeadline === null || client.nextDeadline > ctx.monotonic) return [];
  const server = serverOf(client);
  const settled: Settled[] = [];
  let next: Micros | null = null;
  for (const request of client.outstanding.values()) {
    if (request.deadline === null) continue;
    if (request.deadline > ctx.monotonic) {
      if (next === null || request.deadline < next) next = request.deadline;
      continue;
    }
    const status = networkFailure(server, request.spec, requestTimeout, 'Timeout');
    settled.push(failed(request, status, 'timeout'));
  }
  for (const { request } of settled) cancelRequest(client, ctx, request.id);
  client.nextDeadline = next;
  return settled;
}

function failed(request: Outstanding, body: unknown, failure: 'refused' | 'lost' | 'timeout'): Settled {
  return { request, code: 0, body, warnings: NO_WARNINGS, failure };
}

function bucketOf(client: Client, name: string): ReturnType<typeof newBucket<Outgoing>> {
  let bucket = client.buckets.get(name);
  if (bucket === undefined) {
    bucket = newBucket({ qps: client.config.qps, burst: client.config.burst });
    client.buckets.set(name, bucket);
  }
  return bucket;
}
