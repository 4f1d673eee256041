/** What a kubelet knows. Plain data, changed in place by the files of this folder. */
import type {
  ConfigMap,
  Container,
  CSIDriver,
  Lease,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
} from '#engine/api/types';
import type { Client } from '#engine/client/client';
import type { Recorder } from '#engine/client/events';
import type { EventId, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { ContainerConfig, Resources, RuntimeContainerStatus, RuntimeImage, SandboxStatus } from '../runtime/cri';
import type { BackOff } from './back-off';
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { LogAsk, ServerPeer, Session, StatsAsk, StreamAsk } from './server/state';

/** The machine as its kubelet registers it. */
export interface NodeConfig {
  readonly name: string;
  readonly internalIP: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** Thousandths of a core, bytes, pods. Absent: 4 CPU, 8 GiB, 110 pods. */
  readonly capacity?: { readonly milliCpu: number; readonly memory: number; readonly pods: number };
}

/** What `bootstrap-kubelet.conf` says. */
export interface BootstrapKubeconfig {
  /** A name of the network that stands for the API servers. */
  readonly endpoint: string;
  readonly token: string;
}

/** A kubelet that waits for its certificate. */
export interface TlsBootstrap {
  readonly client: Client;
  /** Of its CertificateSigningRequest; empty until there is one. */
  name: string;
}

export interface KubeletArgs {
  /** API servers in order of preference. */
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint?: string;
  readonly runtime: ProcessId;
  readonly node: NodeConfig;
  /** Folder of the manifests of static pods, e.g. `etc/kubernetes/manifests/`; absent: it runs none. */
  readonly staticPodPath?: string;
  /** A file without which it does not start: kubeadm writes it. Absent: it needs none. */
  readonly configFile?: string;
  /** With this file it begins without a certificate, and asks for one; absent: it has one. */
  readonly bootstrapFile?: string;
  /** Of the API client; absent: 50 and 100. */
  readonly qps?: number;
  readonly burst?: number;
}

/** A container of a pod, from its spec's list to the one that runs now. */
export interface ContainerWork {
  readonly name: string;
  readonly role: ContainerConfig['role'];
  /** Position in `initContainers` or `containers`. */
  readonly index: number;
  /** The latest container that was started (or failed to). */
  runtime: RuntimeContainerStatus | null;
  /** The one before it, ended. */
  last: Terminated | null;
  restartCount: number;
  /** Why it does not run, when that is not just starting up. */
  waiting: { readonly reason: string; readonly message: string } | null;
  busy: 'image' | 'config' | 'creating' | 'starting' | 'stopping' | null;
  /** What a create request has made and nobody has started yet. */
  createdId: string | null;
  started: boolean;
  ready: boolean;
  readonly probes: ProbeWork[];
  /** Monotonic time at which it was last known to end. */
  endedAt: Micros;
  /** The ended container whose back-off is over: its successor is being started. */
  passedBackOff: string | null;
  /** The ended container that the runtime still keeps for its log. */
  previousId: string | null;
  /** The container is to be killed when its preStop hook is over. */
  hook: { readonly timer: EventId | null; readonly until: Micros } | null;
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  /** Both absent: the container could not be found, so nobody knows. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly containerID?: string;
}

export type ProbeType = 'startup' | 'readiness' | 'liveness';

export interface ProbeWork {
  readonly type: ProbeType;
  timer: EventId | null;
  lastResult: boolean | null;
  /** Monotonic: when it was answered last; −1: never. */
  answeredAt: Micros;
  run: number;
}

export interface Termination {
  /** Seconds, as decided; only a shorter one is accepted later. */
  grace: number;
  /** Monotonic: when the whole grace is over. */
  deadline: Micros;
  readonly startedAt: Micros;
}

/** Where a pod's resize has come to. By name of the container. */
export interface ResizeWork {
  /** What the node has granted. */
  readonly allocated: Map<string, Resources | undefined>;
  /** What the containers run with. */
  readonly actual: Map<string, Resources | undefined>;
  /** Why what is wanted is not granted. */
  pending: { readonly reason: 'Infeasible' | 'Deferred'; readonly event: string; readonly message: string } | null;
  /** What the Event of the resize in progress said; empty: none is. */
  said: string;
}

export interface PodFailure {
  readonly reason: string;
  readonly message: string;
  /** The condition DisruptionTarget says so, too. */
  readonly isDisruption?: boolean;
}

/** One pod on this node. */
export interface PodWorker {
  readonly uid: string;
  pod: Pod;
  state: 'sync' | 'terminating' | 'terminated';
  readonly startTime: string;
  sandbox: { id: string; ip: string; state: 'creating' | 'ready' | 'stopping' } | null;
  sandboxAttempt: number;
  /** Ids of all sandboxes that were made for it, to be removed in the end. */
  sandboxes: readonly string[];
  readonly init: ContainerWork[];
  readonly regular: ContainerWork[];
  /** Added while the pod runs, for debugging; null: none. */
  ephemeral: ContainerWork[] | null;
  /** Set once its resources were changed; null: its containers have what the spec says. */
  resize: ResizeWork | null;
  /** By container; null: none has been restarted. */
  backOff: Map<string, BackOff> | null;
  /** Set when the pod failed as a whole: rejected, deadline exceeded. */
  failure: PodFailure | null;
  termination: Termination | null;
  /** As computed last, and as the API server acknowledged last. */
  status: Pod['status'];
  written: Pod['status'];
  writing: boolean;
  /** Of a static pod: the uid of its mirror in the API, null while there is none. Absent: the pod comes from the API. */
  mirror: string | null | undefined;
  /** Its mirror is being created. */
  mirroring: boolean;
  /** Gone from the API; of a static pod: its manifest is. */
  gone: boolean;
  deleting: boolean;
  retry: EventId | null;
  /** Somebody else wrote over this status: to be put right at the next sync of statuses. */
  reconcile: EventId | null;
  /** The next time that something has to be looked at again. */
  sync: { readonly timer: EventId; readonly at: Micros } | null;
  deadline: EventId | null;
  /** Directories of the machine that are its volumes, by their names; null: not looked for yet. */
  directories: ReadonlyMap<string, string> | null;
  mountBackOff: Micros;
}

/** A request to the runtime that waits for its answer. */
export type RuntimeAsk =
  | LogAsk
  | StreamAsk
  | StatsAsk
  | { readonly what: 'version' | 'list' | 'subscribe' | 'forget' | 'usage' }
  | { readonly what: 'pull'; readonly at: Micros }
  | { readonly what: 'sandbox'; readonly uid: string }
  | { readonly what: 'stop-sandbox'; readonly uid: string }
  | { readonly what: 'create'; readonly uid: string; readonly container: string }
  | { readonly what: 'start'; readonly uid: string; readonly container: string }
  | { readonly what: 'stop'; readonly uid: string; readonly container: string; readonly containerId: string }
  | { readonly what: 'resize'; readonly uid: string; readonly container: string; readonly containerId: string }
  | {
      readonly what: 'probe';
      readonly uid: string;
      readonly container: string;
      readonly probe: ProbeType;
      readonly containerId: string;
    }
  | {
      readonly what: 'hook';
      readonly uid: string;
      readonly container: string;
      readonly hook: 'postStart' | 'preStop';
      readonly containerId: string;
    };

export interface PullTask {
  readonly uid: string;
  readonly container: string;
  /** As written. */
  readonly image: string;
  readonly queuedAt: Micros;
  startedAt: Micros;
}

/** A ConfigMap, Secret, claim, volume or driver as last read; `null`: it does not exist. */
export interface CachedObject {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'PersistentVolume' | 'CSIDriver';
  value: ConfigMap | Secret | PersistentVolumeClaim | PersistentVolume | CSIDriver | null;
  /** Monotonic; −1 while it is being read for the first time. */
  readAt: Micros;
  reading: boolean;
  /** Pods that wait for it. */
  readonly waiting: string[];
}

export interface NodeWork {
  phase: 'unregistered' | 'registering' | 'registered';
  retries: number;
  uid: string;
  /** As acknowledged last. */
  written: NodeStatusParts | null;
  writing: boolean;
  dirty: boolean;
  reportedAt: Micros;
  /** Added to the 5 minutes between unchanged reports. */
  reportDelay: Micros;
  bootId: string;
  machineId: string;
  allocatableSaid: boolean;
  /** When the disk was found full last; null: never. */
  diskFullAt: Micros | null;
  /** When memory was found low last; null: never. */
  memoryLowAt: Micros | null;
  /** Pods are being evicted: `uid` is the one whose end is waited for until `until`; null: it is still being chosen. Null: none are. */
  eviction: { readonly uid: string | null; readonly until: Micros } | null;
}

/** The parts of a node's status that can change. */
export interface NodeStatusParts {
  readonly ready: boolean;
  readonly readyMessage: string;
  readonly readySince: string;
  readonly imagesRevision: number;
  readonly diskPressure: boolean;
  readonly memoryPressure: boolean;
}

/** The tokens of a pod that somebody has looked into. */
export interface PodTokens {
  /** By volume and path in it. */
  readonly held: Map<string, string>;
  /** Requests under way. */
  asked: number;
  /** Monotonic. */
  renewAt: Micros;
  /** Commands that are to run once they are there. */
  readonly execs: { readonly peer: ServerPeer; readonly container: string; readonly asked: HttpRequest }[];
}

export interface KubeletState {
  readonly args: KubeletArgs;
  readonly client: Client;
  /** Null once it has its certificate. */
  bootstrap: TlsBootstrap | null;
  readonly recorder: Recorder;
  runtimeState: 'connecting' | 'ready' | 'down';
  /** The runtime has told what it has. */
  runtimeListed: boolean;
  /** What it had, by pod uid, until the pods of the API are known. */
  found: Map<
    string,
    { readonly sandboxes: readonly SandboxStatus[]; readonly containers: readonly RuntimeContainerStatus[] }
  >;
  /** Pods have been taken over. */
  podsStarted: boolean;
  nextAsk: number;
  readonly asks: Map<number, RuntimeAsk>;
  readonly images: Map<string, RuntimeImage>;
  imagesRevision: number;
  readonly node: NodeWork;
  /** As written last; null before it was read or made. */
  lease: Lease | null;
  leaseFailures: number;
  readonly workers: Map<string, PodWorker>;
  /** Millicores and bytes: what is granted to all pods together is no more than this; null: not counted yet. */
  mostGranted: { milliCpu: number; memory: number } | null;
  /** Monotonic: when a probe was answered last; −1: none was. */
  probedAt: Micros;
  readonly pullQueue: PullTask[];
  pulling: PullTask | null;
  readonly imageBackOff: Map<string, BackOff>;
  readonly objects: Map<string, CachedObject>;
  /** Volumes that are attached for pods, as the node lists them, by uid of the pod; null: there was none yet. */
  volumesInUse: Map<string, readonly string[]> | null;
  /** By uid of the pod. */
  readonly tokens: Map<string, PodTokens>;
  podsSynced: boolean;
  servicesSynced: boolean;
  /** Open streams, by the number of the ask at the runtime. */
  readonly sessions: Map<number, Session>;
  /** Who may ask its server what; null: only API servers ever asked. */
  access: Map<string, { readonly allowed: boolean; readonly until: Micros }> | null;
  /** A timer looks after them. */
  sessionsWatched: boolean;
}

/** All containers of a pod, init containers first. */
export const containersOf = (worker: PodWorker): readonly ContainerWork[] =>
  worker.init.length === 0 && worker.ephemeral === null
    ? worker.regular
    : [...worker.init, ...worker.regular, ...(worker.ephemeral ?? [])];

/** The containers of a spec among which a container of this role stands. */
export function specsOf(spec: Pod['spec'], role: ContainerWork['role']): readonly Container[] | undefined {
  if (role === 'regular') return spec.containers;
  return role === 'ephemeral' ? spec.ephemeralContainers : spec.initContainers;
}

export const findContainer = (worker: PodWorker | undefined, name: string): ContainerWork | undefined =>
  worker?.regular.find((container) => container.name === name) ??
  worker?.init.find((container) => container.name === name) ??
  worker?.ephemeral?.find((container) => container.name === name);
