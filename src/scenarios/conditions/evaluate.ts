/** Whether a condition holds of a cluster now; when not, what was seen instead. */
import { compileRequirements } from '#engine/api/label-selector';
import type { EventRecord, MachineRecord, ObjectRecord } from '#engine/cluster/records';
import type { World } from '../world';
import type { Condition, EventsCondition, MachineCondition, ObjectsCondition } from './condition';
import { describeCheck, describeRange, failureOf, isInRange } from './field-check';
import { isGlob, matchesGlob } from './glob';

export type Verdict = { readonly met: true; readonly seen: string } | { readonly met: false; readonly seen: string };

/** How many objects a failure tells about. */
const TOLD = 5;

/** Evaluates a condition on what the world knows. Pure: asks, never changes. */
export function evaluate(condition: Condition, world: World): Verdict {
  switch (condition.type) {
    case 'objects':
      return evaluateObjects(condition, world);
    case 'events':
      return evaluateEvents(condition, world);
    case 'machine':
      return evaluateMachine(condition, world);
  }
}

/** A failure in words. */
export const describeFailure = (condition: Condition, seen: string): string =>
  `expected ${condition.text}; seen: ${seen}`;

const verdict = (met: boolean, seen: string): Verdict => ({ met, seen });

interface Found {
  readonly record: ObjectRecord;
  readonly object: unknown;
}

function evaluateObjects(condition: ObjectsCondition, world: World): Verdict {
  const { where, each, count, gone, observed } = condition;
  const named = [...world.records(condition.kind)].filter((record) => isNamed(record, condition));
  const found: Found[] = [];
  const misses: string[] = [];
  for (const record of named) {
    const object = world.object(record);
    if (object === null) continue;
    const miss = firstFailure(object, where);
    if (miss === null) found.push({ record, object });
    else misses.push(`${nameOf(record)}: ${miss}`);
  }
  if (gone)
    return verdict(
      found.length === 0,
      found.length === 0 ? 'gone' : `still there: ${listed(found.map(({ record }) => nameOf(record)))}`,
    );
  const range = count ?? { min: 1 };
  if (!isInRange(found.length, range)) return verdict(false, describeCount(condition, found, misses));
  const failures = found.flatMap(({ record, object }) => {
    const failure = firstFailure(object, each) ?? (observed ? staleness(object) : null);
    return failure === null ? [] : [`${nameOf(record)}: ${failure}`];
  });
  return failures.length === 0
    ? verdict(true, describeCount(condition, found, misses))
    : verdict(false, `${failures.length} of ${found.length} not so: ${listed(failures, '; ')}`);
}

function isNamed(record: ObjectRecord, { name, namespace, selector }: ObjectsCondition): boolean {
  if (namespace !== null && record.namespace !== namespace) return false;
  if (name !== null && !(isGlob(name) ? matchesGlob(name, record.name) : record.name === name)) return false;
  return selector === null || compileRequirements(selector.requirements)(record.labels);
}

function firstFailure(object: unknown, checks: ObjectsCondition['where']): string | null {
  for (const check of checks) {
    const failure = failureOf(object, check);
    if (failure !== null) return failure;
  }
  return null;
}

/** @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/wait/condition.go (a stale status is no status) */
function staleness(object: unknown): string | null {
  const { metadata, status } = object as {
    metadata?: { generation?: number };
    status?: { observedGeneration?: number };
  };
  const generation = metadata?.generation;
  const seen = status?.observedGeneration;
  if (generation === undefined || seen === undefined || seen >= generation) return null;
  return `status.observedGeneration is ${seen}, behind metadata.generation ${generation}`;
}

