/** What is remembered of a controller between two messages: plain data. */
import { certified, type Credentials } from '#engine/apiserver/wire';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { type Recorder, newRecorder } from './events';
import type { OwnWrite } from './own-writes';
import type { Controller, ControllerSettings, FailedWrite, ReadAnswer, Step } from './plan';
import { type WorkQueue, newWorkQueue } from './work-queue';

/** A controller with whatever memory. */
export type AnyController = Controller<unknown>;

/** A plan being carried out. */
export interface Run {
  readonly id: number;
  readonly key: string;
  readonly steps: readonly Step[];
  readonly again: Micros | null;
  /** The link of the chain of causes that its explanation hangs on. */
  readonly cause: EventId;
  /** Index of the step under way. */
  at: number;
  /** Uid of the object that the deletion under way is meant for. */
  deletedUid: string | null;
  readonly failed: FailedWrite[];
  readonly answers: ReadAnswer[];
  readonly writes: OwnWrite[];
  /** Namespaces that accept nothing new. */
  readonly terminating: string[];
}

/** Writes of a finished plan that the caches have not seen. */
export interface Unseen {
  readonly writes: readonly OwnWrite[];
  /** Monotonic. */
  readonly expiresAt: Micros;
}

export interface ControllerState {
  readonly name: string;
  readonly settings: ControllerSettings;
  /** Who its writes are by; null: the process. */
  readonly credentials: Credentials | null;
  readonly queue: WorkQueue;
  readonly recorder: Recorder;
  started: boolean;
  memory: unknown;
  readonly runs: Map<string, Run>;
  /** Failed writes of each key's last plan. */
  readonly failed: Map<string, readonly FailedWrite[]>;
  /** What each key's last plan has read. */
  readonly answers: Map<string, readonly ReadAnswer[]>;
  readonly unseen: Map<string, Unseen>;
  /** The last plan that had anything in it: when (monotonic), for which key, and why. */
  lastPlan: { readonly at: Micros; readonly key: string; readonly why: string } | null;
  nextRun: number;
  /** Ends the longest wait for own writes. */
  expiry: EventId | null;
}

/** @simplified upstream asks for a token of the account (--use-service-account-credentials); here it is a certificate in its name */
const accountOf = (name: string): Credentials =>
  certified(
    `system:serviceaccount:kube-system:${name}`,
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
  );

export function newControllerState(controller: AnyController, settings: ControllerSettings): ControllerState {
  return {
    name: controller.name,
    settings,
    credentials:
      controller.credentials ??
      (controller.serviceAccount === null ? null : accountOf(controller.serviceAccount ?? controller.component)),
    queue: newWorkQueue(controller.name),
    recorder: newRecorder(controller.component, ''),
    started: false,
    memory: controller.initialMemory,
    runs: new Map(),
    failed: new Map(),
    answers: new Map(),
    unseen: new Map(),
    lastPlan: null,
    nextRun: 0,
    expiry: null,
  };
}
