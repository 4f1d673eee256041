/** A small API server and a bare component for tests of the client: real messages over the real kernel, no etcd. */
import { builtIn } from '#engine/api/registry';
import { alreadyExists, conflict, expired, notFound } from '#engine/api/status-error';
import type { Kind, KubeObject, Status } from '#engine/api/types';
import { SUPER_ADMIN } from '#engine/apiserver/testing';
import type { ApiRequest, ToApiServer, WatchEvent } from '#engine/apiserver/wire';
import { Kernel } from '#engine/kernel/kernel';
import type { Definitions } from '#engine/kernel/run';
import {
  type Context,
  type Message,
  type ProcessDefinition,
  type ProcessId,
  defineProcess,
} from '#engine/kernel/process';
import { MILLISECOND } from '#engine/kernel/time';
import { type Client, type Delivery, newClient, receive, reflect, request, startClient } from './client';
import { type AnyController, type ControllerSet, newControllerSet, receiveControllers } from './controller-runtime';
import { type EventInput, type Recorder, newRecorder, recordEvent } from './events';
import type { ClientConfig, RequestSpec } from './state';

interface Watcher {
  readonly to: ProcessId;
  readonly id: number;
  readonly collection: string;
}

interface LoggedChange {
  readonly revision: number;
  readonly collection: string;
  readonly event: WatchEvent;
}

/** The next request of this method whose path begins so is answered by `status` instead; `null`: never. */
export interface Misfortune {
  readonly method: string;
  readonly path: string;
  readonly status: Status | null;
}

export interface FakeServerState {
  revision: number;
  /** Watches and lists from before this revision are refused. */
  compacted: number;
  /** By path of the collection over all namespaces, then `namespace/name`. */
  readonly objects: Map<string, Map<string, KubeObject>>;
  readonly history: LoggedChange[];
  watchers: Watcher[];
  misfortunes: Misfortune[];
  /** Every request that arrived, as `METHOD path`. */
  readonly requests: { readonly at: number; readonly line: string; readonly request: ApiRequest }[];
  answersPings: boolean;
  /** Watch events are not sent while true: caches lag behind. */
  holdsEvents: boolean;
  names: number;
}

export const SERVER = 'server/kube-apiserver';
const CONFIG: ClientConfig = { servers: [SERVER], userAgent: 'test', credentials: SUPER_ADMIN, qps: 0, burst: 0 };

export const fakeServer: ProcessDefinition<FakeServerState, null> = defineProcess({
  kind: 'fake-apiserver',
  start(): FakeServerState {
    return {
      revision: 100,
      compacted: 0,
      objects: new Map(),
      history: [],
      watchers: [],
      misfortunes: [],
      requests: [],
      answersPings: true,
      holdsEvents: false,
      names: 0,
    };
  },
  handle(state, incoming, ctx) {
    const message = incoming as ToApiServer | WriteOrder;
    switch (message.type) {
      case 'fake/write':
        if (message.event === 'DELETED') removeObject(state, message.collection, keyOf(message.object), ctx);
        else putObject(state, message.collection, message.object, ctx);
        return;
      case 'api/ping': {
        const { from } = ctx;
        if (from === null || !state.answersPings) return;
        const watches = state.watchers.filter((watcher) => watcher.to === from).map(({ id }) => id);
        ctx.send(from, { type: 'api/pong', watches } as Message);
        return;
      }
      case 'api/cancel':
        state.watchers = state.watchers.filter(({ to, id }) => to !== ctx.from || id !== message.id);
        return;
      case 'api/stream-chunk':
        return;
      case 'api/request':
        serve(state, message, ctx);
    }
  },
});

interface WriteOrder extends Message {
  readonly type: 'fake/write';
  readonly event: 'PUT' | 'DELETED';
  readonly collection: string;
  readonly object: KubeObject;
}

