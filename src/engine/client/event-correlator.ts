/**
 * What keeps a component from flooding the API with Events: equal ones are counted, similar ones combined, and a source
 * that goes on and on about one object is silenced.
 *
 * @source client-go tools/record/events_cache.go
 * @simplified of ten similar messages upstream forgets a random one, this forgets the newest; upstream bounds each of its
 * three caches by 4096 entries of all objects, this by objects and per object
 */
import type { ObjectReference } from '#engine/api/types';
import { deepFreeze } from '#engine/kernel/plain-data';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Limited, tryTake } from './rate-limit';

/** Who reports, and from which machine (empty: not told). */
export interface EventSource {
  readonly component: string;
  readonly host: string;
}

export interface Observation {
  readonly regarding: ObjectReference;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** An Event as the API holds it. */
export interface ObservedEvent {
  readonly name: string;
  readonly count: number;
  readonly firstAt: Micros;
}

interface Observed {
  readonly message: string | null;
  readonly event: ObservedEvent;
}

/** Events of one object that differ in nothing but their messages. */
interface Similar {
  readonly fieldPath: string;
  readonly type: string;
  readonly reason: string;
  /** Different messages of late. */
  readonly messages: readonly string[];
  readonly lastAt: Micros;
  /** By message, the longest silent first; the combined Event under `null`. */
  readonly observed: readonly Observed[];
}

/** All that was said of one object, and the tokens that it has left for more. Immutable, so that checkpoints share it. */
interface Subject extends Readonly<Limited> {
  readonly similar: readonly Similar[];
}

/** Of one source. What was said of the objects that were spoken of least recently is forgotten first. */
export interface Correlator {
  readonly subjects: Map<string, Subject>;
}

/** What is to be told to the API. `isNew`: by creating it; otherwise by patching what is there. */
export interface Correlated extends ObservedEvent {
  readonly message: string;
  readonly isNew: boolean;
}

const MOST_SUBJECTS = 4096;
/** Of one object: kinds of Events, and Events of one kind. */
const MOST_KINDS = 64;
const MOST_OBSERVED = 64;
const MOST_SIMILAR = 10;
const SIMILAR_WITHIN: Micros = 600 * SECOND;
const SPAM_RATE = { qps: 1 / 300, burst: 25 };
const NEW_SUBJECT: Subject = { rate: SPAM_RATE, theoretical: 0, similar: [] };
export const COMBINED_PREFIX = '(combined from similar events): ';

export const newCorrelator = (): Correlator => ({ subjects: new Map() });

/**
 * Takes note of an observation at `now`.
 *
 * @param freshName - the name of the Event should it be a new one
 * @returns null when the source has said too much about this object
 */
export function correlate(
  correlator: Correlator,
  observation: Observation,
  now: Micros,
  freshName: string,
): Correlated | null {
  const { subjects } = correlator;
  const about = referenceKey(observation.regarding);
  const { theoretical, similar: kinds } = subjects.get(about) ?? NEW_SUBJECT;
  const kind = kinds.findIndex((one) => isSimilar(one, observation));
  const before = kinds[kind] ?? newSimilar(observation, now);
  const { messages, combined } = messagesWith(before, observation.message, now);
  const key = combined ? null : observation.message;

  const at = before.observed.findIndex(({ message }) => message === key);
  const last = before.observed[at]?.event;
  const event: ObservedEvent =
    last === undefined
      ? { name: freshName, count: 1, firstAt: now }
      : { name: last.name, count: last.count + 1, firstAt: last.firstAt };
  const others = at < 0 ? before.observed.slice(-MOST_OBSERVED + 1) : before.observed.toSpliced(at, 1);
  const after: Similar = { ...before, messages, lastAt: now, observed: [...others, { message: key, event }] };

  const tokens: Limited = { rate: SPAM_RATE, theoretical };
  const allowed = tryTake(tokens, now);
  const similar = kind < 0 ? [...kinds.slice(-MOST_KINDS + 1), after] : kinds.with(kind, after);
  if (!subjects.delete(about) && subjects.size >= MOST_SUBJECTS) forgetOldest(subjects);
  subjects.set(about, deepFreeze({ ...tokens, similar }));

  if (!allowed) return null;
  const message = combined ? COMBINED_PREFIX + observation.message : observation.message;
  const { name, count, firstAt } = event;
  return { name, count, firstAt, message, isNew: last === undefined };
}

function forgetOldest(subjects: Map<string, Subject>): void {
  const oldest = subjects.keys().next();
  if (oldest.done !== true) subjects.delete(oldest.value);
}

const isSimilar = (one: Similar, { regarding, type, reason }: Observation): boolean =>
  one.reason === reason && one.fieldPath === (regarding.fieldPath ?? '') && one.type === type;

const newSimilar = ({ regarding, type, reason }: Observation, now: Micros): Similar => ({
  fieldPath: regarding.fieldPath ?? '',
  type,
  reason,
  messages: [],
  lastAt: now,
  observed: [],
});

/** The different messages of late with one more, and whether they are too many to be told apart. */
function messagesWith(
  { messages, lastAt }: Similar,
  message: string,
  now: Micros,
): { readonly messages: readonly string[]; readonly combined: boolean } {
  const late = now - lastAt > SIMILAR_WITHIN ? [] : messages;
  const all = late.includes(message) ? late : [...late, message];
  if (all.length < MOST_SIMILAR) return { messages: all, combined: false };
  return { messages: all.filter((other) => other !== message), combined: true };
}

/** What names an object: its uid, where that is told. */
function referenceKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  if (uid !== undefined && uid !== '') return uid;
  return `${kind ?? ''}\n${namespace ?? ''}\n${name ?? ''}\n${apiVersion ?? ''}`;
}
