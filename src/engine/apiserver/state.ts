/** What an API server remembers. Plain data; nothing of it survives a restart, etcd has all that counts. */
import type { FieldValidation } from '#engine/api/decode';
import type { JsonObject } from '#engine/api/json';
import type { CustomResourceDefinition, KubeObject, Status } from '#engine/api/types';
import type { EventId, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { AuditLog, WriteVerb } from './audit';
import type { AuditPolicy, Stage } from '#engine/api/audit-policy';
import type { Shape } from './form';
import type { UserInfo } from './authentication/user';
import type { Creation } from './creation';
import type { EtcdConnection } from './etcd-connection';
import type { Selection } from './selection';
import type { Claim } from './storage';
import type { WatchCache } from './watch-cache';
import type { Watcher } from './watcher-index';
import type { ApiRequest } from './wire';

export interface ApiServerArgs {
  readonly etcd: ProcessId;
  /** Addresses of Services, e.g. `10.96.0.0/12`. */
  readonly serviceCidr: string;
  /** Where clients reach this API server: the endpoint of the Service `kubernetes`. */
  readonly advertiseAddress: string;
  /** What signs the tokens of service accounts (kubeadm's sa.key); the same for all API servers of a cluster. */
  readonly serviceAccountKey: string;
  /** What is told of requests on standard output; absent: nothing. */
  readonly auditPolicy?: AuditPolicy;
}

/** A request that is answered to `client`; empty: the API server's own. */
export interface Asker {
  readonly client: ProcessId;
  readonly id: number;
  readonly user: UserInfo;
  /** Told with the answer: what is asked for is deprecated. */
  readonly warning?: string;
}

/** How a write was asked for. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Of a deletion. Null: the object's own. */
  readonly gracePeriodSeconds: number | null;
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string } | null;
  readonly propagationPolicy: 'Orphan' | 'Background' | 'Foreground' | null;
  /** The deprecated `orphanDependents`: false answers 202 while the object still exists. */
  readonly orphanDependents: boolean | null;
}

/** A write under way: all that deciding it again takes. Only what comes back from etcd is ever added. */
export interface Operation {
  readonly asker: Asker;
  readonly verb: WriteVerb;
  /** The resource's `id`: `pods`, `deployments.apps`. */
  readonly resource: string;
  readonly namespace: string;
  /** As the path says it; empty on create. */
  readonly name: string;
  readonly subresource: string;
  /** The decoded body of create and update; the raw patch. */
  readonly body: unknown;
  readonly contentType: string;
  readonly fieldValidation: FieldValidation;
  /** Whose the fields are that this changes. */
  readonly manager: string;
  /** An apply takes what others have. */
  readonly force: boolean;
  readonly options: WriteOptions;
  readonly received: Micros;
  /** Monotonic time at which it is given up. */
  readonly deadline: Micros;
  readonly cause: EventId;
  readonly uid: string;
  readonly warnings: string[];
  /** For the audit log; null: there is none. */
  readonly annotations: Record<string, string> | null;
  /** How often a generated name was taken, or a claim. */
  collisions: number;
  tries: number;
  /** Namespaces and service accounts that were looked up in etcd because no cache had them, by key. */
  lookedUp: Map<string, KubeObject | null> | null;
  /** Claims that turned out to be somebody else's. */
  refusedClaims: string[] | null;
  /** What the object is answered as; null: itself. */
  readonly shape: Shape | null;
  /** The deletion of a collection that this belongs to. */
  readonly collection: number;
  /** Names of what has allowed it, by a write of its own each: the disruption budget of an eviction, quotas. */
  taken: string[] | null;
  /** What goes on once this is written; null: nothing waits. */
  readonly next: Operation | null;
}

/** What a write does once etcd says that nothing came between. */
export interface PlannedWrite {
  readonly key: string;
  readonly object: KubeObject;
  readonly deletes: boolean;
  readonly revision: number;
  readonly claims: readonly Claim[];
  /** Keys of claims that are given back. */
  readonly released: readonly string[];
  readonly code: number;
  /** Answered instead of the object; null: the object. */
  readonly answer: unknown;
  /** Once this is stored, the object is removed. */
  readonly thenRemove: boolean;
}

