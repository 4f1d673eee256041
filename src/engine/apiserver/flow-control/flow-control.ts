/**
 * Priority and fairness: every request belongs to a flow of a priority level. A level has so many seats; what finds none waits in
 * one of its queues, chosen by shuffle sharding, or is refused. Seats are held while a request waits for etcd.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go, pkg/util/flowcontrol/{apf_controller,fairqueuing/queueset/queueset}.go, pkg/util/flowcontrol/request/list_work_estimator.go
 * @simplified begins with the first request from outside; levels lend no seats; queues take turns; watches hold no seats
 */
import { setCondition } from '#engine/api/meta';
import { tooManyRequests } from '#engine/api/status-error';
import type { FlowSchema, KubeObject, PriorityLevelConfiguration } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { hashName } from '#engine/kernel/random';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import type { UserInfo } from '../authentication/user';
import type { Attributes } from '../authorization/attributes';
import { attributesOf, pathAttributes } from '../authorization/request-attributes';
import type { FlowControl } from '../late';
import { NO_WARNINGS, OWN, sendResponse } from '../respond';
import { isConnect, type ResourceRequest } from '../routes';
import { cacheOf } from '../served';
import type { ApiServerState, Asker, Execution, FlowCounters, FlowState, LevelState, WaitingRequest } from '../state';
import { tick } from '../tick';
import type { ApiRequest } from '../wire';
import { defaultServiceCidr } from '../service-cidr';
import { LEVELS, SCHEMAS } from './bootstrap-objects';
import { configOf, distinguisherOf, type FlowConfig, schemaFor } from './classify';

const GROUP = 'flowcontrol.apiserver.k8s.io';
/** A quarter of the time that a request may take. */
const LONGEST_WAIT: Micros = 15 * SECOND;
/** After a change, until conditions are written. */
const SETTLE: Micros = 20 * MILLISECOND;
/** Objects of a list that cost a seat, and what a list may cost. */
const OBJECTS_A_SEAT = 100;
const MOST_SEATS = 10;

const keyOf = ({ client, id }: Asker): string => `${client}/${id}`;

interface Known {
  /** Of the two caches. */
  readonly revisions: readonly [number, number];
  readonly config: FlowConfig;
  /** Schemas of requests as they have been asked, by user. */
  readonly found: WeakMap<UserInfo, Map<string, FlowSchema | undefined>>;
}

const configs = new WeakMap<FlowState, Known>();
/** Kinds of requests that are remembered of a user. */
const MEMO_SIZE = 256;

/** What the objects say now. */
function knownNow(state: ApiServerState, flow: FlowState): Known {
  const schemas = cacheOf(state, `flowschemas.${GROUP}`);
  const levels = cacheOf(state, `prioritylevelconfigurations.${GROUP}`);
  const [first, second] = [schemas?.revision ?? 0, levels?.revision ?? 0];
  let known = configs.get(flow);
  if (known?.revisions[0] !== first || known.revisions[1] !== second) {
    const config = configOf(
      [...(schemas?.objects.values() ?? [])] as readonly KubeObject[] as readonly FlowSchema[],
      [...(levels?.objects.values() ?? [])] as readonly KubeObject[] as readonly PriorityLevelConfiguration[],
    );
    configs.set(flow, (known = { revisions: [first, second], config, found: new WeakMap() }));
  }
  return known;
}

export const configNow = (state: ApiServerState, flow: FlowState): FlowConfig => knownNow(state, flow).config;

/** As `schemaFor`, remembered. */
function schemaOf(of: Attributes, { config, found }: Known): FlowSchema | undefined {
  if (of.resource === '') return schemaFor(of, config);
  let byKind = found.get(of.user);
  if (byKind === undefined) found.set(of.user, (byKind = new Map()));
  const kind = `${of.verb} ${of.group}/${of.resource}/${of.subresource} ${of.namespace}`;
  let schema = byKind.get(kind);
  if (schema === undefined) {
    if (byKind.size >= MEMO_SIZE) byKind.clear();
    byKind.set(kind, (schema = schemaFor(of, config)));
  }
  return schema;
}

/** The objects that every server has are made if they are missing, levels first. */
function begin(state: ApiServerState, ctx: Context): FlowState {
  state.bootstrap.stages.push(LEVELS, [...SCHEMAS, defaultServiceCidr(state.args)]);
  ctx.after(0, tick('apiserver/bootstrap'));
  return { ready: false, held: [], executing: new Map(), levels: new Map(), counters: new Map() };
}

function levelOf(flow: FlowState, name: string): LevelState {
  let level = flow.levels.get(name);
  if (level === undefined) flow.levels.set(name, (level = { seats: 0, queues: new Map(), turn: -1 }));
  return level;
}

