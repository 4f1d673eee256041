/**
 * The server: one loopback port that speaks HTTP and, to whoever begins with a TLS handshake, HTTPS. Requests are the API
 * server's, in the simulation; those under `/_sim` are the side window's. Bodies, headers, connections and idle time are bounded.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { type failure, requestEntityTooLarge, unauthorized, unknownMethod } from '#engine/api/status-error';
import type { Documents } from '../documents';
import { answerer, forbiddenHost, notAcceptable, refuse } from './answering';
import { askingOf, METHODS } from './asking';
import type { Certificates } from './certificates';
import type { Conductor } from './conductor';
import { credentialsOf } from './credentials';
import { turnedAway } from './gatekeeping';
import { refuseUpgrade, type Upgrade } from './carrier';
import { negotiated } from './negotiation';
import { upgrade } from './upgrade';

/** Answers what is under `/_sim`. */
export type SideWindow = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface ServerOptions {
  readonly conductor: Conductor;
  readonly certificates: Certificates;
  readonly sideWindow: SideWindow;
  /** OpenAPI; null: there is none. */
  readonly documents: Documents | null;
  /** 0: the system chooses. */
  readonly port: number;
}

export interface RunningServer {
  readonly port: number;
  /** Ends all connections and gives the port back. */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
export const SIDE_PATH = '/_sim/';

/** @source apiserver/pkg/server/config.go (MaxRequestBodyBytes) */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** A saved engine is larger than any object. */
const MAX_SIDE_BODY_BYTES = 1024 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 16_384;
/** Connections that wait to be taken up; the system may set a lower bound. */
const BACKLOG = 4096;
/** From the first byte to the last of a request's head, and of the whole request. */
const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 60_000;
const CHECKED_EVERY_MS = 5_000;
/** A connection that asks nothing. @source apiserver/pkg/server/secure_serving.go (IdleTimeout 90 s) */
const IDLE_MS = 90_000;
/** Silence on a connection after which the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 30_000;
const TLS_HANDSHAKE = 0x16;
/** Virtual time, µs, that a standing clock gives for the next part of an answer. */
const ANSWER_SPAN = 10_000_000;

/** @throws Error, the system's own, when the port cannot be had */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { certificates, conductor } = options;
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECKED_EVERY_MS,
    noDelay: true,
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => take(options, request, response);
  const plain = createHttpServer(limits, answer);
  const secure = createHttpsServer(
    {
      ...limits,
      key: certificates.server.key,
      cert: certificates.server.certificate,
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HEADERS_WITHIN_MS,
      ALPNProtocols: ['http/1.1'],
    },
    answer,
  );
  for (const server of [plain, secure]) {
    server.on('upgrade', (request, socket: Socket, head: Buffer) => takeOver(conductor, request, socket, head));
  }
  const sockets = new Set<Socket>();
  const gate = createNetServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    admit(socket, plain, secure);
  });
  gate.maxConnections = MAX_CONNECTIONS;
  // Servers that do not listen themselves look after their connections' time only when they are told that they do.
  plain.emit('listening');
  secure.emit('listening');
  await new Promise<void>((resolve, reject) => {
    gate.once('error', reject);
    gate.listen({ port: options.port, host: ADDRESS, backlog: BACKLOG }, resolve);
  });
  return {
    port: (gate.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        gate.close(() => resolve());
        plain.close();
        secure.close();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Hands a connection on by its first byte. */
function admit(socket: Socket, plain: Server, secure: Server): void {
  const destroy = (): void => void socket.destroy();
  socket.on('error', destroy);
  socket.setTimeout(HEADERS_WITHIN_MS, destroy);
  socket.once('readable', () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return destroy();
    socket.setTimeout(0);
    socket.removeListener('timeout', destroy);
    socket.unshift(chunk);
    (chunk[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
  });
}

function take(options: ServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const { conductor } = options;
  const no = (status: ReturnType<typeof failure>): void => {
    response.shouldKeepAlive = false;
    refuse(request, response, conductor.engine.now, status);
  };
  const why = turnedAway(request.headers.host, request.headers.origin);
  if (why !== null) return no(forbiddenHost(why));
  const side = request.url === '/_sim' || request.url?.startsWith(SIDE_PATH) === true;
  readBody(request, side ? MAX_SIDE_BODY_BYTES : MAX_BODY_BYTES, (body) => {
    if (body === null) return no(requestEntityTooLarge());
    if (side) return options.sideWindow(request, response, body);
    askApiServer(options, request, response, body, no);
  });
}

/** A request for another protocol than HTTP. */
function takeOver(conductor: Conductor, request: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const credentials = credentialsOf(request);
  const asked: Upgrade = { conductor, request, socket, head, credentials: credentials ?? {} };
  const why = turnedAway(request.headers.host, request.headers.origin);
  if (why !== null) return refuseUpgrade(asked, 403, forbiddenHost(why));
  if (credentials === null) return refuseUpgrade(asked, 401, unauthorized());
  upgrade(asked);
}

function askApiServer(
  { conductor, documents }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  no: (status: ReturnType<typeof failure>) => void,
): void {
  const { method = '', url = '/', headers } = request;
  if (!METHODS.has(method) && method !== 'HEAD') return no(unknownMethod());
  if (!isEscaped(url)) return plainly(response, 400, '400 Bad Request');
  const resource = url.startsWith('/api/') || url.startsWith('/apis/');
  const mediaType = resource ? negotiated(headers.accept) : 'application/json';
  if (mediaType === null) return no(notAcceptable('application/json', 'application/yaml'));
  const credentials = credentialsOf(request);
  if (credentials === null) return no(unauthorized());
  const asking = askingOf({ method, url, headers, body, credentials });
  const { query = {} } = asking;
  const watch = query['watch'] === 'true' || query['watch'] === '1';
  if (watch && mediaType !== 'application/json') return no(notAcceptable('application/json;stream=watch'));
  // A log that is not followed is an answer in parts; a watch and a followed log wait for what virtual time brings.
  const inParts = asking.path.endsWith('/log') && query['follow'] !== 'true' && query['follow'] !== '1';
  const goOn = (): void => {
    if (inParts) conductor.grant(ticket, ANSWER_SPAN);
  };
  const cancel = (): void => conductor.cancel(ticket);
  const now = (): number => conductor.engine.now;
  const ticket = conductor.ask(asking, answerer(request, response, now, goOn, cancel, documents));
  response.once('close', cancel);
}

/** Whether each `%` of a path stands before two hexadecimal digits. @source go net/url (unescape) */
const isEscaped = (url: string): boolean => !/%(?![0-9a-f]{2})/i.test(url.split('?', 1)[0] ?? '');

/** Answers as Go's HTTP server itself does, and ends the connection. @source go net/http server.go */
function plainly(response: ServerResponse, code: number, text: string): void {
  response.shouldKeepAlive = false;
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

/** The whole body; null: it is larger than `limit`. A client that goes away while it sends is forgotten. */
function readBody(request: IncomingMessage, limit: number, take: (body: Buffer | null) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) return take(null);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collect = (chunk: Buffer): void => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= limit) return;
    request.removeListener('data', collect);
    request.removeListener('end', end);
    take(null);
  };
  const end = (): void => take(Buffer.concat(chunks));
  request.on('data', collect);
  request.once('end', end);
  request.once('error', () => request.destroy());
}
