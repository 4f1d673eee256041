/**
 * What travels between the API server and its clients: HTTP in the form of messages. Paths, verbs, query parameters,
 * media types, bodies and codes are those of the Kubernetes REST API, so that an HTTP host has nothing to translate.
 * Bodies are JSON-like plain data, immutable once sent.
 */
import type { KubeObject, Status } from '#engine/api/types';
import type { EventId, Message } from '#engine/kernel/process';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A client certificate, as the connection's TLS handshake has proved it. */
export interface Certificate {
  /** The user's name. */
  readonly commonName: string;
  /** The groups. */
  readonly organizations: readonly string[];
}

/** What the headers `Impersonate-User`, `-Uid`, `-Group` and `-Extra-…` say. Keys of `extra` are in lower case. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a request says of who asks. Nothing at all is `system:anonymous`. One object per client: who it is, is worked out once. */
export interface Credentials {
  readonly certificate?: Certificate;
  /** The bearer token of the header `Authorization`. */
  readonly token?: string;
  readonly impersonate?: Impersonation;
}

/** The credentials of whoever has a certificate with this common name and these organizations. */
export const certified = (commonName: string, ...organizations: readonly string[]): Credentials =>
  Object.freeze({ certificate: Object.freeze({ commonName, organizations: Object.freeze(organizations) }) });

export interface ApiRequest extends Message {
  readonly type: 'api/request';
  /** Unique among the sender's requests. Its answers and watch events carry it. */
  readonly id: number;
  readonly method: Method;
  /** e.g. `/api/v1/namespaces/default/pods/web-0/status`; without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Parameters that stand there more than once (`command` of exec): all their values. `query` has the first. */
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  /** True: `Connection: Upgrade`, which exec, attach and portforward want. */
  readonly upgrade?: true;
  /** Absent means `application/json`. */
  readonly contentType?: string;
  /** The Accept header. Absent means `application/json`; `…;as=Table;…` asks for a table. */
  readonly accept?: string;
  readonly body?: unknown;
  /** The bytes of the body, about. Absent: components do not count them, as what they send is made of what etcd has taken. */
  readonly contentLength?: number;
  /** The bytes of the body are no JSON or YAML: what Go's decoder says of them. Then there is no `body`. */
  readonly bodyError?: string;
  /**
   * The asker takes an answer in parts (an `ApiResponse` that is `streaming`, then `StreamChunk`s), and wants to hear that a
   * watch is open. Components can do without.
   */
  readonly streaming?: true;
  readonly userAgent: string;
  readonly credentials: Credentials;
}

export interface ApiResponse extends Message {
  readonly type: 'api/response';
  readonly id: number;
  /** HTTP status code. From 400 on the body is a `Status`, unless somebody behind the API server has answered. */
  readonly code: number;
  /** An object is JSON, a string is text. */
  readonly body: unknown;
  /** The body comes in messages of its own: watch events, parts of a stream. `body` is null. */
  readonly streaming?: true;
  /**
   * The body is a large document that never changes and that only the host has: `openapi/v2`, `openapi/v3` (the index),
   * `openapi/v3/api/v1`, `openapi/v3/apis/apps/v1`, … `body` is null, but for the index: there it holds the `paths` that custom
   * resources add to it. Hashes, `etag` and what follows from the parameter `hash` are the host's.
   */
  readonly document?: string;
  /** Absent: `application/json` for objects, `text/plain; charset=utf-8` for texts. */
  readonly contentType?: string;
  /** Further header fields, by their names in small letters: `etag`, `cache-control`, `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts of `Warning: 299` headers. */
  readonly warnings?: readonly string[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchEvent {
  readonly type: WatchEventType;
  /** For ERROR a `Status`; for BOOKMARK kind, apiVersion and resourceVersion only. */
  readonly object: KubeObject | Status;
  /** The event in which etcd took the write in that led to this: carried along for the chain of causes. */
  readonly cause?: EventId;
}

/** One or more events of a watch (a GET with `watch=true`), in order of their revisions. */
export interface WatchEvents extends Message {
  readonly type: 'api/watch-events';
  readonly id: number;
  /** All watches of this client that get the very same, `id` the first of them; absent: it alone does. */
  readonly ids?: readonly number[];
  readonly events: readonly WatchEvent[];
}

/**
 * A piece of what one channel of a stream carries, in order per channel. Client to server: stdin, resize; server to
 * client: stdout, stderr, error. `end` closes this direction of the channel and leaves the others open.
 */
export interface StreamChunk extends Message {
  readonly type: 'api/stream-chunk';
  /** Of the request that opened the stream. */
  readonly id: number;
  /** Index as in `CHANNELS`. */
  readonly channel: number;
  /** Bytes: each character is one, 0 to 255. May be empty when `end` is set. */
  readonly data: string;
  readonly end?: true;
}

/**
 * Channels of exec and attach, as `v4.channel.k8s.io` numbers them: what was typed, the two outputs, at the end a Status
 * as JSON, and terminal sizes as `{"Width":80,"Height":24}`. A port-forward carries one TCP connection: 0 its bytes, both
 * ways, 1 an error as text. A body without end (followed logs) comes on channel 1.
 */
export const CHANNELS = Object.freeze({ stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 });

/** TCP keep-alive of a connection that carries streams: a client answers with a `Ping`. */
export interface KeepAlive extends Message {
  readonly type: 'api/keep-alive';
}

/** The server has ended a watch or a stream: cleanly, or because it could not go on. */
export interface WatchClosed extends Message {
  readonly type: 'api/watch-closed';
  readonly id: number;
}

/** The client closes a watch or a stream, or no longer waits for an answer. */
export interface CancelRequest extends Message {
  readonly type: 'api/cancel';
  readonly id: number;
}

/** HTTP/2 health check of an idle connection, and its answer, which names the watches and streams the server still holds for the asker. */
export interface Ping extends Message {
  readonly type: 'api/ping';
}
export interface Pong extends Message {
  readonly type: 'api/pong';
  readonly watches: readonly number[];
}

export type ToApiServer = ApiRequest | StreamChunk | CancelRequest | Ping;
export type FromApiServer = ApiResponse | WatchEvents | WatchClosed | StreamChunk | KeepAlive | Pong;
