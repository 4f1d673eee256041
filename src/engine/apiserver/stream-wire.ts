/**
 * What travels behind the API server: HTTP between it and kubelets (port 10250) or pods, and the same between a kubelet
 * and the runtime of its machine. Whoever opens a request names it by a number of its own; whatever belongs to it carries
 * that number. A kubelet's paths are upstream's: `/containerLogs/NAMESPACE/POD/CONTAINER`, `/exec/…`, `/attach/…`,
 * `/portForward/NAMESPACE/POD`.
 *
 * @source kubernetes pkg/kubelet/server/server.go
 */
import type { Message } from '#engine/kernel/process';
import type { Credentials } from './wire';

export interface HttpRequest extends Message {
  readonly type: 'http/request';
  readonly id: number;
  /** Where to, when the receiver passes it on to a pod of its machine; absent: the receiver itself answers. */
  readonly to?: { readonly address: string; readonly port: number };
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  readonly userAgent: string;
  /** Absent: `application/json`. */
  readonly accept?: string;
  /** Of who asks by himself; absent: an API server does, by its certificate. */
  readonly credentials?: Credentials;
}

export interface HttpResponse extends Message {
  readonly type: 'http/response';
  readonly id: number;
  /** 0: nobody listens there (connection refused). */
  readonly code: number;
  readonly body: string;
  readonly contentType: string;
  /** `PipeChunk`s follow until `PipeClosed`. */
  readonly stream?: true;
}

/** A piece of a channel, see `StreamChunk`. */
export interface PipeChunk extends Message {
  readonly type: 'pipe/chunk';
  readonly id: number;
  readonly channel: number;
  readonly data: string;
  readonly end?: true;
}

/** One side has closed the stream, or gives the request up. */
export interface PipeClosed extends Message {
  readonly type: 'pipe/closed';
  readonly id: number;
}

/** Whether the other end of open streams is still there, and its answer. */
export interface PipePing extends Message {
  readonly type: 'pipe/ping' | 'pipe/pong';
}

export type ToBackend = HttpRequest | PipeChunk | PipeClosed | PipePing;
export type FromBackend = HttpResponse | PipeChunk | PipeClosed | PipePing;

/** How often both ends of open streams look whether the other is there, and how long silence is borne, µs. */
export const PIPE_PING_EVERY = 15_000_000;
export const PIPE_SILENCE = 60_000_000;
