/** What the API server says to a request, written to its HTTP connection as it comes. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { builtIn } from '#engine/api/registry';
import { failure } from '#engine/api/status-error';
import type { Documents } from '../documents';
import { EPOCH } from '#engine/api/timestamp';
import type { Hear } from './conductor';
import { isCompressed, isPretty, type MediaType, negotiated, warningText, written } from './negotiation';

type Message = NonNullable<Parameters<Hear>[0]>;
type Response = Extract<Message, { type: 'api/response' }>;

/** A reader that leaves more than this of a watch unread is too slow for it: the watch ends. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Of a log, which can come at once and is not told a second time. */
const MAX_UNREAD_LOG_BYTES = 64 * 1024 * 1024;
/** A reader that takes nothing of an answer for so long is gone. */
const STALLED_MS = 60_000;

const EPOCH_MS = Date.parse(EPOCH);

/** Header fields of every answer. `now` is virtual time. @source apiserver/pkg/endpoints/filters/{cachecontrol,with_auditid}.go */
export const commonHeaders = (request: IncomingMessage, now: number): OutgoingHttpHeaders => ({
  'Audit-Id': [request.headers['audit-id'] ?? []].flat()[0] ?? randomUUID(),
  'Cache-Control': 'no-cache, private',
  Date: new Date(EPOCH_MS + now / 1000).toUTCString(),
});

