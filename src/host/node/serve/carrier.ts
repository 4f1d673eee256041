/** Connections that leave HTTP, the channels that they carry then, and how the simulation is asked for a stream. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { commonHeaders } from './answering';
import { askingOf } from './asking';
import type { Conductor, Credentials, Hear } from './conductor';
import { written } from './negotiation';

export const NO_BODY = Buffer.alloc(0);

/** A connection whose request wants another protocol. */
export interface Upgrade {
  readonly conductor: Conductor;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What has come after the request's head. */
  readonly head: Buffer;
  readonly credentials: Credentials;
}

/** What comes of the channels that a client writes. */
export interface CarrierEvents {
  piece(channel: number, data: Buffer, end: boolean): void;
  gone(): void;
}

/** What carries channels to the client. */
export interface Carrier {
  send(channel: number, data: Buffer): void;
  /** The server is through: all channels end. */
  close(): void;
  /** Ends it without a word. */
  destroy(): void;
  /** Bytes that the client has not taken yet. */
  unread(): number;
}

/** Asks for a stream to a pod; `hear` is told what comes on it. */
export function askStream({ conductor, request, credentials }: Upgrade, hear: Hear): string {
  const { method = 'GET', url = '/', headers } = request;
  return conductor.ask({ ...askingOf({ method, url, headers, body: NO_BODY, credentials }), upgrade: true }, hear);
}

/** An ordinary answer on a connection that keeps its protocol, and its end. */
export function refuseUpgrade({ conductor, request, socket }: Upgrade, code: number, body: unknown): void {
  const text = typeof body === 'string' ? body : written(body, 'application/json', false);
  const headers = {
    ...commonHeaders(request, conductor.engine.now),
    'Content-Type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}
