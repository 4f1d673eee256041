/**
 * A controller decides, the runtime acts: what a controller may read, and the plan of writes that it answers with.
 * Both are plain data, so that a run can be saved in the middle of a plan.
 */
import type { PodStanding } from '#engine/api/pod-standing';
import type { Kind, Kinds, KubeObject, KubeObjectInput, ObjectReference, Status } from '#engine/api/types';
import type { Credentials } from '#engine/apiserver/wire';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

/** What a cache holds: a kind that is built in, or the path of a custom resource's collection, e.g. `/apis/example.com/v1/widgets`. */
export type Collection = Kind | CustomCollection;
export type CustomCollection = `/apis/${string}`;
export type ObjectOf<C extends Collection> = C extends Kind ? Kinds[C] : KubeObject;

/** A controller's informer caches: what it knows, which may be older than what is. */
export interface View {
  get<K extends Collection>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined;
  /** All objects of a kind, or those of one namespace, in order of namespace and name. */
  list<K extends Collection>(kind: K, namespace?: string): readonly ObjectOf<K>[];
  /** Objects whose `ownerReferences` name this uid (any kind the controller watches). */
  ownedBy<K extends Collection>(kind: K, ownerUid: string): readonly ObjectOf<K>[];
  /** How the pods that an owner has stand, in their order. */
  standings(ownerUid: string): readonly PodStanding[];
  /** Objects of a namespace that have no controller. */
  orphans<K extends Collection>(kind: K, namespace: string): readonly ObjectOf<K>[];
  /** Null when these objects are known; else why not: the words of a list's failure, or none while the first is under way. */
  unread(kind: Collection): string | null;
  /** Pods bound to a node. */
  podsOn(node: string): readonly Kinds['Pod'][];
}

/** An Event to be recorded. Its reporter is the controller's `component`. */
export interface EventIntent {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** `{name}` stands for the name of the object that the step wrote, `{error}` for the message of its failure. */
  readonly message: string;
}

interface StepBase {
  /** Recorded when the write succeeded. */
  readonly onSuccess?: EventIntent;
  /** Recorded when the write failed for good (a 404 of a delete and conflicts, which are retried, are no failures). */
  readonly onFailure?: EventIntent;
  /** The plan goes on even when this write fails. Otherwise it stops there. */
  readonly optional?: boolean;
}

export interface Target {
  readonly kind: Collection;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  /** Empty, of a deletion: all there are. */
  readonly name: string;
}

export interface CreateStep extends StepBase {
  readonly op: 'create';
  readonly object: KubeObjectInput;
}
/** PUT. Conditional on the object's resourceVersion. `subresource` is e.g. `status`, `finalize`. */
export interface UpdateStep extends StepBase {
  readonly op: 'update';
  readonly object: KubeObject;
  readonly subresource?: string;
  /** Of a Scale, which has no collection of its own: whose it is. */
  readonly path?: string;
}
export interface PatchStep extends StepBase {
  readonly op: 'patch';
  readonly target: Target;
  readonly patchType: 'merge' | 'strategic' | 'json';
  readonly patch: unknown;
  readonly subresource?: string;
}
export interface DeleteStep extends StepBase {
  readonly op: 'delete';
  readonly target: Target;
  /** Only if it is still this object. */
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}
/** Records an Event and writes nothing else. */
export interface EventStep {
  readonly op: 'event';
  readonly event: EventIntent;
}
/** Reads what no cache holds, by its path. The answers are offered to the key's next reconcile, which follows at once. */
export interface ReadStep {
  readonly op: 'read';
  /** With its query, if it has one. */
  readonly path: string;
}
export type WriteStep = CreateStep | UpdateStep | PatchStep | DeleteStep;
export type Step = WriteStep | EventStep | ReadStep;

/** What became of a write of this key's last plan that failed. */
export interface FailedWrite {
  readonly step: WriteStep;
  readonly status: Status;
}

/** The answer to a read of this key's last plan. */
export interface ReadAnswer {
  readonly path: string;
  /** HTTP status code. */
  readonly code: number;
  /** From 400 on, and when no answer came, a Status. */
  readonly body: unknown;
}

/**
 * What a controller wants done for one key: writes in order, executed one at a time; the first that fails ends the plan.
 * The key is taken up again after a failure (with back-off), after `again` µs, or when a watched object says so, and
 * never before the caches have seen the plan's own writes.
 */
export interface Plan<Memory = null> {
  readonly steps: readonly Step[];
  /** Look at this key again in so many µs, whatever happens. */
  readonly again?: Micros;
  /** The controller's memory from now on; absent: as it was. */
  readonly memory?: Memory;
  /** Why: one sentence for the record, told by `why`. */
  readonly because?: string;
  /** Nodes whose silence, and not any change, led to this plan: nothing that happened caused it. */
  readonly silent?: readonly string[];
}

/** Flags of kube-controller-manager that controllers read. */
export interface ControllerSettings {
  /** `--cluster-cidr`: addresses of all pods. */
  readonly clusterCidr: string;
  /** What stands in the file of `--service-account-private-key-file`. */
  readonly serviceAccountKey?: string;
}

/** Everything a reconcile may look at besides its caches. */
export interface Situation<Memory = null> {
  /** The controller manager's clock, µs. */
  readonly now: Micros;
  /** What this controller remembers across all its keys (plain data, immutable: answer with a new one). */
  readonly memory: Memory;
  readonly settings: ControllerSettings;
  /** Writes of the key's previous plan that failed; empty when it succeeded. */
  readonly failed: readonly FailedWrite[];
  /** What the key's previous plan read. */
  readonly answers: readonly ReadAnswer[];
}

/** A change in a cache, offered to controllers so that they name the keys it touches. */
export interface Change<K extends Kind = Kind> {
  readonly kind: K;
  readonly type: 'added' | 'updated' | 'deleted';
  /** The object now; for `deleted` as it was last seen. */
  readonly object: Kinds[K];
  /** As it was before, for `updated`. */
  readonly old?: Kinds[K];
  /** The event of the write that led to it, where that is known: what follows from the change is caused by it. */
  readonly cause?: EventId;
}

/** One loop of the controller manager: one folder, one line in the composition root. */
export interface Controller<Memory = null> {
  /** e.g. `replicaset`; names the queue, the log and the API client. */
  readonly name: string;
  /** The reporting component of its Events, e.g. `replicaset-controller`. */
  readonly component: string;
  /** The service account of kube-system that it writes as; absent: named like the component; null: the process's own credentials. */
  readonly serviceAccount?: string | null;
  /** Of an add-on, which has no account there: instead. */
  readonly credentials?: Credentials;
  /** Kinds it reads. It starts when their caches are filled. */
  readonly watches: readonly Kind[];
  /** Custom resources too, whichever there are: changes of their objects come with the collection as `kind`. */
  readonly watchesCustom?: true;
  readonly initialMemory: Memory;
  /** How many keys may be worked on at once (upstream's `--concurrent-…-syncs`). */
  readonly workers: number;
  /** Keys to take up, by watched change. A key is `namespace/name` or `name`, or what the controller likes. */
  keysFor(change: Change, view: View): readonly string[];
  /** Keys to take up on start, once the caches are filled (a periodic loop's own key). */
  initialKeys?(view: View): readonly string[];
  reconcile(view: View, key: string, situation: Situation<Memory>): Plan<Memory>;
}

/** Declares a controller; only fixes the types. */
export function defineController<Memory = null>(controller: Controller<Memory>): Controller<Memory> {
  return controller;
}

/** Nothing to do. */
export const NOTHING: Plan<never> = { steps: [] };
