/**
 * The side window, `/_sim/…`: what no Kubernetes API shows or does. The pace, the machines as they really are, faults, why,
 * the run as a recording and the whole engine.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SavedEngine } from '#engine/cluster/door';
import { wholeRecording } from '#engine/cluster/engine';
import { missingOf, nothingDone } from '#engine/cluster/fault-targets';
import type { Fault, MachineRecord } from '#engine/cluster/records';
import { formatClock, parseDuration } from '#scenarios/durations';
import { readFault } from '#scenarios/reading/read-fault';
import { readSchedulerConfiguration } from '#scenarios/reading/read-cluster';
import { readTraffic } from '#scenarios/reading/read-traffic';
import { Reader } from '#scenarios/reading/reader';
import { parseYaml } from '#scenarios/reading/yaml-source';
import type { Conductor, Pace } from './conductor';
import type { NodePorts } from './node-ports';
import { SIDE_PATH, type SideWindow } from './server';

interface Reply {
  readonly code: number;
  readonly body: unknown;
}

interface Asked {
  readonly conductor: Conductor;
  readonly nodePorts: NodePorts;
  /** After `/_sim/`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

type Handler = (asked: Asked) => Reply | Promise<Reply>;

const HELP = {
  'GET /_sim/state': 'machines, processes, links, faults, etcd members, node ports, virtual time, pace, events, hash',
  'POST /_sim/clock': '{"speed":20}, {"paused":true}, {"advance":"5m"}',
  'POST /_sim/faults': '{"type":"power-off","machine":"node-2"} answers {"id":…}',
  'DELETE /_sim/faults/ID': 'heals a fault',
  'POST /_sim/machines': '{"role":"worker"} or {"role":"control-plane","zone":"zone-b"} answers {"machine":…}',
  'DELETE /_sim/machines/NAME': 'takes a worker away, lets a control plane leave by kubeadm reset',
  'POST /_sim/traffic': '{"kind":"Service","namespace":"default","name":"web","requestsPerSecond":100}',
  'POST /_sim/scheduler': 'a KubeSchedulerConfiguration, for all schedulers of the control plane',
  'GET /_sim/why?kind=Pod&namespace=default&name=web-0': 'the chain of causes, newest first',
  'GET /_sim/why?kind=Deployment&namespace=default&name=web&absentFrom=node-3': 'why none of its pods is on a machine',
  'GET /_sim/recording': 'the run as a recording, for kubarium replay',
  'POST /_sim/save': 'the whole engine',
  'POST /_sim/restore': 'puts a saved engine in the place of this one',
};

const ok = (body: unknown): Reply => ({ code: 200, body });
const wrong = (error: string, code = 400): Reply => ({ code, body: { error } });

const HANDLERS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '': { GET: () => ok(HELP) },
  state: { GET: state },
  clock: { GET: ({ conductor }) => ok(clockOf(conductor)), POST: setClock },
  faults: { GET: ({ conductor }) => ok(conductor.engine.observe(null).faults), POST: beginFault, DELETE: healFault },
  machines: { POST: addMachine, DELETE: removeMachine },
  traffic: { POST: setTraffic },
  scheduler: { POST: configureScheduler },
  why: { GET: why },
  recording: { GET: ({ conductor }) => ok(wholeRecording(conductor.engine)) },
  save: { POST: save },
  restore: { POST: restore },
};

export const sideWindow =
  (conductor: Conductor, nodePorts: NodePorts): SideWindow =>
  (request, response, body) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [name = '', ...rest] = path.slice(SIDE_PATH.length).split('/').map(decodeURIComponent);
    const handlers = HANDLERS[name];
    const handler =
      rest.length > 0 && name !== 'faults' && name !== 'machines' ? undefined : handlers?.[request.method ?? ''];
    if (handlers === undefined)
      return reply(request, response, wrong(`no ${path}; GET /_sim/ lists what there is`, 404));
    if (handler === undefined) {
      const methods = Object.keys(handlers).join(', ');
      return reply(request, response, wrong(`${request.method} ${path} is nothing; there is ${methods}`, 405));
    }
    void answer(handler, { conductor, nodePorts, path: rest, query: new URLSearchParams(query), body }).then((given) =>
      reply(request, response, given),
    );
  };

async function answer(handler: Handler, asked: Asked): Promise<Reply> {
  try {
    return await handler(asked);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error), 500);
  }
}

function reply(request: IncomingMessage, response: ServerResponse, { code, body }: Reply): void {
  if (response.destroyed) return;
  const text = `${JSON.stringify(body, null, request.headers['user-agent']?.startsWith('curl') === true ? 2 : undefined)}\n`;
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

/** The body as a map, with its text for places of mistakes; or what is wrong with it. */
function mapOf(body: Buffer): { readonly reader: Reader; readonly data: Readonly<Record<string, unknown>> } | string {
  const parsed = parseYaml(body.toString('utf8'));
  if (!parsed.ok) return `the body cannot be read: ${parsed.problems[0]?.message ?? ''}`;
  const { data } = parsed.source;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'the body must be a JSON object';
  return { reader: new Reader(parsed.source), data: data as Readonly<Record<string, unknown>> };
}

