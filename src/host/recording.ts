/**
 * Recordings from outside: files and links that somebody else made, or broke. What passes here has the shape that the engine
 * expects and is small enough to be played.
 */
import type { Action, Recording } from '#engine/cluster/door';
import type { Fault } from '#engine/cluster/records';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const MOST_INPUTS = 100_000;
/** Virtual µs: thirty days. */
const LONGEST = 30 * 24 * 3_600_000_000;
const LONGEST_TEXT = 10_000_000;
/** Deeper than any manifest. */
const MOST_DEPTH = 64;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const count =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const text: Check = (value) => typeof value === 'string' && value.length <= LONGEST_TEXT;
const flag: Check = (value) => typeof value === 'boolean';
const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 1e15;
const word =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= MOST_INPUTS && value.every(check);
const mapOf =
  (check: Check): Check =>
  (value) =>
    isMap(value) && Object.values(value).every(check);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    isMap(value) && mistakeInShape(value, shape) === null;

/** Anything that JSON can say, not too deep. */
const json = (value: unknown, depth = 0): boolean => {
  if (depth > MOST_DEPTH) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((entry) => json(entry, depth + 1));
};
const anything: Check = (value) => json(value);

/** The first field that is not as it should be, or that nobody knows; null: none. */
function mistakeInShape(value: Readonly<Record<string, unknown>>, shape: Shape): string | null {
  for (const [field, check] of Object.entries(shape)) if (!check(value[field])) return field;
  return Object.keys(value).find((field) => !Object.hasOwn(shape, field)) ?? null;
}

/** By type; where there are several, one of them. */
type Shapes<Type extends string> = Readonly<Record<Type, Shape | readonly Shape[]>>;

const machine = { machine: text };

const processes: readonly Shape[] = [
  { process: text },
  { namespace: optional(text), pod: text, container: optional(text) },
];
const ways = (shape: Shape): readonly Shape[] => [
  { ...machine, ...shape },
  { zone: text, ...shape },
  { from: listOf(text), to: listOf(text), ...shape },
];

const FAULTS: Shapes<Fault['type']> = {
  'power-off': machine,
  reboot: machine,
  'kill-process': processes,
  'pause-process': processes,
  'cut-cable': { ...machine, direction: optional(word('in', 'out', 'both')) },
  partition: { from: listOf(text), to: listOf(text), oneWay: optional(flag) },
  latency: ways({ add: count(0, LONGEST) }),
  'packet-loss': ways({ rate: amount }),
  'clock-skew': { ...machine, by: amount },
  'disk-full': machine,
  'disk-slow': { ...machine, times: amount },
  'disk-corrupt': { ...machine, file: optional(word('wal', 'snap')) },
  'etcd-wipe': machine,
  'memory-pressure': { ...machine, leaves: optional(count(0, 1e15)) },
  'cpu-stress': { ...machine, workers: optional(count(1, 1e6)) },
  'spot-reclaim': { ...machine, notice: optional(count(0, LONGEST)) },
  'image-registry-down': {},
  'dns-down': {},
  'rack-outage': { rack: text },
  'zone-outage': { zone: text },
};

const manifest = { ticket: text, manifest: text, namespace: optional(text) };

const ACTIONS: Readonly<Record<Action['type'], Shape>> = {
  apply: manifest,
  delete: manifest,
  request: {
    ticket: text,
    method: word('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    path: text,
    query: optional(mapOf(text)),
    repeated: optional(mapOf(listOf(text))),
    upgrade: optional((value) => value === true),
    contentType: optional(text),
    accept: optional(text),
    body: anything,
    bodyError: optional(text),
    credentials: optional((value) => isMap(value) && anything(value)),
    userAgent: optional(text),
    streaming: optional(flag),
  },
  cancel: { request: optional(text) },
  'stream-data': { ticket: text, channel: count(0, 255), data: text, end: optional(flag) },
  shell: { session: text, ticket: text, line: text, columns: optional(count(1, 10_000)) },
  'shell-input': { session: text, text: optional(text), end: optional(flag), interrupt: optional(flag) },
  file: { path: text, text: (value) => value === null || text(value) },
  etcdctl: { ticket: text, command: text },
  fault: { id: text, fault: (value) => isTyped(value, FAULTS) },
  heal: { id: text },
  'power-on': machine,
  traffic: {
    to: shaped({ kind: text, namespace: text, name: text }),
    requestsPerSecond: count(0, 1_000_000),
  },
  'add-machine': { zone: optional(text), role: optional(word('worker', 'control-plane')) },
  'remove-machine': machine,
  'configure-scheduler': { configuration: (value) => isMap(value) && anything(value) },
};

/** Whether a value has a `type` of the table, and otherwise what the table says of it. */
function isTyped(value: unknown, table: Shapes<string>): boolean {
  if (!isMap(value) || typeof value['type'] !== 'string' || !Object.hasOwn(table, value['type'])) return false;
  const { type, ...rest } = value;
  return [table[type]!].flat().some((shape) => mistakeInShape(rest, shape) === null);
}

const CLUSTER: Shape = {
  nodes: count(0, 5_000),
  zones: count(1, 100),
  racks: optional(count(1, 100)),
  regions: optional(count(1, 100)),
  controlPlanes: count(1, 9),
  nodeMilliCpu: count(1, 10_000_000),
  nodeMemory: count(1, 1e15),
  nodePods: count(1, 10_000),
  etcdStorage: optional(word('disk', 'memory')),
  etcdBackup: optional(anything),
  auditPolicy: optional(anything),
  schedulerConfiguration: optional(anything),
  nodeGroups: optional(anything),
  manifests: listOf(listOf((value) => isMap(value) && anything(value))),
};

/** What keeps some data from being a recording, in words; null: nothing. */
export function mistakeInRecording(data: unknown): string | null {
  if (!isMap(data)) return 'it must be an object';
  const { version, seed, cluster, inputs, until, hash } = data;
  if (typeof version !== 'string') return 'version must be a string';
  if (!count(0, Number.MAX_SAFE_INTEGER)(seed)) return 'seed must be a whole number';
  if (!count(0, LONGEST)(until)) return 'until must be a whole number of microseconds, thirty days at most';
  if (typeof hash !== 'string' || hash === '') return 'hash must be a string';
  if (!isMap(cluster)) return 'cluster must be an object';
  const mistake = mistakeInShape(cluster, CLUSTER);
  if (mistake !== null) return `cluster.${mistake} is not what a cluster has`;
  if (!Array.isArray(inputs)) return 'inputs must be a list';
  if (inputs.length > MOST_INPUTS) return `inputs must be ${MOST_INPUTS} at most`;
  let last = 0;
  for (const [index, input] of (inputs as unknown[]).entries()) {
    if (!isMap(input) || !count(last, LONGEST)(input['at']) || !isTyped(input['action'], ACTIONS))
      return `inputs[${index}] must be { "at", "action": { "type", … } }, in order of time`;
    last = input['at'] as number;
  }
  return null;
}

/** A recording that came as JSON text, or what is wrong with it. */
export function readRecording(source: string): { readonly recording: Recording } | { readonly mistake: string } {
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch (error) {
    return { mistake: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const mistake = mistakeInRecording(data);
  return mistake === null ? { recording: data as Recording } : { mistake };
}
