/**
 * cluster-autoscaler, an add-on: has the cloud add machines for pods that fit nowhere, and take away those that nobody needs. It
 * uses the API like everyone and the cloud's own interface (`cloud.ts`). What it does comes late: it runs where somebody installs it.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/core/static_autoscaler.go
 */
import { LateCode } from '#engine/late/late-code';
import type { Client } from '#engine/client/client';
import type { Recorder } from '#engine/client/events';
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

export interface AutoscalerArgs {
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint: string;
  readonly cloud: ProcessId;
  /** `--expander`: `least-waste` or `random`. */
  readonly expander: string;
  readonly scanInterval: Micros;
  readonly scaleDownUnneededTime: Micros;
  readonly scaleDownUnreadyTime: Micros;
  readonly scaleDownDelayAfterAdd: Micros;
  readonly scaleDownUtilizationThreshold: number;
}

/** A node on its way out. */
export interface Deletion {
  readonly group: string;
  readonly since: Micros;
  /** It is being tainted, its pods leave, the cloud takes its machine. */
  phase: 'tainting' | 'draining' | 'gone';
  readonly isEmpty: boolean;
}

export interface AutoscalerState {
  readonly args: AutoscalerArgs;
  readonly client: Client;
  readonly recorder: Recorder;
  /** The number of the question to the cloud that has no answer yet. */
  asked: number;
  /** Since when a node is not needed, by name. */
  readonly unneeded: Map<string, Micros>;
  /** Nodes that were looked at in vain are left alone until then. */
  readonly unremovableUntil: Map<string, Micros>;
  readonly deletions: Map<string, Deletion>;
  lastScaleUp: Micros | null;
  lastScaleDownFailure: Micros | null;
  /** Since when each condition of the status is what it is, by what it is about. */
  readonly transitions: Map<string, { readonly status: string; readonly since: Micros }>;
  /** The ConfigMap is there. */
  hasStatus: boolean;
  /** What was logged last of a node. */
  readonly said: Map<string, string>;
}

export interface AutoscalerCode {
  start(ctx: Context, args: AutoscalerArgs): AutoscalerState;
  handle(state: AutoscalerState, message: Message, ctx: Context): void;
}

export const lateAutoscaler = new LateCode<AutoscalerCode>('cluster-autoscaler');

export const clusterAutoscaler = defineProcess<AutoscalerState, AutoscalerArgs>({
  kind: 'cluster-autoscaler',
  start: (ctx, args) => lateAutoscaler.code.start(ctx, args),
  handle: (state, message, ctx) => lateAutoscaler.code.handle(state, message, ctx),
});
