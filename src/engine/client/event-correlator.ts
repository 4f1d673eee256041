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

interface Observed extends ObservedEvent {
  /** Null: the Event that combines several messages. */
  readonly message: string | null;
  /** Whether it is one of the different messages of late, which are not to be too many. */
  readonly isLate: boolean;
}

/** Events of one object that differ in nothing but their messages. */
interface Similar {
  readonly fieldPath: string;
  readonly type: string;
  readonly reason: string;
  readonly lastAt: Micros;
  /** By message, the longest silent first. */
  readonly observed: readonly Observed[];
}

/** All that was said of one object, and the tokens that it has left for more. Immutable, so that checkpoints share it. */
interface Subject {
  readonly theoretical: Limited['theoretical'];
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
const NEW_SUBJECT: Subject = { theoretical: 0, similar: [] };
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
  const { regarding, type, reason } = observation;
  const fieldPath = regarding.fieldPath ?? '';
  const about = referenceKey(regarding);
  const { theoretical, similar } = subjects.get(about) ?? NEW_SUBJECT;
  const kind = placeOf(similar, fieldPath, type, reason);
  const before = similar[kind]?.observed ?? [];
  const isLong = kind >= 0 && now - similar[kind]!.lastAt > SIMILAR_WITHIN;
  const combined = lateOnes(before, isLong, observation.message) >= MOST_SIMILAR;
  const key = combined ? null : observation.message;

  const last = before.find(({ message }) => message === key);
  const count = last === undefined ? 1 : last.count + 1;
  const name = last === undefined ? freshName : last.name;
  const firstAt = last === undefined ? now : last.firstAt;
  const newest = Object.freeze({ message: key, isLate: !combined, name, count, firstAt });
  const after = Object.freeze({
    fieldPath,
    type,
    reason,
    lastAt: now,
    observed: withNewest(before, last, isLong, newest),
  });

  const tokens: Limited = { rate: SPAM_RATE, theoretical };
  const allowed = tryTake(tokens, now);
  const all = kind < 0 ? similar.slice(-MOST_KINDS + 1) : similar.slice();
  all[kind < 0 ? all.length : kind] = after;
  if (!subjects.delete(about) && subjects.size >= MOST_SUBJECTS) forgetOldest(subjects);
  subjects.set(about, Object.freeze({ theoretical: tokens.theoretical, similar: Object.freeze(all) }));

  if (!allowed) return null;
  const message = combined ? COMBINED_PREFIX + observation.message : observation.message;
  return { name, count, firstAt, message, isNew: last === undefined };
}

function forgetOldest(subjects: Map<string, Subject>): void {
  const oldest = subjects.keys().next();
  if (oldest.done !== true) subjects.delete(oldest.value);
}

function placeOf(similar: readonly Similar[], fieldPath: string, type: string, reason: string): number {
  for (let place = 0; place < similar.length; place++) {
    const one = similar[place]!;
    if (one.reason === reason && one.fieldPath === fieldPath && one.type === type) return place;
  }
  return -1;
}

/** How many different messages there are of late, with this one. `isLong`: all others are of long ago. */
function lateOnes(observed: readonly Observed[], isLong: boolean, message: string): number {
  if (isLong) return 1;
  let count = 1;
  for (const one of observed) if (one.isLate && one.message !== message) count++;
  return count;
}

/** What was observed, without `last`, and with the newest behind it. */
function withNewest(
  before: readonly Observed[],
  last: Observed | undefined,
  isLong: boolean,
  newest: Observed,
): readonly Observed[] {
  const all: Observed[] = [];
  for (const one of before) {
    if (one !== last) all.push(isLong && one.isLate ? Object.freeze({ ...one, isLate: false }) : one);
  }
  if (last === undefined && all.length >= MOST_OBSERVED) all.shift();
  all.push(newest);
  return Object.freeze(all);
}

/** What names an object: its uid, where that is told. */
function referenceKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  if (uid !== undefined && uid !== '') return uid;
  return `${kind ?? ''}\n${namespace ?? ''}\n${name ?? ''}\n${apiVersion ?? ''}`;
}
