/**
 * What keeps a component from flooding the API with Events: equal ones are counted, similar ones combined, and a source
 * that goes on and on about one object is silenced.
 *
 * @source client-go tools/record/events_cache.go
 * @simplified of ten similar messages upstream forgets a random one, this forgets the newest; upstream bounds each of its
 * three caches by 4096 entries of all objects, this by objects and per object
 */
import type { ObjectReference } from '#engine/api/types';
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
  messages: readonly string[];
  lastAt: Micros;
  /** By message, the longest silent first; the combined Event under `null`. */
  observed: readonly Observed[];
}

/** All that was said of one object, and the tokens that it has left for more. */
interface Subject extends Limited {
  similar: readonly Similar[];
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
  const subject = subjectOf(correlator, referenceKey(observation.regarding));
  const similar = similarTo(subject, observation, now);
  const combined = isOneOfMany(similar, observation.message, now);
  const key = combined ? null : observation.message;

  const at = similar.observed.findIndex(({ message }) => message === key);
  const last = at < 0 ? undefined : similar.observed[at]!.event;
  const event: ObservedEvent =
    last === undefined
      ? { name: freshName, count: 1, firstAt: now }
      : { name: last.name, count: last.count + 1, firstAt: last.firstAt };
  const seen: Observed = Object.freeze({ message: key, event });
  if (similar.observed.length === 0) similar.observed = [seen];
  else {
    const others = at < 0 ? similar.observed.slice(-MOST_OBSERVED + 1) : similar.observed.toSpliced(at, 1);
    similar.observed = others.concat(seen);
  }

  if (!tryTake(subject, now)) return null;
  const message = combined ? COMBINED_PREFIX + observation.message : observation.message;
  const { name, count, firstAt } = event;
  return { name, count, firstAt, message, isNew: last === undefined };
}

function subjectOf({ subjects }: Correlator, key: string): Subject {
  const known = subjects.get(key);
  if (known !== undefined) subjects.delete(key);
  else if (subjects.size >= MOST_SUBJECTS) forgetOldest(subjects);
  const subject = known ?? { rate: SPAM_RATE, theoretical: 0, similar: [] };
  subjects.set(key, subject);
  return subject;
}

function forgetOldest(subjects: Map<string, Subject>): void {
  const oldest = subjects.keys().next();
  if (oldest.done !== true) subjects.delete(oldest.value);
}

function similarTo(subject: Subject, { regarding, type, reason }: Observation, now: Micros): Similar {
  const fieldPath = regarding.fieldPath ?? '';
  for (const one of subject.similar)
    if (one.reason === reason && one.fieldPath === fieldPath && one.type === type) return one;
  const made: Similar = { fieldPath, type, reason, messages: [], lastAt: now, observed: [] };
  if (subject.similar.length === 0) subject.similar = [made];
  else subject.similar = subject.similar.slice(-MOST_KINDS + 1).concat(made);
  return made;
}

function isOneOfMany(similar: Similar, message: string, now: Micros): boolean {
  if (now - similar.lastAt > SIMILAR_WITHIN) similar.messages = [];
  similar.lastAt = now;
  if (similar.messages.length === 0) similar.messages = [message];
  else if (!similar.messages.includes(message)) similar.messages = similar.messages.concat(message);
  if (similar.messages.length < MOST_SIMILAR) return false;
  similar.messages = similar.messages.filter((other) => other !== message);
  return true;
}

/** What names an object: its uid, where that is told. */
function referenceKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  if (uid !== undefined && uid !== '') return uid;
  return `${kind ?? ''}\n${namespace ?? ''}\n${name ?? ''}\n${apiVersion ?? ''}`;
}
