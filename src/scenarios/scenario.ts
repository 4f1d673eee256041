/** A scenario: a cluster, what is done to it, and what must be true of it. The parsed form of a scenario file; plain data. */
import type { Action, ClusterSpec } from '#engine/cluster/door';
import type { Fault } from '#engine/cluster/records';
import type { Condition } from './conditions/condition';

export interface Scenario {
  /** Null where the file gives none. */
  readonly name: string | null;
  readonly seed: number;
  readonly cluster: ClusterSpec;
  readonly steps: readonly Step[];
}

/** Where the text of a manifest comes from. */
export type Manifest =
  | { readonly type: 'text'; readonly text: string }
  /** A path relative to the scenario file, and where it is named. */
  | { readonly type: 'file'; readonly path: string; readonly line: number };

/** What a step with an answer expects of it: null, that all goes well; else that it fails and says this (part of it, or a glob). */
export type ExpectedFailure = string | null;

export interface RequestAction {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: unknown;
}

export type TrafficAction = Extract<Action, { readonly type: 'traffic' }>;

export type StepAction =
  | {
      readonly type: 'apply' | 'delete';
      readonly manifest: Manifest;
      readonly namespace: string;
      readonly fails: ExpectedFailure;
    }
  | { readonly type: 'request'; readonly request: RequestAction; readonly fails: ExpectedFailure }
  /** Lines of the laptop's shell; one that begins with none of its programs is kubectl's. */
  | { readonly type: 'kubectl'; readonly command: string; readonly fails: ExpectedFailure }
  /** A command line of etcdctl or etcdutl on the laptop. */
  | { readonly type: 'etcdctl'; readonly command: string; readonly fails: ExpectedFailure }
  | { readonly type: 'fault'; readonly id: string; readonly fault: Fault }
  | { readonly type: 'heal'; readonly id: string }
  | { readonly type: 'power-on' | 'remove-machine'; readonly machine: string }
  | TrafficAction
  | Extract<Action, { readonly type: 'configure-scheduler' }>
  | { readonly type: 'add-machine'; readonly zone: string | null; readonly role: 'worker' | 'control-plane' }
  /** Virtual microseconds. */
  | { readonly type: 'wait'; readonly duration: number }
  | { readonly type: 'wait-for'; readonly conditions: readonly Condition[]; readonly within: number }
  | { readonly type: 'expect'; readonly conditions: readonly Condition[] };

export type Step = StepAction & {
  /** What the report calls it. */
  readonly name: string;
};

/** Paths of all files that a scenario needs, each once. */
export const filesOf = (scenario: Scenario): Extract<Manifest, { type: 'file' }>[] => {
  const files = new Map<string, Extract<Manifest, { type: 'file' }>>();
  for (const step of scenario.steps) {
    if ((step.type === 'apply' || step.type === 'delete') && step.manifest.type === 'file') {
      if (!files.has(step.manifest.path)) files.set(step.manifest.path, step.manifest);
    }
  }
  return [...files.values()];
};
