/**
 * What runs a controller: keys by watched change, a plan per key, its writes one at a time over the network, and what
 * comes of them. All controllers of a process share one client with its caches; each has its own queue and rate limit.
 *
 * State is plain data. The code of the controllers is handed in by whoever hosts them.
 */
import { objectKey } from '#engine/api/meta';
import type { Kind } from '#engine/api/types';
import type { Context, Message } from '#engine/kernel/process';
import { viewOf } from './cache';
import type { Delivery } from './client';
import { setRate } from './connection';
import { type AnyController, type ControllerState, type Run, newControllerState } from './controller-state';
import { lengthOf } from './fifo';
import { isCustom } from './paths';
import type { Change, Collection, ControllerSettings } from './plan';
import { type OwnWritesExpired, type StepAnswered, goOn, releaseSeen, stepAnswered } from './plan-execution';
import { stepsInShort, summaryOf } from './plan-requests';
import type { Rate } from './rate-limit';
import type { Client } from './state';
import { type QueueAlarm, addKey, queueAlarm, takeKey } from './work-queue';

export type { AnyController } from './controller-state';

/** The controllers of a process by name. */
export interface ControllerSet {
  readonly settings: ControllerSettings;
  readonly states: Map<string, ControllerState>;
}

/** Of each upstream controller's own client. @source kubernetes cmd/kube-controller-manager/app/options (kube-api-qps) */
export const CONTROLLER_RATE: Rate = { qps: 20, burst: 30 };

/** Those that upstream gives more. @source kubernetes cmd/kube-controller-manager/app/core.go */
const CONTROLLER_RATES: ReadonlyMap<string, Rate> = new Map([
  ['namespace', { qps: 400, burst: 3000 }],
  ['garbage-collector', { qps: 40, burst: 30 }],
]);

export function newControllerSet(controllers: readonly AnyController[], settings: ControllerSettings): ControllerSet {
  const states = controllers.map((controller) => [controller.name, newControllerState(controller, settings)] as const);
  return { settings, states: new Map(states) };
}

/** Starts each controller whose caches are filled and that has not been started. */
export function startControllers(
  set: ControllerSet,
  controllers: readonly AnyController[],
  client: Client,
  ctx: Context,
): void {
  for (const controller of controllers) {
    const state = set.states.get(controller.name);
    if (state === undefined || state.started) continue;
    if (!controller.watches.every((kind) => client.stores.get(kind)?.synced === true)) continue;
    setRate(client, controller.name, CONTROLLER_RATES.get(controller.name) ?? CONTROLLER_RATE);
    startController(state, controller, client, ctx);
  }
}

/**
 * What the controllers make of a message that the process got: `deliveries` as `receive` answered them, or null when
 * the message is not the client's.
 *
 * @returns whether it was the controllers' business
 */
export function receiveControllers(
  set: ControllerSet,
  controllers: readonly AnyController[],
  client: Client,
  message: Message,
  deliveries: readonly Delivery[] | null,
  ctx: Context,
): boolean {
  if (deliveries === null) return receiveTimer(set, controllers, client, message, ctx);
  for (const delivery of deliveries) {
    switch (delivery.type) {
      case 'change':
        offerChange(set, controllers, client, delivery.change, ctx);
        break;
      case 'answer':
        if (delivery.tag.type === 'controller/answered') {
          // The runtime's own tag.
          const tag = delivery.tag as StepAnswered;
          const state = set.states.get(tag.controller);
          if (state !== undefined) stepAnswered(state, client, delivery, tag, ctx);
        }
        break;
      case 'synced':
        startControllers(set, controllers, client, ctx);
        break;
      case 'streamed':
        break;
    }
  }
  // States stand in the order of controllers, and most have nothing to do.
  for (const state of set.states.values()) {
    if (!state.started || (state.unseen.size === 0 && lengthOf(state.queue.ready) === 0)) continue;
    const controller = controllers.find(({ name }) => name === state.name);
    if (controller === undefined) continue;
    if (state.unseen.size > 0) releaseSeen(state, client, ctx);
    if (lengthOf(state.queue.ready) > 0) takeUpKeys(state, controller, client, ctx);
  }
  return true;
}

function receiveTimer(
  set: ControllerSet,
  controllers: readonly AnyController[],
  client: Client,
  message: Message,
  ctx: Context,
): boolean {
  if (message.type !== 'queue/alarm' && message.type !== 'controller/own-writes-expired') return false;
  const timer = message as QueueAlarm | OwnWritesExpired;
  const name = timer.type === 'queue/alarm' ? timer.queue : timer.controller;
  const state = set.states.get(name);
  const controller = controllers.find((candidate) => candidate.name === name);
  if (state === undefined || controller === undefined) return false;
  if (timer.type === 'queue/alarm') queueAlarm(state.queue, ctx);
  else {
    state.expiry = null;
    releaseSeen(state, client, ctx);
  }
  takeUpKeys(state, controller, client, ctx);
  return true;
}