function serve(state: FakeServerState, message: ApiRequest, ctx: Context): void {
  const { from } = ctx;
  if (from === null) return;
  const line = `${message.method} ${message.path}`;
  state.requests.push({ at: ctx.monotonic, line, request: message });
  const answer = (code: number, body: unknown): void =>
    ctx.send(from, { type: 'api/response', id: message.id, code, body } as Message);

  const bad = state.misfortunes.findIndex(
    ({ method, path }) => method === message.method && message.path.startsWith(path),
  );
  const misfortune = state.misfortunes[bad];
  if (misfortune !== undefined) {
    state.misfortunes.splice(bad, 1);
    if (misfortune.status !== null) answer(misfortune.status.code ?? 500, misfortune.status);
    return;
  }

  const { collection, of, namespace, name } = parse(message.path);
  const objects = state.objects.get(collection) ?? new Map<string, KubeObject>();
  const key = namespace === '' ? name : `${namespace}/${name}`;
  const there = objects.get(key);
  const body = message.body as KubeObject;
  switch (message.method) {
    case 'GET':
      if (name !== '') answer(there === undefined ? 404 : 200, there ?? notFound(of, name));
      else if (message.query?.['watch'] === 'true') watch(state, message, collection, ctx);
      else list(state, message, [...objects.values()], answer);
      return;
    case 'POST': {
      const given =
        body.metadata.name ?? `${body.metadata.generateName ?? ''}${String(++state.names).padStart(5, 'x')}`;
      const createdKey = namespace === '' ? given : `${namespace}/${given}`;
      if (objects.has(createdKey)) answer(409, alreadyExists(of, given));
      else {
        const metadata = {
          ...body.metadata,
          name: given,
          uid: `uid-${++state.names}`,
          creationTimestamp: '2026-01-01T00:00:00Z',
        };
        answer(201, putObject(state, collection, { ...body, metadata }, ctx));
      }
      return;
    }
    case 'PUT':
      if (there === undefined) answer(404, notFound(of, name));
      else if (body.metadata.resourceVersion !== there.metadata.resourceVersion) answer(409, conflict(of, name));
      else answer(200, putObject(state, collection, body, ctx));
      return;
    case 'PATCH':
      if (there === undefined) answer(404, notFound(of, name));
      else answer(200, putObject(state, collection, { ...there, ...(message.body as object) }, ctx));
      return;
    case 'DELETE':
      if (there === undefined) answer(404, notFound(of, name));
      else answer(200, removeObject(state, collection, key, ctx));
      return;
  }
}

function list(
  state: FakeServerState,
  message: ApiRequest,
  items: readonly KubeObject[],
  answer: (code: number, body: unknown) => void,
): void {
  const limit = message.query?.['resourceVersion'] === undefined ? Number(message.query?.['limit'] ?? 0) : 0;
  const from = Number(message.query?.['continue'] ?? 0);
  const page = limit === 0 ? items.slice(from) : items.slice(from, from + limit);
  const more = from + page.length < items.length;
  const metadata = {
    resourceVersion: String(state.revision),
    ...(more ? { continue: String(from + page.length) } : {}),
  };
  answer(200, { kind: 'List', apiVersion: 'v1', metadata, items: page });
}

function watch(state: FakeServerState, message: ApiRequest, collection: string, ctx: Context): void {
  const to = ctx.from;
  if (to === null) return;
  const since = Number(message.query?.['resourceVersion']);
  if (since < state.compacted) {
    const events = [{ type: 'ERROR', object: expired(`too old resource version: ${since} (${state.compacted})`) }];
    ctx.send(to, { type: 'api/watch-events', id: message.id, events } as Message);
    ctx.send(to, { type: 'api/watch-closed', id: message.id } as Message);
    return;
  }
  state.watchers.push({ to, id: message.id, collection });
  const missed = state.history.filter((change) => change.collection === collection && change.revision > since);
  if (missed.length > 0) {
    ctx.send(to, { type: 'api/watch-events', id: message.id, events: missed.map(({ event }) => event) } as Message);
  }
}

function putObject(state: FakeServerState, collection: string, object: KubeObject, ctx: Context): KubeObject {
  let objects = state.objects.get(collection);
  if (objects === undefined) state.objects.set(collection, (objects = new Map()));
  state.revision += 1;
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(state.revision) } };
  const type = objects.has(keyOf(stored)) ? 'MODIFIED' : 'ADDED';
  objects.set(keyOf(stored), stored);
  tell(state, collection, { type, object: stored }, ctx);
  return stored;
}

function removeObject(state: FakeServerState, collection: string, key: string, ctx: Context): KubeObject | undefined {
  const there = state.objects.get(collection)?.get(key);
  if (there === undefined) return undefined;
  state.objects.get(collection)?.delete(key);
  state.revision += 1;
  const last = { ...there, metadata: { ...there.metadata, resourceVersion: String(state.revision) } };
  tell(state, collection, { type: 'DELETED', object: last }, ctx);
  return last;
}