/** What the answer to a request at etcd is for. */
export type Pending =
  | { readonly type: 'write'; readonly operation: Operation; readonly write: PlannedWrite }
  /** The object of a write is read because no cache has it for certain. */
  | { readonly type: 'read-current'; readonly operation: Operation; readonly key: string }
  /** `found` is its name among `lookedUp`. */
  | { readonly type: 'look-up'; readonly operation: Operation; readonly found: string; readonly current: Current }
  | { readonly type: 'get'; readonly query: ReadQuery; readonly key: string }
  /** A consistent list or watch: goes on once the caches are known to be current. */
  | { readonly type: 'progress'; readonly query: ReadQuery }
  | { readonly type: 'list-page'; readonly query: ReadQuery; readonly page: Page }
  | { readonly type: 'fill-cache'; readonly resource: string; readonly revision: number }
  | { readonly type: 'event-lease' }
  | { readonly type: 'master-lease'; readonly step: MasterLeaseStep }
  | { readonly type: 'ping' | 'etcd-probe' }
  | { readonly type: 'compact-record' }
  | { readonly type: 'compact' };

/** What is known of the object that a write is about. */
export interface Current {
  /** Null: it does not exist. */
  readonly object: KubeObject | null;
  /** From etcd for this very write, and not from the cache. */
  readonly fresh: boolean;
}

/** A get, list or watch under way. */
export interface ReadQuery {
  readonly asker: Asker;
  readonly request: ApiRequest;
  readonly verb: 'get' | 'list' | 'watch';
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly selection: Selection;
  /** The cache must have come as far as this. */
  readonly minimum: number;
  /** Monotonic. */
  readonly deadline: Micros;
}

/** How far a list that is read from etcd page by page has come. */
export interface Page {
  /** 0: the revision of the first answer. */
  readonly revision: number;
  /** Key to go on from. */
  readonly start: string;
  readonly limit: number;
  readonly found: readonly KubeObject[];
  /** The client's own token was given: an expired revision is told so. */
  readonly continued: boolean;
}

/** A deletion of many objects under way. */
export interface Collection {
  readonly asker: Asker;
  readonly resource: string;
  waiting: number;
  readonly deleted: KubeObject[];
  /** What the list is answered as; null: itself. */
  readonly shape: Shape | null;
  error: Status | null;
  readonly revision: number;
}

/** The lease that Events are put under, shared by those of a minute. */
export interface EventLease {
  id: number;
  /** Monotonic. */
  expires: Micros;
  attached: number;
  /** Writes of Events that wait for a grant. */
  readonly waiting: { readonly operation: Operation; readonly write: PlannedWrite }[];
  granting: boolean;
}

/** Plain numbers for whoever measures. */
export interface ApiServerCounters {
  get: number;
  list: number;
  watch: number;
  create: number;
  update: number;
  patch: number;
  delete: number;
  deletecollection: number;
  /** Answers with code 400 and above. */
  errors: number;
  conflicts: number;
  watchEvents: number;
  watchesOpen: number;
}

export interface Compaction {
  /** Version of the record key as last seen. */
  version: number;
  /** The revision to compact to next time. */
  revision: number;
}

export type MasterLeaseStep = 'grant' | 'put' | 'list';

/** What `/livez` and `/readyz` know of etcd. */
export interface EtcdProbe {
  /** Monotonic; −1: never. */
  askedAt: Micros;
  /** Of the read under way; 0: none is. */
  id: number;
  failed: boolean;
  /** Who waits for it; the others are told what is known. */
  waiting: HealthAsk | null;
}
export interface HealthAsk {
  readonly asker: Asker;
  readonly path: string;
  readonly verbose: boolean;
  /** Names of checks that are left out. */
  readonly excluded: readonly string[];
}

/** The key in etcd by which this API server is one of the endpoints of the Service `kubernetes`. */
export interface MasterLeases {
  /** Raised by each renewal: nothing is written where nothing changes. */
  generation: number;
  /** All API servers, in order of their keys. */
  addresses: readonly string[];
  /** When the API server was told to stop, monotonic; 0: it was not. */
  stopping: Micros;
  /** It is taking its own address away, before it stops. */
  removing: boolean;
  /** Own writes of endpoints under way. */
  writing: number;
}

/** What remains to be created so that a new cluster can be used. */
export interface Bootstrap {
  /** What may be created at once, in order of what must be there before. */
  readonly stages: (readonly Creation[])[];
  /** How many creations are under way. */
  waiting: number;
  /** One of them has failed, so that the rest is not tried at once. */
  failed: boolean;
  done: boolean;
  /** Connections are taken up: the server can serve, or knows that etcd lets it serve nobody. */
  listening: boolean;
  /** Who has connected before that. */
  readonly knocking: Set<ProcessId>;
}