function countersOf(flow: FlowState, { level, schema }: Pick<Execution, 'level' | 'schema'>): FlowCounters {
  const key = `${level}/${schema}`;
  let counters = flow.counters.get(key);
  if (counters === undefined) flow.counters.set(key, (counters = { dispatched: 0, rejected: new Map() }));
  return counters;
}

/** Seats that a request takes: one, or as many as a list is long. */
function seatsFor(state: ApiServerState, route: ResourceRequest | null): number {
  if (route?.verb !== 'list') return 1;
  const objects = cacheOf(state, route.info.id)?.objects.size ?? 0;
  return Math.min(MOST_SEATS, Math.max(1, Math.ceil(objects / OBJECTS_A_SEAT)));
}

type Flow = Omit<WaitingRequest, 'deadline'>;

function execute(flow: FlowState, { asker, request, schema, level, seats, headers }: Flow): void {
  levelOf(flow, level).seats += seats;
  countersOf(flow, { level, schema }).dispatched++;
  const changes = request.method !== 'GET' && request.path.startsWith(`/apis/${GROUP}/`);
  flow.executing.set(keyOf(asker), { level, schema, seats, headers, changes });
}

function reject(
  state: ApiServerState,
  ctx: Context,
  flow: FlowState,
  { asker, request, headers, ...of }: Pick<WaitingRequest, 'asker' | 'request' | 'schema' | 'level' | 'headers'>,
  reason: 'queue-full' | 'concurrency-limit' | 'time-out',
): void {
  const { rejected } = countersOf(flow, of);
  rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  const all = { ...headers, 'retry-after': '1' };
  if (request.streaming === true)
    return sendResponse(state, ctx, asker, 429, 'Too many requests, please try again later.\n', NO_WARNINGS, {
      headers: all,
    });
  // What the client library of a component makes of it.
  const text = 'the server has received too many requests and has asked us to try again later';
  sendResponse(state, ctx, asker, 429, tooManyRequests(text, 1), NO_WARNINGS, { headers: all });
}

/** The queues that a flow may use: a hand of all. @source pkg/util/shufflesharding/dealer.go */
export function handOf(flow: string, queues: number, handSize: number): readonly number[] {
  const hand: number[] = [];
  for (let card = 0; card < Math.min(handSize, queues); card++) {
    let queue = hashName(`${flow}/${card}`) % (queues - card);
    for (const other of hand.toSorted((a, b) => a - b)) if (queue >= other) queue++;
    hand.push(queue);
  }
  return hand;
}

const waitingIn = ({ queues }: LevelState): number => {
  let waiting = 0;
  for (const queue of queues.values()) waiting += queue.length;
  return waiting;
};

/** Puts a request into the shortest queue of its hand, if that is not full. */
function enqueue(
  ctx: Context,
  level: LevelState,
  waiting: Omit<WaitingRequest, 'deadline'>,
  flowName: string,
  {
    queues = 64,
    handSize = 8,
    queueLengthLimit = 50,
  }: { queues?: number; handSize?: number; queueLengthLimit?: number },
): boolean {
  const lengthOf = (queue: number): number => level.queues.get(queue)?.length ?? 0;
  const hand = handOf(flowName, queues, handSize);
  const shortest = hand.reduce((best, queue) => (lengthOf(queue) < lengthOf(best) ? queue : best));
  if (lengthOf(shortest) >= queueLengthLimit) return false;
  const queue = level.queues.get(shortest);
  const entry: WaitingRequest = { ...waiting, deadline: ctx.monotonic + LONGEST_WAIT };
  if (queue === undefined) level.queues.set(shortest, [entry]);
  else queue.push(entry);
  ctx.after(LONGEST_WAIT, tick('apiserver/flow'));
  return true;
}

function take(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest | null,
): boolean {
  const flow = (state.flow ??= begin(state, ctx));
  if (!flow.ready && request.path.startsWith(`/apis/${GROUP}/`)) {
    flow.held.push({ asker, request });
    return false;
  }
  // What lasts is not limited.
  if (route !== null && (route.verb === 'watch' || isConnect(route))) return true;
  const of = route === null ? pathAttributes(asker.user, request) : attributesOf(asker.user, request, route);
  const known = knownNow(state, flow);
  const { config } = known;
  const found = schemaOf(of, known);
  if (found === undefined) return true;
  const level = found.spec?.priorityLevelConfiguration.name ?? '';
  const schema = found.metadata.name;
  const headers = {
    'x-kubernetes-pf-flowschema-uid': found.metadata.uid,
    'x-kubernetes-pf-prioritylevel-uid': config.levels.get(level)?.metadata.uid ?? '',
  };
  const wanted: Flow = { asker, request, schema, level, headers, seats: seatsFor(state, route) };
  const limit = config.limits.get(level);
  if (limit === undefined) {
    execute(flow, { ...wanted, seats: 0 });
    return true;
  }
  const current = levelOf(flow, level);
  const seats = Math.min(wanted.seats, Math.max(1, limit));
  if (current.seats + seats <= limit && current.queues.size === 0) {
    execute(flow, { ...wanted, seats });
    return true;
  }
  const response = config.levels.get(level)?.spec?.limited?.limitResponse;
  if (response?.type !== 'Queue') reject(state, ctx, flow, wanted, 'concurrency-limit');
  else if (
    !enqueue(ctx, current, { ...wanted, seats }, `${schema}/${distinguisherOf(found, of)}`, response.queuing ?? {})
  )
    reject(state, ctx, flow, wanted, 'queue-full');
  return false;
}