const problemsOf = ({ problems }: Reader): string =>
  problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');

const MICROS = 1_000_000;

const clockOf = ({ engine, pace, open }: Conductor): Readonly<Record<string, unknown>> => ({
  now: engine.now,
  time: engine.now / MICROS,
  clock: formatClock(engine.now),
  speed: speedOf(pace),
  paused: pace.paused,
  openRequests: open,
});

const speedOf = ({ speed }: Pace): number | 'max' => (speed === Infinity ? 'max' : speed);

function state({ conductor, nodePorts }: Asked): Reply {
  const { engine } = conductor;
  const { machines, faults, countdowns, events } = engine.observe(null);
  return ok({
    ...clockOf(conductor),
    events,
    hash: engine.hash(),
    machines,
    processes: machines.flatMap(({ name, processes }) => processes.map((process) => ({ machine: name, ...process }))),
    links: machines.map(({ name, cable }) => ({ machine: name, in: cable.in, out: cable.out })),
    faults: faults.map(({ id, at, fault }) => ({ id, at, ...fault })),
    raft: machines.flatMap(membersOf),
    countdowns,
    nodePorts: nodePorts.records(),
  });
}

/** The etcd members of a machine, in Raft's words; of one that is down only that. */
const membersOf = ({ name, processes }: MachineRecord): unknown[] =>
  processes
    .filter((process) => process.name === 'etcd')
    .map(({ id, state, raft }) => ({ member: id, machine: name, state, ...raft }));

const SPEEDS = 'a number above 0, or "max"';

/** A pace as the command line and the side window take it; null: it is none. */
export function readSpeed(value: unknown): number | null {
  if (value === 'max') return Infinity;
  const speed = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof speed === 'number' && speed > 0 && speed <= 1_000_000 ? speed : null;
}

async function setClock({ conductor, body }: Asked): Promise<Reply> {
  const map = mapOf(body);
  if (typeof map === 'string') return wrong(map);
  const { reader, data } = map;
  reader.fields([], data, ['speed', 'paused', 'advance']);
  let pace = conductor.pace;
  if (data['speed'] !== undefined) {
    const speed = readSpeed(data['speed']);
    if (speed === null) reader.problem(['speed'], `must be ${SPEEDS}`);
    else pace = { speed, paused: false };
  }
  if (data['paused'] !== undefined) {
    const paused = reader.boolean(['paused'], data['paused']);
    if (paused !== null) pace = { ...pace, paused };
  }
  const span = data['advance'] === undefined ? 0 : readSpan(reader, data['advance']);
  if (reader.problems.length > 0 || span === null) return wrong(problemsOf(reader));
  if (Object.keys(data).length === 0) return wrong('say "speed", "paused" or "advance"');
  if (pace !== conductor.pace) conductor.setPace(pace);
  if (span > 0) await conductor.advance(span);
  return ok(clockOf(conductor));
}

/** `"5m"`, or a number of seconds. */
function readSpan(reader: Reader, value: unknown): number | null {
  if (typeof value === 'string') return reader.span(['advance'], value);
  const micros = typeof value === 'number' ? parseDuration(`${value}s`) : null;
  return micros !== null && micros >= 0 ? micros : reader.problem(['advance'], 'must be a duration such as "5m"');
}

async function beginFault({ conductor, body, path }: Asked): Promise<Reply> {
  if (path.length > 0) return wrong('POST /_sim/faults takes no more path', 404);
  const map = mapOf(body);
  if (typeof map === 'string') return wrong(map);
  const { reader, data } = map;
  const read = readFault(reader, [], data);
  if (read === null || reader.problems.length > 0) return wrong(problemsOf(reader));
  const { engine } = conductor;
  const { machines, faults } = engine.observe(null);
  const concerned: Fault = read.type === 'power-on' ? { type: 'power-off', machine: read.machine } : read.fault;
  const unknown = missingOf(concerned, { machines, object: (subject) => engine.object(subject) });
  if (unknown !== null) return wrong(unknown, 404);
  if (read.type === 'power-on') {
    await conductor.act(read);
    return ok({ id: `power-on-${read.machine}` });
  }
  const taken = new Set(faults.map(({ id }) => id));
  if (read.id !== null && taken.has(read.id)) return wrong(`a fault ${read.id} is in force already`, 409);
  let number = engine.observe(null).events;
  while (taken.has(`fault-${number}`)) number++;
  const id = read.id ?? `fault-${number}`;
  await conductor.act({ type: 'fault', id, fault: read.fault });
  const isKept = conductor.engine.observe(null).faults.some((fault) => fault.id === id);
  if (read.fault.type === 'disk-corrupt' && !isKept) return wrong(nothingDone(read.fault), 409);
  return ok({ id });
}

