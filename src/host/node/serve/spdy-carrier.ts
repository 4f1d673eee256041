/** Channels as SPDY streams: each names in a header what it is. */
import type { Duplex } from 'node:stream';
import { SpdyConnection, type SpdyHandler } from './spdy';
import type { Carrier, CarrierEvents, Upgrade } from './carrier';

const CHANNELS: readonly string[] = ['stdin', 'stdout', 'stderr', 'error', 'resize'];
/** What this side speaks of exec, best first. */
const VERSIONS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** A client opens its streams at once. */
const OPENED_WITHIN_MS = 30_000;

/** Changes the protocol of a connection. */
export function spdyOn(
  { request, socket, head }: Upgrade,
  version: string,
  handler: SpdyHandler,
): { readonly connection: SpdyConnection; close(): void } {
  const connection = new SpdyConnection(handler, (bytes) => {
    if (socket.writable) socket.write(bytes);
  });
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${version === '' ? '' : `X-Stream-Protocol-Version: ${version}\r\n`}\r\n`,
  );
  socket.on('data', (bytes: Buffer) => connection.receive(bytes));
  socket.on('error', () => socket.destroy());
  socket.once('close', () => handler.broken('closed'));
  request.setTimeout(0);
  if (head.length > 0) connection.receive(head);
  return { connection, close: () => endSoftly(socket) };
}

const endSoftly = (socket: Duplex): void => void (socket.writable && socket.end());

export function spdyCarrier(asked: Upgrade, events: CarrierEvents): Carrier {
  const { request, socket } = asked;
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
  const wants = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const expected = new Set([
    'error',
    ...['stdin', 'stdout', 'stderr'].filter(wants),
    ...(wants('tty') ? ['resize'] : []),
  ]);
  const streams = new Map<number, number>();
  const channels = new Map<number, number>();
  /** What was said on channels before the client opened them. */
  const early = new Map<number, Buffer[]>();
  let closing = false;
  const opened = (): boolean => [...expected].every((name) => streams.has(CHANNELS.indexOf(name)));
  const finish = (): void => {
    for (const stream of streams.values()) spdy.connection.send(stream, Buffer.alloc(0), true);
    spdy.connection.goAway();
    spdy.close();
  };
  const handler: SpdyHandler = {
    opened(stream, headers) {
      const channel = CHANNELS.indexOf(headers.get('streamtype') ?? '');
      if (channel < 0) return void socket.destroy();
      streams.set(channel, stream);
      channels.set(stream, channel);
      for (const data of early.get(channel) ?? []) spdy.connection.send(stream, data);
      early.delete(channel);
      if (closing && opened()) finish();
    },
    data(stream, data, end) {
      const channel = channels.get(stream);
      if (channel !== undefined && (channel === 0 || channel === 4)) events.piece(channel, data, end);
    },
    reset: () => undefined,
    broken() {
      socket.destroy();
      events.gone();
    },
  };
  const offered = request.headersDistinct['x-stream-protocol-version'] ?? [];
  const version = VERSIONS.find((name) => offered.some((names) => names.split(',').some((one) => one.trim() === name)));
  const spdy = spdyOn(asked, version ?? '', handler);
  return {
    send(channel, data) {
      const stream = streams.get(channel);
      if (stream !== undefined) return spdy.connection.send(stream, data);
      const waiting = early.get(channel) ?? [];
      waiting.push(data);
      early.set(channel, waiting);
    },
    close() {
      closing = true;
      if (opened()) return finish();
      setTimeout(() => socket.destroy(), OPENED_WITHIN_MS).unref();
    },
    destroy: () => void socket.destroy(),
    unread: () => socket.writableLength,
  };
}