function tell(state: FakeServerState, collection: string, event: WatchEvent, ctx: Context): void {
  state.history.push({ revision: state.revision, collection, event });
  if (state.holdsEvents) return;
  for (const watcher of state.watchers) {
    if (watcher.collection !== collection) continue;
    ctx.send(watcher.to, { type: 'api/watch-events', id: watcher.id, events: [event] } as Message);
  }
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function parse(path: string): {
  readonly collection: string;
  readonly of: { readonly group: string; readonly resource: string };
  readonly namespace: string;
  readonly name: string;
} {
  const parts = path.slice(1).split('/');
  const core = parts.shift() === 'api';
  const group = core ? '' : (parts.shift() ?? '');
  const version = parts.shift() ?? '';
  const namespaced = parts[0] === 'namespaces' && builtIn.byPath(group, version, parts[2] ?? '') !== undefined;
  const namespace = namespaced ? (parts[1] ?? '') : '';
  const [resource = '', name = ''] = namespaced ? parts.slice(2) : parts;
  return { collection: `${group}/${resource}`, of: { group, resource }, namespace, name };
}

/** What the bare component is told to do. */
export type Order =
  | { readonly type: 'do/request'; readonly spec: RequestSpec; readonly tag: Message }
  | { readonly type: 'do/event'; readonly event: EventInput };

export interface ComponentState {
  readonly client: Client;
  readonly recorder: Recorder;
  readonly deliveries: { readonly at: number; readonly delivery: Delivery }[];
}

interface ComponentArgs {
  readonly kinds: readonly Kind[];
  readonly config?: Partial<ClientConfig>;
}

export const component: ProcessDefinition<ComponentState, ComponentArgs> = defineProcess({
  kind: 'component',
  start(ctx, args: ComponentArgs): ComponentState {
    const client = newClient({ ...CONFIG, ...args.config });
    for (const kind of args.kinds) reflect(client, kind);
    startClient(client, ctx);
    return { client, recorder: newRecorder('test-component', ''), deliveries: [] };
  },
  handle(state, message, ctx) {
    const deliveries = receive(state.client, message, ctx);
    for (const delivery of deliveries ?? []) state.deliveries.push({ at: ctx.monotonic, delivery });
    const order = message as Order;
    if (order.type === 'do/request') request(state.client, ctx, order.spec, order.tag);
    if (order.type === 'do/event') recordEvent(state.client, state.recorder, ctx, order.event);
  },
});

export const COMPONENT = 'worker/component';

export interface HostState {
  readonly client: Client;
  readonly set: ControllerSet;
}

export const HOST = 'worker/host';

/** Hosts controllers without an election. */
export function hostOf(controllers: readonly AnyController[]): ProcessDefinition<HostState, null> {
  return {
    kind: 'host',
    start(ctx) {
      const client = newClient(CONFIG);
      for (const { watches } of controllers) for (const kind of watches) reflect(client, kind);
      startClient(client, ctx);
      return { client, set: newControllerSet(controllers, { clusterCidr: '10.244.0.0/16' }) };
    },
    handle({ client, set }, message, ctx) {
      receiveControllers(set, controllers, client, message, receive(client, message, ctx), ctx);
    },
  };
}

/** A machine with the small API server and one for each of these processes, switched on; they are named `worker`, `worker2`, …. */
export function testKernel(
  processes: readonly { readonly definition: ProcessDefinition<never, never>; readonly args: unknown }[],
): Kernel {
  const definitions = new Map<string, ProcessDefinition<never, never>>([
    [fakeServer.kind, fakeServer as ProcessDefinition<never, never>],
    ...processes.map(({ definition }) => [definition.kind, definition] as const),
  ]) as Definitions;
  const kernel = new Kernel({ seed: 7, freeze: true }, definitions);
  const machine = (name: string, unit: string, kind: string, args: unknown): void => {
    kernel.addMachine({
      name,
      rack: 'r1',
      zone: 'z1',
      diskBytes: 1e9,
      bootTime: 0,
      units: [{ name: unit, kind, args, restartAfter: null }],
      facts: {},
    });
    kernel.powerOn(name);
    kernel.run(kernel.now + MILLISECOND / 10, Infinity);
  };
  machine('server', 'kube-apiserver', fakeServer.kind, null);
  processes.forEach(({ definition, args }, index) => {
    machine(index === 0 ? 'worker' : `worker${index + 1}`, definition.kind, definition.kind, args);
  });
  return kernel;
}

/** The state of a process that runs. */
export function stateOf<State>(kernel: Kernel, id: ProcessId): State {
  return kernel.processes.get(id)?.state as State;
}

/** Writes straight into the server's store, as somebody else would. */
export function serverWrites(kernel: Kernel, collection: string, ...objects: readonly KubeObject[]): void {
  for (const object of objects)
    kernel.deliver(SERVER, { type: 'fake/write', event: 'PUT', collection, object } as WriteOrder);
}

export function serverDeletes(kernel: Kernel, collection: string, object: KubeObject): void {
  kernel.deliver(SERVER, { type: 'fake/write', event: 'DELETED', collection, object } as WriteOrder);
}

/** A context without a kernel: time moves when the test says so, and timers wait in a list. */
export interface ManualContext extends Context {
  monotonic: number;
  event: number;
  readonly timers: Map<number, { readonly at: number; readonly message: Message }>;
  readonly causes: number[];
  /** Moves time to the next timer and answers its message; null when there is none. */
  fire(): Message | null;
}

export function manualContext(): ManualContext {
  let number = 0;
  const context = {
    monotonic: 0,
    get now(): number {
      return context.monotonic;
    },
    event: 1,
    timers: new Map<number, { at: number; message: Message }>(),
    causes: [] as number[],
    because(cause: number): void {
      context.causes.push(cause);
    },
    after(delay: number, message: Message): number {
      context.timers.set(++number, { at: context.monotonic + delay, message });
      return number;
    },
    cancel(timer: number | null): void {
      if (timer !== null) context.timers.delete(timer);
    },
    fire(): Message | null {
      const next = [...context.timers].sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined) return null;
      context.timers.delete(next[0]);
      context.monotonic = next[1].at;
      return next[1].message;
    },
  };
  return context as unknown as ManualContext;
}
