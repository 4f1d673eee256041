/**
 * Channels on a WebSocket: each message begins with the number of its channel; and SPDY in a WebSocket, as newer kubectls
 * forward ports.
 *
 * @source kubernetes apimachinery/pkg/util/httpstream/wsstream/conn.go, apimachinery/pkg/util/remotecommand/constants.go,
 *   apimachinery/pkg/util/portforward/constants.go
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import type { SpdyHandler } from './spdy';
import { SpdyConnection } from './spdy';
import type { Carrier, CarrierEvents, Upgrade } from './carrier';

export interface Protocol {
  /** What `Sec-WebSocket-Protocol` says; empty: nothing. */
  readonly name: string;
  readonly base64: boolean;
  /** Whether the client can close one channel and go on with the others. */
  readonly closes: boolean;
}

export const SPDY_TUNNEL = 'SPDY/3.1+portforward.k8s.io';
const TOKEN = 'base64url.bearer.authorization.k8s.io.';
const COMMAND = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];
const FORWARD = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

const protocolOf = (name: string): Protocol => ({
  name,
  base64: name.includes('base64.'),
  closes: name.startsWith('v5.'),
});

/** The protocols that a client offers, best first, without the one that is a token. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith(TOKEN));

/** The first that is understood; the plain one without any. Null: none of them is. */
export function protocolFor(forward: boolean, offered: readonly string[]): Protocol | null {
  if (offered.length === 0) return protocolOf('');
  const chosen = offered.find((name) => (forward ? FORWARD : COMMAND).includes(name));
  return chosen === undefined ? null : protocolOf(chosen);
}

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** How often an idle connection is asked whether its other end is still there. */
const PING_EVERY_MS = 20_000;

const chosen = new WeakMap<IncomingMessage, string>();
const server = new WebSocketServer({
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: (_offered, request) => chosen.get(request) ?? false,
});

/** Completes the handshake. `received` is told each message, `gone` the end. */
function accept(
  { request, socket, head }: Upgrade,
  protocol: string,
  received: (message: Buffer) => void,
  gone: () => void,
): WebSocket | null {
  let accepted: WebSocket | null = null;
  if (protocol !== '') chosen.set(request, protocol);
  server.handleUpgrade(request, socket, head, (webSocket) => {
    accepted = webSocket;
    let answered = true;
    const asking = setInterval(() => {
      if (!answered) return webSocket.terminate();
      answered = false;
      webSocket.ping();
    }, PING_EVERY_MS);
    webSocket.on('pong', () => (answered = true));
    webSocket.on('message', (data: Buffer) => received(data));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      clearInterval(asking);
      gone();
    });
  });
  return accepted;
}

const GONE: Carrier = { send: () => undefined, close: () => undefined, destroy: () => undefined, unread: () => 0 };
const STDOUT = 1;
/** The channel number by which a client of `v5` says that it closes the channel in the next byte. */
const CLOSE = 255;

export function webSocketCarrier(asked: Upgrade, protocol: Protocol, events: CarrierEvents): Carrier {
  const received = (message: Buffer): void => {
    const [first, second] = message;
    if (first === undefined) return;
    if (protocol.base64) {
      return events.piece(first - 0x30, Buffer.from(message.subarray(1).toString('latin1'), 'base64'), false);
    }
    if (!protocol.closes || first !== CLOSE) return events.piece(first, message.subarray(1), false);
    if (second !== undefined) events.piece(second, Buffer.alloc(0), true);
  };
  const webSocket = accept(asked, protocol.name, received, () => events.gone());
  if (webSocket === null) return GONE;
  const carrier: Carrier = {
    send: (channel, data) =>
      webSocket.send(
        protocol.base64 ? `${channel}${data.toString('base64')}` : Buffer.concat([Uint8Array.of(channel), data]),
      ),
    close: () => webSocket.close(1000),
    destroy: () => webSocket.terminate(),
    unread: () => webSocket.bufferedAmount,
  };
  // An empty message says that the connection stands.
  carrier.send(STDOUT, Buffer.alloc(0));
  return carrier;
}

/** SPDY in the binary messages of a WebSocket. */
export function tunnelOn(asked: Upgrade, handler: SpdyHandler): { readonly connection: SpdyConnection; close(): void } {
  let webSocket: WebSocket | null = null;
  const connection = new SpdyConnection(handler, (bytes) => {
    if (webSocket?.readyState === WebSocket.OPEN) webSocket.send(bytes);
  });
  webSocket = accept(
    asked,
    SPDY_TUNNEL,
    (message) => connection.receive(message),
    () => handler.broken('closed'),
  );
  return { connection, close: () => webSocket?.close(1000) };
}