const NO_HEADERS = Object.freeze({});

function finish({ flow }: ApiServerState, ctx: Context, asker: Asker): Readonly<Record<string, string>> {
  const key = keyOf(asker);
  const execution = flow?.executing.get(key);
  if (flow === null || execution === undefined) return NO_HEADERS;
  flow.executing.delete(key);
  const level = levelOf(flow, execution.level);
  level.seats -= execution.seats;
  if (level.queues.size > 0) ctx.after(0, tick('apiserver/flow'));
  if (execution.changes) ctx.after(SETTLE, tick('apiserver/flow'));
  return execution.headers;
}

function letGo(state: ApiServerState, ctx: Context, goOn: (asker: Asker, request: ApiRequest) => void): void {
  const { flow } = state;
  if (flow === null) return;
  if (!flow.ready && state.bootstrap.stages.length === 0) {
    flow.ready = true;
    for (const { asker, request } of flow.held.splice(0)) goOn(asker, request);
  }
  const config = configNow(state, flow);
  if (flow.ready && state.bootstrap.waiting === 0) writeConditions(state, ctx, config, goOn);
  for (const [name, level] of flow.levels) {
    if (level.queues.size === 0) continue;
    forget(state, ctx, flow, level);
    const limit = config.limits.get(name) ?? Infinity;
    for (let next = nextOf(level, limit); next !== null; next = nextOf(level, limit)) {
      execute(flow, next);
      goOn(next.asker, next.request);
    }
  }
}

/** Refuses what has waited for too long. */
function forget(state: ApiServerState, ctx: Context, flow: FlowState, level: LevelState): void {
  for (const [number, queue] of [...level.queues]) {
    while (queue[0] !== undefined && queue[0].deadline <= ctx.monotonic)
      reject(state, ctx, flow, queue.shift()!, 'time-out');
    if (queue.length === 0) level.queues.delete(number);
  }
}

/** Takes the next request out of the queue whose turn it is; null: nobody waits, or there are no seats. */
function nextOf(level: LevelState, limit: number): WaitingRequest | null {
  if (waitingIn(level) === 0) return null;
  const numbers = [...level.queues.keys()].toSorted((a, b) => a - b);
  const number = numbers.find((queue) => queue > level.turn) ?? numbers[0]!;
  const queue = level.queues.get(number)!;
  const [first] = queue;
  if (first === undefined || level.seats + first.seats > limit) return null;
  queue.shift();
  if (queue.length === 0) level.queues.delete(number);
  level.turn = number;
  return first;
}

/**
 * Every schema says whether its level exists.
 *
 * @source apf_controller.go (syncOne: conditions Dangling)
 */
function writeConditions(
  state: ApiServerState,
  ctx: Context,
  { levels }: FlowConfig,
  goOn: (asker: Asker, request: ApiRequest) => void,
): void {
  const schemas = [...(cacheOf(state, `flowschemas.${GROUP}`)?.objects.values() ?? [])] as readonly FlowSchema[];
  for (const { metadata, spec, status } of schemas) {
    const name = spec?.priorityLevelConfiguration.name ?? '';
    const exists = levels.has(name);
    const object = `This FlowSchema references the PriorityLevelConfiguration object named "${name}"`;
    const wanted = {
      type: 'Dangling',
      status: exists ? 'False' : 'True',
      reason: exists ? 'Found' : 'NotFound',
      message: exists ? `${object} and it exists` : `${object} but there is no such object`,
    };
    const known = status?.conditions?.find(({ type }) => type === wanted.type);
    if (known?.status === wanted.status && known.message === wanted.message) continue;
    const conditions = setCondition((status?.conditions ?? []) as never, wanted as never, ctx.now);
    state.bootstrap.waiting++;
    goOn(OWN, {
      type: 'api/request',
      id: 0,
      method: 'PATCH',
      path: `/apis/${GROUP}/v1/flowschemas/${metadata.name}/status`,
      body: { status: { conditions } },
      contentType: 'application/merge-patch+json',
      userAgent: 'api-priority-and-fairness-config-consumer-v1',
      credentials: NO_HEADERS,
    });
  }
}

export const flowControl: FlowControl = { take, finish, letGo };
