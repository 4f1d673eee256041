/**
 * What an observer is shown: small records of what the API server has committed ("belief") and of what machines
 * and processes really do ("truth"). Plain data, made for crossing a worker boundary; whole objects
 * are asked for one at a time. Times are virtual microseconds.
 */
import type { EventId, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

/** One attempt of the scheduler at one pod, with the verdicts and scores of its plug-ins. */
export type { AttemptRecord, Rejection } from '#engine/scheduler/attempts';

/** Names one object or thing. `namespace` is empty where there is none. */
export interface Subject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface RecordBase {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: Micros;
  /** When deletion was asked for, with the grace period already added (`metadata.deletionTimestamp`); null: it was not. */
  readonly deletionAt: Micros | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The controlling owner, if any. */
  readonly owner: { readonly kind: string; readonly name: string; readonly uid: string } | null;
}

export interface PodRecord extends RecordBase {
  readonly kind: 'Pod';
  /** Node that it is bound to; null while unscheduled. */
  readonly node: string | null;
  /** The word of kubectl's STATUS column. */
  readonly status: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
  readonly ip: string | null;
  readonly images: readonly string[];
  /** Name of the topmost owner (Deployment, else ReplicaSet, else the pod itself) as `Kind/namespace/name`: what colours it. */
  readonly app: string;
  /** Why it is not (yet) scheduled or started, if the API says so. */
  readonly message: string | null;
}

export interface NodeRecord extends RecordBase {
  readonly kind: 'Node';
  /** The machine of the same name is its truth. */
  readonly ready: 'True' | 'False' | 'Unknown' | 'Absent';
  readonly unschedulable: boolean;
  readonly taints: readonly { readonly key: string; readonly effect: string; readonly since: Micros | null }[];
  readonly allocatable: { readonly milliCpu: number; readonly memory: number; readonly pods: number };
  /** Sum of the requests of the pods bound to it that are not finished. */
  readonly requested: { readonly milliCpu: number; readonly memory: number; readonly pods: number };
  readonly podCIDR: string | null;
  readonly internalIP: string | null;
  readonly roles: readonly string[];
  /** renewTime of its Lease: the last heartbeat the API has seen. */
  readonly lastHeartbeat: Micros | null;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

/** Deployment or ReplicaSet. */
export interface WorkloadRecord extends RecordBase {
  readonly kind: 'Deployment' | 'ReplicaSet';
  readonly desired: number;
  readonly current: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly images: readonly string[];
  readonly revision: string | null;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

export interface ServiceRecord extends RecordBase {
  readonly kind: 'Service';
  readonly type: string;
  readonly clusterIP: string | null;
  readonly ports: readonly string[];
  readonly readyEndpoints: number;
  readonly endpoints: number;
}

/** A Kubernetes Event as the API holds it. */
export interface EventRecord extends RecordBase {
  readonly kind: 'Event';
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly regarding: Subject;
  readonly component: string;
  readonly count: number;
  readonly firstSeen: Micros;
  readonly lastSeen: Micros;
}

/** Any other kind: enough for a list. */
export interface OtherRecord extends RecordBase {
  readonly kind: 'Namespace' | 'EndpointSlice' | 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'Lease' | 'PriorityClass';
}

export type ObjectRecord = PodRecord | NodeRecord | WorkloadRecord | ServiceRecord | EventRecord | OtherRecord;

export type MachineRole = 'control-plane' | 'worker' | 'laptop';

/** A process as it really is. `facts` are the component's own figures, named in its words. */
export interface ProcessRecord {
  readonly id: ProcessId;
  readonly name: string;
  readonly state: 'running' | 'paused' | 'down';
  readonly startedAt: Micros | null;
  /** Messages handled since the start of the run; grows while it works. */
  readonly handled: number;
  /** e.g. etcd: revision, keys, dbBytes; kube-apiserver: watches, writes, reads, leases; kube-scheduler: active, backoff, unschedulable; kube-controller-manager: queue:NAME. */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Of an etcd member; null for all others, and while it is down. */
  readonly raft: RaftRecord | null;
  /** Of whatever is a client of the API: the server that it holds. */
  readonly connection: ConnectionRecord | null;
  /** Of whatever works only while it holds a Lease. */
  readonly election: ElectionRecord | null;
}

/** An etcd member and what it knows of its group. Indexes are those of the Raft log; members are named by their processes. */
export interface RaftRecord {
  readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader' | 'learner';
  readonly term: number;
  /** Whom it follows, itself when it leads; null: nobody that it knows of. */
  readonly leader: ProcessId | null;
  /** The end of its log, and up to where its own disk is safe. */
  readonly lastIndex: number;
  readonly persistedIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** The members whose votes count, in their order; itself among them unless it learns. */
  readonly voters: readonly ProcessId[];
  /** Of a candidate: the votes that it has so far, its own among them. */
  readonly votes: readonly VoteRecord[];
  /** Of a leader: how far every other member is. */
  readonly progress: readonly ProgressRecord[];
}

export interface VoteRecord {
  readonly member: ProcessId;
  readonly granted: boolean;
}

/** What a leader knows of a member. */
export interface ProgressRecord {
  readonly member: ProcessId;
  readonly state: 'probe' | 'replicate' | 'snapshot';
  /** Up to here its log is known to be the leader's. */
  readonly matchIndex: number;
  /** Appends that were sent and are not answered. */
  readonly inFlight: number;
  /** Heard of lately. */
  readonly active: boolean;
}

/** The API server that a client talks to, or tries to. */
export interface ConnectionRecord {
  readonly server: ProcessId;
  readonly state: 'closed' | 'dialing' | 'open';
}

/** A candidate for a Lease as it sees itself, and whom it saw holding the Lease last. */
export interface ElectionRecord {
  /** Its name in kube-system. */
  readonly lease: string;
  readonly phase: 'acquiring' | 'leading' | 'lost';
  /** The holder's machine; null: nobody holds it, or it has not been read yet. */
  readonly holder: string | null;
}

/** A container sandbox that really exists on a machine, whatever the API says. */
export interface SandboxRecord {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly running: number;
  readonly containers: number;
  /** Of those that run so many stand still. Absent: none. */
  readonly paused?: number;
}

/** A machine as it really is. */
export interface MachineRecord {
  readonly name: string;
  readonly role: MachineRole;
  /** Empty: there is only one. */
  readonly region: string;
  readonly zone: string;
  readonly rack: string;
  readonly power: 'on' | 'booting' | 'off';
  readonly bootedAt: Micros | null;
  /** Whether its cable carries traffic towards it and away from it. */
  readonly cable: { readonly in: boolean; readonly out: boolean };
  readonly milliCpu: number;
  readonly memory: number;
  readonly clockSkew: Micros;
  readonly processes: readonly ProcessRecord[];
  readonly sandboxes: readonly SandboxRecord[];
}

/** A clock that runs: drawn as a countdown ring. */
export interface CountdownRecord {
  readonly id: string;
  readonly subject: Subject;
  readonly what: ClockKind;
  readonly startedAt: Micros;
  readonly endsAt: Micros;
  /** One plain sentence, e.g. `no heartbeat since 00:00:10: NotReady after 50 s`. */
  readonly text: string;
  /** Of a pull: the image's size. So much of it has come as of the clock's time has run. */
  readonly bytes?: number;
}

/** What ends with a clock. */
export type ClockKind =
  /** A silent node counts as ready. */
  | 'grace-period'
  /** A pod may stay on a tainted node. */
  | 'toleration'
  /** A pod that is going away may take its time. */
  | 'termination'
  /** A container that has ended again waits for its next start. */
  | 'back-off'
  /** An image that could not be pulled is not asked for. */
  | 'image-back-off'
  /** An image comes, byte by byte. */
  | 'image-pull'
  /** A pod or a Job may be at work. */
  | 'active-deadline'
  /** A Job waits before it replaces a failed pod. */
  | 'job-back-off'
  /** A finished Job is kept. */
  | 'ttl'
  /** A CronJob rests. */
  | 'next-run'
  /** A Deployment may make no progress. */
  | 'progress-deadline'
  /** An autoscaler holds on to an earlier count. */
  | 'stabilization'
  /** A pod that did not fit is not looked at, unless something happens that may help it. */
  | 'unschedulable'
  /** A pod whose scheduling broke is not tried. */
  | 'scheduling-back-off'
  /** A Lease that nobody renews is respected. */
  | 'lease'
  /** An etcd member that hears of no leader waits before it stands for election. */
  | 'election'
  /** The cloud has told when it takes a machine back. */
  | 'reclaim';

/** A request that changed something at the API server, as its audit log has it: what motion on the stage is made of. */
export interface WriteRecord {
  readonly event: EventId;
  readonly at: Micros;
  /** The process that asked, e.g. `control-plane-1/kube-scheduler`. */
  readonly from: ProcessId;
  readonly user: string;
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
}

/** Something that has arrived at an etcd member from another. */
export interface PeerMessageRecord {
  readonly at: Micros;
  readonly from: ProcessId;
  readonly to: ProcessId;
  readonly what:
    'append' | 'append-answer' | 'heartbeat' | 'snapshot' | 'pre-vote' | 'pre-vote-answer' | 'vote' | 'vote-answer';
}

/** A probe that was answered. */
export interface ProbeRecord {
  /** The pod's uid, as the API knows it. */
  readonly pod: string;
  readonly probe: 'startup' | 'readiness' | 'liveness';
  readonly ok: boolean;
}

/** A line of a component's own log. */
export interface LogRecord {
  readonly event: EventId;
  readonly at: Micros;
  readonly process: ProcessId;
  readonly text: string;
}

/** A fault that is in force. */
export interface FaultRecord {
  readonly id: string;
  readonly at: Micros;
  readonly fault: Fault;
}

/** What can be done to the cluster's machines, links and processes (DESIGN 7). */
export type Fault =
  | { readonly type: 'power-off' | 'reboot'; readonly machine: string }
  | ({ readonly type: 'kill-process' } & ProcessTarget)
  | ({ readonly type: 'pause-process' } & ProcessTarget)
  | { readonly type: 'cut-cable'; readonly machine: string; readonly direction?: 'in' | 'out' | 'both' }
  | {
      readonly type: 'partition';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly oneWay?: boolean;
    }
  | ({ readonly type: 'latency'; readonly add: Micros } & WayTarget)
  | ({ readonly type: 'packet-loss'; readonly rate: number } & WayTarget)
  | { readonly type: 'clock-skew'; readonly machine: string; readonly by: Micros }
  /** Nothing can be written to the machine's disk. */
  | { readonly type: 'disk-full'; readonly machine: string }
  /** Syncs of the machine's disk take so many times as long as usual. */
  | { readonly type: 'disk-slow'; readonly machine: string; readonly times: number }
  /** A sector under etcd's data cannot be read as what was written: of the log (`wal`, also when absent) or of the snapshot. */
  | { readonly type: 'disk-corrupt'; readonly machine: string; readonly file?: EtcdFile }
  /** etcd ends, and its data directory on the machine's disk is emptied. */
  | { readonly type: 'etcd-wipe'; readonly machine: string }
  /** Something that is no part of the cluster takes the machine's memory, until so many bytes are left; absent: 50 MiB. */
  | { readonly type: 'memory-pressure'; readonly machine: string; readonly leaves?: number }
  /** So many endless loops, which are no part of the cluster, compute on the machine's CPU; absent: 25 for each core. */
  | { readonly type: 'cpu-stress'; readonly machine: string; readonly workers?: number }
  /** The cloud tells that it wants the worker back, and after the notice it is gone for good; absent: two minutes. */
  | { readonly type: 'spot-reclaim'; readonly machine: string; readonly notice?: Micros }
  | { readonly type: 'image-registry-down' }
  /** The name server that machines ask answers nobody. */
  | { readonly type: 'dns-down' }
  /** The power of a rack. */
  | { readonly type: 'rack-outage'; readonly rack: string }
  | { readonly type: 'zone-outage'; readonly zone: string };

/** A container of a pod. Absent namespace: `default`; absent container: the first. */
export interface ContainerTarget {
  readonly namespace?: string;
  readonly pod: string;
  readonly container?: string;
}

/** A component, or a container where it really runs. */
type ProcessTarget = { readonly process: ProcessId } | ContainerTarget;

/** All ways of a machine, those that lead into a zone and out of it, or those between two groups of machines, both ways. */
type WayTarget =
  | { readonly machine: string }
  | { readonly zone: string }
  | { readonly from: readonly string[]; readonly to: readonly string[] };

/** What of etcd's data directory. */
export type EtcdFile = 'wal' | 'snap';

export type FaultType = Fault['type'];
