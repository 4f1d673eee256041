/**
 * `kubectl proxy`: serves the API on a port of the laptop, with the kubeconfig's rights.
 *
 * @source kubernetes kubectl/pkg/cmd/proxy/proxy.go, kubectl/pkg/proxy/proxy_server.go
 */
import { bytesOf, textOf } from '#engine/api/bytes';
import { goJsonError } from '#engine/api/go-json';
import { compileRegExp } from '#engine/api/regexp/regexp';
import { timestamp } from '#engine/api/timestamp';
import type { Status } from '#engine/api/types';
import type { Method } from '#engine/apiserver/wire';
import type { RequestSpec } from '#engine/client/client';
import { carried, failed } from '../call/context';
import { listen, stream, type StreamDoing, type StreamEvent } from '../call/effects';
import { parametersOf } from '../call/query';
import { momentText } from '../describe/description';
import { bodyAfter, bodyCame, chunk, headOf, type HttpBody, type HttpHead } from '../terminal/http-text';
import type { Command } from './command';

/** What is let through and what is not: regular expressions, separated by commas. */
interface Filter {
  readonly acceptPaths: string;
  readonly rejectPaths: string;
  readonly acceptHosts: string;
  readonly rejectMethods: string;
}

export const proxyCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const wanted = flags.number('port', 8001);
    const address = flags.text('address', '127.0.0.1');
    const filter: Filter = {
      acceptPaths: flags.text('accept-paths', '^.*'),
      rejectPaths: flags.text('reject-paths', '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'),
      acceptHosts: flags.text('accept-hosts', String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`),
      rejectMethods: flags.text('reject-methods', '^$'),
    };
    if (flags.on('disable-filter'))
      kubectl.err(
        'W1121 00:00:00.000000       1 proxy.go:177] Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious\n',
      );
    const port = yield* listen(address, wanted);
    if (typeof port === 'string') throw failed(`listen tcp ${address}:${wanted}: ${port}`);
    kubectl.out(`Starting to serve on ${address}:${port}\n`);
    const prefix = flags.text('api-prefix', '/');
    yield* stream(
      null,
      {
        base: carried(call, { method: 'GET', path: '/' }),
        prefix: `${prefix.startsWith('/') ? '' : '/'}${prefix}${prefix.endsWith('/') ? '' : '/'}`,
        filter: flags.on('disable-filter') ? null : filter,
        connections: new Map(),
      } satisfies ProxyState,
      take,
    );
    return 0;
  },
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string;
}

interface Connection {
  /** What has come and was not read. */
  rest: string;
  /** The request whose body comes. */
  reading: { readonly head: HttpHead; readonly body: HttpBody; readonly parts: string[] } | null;
  /** The request that is being answered. */
  asked: Asked | null;
  isChunked: boolean;
}

interface ProxyState {
  /** What all requests carry. */
  readonly base: RequestSpec;
  readonly prefix: string;
  readonly filter: Filter | null;
  readonly connections: Map<number, Connection>;
}

function take(state: ProxyState, event: StreamEvent, doing: StreamDoing): boolean {
  if (event.type === 'connected')
    state.connections.set(event.connection, { rest: '', reading: null, asked: null, isChunked: false });
  if (event.type !== 'received' && event.type !== 'said') return false;
  const { connection: number = -1 } = event;
  const connection = state.connections.get(number);
  if (connection === undefined) return false;
  if (event.type === 'said') {
    said(state, number, connection, event.message, doing);
    return false;
  }
  connection.rest += event.data;
  if (event.end) {
    state.connections.delete(number);
    doing.drop(number);
  } else read(state, number, connection, doing);
  return false;
}

/** Begins with the next request of a connection, when it is whole and the one before is answered. */
function read(state: ProxyState, number: number, connection: Connection, doing: StreamDoing): void {
  while (connection.asked === null) {
    if (connection.reading === null) {
      const head = headOf(connection.rest);
      if (head === null) return;
      const body = bodyAfter(head);
      if (!body.isChunked && body.left < 0) body.isWhole = true;
      connection.reading = { head, body, parts: [] };
      connection.rest = connection.rest.slice(head.text.length);
    }
    const { head, body, parts } = connection.reading;
    if (!body.isWhole) {
      const came = bodyCame(body, connection.rest);
      connection.rest = body.isChunked ? '' : connection.rest.slice(came.length);
      parts.push(came);
      if (!body.isWhole) return;
      connection.rest = body.rest;
    }
    connection.reading = null;
    asks(state, number, connection, { head, text: textOf(parts.join('')) }, doing);
  }
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies readonly Method[];

function asks(
  { base, prefix, filter }: ProxyState,
  number: number,
  connection: Connection,
  { head, text }: { readonly head: HttpHead; readonly text: string },
  doing: StreamDoing,
): void {
  const [method = '', target = ''] = head.first.split(' ');
  const [whole = '', parameters = ''] = target.split('?');
  const host = (head.headers.get('host') ?? '').replace(/:\d+$/, '');
  const refuse = (code: number, body: string): void => {
    const refused: Connection = { ...connection, asked: { method, path: whole, userAgent: '' } };
    sendWhole(refused, number, { code, body: bytesOf(body), contentType: 'text/plain; charset=utf-8' }, doing);
  };
  if (filter !== null && !isAccepted(filter, method, whole, host)) return refuse(403, 'Forbidden\n');
  if (!whole.startsWith(prefix)) return refuse(404, '404 page not found\n');
  if (!METHODS.includes(method)) return refuse(405, 'Method Not Allowed\n');
  const path = prefix.startsWith('/api') ? whole : `/${whole.slice(prefix.length)}`;
  const contentType = head.headers.get('content-type');
  connection.asked = { method, path: whole, userAgent: head.headers.get('user-agent') ?? '' };
  doing.carry(number, {
    ...base,
    method: method as Method,
    path,
    ...parametersOf(parameters),
    ...(contentType === undefined ? {} : { contentType }),
    accept: head.headers.get('accept') ?? '*/*',
    userAgent: connection.asked.userAgent,
    ...(text === '' ? {} : jsonBody(text)),
  });
}

function isAccepted(filter: Filter, method: string, path: string, host: string): boolean {
  const some = (list: string, text: string): boolean =>
    list !== '' && list.split(',').some((source) => matches(source, text));
  return (
    !some(filter.rejectPaths, path) &&
    !some(filter.rejectMethods, method) &&
    some(filter.acceptPaths, path) &&
    some(filter.acceptHosts, host)
  );
}

function matches(source: string, text: string): boolean {
  const compiled = compileRegExp(source);
  return compiled.ok && compiled.value.matches(text);
}

function jsonBody(text: string): Pick<RequestSpec, 'body' | 'bodyError'> {
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return { bodyError: goJsonError(text) };
  }
}

type Said = Extract<StreamEvent, { type: 'said' }>['message'];
type Response = Extract<Said, { type: 'api/response' }>;

function said(state: ProxyState, number: number, connection: Connection, message: Said, doing: StreamDoing): void {
  switch (message.type) {
    case 'api/response':
      if (message.streaming === true) {
        connection.isChunked = true;
        const type = message.contentType ?? 'application/json';
        return doing.reply(
          number,
          headText(message.code, [`Content-Type: ${type}`, 'Transfer-Encoding: chunked'], doing.now),
          false,
        );
      }
      sendWhole(connection, number, answerOf(message, connection.asked!, doing), doing);
      break;
    case 'api/watch-events':
      for (const { type, object } of message.events)
        doing.reply(number, chunk(bytesOf(`{"type":"${type}","object":${JSON.stringify(object)}}\n`)), false);
      return;
    case 'api/stream-chunk':
      if (message.data !== '') doing.reply(number, chunk(message.data), false);
      return;
    case 'api/watch-closed':
      if (connection.isChunked) doing.reply(number, '0\r\n\r\n', false);
  }
  connection.asked = null;
  connection.isChunked = false;
  doing.drop(number);
  read(state, number, connection, doing);
}

interface Answer {
  readonly code: number;
  /** Bytes. */
  readonly body: string;
  readonly contentType: string;
  readonly more?: readonly string[];
}

/** Tools that people read with get JSON with indents. @source apiserver/pkg/endpoints/handlers/negotiation */
const READERS = /^(?:curl|Wget|Mozilla\/5\.0)/;

function answerOf(
  { code, body, contentType, warnings }: Response,
  { userAgent, path }: Asked,
  doing: StreamDoing,
): Answer {
  if (code === 0) {
    const why = ((body as Status).message ?? '').replace(/^[A-Z][a-z]+ "[^"]*": /, '');
    doing.err(`E1121 00:00:00.000000       1 proxy_server.go:147] "Error while proxying request" err="${why}"\n`);
    return { code: 500, body: bytesOf(`${why}\n`), contentType: 'text/plain; charset=utf-8' };
  }
  const more = (warnings ?? []).map((text) => `Warning: 299 - ${JSON.stringify(text)}`);
  if (typeof body === 'string')
    return { code, body: bytesOf(body), contentType: contentType ?? 'text/plain; charset=utf-8', more };
  const isPretty = path === '/version' || READERS.test(userAgent);
  const text = isPretty ? JSON.stringify(body, null, 2) : `${JSON.stringify(body)}\n`;
  return { code, body: bytesOf(text), contentType: contentType ?? 'application/json', more };
}

function sendWhole(
  { asked }: Connection,
  number: number,
  { code, body, contentType, more = [] }: Answer,
  doing: StreamDoing,
): void {
  const fields = [...more, `Content-Type: ${contentType}`, `Content-Length: ${body.length}`];
  const head = headText(code, fields, doing.now);
  doing.reply(number, head + (asked?.method === 'HEAD' ? '' : body), false);
}

const headText = (code: number, fields: readonly string[], now: number): string => {
  const date = momentText(timestamp(now)).replace('+0000', 'GMT');
  const all = [
    `HTTP/1.1 ${code} ${REASONS[code] ?? ''}`.trimEnd(),
    'Cache-Control: no-cache, private',
    `Date: ${date}`,
  ];
  return `${[...all, ...fields].join('\r\n')}\r\n\r\n`;
};

/** @source net/http status.go (Go) */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