/** A request that somebody behind the API server answers. */
export interface Proxied {
  readonly asker: Asker;
  readonly backend: ProcessId;
  readonly host: string;
  /** What kind of answer it is: decides how a failure is told. */
  readonly kind: 'log' | 'upgrade' | 'proxy' | 'aggregate' | 'discovery';
  /** Of a check: the APIService. */
  readonly group?: string;
  /** As error texts show it. */
  readonly url: string;
  readonly method: string;
  /** Until the backend has answered. */
  dial: EventId | null;
  /** Monotonic times at which each side was last heard. */
  clientHeard: Micros;
  backendHeard: Micros;
}

/** What is known of who answers for a group's version. */
export interface AggregatedGroup {
  /** Its list of resources, as discovery told it last; null: it did not. */
  resources: readonly JsonObject[] | null;
  /** A check is under way. */
  checking: boolean;
  /** The resourceVersion that a status has been written over. */
  written: string;
}

export interface ProxiedStreams {
  /** By the number that the backend knows them by. */
  readonly open: Map<number, Proxied>;
  next: number;
  /** A timer looks after the open ones. */
  watched: boolean;
}

/** A request that the audit log is to tell of. */
export interface AuditedRequest {
  /** What all its events have. */
  readonly event: object;
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
  /** The answer is told, too. */
  readonly responses: boolean;
  readonly annotations: Record<string, string>;
}

/** A request that waits for seats. */
export interface WaitingRequest {
  readonly asker: Asker;
  readonly request: ApiRequest;
  readonly schema: string;
  readonly level: string;
  readonly seats: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Monotonic: it is given up. */
  readonly deadline: Micros;
}

/** A request that is being answered. */
export interface Execution {
  readonly level: string;
  readonly schema: string;
  readonly seats: number;
  readonly headers: Readonly<Record<string, string>>;
  /** It changes flow schemas or priority levels. */
  readonly changes: boolean;
}

export interface LevelState {
  /** Taken. */
  seats: number;
  /** By number; those in which nobody waits are left out. */
  readonly queues: Map<number, WaitingRequest[]>;
  /** The queue that had its turn last. */
  turn: number;
}

/** Of one flow schema at one level. */
export interface FlowCounters {
  dispatched: number;
  readonly rejected: Map<'queue-full' | 'concurrency-limit' | 'time-out', number>;
}

export interface FlowState {
  /** The objects that every server has are there. */
  ready: boolean;
  /** Requests that are to see them. */
  readonly held: { readonly asker: Asker; readonly request: ApiRequest }[];
  /** By client and number. */
  readonly executing: Map<string, Execution>;
  /** By name. */
  readonly levels: Map<string, LevelState>;
  /** By level and schema. */
  readonly counters: Map<string, FlowCounters>;
}

export interface ApiServerState {
  readonly args: ApiServerArgs;
  readonly etcd: EtcdConnection;
  /** The CustomResourceDefinitions that are served. A new list takes the place of the old one when any of them changes. */
  definitions: readonly CustomResourceDefinition[];
  /** Resource versions of definitions and of their objects that are being written by the API server itself, by key. */
  readonly settling: Map<string, string>;
  /** By resource, e.g. `deployments.apps`. */
  readonly caches: Map<string, WatchCache>;
  /** Requests that wait for a cache that exists on demand only, by resource. */
  readonly cacheWaiters: Map<string, Pick<ReadQuery, 'asker' | 'request'>[]>;
  /** Resources by the id of their watch at etcd. */
  readonly feeds: Map<number, string>;
  readonly pending: Map<number, Pending>;
  readonly watchers: Map<ProcessId, Map<number, Watcher>>;
  /** Reads of a revision that has not been seen yet, by a number of their own. */
  /** Requests that kubelets and pods answer. */
  readonly proxied: ProxiedStreams;
  readonly earlyReads: Map<number, ReadQuery>;
  nextEarlyRead: number;
  readonly collections: Map<number, Collection>;
  nextCollection: number;
  readonly eventLease: EventLease;
  readonly compaction: Compaction;
  readonly bootstrap: Bootstrap;
  readonly masterLeases: MasterLeases;
  readonly etcdProbe: EtcdProbe;
  /** A timer for the earliest deadline of what is pending is running. */
  deadlineTimer: boolean;
  readonly counters: ApiServerCounters;
  readonly audit: AuditLog;
  /** Priority and fairness; null until somebody outside asks for something. */
  flow: FlowState | null;
  /** Groups that somebody else answers for, by the names of their APIServices; null: there never was one. */
  aggregated: Map<string, AggregatedGroup> | null;
  /** By client and number; only where there is an audit policy. */
  readonly audited: Map<string, AuditedRequest>;
}
