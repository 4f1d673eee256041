/**
 * The API server's connection to its etcd: numbered requests, and what becomes of them when the connection breaks.
 * Requests made while it is down wait for it; those that were under way when it broke fail, except reads, which are
 * asked again. Plain data.
 *
 * @source etcd client/v3 (retry_interceptor.go), kubernetes apiserver/pkg/storage/storagebackend/factory/etcd3.go
 */
import { isUnavailable } from '#engine/etcd/errors';
import type { EtcdAnswer, EtcdRequest, KeyRange, RangeOp } from '#engine/etcd/wire';
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import type { StoreTxn } from './storage';

export interface EtcdConnection {
  readonly server: ProcessId;
  up: boolean;
  nextId: number;
  /** Requests without an answer, by id, in the order in which they were made. */
  readonly sent: Map<number, EtcdRequest>;
  /** When anything was last heard of it, monotonic. */
  lastHeard: Micros;
  /** A health check is under way; its id. 0: none. */
  ping: number;
  /** The store's revision as last heard: all events up to it have arrived. */
  revision: number;
}

export const RECONNECT_EVERY: Micros = 1 * SECOND;
export const PING_WHEN_QUIET: Micros = 30 * SECOND;
export const PING_TIMEOUT: Micros = 10 * SECOND;

export function newEtcdConnection(server: ProcessId, now: Micros): EtcdConnection {
  return { server, up: true, nextId: now + 1, sent: new Map(), lastHeard: now, ping: 0, revision: 0 };
}

function submit(connection: EtcdConnection, ctx: Context, request: EtcdRequest): number {
  connection.sent.set(request.id, request);
  if (connection.up) ctx.send(connection.server, request);
  return request.id;
}

export function sendTxn(connection: EtcdConnection, ctx: Context, txn: StoreTxn): number {
  const { compare, success, failure } = txn;
  return submit(connection, ctx, { type: 'etcd/txn', id: connection.nextId++, compare, success, failure });
}

export function sendRange(connection: EtcdConnection, ctx: Context, range: Omit<RangeOp, 'op'>): number {
  return submit(connection, ctx, { type: 'etcd/range', id: connection.nextId++, range: { op: 'range', ...range } });
}

export function sendProgress(connection: EtcdConnection, ctx: Context): number {
  return submit(connection, ctx, { type: 'etcd/progress', id: connection.nextId++, linearizable: true });
}

export function sendLeaseGrant(connection: EtcdConnection, ctx: Context, ttl: number): number {
  return submit(connection, ctx, { type: 'etcd/lease-grant', id: connection.nextId++, ttl });
}

export function sendCompact(connection: EtcdConnection, ctx: Context, revision: number): number {
  return submit(connection, ctx, { type: 'etcd/compact', id: connection.nextId++, revision });
}

/** Opens a watch. It has no answer of its own and is not made again by itself. */
export function openWatch(connection: EtcdConnection, ctx: Context, range: KeyRange, startRevision: number): number {
  const id = connection.nextId++;
  const request: EtcdRequest = { type: 'etcd/watch-create', id, range, startRevision, requireLeader: true };
  ctx.send(connection.server, request);
  return id;
}

/** How long Go's client waits before it asks again. @source etcd client/v3/options.go (defaultBackoffWaitBetween) */
const ASK_AGAIN_AFTER: Micros = 25 * MILLISECOND;

export interface AskAgain extends Message {
  readonly type: 'apiserver/ask-again';
  readonly id: number;
}

/** Whether a read that etcd could not answer is asked again, as often as it takes. A write is not: it may have happened. */
export function asksAgain({ sent }: EtcdConnection, ctx: Context, answer: EtcdAnswer): boolean {
  const type = sent.get(answer.id)?.type;
  if (answer.type !== 'etcd/error' || !isUnavailable(answer.error)) return false;
  if (type !== 'etcd/range' && type !== 'etcd/progress') return false;
  const again: AskAgain = { type: 'apiserver/ask-again', id: answer.id };
  ctx.after(ASK_AGAIN_AFTER, again);
  return true;
}

export function askAgain({ sent, up, server }: EtcdConnection, ctx: Context, { id }: AskAgain): void {
  const request = sent.get(id);
  if (request !== undefined && up) ctx.send(server, request);
}

/** The connection broke. Answers the ids of the requests that fail by it: writes that may or may not have happened. */
export function disconnected(connection: EtcdConnection): number[] {
  connection.up = false;
  connection.ping = 0;
  const failed: number[] = [];
  for (const [id, request] of connection.sent) {
    if (request.type === 'etcd/range' || request.type === 'etcd/progress') continue;
    connection.sent.delete(id);
    failed.push(id);
  }
  return failed;
}

/** The connection is there again: what waited is sent, in order. */
export function reconnected(connection: EtcdConnection, ctx: Context): void {
  connection.up = true;
  for (const request of connection.sent.values()) ctx.send(connection.server, request);
}
