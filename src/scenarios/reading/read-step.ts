/** One item of `spec.steps`: exactly one action, and a name if it wants one. */
import { isJsonObject } from '#engine/api/json';
import { formatDuration } from '../durations';
import type { Manifest, RequestAction, Step, StepAction } from '../scenario';
import { hint } from './closest-word';
import { readConditions } from './read-condition';
import { readFault } from './read-fault';
import { readSchedulerConfiguration } from './read-cluster';
import { readTraffic } from './read-traffic';
import { type Fields, type Reader, typeText } from './reader';
import type { Place } from './yaml-source';

/** Longest that `wait: { for: … }` waits when it does not say: one minute. */
const DEFAULT_WITHIN = 60_000_000;

type ActionReader = (reader: Reader, at: Place, value: unknown, step: Fields, faults: FaultIds) => StepAction | null;

/** The faults of the steps so far. */
export interface FaultIds {
  readonly ids: Set<string>;
  count: number;
}

const ACTIONS: Readonly<Record<string, ActionReader>> = {
  apply: (reader, at, value, step) => readManifestStep('apply', reader, at, value, step),
  delete: (reader, at, value, step) => readManifestStep('delete', reader, at, value, step),
  fault: readFaultStep,
  heal(reader, at, value, _step, faults) {
    const id = reader.text(at, value);
    if (id === null) return null;
    if (faults.ids.has(id)) return { type: 'heal', id };
    const known = [...faults.ids];
    return reader.problem(
      at,
      `no step before this one begins a fault "${id}"${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`,
    );
  },
  powerOn(reader, at, value) {
    const machine = reader.text(at, value);
    return machine === null ? null : { type: 'power-on', machine };
  },
  addMachine(reader, at, value) {
    if (value === null || value === true) return { type: 'add-machine', zone: null, role: 'worker' };
    const fields = reader.fields(at, value, ['zone', 'role']);
    if (fields === null) return null;
    const { zone, role = 'worker' } = fields;
    const known = reader.oneOf([...at, 'role'], role, ['worker', 'control-plane']);
    if (known === null) return null;
    return { type: 'add-machine', zone: zone === undefined ? null : reader.text([...at, 'zone'], zone), role: known };
  },
  removeMachine(reader, at, value) {
    const machine = reader.text(at, value);
    return machine === null ? null : { type: 'remove-machine', machine };
  },
  traffic: (reader, at, value) => readTraffic(reader, at, value),
  configureScheduler(reader, at, value) {
    const configuration = readSchedulerConfiguration(reader, at, value);
    return configuration === null ? null : { type: 'configure-scheduler', configuration };
  },
  request: readRequestStep,
  etcdctl(reader, at, value, step) {
    const command = reader.text(at, value);
    return command === null ? null : { type: 'etcdctl', command, fails: readFails(reader, at, step) };
  },
  wait: readWait,
  expect(reader, at, value) {
    return { type: 'expect', conditions: readConditions(reader, at, value) };
  },
  kubectl(reader, at, value, step) {
    const command = reader.text(at, value);
    return command === null ? null : { type: 'kubectl', command, fails: readFails(reader, at, step) };
  },
};

const WITH_NAMESPACE = ['apply', 'delete'];
const WITH_FAILURE = ['apply', 'delete', 'request', 'etcdctl', 'kubectl'];

/** @returns null when something is wrong with it, after noting it */
export function readStep(reader: Reader, at: Place, value: unknown, faults: FaultIds): Step | null {
  const names = Object.keys(ACTIONS);
  if (!isJsonObject(value))
    return reader.problem(at, `must be a map with one of ${names.join(', ')}, is ${typeText(value)}`);
  const step = reader.fields(at, value, [...names, 'name', 'namespace', 'fails']);
  const given = names.filter((name) => name in value);
  const [action, second] = given;
  if (step === null || action === undefined) {
    const [unknown = ''] = Object.keys(value);
    return reader.problem(at, `does nothing: it needs one of ${names.join(', ')}${hint(unknown, names)}`);
  }
  if (second !== undefined)
    return reader.problem(at, `does ${given.length} things (${given.join(', ')}); make a step of each`);
  if (step['namespace'] !== undefined && !WITH_NAMESPACE.includes(action)) {
    reader.problem([...at, 'namespace'], `a step with ${action} has no namespace`);
  }
  if (step['fails'] !== undefined && !WITH_FAILURE.includes(action)) {
    reader.problem([...at, 'fails'], `only ${WITH_FAILURE.join(', ')} can be expected to fail`);
  }
  const name = step['name'] === undefined ? null : reader.text([...at, 'name'], step['name']);
  const read = ACTIONS[action]!(reader, [...at, action], step[action], step, faults);
  return read === null ? null : { ...read, name: name ?? titleOf(read) };
}

function readManifestStep(
  type: 'apply' | 'delete',
  reader: Reader,
  at: Place,
  value: unknown,
  step: Fields,
): StepAction | null {
  const manifest = readManifest(reader, at, value);
  const fails = readFails(reader, at, step);
  const place = [...at.slice(0, -1), 'namespace'];
  const namespace = step['namespace'] === undefined ? 'default' : reader.text(place, step['namespace']);
  if (manifest === null || namespace === null) return null;
  return { type, manifest, namespace, fails };
}