async function healFault({ conductor, path }: Asked): Promise<Reply> {
  const [id = ''] = path;
  if (!conductor.engine.observe(null).faults.some((fault) => fault.id === id)) {
    return wrong(`no fault "${id}" is in force`, 404);
  }
  await conductor.act({ type: 'heal', id });
  return ok({ id });
}

async function addMachine({ conductor, body, path }: Asked): Promise<Reply> {
  if (path.length > 0) return wrong('POST /_sim/machines takes no more path', 404);
  const map = mapOf(body);
  if (typeof map === 'string') return wrong(map);
  const { reader, data } = map;
  reader.fields([], data, ['role', 'zone']);
  const role = reader.oneOf(['role'], data['role'] ?? 'worker', ['worker', 'control-plane']);
  const zone = data['zone'] === undefined ? null : reader.text(['zone'], data['zone']);
  if (role === null || reader.problems.length > 0) return wrong(problemsOf(reader));
  const { engine } = conductor;
  const names = (): string[] => engine.observe(null).machines.map(({ name }) => name);
  const before = new Set(names());
  await conductor.act({ type: 'add-machine', role, ...(zone === null ? null : { zone }) });
  return ok({ machine: names().find((name) => !before.has(name)) });
}

async function removeMachine({ conductor, path }: Asked): Promise<Reply> {
  const [name = ''] = path;
  const { machines } = conductor.engine.observe(null);
  const role = machines.find((machine) => machine.name === name)?.role;
  if (role === undefined) return wrong(`there is no machine "${name}"`, 404);
  if (role === 'laptop') return wrong(`machine "${name}" is none of the cluster`, 409);
  if (role === 'control-plane' && machines.filter((machine) => machine.role === role).length === 1) {
    return wrong(`machine "${name}" is the last control plane`, 409);
  }
  await conductor.act({ type: 'remove-machine', machine: name });
  return ok({ machine: name });
}

async function setTraffic({ conductor, body }: Asked): Promise<Reply> {
  const map = mapOf(body);
  if (typeof map === 'string') return wrong(map);
  const { reader, data } = map;
  const traffic = readTraffic(reader, [], data);
  if (traffic === null || reader.problems.length > 0) return wrong(problemsOf(reader));
  await conductor.act(traffic);
  const { type: _, ...set } = traffic;
  return ok(set);
}

async function configureScheduler({ conductor, body }: Asked): Promise<Reply> {
  const map = mapOf(body);
  if (typeof map === 'string') return wrong(map);
  const { reader, data } = map;
  const configuration = readSchedulerConfiguration(reader, [], data);
  if (configuration === null) return wrong(problemsOf(reader));
  await conductor.act({ type: 'configure-scheduler', configuration });
  return ok(configuration);
}

function why({ conductor, query }: Asked): Reply {
  const kind = query.get('kind') ?? '';
  const name = query.get('name') ?? '';
  const absentFrom = query.get('absentFrom') ?? undefined;
  if (kind === '' || (name === '' && absentFrom === undefined))
    return wrong('say kind and name (and namespace): /_sim/why?kind=Pod&namespace=default&name=web-0');
  return ok(conductor.engine.why({ kind, namespace: query.get('namespace') ?? '', name }, absentFrom));
}

/** A saved engine is a graph that shares parts; V8's own format keeps that. */
function save({ conductor }: Asked): Reply {
  const { engine } = conductor;
  const { version, state } = engine.save();
  const bytes = gzipSync(serialize(state), { level: 1 });
  return ok({ version, now: engine.now, hash: engine.hash(), state: bytes.toString('base64') });
}

async function restore({ conductor, body }: Asked): Promise<Reply> {
  let saved: SavedEngine;
  try {
    const { version, state } = JSON.parse(body.toString('utf8')) as {
      readonly version: string;
      readonly state: string;
    };
    saved = { version, state: deserialize(gunzipSync(Buffer.from(state, 'base64'))) as unknown };
  } catch {
    return wrong('the body must be what POST /_sim/save answered');
  }
  try {
    await conductor.replace(() => conductor.engine.restore(saved));
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error), 409);
  }
  return ok({ ...clockOf(conductor), hash: conductor.engine.hash() });
}
