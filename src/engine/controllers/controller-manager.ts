/**
 * kube-controller-manager: the process that hosts the controllers, over one shared set of caches, while it holds
 * its lease. What each controller does is in `NAME/reconcile.ts`; which there are, in `registry.ts`.
 *
 * @source kubernetes cmd/kube-controller-manager/app/controllermanager.go
 */
import { certified } from '#engine/apiserver/wire';
import { type Client, newClient, receive, reflect, startClient } from '#engine/client/client';
import {
  type AnyController,
  CONTROLLER_RATE,
  type ControllerSet,
  newControllerSet,
  receiveControllers,
  startControllers,
} from '#engine/client/controller-runtime';
import { type Recorder, newRecorder } from '#engine/client/events';
import { type Election, isLeading, receiveElection, startElection } from '#engine/client/leader-election';
import { lengthOf } from '#engine/client/fifo';
import type { ControllerSettings } from '#engine/client/plan';
import type { Context, Message, ProcessDefinition, ProcessId } from '#engine/kernel/process';
import { lateReconcilers } from './late';
import { controllers as known } from './registry';

export interface ControllerManagerArgs {
  readonly server: readonly ProcessId[];
  readonly settings: ControllerSettings;
  /** Names of the controllers to run; absent: all. */
  readonly controllers?: readonly string[];
}

export interface ControllerManagerState {
  readonly client: Client;
  readonly recorder: Recorder;
  /** Names of the controllers that run here. */
  readonly names: readonly string[];
  readonly set: ControllerSet;
  election: Election;
}

type ControllerManager = ProcessDefinition<ControllerManagerState, ControllerManagerArgs>;

const NAME = 'kube-controller-manager';
const LEASE = { namespace: 'kube-system', name: NAME };

export const kubeControllerManager: ControllerManager = controllerManagerOf(known);

/** The process that hosts these controllers. */
export function controllerManagerOf(registry: readonly AnyController[]): ControllerManager {
  return {
    kind: NAME,

    start(ctx, args) {
      const chosen = registry.filter(({ name }) => args.controllers?.includes(name) ?? true);
      const client = newClient({
        servers: args.server,
        userAgent: `${NAME}/v1.35.0 (linux/amd64) kubernetes/kubarium`,
        credentials: certified(`system:${NAME}`),
        ...CONTROLLER_RATE,
      });
      startClient(client, ctx);
      ctx.log('I controllermanager.go] "Starting" version="v1.35.5"');
      ctx.log('I secure_serving.go:211] Serving securely on 127.0.0.1:10257');
      return {
        client,
        recorder: newRecorder(NAME, ''),
        names: chosen.map(({ name }) => name),
        set: newControllerSet(chosen, args.settings),
        election: startElection(client, ctx, LEASE),
      };
    },

    handle(state, message, ctx) {
      const controllers = hostedBy(state, registry);
      let deliveries = receive(state.client, message, ctx);
      for (const received of deliveries ?? [message]) elect(state, controllers, received, ctx);
      if (
        deliveries?.some((each) => each.type === 'change' && each.change.kind === 'CustomResourceDefinition') === true
      )
        deliveries = [...deliveries, ...lateReconcilers.code.followDefinitions(state.client, ctx, METADATA)];
      if (isLeading(state.election)) receiveControllers(state.set, controllers, state.client, message, deliveries, ctx);
    },
  };
}

/**
 * Controllers that watch whatever the API has. What only they watch is limited apart, so that the others need not wait for it.
 *
 * @source kubernetes cmd/kube-controller-manager/app/controllermanager.go (metadata-informers)
 */
const WHOLE_API: ReadonlySet<string> = new Set([
  'garbage-collector',
  'namespace',
  'resourcequota',
  'disruption',
  'horizontal-pod-autoscaler',
  'stale-pod-disruption',
  'endpoints',
  'endpointslice-mirroring',
  'persistentvolume-binder',
  'local-path-provisioner',
  'storage-class-installer',
]);
const METADATA = { bucket: 'metadata-informers' };

/** Of an explanation an observer is told so many characters. */
const MOST_OF_WHY = 160;

/**
 * What an observer is told: whether it leads, how many keys each controller has in hand or waiting, and its last plan: when (µs),
 * for which key, and why.
 */
export function controllerFacts({ election, set }: ControllerManagerState): Readonly<Record<string, string | number>> {
  const facts: Record<string, string | number> = { role: isLeading(election) ? 'leader' : 'candidate' };
  for (const { name, queue, runs, lastPlan } of set.states.values()) {
    facts[`queue:${name}`] = lengthOf(queue.ready) + runs.size;
    if (lastPlan === null) continue;
    const { at, key, why } = lastPlan;
    facts[`plan:${name}`] = `${at} ${key} ${why}`.slice(0, MOST_OF_WHY);
  }
  return facts;
}

const hosted = new WeakMap<ControllerManagerState, readonly AnyController[]>();

function hostedBy(state: ControllerManagerState, registry: readonly AnyController[]): readonly AnyController[] {
  let controllers = hosted.get(state);
  if (controllers === undefined) {
    controllers = registry.filter(({ name }) => state.names.includes(name));
    hosted.set(state, controllers);
  }
  return controllers;
}

function elect(
  state: ControllerManagerState,
  controllers: readonly AnyController[],
  received: Message,
  ctx: Context,
): void {
  const transition = receiveElection(state.election, state.client, state.recorder, received, ctx);
  if (transition === 'leading') {
    const [whole, others] = [true, false].map((all) => controllers.filter(({ name }) => WHOLE_API.has(name) === all));
    for (const { watches } of others!) for (const kind of watches) reflect(state.client, kind);
    for (const { watches } of whole!) for (const kind of watches) reflect(state.client, kind, METADATA);
    startClient(state.client, ctx);
    startControllers(state.set, controllers, state.client, ctx);
  } else if (transition === 'lost') {
    ctx.log('E controllermanager.go] leaderelection lost');
    ctx.exit(1);
  }
}
