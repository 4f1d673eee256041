/** Conditions of a scenario file: objects, Events, machines, or a line in kubectl wait's way. */
import { isJsonObject } from '#engine/api/json';
import { parseLabelSelector, requirementsOf } from '#engine/api/label-selector';
import { quantityError } from '#engine/api/quantity';
import { resourceByName, resources } from '#engine/api/registry';
import type { LabelSelector } from '#engine/api/types';
import type {
  Condition,
  FieldCheck,
  MachineCondition,
  ObjectsCondition,
  Range,
  ValueTest,
} from '../conditions/condition';
import { describeCheck, describeRange } from '../conditions/field-check';
import { parseFieldPath } from '../conditions/field-path';
import { hint } from './closest-word';
import { parseKubectlWait } from './kubectl-wait';
import type { Fields, Reader } from './reader';
import type { Place } from './yaml-source';

const OBJECT_FIELDS = ['kind', 'name', 'namespace', 'selector', 'count', 'where', 'each', 'gone'];
const EVENT_FIELDS = ['reason', 'type', 'regarding', 'namespace', 'message'];
const MACHINE_FIELDS = ['machine', 'power', 'ready', 'zone', 'sandboxes', 'processes', 'gone'];
const TESTS = ['in', 'not', 'matches', 'exists', 'min', 'max'];
const MANY = 1_000_000;

/** One condition or a list of them; mistakes are noted and left out. */
export function readConditions(reader: Reader, at: Place, value: unknown): Condition[] {
  if (!Array.isArray(value)) return [readCondition(reader, at, value)].filter((condition) => condition !== null);
  if (value.length === 0) reader.problem(at, 'must not be an empty list');
  return (value as unknown[])
    .map((item, index) => readCondition(reader, [...at, index], item))
    .filter((condition) => condition !== null);
}

function readCondition(reader: Reader, at: Place, value: unknown): Condition | null {
  if (typeof value === 'string') {
    const parsed = parseKubectlWait(value);
    return parsed.ok ? parsed.condition : reader.problem(at, parsed.error);
  }
  if (isJsonObject(value)) {
    if ('kind' in value) return readObjects(reader, at, value);
    if ('event' in value) return readEvents(reader, at, value);
    if ('machine' in value) return readMachine(reader, at, value);
  }
  return reader.problem(
    at,
    'is no condition: write { kind: … }, { event: { reason: … } }, { machine: … } or a line such as "deployment/web condition=Available"',
  );
}

function readObjects(reader: Reader, at: Place, value: unknown): Condition | null {
  const fields = reader.fields(at, value, OBJECT_FIELDS);
  const kindText = fields === null ? null : reader.text([...at, 'kind'], fields['kind']);
  if (fields === null || kindText === null) return null;
  const info = resourceByName(kindText);
  if (info === undefined) {
    return reader.problem(
      [...at, 'kind'],
      `the cluster has no kind "${kindText}"${hint(
        kindText,
        resources.map(({ kind }) => kind),
      )}`,
    );
  }
  const given = optionalText(reader, at, fields, 'namespace');
  if (given !== null && !info.namespaced) reader.problem([...at, 'namespace'], `a ${info.kind} has no namespace`);
  const namespace = info.namespaced ? (given ?? 'default') : null;
  const condition: ObjectsCondition = {
    type: 'objects',
    kind: info.kind,
    name: optionalText(reader, at, fields, 'name'),
    namespace: namespace === '*' ? null : namespace,
    selector: readSelector(reader, [...at, 'selector'], fields['selector']),
    where: readChecks(reader, [...at, 'where'], fields['where']),
    each: readChecks(reader, [...at, 'each'], fields['each']),
    count: fields['count'] === undefined ? null : readRange(reader, [...at, 'count'], fields['count']),
    gone: fields['gone'] === undefined ? false : (reader.boolean([...at, 'gone'], fields['gone']) ?? false),
    observed: false,
  };
  if (condition.gone && (condition.count !== null || condition.each.length > 0)) {
    reader.problem(at, 'what is gone has neither count nor each');
  }
  return { ...condition, text: objectsText(condition) };
}