function startController(state: ControllerState, controller: AnyController, client: Client, ctx: Context): void {
  state.started = true;
  const view = viewOf(client);
  for (const kind of [...controller.watches, ...customCaches(controller, client)]) {
    for (const object of view.list(kind)) {
      // The object is of the kind that it was listed by.
      const change = { kind, type: 'added', object } as Change;
      for (const key of controller.keysFor(change, view)) addKey(state.queue, key, ctx.event);
    }
  }
  for (const key of controller.initialKeys?.(view) ?? []) addKey(state.queue, key, ctx.event);
  takeUpKeys(state, controller, client, ctx);
}

const customCaches = ({ watchesCustom }: AnyController, client: Client): readonly Collection[] =>
  watchesCustom === true ? [...client.stores.keys()].filter(isCustom) : [];

const isWatchedBy = ({ watches, watchesCustom }: AnyController, kind: Collection): boolean =>
  isCustom(kind) ? watchesCustom === true : watches.includes(kind);

const watching = new WeakMap<readonly AnyController[], Map<Collection, readonly AnyController[]>>();

/** Those of the controllers that watch a kind, in their order. */
function watchersOf(controllers: readonly AnyController[], kind: Collection): readonly AnyController[] {
  let known = watching.get(controllers);
  if (known === undefined) watching.set(controllers, (known = new Map()));
  let watchers = known.get(kind);
  if (watchers === undefined)
    known.set(kind, (watchers = controllers.filter((controller) => isWatchedBy(controller, kind))));
  return watchers;
}

function offerChange(
  set: ControllerSet,
  controllers: readonly AnyController[],
  client: Client,
  change: Change,
  ctx: Context,
): void {
  const view = viewOf(client);
  for (const controller of watchersOf(controllers, change.kind)) {
    const state = set.states.get(controller.name);
    if (state === undefined || !state.started) continue;
    for (const key of controller.keysFor(change, view)) addKey(state.queue, key, change.cause ?? ctx.event);
  }
}

/** Takes up keys while there are any and a worker is free. */
function takeUpKeys(state: ControllerState, controller: AnyController, client: Client, ctx: Context): void {
  while (state.runs.size < controller.workers) {
    const key = takeKey(state.queue, ctx);
    if (key === null) break;
    takeUp(state, controller, client, key, ctx);
  }
  ctx.because(ctx.event);
}

function takeUp(state: ControllerState, controller: AnyController, client: Client, key: string, ctx: Context): void {
  const plan = controller.reconcile(viewOf(client), key, {
    now: ctx.now,
    memory: state.memory,
    settings: state.settings,
    failed: state.failed.get(key) ?? [],
    answers: state.answers.get(key) ?? [],
  });
  if (plan.memory !== undefined) state.memory = plan.memory;
  const run: Run = {
    id: state.nextRun++,
    key,
    steps: plan.steps,
    again: plan.again ?? null,
    cause: ctx.cause,
    at: 0,
    deletedUid: null,
    failed: [],
    answers: [],
    writes: [],
    terminating: [],
  };
  // A clock that was set is told of, too: how long a pod may stay.
  if (plan.steps.length > 0 || (plan.because !== undefined && plan.memory !== undefined)) {
    const subject = subjectOf(controller, client, key);
    const text = plan.because ?? summaryOf(plan.steps);
    if (plan.steps.some(({ op }) => op !== 'read')) state.lastPlan = { at: ctx.monotonic, key, why: text };
    ctx.explain({
      what: plan.silent === undefined ? 'plan' : 'silence',
      actor: controller.component,
      text,
      ...(subject === null ? null : { subject }),
      data: { steps: stepsInShort(plan.steps), silent: plan.silent ?? [] },
    });
  }
  state.runs.set(key, run);
  goOn(state, client, run, ctx);
}

/** The object that a key stands for: of the first watched kind that has one of this name. */
function subjectOf(
  controller: AnyController,
  client: Client,
  key: string,
): { kind: Kind; namespace: string; name: string; uid: string } | null {
  const slash = key.indexOf('/');
  const namespace = slash < 0 ? '' : key.slice(0, slash);
  const name = key.slice(slash + 1);
  for (const kind of controller.watches) {
    const object = client.stores.get(kind)?.objects.get(objectKey(namespace, name));
    if (object !== undefined) return { kind, namespace, name, uid: object.metadata.uid };
  }
  return null;
}
