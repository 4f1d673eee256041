/**
 * The Engine door: the one interface that the worker host, the Node host, scenarios and tests use. Nothing else of the
 * engine is seen from outside.
 */
import type { NodeGroup } from '#engine/addons/cluster-autoscaler/cloud';
import type { AuditPolicy } from '#engine/api/audit-policy';
import type { SchedulerConfiguration } from '#engine/scheduler/configuration';
import type { JsonObject } from '#engine/api/json';
import type { Credentials } from '#engine/apiserver/wire';
import type { EtcdctlAnswer } from '#engine/etcd/etcdctl/etcdctl';
import type { BackupSchedule } from '#engine/etcd/state';
import type { CauseRecord } from '#engine/kernel/causes';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { TrafficTarget } from '#engine/node/traffic/load-generator';
import type { KubectlAnswer, Said } from '#engine/kubectl/invocation';
import type { LawReport } from './laws/report';
import type { Bonds, Containers, Structure } from './structure';
import type { Printed } from '#engine/kubectl/terminal/session';
import type {
  AttemptRecord,
  CountdownRecord,
  Fault,
  FaultRecord,
  LogRecord,
  MachineRecord,
  ObjectRecord,
  PeerMessageRecord,
  ProbeRecord,
  Subject,
  WriteRecord,
} from './records';

export type { NodeGroup, Printed };

/** The cluster to be built: topology and capacities. Plain data; part of every recording. */
export interface ClusterSpec {
  readonly nodes: number;
  readonly zones: number;
  readonly controlPlanes: number;
  /** Racks in each zone, and regions among which the zones are shared out. Absent: one. */
  readonly racks?: number;
  readonly regions?: number;
  /** Capacity of a worker: millicores, bytes, pods. */
  readonly nodeMilliCpu: number;
  readonly nodeMemory: number;
  readonly nodePods: number;
  /** `memory`: etcd writes nothing to the disk, as its store of version 2 was thought of. Absent: `disk`. */
  readonly etcdStorage?: 'disk' | 'memory';
  /** When each member of etcd backs its store up to its machine's backup disk. Absent: never. */
  readonly etcdBackup?: BackupSchedule;
  /** What the API servers tell of requests on standard output: an audit policy (`audit.k8s.io/v1`). Absent: nothing. */
  readonly auditPolicy?: AuditPolicy;
  /** What the schedulers are told by `--config`. Absent: nothing, and they have the default profile. */
  readonly schedulerConfiguration?: SchedulerConfiguration;
  /** Machines that come and go as the cluster-autoscaler asks the cloud for them; see `withNodeGroups`. Absent: there is no cloud. */
  readonly nodeGroups?: readonly NodeGroup[];
  /** Manifests that are applied from the laptop as soon as all nodes are Ready, each as its objects. */
  readonly manifests: readonly (readonly JsonObject[])[];
}

