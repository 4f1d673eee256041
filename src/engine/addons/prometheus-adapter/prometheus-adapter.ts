/**
 * prometheus-adapter, an add-on: numbers that programs tell of themselves, answered for `custom.metrics.k8s.io` behind the API
 * server. What it does is in `late-prometheus-adapter.ts`: it runs where somebody installs it.
 *
 * @source kubernetes-sigs/prometheus-adapter cmd/adapter, pkg/custom-provider
 */
import { LateCode } from '#engine/late/late-code';
import type { Client } from '#engine/client/client';
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

export interface PrometheusAdapterArgs {
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint: string;
}

/** What one program told at a moment; values in thousandths. */
export interface Sample {
  readonly at: Micros;
  readonly value: number;
}

/** One metric of one pod: a counter's samples of the last minutes, or a gauge's last one. */
export interface Series {
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly Sample[];
}

/** A pod that is asked, and what it has told: by the metric's name. */
export interface PodSeries {
  readonly namespace: string;
  readonly name: string;
  readonly series: ReadonlyMap<string, Series>;
}

export interface PrometheusAdapterState {
  readonly args: PrometheusAdapterArgs;
  readonly client: Client;
  /** By `namespace/name`. */
  readonly pods: Map<string, PodSeries>;
  /** Pods that have been asked and have not answered, by the number of the request. */
  readonly asked: Map<number, { readonly namespace: string; readonly name: string }>;
  nextAsk: number;
}

export interface PrometheusAdapterCode {
  start(ctx: Context, args: PrometheusAdapterArgs): PrometheusAdapterState;
  handle(state: PrometheusAdapterState, message: Message, ctx: Context): void;
}

export const latePrometheusAdapter = new LateCode<PrometheusAdapterCode>('prometheus-adapter');

export const prometheusAdapter = defineProcess<PrometheusAdapterState, PrometheusAdapterArgs>({
  kind: 'prometheus-adapter',
  start: (ctx, args) => latePrometheusAdapter.code.start(ctx, args),
  handle: (state, message, ctx) => latePrometheusAdapter.code.handle(state, message, ctx),
});
