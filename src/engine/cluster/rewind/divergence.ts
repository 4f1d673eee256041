/**
 * Where two runs that began as one went apart: the first event that differs, the first commit that differs, and what is
 * different in the end. Both engines are run here; they are no use to anybody else. Pure, as engines are.
 */
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Engine, RunResult } from '../door';
import type { NodeRecord, ObjectRecord, PodRecord, Subject } from '../records';
import { inputText } from '../action-text';

/** What one of the two runs did in the place where the other did something else; null: it had come to its end. */
export interface Happening {
  readonly at: Micros;
  readonly text: string;
  readonly subject: Subject | null;
}

export interface Divergence {
  readonly event: EventId;
  /** The first event that differs: who handled what, or what was done. */
  readonly first: readonly [Happening | null, Happening | null];
  /** The first change of the API's objects that differs; null: none did. */
  readonly commit: readonly [Happening | null, Happening | null] | null;
}

/** What of an object, or a machine, is different in two runs at the same moment. A word for each side; null: it is not there. */
export interface Difference {
  readonly subject: Subject;
  readonly field: string;
  readonly sides: readonly [string | null, string | null];
}

/** More events in one stride than a cluster has between two commits. */
const STRIDE = 1_000_000;

/**
 * Runs both engines on from a moment at which they are the same, until something differs or both have come to `until`.
 * Yields now and then, so that a host can do something else.
 *
 * @returns null when the runs are the same up to there
 */
export function* firstDivergence(
  a: Engine,
  b: Engine,
  until: readonly [Micros, Micros],
): Generator<undefined, Divergence | null> {
  const from = a.nextEvent;
  let event: EventId | null = null;
  let first: Divergence['first'] = [null, null];
  for (let next = from; ;) {
    const [left, right] = [commit(a, until[0]), commit(b, until[1])];
    if (event === null) {
      event = differingEvent(a, b, next);
      if (event !== null) first = [eventSeen(a, event), eventSeen(b, event)];
      next = Math.min(a.nextEvent, b.nextEvent);
    }
    if (left?.text !== right?.text || (event === null && left?.at !== right?.at))
      return { event: event ?? next, first, commit: [left, right] };
    if (left === null) return event === null ? null : { event, first, commit: null };
    yield;
  }
}

/** On to the next commit; null: there is none until then. */
function commit(engine: Engine, until: Micros): Happening | null {
  let result: RunResult;
  do result = engine.run(until, { events: STRIDE, breakpoint: 'write' });
  while (result.stopped === 'budget');
  return result.met === undefined ? null : { at: result.now, ...result.met };
}

function differingEvent(a: Engine, b: Engine, from: EventId): EventId | null {
  for (let event = from; ; event++) {
    const [left, right] = [a.event(event), b.event(event)];
    if (left === null && right === null) return null;
    if (left === null || right === null) return event;
    if (
      left.at !== right.at ||
      left.process !== right.process ||
      left.type !== right.type ||
      left.cause !== right.cause
    )
      return event;
  }
}

function eventSeen(engine: Engine, event: EventId): Happening | null {
  const record = engine.event(event);
  if (record === null) return null;
  const input = record.process === 'input' ? engine.inputs.find(({ at }) => at === record.at) : undefined;
  const text = input === undefined ? `${record.process} handled ${record.type}` : inputText(input.action);
  return { at: record.at, text, subject: null };
}

/** What is different in the objects and machines of two runs: first what is on one side only, then what is another. */
export function differences(a: Engine, b: Engine): readonly Difference[] {
  const [left, right] = [a.observe(null), b.observe(null)];
  const found: Difference[] = [];
  compare(
    new Map(left.machines.map((machine) => [machine.name, { kind: 'Machine', namespace: '', ...machine }])),
    new Map(right.machines.map((machine) => [machine.name, { kind: 'Machine', namespace: '', ...machine }])),
    ({ power, cable, processes }) => ({
      power,
      cable: cable.in && cable.out ? 'plugged in' : 'cut',
      processes: processes
        .filter(({ state }) => state !== 'running')
        .map(({ name, state }) => `${name} ${state}`)
        .join(', '),
    }),
    found,
  );
  compare(byName(left.set), byName(right.set), aspectsOf, found);
  return found.sort((one, other) => Number(isOneSided(other)) - Number(isOneSided(one)));
}

const isOneSided = ({ sides }: Difference): boolean => sides.includes(null);

/** Leases and Events differ in every two runs, and nobody asks. */
const UNCOMPARED = new Set(['Lease', 'Event', 'EndpointSlice']);

function byName(records: readonly ObjectRecord[]): Map<string, ObjectRecord> {
  const compared = records.filter(({ kind }) => !UNCOMPARED.has(kind));
  return new Map(compared.map((record) => [`${record.kind}/${record.namespace}/${record.name}`, record]));
}

function compare<Thing extends Subject>(
  left: ReadonlyMap<string, Thing>,
  right: ReadonlyMap<string, Thing>,
  aspects: (thing: Thing) => Readonly<Record<string, string>>,
  found: Difference[],
): void {
  const say = ({ kind, namespace, name }: Subject, field: string, sides: Difference['sides']): void =>
    void found.push({ subject: { kind, namespace, name }, field, sides });
  for (const [key, thing] of left) {
    const other = right.get(key);
    if (other === undefined) {
      say(thing, 'exists', [summary(aspects(thing)), null]);
      continue;
    }
    const [mine, its] = [aspects(thing), aspects(other)];
    for (const field of Object.keys(mine))
      if (mine[field] !== its[field]) say(thing, field, [mine[field]!, its[field]!]);
  }
  for (const [key, thing] of right) if (!left.has(key)) say(thing, 'exists', [null, summary(aspects(thing))]);
}

const summary = (aspects: Readonly<Record<string, string>>): string => Object.values(aspects).find(Boolean) ?? '';

/** What of an object is compared, each in a word. */
function aspectsOf(record: ObjectRecord): Readonly<Record<string, string>> {
  switch (record.kind) {
    case 'Pod':
      return podAspects(record);
    case 'Node':
      return nodeAspects(record);
    case 'Deployment':
    case 'ReplicaSet':
      return { ready: `${record.ready} of ${record.desired} ready`, images: record.images.join(', ') };
    case 'Service':
      return { endpoints: `${record.readyEndpoints} of ${record.endpoints} endpoints ready` };
    default:
      return { uid: record.uid };
  }
}

const podAspects = ({ status, node, restarts, deletionAt }: PodRecord): Readonly<Record<string, string>> => ({
  status,
  node: node ?? 'not scheduled',
  restarts: `${restarts}`,
  deletion: deletionAt === null ? '' : 'being deleted',
});

const nodeAspects = ({ ready, unschedulable, taints, requested }: NodeRecord): Readonly<Record<string, string>> => ({
  ready: `Ready: ${ready}`,
  cordon: unschedulable ? 'SchedulingDisabled' : '',
  taints: taints.map(({ key, effect }) => `${key}:${effect}`).join(', '),
  pods: `${requested.pods} pods`,
});