/** The only ways to influence a run. Stamped with virtual time and recorded. `ticket` names the answer. */
export type Action =
  /** kubectl apply -f - : the text of a manifest, as a person pasted it. */
  | { readonly type: 'apply'; readonly ticket: string; readonly manifest: string; readonly namespace?: string }
  /** kubectl delete -f - . */
  | { readonly type: 'delete'; readonly ticket: string; readonly manifest: string; readonly namespace?: string }
  /**
   * A plain request of the laptop's user (kubernetes-admin) to the API server. What `kubectl exec`, `attach`, `port-forward`
   * and `logs -f` ask for is a stream: ask `streaming` (the first three also with `upgrade`); the listener hears an
   * `ApiResponse` that is `streaming` (code 101 or 200), then `StreamChunk`s, then `WatchClosed`; `stream-data` sends
   * what is typed, `cancel` hangs up. A port-forward stream is one TCP connection to the one port in `query.ports`: open
   * one for each connection that is accepted.
   */
  | {
      readonly type: 'request';
      readonly ticket: string;
      readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      readonly path: string;
      readonly query?: Readonly<Record<string, string>>;
      /** Parameters that stand there more than once: all their values. */
      readonly repeated?: Readonly<Record<string, readonly string[]>>;
      readonly upgrade?: true;
      readonly contentType?: string;
      readonly accept?: string;
      readonly body?: unknown;
      /** The bytes of the body could not be read: why, in the words of Go's decoder. */
      readonly bodyError?: string;
      /** Absent: kubernetes-admin's, and kubectl. */
      readonly credentials?: Credentials;
      readonly userAgent?: string;
      /** Answered by `listen`, as the server speaks, and for as long as it does; absent: by `observe`, once. */
      readonly streaming?: boolean;
    }
  /** Nobody waits for the `streaming` request with this ticket any more; absent: for none. */
  | { readonly type: 'cancel'; readonly request?: string }
  /** Sends bytes (each character one, 0 to 255) on a channel of the stream with this ticket, see `CHANNELS`; before its response: nowhere. */
  | {
      readonly type: 'stream-data';
      readonly ticket: string;
      readonly channel: number;
      readonly data: string;
      /** Nothing more comes on this channel: the end of stdin. */
      readonly end?: boolean;
    }
  /**
   * A line typed into a shell on the laptop. A session begins with its first line; while a command of it runs, further lines
   * wait. What it prints comes as `Frame.printed`, and when it is over as an answer. `columns`: it is shown in a window
   * that wide, and somebody may type while it runs; absent: it writes to no terminal and has no input.
   */
  | {
      readonly type: 'shell';
      readonly session: string;
      readonly ticket: string;
      readonly line: string;
      readonly columns?: number;
    }
  /**
   * What is typed while a command of the session runs: text of its standard input, its end (Ctrl-D), Ctrl-C. `edited`: the editor
   * that it asked for (`Printed.edits`) was closed, with the file's new text or, as null, without.
   */
  | {
      readonly type: 'shell-input';
      readonly session: string;
      readonly text?: string;
      readonly end?: boolean;
      readonly interrupt?: boolean;
      readonly edited?: string | null;
    }
  /** Writes a file on the laptop's disk; null removes it. Its person's folder is `/home/user`. */
  | { readonly type: 'file'; readonly path: string; readonly text: string | null }
  /** A command line of etcdctl or etcdutl on the laptop; `^C` ends the watch of the same ticket. */
  | { readonly type: 'etcdctl'; readonly ticket: string; readonly command: string }
  | { readonly type: 'fault'; readonly id: string; readonly fault: Fault }
  /** Ends a fault; for a power-off: power on. */
  | { readonly type: 'heal'; readonly id: string }
  | { readonly type: 'power-on'; readonly machine: string }
  /** From now on so many requests a second come to an app from outside, shared evenly by its ready endpoints; 0: none. */
  | { readonly type: 'traffic'; readonly to: TrafficTarget; readonly requestsPerSecond: number }
  /** A machine that joins the cluster as kubeadm lets it; a worker unless asked otherwise. Absent zone: the one with the fewest of its kind. */
  | { readonly type: 'add-machine'; readonly zone?: string; readonly role?: 'worker' | 'control-plane' }
  /**
   * A worker is taken away as it stands. A control plane leaves by `kubeadm reset`, its Node is deleted, and then it is taken
   * away; one without power at once; the last one never.
   */
  | { readonly type: 'remove-machine'; readonly machine: string }
  /**
   * Writes what the schedulers are told on every control plane that has power, and lets them begin anew with it. The configuration
   * must be one without errors (`schedulerConfigurationErrors`).
   */
  | { readonly type: 'configure-scheduler'; readonly configuration: SchedulerConfiguration };

/** What became of an action that has an answer. */
export type Answer = KubectlAnswer | EtcdctlAnswer;

/** Where an observer has got to. Opaque; made by `observe`, survives `structuredClone`. */
export interface Cursor {
  readonly revision: number;
  readonly write: number;
  readonly renewal: number;
  readonly log: number;
  readonly answer: number;
  readonly etcdctlAnswer: number;
  readonly printed: number;
  /** Observed machines' versions; the engine's own business. */
  readonly machines: number;
  /** The event that comes next. */
  readonly event: EventId;
  /** When the frame was made. */
  readonly at: Micros;
  /** Identifies the run (changes at restore): a foreign cursor gets a full frame. */
  readonly run: number;
}

