/**
 * Port-forward: each TCP connection that the client accepts is a stream of its own to the pod. By SPDY it is a pair of streams
 * that name their port and their connection; by channels there is one connection for each port of the request.
 *
 * @source kubernetes apimachinery/pkg/util/portforward/constants.go, kubelet/pkg/cri/streaming/portforward/{httpstream,websocket}.go
 */
import { askingOf } from './asking';
import type { SpdyConnection, SpdyHandler } from './spdy';
import { refuseUpgrade, type Upgrade } from './carrier';
import { connectPod, type PodConnection, type PodEnds } from './pod-connection';
import { type Protocol, webSocketCarrier } from './web-socket';

const NOTHING = Buffer.alloc(0);
const DATA = 0;
const ERROR = 1;

/** One TCP connection to a port of the pod. */
function connectTo({ conductor, request, credentials }: Upgrade, port: string, ends: PodEnds): PodConnection {
  const { method = 'GET', url = '/', headers } = request;
  return connectPod(conductor, askingOf({ method, url, headers, body: NOTHING, credentials }), port, ends);
}

/**
 * Asks before the connection changes its protocol: for a port that is none, so that all who have a say in it refuse what they
 * would refuse, and the kubelet at last the port.
 */
function whenAllowed(asked: Upgrade, then: () => void): void {
  const { conductor, request, socket, credentials } = asked;
  const { method = 'GET', url = '/', headers } = request;
  const asking = askingOf({ method, url, headers, body: NOTHING, credentials });
  conductor.ask({ ...asking, query: { ports: '' }, upgrade: true }, (message) => {
    if (message?.type !== 'api/response' || message.code === 0) return void socket.destroy();
    const { code, body } = message;
    if (code === 400 && typeof body === 'string' && body.startsWith('unable to parse')) return then();
    refuseUpgrade(asked, code, body);
  });
}

interface Pair {
  data?: number;
  error?: number;
  connection?: PodConnection;
}

export function forwardBySpdy(
  asked: Upgrade,
  begin: (handler: SpdyHandler) => { readonly connection: SpdyConnection; close(): void },
): void {
  whenAllowed(asked, () => {
    const pairs = new Map<string, Pair>();
    const pairOf = new Map<number, Pair>();
    const connect = (pair: Pair, port: string): void => {
      const { data, error } = pair;
      if (data === undefined || error === undefined) return;
      pair.connection = connectTo(asked, port, {
        data: (bytes) => spdy.connection.send(data, bytes),
        error: (text) => spdy.connection.send(error, Buffer.from(text)),
        closed() {
          spdy.connection.send(data, NOTHING, true);
          spdy.connection.send(error, NOTHING, true);
          pairOf.delete(data);
          pairOf.delete(error);
        },
      });
    };
    const handler: SpdyHandler = {
      opened(stream, headers) {
        const id = headers.get('requestid') ?? String(stream);
        const port = headers.get('port') ?? '';
        const pair = pairs.get(id) ?? {};
        pairs.set(id, pair);
        pairOf.set(stream, pair);
        if (headers.get('streamtype') === 'error') pair.error = stream;
        else pair.data = stream;
        if (pair.data === undefined || pair.error === undefined) return;
        pairs.delete(id);
        connect(pair, port);
      },
      data(stream, data, end) {
        const pair = pairOf.get(stream);
        if (pair?.data === stream) pair.connection?.send(data, end);
      },
      reset: (stream) => pairOf.get(stream)?.connection?.cancel(),
      broken() {
        for (const { connection } of new Set(pairOf.values())) connection?.cancel();
        pairOf.clear();
        asked.socket.destroy();
      },
    };
    const spdy = begin(handler);
  });
}

export function forwardByChannels(asked: Upgrade, protocol: Protocol): void {
  const ports = new URLSearchParams((asked.request.url ?? '').split('?')[1] ?? '')
    .getAll('ports')
    .flatMap((list) => list.split(','));
  whenAllowed(asked, () => {
    const connections: PodConnection[] = [];
    const carrier = webSocketCarrier(asked, protocol, {
      piece: (channel, data, end) => channel % 2 === 0 && connections[channel / 2]?.send(data, end),
      gone: () => connections.forEach((connection) => connection.cancel()),
    });
    let left = ports.length;
    ports.forEach((port, index) => {
      const number = Buffer.alloc(2);
      number.writeUInt16LE(Number(port) & 0xffff);
      carrier.send(2 * index + DATA, number);
      carrier.send(2 * index + ERROR, number);
      connections.push(
        connectTo(asked, port, {
          data: (bytes) => carrier.send(2 * index + DATA, bytes),
          error: (text) => carrier.send(2 * index + ERROR, Buffer.from(text)),
          closed: () => --left === 0 && carrier.close(),
        }),
      );
    });
  });
}
