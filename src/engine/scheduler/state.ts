/** The state of a kube-scheduler: plain data, saved and restored as it is. */
import type { Pod } from '#engine/api/types';
import type { Credentials } from '#engine/apiserver/wire';
import { viewOf } from '#engine/client/cache';
import type { Client } from '#engine/client/client';
import type { Recorder } from '#engine/client/events';
import type { Election, ElectionSettings } from '#engine/client/leader-election';
import type { Context, EventId, ProcessId } from '#engine/kernel/process';
import type { Ring } from '#engine/kernel/ring';
import type { Micros } from '#engine/kernel/time';
import type { AttemptRecord } from './attempts';
import type { SchedulerCache } from './cache';
import type { Rotation } from './filtering';
import { frameworkFor, frameworksOf } from './framework';
import type { BindRequest, Cycle } from './plugin';
import type { PodInfo } from './pod-info';
import type { Profile } from './profile';
import type { Backoffs, Moment, QueuedPod, SchedulingQueue } from './queue';

export interface SchedulerArgs {
  /** API servers in order of preference. */
  readonly server: readonly ProcessId[];
  /** Requests per second to the API server; 0: unlimited. Absent: 50. */
  readonly qps?: number;
  /** Absent: 100. */
  readonly burst?: number;
  /** false: works without a Lease. Absent: true. */
  readonly leaderElect?: boolean;
  /** Absent: `kube-scheduler` in kube-system, with the times of all components. */
  readonly lease?: ElectionSettings;
  /** Who it is to the API server. Absent: `system:kube-scheduler`. */
  readonly credentials?: Credentials;
  /** A name of the network that stands for the API servers of now. Absent: they stay those above. */
  readonly endpoint?: string;
  /** Absent: the default profile. At least one; each of another name. */
  readonly profiles?: readonly Profile[];
  /** Absent: 1 s and 10 s. */
  readonly backoffs?: Backoffs;
}

/** A pod on its way to its node: writes that are made one after the other. */
export interface Binding {
  readonly queued: QueuedPod;
  readonly pod: PodInfo;
  readonly node: string;
  readonly steps: readonly {
    readonly plugin: string;
    readonly extensionPoint: 'PreBind' | 'Bind';
    /** null: a wait until what was asked for has come about. */
    readonly request: BindRequest | null;
    /** How long to wait at most; for a request 0. */
    readonly patience: Micros;
  }[];
  next: number;
  /** Monotonic time at which the wait ends that has begun; null: there is none. */
  deadline: Micros | null;
}

/** Victims on their way out; the preemptor is held back until all calls but the last pod's are done. */
export interface Preemption {
  readonly preemptor: PodInfo;
  readonly node: string;
  /** Called last, so that its end is what wakes the preemptor. */
  readonly last: PodInfo;
  /** Uids of victims whose calls are not answered yet. */
  readonly pending: Set<string>;
}

export interface SchedulerState {
  readonly profiles: readonly Profile[];
  readonly client: Client;
  /** By name of the profile, which reports the Events of its pods. */
  readonly recorders: ReadonlyMap<string, Recorder>;
  /** null: it works without one. */
  election: Election | null;
  /** Whether the caches of pods and nodes have been filled. */
  synced: boolean;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly rotation: Rotation;
  /** By uid of the pod. */
  readonly bindings: Map<string, Binding>;
  /** By uid of the preemptor. */
  readonly preemptions: Map<string, Preemption>;
  readonly attempts: Ring<AttemptRecord>;
  /** Monotonic time until which the last attempt keeps it busy. */
  busyUntil: Micros;
  cycleTimer: EventId | null;
  backoffTimer: EventId | null;
  unschedulableTimer: EventId | null;
  /** Since the start of the process. */
  readonly counts: { scheduled: number; unschedulable: number; errors: number };
}

/** What queue operations need to know of this moment. */
export const momentOf = (state: SchedulerState, ctx: Context): Moment => ({
  now: ctx.monotonic,
  event: ctx.cause,
  frameworks: frameworksOf(state.profiles),
  preempting: state.preemptions,
});

/** What plug-ins may look at when they try a pod. */
export const cycleOf = ({ profiles, cache, queue, client }: SchedulerState, pod: PodInfo): Cycle => ({
  profile: frameworkFor(frameworksOf(profiles), pod.pod).profile,
  pod,
  cache,
  view: viewOf(client),
  nominees: queue.nominees,
  promisedNode: queue.nominated.get(pod.uid) ?? '',
});

/** What reports the Events of a pod. */
export const recorderFor = ({ profiles, recorders }: SchedulerState, pod: Pod): Recorder =>
  recorders.get(frameworkFor(frameworksOf(profiles), pod).profile.schedulerName)!;
