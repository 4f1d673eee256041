/**
 * What kubelet and container runtime say to each other: the Container Runtime Interface in the form of messages. Each
 * request carries an id; its one answer carries the same. Container events come unasked to whoever subscribed.
 * Times are µs: `…At` by the machine's clock, durations as they are.
 *
 * @source kubernetes staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
 */
import type { Container } from '#engine/api/types';
import type { Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { LogRecord } from './log-record';

interface Request extends Message {
  readonly id: number;
}

/** Who runs, and from which image it can be made again: the CRI's labels and metadata. */
export interface PodIdentity {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** A directory of the machine that is mounted into a container. Neither path ends with a slash. */
export interface Mount {
  /** In the container, absolute. */
  readonly path: string;
  /** On the disk, without a slash at its beginning. */
  readonly source: string;
}

export type Resources = NonNullable<Container['resources']>;

export interface ContainerConfig {
  readonly name: string;
  /** 0 for the first, +1 each time that the container is made again. */
  readonly attempt: number;
  /** As written in the pod. */
  readonly image: string;
  /** Empty: the image's entry point. */
  readonly command: readonly string[];
  /** Empty: the image's command, unless `command` is given. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Its input stays open: a shell without a command waits instead of ending. */
  readonly stdin: boolean;
  /** The first attached client that goes takes the input with it. */
  readonly stdinOnce: boolean;
  /** Its streams are a terminal. */
  readonly tty: boolean;
  /** Declared TCP ports, which a program that nobody knows listens on. */
  readonly ports: readonly number[];
  /** Mounted files by absolute path (ConfigMaps, Secrets, tokens). */
  readonly files: Readonly<Record<string, string>>;
  /** Absent: none. */
  readonly mounts?: readonly Mount[];
  /** Requests and limits; absent: none. */
  readonly resources?: Resources;
  /** Lines that the pod wants in `/etc/hosts`; absent: none. */
  readonly hostAliases?: readonly { readonly ip: string; readonly hostnames?: readonly string[] }[];
  /** Names of the machine's AppArmor and seccomp profiles that it runs under, empty for none; absent: neither. */
  readonly profiles?: { readonly appArmor: string; readonly seccomp: string };
  /** Which container goes first when the machine has no memory left: −1000 (never) to 1000. */
  readonly oomScoreAdj: number;
  /** Which kind of container in the pod, told back in lists. */
  readonly role: 'init' | 'sidecar' | 'regular' | 'ephemeral';
}

export interface Version extends Request {
  readonly type: 'cri/version';
}
/** Sandboxes, containers and images, in one answer. */
export interface List extends Request {
  readonly type: 'cri/list';
}
/** From now on container events go to the sender. */
export interface GetContainerEvents extends Request {
  readonly type: 'cri/get-container-events';
}
export interface PullImage extends Request {
  readonly type: 'cri/pull-image';
  readonly image: string;
}
export interface RunPodSandbox extends Request {
  readonly type: 'cri/run-pod-sandbox';
  readonly pod: PodIdentity;
  readonly attempt: number;
  readonly hostname: string;
  /** Where the pod's address is taken from; empty for a pod in the host's network. */
  readonly podCIDR: string;
  /** The node's address, for a pod in the host's network. */
  readonly hostIP: string;
}
export interface StopPodSandbox extends Request {
  readonly type: 'cri/stop-pod-sandbox';
  readonly sandboxId: string;
}
export interface RemovePodSandbox extends Request {
  readonly type: 'cri/remove-pod-sandbox';
  readonly sandboxId: string;
}
export interface CreateContainer extends Request {
  readonly type: 'cri/create-container';
  readonly sandboxId: string;
  readonly config: ContainerConfig;
}
export interface StartContainer extends Request {
  readonly type: 'cri/start-container';
  readonly containerId: string;
}
/** SIGTERM (or the image's stop signal) now, SIGKILL after `timeout`. Answered when it has ended. */
export interface StopContainer extends Request {
  readonly type: 'cri/stop-container';
  readonly containerId: string;
  readonly timeout: Micros;
}
export interface RemoveContainer extends Request {
  readonly type: 'cri/remove-container';
  readonly containerId: string;
}
export interface ExecSync extends Request {
  readonly type: 'cri/exec-sync';
  readonly containerId: string;
  readonly command: readonly string[];
  readonly timeout: Micros;
}
/**
 * Not the CRI's: the kubelet opens a connection to an address of its own machine (HTTP, TCP and gRPC probes and hooks).
 */
export interface Dial extends Request {
  readonly type: 'node/dial';
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'http' | 'grpc';
  /** HTTP: path with query. gRPC: the name of the service. */
  readonly path: string;
  readonly timeout: Micros;
}

/**
 * Not the CRI's: the kubelet is about to read a container's log file, which the runtime may not have written out. `follow`:
 * what is written from then on comes as `LogWritten` with this id, until it is ended.
 */
export interface ReadLog extends Request {
  readonly type: 'node/read-log';
  readonly containerId: string;
  readonly follow: boolean;
}

/** Not the CRI's: the kubelet has changed files of a volume that a container has mounted. By absolute path. */
export interface WriteFiles extends Request {
  readonly type: 'node/write-files';
  readonly containerId: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs a command. Once answered its streams are `PipeChunk`s under this id, and `StreamEnded` is the end. */
export interface Exec extends Request {
  readonly type: 'cri/exec';
  readonly containerId: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}
/** Joins the streams of a container's first process, as `Exec` does. */
export interface Attach extends Request {
  readonly type: 'cri/attach';
  readonly containerId: string;
  readonly stdin: boolean;
  readonly tty: boolean;
}
/** Opens a TCP connection to a port of a sandbox; its bytes are `PipeChunk`s under this id until `PipeClosed`. */
export interface PortForward extends Request {
  readonly type: 'cri/port-forward';
  readonly sandboxId: string;
  readonly port: number;
  /** UDP: each piece is a datagram. */
  readonly datagrams: boolean;
}

/** Changes the limits of a running container. */
export interface UpdateContainerResources extends Request {
  readonly type: 'cri/update-container-resources';
  readonly containerId: string;
  readonly resources: Resources | undefined;
}

/** What containers that run use, and the machine in all (ListContainerStats, and what cAdvisor reads of the root cgroup). */
export interface ListContainerStats extends Request {
  readonly type: 'cri/list-container-stats';
}

/** Not the CRI's: requests that keep coming to addresses of this machine, told anew every few seconds by whoever sends them. */
export interface Traffic extends Message {
  readonly type: 'node/traffic';
  /** By which the sender knows it; what came before under this name ends. */
  readonly source: string;
  readonly flows: readonly Flow[];
}

/** So many requests a second for one address. */
export interface Flow {
  readonly address: string;
  readonly port: number;
  readonly rate: number;
}

export type CriRequest =
  | Version
  | List
  | GetContainerEvents
  | PullImage
  | RunPodSandbox
  | StopPodSandbox
  | RemovePodSandbox
  | CreateContainer
  | StartContainer
  | StopContainer
  | RemoveContainer
  | ExecSync
  | Dial
  | ReadLog
  | WriteFiles
  | Exec
  | Attach
  | PortForward
  | UpdateContainerResources
  | ListContainerStats;

/** gRPC code and description of a failed request. */
export interface CriError {
  readonly code: 'NotFound' | 'Unknown' | 'InvalidArgument' | 'DeadlineExceeded' | 'Unavailable';
  readonly message: string;
}

/** The text that Go's gRPC client prints for it. */
export const rpcErrorText = (error: CriError): string => `rpc error: code = ${error.code} desc = ${error.message}`;

export interface SandboxStatus {
  readonly id: string;
  readonly pod: PodIdentity;
  readonly attempt: number;
  readonly ip: string;
  readonly ready: boolean;
  readonly createdAt: Micros;
}

/** A container as the runtime tells of it. Immutable: a change makes a new one. */
export interface RuntimeContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly name: string;
  readonly attempt: number;
  readonly role: ContainerConfig['role'];
  readonly image: string;
  /** Canonical name of the image, e.g. `docker.io/library/nginx:1.27`. */
  readonly imageRef: string;
  /** `docker.io/library/nginx@sha256:…`. */
  readonly imageId: string;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: Micros;
  /** 0 (1970) when it never started. */
  readonly startedAt: Micros;
  readonly finishedAt: Micros;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`; empty while it lives. */
  readonly reason: string;
  readonly message: string;
}

export interface RuntimeImage {
  /** Canonical name with tag. */
  readonly name: string;
  /** `repository@sha256:…`. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** The image's user is root. */
  readonly root: boolean;
}

/** What something uses. */
export interface Usage {
  /** CPU time since it began, µs of one core. */
  readonly cpu: number;
  /** Thousandths of a core, at present. */
  readonly milliCpu: number;
  /** Working set, bytes. */
  readonly memory: number;
}

/** Of a container that runs. */
export interface ContainerStats extends Usage {
  readonly pod: PodIdentity;
  readonly name: string;
  readonly startedAt: Micros;
}

export type CriResult =
  | { readonly of: 'version'; readonly name: string; readonly version: string }
  | {
      readonly of: 'list';
      readonly sandboxes: readonly SandboxStatus[];
      readonly containers: readonly RuntimeContainerStatus[];
      readonly images: readonly RuntimeImage[];
    }
  | { readonly of: 'image'; readonly image: RuntimeImage }
  | { readonly of: 'sandbox'; readonly sandbox: SandboxStatus }
  | { readonly of: 'container'; readonly container: RuntimeContainerStatus }
  | { readonly of: 'exec'; readonly exitCode: number; readonly output: string }
  | { readonly of: 'dial'; readonly outcome: DialOutcome }
  | { readonly of: 'stats'; readonly at: Micros; readonly node: Usage; readonly containers: readonly ContainerStats[] }
  | { readonly of: 'nothing' };

export type DialOutcome =
  /** HTTP: the status code; TCP: 0. gRPC: 0 is SERVING, 1 NOT_SERVING. */
  { readonly kind: 'answered'; readonly code: number } | { readonly kind: 'refused' } | { readonly kind: 'timeout' };

export interface CriAnswer extends Message {
  readonly type: 'cri/answer';
  readonly id: number;
  readonly result: CriResult | null;
  /** Set exactly when `result` is null. */
  readonly error: CriError | null;
}

export interface ContainerEvent extends Message {
  readonly type: 'cri/container-event';
  readonly container: RuntimeContainerStatus;
}

/** As the machine's kernel logs it: a process was killed because there was no memory left. */
export interface SystemOom extends Message {
  readonly type: 'cri/system-oom';
  readonly process: string;
  readonly pid: number;
}

/** As inotify tells it: a followed log has grown. */
export interface LogWritten extends Message {
  readonly type: 'cri/log-written';
  /** Of the `ReadLog`. */
  readonly id: number;
  readonly record: LogRecord | null;
  /** The container has ended; nothing more is written. */
  readonly ended: boolean;
}

/** What an `Exec` ran has ended; or an attached container, with code 0. */
export interface StreamEnded extends Message {
  readonly type: 'cri/stream-ended';
  readonly id: number;
  readonly exitCode: number;
}

export type FromRuntime = CriAnswer | ContainerEvent | SystemOom | LogWritten | StreamEnded;