function objectsText({ kind, name, namespace, selector, where, each, count, gone }: ObjectsCondition): string {
  const parts = [
    count === null ? '' : describeRange(count),
    kind,
    name ?? '',
    namespace === null || namespace === 'default' ? '' : `in namespace ${namespace}`,
    selector === null ? '' : `with labels ${selector.text}`,
    where.length === 0 ? '' : `with ${where.map(describeCheck).join(', ')}`,
    each.length === 0 ? '' : `each with ${each.map(describeCheck).join(', ')}`,
    gone ? 'gone' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function readSelector(reader: Reader, at: Place, value: unknown): ObjectsCondition['selector'] {
  if (value === undefined) return null;
  if (typeof value === 'string') {
    const parsed = parseLabelSelector(value);
    return parsed.ok ? { text: value, requirements: parsed.requirements } : reader.problem(at, parsed.error);
  }
  const fields = reader.fields(at, value, ['matchLabels', 'matchExpressions']);
  if (fields === null || !isLabelSelector(fields)) {
    return reader.problem(
      at,
      'must be like app=web,tier!=db or { matchLabels: { app: web }, matchExpressions: [{ key, operator, values }] }',
    );
  }
  const requirements = requirementsOf(fields);
  if (requirements === undefined) {
    return reader.problem(at, 'has an operator that is none of In, NotIn, Exists, DoesNotExist');
  }
  return { text: JSON.stringify(value), requirements };
}

function isLabelSelector(fields: Fields): fields is Fields & LabelSelector {
  const { matchLabels = {}, matchExpressions = [] } = fields;
  const isText = (value: unknown): boolean => typeof value === 'string';
  if (!isJsonObject(matchLabels) || !Object.values(matchLabels).every(isText)) return false;
  return (
    Array.isArray(matchExpressions) &&
    (matchExpressions as unknown[]).every((expression) => {
      if (!isJsonObject(expression)) return false;
      const { key, operator, values = [] } = expression;
      return isText(key) && isText(operator) && Array.isArray(values) && values.every(isText);
    })
  );
}

function readChecks(reader: Reader, at: Place, value: unknown): FieldCheck[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) {
    reader.problem(at, 'must be a map from paths to values, e.g. { status.readyReplicas: 3 }');
    return [];
  }
  return Object.entries(value).flatMap(([pathText, wanted]) => {
    const parsed = parseFieldPath(pathText);
    if (!parsed.ok) reader.problem([...at, pathText], parsed.error);
    const tests = readTests(reader, [...at, pathText], wanted);
    return parsed.ok && tests !== null ? [{ path: parsed.path, pathText, tests }] : [];
  });
}

function readTests(reader: Reader, at: Place, value: unknown): readonly ValueTest[] | null {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [{ type: 'equals', value }];
  const fields = reader.fields(at, value, TESTS);
  if (fields === null) return null;
  const tests: (ValueTest | null)[] = [];
  if (fields['in'] !== undefined) {
    const values = reader.list([...at, 'in'], fields['in']);
    tests.push(values === null ? null : { type: 'in', values });
  }
  if (fields['not'] !== undefined) {
    const { not } = fields;
    tests.push({ type: 'not', values: Array.isArray(not) ? (not as unknown[]) : [not] });
  }
  if (fields['matches'] !== undefined) {
    const pattern = reader.text([...at, 'matches'], fields['matches']);
    tests.push(pattern === null ? null : { type: 'matches', pattern });
  }
  if (fields['exists'] !== undefined) {
    const exists = reader.boolean([...at, 'exists'], fields['exists']);
    tests.push(exists === null ? null : { type: 'exists', value: exists });
  }
  for (const type of ['min', 'max'] as const) {
    if (fields[type] !== undefined) tests.push(readBound(reader, [...at, type], type, fields[type]));
  }
  const sound = tests.filter((test) => test !== null);
  return sound.length === tests.length && sound.length > 0 ? sound : null;
}

function readBound(reader: Reader, at: Place, type: 'min' | 'max', value: unknown): ValueTest | null {
  if ((typeof value !== 'number' && typeof value !== 'string') || quantityError(value) !== undefined) {
    return reader.problem(at, 'must be a number or a quantity such as 500m');
  }
  return { type, value };
}

function readRange(reader: Reader, at: Place, value: unknown): Range | null {
  if (typeof value === 'number') {
    const exact = reader.integer(at, value, 0, MANY);
    return exact === null ? null : { min: exact, max: exact };
  }
  const fields = reader.fields(at, value, ['min', 'max']);
  if (fields === null) return null;
  const bound = (name: 'min' | 'max'): Range => {
    if (fields[name] === undefined) return {};
    const number = reader.integer([...at, name], fields[name], 0, MANY);
    return number === null ? {} : { [name]: number };
  };
  const range = { ...bound('min'), ...bound('max') };
  if (range.min === undefined && range.max === undefined) return reader.problem(at, 'needs min or max');
  return range;
}

function readEvents(reader: Reader, at: Place, value: unknown): Condition | null {
  const outer = reader.fields(at, value, ['event', 'count']);
  const place = [...at, 'event'];
  const fields = outer === null ? null : reader.fields(place, outer['event'], EVENT_FIELDS);
  if (outer === null || fields === null) return null;
  if (Object.keys(fields).length === 0) return reader.problem(place, 'says nothing; give at least a reason');
  const reason = optionalText(reader, place, fields, 'reason');
  const eventType =
    fields['type'] === undefined ? null : reader.oneOf([...place, 'type'], fields['type'], ['Normal', 'Warning']);
  const regarding = optionalText(reader, place, fields, 'regarding');
  const [kind = '', name = '', more] = regarding?.split('/') ?? [];
  if (regarding !== null && (name === '' || more !== undefined)) {
    reader.problem([...place, 'regarding'], `"${regarding}" is not like Pod/web-*`);
  }
  const message = optionalText(reader, place, fields, 'message');
  const namespace = optionalText(reader, place, fields, 'namespace');
  const count =
    outer['count'] === undefined ? { min: 1 } : (readRange(reader, [...at, 'count'], outer['count']) ?? { min: 1 });
  const parts = [
    outer['count'] === undefined ? 'an Event' : `${describeRange(count)} Events`,
    [eventType, reason].filter((part) => part !== null).join(' '),
    regarding === null ? '' : `of ${regarding}`,
    namespace === null ? '' : `in namespace ${namespace}`,
    message === null ? '' : `saying "${message}"`,
  ];
  const text = parts.filter((part) => part !== '').join(' ');
  return {
    type: 'events',
    reason,
    eventType,
    regarding: regarding === null ? null : { kind, name },
    namespace,
    message,
    count,
    text,
  };
}

function readMachine(reader: Reader, at: Place, value: unknown): Condition | null {
  const fields = reader.fields(at, value, MACHINE_FIELDS);
  const name = fields === null ? null : reader.text([...at, 'machine'], fields['machine']);
  if (fields === null || name === null) return null;
  const { power, ready, sandboxes, gone, processes } = fields;
  const condition: MachineCondition = {
    type: 'machine',
    name,
    power: power === undefined ? null : reader.oneOf([...at, 'power'], power, ['on', 'booting', 'off']),
    ready: ready === undefined ? null : reader.boolean([...at, 'ready'], ready),
    zone: optionalText(reader, at, fields, 'zone'),
    sandboxes: sandboxes === undefined ? null : readRange(reader, [...at, 'sandboxes'], sandboxes),
    processes: processes === undefined ? {} : readProcesses(reader, [...at, 'processes'], processes),
    exists: gone === undefined ? true : reader.boolean([...at, 'gone'], gone) !== true,
  };
  const { machine: _name, ...facts } = fields;
  return {
    ...condition,
    text: `machine ${name} ${Object.keys(facts).length === 0 ? 'to be there' : `with ${JSON.stringify(facts)}`}`,
  };
}

function readProcesses(reader: Reader, at: Place, value: unknown): MachineCondition['processes'] {
  if (!isJsonObject(value)) {
    reader.problem(at, 'must be a map from process names to running, paused or down');
    return {};
  }
  const states = Object.entries(value).flatMap(([name, wanted]) => {
    const state = reader.oneOf([...at, name], wanted, ['running', 'paused', 'down']);
    return state === null ? [] : [[name, state] as const];
  });
  return Object.fromEntries(states);
}

function optionalText(reader: Reader, at: Place, fields: Fields, name: string): string | null {
  return fields[name] === undefined ? null : reader.text([...at, name], fields[name]);
}
