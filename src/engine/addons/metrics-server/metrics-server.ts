/**
 * metrics-server, an add-on: asks every kubelet what runs there and what it uses, remembers the last two answers, and answers for
 * `metrics.k8s.io/v1beta1` behind the API server. What it does is in `late-metrics-server.ts`: it runs where somebody installs it.
 *
 * @source kubernetes-sigs/metrics-server cmd/metrics-server/app, pkg/{server,scraper,storage,api}
 */
import type { Client } from '#engine/client/client';
import { LateCode } from '#engine/late/late-code';
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

export interface MetricsServerArgs {
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint: string;
  /** `--metric-resolution`: how often it asks. */
  readonly resolution: Micros;
}

/** A probe of its kubelet. */
export interface MetricsServerProbe extends Message {
  readonly type: 'metrics-server/probe';
  readonly id: number;
  readonly path: string;
}

/** What was counted at a moment. Times are µs by the clock of who counted. */
export interface Point {
  readonly at: Micros;
  /** When the container was started; of a node 0. */
  readonly start: Micros;
  /** CPU time since then, nanoseconds of one core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** Two points give a rate. */
export interface Track {
  readonly last: Point;
  readonly previous: Point | null;
}

export interface NodeTracks {
  readonly node: Track;
  /** By `namespace/name`, then by container. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Track>>;
}

export interface MetricsServerState {
  readonly args: MetricsServerArgs;
  readonly client: Client;
  readonly nodes: Map<string, NodeTracks>;
  /** Kubelets that have been asked and have not answered, by the number of the request. */
  readonly asked: Map<number, string>;
  nextAsk: number;
}

export interface MetricsServerCode {
  start(ctx: Context, args: MetricsServerArgs): MetricsServerState;
  handle(state: MetricsServerState, message: Message, ctx: Context): void;
}

export const lateMetricsServer = new LateCode<MetricsServerCode>('metrics-server');

export const metricsServer = defineProcess<MetricsServerState, MetricsServerArgs>({
  kind: 'metrics-server',
  start: (ctx, args) => lateMetricsServer.code.start(ctx, args),
  handle: (state, message, ctx) => lateMetricsServer.code.handle(state, message, ctx),
});
