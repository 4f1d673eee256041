/** TCP within the laptop: programs that listen on `localhost`, and connections to them. Bytes take a moment to come. */
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { StreamEvent } from '../call/effects';
import type { Loopback, StagePlace, StageTag, TerminalState } from './session';

/** How long bytes take from one program of the laptop to another. */
const DELAY: Micros = 20;
/** Ports that Linux gives to those who ask for any. */
const FIRST_EPHEMERAL = 32_768;
const EPHEMERAL_PORTS = 28_232;
/** Below it only root may listen. */
const FIRST_UNPRIVILEGED = 1024;

/** A program, as far as its connections go. */
interface Local {
  readonly ctx: Context;
  readonly terminals: TerminalState;
  readonly tag: (asked: number) => StageTag;
}

const placeOf = ({ session, job, stage }: StagePlace): StagePlace => ({ session, job, stage });
const same = (a: StagePlace, b: StagePlace): boolean =>
  a.session === b.session && a.job === b.job && a.stage === b.stage;

const loopbackOf = (terminals: TerminalState): Loopback =>
  (terminals.loopback ??= { listeners: [], connections: new Map(), next: 1 });

const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::';
const isOwn = (address: string): boolean => isAny(address) || address === '::1' || address.startsWith('127.');
const collide = (a: string, b: string): boolean =>
  a.includes(':') === b.includes(':') && (a === b || isAny(a) || isAny(b));

/** @returns the port, or in the system's words why nobody can listen there */
export function listened({ ctx, terminals, tag }: Local, address: string, wanted: number): number | string {
  const { listeners } = loopbackOf(terminals);
  const isTaken = (port: number): boolean =>
    listeners.some((one) => one.port === port && collide(one.address, address));
  if (!isOwn(address)) return 'bind: cannot assign requested address';
  if (wanted > 0 && wanted < FIRST_UNPRIVILEGED) return 'bind: permission denied';
  if (isTaken(wanted)) return 'bind: address already in use';
  let port = wanted;
  while (port === 0 || isTaken(port)) port = FIRST_EPHEMERAL + ctx.random('kubectl').below(EPHEMERAL_PORTS);
  listeners.push({ address, port, by: placeOf(tag(0)) });
  return port;
}

/** @returns the number of the connection; null: nobody listens */
export function dialed({ ctx, terminals, tag }: Local, port: number): number | null {
  const loopback = loopbackOf(terminals);
  const listener = loopback.listeners.find((one) => one.port === port);
  if (listener === undefined) return null;
  const connection = loopback.next++;
  loopback.connections.set(connection, { client: placeOf(tag(0)), server: listener.by });
  tell(ctx, listener.by, connection, { data: '', end: false, port });
  return connection;
}

/** Sends bytes to the other end; who ends a connection ends both directions. */
export function replied({ ctx, terminals, tag }: Local, connection: number, data: string, end: boolean): void {
  const { connections } = loopbackOf(terminals);
  const ends = connections.get(connection);
  if (ends === undefined) return;
  if (end) connections.delete(connection);
  tell(ctx, same(ends.client, tag(0)) ? ends.server : ends.client, connection, { data, end });
}

/** A program is over: nobody listens for it any more, and its connections end. */
export function closeLoopback({ loopback }: TerminalState, ctx: Context, gone: StagePlace): void {
  if (loopback === undefined) return;
  const { listeners, connections } = loopback;
  for (let at = listeners.length - 1; at >= 0; at--) if (same(listeners[at]!.by, gone)) listeners.splice(at, 1);
  for (const [connection, { client, server }] of connections) {
    if (!same(client, gone) && !same(server, gone)) continue;
    connections.delete(connection);
    tell(ctx, same(client, gone) ? server : client, connection, { data: '', end: true });
  }
}

function tell(ctx: Context, to: StagePlace, connection: number, bytes: NonNullable<StageTag['bytes']>): void {
  const tag: StageTag = { ...to, type: 'kubectl/stage', asked: -1, connection, bytes };
  ctx.after(DELAY, tag);
}

/** What has come, as a program hears it. */
export function wordsOf({ connection = 0, bytes }: StageTag): StreamEvent {
  const { data = '', end = false, port } = bytes ?? {};
  if (port !== undefined) return { type: 'connected', connection, port };
  return { type: 'received', connection, data, end };
}