/** What changed since a cursor. Everything in order of happening. */
export interface Frame {
  readonly cursor: Cursor;
  /** True: forget what you have, this is all there is. */
  readonly full: boolean;
  readonly now: Micros;
  /** Kernel events handled since the start of the run. */
  readonly events: number;
  readonly set: readonly ObjectRecord[];
  /** uids of objects that are gone. */
  readonly gone: readonly string[];
  /** Machines that changed, whole. */
  readonly machines: readonly MachineRecord[];
  readonly machinesGone: readonly string[];
  /** All clocks that run now. */
  readonly countdowns: readonly CountdownRecord[];
  /** All faults in force now. */
  readonly faults: readonly FaultRecord[];
  readonly writes: readonly WriteRecord[];
  /** What arrived from one etcd member at another; of equal messages between the same two only the first. */
  readonly peerMessages: readonly PeerMessageRecord[];
  /** Probes that were answered, of each the last answer. */
  readonly probes: readonly ProbeRecord[];
  readonly logs: readonly LogRecord[];
  readonly answers: readonly Answer[];
  /** What came to terminals of the laptop. */
  readonly printed: readonly Printed[];
}

/** One step of the story why something is as it is; newest first in a chain. */
export interface Reason {
  readonly event: EventId;
  readonly at: Micros;
  /** Who did or saw it: `you`, `kubelet on node-2`, `replicaset-controller`, `timer`, … */
  readonly actor: string;
  readonly text: string;
  readonly subject: Subject | null;
  readonly data?: unknown;
  /** Of the scheduler: what its plug-ins said of the nodes. */
  readonly attempt?: AttemptRecord;
}

export interface Why {
  readonly subject: Subject;
  readonly reasons: readonly Reason[];
  /** False when the ring of causes no longer holds what came before the last reason. */
  readonly complete: boolean;
  /** How many reasons of a long story are left out, after so many of the newest. */
  readonly omitted?: { readonly after: number; readonly count: number };
}

/** A state of an object that etcd still has. */
export interface ObjectVersion {
  readonly revision: number;
  /** Null: the ring of causes no longer holds when. */
  readonly at: Micros | null;
  /** In which it was proposed. */
  readonly event: EventId;
  /** Null: it was deleted. */
  readonly object: unknown;
}

/** Oldest version first. `compacted`: there were more before. */
export interface ObjectHistory {
  readonly versions: readonly ObjectVersion[];
  readonly compacted: boolean;
}

/** What an object has to do with another, seen from it. `mounts`: names it in its volumes or its environment. */
export interface Relation {
  readonly how: 'owned-by' | 'owns' | 'selects' | 'selects-by' | 'mounts' | 'mounts-by' | 'scales' | 'scales-by';
  /** In the tree of owners: 0 for the topmost owner, and for what the object itself owns. */
  readonly depth: number;
  readonly subject: Subject;
}

/** The end of a container's log, as it lies on its machine's disk. Times are by the machine's clock. */
export interface ContainerLines {
  readonly containers: readonly string[];
  readonly container: string;
  /** How often the container has been started before. */
  readonly attempt: number;
  readonly lines: readonly { readonly at: Micros; readonly stream: 'stdout' | 'stderr'; readonly text: string }[];
  /** There are older lines. */
  readonly more: boolean;
}

/** A closer look at one object, or at how all hang together. Reading never changes a run. */
export type CloserLook =
  | { readonly type: 'versions'; readonly subject: Subject }
  | { readonly type: 'relations'; readonly subject: Subject }
  /** How the whole cluster's objects hang together. */
  | { readonly type: 'structure' }
  /** Of all that the API holds but pods, Nodes, Events and Leases: kind and name. */
  | { readonly type: 'names' }
  /** Who watches what, and who takes which pods. */
  | { readonly type: 'bonds' }
  /** The containers of all pods on these nodes. */
  | { readonly type: 'containers'; readonly nodes: readonly string[] }
  /** `container` null: the pod's first. */
  | { readonly type: 'container-lines'; readonly subject: Subject; readonly container: string | null };

