/**
 * The plain data of a client: everything that saving, forking and replaying a component in the middle of its
 * requests needs. One client per process, because request ids are unique per process.
 */
import type { KubeObject, KubeObjectInput, ObjectReference } from '#engine/api/types';
import type { Credentials, Method } from '#engine/apiserver/wire';
import type { EventId, Message, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Fifo } from './fifo';
import type { Collection } from './plan';
import type { Bucket } from './rate-limit';

export interface ClientConfig {
  /** API servers in order of preference; when a connection is lost the next one is tried. */
  readonly servers: readonly ProcessId[];
  /** A name of the network that stands for the API servers behind a load balancer, looked up whenever a connection is opened. Absent: they stay the same. */
  readonly endpoint?: string;
  readonly userAgent: string;
  readonly credentials: Credentials;
  /** Requests say how long their bodies are: those of people, whose bodies may be of any length. */
  readonly measures?: true;
  /** Requests per second of each rate-limit bucket; 0 means unlimited. */
  readonly qps: number;
  /** Requests that may be made at once. */
  readonly burst: number;
}

export interface RequestSpec {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Absent means `application/json`. */
  readonly contentType?: string;
  /** The Accept header; absent means `application/json`. */
  readonly accept?: string;
  readonly body?: unknown;
  /** For those who speak for others: as in `ApiRequest`. Absent: the client's own. */
  readonly credentials?: Credentials;
  readonly userAgent?: string;
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  readonly upgrade?: true;
  readonly bodyError?: string;
  /** An own rate-limit bucket; absent means the client's. */
  readonly bucket?: string;
  /** µs from sending until the client gives up; absent means 30 s, for streams never. */
  readonly timeout?: Micros;
}

/** On whose behalf a request travels. */
export type Purpose =
  | { readonly for: 'caller'; readonly tag: Message }
  | { readonly for: 'stream'; readonly tag: Message }
  | { readonly for: 'list'; readonly kind: Collection }
  | { readonly for: 'watch'; readonly kind: Collection }
  | { readonly for: 'event'; readonly component: string };

export interface Outgoing {
  readonly id: number;
  readonly spec: RequestSpec;
  readonly purpose: Purpose;
  /** The event in which it was asked for. */
  readonly cause: EventId;
}

/** A request on the wire. Watches have no deadline: pings find out whether they still live. */
export interface Outstanding extends Outgoing {
  readonly sentAt: Micros;
  readonly deadline: Micros | null;
}

export interface Connection {
  /** Index into the client's `servers`. */
  server: number;
  state: 'closed' | 'dialing' | 'open';
  /** Monotonic time of the last message from the server; of the dial while dialing. */
  heardAt: Micros;
  /** The health check under way. */
  ping: { readonly sentAt: Micros } | null;
}

export interface ReflectorOptions {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** The rate-limit bucket of its lists and watches; absent means that of the shared informers. */
  readonly bucket?: string;
}

export interface Reflector {
  readonly kind: Collection;
  readonly options: ReflectorOptions;
  phase: 'idle' | 'listing' | 'watching' | 'waiting';
  /** Id of the list or watch under way. */
  request: number | null;
  /** As of which revision the cache is; empty before the first list. */
  resourceVersion: string;
  /** The server no longer knows `resourceVersion`: the next list asks for the most recent state. */
  unavailable: boolean;
  /** Pages of a list received so far. */
  pages: KubeObject[];
  synced: boolean;
  /** What comes after the back-off, and when (monotonic). */
  next: 'list' | 'watch';
  retryAt: Micros | null;
  backoff: Micros;
  /** Why the last list failed; empty: it did not. */
  failure: string;
  backedOffAt: Micros | null;
  openedAt: Micros;
  /** Whether the watch under way has said anything yet. */
  heard: boolean;
}

/** All objects of a kind that the client knows, by `namespace/name`, or `name` for cluster-scoped kinds. */
export interface Store {
  readonly kind: Collection;
  readonly objects: Map<string, KubeObject>;
  /** The revision that the cache is known to have reached (0: none). */
  revision: number;
  synced: boolean;
}

/** An Event on its way to the API server. */
export interface PendingEvent {
  readonly event: KubeObjectInput;
  readonly namespace: string;
  readonly name: string;
  /** Present: raise an existing Event by this patch; absent: create it. */
  readonly patch?: unknown;
  readonly cause: EventId;
}

/** The events of one component, sent one at a time as by client-go's broadcaster. */
export interface EventSink {
  readonly pending: Fifo<PendingEvent>;
  busy: boolean;
  tries: number;
  retryAt: Micros | null;
}

export interface Client {
  readonly config: ClientConfig;
  /** The API servers that it knows of, in order of preference. */
  servers: readonly ProcessId[];
  started: boolean;
  /** Reflectors that were declared and not started yet. */
  unstarted: number;
  /** Id of the next request; 0 before the first one. */
  nextId: number;
  readonly connection: Connection;
  readonly outstanding: Map<number, Outstanding>;
  /** No deadline of an outstanding request is earlier; null: none has any. */
  nextDeadline: Micros | null;
  readonly buckets: Map<string, Bucket<Outgoing>>;
  readonly reflectors: Map<Collection, Reflector>;
  readonly stores: Map<Collection, Store>;
  readonly sinks: Map<string, EventSink>;
  /** Makes names of Events unique within this process. */
  readonly eventStamp: { at: Micros; offset: number };
  alarm: { readonly at: Micros; readonly timer: EventId } | null;
}

export interface EventInput {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly annotations?: Readonly<Record<string, string>>;
}
