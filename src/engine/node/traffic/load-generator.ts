/**
 * Somebody out in the internet who sends requests, process kind `load-generator`: so many a second to an app, shared evenly by
 * its ready endpoints. What it does is in `late-load-generator.ts`: nobody sends anything before somebody asks for it.
 */
import { LateCode } from '#engine/late/late-code';
import type { Client } from '#engine/client/client';
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';

/** What is sent to. */
export interface TrafficTarget {
  readonly kind: 'Service' | 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'ReplicationController';
  readonly namespace: string;
  readonly name: string;
}

/** From now on so many requests a second; 0: none. */
export interface SetTraffic extends Message {
  readonly type: 'traffic/set';
  readonly to: TrafficTarget;
  readonly requestsPerSecond: number;
}

export interface LoadGeneratorArgs {
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint: string;
}

/** Who answers. */
export interface TrafficEndpoint {
  readonly node: string;
  readonly address: string;
  readonly port: number;
}

export interface Stream {
  readonly to: TrafficTarget;
  rate: number;
  /** As read last. */
  endpoints: readonly TrafficEndpoint[];
  /** Nodes that were told of it. */
  readonly told: Set<string>;
}

export interface LoadGeneratorState {
  readonly args: LoadGeneratorArgs;
  /** Null: it has never had to ask. */
  client: Client | null;
  /** By kind, namespace and name. */
  readonly streams: Map<string, Stream>;
  /** Whether a timer runs. */
  looking: boolean;
}

export const lateLoadGenerator = new LateCode<(state: LoadGeneratorState, message: Message, ctx: Context) => void>(
  'traffic from outside',
);

export const loadGenerator = defineProcess<LoadGeneratorState, LoadGeneratorArgs>({
  kind: 'load-generator',
  start: (_ctx, args) => ({ args, client: null, streams: new Map(), looking: false }),
  handle: (state, message, ctx) => lateLoadGenerator.code(state, message, ctx),
});