export interface CloserLooks {
  readonly versions: ObjectHistory;
  readonly relations: readonly Relation[];
  readonly structure: Structure;
  readonly names: readonly Subject[];
  readonly bonds: Bonds;
  readonly containers: Containers;
  /** Null: the pod is on no machine. */
  readonly 'container-lines': ContainerLines | null;
}

export interface RunResult {
  readonly now: Micros;
  /** Events handled by this call. */
  readonly events: number;
  readonly stopped: 'until' | 'budget' | 'breakpoint';
  /** For a breakpoint: what was met, in words, and about what. */
  readonly met?: { readonly text: string; readonly subject: Subject | null };
}

/**
 * Where `run` should stop before its time. `event`: after one event; `write`: after one API write; `reconcile`: after a control loop
 * made a plan, or the scheduler tried a pod; `said`: when the listener was told something; `matters`: after something worth
 * looking at.
 */
export type Breakpoint = 'event' | 'write' | 'reconcile' | 'said' | 'matters';

export interface Budget {
  /** At most so many events in this call. */
  readonly events: number;
  readonly breakpoint?: Breakpoint;
}

/** An action and the moment that it was stamped with. */
export interface RecordedInput {
  readonly at: Micros;
  readonly action: Action;
}

/** A run that can be had again: same version, same seed, same inputs, same hash. */
export interface Recording {
  readonly version: string;
  readonly seed: number;
  readonly cluster: ClusterSpec;
  readonly inputs: readonly RecordedInput[];
  /** How far it was recorded, and the state's hash there. */
  readonly until: Micros;
  readonly hash: string;
}

/** The whole engine as a value: survives `structuredClone` and IndexedDB. Its inside is the engine's own. */
export interface SavedEngine {
  readonly version: string;
  readonly state: unknown;
}

/** The engine as a value for this process alone. `bytes`: about what it weighs beside the engine. */
export interface Checkpoint {
  readonly saved: SavedEngine;
  readonly bytes: number;
}

export interface Engine {
  readonly now: Micros;
  /** Number of the event that comes next: events have one another's numbers plus one. */
  readonly nextEvent: EventId;
  /** All inputs, also those still to come. */
  readonly inputs: readonly RecordedInput[];
  run(until: Micros, budget: Budget): RunResult;
  /** @returns the virtual time it is stamped with */
  input(action: Action): Micros;
  observe(cursor: Cursor | null): Frame;
  /** What is still to come is what stands in this list behind as many inputs as were carried out; an empty list: nothing. */
  expect(inputs: readonly RecordedInput[]): void;
  /** What was handled as the event of this number; null: the ring of causes has let go of it, or it is still to come. */
  event(id: EventId): CauseRecord | null;
  /** From now on this hears what is said to `streaming` requests, within `run`. It must not call the engine. One listener; null: none. */
  listen(listener: ((said: Said) => void) | null): void;
  /** The whole object as the API server has it now (with kind and apiVersion), or null. */
  object(subject: Subject): unknown;
  /** All whole objects. */
  objects(): readonly unknown[];
  /**
   * Why something is as it is, or why it is gone. `absentFrom`, a machine: why no pod of the subject, a workload, is there; of a
   * Pod without a name: why no pod is.
   */
  why(subject: Subject, absentFrom?: string): Why;
  look<What extends CloserLook>(what: What): CloserLooks[What['type']];
  /**
   * The laws of the cluster, held against all that happened since the last call: call it often. Looks on from the first call.
   * What was found is shown wherever the run is put later, if it had happened there.
   */
  laws(): LawReport;
  save(): SavedEngine;
  /** As `save`, but cheaper and not to be cloned, since it shares with the engine whatever is immutable. */
  checkpoint(): Checkpoint;
  restore(saved: SavedEngine): void;
  hash(): string;
  /** As it stands, perhaps in the middle of a moment: what is to be played again is had by `wholeRecording`. */
  recording(): Recording;
}