/** A path; objects written inline; or a text with a manifest in it, which has more than one line. */
function readManifest(reader: Reader, at: Place, value: unknown): Manifest | null {
  if (typeof value === 'string' && value.includes('\n')) return { type: 'text', text: value };
  if (typeof value === 'string') {
    const path = reader.text(at, value);
    return path === null ? null : { type: 'file', path, line: reader.lineOf(at) };
  }
  const objects = Array.isArray(value) ? (value as unknown[]) : [value];
  if (objects.length === 0) return reader.problem(at, 'must not be an empty list');
  for (const [index, object] of objects.entries()) {
    const place = Array.isArray(value) ? [...at, index] : at;
    if (!isJsonObject(object))
      return reader.problem(place, `must be a path, an object or a list of objects, is ${typeText(object)}`);
  }
  return { type: 'text', text: objects.map((object) => `${JSON.stringify(object)}\n`).join('---\n') };
}

function readFails(reader: Reader, at: Place, step: Fields): string | null {
  const place = [...at.slice(0, -1), 'fails'];
  const { fails } = step;
  if (fails === undefined || fails === false) return null;
  return fails === true ? '*' : reader.text(place, fails);
}

function readFaultStep(reader: Reader, at: Place, value: unknown, _step: Fields, faults: FaultIds): StepAction | null {
  const read = readFault(reader, at, value);
  if (read === null || read.type === 'power-on') return read;
  faults.count++;
  const id = read.id ?? `fault-${faults.count}`;
  if (faults.ids.has(id)) return reader.problem([...at, 'id'], `there is a fault "${id}" already`);
  faults.ids.add(id);
  return { type: 'fault', id, fault: read.fault };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

function readRequestStep(reader: Reader, at: Place, value: unknown, step: Fields): StepAction | null {
  const fields = reader.fields(at, value, ['method', 'path', 'query', 'contentType', 'body']);
  if (fields === null) return null;
  const method = fields['method'] === undefined ? 'GET' : reader.oneOf([...at, 'method'], fields['method'], METHODS);
  const path = reader.text([...at, 'path'], fields['path']);
  if (path !== null && !path.startsWith('/'))
    reader.problem([...at, 'path'], 'must begin with a slash, e.g. /api/v1/pods');
  const query = fields['query'] === undefined ? undefined : readQuery(reader, [...at, 'query'], fields['query']);
  const contentType =
    fields['contentType'] === undefined ? undefined : reader.text([...at, 'contentType'], fields['contentType']);
  if (method === null || path === null || query === null || contentType === null) return null;
  const request: RequestAction = {
    method,
    path,
    ...(query === undefined ? {} : { query }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(fields['body'] === undefined ? {} : { body: fields['body'] }),
  };
  return { type: 'request', request, fails: readFails(reader, at, step) };
}

function readQuery(reader: Reader, at: Place, value: unknown): Readonly<Record<string, string>> | null {
  if (!isJsonObject(value)) return reader.problem(at, `must be a map, is ${typeText(value)}`);
  const query: Record<string, string> = {};
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'object') return reader.problem([...at, name], `must be a string, is ${typeText(part)}`);
    query[name] = String(part);
  }
  return query;
}

function readWait(reader: Reader, at: Place, value: unknown): StepAction | null {
  if (!isJsonObject(value)) {
    const duration = reader.span(at, value);
    return duration === null ? null : { type: 'wait', duration };
  }
  const fields = reader.fields(at, value, ['for', 'within']);
  if (fields === null) return null;
  const within = fields['within'] === undefined ? DEFAULT_WITHIN : reader.span([...at, 'within'], fields['within']);
  if (fields['for'] === undefined)
    return reader.problem(at, 'says not what to wait for: { for: CONDITION, within: 60s }');
  const conditions = readConditions(reader, [...at, 'for'], fields['for']);
  return within === null || conditions.length === 0 ? null : { type: 'wait-for', conditions, within };
}

/** What a step without a name is called. */
function titleOf(action: StepAction): string {
  switch (action.type) {
    case 'apply':
    case 'delete':
      return `${action.type} ${action.manifest.type === 'file' ? action.manifest.path : 'inline objects'}`;
    case 'request':
      return `${action.request.method} ${action.request.path}`;
    case 'etcdctl':
    case 'kubectl':
      return action.command;
    case 'fault':
      return `fault ${action.id}: ${Object.values(action.fault).map(String).join(' ')}`;
    case 'heal':
      return `heal ${action.id}`;
    case 'power-on':
      return `power on ${action.machine}`;
    case 'traffic':
      return `${action.requestsPerSecond} requests/s to ${action.to.kind} ${action.to.name}`;
    case 'remove-machine':
      return `remove machine ${action.machine}`;
    case 'configure-scheduler':
      return 'configure the scheduler';
    case 'add-machine':
      return `add a ${action.role === 'worker' ? 'machine' : 'control plane'}${action.zone === null ? '' : ` in ${action.zone}`}`;
    case 'wait':
      return `wait ${formatDuration(action.duration)}`;
    case 'wait-for':
      return `wait within ${formatDuration(action.within)} for ${action.conditions.map(({ text }) => text).join(' and ')}`;
    case 'expect':
      return `expect ${action.conditions.map(({ text }) => text).join(' and ')}`;
  }
}
