/** How the objects of the whole cluster hang together, as an observer is told of it: small plain data. */
import type { ProcessId } from '#engine/kernel/process';
import type { Subject } from './records';

/** An object that makes pods, or owns one that does. */
export interface OwnerEntry {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Virtual microseconds. */
  readonly createdAt: number;
  /** The uid of what controls it; null: nothing. */
  readonly owner: string | null;
  /** Pods that it wants, and that are as it wants them (Jobs: completions); null: it does not count them. */
  readonly desired: number | null;
  readonly ready: number | null;
}

/** A claim and the volume that it is bound to. */
export interface ClaimEntry {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly volume: { readonly name: string; readonly phase: string } | null;
  /** The uid of the StatefulSet whose template it was made from; null: of none. */
  readonly statefulSet: string | null;
  /** uids of pods that name it. */
  readonly pods: readonly string[];
  /** Nodes to which it is attached (VolumeAttachments) or where a pod with it runs, as the API has it. */
  readonly believed: readonly string[];
  /** Machines on which a container that runs has it mounted, whatever the API says. */
  readonly mounted: readonly string[];
}

/** Whom a Service sends to, as its EndpointSlices say. */
export interface ServiceEntry {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly createdAt: number;
  readonly clusterIP: string;
  readonly ports: readonly string[];
  /** uids of pods, each once. */
  readonly ready: readonly string[];
  readonly notReady: readonly string[];
  /** Endpoints that are no pods: addresses. */
  readonly addresses: readonly string[];
}

/** What an Ingress lets in, by host and path, and the Service it goes to (in its own namespace). */
export interface IngressEntry {
  readonly namespace: string;
  readonly name: string;
  readonly routes: readonly { readonly from: string; readonly service: string }[];
}

export interface Structure {
  readonly owners: readonly OwnerEntry[];
  readonly claims: readonly ClaimEntry[];
  readonly services: readonly ServiceEntry[];
  readonly ingresses: readonly IngressEntry[];
}

/** A client and the API server that it watches at: resources by name, each once. */
export interface WatchEntry {
  readonly client: ProcessId;
  readonly server: ProcessId;
  readonly resources: readonly string[];
}

/** An object and those that its selector takes (pods), or whose scale it sets. */
export interface BondEntry {
  readonly how: 'selects' | 'scales';
  readonly from: Subject;
  readonly to: readonly Subject[];
}

export interface Bonds {
  readonly watches: readonly WatchEntry[];
  readonly bonds: readonly BondEntry[];
}

/** A container of a pod as its status has it. */
export interface ContainerEntry {
  readonly name: string;
  readonly role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Why it waits or has ended; empty: nothing is said of it. */
  readonly reason: string;
  readonly exitCode: number | null;
  readonly ready: boolean;
  /** Its startup probe has succeeded, or it has none. */
  readonly started: boolean;
  readonly restarts: number;
  readonly probes: readonly ('startup' | 'liveness' | 'readiness')[];
  /** What it really does on its machine, whatever the status says; `absent`: there is no such container, or its machine is off. */
  readonly really: 'absent' | 'created' | 'running' | 'paused' | 'exited';
}

/** By the pod's uid. */
export type Containers = Readonly<Record<string, readonly ContainerEntry[]>>;
