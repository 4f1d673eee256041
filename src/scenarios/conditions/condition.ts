/** What can be expected of a cluster: the parsed form of `expect:` and `wait: { for: … }`. Plain data. */
import type { LabelRequirement } from '#engine/api/label-selector';
import type { FieldPath } from './field-path';

/** From and to, both included; absent: no bound. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export type ValueTest =
  /** Null: absent. */
  | { readonly type: 'equals'; readonly value: unknown }
  /** kubectl's comparison of condition statuses and JSONPath results: by text, in any case where `anyCase`. */
  | { readonly type: 'text'; readonly value: string; readonly anyCase: boolean }
  | { readonly type: 'in'; readonly values: readonly unknown[] }
  | { readonly type: 'not'; readonly values: readonly unknown[] }
  | { readonly type: 'matches'; readonly pattern: string }
  | { readonly type: 'exists'; readonly value: boolean }
  /** Bounds may be quantities: `500m`, `2Gi`. */
  | { readonly type: 'min' | 'max'; readonly value: number | string };

/** What must be true of one field: all tests. */
export interface FieldCheck {
  readonly path: FieldPath;
  readonly pathText: string;
  readonly tests: readonly ValueTest[];
}

export interface ObjectsCondition {
  readonly type: 'objects';
  readonly kind: string;
  /** A name or a glob; null: any. */
  readonly name: string | null;
  /** Null: all namespaces, or a kind without namespaces. */
  readonly namespace: string | null;
  readonly selector: { readonly text: string; readonly requirements: readonly LabelRequirement[] } | null;
  /** Chooses among the objects. */
  readonly where: readonly FieldCheck[];
  /** Must hold for every object chosen. */
  readonly each: readonly FieldCheck[];
  /** Null: at least one. */
  readonly count: Range | null;
  /** Nothing may be chosen. */
  readonly gone: boolean;
  /** Each must have been seen by its controller as it is now (`status.observedGeneration`), as kubectl wait has it. */
  readonly observed: boolean;
}

export interface EventsCondition {
  readonly type: 'events';
  readonly reason: string | null;
  readonly eventType: string | null;
  /** Globs. */
  readonly regarding: { readonly kind: string; readonly name: string } | null;
  readonly namespace: string | null;
  /** Part of the message, or a glob for all of it. */
  readonly message: string | null;
  /** Occurrences, those of a series included. */
  readonly count: Range;
}

export interface MachineCondition {
  readonly type: 'machine';
  readonly name: string;
  readonly power: 'on' | 'booting' | 'off' | null;
  /** What the API says of its node. */
  readonly ready: boolean | null;
  readonly zone: string | null;
  /** Pods whose containers really exist on it. */
  readonly sandboxes: Range | null;
  /** State by name of the process. */
  readonly processes: Readonly<Record<string, 'running' | 'paused' | 'down'>>;
  readonly exists: boolean;
}

/** `text` is how it was asked for: what a failure begins with. */
export type Condition = (ObjectsCondition | EventsCondition | MachineCondition) & { readonly text: string };