function describeCount(condition: ObjectsCondition, found: readonly Found[], misses: readonly string[]): string {
  const names = found.map(({ record }) => nameOf(record));
  const total = found.length + misses.length;
  if (total === 0) return `no ${describeTarget(condition)}`;
  const wanted = condition.where.map(describeCheck).join(', ');
  const met =
    condition.where.length === 0
      ? `${total} ${condition.kind}`
      : `${found.length} of ${total} ${condition.kind} with ${wanted}`;
  const parts = [
    met,
    names.length === 0 ? '' : `(${listed(names)})`,
    misses.length === 0 ? '' : `others: ${listed(misses, '; ')}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** `Pod web-* in namespace default with labels app=web`. */
export function describeTarget({ kind, name, namespace, selector }: ObjectsCondition): string {
  const parts = [
    kind,
    name ?? '',
    namespace === null ? '' : `in namespace ${namespace}`,
    selector === null ? '' : `with labels ${selector.text}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const nameOf = ({ namespace, name }: ObjectRecord): string =>
  namespace === '' || namespace === 'default' ? name : `${namespace}/${name}`;

function listed(texts: readonly string[], separator = ', '): string {
  const rest = texts.length - TOLD;
  return texts.slice(0, TOLD).join(separator) + (rest > 0 ? `${separator}and ${rest} more` : '');
}

function evaluateEvents(condition: EventsCondition, world: World): Verdict {
  const events = world.events;
  const found = events.filter((event) => isWanted(event, condition));
  const occurrences = found.reduce((sum, { count }) => sum + count, 0);
  if (isInRange(occurrences, condition.count)) return verdict(true, `${occurrences} such Events`);
  if (found.length > 0) {
    return verdict(
      false,
      `${occurrences} such Events, expected ${describeRange(condition.count)}: ${listed(found.map(eventText), '; ')}`,
    );
  }
  const near = events.filter(({ reason, regarding }) =>
    condition.regarding === null ? reason === condition.reason : isRegarding(regarding, condition.regarding),
  );
  return verdict(
    false,
    near.length === 0 ? 'no such Event' : `no such Event, but ${listed(near.slice(-TOLD).map(eventText), '; ')}`,
  );
}

function isWanted(event: EventRecord, condition: EventsCondition): boolean {
  const { reason, eventType, regarding, message, namespace } = condition;
  if (reason !== null && event.reason !== reason) return false;
  if (eventType !== null && event.type !== eventType) return false;
  if (namespace !== null && event.regarding.namespace !== namespace) return false;
  if (regarding !== null && !isRegarding(event.regarding, regarding)) return false;
  if (message === null) return true;
  return isGlob(message) ? matchesGlob(message, event.message) : event.message.includes(message);
}

const isRegarding = (subject: EventRecord['regarding'], wanted: NonNullable<EventsCondition['regarding']>): boolean =>
  matchesGlob(wanted.kind.toLowerCase(), subject.kind.toLowerCase()) && matchesGlob(wanted.name, subject.name);

const eventText = ({ reason, regarding, message, count }: EventRecord): string =>
  `${reason} ${regarding.kind}/${regarding.name} "${message}"${count > 1 ? ` (${count} times)` : ''}`;

function evaluateMachine(condition: MachineCondition, world: World): Verdict {
  const machine = world.machines.get(condition.name);
  if (machine === undefined) return verdict(!condition.exists, `no machine ${condition.name}`);
  if (!condition.exists) return verdict(false, `machine ${condition.name} is there`);
  const failures = machineFailures(condition, machine, world);
  return verdict(
    failures.length === 0,
    failures.length === 0 ? `machine ${condition.name} is so` : failures.join('; '),
  );
}

function machineFailures(condition: MachineCondition, machine: MachineRecord, world: World): string[] {
  const failures: string[] = [];
  const { power, ready, zone, sandboxes, processes } = condition;
  if (power !== null && machine.power !== power) failures.push(`power is ${machine.power}, expected ${power}`);
  if (zone !== null && machine.zone !== zone) failures.push(`zone is ${machine.zone}, expected ${zone}`);
  if (ready !== null) {
    const seen = world.nodes.find(({ name }) => name === machine.name)?.ready ?? 'Absent';
    if ((seen === 'True') !== ready) failures.push(`its node's Ready condition is ${seen}`);
  }
  if (sandboxes !== null && !isInRange(machine.sandboxes.length, sandboxes)) {
    failures.push(`${machine.sandboxes.length} pods really are on it, expected ${describeRange(sandboxes)}`);
  }
  for (const [name, wanted] of Object.entries(processes)) {
    const seen = machine.processes.find((process) => process.name === name)?.state ?? 'absent';
    if (seen !== wanted) failures.push(`process ${name} is ${seen}, expected ${wanted}`);
  }
  return failures;
}
