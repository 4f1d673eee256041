/**
 * What page and engine worker say to each other. The page holds an `EngineLink`; the worker runs the engine, keeps the
 * pace and sends frames. Reading never changes a run.
 */
import type {
  Action,
  Answer,
  CloserLook,
  CloserLooks,
  Frame,
  RecordedInput,
  Recording,
  Why,
} from '#engine/cluster/door';
import type { LawReport } from '#engine/cluster/laws/report';
import type { Difference, Divergence } from '#engine/cluster/rewind/divergence';
import type { Subject } from '#engine/cluster/records';
import type { CauseRecord } from '#engine/kernel/causes';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { KeepingProblem, KeptCluster } from './kept-clusters';
import type { Pace } from './pace';

export type { Pace };

export interface StartOptions {
  readonly seed: number;
  /** Name of a starting cluster in `src/scenarios`. */
  readonly scenario: string;
  /** Under which it is kept; absent: by seed and scenario. */
  readonly name?: string;
  /** Go on from the last checkpoint in IndexedDB if there is one: its seed and scenario hold, whatever is said here. */
  readonly resume: boolean;
  /** Where the page was left: a resumed run goes on from its checkpoint, which is a little older, to there at once. */
  readonly left?: { readonly at: Micros; readonly pace: Pace };
  /** A run that was shared: it is played to where it was recorded, and stands there. Its cluster is the one that it brings. */
  readonly recording?: Recording;
}

/** What the page is told about the host itself. */
export interface HostStatus {
  readonly pace: Pace;
  /** Virtual seconds per real second, measured over the last second. */
  readonly measuredSpeed: number;
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly scenario: string;
  readonly name?: string;
  /** Why the run is not kept at the moment; absent: it is. */
  readonly unkept?: KeepingProblem;
  /** Another tab runs this cluster; this one shows what it does, and hands on to it what is done here. */
  readonly follows?: true;
  /** True when the run was resumed from a checkpoint. */
  readonly resumed: boolean;
  /** Of a shared run that has come to where it was recorded: whether its state is the recorded one. */
  readonly replayed?: boolean;
  /** Absent until the code for it is there. */
  readonly time?: TimeStatus;
}

/** Where a run has stopped: what happened, and to what. */
export interface Met {
  readonly text: string;
  readonly subject: Subject | null;
}

/** A way in which the run went. Times are virtual. */
export interface TrackStatus {
  readonly id: number;
  readonly name: string;
  /** The track that it left at `from`; null: the first. */
  readonly parent: number | null;
  readonly from: Micros;
  readonly end: Micros;
  /** When something was done. */
  readonly inputs: readonly Micros[];
}

/** Where the engine stands in what was kept of the past. */
export interface TimeStatus {
  /** Another one whenever anything but `end` has changed. */
  readonly version: number;
  /** True while it stands before the end of its track: nobody may act there. */
  readonly past: boolean;
  readonly track: number;
  readonly end: Micros;
  readonly tracks: readonly TrackStatus[];
}

/** What a step is: one event, on to an API write, or on to a control loop that made a plan. */
export type StepUnit = 'event' | 'write' | 'reconcile';

/**
 * What can be asked of the past. `seek`, `back` and `branch` pause; `present` goes on as it went before. `back`: to before the last
 * event that a step of this unit stops at.
 */
export type TimeRequest =
  | { readonly type: 'seek'; readonly at: Micros; readonly track?: number }
  | { readonly type: 'back'; readonly unit: StepUnit }
  | { readonly type: 'present'; readonly track?: number }
  | { readonly type: 'branch'; readonly name: string }
  | { readonly type: 'rename'; readonly track: number; readonly name: string }
  | { readonly type: 'remove'; readonly track: number }
  /** Absent moment: the end of the shorter track. */
  | { readonly type: 'compare'; readonly tracks: readonly [number, number]; readonly at?: Micros };

/** Two tracks beside each other: where they went apart, and what is different at a moment. */
export interface Comparison {
  readonly tracks: readonly [number, number];
  readonly at: Micros;
  readonly divergence: Divergence | null;
  readonly differences: readonly Difference[];
  /** Differences that are not listed. */
  readonly more: number;
}

/** What can be read of the engine's records, beside `object` and `why`. */
export type Look =
  /** What was done, from so many inputs on; also what is still to come while one looks at the past. */
  | { readonly type: 'inputs'; readonly from: number }
  /** An event and what caused it, as far back as is remembered. */
  | { readonly type: 'causes'; readonly event: EventId }
  | CloserLook;

export interface LookAnswers extends CloserLooks {
  readonly inputs: readonly RecordedInput[];
  readonly causes: readonly CauseRecord[];
}

/** The engine threw: a bug of ours, shown with what helps to report it. */
export interface Crash {
  readonly message: string;
  readonly stack: string;
  readonly seed: number;
  readonly events: number;
  /** JSON text to be copied: message, stack, recording. */
  readonly report: string;
  readonly canResume: boolean;
}

/** The page's end. Every method may be called at any time after `start`. */
export interface EngineLink {
  start(options: StartOptions): Promise<void>;
  /** Loads what an action will need, so that it finds it there. */
  prepare(): Promise<void>;
  setPace(pace: Pace): void;
  /** On by a step; pauses. Says in words what was met; null: nothing within an hour. */
  step(unit: StepUnit): Promise<Met | null>;
  /** Runs to the next thing that matters, at most an hour of virtual time; pauses; says in words what it was. */
  skip(): Promise<{ readonly text: string; readonly subject: Subject | null }>;
  /** Actions with a ticket resolve with their answer, others at once with null. The clock must run for an answer: while paused, virtual time runs on just as far as the answer needs. */
  input(action: Action): Promise<Answer | null>;
  /** Goes to another moment or track, or compares tracks; null for all but that. */
  time(request: TimeRequest): Promise<Comparison | null>;
  object(subject: Subject): Promise<unknown>;
  /** All whole objects. */
  objects(): Promise<readonly unknown[]>;
  /** As the engine's. */
  why(subject: Subject, absentFrom?: string): Promise<Why>;
  look<What extends Look>(what: What): Promise<LookAnswers[What['type']]>;
  /** The laws of the cluster: looked at after every step from the first call on. */
  laws(): Promise<LawReport>;
  recording(): Promise<Recording>;
  hash(): Promise<string>;
  /** All that this browser keeps, this run too. */
  keptClusters(): Promise<readonly KeptCluster[]>;
  /** Keeps this run under a name from now on; `moved`: what it was kept as before is let go. False: the name is taken. */
  keepAs(name: string, moved: boolean): Promise<boolean>;
  /** False: it is open in a tab. */
  removeKept(key: string): Promise<boolean>;
  /** What was done in a kept cluster; null: it is of another version, or not there. */
  keptRecording(key: string): Promise<Recording | null>;
  /** After a crash: go on from the last checkpoint. */
  resume(): Promise<void>;
  /** Calls with every frame (at most one per animation frame); returns the way to stop. */
  onFrame(listener: (frame: Frame, status: HostStatus) => void): () => void;
  onCrash(listener: (crash: Crash) => void): () => void;
}