/** Answers with a refusal of the host's own. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  now: number,
  status: ReturnType<typeof failure>,
): void {
  const text = written(status, 'application/json', false);
  const headers = {
    ...commonHeaders(request, now),
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  };
  response.writeHead(status.code ?? 500, headers).end(text);
}

export const forbiddenHost = (why: string): ReturnType<typeof failure> =>
  failure({ code: 403, reason: 'Forbidden', message: why });

/** @param accepted - media types */
export const notAcceptable = (...accepted: readonly string[]): ReturnType<typeof failure> =>
  failure({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${accepted.join(', ')}`,
  });

/** The object of a watch event goes to many watchers: it is written once. */
const texts = new WeakMap<object, string>();

function textOf(object: object): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  texts.set(object, text);
  return text;
}

/** Writes what is said to one request. `now` says virtual time. */
export function answerer(
  request: IncomingMessage,
  response: ServerResponse,
  now: () => number,
  /** Called after each part of an answer: while the clock stands still, the next may come. */
  goOn: () => void,
  /** The request is given up: nothing more will be taken. */
  cancel: () => void,
  /** Null: there are none, and their paths are not found. */
  documents: Documents | null,
): Hear {
  return (message) => {
    if (response.destroyed || response.writableEnded) return;
    if (message === null) return void request.socket.destroy();
    switch (message.type) {
      case 'api/response':
        if (message.document === undefined) respond(request, response, message, now());
        else tell(request, response, documentOf(request, message, documents, now()), now());
        return goOn();
      case 'api/stream-chunk':
        if (message.data !== '') response.write(message.data, 'latin1');
        if (response.writableLength > MAX_UNREAD_LOG_BYTES) response.destroy();
        return goOn();
      case 'api/watch-events':
        for (const { type, object } of message.events)
          response.write(`{"type":"${type}","object":${textOf(object)}}\n`);
        if (response.writableLength > MAX_UNREAD_BYTES) endSlow(response, cancel);
        return;
      case 'api/watch-closed':
        return void response.end();
    }
  };
}

/**
 * Ends a watch whose reader does not keep up: what was told until then still comes to it, if it takes it within a time.
 *
 * @source apiserver/pkg/storage/cacher/cache_watcher.go (add)
 */
function endSlow(response: ServerResponse, cancel: () => void): void {
  cancel();
  response.setTimeout(STALLED_MS, () => response.destroy());
  response.end();
}

/** An answer in bytes that are there already. */
interface Told {
  readonly code: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Body;
}

const NOT_FOUND: Body = { bytes: Buffer.from('404 page not found\n'), contentType: 'text/plain; charset=utf-8' };

/** The document that the API server means. */
function documentOf(
  request: IncomingMessage,
  { document = '', body }: Response,
  documents: Documents | null,
  now: number,
): Told {
  const hash = new URLSearchParams(request.url?.split('?')[1] ?? '').get('hash');
  const { accept } = request.headers;
  const answer = documents?.answer(document, { accept, hash, added: body }, EPOCH_MS + now / 1000) ?? null;
  if (answer === null) return { code: 404, headers: {}, body: NOT_FOUND };
  return { code: answer.code, headers: answer.headers, body: answer };
}

function tell(request: IncomingMessage, response: ServerResponse, { code, headers, body }: Told, now: number): void {
  const all = { ...commonHeaders(request, now), ...headers };
  const { etag } = headers;
  if (etag !== undefined && request.headers['if-none-match'] === etag) return void response.writeHead(304, all).end();
  send(request, response, code, all, body);
}

function respond(request: IncomingMessage, response: ServerResponse, message: Response, now: number): void {
  // The API server cannot be reached: nobody answers, and the connection ends.
  if (message.code === 0) return void request.socket.destroy();
  const headers = headersOf(request, message, now);
  if (message.streaming === true) {
    headers['Content-Type'] = message.contentType ?? 'application/json';
    response.writeHead(message.code, headers).flushHeaders();
    return;
  }
  const { etag } = message.headers ?? {};
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  send(request, response, message.code, headers, bodyOf(request, message));
}

/** Sends a body, compressed when it is large and the client can take it so. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  headers: OutgoingHttpHeaders,
  { bytes, contentType }: Body,
): void {
  headers['Content-Type'] = contentType;
  response.setTimeout(STALLED_MS, () => response.destroy());
  const end = (body: Uint8Array): void => {
    headers['Content-Length'] = body.length;
    response.writeHead(code, headers).end(body);
  };
  if (!isCompressed(bytes.length, [request.headers['accept-encoding'] ?? ''].flat().join(','))) return end(bytes);
  headers['Content-Encoding'] = 'gzip';
  headers['Vary'] = 'Accept-Encoding';
  gzip(bytes, { level: 1 }, (error, compressed) => {
    if (error !== null) response.destroy(error);
    else if (!response.destroyed) end(compressed);
  });
}

function headersOf(request: IncomingMessage, { body, warnings, headers }: Response, now: number): OutgoingHttpHeaders {
  const { retryAfterSeconds } =
    (body as { readonly details?: { readonly retryAfterSeconds?: number } } | null)?.details ?? {};
  return {
    ...commonHeaders(request, now),
    ...(warnings === undefined ? {} : { Warning: warnings.map(warningText) }),
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': retryAfterSeconds }),
    ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [canonical(name), value])),
  };
}

/** `cache-control` as Go writes it: `Cache-Control`. */
const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

interface TypedList {
  readonly kind?: string;
  readonly items?: readonly { readonly apiVersion?: string; readonly kind?: string }[];
}

/** A list as Go writes it: what is in it does not say its kind again, unless it is custom. @source apimachinery/pkg/apis/meta/v1/types.go (TypeMeta) */
function listed(body: unknown): unknown {
  const { kind = '', items } = (body ?? {}) as TypedList;
  if (!kind.endsWith('List') || !Array.isArray(items)) return body;
  const [first] = items as NonNullable<TypedList['items']>;
  if (first?.kind === undefined || builtIn.byKind(first.apiVersion ?? '', first.kind) === undefined) return body;
  return {
    ...(body as object),
    items: items.map(({ apiVersion: _version, kind: _kind, ...rest }: Record<string, unknown>) => rest),
  };
}

interface Body {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

function bodyOf(request: IncomingMessage, { body, contentType }: Response): Body {
  if (body instanceof Uint8Array) return { bytes: body, contentType: contentType ?? 'application/octet-stream' };
  if (typeof body === 'string') {
    return { bytes: Buffer.from(body), contentType: contentType ?? 'text/plain; charset=utf-8' };
  }
  const mediaType: MediaType = negotiated(request.headers.accept) ?? 'application/json';
  const [path, parameters] = (request.url ?? '').split('?');
  // The version is always told for people. @source apiserver/pkg/server/routes/version.go (WriteRawJSON)
  const pretty =
    path === '/version' || isPretty(new URLSearchParams(parameters ?? '').get('pretty'), request.headers['user-agent']);
  const text = written(listed(body), mediaType, pretty);
  return {
    bytes: Buffer.from(text),
    contentType: mediaType === 'application/json' ? (contentType ?? mediaType) : mediaType,
  };
}
